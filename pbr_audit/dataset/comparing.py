"""`[comparison]` in audit.toml: how a cohort's treated people are held against its pool."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from pbr_audit.tables import Further

Text = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(gt=0, le=5)]
# How a covariate counts: by its value, or each word for itself.
CovariateKind = Literal["number", "category"]
CovariateName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class Words(BaseModel):
    """What the programme and its outcome are called on the page."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    programme: Text = "the programme"
    event: Text = "reoffence"
    events: Text = "reoffences"
    rate: Text = "one-year reoffending rate"
    value: Text = "measured value"
    unit: str = ""


class Comparing(BaseModel):
    """The section; every figure has a default that its page states."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    # Files that hold the pool alone, where no column says who was treated; other files hold the treated.
    pool: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None
    # In standard deviations of the propensity; Rosenbaum and Rubin (1985), and MatchIt's unit.
    caliper_sd: Share = 0.2
    # The Justice Data Lab's minimum of 2013.
    least_pairs: Annotated[int, Field(ge=20)] = 60
    days: Annotated[int, Field(ge=7, le=3660)] = 365
    words: Words = Words()


def further_of(covariates: Mapping[str, CovariateKind]) -> Further:
    """Return covariates as columns beyond the standard's."""
    return tuple((name, "number" if kind == "number" else "text") for name, kind in covariates.items())
