"""Draws the pictures of findings and of comparisons as static SVG: no script, no network, the same bytes.

What is drawn comes as data (`pbr_audit.rule.pictures`): a kind and its numbers. Vega draws it, from a
specification of ours; it is imported when a picture is drawn.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from math import inf
from typing import Any, Final

Picture = Mapping[str, Any]
Spec = dict[str, Any]

WIDTH: Final = 640
HEIGHT: Final = 240
ROW: Final = 24
INK, SOFT, LINE, ACCENT, PALE, OTHER = "#1c2430", "#55606f", "#d5dae1", "#1f4e79", "#9fb3c8", "#a3552e"
# Two-sided normal limits of a funnel, by their share.
LIMITS: Final = {"95 %": 1.959964, "99.8 %": 3.090232}
CURVE = 60
# More points than these run into one another.
POINTS = 60
CONFIG: Final[Spec] = {
    # An image is told in words as a whole.
    "aria": False,
    "font": "Helvetica Neue, Helvetica, Arial, Noto Sans, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "titleColor": SOFT,
        "gridColor": LINE,
        "domainColor": SOFT,
        "tickColor": SOFT,
    },
    "legend": {
        "orient": "top",
        "title": None,
        "labelFontSize": 12,
        "labelColor": INK,
        "symbolStrokeWidth": 3,
    },
    "text": {"fontSize": 12, "color": INK},
}


def svg(picture: Picture) -> str:
    """Return the picture as SVG text; ValueError for a kind that nobody has taught it."""
    import vl_convert  # noqa: PLC0415 - only a picture needs it

    drawn = DRAWN.get(str(picture.get("kind")))
    if drawn is None:
        raise ValueError("no drawing is known for a picture of this kind")
    spec: Spec = {"config": CONFIG, "background": "white", "padding": 4, **drawn(picture)}
    return str(vl_convert.vegalite_to_svg(json.dumps(spec), vl_version="6.4"))


def data_uri(picture: Picture) -> str:
    """Return the picture as an address that an `img` element takes: it keeps a page's styles out of it."""
    return "data:image/svg+xml;base64," + b64encode(svg(picture).encode()).decode()


def said(picture: Picture) -> str:
    """Return in words what the picture shows, for whoever cannot see it."""
    return SAID[picture["kind"]](picture)


def _histogram(picture: Picture) -> Spec:
    values, counts = picture["values"], picture["counts"]
    step = values[1] - values[0] if len(values) > 1 else 1
    threshold, pays_above = picture["threshold"], picture["paid"] == "at_least"

    def side(value: float) -> str:
        paid = threshold is not None and (value >= threshold if pays_above else value <= threshold)
        return "paid" if paid else "not paid"

    rows = [
        {"from": value - step / 2, "to": value + step / 2, "count": count, "side": side(value)}
        for value, count in zip(values, counts, strict=True)
    ]
    colours = {"domain": ["not paid", "paid"], "range": [PALE, ACCENT]}
    bars: Spec = {
        "data": {"values": rows},
        "mark": {"type": "bar"},
        "encoding": {
            "x": _axis("from", picture["unit"], scale={"zero": False, "nice": False}),
            "x2": {"field": "to"},
            "y": _axis("count", picture["y"]),
            "y2": {"datum": 0},
            "color": {"field": "side", "type": "nominal", "scale": colours}
            if threshold is not None
            else {"value": PALE},
        },
    }
    layers = [bars]
    if picture["expected"] is not None:
        layers.append(_expected("at", values, picture["expected"], "quantitative"))
    if threshold is not None:
        layers.append(_rule(threshold - step / 2 if pays_above else threshold + step / 2))
    return _sized(layers)


