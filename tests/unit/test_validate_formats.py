"""Columns that are not written as the standard writes them: decided by evidence, or said in audit.toml."""

from collections.abc import Sequence
from datetime import date
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest

from pbr_audit.errors import ConfigurationError
from pbr_audit.validate import ValidTable
from tests.unit.validating import accepted, csv, rejected, terms, validated

OF_THE_FORMATS = "under [tables.claims.formats] in audit.toml"
WRITE_AN_ORDER = f'write outcome_date = "day-first" (or "month-first") {OF_THE_FORMATS}'
WRITE_A_MARK = f'write amount = "decimal-point" (or "decimal-comma") {OF_THE_FORMATS}'
UNDECIDED = f"is day-first or month-first, and nothing in the column decides; {WRITE_AN_ORDER}"
MIXED = f"stands in a column with dates of more than one kind, so that none can be trusted; correct them, or {WRITE_AN_ORDER}"
UNDECIDED_MARK = f"has a point or comma that may mark thousands or decimals, and nothing in the column decides; {WRITE_A_MARK}"
MIXED_MARK = f"stands in a column with decimal points and decimal commas, so that neither can be trusted; correct them, or {WRITE_A_MARK}"
DAY_NUMBER = (
    "is a spreadsheet's day number, and nothing says whether it counts from 1900 or from 1904; "
    f'write outcome_date = "excel-1900" (or "excel-1904") {OF_THE_FORMATS}'
)


def rows(column: str, cells: Sequence[str], first: int = 0) -> str:
    """Claims K0, K1 and so on that differ in one column."""
    return csv(*({"claim_id": f"K{at}", column: f'"{cell}"'} for at, cell in enumerate(cells, first)))


def claims(folder: Path, column: str, *cells: str, formats: str = "", **currencies: str) -> ValidTable:
    files = {"claims.csv": rows(column, cells)}
    if formats:
        files["audit.toml"] = f'standard = "0.1"\n[tables.claims.formats]\n{formats}\n'
    under = terms(**currencies) if currencies else None
    return validated(folder / "data", files, under).tables["claims"]


def outcome(table: ValidTable, column: str) -> dict[str, object]:
    """By claim the value, or the reasons against it."""
    read: dict[str, object] = {str(claim): value for claim, value in accepted(table, "claim_id", column)}
    if table.rejects.rows:
        read |= dict(table.rejects.frame.select("claim_id", "_reasons").collect().iter_rows())
    return dict(sorted(read.items()))


def test_the_order_of_dates_is_decided_by_those_valid_in_one_order_only(tmp_path: Path) -> None:
    cells = ("25/12/2016", "5/1/2016", "2016-01-05", "5 Jan 2016", "06-01-2016", "x", "5/1/16")
    table = claims(tmp_path, "outcome_date", *cells)

    assert outcome(table, "outcome_date") == {
        "K0": date(2016, 12, 25),
        "K1": date(2016, 1, 5),
        "K2": date(2016, 1, 5),
        "K3": date(2016, 1, 5),
        "K4": date(2016, 1, 6),
        "K5": ["outcome_date: is not a date (expected YYYY-MM-DD)"],
        "K6": ["outcome_date: has a year of two digits (expected four)"],
    }
    assert table.said == (
        "claims.csv, outcome_date: read as day-first; 14 % of the values are valid only so",
    )


def test_where_nothing_decides_the_reason_says_what_to_write(tmp_path: Path) -> None:
    table = claims(tmp_path, "outcome_date", "5/1/2016", "2016-01-05")

    assert outcome(table, "outcome_date") == {"K0": [f"outcome_date: {UNDECIDED}"], "K1": date(2016, 1, 5)}
    assert table.said == ("claims.csv, outcome_date: nothing decides between day-first and month-first",)
    assert table.counts.read_pence == {"GBP": 240000}
    assert table.counts.rejected_pence == {"GBP": 120000}


