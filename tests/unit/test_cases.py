"""Findings about the same claims or clients are one case; no claim counts twice."""

from typing import Any

import polars as pl

from pbr_audit.cases import cases
from pbr_audit.finding import FINDING_SCHEMA, FLAGGED_CLAIM_SCHEMA
from tests.unit.worlds import both_terms

FINDING: dict[str, Any] = dict.fromkeys(FINDING_SCHEMA) | {
    "severity": "high",
    "subject_type": "claim",
    "contract_id": "CPA01",
    "provider_id": "PR01",
    "claim_ids": [],
    "client_ids": [],
    "amount_basis": "claims",
}


def made(
    *findings: dict[str, Any], flagged: list[tuple[str, str, int | None]]
) -> list[tuple[tuple[str, ...], dict[str, int]]]:
    frame = pl.DataFrame([FINDING | finding for finding in findings], schema=dict(FINDING_SCHEMA))
    claims = pl.DataFrame(
        [(claim, finding, None, None, None, amount) for claim, finding, amount in flagged],
        schema=dict(FLAGGED_CLAIM_SCHEMA),
        orient="row",
    )
    return [(case.finding_ids, dict(case.at_risk_pence)) for case in cases(frame, claims, both_terms())]


def test_two_findings_on_one_claim_are_one_case_and_its_amount_counts_once() -> None:
    assert made(
        {"finding_id": "a", "claim_ids": ["C1"]},
        {"finding_id": "b", "claim_ids": ["C1"]},
        flagged=[("C1", "a", 1200_00), ("C1", "b", 300_00)],
    ) == [(("a", "b"), {"GBP": 1200_00})]


def test_findings_hang_together_over_a_client_that_a_third_one_shares() -> None:
    assert made(
        {"finding_id": "a", "claim_ids": ["C1"], "client_ids": ["P1"]},
        {"finding_id": "b", "claim_ids": ["C2"], "client_ids": ["P2"]},
        {"finding_id": "c", "claim_ids": ["C3"], "client_ids": ["P1", "P2"]},
        flagged=[("C1", "a", 1), ("C2", "b", 2), ("C3", "c", 4)],
    ) == [(("a", "b", "c"), {"GBP": 7})]


def test_a_provider_wide_finding_does_not_pull_cases_together() -> None:
    assert made(
        {"finding_id": "a", "claim_ids": ["C1"]},
        {"finding_id": "b", "claim_ids": ["C2"]},
        {
            "finding_id": "c",
            "subject_type": "provider",
            "claim_ids": ["C1", "C2"],
            "amount_basis": "none",
            "severity": "info",
        },
        flagged=[("C1", "a", 1), ("C2", "b", 2), ("C1", "c", None), ("C2", "c", None)],
    ) == [(("b",), {"GBP": 2}), (("a",), {"GBP": 1}), (("c",), {})]


def test_cases_are_ranked_by_severity_then_by_amount() -> None:
    assert made(
        {"finding_id": "a", "claim_ids": ["C1"], "severity": "low"},
        {"finding_id": "b", "claim_ids": ["C2"], "severity": "critical"},
        {"finding_id": "c", "claim_ids": ["C3"], "severity": "low"},
        flagged=[("C1", "a", 5), ("C2", "b", 1), ("C3", "c", 9)],
    ) == [(("b",), {"GBP": 1}), (("c",), {"GBP": 9}), (("a",), {"GBP": 5})]


def test_a_finding_without_claims_or_clients_stands_alone() -> None:
    assert made(
        {"finding_id": "a", "amount_basis": "none"}, {"finding_id": "b", "amount_basis": "none"}, flagged=[]
    ) == [(("a",), {}), (("b",), {})]


def test_currencies_are_not_added_within_a_case() -> None:
    assert made(
        {"finding_id": "a", "claim_ids": ["C1"], "client_ids": ["P1"]},
        {"finding_id": "b", "claim_ids": ["E1"], "client_ids": ["P1"], "contract_id": "CPE01"},
        flagged=[("C1", "a", 5), ("E1", "b", 7)],
    ) == [(("a", "b"), {"EUR": 7, "GBP": 5})]


