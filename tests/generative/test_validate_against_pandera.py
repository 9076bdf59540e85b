"""The compiled pass accepts what eager pandera accepts, on generated tables of text.

The two have nothing in common here: text is typed in plain Python, the typed frame goes to pandera's own
validation, and its failures are compared row by row with what the pass rejected. What pandera does not know is
added in plain Python: cells that are not of their type, and that the first of identical rows is kept.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from pbr_audit.tables import TABLES, Column, claims_schema
from pbr_audit.validate import validate_frames
from tests.unit.validating import terms

TERMS = terms(CPA01="GBP")
BLANKS = ("", " ", "\t", None)
Row = dict[str, str | None]


class Unreadable(str):
    """A cell that is not of its column's type, as it stands."""

    __slots__ = ()


def python_value(column: Column, cell: str | None) -> object:
    """The cell's value by Python's own parsers; None where it is blank."""
    text = (cell or "").strip()
    if not text:
        return None
    try:
        return READERS[column.kind](text)
    except (ValueError, ArithmeticError):
        return Unreadable(text)


def iso_date(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError
    return date.fromisoformat(text)


def iso_moment(text: str) -> datetime:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?)?", text, re.ASCII):
        raise ValueError
    return datetime.fromisoformat(text)


def plain_number(text: str) -> float:
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", text, re.ASCII):
        raise ValueError
    return float(text)


def whole(text: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,18}(\.0*)?", text, re.ASCII):
        raise ValueError
    return int(Decimal(text))


def pounds(text: str) -> Decimal:
    if not re.fullmatch(r"-?\d{1,16}(\.\d{1,2})?", text, re.ASCII):
        raise ValueError
    return Decimal(text).quantize(Decimal("0.01"))


READERS: Mapping[str, Any] = {
    "text": str,
    "choice": str,
    "date": iso_date,
    "datetime": iso_moment,
    "number": plain_number,
    "integer": whole,
    "money": pounds,
}
GOOD: Mapping[str, tuple[str, ...]] = {
    "text": ("A", "B", "007"),
    "date": ("2016-02-29", "2016-07-14"),
    "datetime": ("2016-07-14T09:30:00", "2016-07-14 09:30", "2016-07-14"),
    "number": ("182", "-0.5", "+3"),
    "integer": ("412", "412.0", "-3"),
    "money": ("1200.00", "1200", "-0.05"),
}
BAD: Mapping[str, tuple[str, ...]] = {
    "text": ("é",),
    "choice": ("PRIME", "none of these"),
    "date": ("2016-02-30", "30/02/2016", "14/07/16", "x"),
    "datetime": ("2016-07-14T09:30:00Z", "2016-07-14 24:00", "x"),
    "number": ("1,5e3", "nan", "x"),
    "integer": ("1.5", "x"),
    "money": ("£5 or so", "1200.005", "12,00.00", "x"),
}


def cells(column: Column) -> st.SearchStrategy[str | None]:
    good = column.choices or GOOD[column.kind]
    if column.name == "contract_id":
        good = ("CPA01", "OTHER")
    if column.name == "outcome":
        good = ("JOB", "BIN", "NEW")
    spaced = st.sampled_from(good).map(lambda text: f" {text}\t")
    likely = st.sampled_from(good)
    return st.one_of(
        likely, likely, likely, spaced, st.sampled_from(BAD[column.kind]), st.sampled_from(BLANKS)
    )


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[Row]]:
    name = draw(st.sampled_from(sorted(TABLES)))
    columns = [column for column in TABLES[name].columns.values() if column.required or draw(st.booleans())]
    row = st.fixed_dictionaries({column.name: cells(column) for column in columns})
    rows: list[Row] = draw(st.lists(row, max_size=8))
    copies = draw(st.lists(st.integers(0, max(len(rows) - 1, 0)), max_size=2)) if rows else []
    return name, [*rows, *(rows[index] for index in copies)]


def expected(name: str, rows: list[Row]) -> set[int]:
    """The rows that are to be accepted: pandera's eager verdict on rows typed in Python."""
    columns = TABLES[name].columns
    values = [{cell: python_value(columns[cell], text) for cell, text in row.items()} for row in rows]
    for row in values:
        if "status" in row and row["status"] is None:
            row["status"] = columns["status"].default
    key = next((column.name for column in columns.values() if column.unique), None)
    kept: list[int] = []
    for position, row in enumerate(values):
        copies = [other for other in kept if values[other] == row]
        if key is None or row[key] is None or not copies:
            kept.append(position)
    readable = {at for at in kept if not any(isinstance(value, Unreadable) for value in values[at].values())}
    return readable - {kept[failed] for failed in pandera_failures(name, [values[at] for at in kept])}


def pandera_failures(name: str, values: list[dict[str, object]]) -> set[int]:
    """The rows that eager pandera flags, an unreadable cell being null to it."""
    columns = TABLES[name].columns
    names = list(values[0]) if values else []
    frame = pl.DataFrame(
        {
            column: pl.Series(
                [None if isinstance(row[column], Unreadable) else row[column] for row in values],
                dtype=columns[column].dtype,
            )
            for column in names
        }
    )
    if not frame.height:
        return set()
    schema = TABLES[name].model.to_schema()
    if name == "claims":
        schema = claims_schema(TERMS.cohort_outcomes(), TERMS.outcome_codes())
    # pandera stumbles over an absent column that has a default, or that a check of the whole row reads.
    read = {"claims": {"status", "cohort", "client_id"}, "checks": {"claim_id", "client_id"}}
    lacking = read.get(name, set()) - set(names)
    frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(column) for column in sorted(lacking))
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        return set(errors.failure_cases["index"].drop_nulls().to_list())
    return set()


@settings(max_examples=150)
@given(tables())
def test_the_pass_accepts_what_eager_pandera_accepts(table: tuple[str, list[Row]]) -> None:
    name, rows = table
    if not rows:
        return
    frame = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))

    validated = validate_frames({name: frame}, TERMS, Path("unused")).tables[name]
    validated.counts.assert_complete()
    accepted = validated.frame.sort("_row").collect()

    assert {row - 2 for row in accepted["_row"].to_list()} == expected(name, rows)


@settings(max_examples=50)
@given(tables())
def test_accepted_cells_hold_the_values_that_python_reads(table: tuple[str, list[Row]]) -> None:
    name, rows = table
    if not rows:
        return
    frame = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))
    columns = [TABLES[name].columns[column] for column in rows[0]]

    validated = validate_frames({name: frame}, TERMS, Path("unused")).tables[name]

    for found in validated.frame.collect().iter_rows(named=True):
        for column in columns:
            value = python_value(column, rows[found["_row"] - 2][column.name])
            if isinstance(value, Decimal):
                value = int(value * 100)
            assert found[column.typed_name] == (column.default if value is None else value)
