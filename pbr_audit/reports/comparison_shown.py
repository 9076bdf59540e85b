"""A matched comparison as it may be published: every figure after small numbers are protected."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor, isnan, log10
from typing import Final

import numpy as np

from pbr_audit.compare import Comparison, Curves, Line, Result
from pbr_audit.protecting import EXACT_DIGITS, Protection
from pbr_audit.stats.exact import Floats

# Points of a published curve are four weeks apart, and further where fewer than ten had the event between.
STEP_DAYS: Final = 28
DIGITS: Final = 3


@dataclass(frozen=True)
class FunnelLine:
    """How many are left at a stage; None: not shown."""

    stage: str
    treated: int | None
    pool: int | None
    others_are_out_because: str


@dataclass(frozen=True)
class BalanceLine:
    """A covariate's means (of a level: shares), and standardised differences; None: not shown."""

    covariate: str
    level: str | None
    treated: float | None
    pool: float | None
    matched: float | None
    difference_before: float | None
    difference_after: float | None
    variance_ratio: float | None

    @property
    def name(self) -> str:
        """The covariate with its level."""
        return self.covariate if self.level is None else f"{self.covariate}: {self.level}"


@dataclass(frozen=True)
class ResultLine:
    """One measure; figures are None where they would tell small numbers.

    `pairs` rounded; `treated`, `others` and `difference` with its 95 % limits in the measure's unit (rate:
    a share, time: days, frequency: events a person); `smallest` the difference that would be found four times
    in five, `enough` how many pairs would show the one seen.
    """

    measure: str
    pairs: int | None
    treated: float | None
    others: float | None
    difference: float | None
    low: float | None
    high: float | None
    answer: str
    smallest: float | None
    enough: int | None
    before_matching: float | None
    before_low: float | None
    before_high: float | None
    e_value: float | None
    e_value_of_limit: float | None
    rosenbaum_bound: float | None


@dataclass(frozen=True)
class CheckLine:
    """The rate's difference with everybody weighted instead of some matched."""

    measure: str
    weights: str
    difference: float | None
    low: float | None
    high: float | None
    like_people: int | None


@dataclass(frozen=True)
class CurvePoint:
    """The share without an event at a day, with limits, and how many were still followed; None: not shown."""

    group: str
    day: int
    without_event: float
    low: float | None
    high: float | None
    followed: int | None


@dataclass(frozen=True)
class Shown:
    """All that the page and its data hold."""

    protection: Protection
    pairs: int | None
    funnel: tuple[FunnelLine, ...]
    balance: tuple[BalanceLine, ...]
    results: tuple[ResultLine, ...]
    checks: tuple[CheckLine, ...]
    curves: tuple[CurvePoint, ...]


def shown(found: Comparison, protection: Protection) -> Shown:
    """Protect a comparison's figures."""
    lines = [_result(result, protection) for result in found.results]
    told = {line.measure for line in lines if line.difference is not None}
    return Shown(
        protection=protection,
        pairs=protection.count(found.pairs),
        funnel=tuple(
            FunnelLine(stage.name, protection.count(stage.treated), protection.count(stage.pool), stage.why)
            for stage in found.groups.stages
        ),
        balance=tuple(_balances(found, protection)),
        results=tuple(lines),
        checks=tuple(
            line for result in found.results if result.measure in told for line in _checks(result, protection)
        ),
        curves=() if found.curves is None or "time" not in told else tuple(_points(found.curves, protection)),
    )


def significant(value: float, digits: int = DIGITS) -> float:
    """Return a figure to so many significant digits, whole numbers kept whole."""
    if value == 0 or not np.isfinite(value):
        return value
    return round(value, digits - 1 - floor(log10(abs(value)))) + 0.0


def in_unit(measure: str, value: float, people: int, protection: Protection) -> float:
    """Return a figure of a measure as it is shown."""
    if not protection.on:
        return significant(value, EXACT_DIGITS)
    if measure == "rate":
        return protection.share(value, people)
    if measure == "time":
        return round(value) + 0.0
    return round(value, 2) + 0.0 if measure == "frequency" else significant(value)


