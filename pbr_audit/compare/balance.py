"""Are the two groups alike? Each covariate's difference before and after matching, in standard deviations."""

from dataclasses import dataclass
from math import isnan, log, sqrt
from typing import Final, Literal

import numpy as np

from pbr_audit.compare.design import Column, spread
from pbr_audit.compare.groups import Groups
from pbr_audit.stats.exact import Floats
from pbr_audit.stats.nearest import standardised_difference

# The Justice Data Lab's figure for a good match, the usual one, and the one beyond which nothing is shown.
GOOD: Final = 0.05
AMBER: Final = 0.1
RED: Final = 0.25
# Rubin (2001) takes a ratio of variances beyond 5/4 for a concern, and one beyond 2 for bad.
SPREAD: Final = 1.25
Z: Final = 1.959963984540054
Match = Literal["good", "fair", "amber", "red"]


@dataclass(frozen=True)
class Line:
    """One column's means and standardised differences; `people` are the matched treated with that level.

    `spread_ratio`: the treated's variance over the others' after matching, of a number that has two values
    or more in both groups. `people` and `others` count the matched of each group with a category's level;
    None for a number.
    """

    column: Column
    treated: float
    others_before: float
    others_after: float
    before: float
    after: float
    spread_ratio: float | None
    people: int | None
    others: int | None


@dataclass(frozen=True)
class Balance:
    """All lines in the order of the covariates; `worst` is the largest difference that is left."""

    lines: tuple[Line, ...]
    pairs: int

    @property
    def worst(self) -> Line | None:
        """The line with the largest difference after matching."""
        known = [line for line in self.lines if not isnan(line.after)]
        return max(known, key=lambda line: abs(line.after), default=None)

    @property
    def unlike_in_spread(self) -> tuple[str, ...]:
        """Numbers whose variances differ by a quarter and more than chance; their means may yet agree."""
        # Of two normal samples of so many the ratio's logarithm has this error.
        least = max(log(SPREAD), Z * sqrt(4 / max(self.pairs, 1)))
        return tuple(
            line.column.covariate
            for line in self.lines
            if line.spread_ratio is not None and abs(log(line.spread_ratio)) > least
        )

    @property
    def match(self) -> Match:
        """How good the match is, by its worst line."""
        left = 0.0 if self.worst is None else abs(self.worst.after)
        if left <= GOOD:
            return "good"
        if left <= AMBER:
            return "fair"
        return "amber" if left <= RED else "red"


def _ratio(treated: Floats, others: Floats) -> float | None:
    """Return the ratio of two variances, as MatchIt does; None for 0 and 1, whose means say all."""
    if np.isin(treated, (0, 1)).all() or others.var() == 0 or treated.var() == 0:
        return None
    return float(treated.var(ddof=1) / others.var(ddof=1))


def balance(found: Groups) -> Balance:
    """Return the balance of all columns; the yardstick is the spread of the treated who could be compared."""
    shown = found.design.shown
    treated, pool = shown[found.is_treated], shown[~found.is_treated]
    yardstick = spread(treated)
    before = standardised_difference(treated, pool, yardstick)
    if not len(found.treated):
        return Balance((), 0)
    mine, theirs = shown[found.treated], shown[found.pool]
    after = standardised_difference(mine, theirs, yardstick)
    return Balance(
        tuple(
            Line(
                column,
                float(mine[:, place].mean()),
                float(pool[:, place].mean()),
                float(theirs[:, place].mean()),
                float(before[place]),
                float(after[place]),
                _ratio(mine[:, place], theirs[:, place]) if column.level is None else None,
                None if column.level is None else int(mine[:, place].sum()),
                None if column.level is None else int(theirs[:, place].sum()),
            )
            for place, column in enumerate(found.design.columns)
        ),
        len(found.treated),
    )
