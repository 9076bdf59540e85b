"""What became of the matched pairs: rate, frequency, time and value, each with its interval and answer."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.compare.groups import Groups
from pbr_audit.stats.exact import Floats
from pbr_audit.stats.logit import logit
from pbr_audit.stats.paired import (
    Difference,
    paired_frequencies,
    paired_means,
    paired_rates,
    pairs_enough,
    smallest_seen,
    unpaired_means,
)
from pbr_audit.stats.survival import Curve, kaplan_meier
from pbr_audit.stats.unseen import e_value, rosenbaum_bound
from pbr_audit.stats.weighting import Weighted, weighted

Measure = Literal["rate", "frequency", "time", "value"]
Answer = Literal["reduction", "increase", "not enough"]
Z: Final = 1.959963984540054


@dataclass(frozen=True)
class Result:
    """One measure over the pairs in which it is known of both.

    `answer` is whether the 95 % interval leaves nothing out; `smallest`, the smallest true difference that
    so many pairs would show four times in five; `enough`, how many pairs would show the difference that was
    seen. `missing` pairs were left out, the outcome of one or both being unknown. `with_event`: how many of
    each group had any event. `e_value` and `bound` (see stats.unseen) are of the rate alone. `unmatched` is
    the difference before matching, and `checks` the same figure with everybody weighted instead of some
    matched, by the weights' name.
    """

    measure: Measure
    found: Difference
    answer: Answer
    smallest: float
    enough: int | None
    missing: int
    with_event: tuple[int, int] | None = None
    e_value: tuple[float, float] | None = None
    bound: float | None = None
    unmatched: Difference | None = None
    checks: Mapping[str, Weighted] | None = None


@dataclass(frozen=True)
class Curves:
    """Both groups' curves of the time to the first event, cut at `days`."""

    treated: Curve
    others: Curve
    days: int
    treated_days: Floats
    others_days: Floats


def results(found: Groups, days: int, least: int) -> Iterator[Result]:
    """Return a result, the rate first, for every measure that is known of both in at least `least` pairs."""
    people = found.people
    columns = set(people.columns)
    if "had_event" in columns:
        happened = (people["had_event"] == "true").cast(pl.Float64).to_numpy()
        if _both(found, ~np.isnan(happened)).sum() >= least:
            yield _rate(found, happened)
    if "events" in columns:
        counted, years = people["events"].cast(pl.Float64).to_numpy(), _years(people, days)
        if _both(found, ~np.isnan(counted) & ~np.isnan(years)).sum() >= least:
            yield _frequency(found, counted, years)
    curves = curves_of(found, days)
    if curves is not None and curves.treated.people >= least:
        yield _time(curves, len(found.treated) - curves.treated.people)
    if "measured_value" in columns:
        values = people["measured_value"].to_numpy()
        if _both(found, ~np.isnan(values)).sum() >= least:
            yield _checked(_of(found, "value", values, paired_means), found, values)


def remarks(found: Groups, days: int) -> Iterator[str]:
    """Say where the columns that outcomes come from are short or contradict each other, of those matched."""
    matched = found.people[np.concatenate([found.treated, found.pool]).tolist()]
    there = set(matched.columns)
    if {"had_event", "days_followed"} <= there:
        short = (pl.col("days_followed") < days) & (pl.col("had_event") == "false")
        if matched.select(short.any()).item():
            yield (
                f"Some people were followed for less than {days} days; the rate counts them as without an "
                "event, the curves do not."
            )
    if "days_to_event" in there and matched.select((pl.col("days_to_event") < 0).any()).item():
        yield "For some people the event lies before the day from which it counts; they are in no curve."
    if {"had_event", "days_to_event"} <= there:
        unlike = (pl.col("had_event") == "true") != (pl.col("days_to_event") <= days).fill_null(value=False)
        if matched.select(unlike.any()).item():
            yield (
                "For some people had_event and days_to_event contradict each other: the rate and the curves "
                "are not of the same events. Correct the source."
            )


