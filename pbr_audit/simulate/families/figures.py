"""What a family of acts on published figures sees, and what it gives back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from pbr_audit.simulate.columns import Bools, Columns, Ints
from pbr_audit.simulate.families.family import PLANTED, Mark
from pbr_audit.simulate.performance import series_of
from pbr_audit.simulate.protections import BUDGET_CONTRACT
from pbr_audit.simulate.setting import Setting
from pbr_audit.simulate.spec import COHORT

# At most this share of the rows is touched by one family, however many claims there are.
MOST_SHARE = 0.1


@dataclass(frozen=True)
class FigureScene:
    """The published rows, which of them no family has touched, and how much to plant."""

    setting: Setting
    figures: Columns
    free: Bools
    rng: np.random.Generator
    acts: int
    strength: float

    @property
    def by_quarter(self) -> Bools:
        """Whether a row is about a quarter, and not about a cohort that is paid for as a whole."""
        return np.asarray(self.figures["role"] != COHORT)

    @property
    def budgeted(self) -> Bools:
        """Whether a row's contract has a budget, against which its amounts are added up."""
        return np.asarray((self.figures["contract"] == BUDGET_CONTRACT) & self.by_quarter)

    @property
    def series(self) -> Ints:
        """A number for each contract, provider and outcome."""
        return series_of(self.figures)

    @property
    def released_twice(self) -> Bools:
        """Whether a row is one of two releases of one figure."""
        keys = self.series * 10_000 + self.figures["quarter"]
        _, place, times = np.unique(keys, return_inverse=True, return_counts=True)
        return np.asarray(times[place] > 1)

    def pick(self, mask: Bools, most_share: float = MOST_SHARE) -> Ints:
        """Return up to `acts` free rows out of `mask`, at most a share of all rows."""
        rows = self.rng.permutation(np.flatnonzero(mask & self.free))
        return np.sort(rows[: min(self.acts, int(self.figures.height * most_share))])

    def pick_series(self, mask: Bools) -> Ints:
        """Return up to `acts` free rows out of `mask`, one of each series."""
        rows = self.rng.permutation(np.flatnonzero(mask & self.free))
        first = np.sort(np.unique(self.series[rows], return_index=True)[1])
        return np.sort(rows[first][: self.acts])


@dataclass(frozen=True)
class PlantedFigures:
    """Figures with acts planted, and the truth by place; `touched` rows are no longer free."""

    figures: Columns
    marks: tuple[Mark, ...] = ()
    touched: Ints | None = None


Publisher = Callable[[FigureScene], PlantedFigures]


def published(figures: Columns, marks: Iterable[Mark], touched: Ints | None = None) -> PlantedFigures:
    """Return figures with the truth about them; marks without rows are left out."""
    return PlantedFigures(figures, tuple(mark for mark in marks if len(mark.rows)), touched)


def mark_kinds(rule_id: str, rows: Ints, kind: Ints, names: tuple[str, ...]) -> list[Mark]:
    """Mark rows, each an act of its own, with the name of its kind."""
    return [
        Mark(rule_id, PLANTED, rows[kind == place], np.flatnonzero(kind == place), name)
        for place, name in enumerate(names)
    ]
