"""On an invented contract in which nobody acts, the rules are silent, bar what is known and has a reason."""

import tomllib
from pathlib import Path

import pytest

from tests.contracts.run_output import RunOutput, run

FOLDER = Path(__file__).parents[2] / "fixtures" / "contracts" / "known_good"
KNOWN = tomllib.loads((FOLDER / "known.toml").read_text(encoding="utf-8"))["known"]
MOST_BYTES = 600_000


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> RunOutput:
    return run(FOLDER, tmp_path_factory.mktemp("known_good") / "out")


def test_no_rule_finds_anything_but_what_is_known(output: RunOutput) -> None:
    found = sorted((row["rule_id"], row["subject_id"], row["severity"]) for row in output.findings)
    assert found == sorted((each["rule_id"], each["subject_id"], each["severity"]) for each in KNOWN)


def test_every_known_false_positive_has_a_reason() -> None:
    assert [each for each in KNOWN if len(each["reason"].split()) < 8] == []


def test_no_rule_fails_and_every_row_is_accepted(output: RunOutput) -> None:
    assert {row["status"] for row in output.coverage.values()} <= {
        "assessed",
        "not_assessable",
        "not_applicable",
    }
    assert {
        name: table["rejected"] for name, table in output.manifest["tables"].items() if table["rejected"]
    } == {}


def test_silence_is_an_answer_for_every_rule_but_these(output: RunOutput) -> None:
    silent = {rule_id for rule_id, row in output.coverage.items() if row["status"] != "assessed"}
    stated = tomllib.loads((FOLDER / "known.toml").read_text(encoding="utf-8"))["not_assessed"]
    assert silent == set(stated)


@pytest.mark.parametrize("name", ["known_good", "planted"])
def test_the_data_sets_are_small(name: str) -> None:
    files = [path for path in (FOLDER.parent / name).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES
