"""A typed table as the standard's files hold it: its columns in order, amounts in pounds."""

from collections.abc import Callable
from typing import Literal

import polars as pl

from pbr_audit.money import to_decimal, to_text
from pbr_audit.tables.registry import TABLES

FileFormat = Literal["csv", "parquet"]
PENCE_ENDING = "_pence"
SECONDS = "%Y-%m-%dT%H:%M:%S"


def as_written(table: str, frame: pl.LazyFrame, file_format: FileFormat) -> pl.LazyFrame:
    """Return the standard's columns of a typed table that are there, as a file of this format holds them."""
    money: Callable[[pl.Expr], pl.Expr] = to_text if file_format == "csv" else to_decimal
    schema = frame.collect_schema()
    moments = {name for name, dtype in schema.items() if dtype == pl.Datetime("us") and file_format == "csv"}
    return frame.select(
        money(pl.col(name)).alias(name.removesuffix(PENCE_ENDING))
        if name.endswith(PENCE_ENDING)
        else (pl.col(name).dt.to_string(SECONDS) if name in moments else pl.col(name))
        for name in TABLES[table].typed_schema
        if name in schema
    )