def _both(found: Groups, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return of which pairs (n) something is known of both people."""
    both: NDArray[np.bool_] = known[found.treated] & known[found.pool]
    return both


def curves_of(found: Groups, days: int) -> Curves | None:
    """Return both curves; None where nothing says how long people were followed."""
    people = found.people
    if "days_followed" not in people.columns or "days_to_event" not in people.columns:
        return None
    to_event, followed = (
        people[name].cast(pl.Float64).to_numpy() for name in ("days_to_event", "days_followed")
    )
    at = np.fmin(to_event, followed)
    happened = (
        (~np.isnan(to_event))
        & (to_event <= np.where(np.isnan(followed), np.inf, followed))
        & (to_event <= days)
    )
    at, known = np.minimum(at, days), _time_known(people)
    both = _both(found, known)
    if not both.any():
        return None
    mine, theirs = found.treated[both], found.pool[both]
    return Curves(
        kaplan_meier(at[mine], happened[mine]),
        kaplan_meier(at[theirs], happened[theirs]),
        days,
        at[mine],
        at[theirs],
    )


def _time_known(people: pl.DataFrame) -> NDArray[np.bool_]:
    before = (pl.col("days_followed") < 0) | (pl.col("days_to_event") < 0).fill_null(value=False)
    known: NDArray[np.bool_] = (
        people.select(pl.col("days_followed").is_not_null() & ~before)
        .to_series()
        .fill_null(value=False)
        .to_numpy()
    )
    return known


def _years(people: pl.DataFrame, days: int) -> Floats:
    """How long each person was followed, as a share of the year that events are counted over."""
    if "days_followed" not in people.columns:
        return np.ones(people.height)
    followed = people["days_followed"].cast(pl.Float64).to_numpy()
    # Nobody is followed for no time at all: half a day stands for the day itself.
    return np.asarray(np.clip(followed, 0.5, days) / days, dtype=np.float64)


def _of(
    found: Groups, measure: Measure, values: Floats, difference: Callable[[Floats, Floats], Difference]
) -> Result:
    both = _both(found, ~np.isnan(values))
    return _answered(
        measure,
        difference(values[found.treated][both], values[found.pool][both]),
        int((~both).sum()),
    )


def _answered(measure: Measure, seen: Difference, missing: int) -> Result:
    answer: Answer = "reduction" if seen.high < 0 else "increase" if seen.low > 0 else "not enough"
    return Result(measure, seen, answer, smallest_seen(seen), pairs_enough(seen, seen.estimate), missing)


def _rate(found: Groups, values: Floats) -> Result:
    result = _of(found, "rate", values, paired_rates)
    both = _both(found, ~np.isnan(values))
    mine, theirs = values[found.treated][both] == 1, values[found.pool][both] == 1
    seen = result.found
    more, fewer = int((mine & ~theirs).sum()), int((~mine & theirs).sum())
    return replace(
        _checked(result, found, values),
        with_event=(int(mine.sum()), int(theirs.sum())),
        e_value=e_value(seen.treated, seen.others, seen.low, seen.high),
        bound=rosenbaum_bound(more, fewer),
    )


def _frequency(found: Groups, counted: Floats, years: Floats) -> Result:
    both = _both(found, ~np.isnan(counted) & ~np.isnan(years))
    mine, theirs = found.treated[both], found.pool[both]
    seen = paired_frequencies(counted[mine], years[mine], counted[theirs], years[theirs])
    had = (int((counted[mine] > 0).sum()), int((counted[theirs] > 0).sum()))
    return replace(_answered("frequency", seen, int((~both).sum())), with_event=had)


def _time(curves: Curves, missing: int) -> Result:
    """Compare the mean time without an event; groups taken as independent, which errs on the wide side."""
    (mine, se), (theirs, se_theirs) = (
        curves.treated.mean_until(curves.days),
        curves.others.mean_until(curves.days),
    )
    both = float(np.hypot(se, se_theirs))
    estimate = mine - theirs
    seen = Difference(
        mine, theirs, estimate, estimate - Z * both, estimate + Z * both, both, curves.treated.people
    )
    had = (int(curves.treated.events.sum()), int(curves.others.events.sum()))
    return replace(_answered("time", seen, missing), with_event=had)


def _checked(result: Result, found: Groups, values: Floats) -> Result:
    """Add the same difference before matching, and with everybody weighted."""
    known = ~np.isnan(values)
    y, treated, matrix = values[known], found.is_treated[known].astype(np.float64), found.design.matrix[known]
    raw = unpaired_means(y[treated == 1], y[treated == 0])
    fit = logit(treated, matrix)
    if fit is None:
        return replace(result, unmatched=raw)
    checks = {
        "everybody, weighted to the treated": weighted(y, treated, matrix, fit, "treated"),
        "everybody, weighted to the overlap": weighted(y, treated, matrix, fit, "overlap"),
    }
    return replace(result, unmatched=raw, checks=checks)
