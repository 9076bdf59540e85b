"""Pictures that a rule attaches to a finding, as data: what is drawn, not how; each function returns JSON.

A rule puts the text into its column `picture`; it becomes part of the finding's evidence, so that whoever
doubts the drawing has the numbers, and `pbr_audit.drawings` draws it for the report.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal

# More digits than anybody can see, fewer than a computer's last bit: the same on every machine.
DIGITS = 6


def histogram(
    values: Iterable[float],
    counts: Iterable[float],
    expected: Iterable[float] | None = None,
    *,
    threshold: float | None = None,
    unit: str = "weeks",
    paid: Literal["at_least", "at_most"] = "at_least",
    y: str = "people",
) -> str:
    """Return a histogram: `counts` at equally spaced `values`, what was `expected` there, and who is paid."""
    return _text(
        "histogram",
        values=_numbers(values),
        counts=_numbers(counts),
        expected=None if expected is None else _numbers(expected),
        threshold=None if threshold is None else _number(threshold),
        unit=unit,
        paid=paid,
        y=y,
    )


def funnel(
    sizes: Iterable[float | None],
    rates: Iterable[float | None],
    marked: int,
    centre: float,
    error_sd: float,
    *,
    spread_sd: float = 0.0,
    x: str = "starters",
    y: str = "success rate",
    names: Sequence[str] | None = None,
) -> str:
    """Return a funnel: a point for each of `sizes` and `rates`, the one at place `marked` set off.

    The limits, 95 and 99.8 %, are centre ± z·√(error_sd²/size + spread_sd²): chance, and how much honest
    peers differ beyond it.
    """
    return _text(
        "funnel",
        sizes=_numbers(sizes),
        rates=_numbers(rates),
        marked=int(marked),
        centre=_number(centre),
        error_sd=_number(error_sd),
        spread_sd=_number(spread_sd),
        x=x,
        y=y,
        names=None if names is None else list(names),
    )


def calendar(
    first_day: date,
    counts: Iterable[float],
    expected: Iterable[float] | None = None,
    step: Literal["day", "week", "month"] = "day",
    *,
    marked: Iterable[bool] | None = None,
    y: str = "claims",
) -> str:
    """Return counts over time, one for each `step` from `first_day`; the `marked` ones are set off."""
    return _text(
        "calendar",
        first_day=first_day.isoformat(),
        counts=_numbers(counts),
        expected=None if expected is None else _numbers(expected),
        step=step,
        marked=None if marked is None else [bool(mark) for mark in marked],
        y=y,
    )


def forest(
    labels: Sequence[str],
    effects: Iterable[float],
    lows: Iterable[float | None],
    highs: Iterable[float | None],
    *,
    reference: float = 0.0,
    x: str = "standard deviations",
    marked: Iterable[bool] | None = None,
) -> str:
    """Return effects with their intervals, one under the other, against a line at `reference`."""
    return _text(
        "forest",
        labels=list(labels),
        effects=_numbers(effects),
        lows=_numbers(lows),
        highs=_numbers(highs),
        reference=_number(reference),
        x=x,
        marked=None if marked is None else [bool(mark) for mark in marked],
    )


def lines(
    x: Iterable[float],
    series: Mapping[str, Iterable[float | None]],
    x_title: str,
    y_title: str,
    *,
    marked: str | None = None,
    steps: bool = False,
) -> str:
    """Return curves over common `x`, by name, in `steps` if asked; the one named `marked` is set off."""
    return _text(
        "lines",
        x=_numbers(x),
        series={name: _numbers(values) for name, values in series.items()},
        x_title=x_title,
        y_title=y_title,
        marked=marked,
        steps=steps,
    )


class Shown(tuple[float | int | None, ...]):
    """Numbers as pictures have them, rounded once for all the pictures of one comparison."""

    __slots__ = ()


def shown(values: Iterable[float | None]) -> Shown:
    """Return numbers for several pictures, in each of which they would be rounded alike."""
    return Shown(_number(value) for value in values)


def _text(kind: str, **parts: object) -> str:
    return json.dumps({"kind": kind, **parts}, ensure_ascii=False, separators=(",", ":"))


def _numbers(values: Iterable[float | None]) -> Shown:
    return values if isinstance(values, Shown) else shown(values)


def _number(value: float | None) -> float | int | None:
    """Return a number to DIGITS significant digits, whole ones as such; None for what is not finite."""
    if value is None:
        return None
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 - not a number
        return None
    rounded = float(f"{number:.{DIGITS}g}")
    return int(rounded) if rounded.is_integer() else rounded
