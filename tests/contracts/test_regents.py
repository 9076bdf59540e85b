"""The Regents examinations of 2010 as a published histogram: every subject jumps at its pass mark of 65."""

import csv
from pathlib import Path

import pytest

from tests.contracts.run_output import RunOutput, run

SCORES = Path(__file__).resolve().parents[3] / "shared" / "data" / "published" / "nyc_regents_scores.csv"
SUBJECTS = ("english", "global_history", "integrated_algebra", "living_environment", "us_history")
TERMS = """standard = "0.1"

[contract]
id = "REGENTS"
title = "Regents examinations, 2010"
commissioner = "State of New York"
prime_id = "NYC"
start_date = 2010-01-01
end_date = 2010-12-31
"""
OUTCOME = """
[[outcome]]
code = "{subject}"
kind = "milestone"
measure = "score"
threshold = 65
direction = "at_least"
[[outcome.price]]
amount = "1.00"
"""
pytestmark = pytest.mark.skipif(
    not SCORES.is_file(), reason="the published scores are not beside the checkout (../shared)"
)


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> RunOutput:
    folder = tmp_path_factory.mktemp("regents")
    (folder / "contracts").mkdir()
    terms = TERMS + "".join(OUTCOME.format(subject=subject) for subject in SUBJECTS)
    (folder / "contracts" / "regents.toml").write_text(terms, encoding="utf-8")
    with SCORES.open(encoding="utf-8", newline="") as file:
        scores = [row for row in csv.DictReader(file) if row["score"]]
    with (folder / "score_counts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("contract_id", "outcome", "measured_value", "count"))
        writer.writerows(
            ("REGENTS", subject, int(float(row["score"])), int(float(row[subject])))
            for subject in SUBJECTS
            for row in scores
            if row[subject]
        )
    return run(folder, tmp_path_factory.mktemp("regents_out") / "out")


def test_every_subject_is_a_query(output: RunOutput) -> None:
    found = output.of_rule("PBR503")
    assert sorted(row["subject_id"] for row in found) == [f"REGENTS//{subject}" for subject in SUBJECTS]
    assert {row["amount_basis"] for row in found} == {"none"}
    assert all(float(row["q_value"]) <= 0.0051 for row in found)
    assert output.coverage["PBR503"]["rows_examined"] == "5"


def test_the_sentence_tells_the_published_counts(output: RunOutput) -> None:
    (algebra,) = (row for row in output.of_rule("PBR503") if row["subject_id"].endswith("algebra"))
    # 8,451 + 3,959 + 3,546 at 65 to 67, and 2,540 + 1,389 + 102 at 62 to 64.
    assert algebra["message"] == (
        "15956 of the people counted for integrated_algebra just reach the threshold of 65 and 4031 lie just short of "
        "it, 4.1 times the ratio that the rest of the histogram gives."
    )