def test_where_both_orders_occur_neither_is_read(tmp_path: Path) -> None:
    table = claims(tmp_path, "outcome_date", "25/1/2016", "1/25/2016", "1/2/2016", "2016-01-05")

    assert outcome(table, "outcome_date") == {
        **{f"K{row}": [f"outcome_date: {MIXED}"] for row in range(3)},
        "K3": date(2016, 1, 5),
    }


def test_what_a_person_writes_is_obeyed(tmp_path: Path) -> None:
    table = claims(
        tmp_path,
        "outcome_date",
        "5/1/2016",
        "25/1/2016",
        "2016-01-05",
        formats='outcome_date = "month-first"',
    )

    assert outcome(table, "outcome_date") == {
        "K0": date(2016, 5, 1),
        "K1": ["outcome_date: is not a date (expected YYYY-MM-DD)"],
        "K2": date(2016, 1, 5),
    }
    assert table.said == ()


def test_day_numbers_are_read_only_where_their_first_day_is_said(tmp_path: Path) -> None:
    unsaid = claims(tmp_path / "unsaid", "outcome_date", "42374")
    of_1900 = claims(tmp_path / "1900", "outcome_date", "42374", formats='outcome_date = "excel-1900"')
    of_1904 = claims(
        tmp_path / "1904", "outcome_date", "42374", "60.5", formats='outcome_date = "excel-1904"'
    )

    assert outcome(unsaid, "outcome_date") == {"K0": [f"outcome_date: {DAY_NUMBER}"]}
    assert outcome(of_1900, "outcome_date") == {"K0": date(2016, 1, 5)}
    assert outcome(of_1904, "outcome_date") == {
        "K0": date(2020, 1, 6),
        "K1": ["outcome_date: is not a date (expected YYYY-MM-DD)"],
    }


