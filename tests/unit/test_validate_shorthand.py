"""Shorthand is missing with its meaning, never zero; a marker says something about a figure that stays."""

from pathlib import Path

import pytest

from pbr_audit.validate import ValidTable
from pbr_audit.validate.shorthand import MEANINGS
from tests.unit.validating import CLAIM, accepted, rejected, validated, validated_claims

PERFORMANCE = "contract_id,provider_id,period,outcome,cohort_size,achieved,expected,amount\n"


def performance(folder: Path, *cells: str) -> ValidTable:
    """Rows of which `cells` are cohort_size, achieved, expected and amount."""
    text = PERFORMANCE + "".join(f"CPA01,PR{at},2016-Q1,JOB,{row}\n" for at, row in enumerate(cells))
    return validated(folder / "data", {"performance.csv": text}).tables["performance"]


def test_shorthand_is_missing_and_never_zero(tmp_path: Path) -> None:
    table = performance(tmp_path, "10,1,[x],..", "10,1,[X],-", "10,1,\u2013,£ -", "10,1,0,0", "10,1,:,n/a")

    assert accepted(table, "expected", "amount_pence") == [
        (None, None),
        (None, None),
        (None, None),
        (0.0, 0),
        (None, None),
    ]
    assert table.said == (
        "performance, expected: 1 cell holds - (shown as a dash, nil or not available); read as missing, never as zero",
        "performance, expected: 1 cell holds : (not available); read as missing, never as zero",
        "performance, expected: 2 cells hold [x] (not available); read as missing, never as zero",
        "performance, amount: 2 cells hold - (shown as a dash, nil or not available); read as missing, never as zero",
        "performance, amount: 1 cell holds .. (not available); read as missing, never as zero",
        "performance, amount: 1 cell holds n/a (not available or not applicable); read as missing, never as zero",
    )
    assert table.counts.unreadable_amounts == 0


def test_where_a_cell_is_required_the_reason_is_what_the_shorthand_means(tmp_path: Path) -> None:
    table = performance(tmp_path, "[c],1,,", "10,[low],,", "10,,,", "[c],[z],,")

    assert [reasons for _, _, reasons in rejected(table)] == [
        ["cohort_size: is withheld for confidentiality ([c])"],
        ["achieved: is too low to be shown ([low])"],
        ["achieved: is missing"],
        ["cohort_size: is withheld for confidentiality ([c])", "achieved: is not applicable ([z])"],
    ]


def test_a_required_amount_that_is_withheld_is_missing_and_not_unreadable(tmp_path: Path) -> None:
    table = validated_claims(tmp_path / "data", {"amount": "[c]"}, {"claim_id": "K2", "amount": "?"})

    assert [reasons for _, _, reasons in rejected(table)] == [
        ["amount: is withheld for confidentiality ([c])"],
        ["amount: is not an amount in pounds and pence (expected 1234.50)"],
    ]
    assert table.counts.unreadable_amounts == 1


def test_text_keeps_what_looks_like_shorthand(tmp_path: Path) -> None:
    table = validated_claims(
        tmp_path / "data", CLAIM | {"evidence_ref": "[c]", "evidence_type": "-", "advisor_id": ".."}
    )

    assert accepted(table, "evidence_ref", "evidence_type", "advisor_id") == [("[c]", "-", "..")]
    assert table.said == ()


def test_a_figure_keeps_its_value_beside_a_marker(tmp_path: Path) -> None:
    table = performance(tmp_path, '"1,234 [r]",12[p],,£5 [e]', '"1,235",13 [r],,')

    assert accepted(table, "cohort_size", "achieved", "amount_pence") == [(1234, 12, 500), (1235, 13, None)]
    assert [sentence for sentence in table.said if "marked" in sentence] == [
        "performance, cohort_size: 1 figure is marked [r] (revised), and read as written",
        "performance, achieved: 1 figure is marked [p] (provisional), and read as written",
        "performance, achieved: 1 figure is marked [r] (revised), and read as written",
        "performance, amount: 1 figure is marked [e] (estimated), and read as written",
    ]


@pytest.mark.parametrize("cell", ["12 [c]", "12 [q]", "12 [r] [p]", "[r] 12", "[q]", "[]"])
def test_a_marker_that_says_nothing_known_makes_no_figure(tmp_path: Path, cell: str) -> None:
    table = performance(tmp_path, f"{cell},1,,")

    assert [reasons for _, _, reasons in rejected(table)] == [
        ["cohort_size: is not a whole number (expected 1234)"]
    ]


def test_a_percentage_is_a_share_in_a_column_of_rates_and_nowhere_else(tmp_path: Path) -> None:
    rates = performance(tmp_path, "100,7,95%,", "100,7,95.5 %,", "100,7,0.95,")
    claims = validated_claims(tmp_path / "claims", CLAIM | {"measured_value": "95%"})

    assert accepted(rates, "expected") == [(0.95,), (0.955,), (0.95,)]
    assert [reasons for _, _, reasons in rejected(claims)] == [
        ["measured_value: is a percentage, and the column holds no rates (expected 1234.5)"]
    ]


def test_numbers_that_a_spreadsheet_shortened_are_counted_in_columns_of_text(tmp_path: Path) -> None:
    refs = ["1.23457E+15", "1E+15", "1.2e15", "0012", "1E5", "EV-1"]
    rows = [CLAIM | {"claim_id": f"K{at}", "evidence_ref": ref} for at, ref in enumerate(refs)]
    table = validated_claims(tmp_path / "data", *rows)

    assert accepted(table, "evidence_ref") == [(ref,) for ref in refs]
    assert table.said == (
        "claims, evidence_ref: 3 cells hold numbers that a spreadsheet has shortened (such as 1.23457E+15), "
        "whose last digits are lost; export the column as text",
    )


def test_no_meaning_is_without_its_sentence() -> None:
    assert all(meaning and not meaning.startswith("is ") for meaning in MEANINGS.values())
