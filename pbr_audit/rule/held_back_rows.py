"""Months in which submissions were held back and then came together, as a rule's rows."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from pbr_audit.rule import pictures
from pbr_audit.rule.header import NotAssessable
from pbr_audit.stats.held_back import LONGEST_DELAY, HeldBack, held_back
from pbr_audit.stats.peers import FEWEST_PEERS

# A picture is drawn of what may become a finding, and of nothing else.
TOLD = 0.05
# Earlier months than this, before the last, are not looked at: one mistyped year would make a thousand.
MONTHS_BACK = 240


def held_back_as_rows(
    counts: pl.DataFrame,
    key: Sequence[str],
    group: str,
    *,
    least_due: float,
    least_quiet: float,
    least_effect: float,
    least_months: int,
    most_times: int,
) -> pl.DataFrame:
    """Return a row for each `key`, sorted, with the months that look most as if claims had been held back.

    `counts` has a row, or several, for each key (with `provider_id`), `outcome_month` and `submitted_month`
    (first days), with the number of `claims`; a month after the outcome's by more than 11, or before it, is
    left out. `group` is the column whose subjects have a calendar in common. Columns as HeldBack tells them,
    and those of a statistical rule. NotAssessable where fewer than 10 providers have months enough.
    """
    place = _number("submitted_month"), _number("outcome_month")
    cells = counts.with_columns(came=place[0], of=place[1]).with_columns(delay=pl.col("came") - pl.col("of"))
    subjects = counts.select(key).unique().sort(key)
    last = counts["submitted_month"].max()
    if not isinstance(last, date):
        raise NotAssessable("no claim has a day on which it was submitted")
    end = last.year * 12 + last.month
    within = cells.filter(
        pl.col("delay").is_between(0, LONGEST_DELAY - 1), pl.col("of") > end - MONTHS_BACK
    ).join(subjects.with_row_index("subject"), on=list(key), how="left")
    first = int(within["of"].min() or end)  # type: ignore[arg-type]  # a column of whole numbers
    table = np.zeros((subjects.height, end - first + 1, LONGEST_DELAY))
    at = (within["subject"].to_numpy(), (within["of"] - first).to_numpy(), within["delay"].to_numpy())
    np.add.at(table, at, within["claims"].to_numpy())
    found = held_back(
        table,
        subjects["provider_id"].to_numpy(),
        subjects[group].to_numpy(),
        least_due=least_due,
        least_quiet=least_quiet,
        least_effect=least_effect,
        least_months=least_months,
        most_times=most_times,
    )
    enough = found.months >= least_months
    providers = subjects.filter(pl.Series(enough))["provider_id"].n_unique()
    if providers < FEWEST_PEERS:
        raise NotAssessable(
            f"{providers} providers have {least_months} months with {least_due} claims due before them; at "
            f"least {FEWEST_PEERS} are needed to tell what is usual"
        )
    return _told(subjects, found, first, enough).with_columns(
        providers_compared=pl.lit(providers),
        why_not=pl.when(~pl.Series(enough)).then(
            pl.lit(
                f"the provider has fewer than {least_months} months with {least_due} claims due before them"
            )
        ),
    )


def _told(subjects: pl.DataFrame, found: HeldBack, first: int, enough: np.ndarray) -> pl.DataFrame:
    figures = {
        "due": found.due.round(1),
        "came": found.came.round(1),
        "together": found.together.round(1),
        "quiet": found.quiet,
        "effect": found.effect,
        "effect_low": found.low,
        "effect_high": found.high,
        "score": found.score,
        "peers_score": found.peers,
        "smallest_seen": found.seen,
        "p_value": found.p_value,
    }
    silent, begin = (pl.Series(values) for values in (found.silent, found.first + first))
    rows = subjects.with_columns(
        *(
            pl.Series(name, np.where(enough, values, np.nan)).fill_nan(None)
            for name, values in figures.items()
        ),
        months=pl.Series(found.months),
        times=pl.Series(found.times),
        held=pl.when(pl.Series(enough)).then(pl.Series(found.held)),
    ).with_columns(
        silent_months=pl.when(silent > 0).then(silent),
        first_month=pl.when(silent > 0).then(_first_day(begin)),
        spike_month=pl.when(silent > 0).then(_first_day(begin + silent)),
    )
    drawn = rows.with_row_index("place").filter(pl.col("held"), pl.col("p_value") <= TOLD)
    drawings = [_picture(found, place, first) for place in drawn["place"]]
    return (
        rows.with_row_index("place")
        .join(drawn.select("place", picture=pl.Series(drawings, dtype=pl.String)), on="place", how="left")
        .sort("place")
        .drop("place")
    )


def _picture(found: HeldBack, place: int, first: int) -> str:
    """Return what came by month beside what was due, the silent months and the one after set off."""
    came, due = found.came_by_month[place], found.due_by_month[place]
    there = np.flatnonzero((came > 0) | (due > 0))
    begin, end = int(there[0]), int(there[-1]) + 1
    start, silent = int(found.first[place]), int(found.silent[place])
    year, month = divmod(first + begin - 1, 12)
    return pictures.calendar(
        date(year, month + 1, 1),
        came[begin:end],
        due[begin:end],
        step="month",
        marked=[start <= one <= start + silent for one in range(begin, end)],
    )


def _number(name: str) -> pl.Expr:
    """Return the number of a month, counted on through the years."""
    return pl.col(name).dt.year().cast(pl.Int64) * 12 + pl.col(name).dt.month()


def _first_day(number: pl.Series) -> pl.Expr:
    """Return the first day of a month from its number."""
    months = pl.lit(number - 1)
    return pl.date(months // 12, months % 12 + 1, 1)
