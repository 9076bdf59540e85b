"""What was known of the people referred, beside their risk: how those accepted differ from the others in it.

Columns beyond the standard's, which audit.toml names as covariates. Description, and no test.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pbr_audit.rule import pictures
from pbr_audit.stats.acceptance import acceptance
from pbr_audit.stats.chosen import Chosen

# A covariate's name cannot hold a blank, so that this column is nobody else's.
COVARIATE = "covariate "
RISK = "risk score"
# A category that nobody filled in, and all levels too rare to be told of.
NOT_RECORDED, OTHER = "not recorded", "other"
LEAST_OF_A_LEVEL, MOST_LEVELS = 10, 12
FIELDS = {
    "covariate": pl.String(),
    "level": pl.String(),
    "people": pl.Int64(),
    "difference": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "odds_ratio": pl.Float64(),
    "odds_ratio_low": pl.Float64(),
    "odds_ratio_high": pl.Float64(),
}
DESCRIBED = {
    "covariates": pl.List(pl.Struct(FIELDS)),
    "covariates_people": pl.Int64(),
    "covariates_auc": pl.Float64(),
    "covariates_picture": pl.String(),
}


@dataclass(frozen=True)
class Line:
    """A covariate, or one `level` of a category as 0 and 1; `values` (N), NaN where a number is not known.

    `modelled` tells whether it is in the model: of a category, all levels but the most frequent.
    """

    covariate: str
    level: str | None
    values: pl.Series
    modelled: bool = True

    @property
    def label(self) -> str:
        """How a picture names it."""
        return self.covariate if self.level is None else f"{self.covariate}: {self.level}"


def named_covariates(columns: Sequence[str]) -> list[str]:
    """Return those of the columns that hold a covariate."""
    return [name for name in columns if name.startswith(COVARIATE)]


def told_of_covariates(columns: Sequence[str]) -> dict[str, pl.DataType]:
    """Return names and types of what `describe_covariates` tells; nothing where no column is a covariate."""
    return dict(DESCRIBED) if named_covariates(columns) else {}


def lines_of(rows: pl.DataFrame) -> list[Line]:
    """Return the risk score, and each covariate of the rows or each of its levels, in order of their names.

    Of a category with two levels the less frequent is told; levels of fewer than 10 people, and those after
    the twelve most frequent, are one.
    """
    named = [line for column in sorted(named_covariates(rows.columns)) for line in _lines(rows, column)]
    return [Line(RISK, None, rows["risk_score"]), *named]


def _lines(rows: pl.DataFrame, column: str) -> Iterator[Line]:
    name, values = column.removeprefix(COVARIATE), rows[column]
    if values.dtype.is_float():
        yield Line(name, None, values)
        return
    filled = values.fill_null(NOT_RECORDED)
    counts = filled.value_counts().sort("count", column, descending=[True, False])
    told = counts.filter(pl.col("count") >= LEAST_OF_A_LEVEL).head(MOST_LEVELS)[column]
    filled = pl.Series([level if level in set(told) else OTHER for level in filled])
    levels = filled.value_counts(name="n").sort("n", filled.name, descending=[True, False])[filled.name]
    for place, level in enumerate(levels):
        if place or levels.len() > 2:  # noqa: PLR2004 - of two, one says all
            yield Line(name, level, (filled == level).cast(pl.Float64), modelled=place > 0)


def design(lines: Sequence[Line]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return the values of the lines as columns (N, K), NaN where one is not known."""
    nan = float("nan")
    return np.column_stack([line.values.cast(pl.Float64).fill_null(nan).to_numpy() for line in lines])


def describe_covariates(lines: Sequence[Line], size: Chosen, accepted: pl.Series) -> dict[str, object]:
    """Return each line's standardised difference with its interval, and a model of all of them together.

    `covariates`, a list of FIELDS, the accepted less all who were referred: above 0 where more of it was
    accepted. The odds of being accepted are for a standard deviation of a number, and of a level against the
    most frequent one, all others equal, in `covariates_people`, of whom all is known; `covariates_auc` is
    cross-fitted. No odds with fewer than 10 accepted or refused for each column of the model. With a picture.
    """
    places = [at for at, line in enumerate(lines) if line.modelled and np.isfinite(size.difference[at])]
    # A level in its own unit, 0 to 1; a number in its standard deviation.
    unit = np.array([1.0 if line.level is None else sd for line, sd in zip(lines, size.sd, strict=True)])
    x = (size.away * unit)[:, places]
    known = ~np.isnan(x).any(axis=1)
    model = acceptance(x[known], accepted.to_numpy()[known])
    odds = dict(zip(places, zip(model.odds_ratio, model.low, model.high, strict=True), strict=True))
    told = [
        (
            line.covariate,
            line.level,
            int(line.values.count() if line.level is None else line.values.sum()),
            *(float(part[at]) for part in (size.difference, size.low, size.high)),
            *map(float, odds.get(at, (np.nan,) * 3)),
        )
        for at, line in enumerate(lines)
    ]
    return {
        "covariates": [dict(zip(FIELDS, row, strict=True)) for row in told],
        "covariates_people": int(known.sum()),
        "covariates_auc": model.auc,
        "covariates_picture": pictures.forest(
            [line.label for line in lines],
            size.difference,
            size.low,
            size.high,
            x="accepted less all referred, in standard deviations",
        ),
    }
