"""Covariates as columns of numbers: what people are compared on, and what they are matched by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from pbr_audit.stats.exact import Floats

# A category that nobody filled in is a level of its own: whose it is missing may well matter.
NOT_RECORDED: Final = "not recorded"


@dataclass(frozen=True)
class Column:
    """A column of numbers: a covariate itself, or one `level` of a category as 0 and 1."""

    covariate: str
    level: str | None

    @property
    def name(self) -> str:
        """The column as people are shown it."""
        return self.covariate if self.level is None else f"{self.covariate}: {self.level}"


@dataclass(frozen=True)
class Design:
    """`matrix` (N, Q) for the propensity, constant first; `shown` (N, K), what balance is told of.

    A category is one column of the matrix fewer than it has levels, and in `shown` all levels, or one of two.
    """

    matrix: Floats
    shown: Floats
    columns: tuple[Column, ...]


def filled(people: pl.DataFrame, covariates: Mapping[str, str]) -> pl.DataFrame:
    """Return people with every category filled in."""
    return people.with_columns(
        pl.col(name).fill_null(NOT_RECORDED) for name, kind in covariates.items() if kind == "text"
    )


def design(people: pl.DataFrame, covariates: Mapping[str, str]) -> Design:
    """Return the design of people whose covariates are all known (see `filled`)."""
    matrix, shown, columns = [np.ones(people.height)], [], []
    for name, kind in covariates.items():
        if kind == "number":
            values = people[name].to_numpy().astype(np.float64)
            if len(np.unique(values[:1_000])) > 1 or len(np.unique(values)) > 1:
                matrix.append(values)
            shown.append(values)
            columns.append(Column(name, None))
            continue
        levels = people[name].unique().sort().to_list()
        dummies = {level: (people[name] == level).to_numpy().astype(np.float64) for level in levels}
        matrix += [dummies[level] for level in levels[1:]]
        told = levels if len(levels) != 2 else levels[1:]  # noqa: PLR2004 - of two, one says all
        shown += [dummies[level] for level in told]
        columns += [Column(name, level) for level in told]
    return Design(np.column_stack(matrix), np.column_stack(shown), tuple(columns))


def spread(values: Floats) -> Floats:
    """Return each column's standard deviation among the treated (T, K): of 0 and 1, that of their share."""
    share = values.mean(axis=0)
    binary = ((values == 0) | (values == 1)).all(axis=0)
    own = values.std(axis=0, ddof=1) if len(values) > 1 else np.zeros(values.shape[1])
    return np.asarray(np.where(binary, np.sqrt(np.maximum(share * (1 - share), 0)), own), dtype=np.float64)
