"""A closer look at cells that are not written as the standard writes them: what each means, or why nothing.

Taken word by word and only where it is needed: a column that is written as the standard writes it never
comes here. Which of two meanings holds is for the column's format to say; without one only shorthand is read.
"""

from typing import cast

import polars as pl

from pbr_audit.tables import Column
from pbr_audit.tables.formats import (
    DAY_FIRST,
    DECIMAL_COMMA,
    DECIMAL_POINT,
    EXCEL_1900,
    EXCEL_1904,
    FORMATS,
    MONTH_FIRST,
)
from pbr_audit.validate import amounts, dates
from pbr_audit.validate.cells import HAS_AN_OFFSET, UNREADABLE, clean, has_an_offset, typed
from pbr_audit.validate.evidence import MIXED, UNDECIDED
from pbr_audit.validate.shorthand import symbols, unmarked

SHORT_YEAR = "has a year of two digits (expected four)"
PERCENTAGE = "is a percentage, and the column holds no rates (expected 1234.5)"
OTHER_CURRENCY = "is an amount in another currency than the contract's"
UNKNOWN_CURRENCY = "names a currency, and no contract says which it has to be"
_TEXT = pl.String()
_EXCEL = (EXCEL_1900, EXCEL_1904)
# A column holds shares or rates where its unit says so: 95 % is 0.95 there, and unclear elsewhere.
_UP_TO_ONE = "0 to 1"


def is_looked_at(column: Column, dtype: pl.DataType) -> bool:
    """Tell whether cells of this column and type are text that may be written in more than one way."""
    return dtype == pl.String and column.kind in FORMATS


def holds_rates(column: Column) -> bool:
    """Tell whether a percentage in this column is a share of one."""
    return _UP_TO_ONE in column.unit


def look(cells: pl.Series, table: str, column: Column, written: str | None) -> pl.DataFrame:
    """Return for each cell (text) of a column what it means where the column is `written` so.

    Columns: `cell`, clean, null where the cell is blank or shorthand; `value`, of the column's typed type;
    `missing`, the symbol of shorthand; `marker`, the symbol behind a figure; `currency`, as a sign or a code;
    `why`, the reason where there is neither value nor shorthand; `otherwise`, whether a format could read a
    cell that the standard's own form does not.
    """
    words = cells.alias("word").drop_nulls().unique().to_frame()
    words = words.select("word", clean(pl.col("word"), _TEXT).alias("cell")).drop_nulls()
    words = words.with_columns(symbols(pl.col("cell")).alias("missing"))
    reader = _dates if column.kind in {"date", "datetime"} else _figures
    read = words.hstack(reader(words["cell"], table, column, written)).with_columns(
        pl.when(pl.col("missing").is_null()).then("cell").alias("cell"),
        pl.when(pl.col("missing").is_null()).then("value").alias("value"),
        pl.when(pl.col("missing").is_null() & pl.col("value").is_null()).then("why").alias("why"),
    )
    found = cells.alias("word").to_frame().join(read, on="word", how="left", maintain_order="left")
    return found.drop("word")


def _dates(words: pl.Series, table: str, column: Column, written: str | None) -> pl.DataFrame:
    moments = column.kind == "datetime"
    forms = dates.date_forms(words, moments=moments).hstack([words.alias("cell")])
    itself, form = pl.col("itself"), pl.col("form")
    if written is None:
        value = pl.lit(None, dtype=pl.Datetime("us"))
    elif written in _EXCEL:
        number = dates.moments_of_numbers(pl.col("number"), written)
        value = pl.coalesce(itself, number if moments else _at_midnight(number))
    else:
        by = {DAY_FIRST: [pl.col("by_day")], MONTH_FIRST: [pl.col("by_month")]}.get(written, [])
        value = pl.coalesce(itself, *by)
    ambiguous = [dates.EITHER, dates.DAY_ONLY, dates.MONTH_ONLY]
    why = (
        pl.when(has_an_offset(pl.col("cell"), _TEXT) & moments)
        .then(pl.lit(HAS_AN_OFFSET))
        .when(form == dates.SHORT_YEAR)
        .then(pl.lit(SHORT_YEAR))
        .when((form == dates.SERIAL) & (written in {UNDECIDED, MIXED}))
        .then(pl.lit(day_number_in(table, column)))
        .when(form.is_in(ambiguous) & (written == UNDECIDED))
        .then(pl.lit(undecided_in(table, column)))
        .when(form.is_in(ambiguous) & (written == MIXED))
        .then(pl.lit(mixed_in(table, column)))
        .otherwise(pl.lit(UNREADABLE[column.kind]))
    )
    standard = typed(pl.col("cell"), _TEXT, column)
    return forms.select(
        value.cast(column.typed_dtype).alias("value"),
        why.alias("why"),
        (standard.is_null() & form.is_not_null() & (form != dates.SHORT_YEAR)).alias("otherwise"),
        pl.lit(None, dtype=_TEXT).alias("marker"),
        pl.lit(None, dtype=_TEXT).alias("currency"),
    )