def _funnel(picture: Picture) -> Spec:
    sizes, rates, marked = picture["sizes"], picture["rates"], picture["marked"]
    names = picture["names"] or [""] * len(sizes)
    points = [
        {"size": size, "rate": rate, "name": name if at == marked else "", "who": at == marked}
        for at, (size, rate, name) in enumerate(zip(sizes, rates, names, strict=True))
        if size is not None and rate is not None
    ]
    known = [point["size"] for point in points]
    low, high = max(min(known) * 0.8, 1), max(known) * 1.1
    at = [low * (high / low) ** (step / (CURVE - 1)) for step in range(CURVE)]
    # A share stays one, whatever normal limits say.
    floor, ceiling = (0.0, 1.0) if all(0 <= point["rate"] <= 1 for point in points) else (-inf, inf)
    limits = [
        {
            "size": round(size, 3),
            "rate": round(
                min(max(picture["centre"] + side * z * _funnel_sd(picture, size), floor), ceiling), 6
            ),
            "limit": share,
            "line": f"{share}{side}",
        }
        for share, z in LIMITS.items()
        for side in (-1, 1)
        for size in at
    ]
    x = _axis("size", picture["x"], scale={"type": "log", "nice": False, "domain": [low, high]})
    y = _axis("rate", picture["y"], scale={"zero": False})
    layers: list[Spec] = [
        {
            "data": {"values": limits},
            "mark": {"type": "line", "color": SOFT, "strokeWidth": 1},
            "encoding": {
                "x": x,
                "y": y,
                "detail": {"field": "line"},
                "strokeDash": {
                    "field": "limit",
                    "type": "nominal",
                    "scale": {"domain": list(LIMITS), "range": [[4, 4], [1, 0]]},
                },
            },
        },
        {
            "data": {"values": [{"y": picture["centre"]}]},
            "mark": {"type": "rule", "color": PALE},
            "encoding": {"y": {"field": "y", "type": "quantitative"}},
        },
        {
            "data": {"values": points},
            "mark": {"type": "point", "filled": True, "opacity": 1},
            "encoding": {
                "x": x,
                "y": y,
                "color": {"condition": {"test": "datum.who", "value": OTHER}, "value": PALE},
                "size": {"condition": {"test": "datum.who", "value": 110}, "value": 36},
                "order": {"field": "who"},
            },
        },
        {
            "data": {"values": [point for point in points if point["who"]]},
            "mark": {"type": "text", "align": "left", "dx": 8, "dy": -8},
            "encoding": {"x": x, "y": y, "text": {"field": "name"}},
        },
    ]
    return _sized(layers, HEIGHT + 60)


def _funnel_sd(picture: Picture, size: float) -> float:
    return float((picture["error_sd"] ** 2 / size + picture["spread_sd"] ** 2) ** 0.5)


def _calendar(picture: Picture) -> Spec:
    days = _days(date.fromisoformat(picture["first_day"]), picture["step"], len(picture["counts"]))
    marked = picture["marked"] or [False] * len(days)
    rows = [
        {"day": day.isoformat(), "count": count, "who": mark}
        for day, count, mark in zip(days, picture["counts"], marked, strict=True)
    ]
    width = max(1.0, min(14.0, 0.8 * WIDTH / max(len(rows), 1)))
    bars: Spec = {
        "data": {"values": rows},
        "mark": {"type": "bar", "width": width},
        "encoding": {
            "x": {**_axis("day", None), "type": "temporal"},
            "y": _axis("count", picture["y"]),
            "color": {"condition": {"test": "datum.who", "value": OTHER}, "value": PALE},
        },
    }
    layers = [bars]
    if picture["expected"] is not None:
        layers.append(_expected("day", [day.isoformat() for day in days], picture["expected"], "temporal"))
    return _sized(layers)