def _result(result: Result, protection: Protection) -> ResultLine:
    seen, people = result.found, result.found.pairs
    hidden = result.with_event is not None and any(
        protection.is_small(had, people) for had in result.with_event
    )

    def figure(value: float | None) -> float | None:
        return None if hidden or value is None else in_unit(result.measure, value, people, protection)

    def strength(value: float | None) -> float | None:
        digits = 1 if protection.on else 2
        return None if hidden or value is None or not np.isfinite(value) else round(value, digits)

    e_values, before = result.e_value or (None, None), result.unmatched
    return ResultLine(
        measure=result.measure,
        pairs=protection.count(people),
        treated=figure(seen.treated),
        others=figure(seen.others),
        difference=figure(seen.estimate),
        low=figure(seen.low),
        high=figure(seen.high),
        answer=result.answer,
        smallest=figure(result.smallest),
        enough=None if hidden or result.enough is None else ceil(significant(result.enough, 2)),
        before_matching=None if before is None else figure(before.estimate),
        before_low=None if before is None else figure(before.low),
        before_high=None if before is None else figure(before.high),
        e_value=strength(e_values[0]),
        e_value_of_limit=strength(e_values[1]),
        rosenbaum_bound=strength(result.bound),
    )


def _checks(result: Result, protection: Protection) -> Iterator[CheckLine]:
    for name, check in (result.checks or {}).items():
        low, middle, high = (
            in_unit(result.measure, value, result.found.pairs, protection)
            for value in (check.low, check.estimate, check.high)
        )
        yield CheckLine(result.measure, name, middle, low, high, protection.count(round(check.like)))


def _balances(found: Comparison, protection: Protection) -> Iterator[BalanceLine]:
    """Protect the levels of each category together: of several, one alone could be had by subtraction."""
    pairs = found.pairs
    by_covariate: dict[str, list[Line]] = {}
    for line in found.balance.lines:
        by_covariate.setdefault(line.column.covariate, []).append(line)
    for lines in by_covariate.values():
        hidden = {
            place
            for place, line in enumerate(lines)
            if any(
                count is not None and protection.is_small(count, pairs)
                for count in (line.people, line.others)
            )
        }
        if len(hidden) == 1 < len(lines):
            others = [place for place in range(len(lines)) if place not in hidden]
            hidden.add(min(others, key=lambda place: (min(_people(lines[place])), place)))
        for place, line in enumerate(lines):
            yield _balance(line, pairs, protection, is_hidden=place in hidden)


def _people(line: Line) -> tuple[int, int]:
    return line.people or 0, line.others or 0


def _balance(line: Line, pairs: int, protection: Protection, *, is_hidden: bool) -> BalanceLine:
    column = line.column
    if line.people is None or line.others is None:
        return BalanceLine(
            column.covariate,
            None,
            significant(line.treated),
            significant(line.others_before),
            significant(line.others_after),
            _known(line.before),
            _known(line.after),
            None if line.spread_ratio is None else _known(line.spread_ratio),
        )
    if is_hidden:
        return BalanceLine(column.covariate, column.level, None, None, None, None, None, None)
    return BalanceLine(
        column.covariate,
        column.level,
        protection.share(line.treated, pairs),
        protection.share(line.others_before, pairs),
        protection.share(line.others_after, pairs),
        _known(line.before),
        _known(line.after),
        None,
    )


def _known(value: float) -> float | None:
    return None if isnan(value) else round(value, 2) + 0.0


def _points(curves: Curves, protection: Protection) -> Iterator[CurvePoint]:
    groups = (
        ("programme", curves.treated, curves.treated_days),
        ("people like them", curves.others, curves.others_days),
    )
    days = _days(curves, protection)
    for name, curve, followed in groups:
        for day in days:
            share, _, low, high = curve.at(day)
            yield CurvePoint(
                name,
                day,
                protection.share(share, curve.people),
                None if isnan(low) else protection.share(low, curve.people),
                None if isnan(high) else protection.share(high, curve.people),
                protection.count(curve.followed(followed, day), None),
            )


def _days(curves: Curves, protection: Protection) -> list[int]:
    """Return the days at which the curves are told: all with an event, or so many that each step has ten."""
    if not protection.on:
        both: Floats = np.union1d(curves.treated.times, curves.others.times)
        return [0, *(int(day) for day in both)]
    days, last = [0], 0
    for day in [*range(STEP_DAYS, curves.days, STEP_DAYS), curves.days]:
        small = False
        for curve in (curves.treated, curves.others):
            between = int(curve.events[(curve.times > last) & (curve.times <= day)].sum())
            so_far = int(curve.events[curve.times <= day].sum())
            small |= protection.is_small(between) or protection.is_small(so_far, curve.people)
        if not small:
            days.append(day)
            last = day
    return days
