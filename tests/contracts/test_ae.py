"""Published A&E figures through an audit.toml, against sums made here with csv and Decimal alone."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from pbr_audit.audit import configuration, reading
from tests.contracts.run_output import Row, RunOutput, rows, run

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "fixtures" / "contracts" / "ae"
SOURCE = ROOT.parent / "shared" / "data" / "published" / "ae_attendances.csv"
ROWS = 12_765
MISSING = r"there is no \w+ table|there are no contract terms|performance has no [a-z_, ]+"
pytestmark = pytest.mark.skipif(
    not SOURCE.exists(), reason="the published figures are not beside the checkout (../shared)"
)


@pytest.fixture(scope="module")
def source() -> list[Row]:
    return list(rows(SOURCE))


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> RunOutput:
    return run(FOLDER, tmp_path_factory.mktemp("ae") / "out")


def cannot_be(row: Row) -> bool:
    """Say, from the source's own columns, whether PBR902 has something to ask about a row."""
    attendances, breaches = Decimal(row["attendances"]), Decimal(row["breaches"])
    achieved = attendances - breaches
    month = re.fullmatch(r"\d{4}-(\d{2})", row["period"][:7])
    return (
        achieved > attendances
        or min(attendances, achieved) < 0
        or month is None
        or not 1 <= int(month[1]) <= 12
    )


def test_the_run_ends_clean(output: RunOutput) -> None:
    assert output.exit_code == 0


def test_every_row_of_the_file_is_read_and_accepted(source: list[Row], output: RunOutput) -> None:
    assert len(source) == ROWS
    counted = output.manifest["tables"]["performance"]
    assert (counted["read"], counted["accepted"], counted["rejected"]) == (ROWS, ROWS, 0)
    assert set(output.manifest["tables"]) == {"performance"}


def test_every_figure_is_the_one_that_the_file_gives(source: list[Row]) -> None:
    with reading(*configuration(FOLDER)) as validated:
        table = validated.tables["performance"].frame.collect()
    columns = ("provider_id", "period", "outcome", "cohort_size", "achieved", "target", "contract_id")
    assert sorted(table.select(columns).iter_rows()) == sorted(
        (
            row["org_code"],
            row["period"][: len("2017-03")],
            row["type"],
            int(Decimal(row["attendances"])),
            int(Decimal(row["attendances"]) - Decimal(row["breaches"])),
            0.95,
            "AE-4H",
        )
        for row in source
    )


def test_the_sums_are_those_of_the_file(source: list[Row]) -> None:
    attendances = sum(Decimal(row["attendances"]) for row in source)
    breaches = sum(Decimal(row["breaches"]) for row in source)
    assert (attendances, breaches) == (72_019_402, 8_295_237)
    with reading(*configuration(FOLDER)) as validated:
        sums = validated.tables["performance"].frame.select("cohort_size", "achieved").sum().collect()
    assert sums.row(0) == (attendances, attendances - breaches) == (72_019_402, 63_724_165)


def test_no_published_figure_is_one_that_cannot_be(source: list[Row], output: RunOutput) -> None:
    assert [row for row in source if cannot_be(row)] == []
    assert output.of_rule("PBR902") == []


def test_pbr902_looked_at_every_row(output: RunOutput) -> None:
    covered = output.coverage["PBR902"]
    assert (covered["status"], covered["rows_examined"]) == ("assessed", str(ROWS))
    assert (covered["rows_not_assessable"], covered["findings"]) == ("0", "0")


def test_every_other_rule_is_not_assessable_and_says_why(output: RunOutput) -> None:
    # How many started is optional; where no row says so, there is nothing to examine.
    answering = {"PBR502", "PBR604", "PBR901", "PBR902"}
    others = [row for rule_id, row in output.coverage.items() if rule_id not in answering]
    assert {row["status"] for row in others} == {"not_assessable"}
    parts = {part for row in others for part in row["reason"].split("; ")}
    assert [part for part in parts if not re.fullmatch(MISSING, part)] == []
    without = output.coverage["PBR604"]
    assert (without["status"], without["reason"]) == ("not_applicable", "there is no row for it to examine")


def test_a_few_more_just_above_the_target_than_below_are_no_query(
    source: list[Row], output: RunOutput
) -> None:
    # Of the major departments' months within half a point of 95 %, 98 reach it and 74 miss it.
    major = [row for row in source if row["type"] == "1"]
    near = [1 - Decimal(row["breaches"]) / Decimal(row["attendances"]) - Decimal("0.95") for row in major]
    half = Decimal("0.005")
    assert (sum(0 <= away < half for away in near), sum(-half <= away < 0 for away in near)) == (98, 74)
    covered = output.coverage["PBR502"]
    assert (covered["status"], covered["rows_examined"], covered["findings"]) == ("assessed", "3", "0")
    assert covered["rows_not_assessable"] == "1"


def test_no_rule_finds_anything(output: RunOutput) -> None:
    assert output.findings == ()
    assert output.flagged_claims == ()
