"""What the specifications of all kinds of pictures share: colours, axes, lines, size."""

from collections.abc import Mapping
from typing import Any, Final

Picture = Mapping[str, Any]
Spec = dict[str, Any]

WIDTH: Final = 640
HEIGHT: Final = 240
ROW: Final = 24
INK, SOFT, LINE, ACCENT, PALE, OTHER = "#1c2430", "#55606f", "#d5dae1", "#1f4e79", "#9fb3c8", "#a3552e"
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


def axis(field: str, title: str | None, scale: Spec | None = None) -> Spec:
    return {"field": field, "type": "quantitative", "title": title, **({"scale": scale} if scale else {})}


def expected(field: str, places: list[Any], counts: list[float | None], kind: str) -> Spec:
    """Return the line of what was expected, which a legend names."""
    rows = [
        {field: place, "expected": value, "line": "expected"}
        for place, value in zip(places, counts, strict=True)
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


def rule(at: float, *, solid: bool = False) -> Spec:
    dash = {} if solid else {"strokeDash": [5, 4]}
    return {
        "data": {"values": [{"at": at}]},
        "mark": {"type": "rule", "color": INK, **dash},
        "encoding": {"x": {"field": "at", "type": "quantitative"}},
    }


def sized(layers: list[Spec], height: int = HEIGHT) -> Spec:
    return {"width": WIDTH, "height": height, "layer": layers}
