"""`pbr-audit linkage`: policy, model, pairs and page, on invented registrations."""

import json
import os
from pathlib import Path

import polars as pl
import pytest

from pbr_audit.simulate.registry import registrations
from tests.cli.command_line import Command, command, write_dataset

PEOPLE = 700


@pytest.fixture
def pbr_audit(capsys: pytest.CaptureFixture[str]) -> Command:
    return command(capsys)


@pytest.fixture(scope="module")
def invented() -> pl.DataFrame:
    return registrations(PEOPLE, 3)


@pytest.fixture
def dataset(tmp_path: Path, invented: pl.DataFrame) -> Path:
    folder = write_dataset(tmp_path / "data")
    standard = invented.drop("person", "household", "relation", "slips").with_columns(
        contract_id=pl.lit("CPA01")
    )
    standard.write_csv(folder / "clients.csv")
    return folder


def test_the_policy_is_printed_as_a_file_that_gives_the_same_model(
    pbr_audit: Command, dataset: Path, tmp_path: Path
) -> None:
    (tmp_path / "policy.toml").write_text(pbr_audit("linkage", "policy", dataset).out, encoding="utf-8")

    for name, words in (("own", []), ("given", ["--policy", tmp_path / "policy.toml"])):
        assert pbr_audit("linkage", "train", dataset, "--model", tmp_path / name, *words).code == 0

    assert (tmp_path / "own").read_bytes() == (tmp_path / "given").read_bytes()


def test_a_model_is_trained_apart_and_scores_as_one_trained_on_the_spot(
    pbr_audit: Command, dataset: Path, tmp_path: Path, invented: pl.DataFrame
) -> None:
    model = tmp_path / "model.json"
    learnt = pbr_audit("linkage", "train", dataset, "--model", model)
    for name, words in (("apart", ["--model", model]), ("at once", [])):
        pbr_audit("linkage", "score", dataset, "--out", tmp_path / name, *words)

    assert f"{model}: learnt from {invented.height:,} registrations" in learnt.out
    assert json.loads(model.read_text())["linkage_model"] == 1
    for table in ("pairs", "people", "split", "blocks"):
        apart, at_once = ((tmp_path / name / f"{table}.csv").read_bytes() for name in ("apart", "at once"))
        assert apart == at_once
    assert os.name != "posix" or (tmp_path / "apart").stat().st_mode & 0o077 == 0
    people = pl.read_csv(tmp_path / "apart" / "people.csv")
    assert people.columns == ["client_id", "person", "registrations"]
    assert people.height == invented.height


def test_the_pairs_are_right(
    pbr_audit: Command, dataset: Path, tmp_path: Path, invented: pl.DataFrame
) -> None:
    pbr_audit("linkage", "score", dataset, "--out", tmp_path / "out")

    person = dict(invented.select("client_id", "person").iter_rows())
    pairs = pl.read_csv(tmp_path / "out" / "pairs.csv").filter(pl.col("p_same") >= 0.95)
    right = [person[left] == person[right] for left, right in pairs.select(pl.nth(0, 1)).iter_rows()]
    assert len(right) > 50
    assert sum(right) / len(right) > 0.97


def test_no_value_of_a_person_is_in_the_model_the_page_or_on_the_screen(
    pbr_audit: Command, dataset: Path, tmp_path: Path, invented: pl.DataFrame
) -> None:
    model, page = tmp_path / "model.json", tmp_path / "page.html"

    said = [
        pbr_audit("linkage", "train", dataset, "--model", model),
        pbr_audit("linkage", "report", dataset, "--model", model, "--out", page),
    ]

    texts = " ".join([model.read_text(), page.read_text(), *(ran.out + ran.err for ran in said)]).lower()
    columns = ("given_name", "family_name", "postcode", "national_id", "email", "phone", "bank_account")
    values = {value.lower() for name in columns for value in invented[name].drop_nulls() if len(value) > 5}
    assert not [value for value in values if value in texts]
    assert "is it right when it is sure?" in texts
    assert [ran.code for ran in said] == [0, 0]


def test_where_nobody_can_be_told_apart_it_says_what_is_needed(pbr_audit: Command, tmp_path: Path) -> None:
    clients = "client_id,contract_id,provider_id\nP1,CPA01,PR01\n"
    nothing = write_dataset(tmp_path / "nothing", clients_csv=clients)
    nobody = write_dataset(tmp_path / "nobody")

    told = pbr_audit("linkage", "train", nothing, "--model", tmp_path / "model.json")
    without = pbr_audit("linkage", "report", nobody)

    assert told.code == without.code == 2
    assert "needed are a name and a date of birth" in told.err
    assert "nobody: has no table of clients, so there is nobody to link" in without.err
    assert not (tmp_path / "model.json").exists()
