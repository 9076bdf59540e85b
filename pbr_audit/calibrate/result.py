"""What a calibration found, as shares with their intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

import polars as pl

from pbr_audit.stats.exact import clopper_pearson

PERMUTED, OWN_VARIETY, ACTING = "nobody differs", "providers differ", "some act"
# Four times in five.
OFTEN = 0.8


@dataclass(frozen=True)
class Rate:
    """`count` of `of`, and the exact 95 % interval of the share (Clopper and Pearson)."""

    count: int
    of: int

    @property
    def share(self) -> float:
        """The share; NaN of nothing."""
        return self.count / self.of if self.of else float("nan")

    @property
    def limits(self) -> tuple[float, float]:
        """The share's limits."""
        if not self.of:
            return float("nan"), float("nan")
        low, high = clopper_pearson([self.count], [self.of])
        return float(low[0]), float(high[0])

    @property
    def words(self) -> str:
        """The share and its upper limit: `1.5 %, at most 4.3 %`."""
        return f"{percent(self.share)}, at most {percent(self.limits[1])}"


@dataclass(frozen=True)
class Alarm:
    """What a rule (or the whole run) did in books of one kind in which nobody acted.

    `asking` are the books with a query, of those assessed; `small` the tests with a p-value of 0.05 or less,
    of all, over all books: one in twenty where p-values are what they say.
    """

    asking: Rate
    small: Rate


@dataclass(frozen=True)
class Power:
    """Of the providers that acted, over all books, those that were found; `share` is how much each moved."""

    share: float
    found: Rate


@dataclass(frozen=True)
class Calibrated:
    """One rule. `why_not` says why its books could not be made or asked; `why_no_power` why none acted."""

    rule_id: str
    title: str
    why_not: str | None = None
    alarms: tuple[tuple[str, Alarm], ...] = ()
    powers: tuple[Power, ...] = ()
    why_no_power: str | None = None

    @property
    def seen_often(self) -> float | None:
        """The smallest share tried that is found four times in five; None where none is."""
        return min((power.share for power in self.powers if power.found.share >= OFTEN), default=None)


@dataclass(frozen=True)
class Calibration:
    """What was asked of which books, and every rule's answer.

    `units` are the clients and unregistered referrals, `alone` those that could not change places,
    `strata` what those who did have in common;
    `left_out` the providers that the run asks about, which the books of the second kind do without.
    """

    name: str
    books: int
    power_books: int
    seed: int
    level: float
    units: int
    alone: int
    strata: tuple[str, ...]
    providers: int
    left_out: int
    keep: float
    acting: float
    rules: tuple[Calibrated, ...]
    run: tuple[tuple[str, Alarm], ...]

    def table(self) -> pl.DataFrame:
        """Return calibration.csv: a row for each rule and kind of book; the whole run has no rule id."""
        rows = [_row(None, kind, alarm) for kind, alarm in self.run]
        for rule in self.rules:
            if rule.why_not is not None:
                rows.append((rule.rule_id, "", *[None] * 8, rule.why_not))
            rows += [_row(rule.rule_id, kind, alarm) for kind, alarm in rule.alarms]
            rows += [
                (
                    rule.rule_id,
                    ACTING,
                    power.share,
                    power.found.of,
                    power.found.count,
                    *_three(power.found),
                    None,
                    None,
                    None,
                )
                for power in rule.powers
            ]
            if rule.why_not is None and rule.why_no_power is not None:
                rows.append((rule.rule_id, ACTING, *[None] * 8, rule.why_no_power))
        return pl.DataFrame(rows, schema=TABLE, orient="row")


TABLE = {
    "rule_id": pl.String,
    "books": pl.String,
    "share_moved": pl.Float64,
    "cases": pl.Int64,
    "asked_about": pl.Int64,
    "share": pl.Float64,
    "share_low": pl.Float64,
    "share_high": pl.Float64,
    "tests": pl.Int64,
    "p_at_most_0.05": pl.Int64,
    "reason": pl.String,
}


def _row(rule_id: str | None, kind: str, alarm: Alarm) -> tuple[object, ...]:
    asking, small = alarm.asking, alarm.small
    return (rule_id, kind, None, asking.of, asking.count, *_three(asking), small.of, small.count, None)


def _three(rate: Rate) -> Sequence[float | None]:
    figures = (rate.share, *rate.limits)
    return [None if isnan(figure) else round(figure, 6) for figure in figures]


def percent(share: float) -> str:
    """Return a share as a percentage with at most one decimal."""
    return f"{100 * share:.1f}".removesuffix(".0") + " %"
