"""The matched comparison: people of a programme against people like them, as the Justice Data Lab does it.

What it can say is bounded by what was recorded: people are alike in the covariates, and may differ in what
nobody wrote down. So every figure comes with its interval, and with how strong something unseen would have
to be.
"""

from dataclasses import dataclass
from typing import Final

from pbr_audit.compare.balance import Balance, Line, Match, balance
from pbr_audit.compare.cohort import Cohort, reading
from pbr_audit.compare.groups import Groups, Stage, groups
from pbr_audit.compare.outcomes import Answer, Curves, Measure, Result, curves_of, remarks, results
from pbr_audit.dataset import Comparing

__all__ = [
    "Answer",
    "Balance",
    "Cohort",
    "Comparing",
    "Comparison",
    "Curves",
    "Groups",
    "Line",
    "Match",
    "Measure",
    "Result",
    "Stage",
    "compare",
    "reading",
]

# People of the smaller group for each column that the propensity is fitted on.
LEAST_A_COLUMN: Final = 10
MANY_COVARIATES: Final = (
    "The covariates are many for so few people: fewer than ten of the smaller group for each, where every "
    "level of a category but one counts. The fit may follow chance; fewer covariates or levels are safer."
)


@dataclass(frozen=True)
class Comparison:
    """Everything that was found; `results` are empty where there are too few pairs or no outcome."""

    cohort: Cohort
    settings: Comparing
    groups: Groups
    balance: Balance
    results: tuple[Result, ...]
    curves: Curves | None

    @property
    def pairs(self) -> int:
        """How many pairs were matched."""
        return len(self.groups.treated)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences on what makes the result weaker than it looks."""
        columns = self.groups.design.matrix.shape[1] - 1
        smaller = int(min(self.groups.is_treated.sum(), (~self.groups.is_treated).sum()))
        said = [MANY_COVARIATES] if smaller < LEAST_A_COLUMN * columns else []
        said += [
            f"The groups agree in the mean of {name} more than in its spread: more of one are far from it "
            f"on both sides. Where outcomes turn with {name}, give it as a category of bands instead."
            for name in self.balance.unlike_in_spread
        ]
        return (*said, *remarks(self.groups, self.settings.days))

    @property
    def enough_pairs(self) -> bool:
        """Whether there are as many pairs as a result asks for."""
        return self.pairs >= self.settings.least_pairs


def compare(cohort: Cohort) -> Comparison:
    """Match the cohort's treated people to its pool and compare what became of them.

    Raises InputError where nobody can be compared with anybody.
    """
    settings = cohort.dataset.comparing
    found = groups(cohort.people, cohort.covariates, settings.caliper_sd)
    enough = len(found.treated) >= settings.least_pairs
    return Comparison(
        cohort,
        settings,
        found,
        balance(found),
        tuple(results(found, settings.days, settings.least_pairs)) if enough else (),
        curves_of(found, settings.days) if enough else None,
    )
