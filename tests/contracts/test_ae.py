"""Published A&E figures through an audit.toml, against sums made here with csv and Decimal alone."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.contracts.run_output import Row, RunOutput, rows, run

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "fixtures" / "contracts" / "ae"
SOURCE = ROOT.parent / "shared" / "data" / "published" / "ae_attendances.csv"
ROWS = 12_765
RULES_ON_CLAIMS = ("PBR101", "PBR202", "PBR301", "PBR701", "PBR803")

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


def test_no_published_figure_is_one_that_cannot_be(source: list[Row], output: RunOutput) -> None:
    assert [row for row in source if cannot_be(row)] == []
    assert output.of_rule("PBR902") == []


def test_pbr902_looked_at_every_row(output: RunOutput) -> None:
    covered = output.coverage["PBR902"]
    assert (covered["status"], covered["rows_examined"]) == ("assessed", str(ROWS))
    assert (covered["rows_not_assessable"], covered["findings"]) == ("0", "0")


@pytest.mark.parametrize("rule_id", RULES_ON_CLAIMS)
def test_a_rule_on_claims_is_not_assessable_and_says_that_there_are_none(
    output: RunOutput, rule_id: str
) -> None:
    covered = output.coverage[rule_id]
    assert covered["status"] == "not_assessable"
    assert "claims" in covered["reason"]


def test_no_rule_finds_anything(output: RunOutput) -> None:
    assert output.findings == ()
    assert output.flagged_claims == ()