def _at_midnight(moment: pl.Expr) -> pl.Expr:
    return pl.when(moment.dt.truncate("1d") == moment).then(moment)


def _figures(words: pl.Series, table: str, column: Column, written: str | None) -> pl.DataFrame:
    kind, rate = cast("amounts.Kind", column.kind), holds_rates(column)
    figures = (
        words.alias("cell")
        .to_frame()
        .with_columns(
            *(
                part.alias(name)
                for name, part in zip(("figure", "marker"), unmarked(pl.col("cell")), strict=True)
            )
        )
    )
    forms = figures.hstack(amounts.amount_forms(figures["figure"], kind, rate=rate))
    form, standard = pl.col("form"), typed(pl.col("cell"), _TEXT, column)
    by = {DECIMAL_POINT: pl.col("by_point"), DECIMAL_COMMA: pl.col("by_comma")}
    # Else what can be read in one way only is still read; but 12,34 may be a slip for 12,345.
    grouped = (form == amounts.COMMA_ONLY) & pl.col("figure").str.contains("[0-9][^0-9,][0-9]")
    one_way = pl.when(form.is_in([amounts.NEUTRAL, amounts.POINT_ONLY])).then("by_point")
    nothing = pl.lit(None, dtype=column.typed_dtype)
    value = nothing if written is None else by.get(written, one_way.when(grouped).then("by_comma"))
    why = (
        pl.when(pl.col("percent") & (not rate))
        .then(pl.lit(PERCENTAGE))
        .when((form == amounts.EITHER) & (written == UNDECIDED))
        .then(pl.lit(undecided_in(table, column)))
        .when(form.is_not_null() & (written == MIXED))
        .then(pl.lit(mixed_in(table, column)))
        .otherwise(pl.lit(UNREADABLE[column.kind]))
    )
    return forms.select(
        value.alias("value"),
        why.alias("why"),
        (standard.is_null() & form.is_not_null()).alias("otherwise"),
        pl.when(form.is_not_null()).then("marker").alias("marker"),
        "currency",
    )


def undecided_in(table: str, column: Column) -> str:
    """Return the reason against a cell that means two things, where nothing in its column decides."""
    if column.kind in {"date", "datetime"}:
        why = "is day-first or month-first, and nothing in the column decides"
        return f"{why}; {_write(table, column, DAY_FIRST)}"
    return (
        f"has a point or comma that may mark thousands or decimals, and nothing in the column decides; "
        f"{_write(table, column, DECIMAL_POINT)}"
    )


def mixed_in(table: str, column: Column) -> str:
    """Return the reason against a cell whose column is written in two ways that contradict each other."""
    if column.kind in {"date", "datetime"}:
        return (
            "stands in a column with dates of more than one kind, so that none can be trusted; "
            f"correct them, or {_write(table, column, DAY_FIRST)}"
        )
    return (
        "stands in a column with decimal points and decimal commas, so that neither can be trusted; "
        f"correct them, or {_write(table, column, DECIMAL_POINT)}"
    )


def day_number_in(table: str, column: Column) -> str:
    """Return the reason against a spreadsheet's day number: which day is 1 has to be said."""
    return (
        "is a spreadsheet's day number, and nothing says whether it counts from 1900 or from 1904; "
        f"{_write(table, column, EXCEL_1900)}"
    )


def _write(table: str, column: Column, written: str) -> str:
    others = {DAY_FIRST: MONTH_FIRST, DECIMAL_POINT: DECIMAL_COMMA, EXCEL_1900: EXCEL_1904}
    said = f'{column.name} = "{written}" (or "{others[written]}")'
    return f"write {said} under [tables.{table}.formats] in audit.toml"
