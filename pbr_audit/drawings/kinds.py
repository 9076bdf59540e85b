"""A specification for each kind of picture, and the words that say what it shows."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from math import inf
from typing import Final

from pbr_audit.drawings.parts import (
    ACCENT,
    HEIGHT,
    INK,
    OTHER,
    PALE,
    ROW,
    SOFT,
    WIDTH,
    Picture,
    Spec,
    axis,
    expected,
    rule,
    sized,
)

# Two-sided normal limits of a funnel, by their share.
LIMITS: Final = {"95 %": 1.959964, "99.8 %": 3.090232}
CURVE = 60


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
            "x": axis("from", picture["unit"], scale={"zero": False, "nice": False}),
            "x2": {"field": "to"},
            "y": axis("count", picture["y"]),
            "y2": {"datum": 0},
            "color": {"field": "side", "type": "nominal", "scale": colours}
            if threshold is not None
            else {"value": PALE},
        },
    }
    layers = [bars]
    if picture["expected"] is not None:
        layers.append(expected("at", values, picture["expected"], "quantitative"))
    if threshold is not None:
        layers.append(rule(threshold - step / 2 if pays_above else threshold + step / 2))
    return sized(layers)


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
    x = axis("size", picture["x"], scale={"type": "log", "nice": False, "domain": [low, high]})
    y = axis("rate", picture["y"], scale={"zero": False})
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
    return sized(layers, HEIGHT + 60)


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
            "x": {**axis("day", None), "type": "temporal"},
            "y": axis("count", picture["y"]),
            "color": {"condition": {"test": "datum.who", "value": OTHER}, "value": PALE},
        },
    }
    layers = [bars]
    if picture["expected"] is not None:
        layers.append(expected("day", [day.isoformat() for day in days], picture["expected"], "temporal"))
    return sized(layers)


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
        rule(picture["reference"], solid=True),
        {
            "data": {"values": rows},
            "mark": {"type": "rule", "strokeWidth": 2},
            "encoding": {
                "y": label,
                "x": axis("low", picture["x"], scale=scale),
                "x2": {"field": "high"},
                "color": colour,
            },
        },
        {
            "data": {"values": rows},
            "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
            "encoding": {"y": label, "x": axis("effect", picture["x"], scale=scale), "color": colour},
        },
    ]
    return sized(layers, max(len(rows), 1) * ROW)


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
            "x": axis("x", picture["x_title"], scale={"zero": False, "nice": False}),
            "y": axis("y", picture["y_title"]),
            "color": {"field": "name", "type": "nominal", "scale": {"domain": names, "range": colours}},
        },
    }
    return sized([curve])


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