@pytest.mark.parametrize(
    ("formats", "problem"),
    [
        (
            'outcome_dat = "day-first"',
            "tables.claims.formats.outcome_dat is not a column of claims; did you mean outcome_date?",
        ),
        (
            'outcome_date = "day-frist"',
            "tables.claims.formats.outcome_date is not a format of the column; did you mean day-first?",
        ),
        (
            'amount = "day-first"',
            "tables.claims.formats.amount is not a format of the column; known are decimal-point, decimal-comma",
        ),
        (
            'claim_id = "decimal-point"',
            "tables.claims.formats.claim_id says how text is written, and text is read as it stands; leave it out",
        ),
        (
            'amount = "decimal-comma"\n[tables.claims.columns]\namount = { value = 5 }',
            "tables.claims.formats.amount says how cells are written, and audit.toml computes the column; leave it out",
        ),
    ],
)
def test_a_format_that_cannot_be_meant_gets_a_sentence(tmp_path: Path, formats: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        claims(tmp_path, "outcome_date", "5/1/2016", formats=formats)

    assert str(caught.value) == f"audit.toml: {problem}"


def test_an_amount_is_read_by_the_mark_that_its_column_decides(tmp_path: Path) -> None:
    by_point = claims(tmp_path / "point", "amount", "£1,234.50", "(250.00)", "1,234", "£5", "1234.505")
    by_comma = claims(tmp_path / "comma", "amount", "1 234,50", "1.234", "5", "1,234")

    assert outcome(by_point, "amount_pence") == {
        "K0": 123450,
        "K1": -25000,
        "K2": 123400,
        "K3": 500,
        "K4": ["amount: is not an amount in pounds and pence (expected 1234.50)"],
    }
    assert by_point.said == (
        "claims.csv, amount: read with a decimal point; 40 % of the values are valid only so",
    )
    assert outcome(by_comma, "amount_pence") == {
        "K0": 123450,
        "K1": 123400,
        "K2": 500,
        "K3": ["amount: is not an amount in pounds and pence (expected 1234.50)"],
    }


def test_thousands_or_decimals_is_for_the_column_to_decide(tmp_path: Path) -> None:
    table = claims(tmp_path, "amount", "1,234", "950", "£5")

    assert outcome(table, "amount_pence") == {"K0": [f"amount: {UNDECIDED_MARK}"], "K1": 95000, "K2": 500}
    assert table.counts.unreadable_amounts == 1


def test_in_a_column_of_both_marks_only_what_is_certain_is_read(tmp_path: Path) -> None:
    table = claims(tmp_path, "amount", "1,234.50", "1.234,50", "12,34", "1,234", "£5")

    assert outcome(table, "amount_pence") == {
        "K0": 123450,
        "K1": 123450,
        "K2": [f"amount: {MIXED_MARK}"],
        "K3": [f"amount: {MIXED_MARK}"],
        "K4": 500,
    }


def test_a_number_that_looks_plain_is_read_by_its_columns_mark(tmp_path: Path) -> None:
    table = claims(tmp_path, "measured_value", "1.234", "1,5")

    assert outcome(table, "measured_value") == {"K0": 1234.0, "K1": 1.5}


def test_another_currency_is_told_apart_from_a_minus(tmp_path: Path) -> None:
    other = "amount: is an amount in another currency than the contract's"
    table = claims(tmp_path, "amount", "€5.00", "-£5.00", "£5.00", "USD 5", "5.00 GBP")

    assert outcome(table, "amount_pence") == {"K0": [other], "K1": -500, "K2": 500, "K3": [other], "K4": 500}
    assert table.counts.read_pence == {"GBP": 500}
    assert table.counts.unreadable_amounts == 2


def test_each_amount_is_held_against_its_own_contract(tmp_path: Path) -> None:
    cells = [("CPA01", "£5"), ("CPA02", "£5"), ("CPA02", "€5"), ("CPA03", "€5"), ("CPA03", "5")]
    text = csv(
        *(
            {"claim_id": f"K{at}", "contract_id": contract, "amount": cell}
            for at, (contract, cell) in enumerate(cells)
        )
    )
    table = validated(tmp_path / "data", {"claims.csv": text}, terms(CPA01="GBP", CPA02="EUR")).tables[
        "claims"
    ]

    assert outcome(table, "amount_pence") == {
        "K0": 500,
        "K1": ["amount: is an amount in another currency than the contract's"],
        "K2": 500,
        "K3": ["amount: names a currency, and no contract says which it has to be"],
        "K4": 500,
    }
    assert table.counts.read_pence == {"GBP": 500, "EUR": 500, "": 500}


def test_a_dollar_is_whichever_dollar_the_contract_has(tmp_path: Path) -> None:
    table = claims(tmp_path, "amount", "$5", "£5", CPA01="AUD")

    assert outcome(table, "amount_pence") == {
        "K0": 500,
        "K1": ["amount: is an amount in another currency than the contract's"],
    }


def test_a_table_in_several_files_is_decided_together(tmp_path: Path) -> None:
    files = {
        "claims/a.csv": rows("outcome_date", ["25/12/2016"]),
        "claims/b.csv": rows("outcome_date", ["5/1/2016"], 1),
    }
    table = validated(tmp_path / "data", files).tables["claims"]

    assert outcome(table, "outcome_date") == {"K0": date(2016, 12, 25), "K1": date(2016, 1, 5)}
    assert table.said == ("claims, outcome_date: read as day-first; 50 % of the values are valid only so",)


def test_files_that_contradict_each_other_are_decided_each_by_its_own_cells(tmp_path: Path) -> None:
    files = {
        "claims/a.csv": rows("outcome_date", ["25/12/2016", "5/1/2016"]),
        "claims/b.csv": rows("outcome_date", ["12/25/2016", "5/1/2016"], 2),
        "claims/c.csv": rows("outcome_date", ["5/1/2016", "2016-01-05"], 4),
    }
    table = validated(tmp_path / "data", files).tables["claims"]

    assert outcome(table, "outcome_date") == {
        "K0": date(2016, 12, 25),
        "K1": date(2016, 1, 5),
        "K2": date(2016, 12, 25),
        "K3": date(2016, 5, 1),
        "K4": [f"outcome_date: {MIXED}"],
        "K5": date(2016, 1, 5),
    }
    assert table.said == (
        "claims/a.csv, outcome_date: read as day-first; 50 % of the values are valid only so",
        "claims/b.csv, outcome_date: read as month-first; 50 % of the values are valid only so",
        "claims/c.csv, outcome_date: nothing decides between day-first and month-first",
    )


def test_neither_row_order_nor_files_change_what_is_read(tmp_path: Path) -> None:
    cells = {"K0": "25/12/2016", "K1": "5/1/2016", "K2": "2016-01-05", "K3": "6/1/2016"}
    texts = {name: csv({"claim_id": name, "outcome_date": cell}) for name, cell in cells.items()}
    read = set()

    for at, order in enumerate(permutations(cells)):
        files = {f"claims/{place}.csv": texts[name] for place, name in enumerate(order)}
        table = validated(tmp_path / str(at), files).tables["claims"]
        read.add(tuple(outcome(table, "outcome_date").items()))

    assert read == {
        (
            ("K0", date(2016, 12, 25)),
            ("K1", date(2016, 1, 5)),
            ("K2", date(2016, 1, 5)),
            ("K3", date(2016, 1, 6)),
        )
    }


def test_repeated_keys_are_compared_by_what_their_cells_mean(tmp_path: Path) -> None:
    text = csv(
        {"outcome_date": "25/12/2016", "amount": "£5"},
        {"outcome_date": "2016-12-25", "amount": "5.00"},
        {"claim_id": "K2", "outcome_date": "5/1/2016", "amount": "£5"},
        {"claim_id": "K2", "outcome_date": "1/5/2016", "amount": "£5"},
    )
    table = validated(tmp_path / "data", {"claims.csv": text}).tables["claims"]

    assert accepted(table, "claim_id", "_row") == [("K1", 2)]
    assert [reasons for _, _, reasons in rejected(table)] == [
        ["claim_id: repeats an identical row (first at claims.csv row 2)"],
        ["claim_id: repeats with different contents (also at claims.csv row 5)"],
        ["claim_id: repeats with different contents (also at claims.csv row 4)"],
    ]


def test_a_column_in_the_standards_own_form_is_read_once_and_nothing_is_said(tmp_path: Path) -> None:
    table = claims(tmp_path, "outcome_date", "2016-01-05", " 2016-01-06 ", "x", "")

    assert table.said == ()
    assert [reasons for _, _, reasons in rejected(table)] == [
        ["outcome_date: is not a date (expected YYYY-MM-DD)"],
        ["outcome_date: is missing"],
    ]


def test_what_batches_hold_decides_nothing(tmp_path: Path) -> None:
    """The one date that decides stands in the last of several batches."""
    many = 60_000
    frame = pl.DataFrame({"n": pl.int_range(many, eager=True)}).select(
        claim_id=pl.format("K{}", "n"),
        contract_id=pl.lit("CPA01"),
        provider_id=pl.lit("PR01"),
        tier=pl.lit("prime"),
        client_id=pl.lit("C1"),
        outcome=pl.lit("JOB"),
        outcome_date=pl.when(pl.col("n") == many - 1)
        .then(pl.lit("25/12/2016"))
        .otherwise(pl.lit("5/1/2016")),
        submitted_date=pl.lit("2016-12-31"),
        amount=pl.lit("5.00"),
        evidence_ref=pl.lit("a reference that takes some room in each batch of rows that is read"),
    )
    table = validated(tmp_path / "data", {"claims.csv": frame.write_csv()}).tables["claims"]

    counted = table.frame.group_by("outcome_date").len().sort("outcome_date").collect().rows()
    assert counted == [(date(2016, 1, 5), many - 1), (date(2016, 12, 25), 1)]
