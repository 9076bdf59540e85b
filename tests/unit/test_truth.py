"""Findings held against a truth: what counts, and what counts neither way."""

from typing import Any

import polars as pl

from pbr_audit.finding import FINDING_SCHEMA
from pbr_audit.testing.truth import Score, scores


def findings(*subjects: tuple[str, str], **columns: Any) -> pl.DataFrame:
    rows = [
        dict.fromkeys(FINDING_SCHEMA)
        | {"rule_id": rule, "subject_type": "claim", "subject_id": subject}
        | columns
        for rule, subject in subjects
    ]
    return pl.DataFrame(rows, schema=dict(FINDING_SCHEMA))


def truth(*rows: tuple[str, int, str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["rule_id", "act", "role", "subject_id"], orient="row")


def test_planted_and_dragged_claims_are_to_be_found_and_bystanders_count_neither_way() -> None:
    (score,) = scores(
        findings(("PBR202", "C1"), ("PBR202", "C3"), ("PBR202", "C4"), ("PBR301", "C2")),
        truth(
            ("PBR202", 0, "planted", "C1"),
            ("PBR202", 0, "dragged", "C2"),
            ("PBR202", 1, "bystander", "C3"),
        ),
        ["PBR202"],
    )
    assert score == Score("PBR202", 1, 2, 1, 3, ("C2",), ("C4",))
    assert (score.recall, score.precision) == (0.5, 0.5)


def test_a_published_row_is_named_by_its_four_keys() -> None:
    (score,) = scores(
        findings(
            ("PBR902", "PR01/CPA01/JOB"),
            subject_type="provider",
            contract_id="CPA01",
            provider_id="PR01",
            period="2016-Q1",
        ),
        truth(("PBR902", 0, "planted", "CPA01|PR01|2016-Q1|JOB")),
        ["PBR902"],
    )
    assert (score.recall, score.precision) == (1.0, 1.0)


def test_nothing_planted_and_nothing_flagged_is_no_fault() -> None:
    (score,) = scores(findings(), truth(("PBR101", 0, "planted", "C1")), ["PBR202"])
    assert (score.recall, score.precision) == (1.0, 1.0)
