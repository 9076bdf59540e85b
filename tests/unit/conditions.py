"""The table that conditions are asked about in tests, and the hostile ones of fixtures/hostile/conditions.toml."""

import tomllib
from pathlib import Path

import polars as pl
import pytest

WHERE = "rules/x.toml: when"
COLUMNS: dict[str, pl.DataType] = {
    "amount": pl.Int64(),
    "paid_amount": pl.Int64(),
    "paid": pl.Boolean(),
    "outcome": pl.String(),
    "area": pl.String(),
    "outcome_date": pl.Date(),
    "recorded_at": pl.Datetime("us"),
    "covariates": pl.List(pl.Int64()),
}
FILE = Path(__file__).parents[2] / "fixtures" / "hostile" / "conditions.toml"
HOSTILE: list[dict[str, str]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["condition"]
each = pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case["name"])
