"""`pbr-audit compare`: what is printed and written, and that small numbers stay inside."""

import csv
import json
import re
from pathlib import Path

import polars as pl
import pytest

from tests.cli.command_line import Command, command
from tests.unit.cohorts import AUDIT, people, written

FILES = {
    "balance.csv",
    "checks.csv",
    "comparison.html",
    "comparison.json",
    "datapackage.json",
    "funnel.csv",
    "results.csv",
    "survival.csv",
}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    return command(capsys)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_answer_is_told_in_three_ways(run: Command, tmp_path: Path) -> None:
    answers = {"fewer": (-1.5, "Evidence for a reduction. "), "more": (1.5, "Evidence for an increase. ")}
    answers["none"] = (0.0, "Not enough evidence. ")
    for name, (effect, answer) in answers.items():
        ran = run(
            "compare", written(tmp_path / name, people(effect=effect)), "--out", tmp_path / f"{name}-out"
        )

        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith(answer)


def test_not_enough_evidence_says_what_would_have_been_seen_and_what_would_be_enough(
    run: Command, tmp_path: Path
) -> None:
    ran = run("compare", written(tmp_path / "data", people()), "--out", tmp_path / "out")

    assert re.search(
        r"a true difference of \d+ percentage points or more would have been found four times", ran.out
    )
    assert re.search(r"To show one as large as that seen, about [\d,]+ pairs would be enough\.", ran.out)
    page = (tmp_path / "out" / "comparison.html").read_text(encoding="utf-8")
    assert "That the programme had no effect." in page


def test_the_page_and_the_numbers_behind_it_are_written(run: Command, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("compare", written(tmp_path / "data", people(effect=-1.0)), "--out", out)

    assert {path.name for path in out.iterdir()} == FILES
    descriptor = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        names = [field["name"] for field in resource["schema"]["fields"]]
        with (out / resource["path"]).open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == names
    whole = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    assert whole["is_protected"] is True
    assert [line["measure"] for line in whole["results"]] == ["rate", "frequency", "time"]


def test_the_page_asks_the_network_for_nothing(run: Command, tmp_path: Path) -> None:
    run("compare", written(tmp_path / "data", people()), "--out", tmp_path / "out")

    page = (tmp_path / "out" / "comparison.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', page) == []


def test_published_counts_are_rounded_and_small_ones_left_out(run: Command, tmp_path: Path) -> None:
    cohort = people(treated=80, effect=-4.0)
    out = tmp_path / "out"

    ran = run("compare", written(tmp_path / "data", cohort), "--out", out)

    assert "The figures would tell small numbers of people and are not shown." in ran.out
    first = rows(out / "results.csv")[0]
    assert (first["treated"], first["others"], first["difference"], first["low"]) == ("", "", "", "")
    assert first["answer"] == "reduction"
    assert rows(out / "survival.csv") == []
    for line in rows(out / "funnel.csv"):
        assert all(not count or int(count) % 5 == 0 for count in (line["treated"], line["pool"]))


def test_nobody_is_named_outside(run: Command, tmp_path: Path) -> None:
    out = tmp_path / "out"
    cohort = people(effect=-1.0)
    run("compare", written(tmp_path / "data", cohort), "--out", out)

    text = "".join(path.read_text(encoding="utf-8") for path in out.iterdir())
    assert [name for name in cohort["person_id"] if name in text] == []


def test_internal_files_are_exact_and_say_so(run: Command, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("compare", written(tmp_path / "data", people()), "--out", out, "--internal")

    pairs = rows(out / "pairs.csv")
    assert len(pairs) == int(rows(out / "funnel.csv")[-1]["treated"])
    assert all(pair["treated"].startswith("T") and pair["matched"].startswith("P") for pair in pairs)
    page = (out / "comparison.html").read_text(encoding="utf-8")
    assert "Internal: counts are exact and small numbers are shown. Not for publication." in page


def test_the_same_input_gives_the_same_bytes(run: Command, tmp_path: Path) -> None:
    data = written(tmp_path / "data", people())
    for name in ("one", "other"):
        run("compare", data, "--out", tmp_path / name)

    for file in FILES:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "other" / file).read_bytes()


def test_rejected_rows_are_counted_and_end_in_code_3(run: Command, tmp_path: Path) -> None:
    cohort = people().with_columns(
        events=pl.when(pl.col("person_id").str.ends_with("3"))
        .then(pl.lit("many"))
        .otherwise(pl.col("events").cast(pl.String))
    )

    ran = run("compare", written(tmp_path / "data", cohort), "--out", tmp_path / "out")

    assert ran.code == 3
    assert "170 of 1,700 rows were rejected and are in no figure; pbr-audit validate" in ran.out


@pytest.mark.parametrize(
    ("audit", "said"),
    [
        (AUDIT + "[comparison]\ncaliper_sd = 0\n", "audit.toml: comparison.caliper_sd has to be above 0.0"),
        (
            AUDIT + '[comparison]\npool = ["others.csv"]\n',
            "audit.toml: comparison.pool names a file that is none of the cohort's; name it under [tables.cohort] files too",
        ),
        (
            AUDIT.replace("age =", "treated ="),
            "audit.toml: tables.cohort.covariates.treated is a column of cohort already; leave it out",
        ),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(run: Command, tmp_path: Path, audit: str, said: str) -> None:
    ran = run("compare", written(tmp_path / "data", people(), audit), "--out", tmp_path / "out")

    assert (ran.code, ran.err) == (2, f"pbr-audit: {said}\n")
    assert not (tmp_path / "out").exists()


def test_a_data_set_without_a_cohort_is_one_sentence(run: Command, tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text("claim_id\n", encoding="utf-8")

    ran = run("compare", tmp_path, "--out", tmp_path / "out")

    assert ran.code == 2
    assert ran.err.endswith(
        ": has no cohort; put cohort.csv into the folder, or name its files in audit.toml under [tables.cohort]\n"
    )
