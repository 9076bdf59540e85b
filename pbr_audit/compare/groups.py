"""From everybody offered to matched pairs: who is left at each stage, and why others are not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.compare.design import Design, design, filled
from pbr_audit.errors import InputError
from pbr_audit.stats.exact import Floats
from pbr_audit.stats.logit import LogitFit, logit
from pbr_audit.stats.nearest import NOBODY, nearest, within

IS_TREATED: Final = pl.col("treated") == "true"
YES: Final = "true"
# A category with no more levels than this is not what makes covariates too many.
COMMON_LEVELS: Final = 2
SAME_DIGITS: Final = 12


@dataclass(frozen=True)
class Stage:
    """How many are left, of the treated and of the pool; `why` others are not."""

    name: str
    treated: int
    pool: int
    why: str


@dataclass(frozen=True)
class Groups:
    """`people` who could be compared, sorted by person_id, with `is_treated` (N) and their `propensity` (N).

    `treated` and `pool` are the places in `people` of those matched, a pair at each place. `caliper` is in
    units of the propensity.
    """

    stages: tuple[Stage, ...]
    people: pl.DataFrame
    is_treated: NDArray[np.bool_]
    design: Design
    fit: LogitFit
    caliper: float
    treated: NDArray[np.int64]
    pool: NDArray[np.int64]

    @property
    def propensity(self) -> Floats:
        """The probability of being treated, by the covariates."""
        return self.fit.fitted


def groups(people: pl.DataFrame, covariates: Mapping[str, str], caliper_sd: float) -> Groups:
    """Follow people from being offered to being matched.

    Raises InputError where a group is empty, and where covariates tell the groups apart so that nobody can be
    compared with anybody.
    """
    stages = [_stage("in the files", people, "the rows that could be read")]
    steps = (
        ("found in the records", _yes(people, "found_in_records"), "records hold no outcome of the others"),
        ("in scope", _yes(people, "in_scope"), "the others do not belong into the comparison"),
        ("covariates known", _known(covariates), "a number is missing for the others"),
    )
    for name, keep, why in steps:
        people = people.filter(keep)
        stages.append(_stage(name, people, why))
    _refuse_empty(people)
    people = _shared_levels(filled(people, covariates), covariates)
    _refuse_empty(people)
    _refuse_too_many(people, covariates)
    is_treated = people.select(IS_TREATED).to_series().to_numpy()
    made = design(people, covariates)
    fit = logit(is_treated, made.matrix)
    if fit is None:
        raise InputError(_separated(made, is_treated))
    caliper = caliper_sd * float(np.std(fit.fitted, ddof=1))
    mine, theirs = np.flatnonzero(is_treated), np.flatnonzero(~is_treated)
    # Like people are alike to the last digit, whichever part of a sum they were computed in: their ties are
    # then settled by person_id, on every machine.
    propensity = np.round(fit.fitted, SAME_DIGITS)
    scores, others = propensity[mine], propensity[theirs]
    stages.append(
        Stage(
            "somebody alike in the other group",
            int(within(scores, others, caliper).sum()),
            int(within(others, scores, caliper).sum()),
            "nobody in the other group is as likely to be in the programme (common support)",
        )
    )
    found = nearest(scores, others, caliper)
    matched = found != NOBODY
    pairs = int(matched.sum())
    stages.append(Stage("matched", pairs, pairs, "everybody who was near enough is another's match"))
    return Groups(
        tuple(stages), people, is_treated, made, fit, caliper, mine[matched], theirs[found[matched]]
    )


def _stage(name: str, people: pl.DataFrame, why: str) -> Stage:
    treated = int(people.select(IS_TREATED.sum()).item())
    return Stage(name, treated, people.height - treated, why)


def _yes(people: pl.DataFrame, column: str) -> pl.Expr:
    """Who is not said to be out; an empty cell, and a column that is not there, say nothing."""
    if column not in people.columns:
        return pl.lit(value=True)
    return pl.col(column).is_null() | (pl.col(column) == YES)


def _known(covariates: Mapping[str, str]) -> pl.Expr:
    numbers = [name for name, kind in covariates.items() if kind == "number"]
    return pl.all_horizontal(pl.lit(value=True), *(pl.col(name).is_not_null() for name in numbers))


def _shared_levels(people: pl.DataFrame, covariates: Mapping[str, str]) -> pl.DataFrame:
    """Leave out who has a level of a category that nobody in the other group has; again, until none has."""
    names = [name for name, kind in covariates.items() if kind == "text"]
    while True:
        both = [(IS_TREATED.any() & (~IS_TREATED).any()).over(name) for name in names]
        kept = people.filter(pl.all_horizontal(pl.lit(value=True), *both)) if names else people
        if kept.height == people.height:
            return kept
        people = kept


def _refuse_empty(people: pl.DataFrame) -> None:
    treated = int(people.select(IS_TREATED.sum()).item())
    for count, who in ((treated, "of the treated"), (people.height - treated, "of the pool")):
        if not count:
            raise InputError(
                f"cohort: nobody {who} is left to compare; check the columns treated, found_in_records and "
                "in_scope, and whether covariates are filled in for both groups"
            )


def _refuse_too_many(people: pl.DataFrame, covariates: Mapping[str, str]) -> None:
    """Refuse covariates with more columns than the smaller group has people, before they are made."""
    treated = int(people.select(IS_TREATED.sum()).item())
    levels = {name: people[name].n_unique() for name, kind in covariates.items() if kind == "text"}
    columns = len(covariates) - len(levels) + sum(count - 1 for count in levels.values())
    if columns <= min(treated, people.height - treated):
        return
    most = max(levels, key=lambda name: levels[name], default="")
    many = f" ({most} has {levels[most]:,} levels)" if levels.get(most, 0) > COMMON_LEVELS else ""
    raise InputError(
        f"cohort: the covariates are {columns:,} columns{many}, more than the smaller group has people; "
        "leave some out, or join levels under [tables.cohort.values] in audit.toml"
    )


def _separated(made: Design, is_treated: NDArray[np.bool_]) -> str:
    """Say which covariate tells the groups apart, where it is one alone."""
    for place, column in enumerate(made.columns):
        mine, theirs = made.shown[is_treated, place], made.shown[~is_treated, place]
        if mine.min() > theirs.max() or mine.max() < theirs.min():
            return (
                f"cohort: the covariate {column.covariate} alone tells the treated from the pool, so "
                "nobody is alike; leave it out, or find a pool that is more alike"
            )
    return (
        "cohort: covariates together tell the treated from the pool, or repeat each other, so no propensity "
        "can be fitted; leave some of them out"
    )