def _days(first: date, step: str, number: int) -> list[date]:
    if step != "month":
        apart = timedelta(days=7 if step == "week" else 1)
        return [first + apart * at for at in range(number)]
    months = [first.year * 12 + first.month - 1 + at for at in range(number)]
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def _forest(picture: Picture) -> Spec:
    marked = picture["marked"] or [False] * len(picture["labels"])
    rows = [
        {"label": label, "effect": effect, "low": low, "high": high, "who": mark}
        for label, effect, low, high, mark in zip(
            picture["labels"], picture["effects"], picture["lows"], picture["highs"], marked, strict=True
        )
    ]
    label = {"field": "label", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 240}}
    colour = {"condition": {"test": "datum.who", "value": OTHER}, "value": ACCENT}
    scale = {"zero": False, "padding": 12}
    layers: list[Spec] = [
        _rule(picture["reference"], solid=True),
        {
            "data": {"values": rows},
            "mark": {"type": "rule", "strokeWidth": 2},
            "encoding": {
                "y": label,
                "x": _axis("low", picture["x"], scale=scale),
                "x2": {"field": "high"},
                "color": colour,
            },
        },
        {
            "data": {"values": rows},
            "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
            "encoding": {"y": label, "x": _axis("effect", picture["x"], scale=scale), "color": colour},
        },
    ]
    return _sized(layers, max(len(rows), 1) * ROW)


def _lines(picture: Picture) -> Spec:
    rows = [
        {"x": x, "y": y, "name": name}
        for name, values in picture["series"].items()
        for x, y in zip(picture["x"], values, strict=True)
        if y is not None
    ]
    names = list(picture["series"])
    others = [ACCENT, SOFT, PALE, INK]
    colours = [
        OTHER if name == picture["marked"] else others[at % len(others)] for at, name in enumerate(names)
    ]
    curve: Spec = {
        "data": {"values": rows},
        "mark": {
            "type": "line",
            "strokeWidth": 2,
            "interpolate": "step-after" if picture["steps"] else "linear",
        },
        "encoding": {
            "x": _axis("x", picture["x_title"], scale={"zero": False, "nice": False}),
            "y": _axis("y", picture["y_title"]),
            "color": {"field": "name", "type": "nominal", "scale": {"domain": names, "range": colours}},
        },
    }
    return _sized([curve])


def _axis(field: str, title: str | None, scale: Spec | None = None) -> Spec:
    return {"field": field, "type": "quantitative", "title": title, **({"scale": scale} if scale else {})}


def _expected(field: str, places: list[Any], expected: list[float | None], kind: str) -> Spec:
    """Return the line of what was expected, which a legend names."""
    rows = [
        {field: place, "expected": value, "line": "expected"}
        for place, value in zip(places, expected, strict=True)
        if value is not None
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "line", "strokeWidth": 1.5, "point": {"size": 18} if len(rows) <= POINTS else False},
        "encoding": {
            "x": {"field": field, "type": kind},
            "y": {"field": "expected", "type": "quantitative"},
            "stroke": {"field": "line", "type": "nominal", "scale": {"range": [OTHER]}},
        },
    }


def _rule(at: float, *, solid: bool = False) -> Spec:
    dash = {} if solid else {"strokeDash": [5, 4]}
    return {
        "data": {"values": [{"at": at}]},
        "mark": {"type": "rule", "color": INK, **dash},
        "encoding": {"x": {"field": "at", "type": "quantitative"}},
    }


def _sized(layers: list[Spec], height: int = HEIGHT) -> Spec:
    return {"width": WIDTH, "height": height, "layer": layers}


DRAWN: Final[Mapping[str, Callable[[Picture], Spec]]] = {
    "histogram": _histogram,
    "funnel": _funnel,
    "calendar": _calendar,
    "forest": _forest,
    "lines": _lines,
}
SAID: Final[Mapping[str, Callable[[Picture], str]]] = {
    "histogram": lambda it: (
        f"Histogram of {it['unit']}"
        + ("" if it["threshold"] is None else f", with the threshold at {it['threshold']:g}")
    ),
    "funnel": lambda it: (
        f"Funnel: {it['y']} against {it['x']} of {len(it['sizes'])}, with limits of 95 and 99.8 %"
    ),
    "calendar": lambda it: f"{it['y'].capitalize()} by {it['step']} from {it['first_day']}",
    "forest": lambda it: f"Effects with their intervals in {it['x']}: " + ", ".join(it["labels"]),
    "lines": lambda it: f"{it['y_title']} over {it['x_title']}: " + ", ".join(it["series"]),
}