def test_what_was_not_claimed_is_not_at_risk() -> None:
    frame = pl.DataFrame([FINDING | {"finding_id": "a", "claim_ids": ["C1"]}], schema=dict(FINDING_SCHEMA))
    claims = pl.DataFrame(
        [("C1", "a", None, "under-claim", None, 5)], schema=dict(FLAGGED_CLAIM_SCHEMA), orient="row"
    )
    assert [dict(case.at_risk_pence) for case in cases(frame, claims, both_terms())] == [{}]


def choice(finding_id: str, family: str, **other: object) -> dict[str, Any]:
    """Return a finding about a claim of one provider, in a family."""
    return {"finding_id": finding_id, "family": family, "claim_ids": [f"C{finding_id}"], **other}


WIDE = {"subject_type": "provider", "claim_ids": []}


def test_what_claims_show_of_a_choice_belongs_to_what_is_asked_of_the_provider_as_a_whole() -> None:
    wide = choice("c", "cherry-picking", **WIDE)
    one, two = choice("a", "parking"), choice("b", "parking")
    assert [ids for ids, _ in made(one, two, wide, flagged=[])] == [("a", "b", "c")]
    assert [ids for ids, _ in made(one, two, flagged=[])] == [("a",), ("b",)]


def test_other_providers_other_contracts_and_other_families_stay_apart() -> None:
    wide = choice("c", "parking", **WIDE)
    for other in (
        choice("a", "parking", provider_id="PR02"),
        choice("a", "parking", contract_id="CPE01"),
        choice("a", "supply-chain"),
    ):
        assert sorted(ids for ids, _ in made(other, wide, flagged=[])) == [("a",), ("c",)]
    assert len(made(choice("a", "parking"), choice("c", "timing", **WIDE), flagged=[])) == 2


def test_promised_referrals_that_never_came_are_asked_of_the_prime() -> None:
    never_came = choice("a", "frozen-out", provider_id="SB01", **WIDE)
    primes = choice("b", "supply-chain", **WIDE)
    subcontractors = choice("c", "exclusion", provider_id="SB01", **WIDE)
    assert sorted(ids for ids, _ in made(never_came, primes, subcontractors, flagged=[])) == [
        ("a", "b"),
        ("c",),
    ]
    strange = never_came | {"contract_id": "CPX99"}
    assert sorted(ids for ids, _ in made(strange, primes, flagged=[])) == [("a",), ("b",)]


def test_what_is_about_all_contracts_of_a_provider_joins_what_is_about_any_of_them() -> None:
    everywhere = choice("a", "cherry-picking", contract_id=None, **WIDE)
    first, second = choice("b", "parking", **WIDE), choice("c", "exclusion", contract_id="CPE01")
    published = choice("d", "timing", contract_id="CPE01", **WIDE)
    other, none = choice("e", "parking", provider_id="PR02", **WIDE), choice("f", "timing", **WIDE)
    nobody = none | {"provider_id": None}
    together = made(everywhere, first, second, published, other, nobody, flagged=[])
    assert sorted(ids for ids, _ in together) == [("a", "b", "c", "d"), ("e",), ("f",)]
    apart = made(first, published, other, nobody, flagged=[])
    assert sorted(ids for ids, _ in apart) == [("b",), ("d",), ("e",), ("f",)]


def test_what_is_asked_of_a_provider_in_all_its_contracts_is_one_case_with_what_each_shows() -> None:
    together = choice("a", "cherry-picking", **WIDE, contract_id=None)
    one, other = choice("b", "parking", **WIDE), choice("c", "parking", contract_id="CPE01")
    elsewhere = choice("d", "parking", **WIDE, provider_id="PR02")
    assert sorted(ids for ids, _ in made(together, one, other, elsewhere, flagged=[])) == [
        ("a", "b", "c"),
        ("d",),
    ]
