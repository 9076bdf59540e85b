"""PBR901 on published figures: districts, hospitals and departments, of which hardly any is a query."""

from pathlib import Path

import polars as pl
import pytest

from pbr_audit.engine import ask
from pbr_audit.views import prepare, view_for
from tests.oracle.golden import needs_golden, table
from tests.rules.pack import shipped

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "published" / "ae_attendances.csv"
TYPES = {"cohort_size": pl.Int64, "achieved": pl.Int64}


def queries(figures: pl.DataFrame) -> list[str]:
    """Return the providers that PBR901 asks about in published figures of one contract."""
    loaded = shipped().get("PBR901")
    assert loaded is not None
    rows = figures.with_columns(pl.lit("C").alias("contract_id")).cast(TYPES)  # type: ignore[arg-type]
    tables = prepare(
        {"performance": rows.lazy()},
        {"performance": frozenset(rows.columns)},
        {"performance": rows.height},
        {},
    )
    answer = ask(loaded, view_for(loaded.rule.needs, tables, as_of=None, seed=0), loaded.rule.settings())
    return sorted(answer.found["provider_id"].to_list())


def of_golden(file: str, place: str, reached: str, size: str) -> pl.DataFrame:
    columns = table(file)
    return pl.DataFrame(
        {
            "provider_id": [str(name) for name in columns[place]],
            "cohort_size": [float(n) for n in columns[size]],
            "achieved": [float(n) for n in columns[reached]],
        }
    ).with_columns(period=pl.lit("2010"), outcome=pl.lit("DEATH"))


@needs_golden
def test_of_380_districts_only_glasgow_stands_out() -> None:
    # Spiegelhalter's own funnel of the same figures shows it, and nobody else, far above the limits.
    assert queries(of_golden("bowel_cancer_funnel.csv", "District", "n", "d")) == ["Glasgow City"]


@needs_golden
@pytest.mark.parametrize("counted", ["Survivors", "Deaths"])
def test_of_twelve_hospitals_none_is_a_query(counted: str) -> None:
    # Bristol's deaths lie at 3.7 standard errors; twelve hospitals do not show that honest ones never do.
    assert queries(of_golden("child_heart_1991.csv", "Hospital", counted, "Operations")) == []


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published A&E figures are not at hand")
def test_no_department_s_four_hour_rate_is_a_query() -> None:
    rows = pl.read_csv(PUBLISHED).select(
        provider_id="org_code",
        period=pl.col("period").str.slice(0, 7),
        outcome="type",
        cohort_size="attendances",
        achieved=pl.col("attendances") - pl.col("breaches"),
    )
    assert queries(rows) == []
