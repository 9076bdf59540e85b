"""Fixture cases: read as people write them, compared by finding, rewritten only on request."""

from pathlib import Path

import pytest

from pbr_audit.errors import ConfigurationError, UsageError
from pbr_audit.packs import Pack, load_folder, make_pack
from pbr_audit.testing import find_cases, read_case, run_cases, updated
from pbr_audit.testing.case import table_of
from pbr_audit.testing.piped import read_piped, write_piped
from pbr_audit.testing.scaffold import write_rule


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """Return a folder with one rule that flags Sundays, and its four cases."""
    list(write_rule("ABC1234", "sunday_claims", chapter="drafts", into=tmp_path, toml=True))
    return tmp_path


def pack(world: Path) -> Pack:
    return make_pack(load_folder(world / "rules", trust_code=False))


def cases(world: Path) -> Path:
    return world / "fixtures" / "rules" / "drafts" / "ABC1234_sunday_claims"


def differences(world: Path, case: str) -> list[str]:
    (result,) = run_cases([cases(world) / f"{case}.toml"], cases(world), pack(world))
    return list(result.differences)


def change(world: Path, case: str, before: str, after: str) -> None:
    path = cases(world) / f"{case}.toml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


@pytest.mark.parametrize("case", ["flagged", "clear", "boundary_least_pence", "not_assessable"])
def test_a_new_rules_cases_pass_as_they_are_written(world: Path, case: str) -> None:
    assert differences(world, case) == []


def test_a_finding_that_was_not_expected_is_a_plus(world: Path) -> None:
    change(world, "clear", "| C1       | 2016-05-02   |", "| C1       | 2016-05-01   |")
    assert differences(world, "clear") == [
        "+ C1 (info) is now flagged: The outcome is dated 2016-05-01, a Sunday."
    ]
    change(world, "flagged", "| C1       | 2016-05-02   |", "| C1       | 2016-05-08   |")
    assert differences(world, "flagged") == ["+ C1 is now flagged"]


def test_an_expected_finding_that_is_gone_is_a_minus(world: Path) -> None:
    change(world, "flagged", "| F1       | 2016-05-01   |", "| F1       | 2016-05-03   |")
    assert differences(world, "flagged") == ["- F1 is no longer flagged"]


def test_a_changed_severity_or_amount_is_told_by_column(world: Path) -> None:
    change(world, "flagged", "| F1         | info     | 1200.00 ", "| F1         | high     | 1000.00 ")
    assert differences(world, "flagged") == [
        "~ F1 severity: expected high, now info",
        "~ F1 amount_at_risk: expected 1000.00, now 1200.00",
    ]


def test_the_numbers_examined_and_not_assessable_are_held_too(world: Path) -> None:
    change(world, "flagged", "examined = 2", "examined = 3\nnot_assessable = 1")
    assert differences(world, "flagged") == [
        "~ rows examined: expected 3, now 2",
        "~ rows not assessable: expected 1, now 0",
    ]


def test_another_answer_is_told(world: Path) -> None:
    change(world, "not_assessable", "there is no claims table", "there are no claims")
    assert differences(world, "not_assessable") == [
        "~ the answer: expected not assessable: there are no claims, now not assessable: there is no claims table"
    ]


def test_an_update_writes_the_present_answer_and_keeps_the_rest(world: Path) -> None:
    before = (cases(world) / "flagged.toml").read_text(encoding="utf-8")
    change(world, "flagged", "1200.00        | F1  ", "1.00           | F2  ")
    (result,) = run_cases([cases(world) / "flagged.toml"], cases(world), pack(world))
    assert updated(result) == before
    for case in ("clear", "not_assessable"):
        (result,) = run_cases([cases(world) / f"{case}.toml"], cases(world), pack(world))
        assert updated(result) == (cases(world) / f"{case}.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (
            "| claim_id | outcome_date |",
            "| claim_id | day |",
            "flagged.toml: tables.claims: claims has no column day",
        ),
        (
            "| C1       | 2016-05-02   |",
            "| C1 |",
            "flagged.toml: tables.claims row 2: has 1 cells where the header has 2",
        ),
        (
            "2016-05-02",
            "yesterday",
            "flagged.toml: tables.claims: 1 rows do not validate; a case's rows have to be what a rule would be given",
        ),
        (
            "claims = ",
            "claim = ",
            "flagged.toml: tables.claim: the standard has no such table; it has claims, clients",
        ),
        ("| subject_id |", "| subject |", "flagged.toml: expect.findings has no column subject_id"),
        ("| severity |", "| gravity  |", "flagged.toml: expect.findings names gravity, which no finding has"),
    ],
)
def test_a_case_with_a_slip_gets_a_sentence(world: Path, before: str, after: str, sentence: str) -> None:
    change(world, "flagged", before, after)
    with pytest.raises(ConfigurationError) as refused:
        differences(world, "flagged")
    assert str(refused.value).startswith(sentence)


def test_a_case_for_a_rule_that_is_not_there_is_named(world: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        list(run_cases([cases(world) / "clear.toml"], cases(world), make_pack([])))
    assert str(refused.value) == (
        "clear.toml: no rule has the id ABC1234; a case lies in a folder named after its rule"
    )


def test_required_cells_that_a_case_leaves_out_are_filled(world: Path) -> None:
    claims = read_case(cases(world) / "flagged.toml", cases(world)).tables["claims"]
    assert claims.select("claim_id", "client_id", "outcome_date", "submitted_date", "amount").rows() == [
        ("F1", "P1", "2016-05-01", "2016-05-01", "1200.00"),
        ("C1", "P2", "2016-05-02", "2016-05-02", "1200.00"),
    ]


def test_a_folder_without_cases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        find_cases(tmp_path)
    assert str(refused.value) == f"{tmp_path}: holds no fixture cases (….toml)"


def test_a_piped_table_reads_back_as_it_is_written() -> None:
    text = write_piped(["a", "long_name"], [["1", None], [None, "x y"]])
    assert text == "| a | long_name |\n| 1 | -         |\n| - | x y       |"
    assert read_piped(text, "here") == (["a", "long_name"], [["1", None], [None, "x y"]])


def test_a_rule_line_below_the_header_is_no_row() -> None:
    assert read_piped("| a | b |\n| --- | :--: |\n| 1 | - |", "here") == (["a", "b"], [["1", None]])


def test_a_row_stands_in_a_case_as_often_as_it_says() -> None:
    text = "| provider_id | measured_value | times |\n| S1 | 26 | 2 |\n| S2 | 13 | 1 |\n| S3 | 12 | 0 |"
    table = table_of("measurements", text, "here")
    assert table.select("client_id", "provider_id", "measured_value").rows() == [
        ("P1", "S1", "26"),
        ("P2", "S1", "26"),
        ("P3", "S2", "13"),
    ]


@pytest.mark.parametrize("times", ["-", "two", "-1", "1.5"])
def test_how_often_a_row_stands_in_a_case_is_a_whole_number(times: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        table_of("claims", f"| claim_id | times |\n| C1 | {times} |", "here")
    assert str(refused.value) == "here: tables.claims row 1: times is not a whole number"
