"""`[tables.referrals.covariates]`: from the files of a data set to what a finding tells of who was accepted."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.cli.command_line import TERMS, Command, command

AUDIT = """standard = "0.1"
[tables.referrals.covariates]
convictions = "number"
housing = "category"
"""
PEOPLE = 160


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    return command(capsys)


def referrals() -> pl.DataFrame:
    """Return what was decided by twelve providers, of which F1 refuses its hardest third.

    The hard have more convictions, of which one in ten is not known; homes are anybody's.
    """
    rng = np.random.default_rng(5)
    n = 12 * PEOPLE
    provider = np.repeat(["F1", *(f"C{number:02d}" for number in range(1, 12))], PEOPLE)
    risk = rng.random(n).round(3)
    refused = np.where(provider == "F1", risk > 2 / 3, rng.random(n) < 0.25)
    convictions = pl.Series(rng.poisson(8 * risk))
    return pl.DataFrame(
        {
            "referral_id": [f"R{number}" for number in range(n)],
            "contract_id": ["CPA01"] * n,
            "provider_id": provider,
            "referral_date": ["2016-01-04"] * n,
            "decision": np.where(refused, "rejected", "accepted"),
            "risk_score": risk,
            "convictions": pl.select(pl.when(pl.Series(rng.random(n)) < 0.9).then(convictions)).to_series(),
            "housing": np.array(["settled", "hostel", "none"])[rng.integers(0, 3, n)],
        }
    )


def written(folder: Path, audit: str = AUDIT, table: pl.DataFrame | None = None) -> Path:
    (folder / "contracts").mkdir(parents=True)
    (folder / "contracts" / "CPA01.toml").write_text(f'standard = "0.1"\n{TERMS}', encoding="utf-8")
    (referrals() if table is None else table).write_csv(folder / "referrals.csv")
    (folder / "audit.toml").write_text(audit, encoding="utf-8")
    return folder


def found(folder: Path) -> tuple[str, dict[str, Any]]:
    """Return the one finding of a run: its subject and its evidence."""
    lines = (folder / "findings.jsonl").read_text(encoding="utf-8").splitlines()
    (finding,) = [json.loads(line) for line in lines]
    return finding["subject_id"], finding["evidence"]


def test_each_covariate_named_is_described_with_its_interval_and_its_odds(
    run: Command, tmp_path: Path
) -> None:
    data = written(tmp_path / "data")
    assert run("run", data, "--out", tmp_path / "out", "--select", "PBR601").code == 0

    subject, evidence = found(tmp_path / "out")
    assert subject == "F1"
    lines = evidence["covariates"]
    by_name = {(line["covariate"], line["level"]): line for line in lines}
    levels = [("housing", "hostel"), ("housing", "none"), ("housing", "settled")]
    assert sorted(by_name, key=str) == sorted([("risk score", None), ("convictions", None), *levels], key=str)
    risk, convictions = by_name["risk score", None], by_name["convictions", None]
    assert risk["difference"] == pytest.approx(-evidence["easier"])
    assert risk["low"] < risk["difference"] < risk["high"] < 0
    assert convictions["high"] < 0
    assert all(by_name[level]["low"] < 0 < by_name[level]["high"] for level in levels)
    assert sum(by_name[level]["people"] for level in levels) == risk["people"] == PEOPLE
    assert convictions["people"] == evidence["covariates_people"] < PEOPLE
    # F1 refuses by risk without an error, so that there are no odds; its peers would have some.
    assert {line["odds_ratio"] for line in lines} == {None}


def test_the_picture_of_the_covariates_stands_beside_that_of_the_providers(
    run: Command, tmp_path: Path
) -> None:
    data = written(tmp_path / "data")
    run("run", data, "--out", tmp_path / "out", "--select", "PBR601")

    _, evidence = found(tmp_path / "out")
    picture, covariates = evidence["picture"], evidence["covariates_picture"]
    assert (picture["kind"], covariates["kind"]) == ("funnel", "forest")
    assert covariates["labels"][:2] == ["risk score", "convictions"]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert page.count("<summary>Picture</summary>") == 2


def test_without_covariates_a_finding_says_nothing_of_them(run: Command, tmp_path: Path) -> None:
    plain = written(tmp_path / "plain", 'standard = "0.1"\n')
    without = written(tmp_path / "without", 'standard = "0.1"\n', referrals().drop("convictions", "housing"))
    for data in (plain, without):
        run("run", data, "--out", data.with_name(f"{data.name}-out"), "--select", "PBR601")

    (_, one), (_, other) = (found(tmp_path / f"{name}-out") for name in ("plain", "without"))
    assert one == other
    assert not [key for key in one if key.startswith("covariates")]


def test_the_test_itself_is_the_same_with_covariates_and_without(run: Command, tmp_path: Path) -> None:
    for name, audit in (("with", AUDIT), ("without", 'standard = "0.1"\n')):
        data = written(tmp_path / name, audit)
        run("run", data, "--out", tmp_path / f"{name}-out", "--select", "PBR601")

    tests = [(tmp_path / f"{name}-out" / "tests.csv").read_bytes() for name in ("with", "without")]
    assert tests[0] == tests[1]


@pytest.mark.parametrize(
    ("audit", "code", "said"),
    [
        (
            AUDIT.replace("housing", "tenure"),
            2,
            "data: the covariate tenure is in no file of the table referrals; correct its name in audit.toml, "
            "or name its header under [tables.referrals.columns]",
        ),
        (
            AUDIT.replace("convictions", "area"),
            2,
            "audit.toml: tables.referrals.covariates.area is a column of referrals already; leave it out",
        ),
        (
            AUDIT.replace("tables.referrals", "tables.clients"),
            2,
            "audit.toml: tables.clients.covariates names what nobody compares; covariates are named of cohort "
            "and referrals",
        ),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(
    run: Command, tmp_path: Path, audit: str, code: int, said: str
) -> None:
    ran = run("run", written(tmp_path / "data", audit), "--out", tmp_path / "out")
    assert (ran.code, ran.err.splitlines()[-1]) == (code, f"pbr-audit: {said}")


def test_a_number_that_is_none_sets_its_row_aside_with_the_reason(run: Command, tmp_path: Path) -> None:
    table = referrals().with_columns(pl.col("convictions").cast(pl.String))
    table = table.with_columns(
        convictions=pl.when(pl.col("referral_id") == "R3").then(pl.lit("many")).otherwise("convictions")
    )
    data = written(tmp_path / "data", table=table)
    run("run", data, "--out", tmp_path / "out", "--select", "PBR601")

    rejects = (tmp_path / "out" / "rejects" / "referrals.csv").read_text(encoding="utf-8").splitlines()
    assert len(rejects) == 2
    assert "convictions" in rejects[1]


def test_start_asks_which_further_columns_were_known_before(run: Command, tmp_path: Path) -> None:
    referrals().with_columns(mobile=pl.lit("07700 900123")).write_csv(tmp_path / "referrals.csv")
    run("start", tmp_path / "referrals.csv")

    text = (tmp_path / "audit.toml").read_text(encoding="utf-8")
    assert text.endswith(
        """
[tables.referrals.covariates]
# What was known of people before it was decided whom to take: take the # away from what they are to be compared on.
# convictions = "number"
# housing = "category"
"""
    )
