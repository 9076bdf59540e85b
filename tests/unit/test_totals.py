"""Each claim counts once, currencies and tiers stay apart, and the three lines are never added."""

from typing import Any

import polars as pl

from pbr_audit.finding import FINDING_SCHEMA, FLAGGED_CLAIM_SCHEMA
from pbr_audit.totals import ClaimsLine, Sum, Totals, totals
from tests.unit.worlds import both_terms, no_terms, world

CLAIMS = """
| claim_id | contract_id | tier          | amount  | status   |
| C1       | CPA01       | prime         | 1200.00 | paid     |
| C2       | CPA01       | prime         | 300.00  | paid     |
| X1       | CPA01       | prime         | 90.00   | rejected |
| E1       | CPE01       | prime         | 50.00   | paid     |
| S1       | CPA01       | subcontractor | 960.00  | paid     |
"""


def of(*flagged: tuple[str, str, str, int | None], findings: list[dict[str, Any]] | None = None) -> Totals:
    """Return totals over `flagged`: claim, rule, family, pence."""
    claims = pl.DataFrame(
        [(claim, f"{rule}-{claim}", rule, family, "high", pence) for claim, rule, family, pence in flagged],
        schema=dict(FLAGGED_CLAIM_SCHEMA),
        orient="row",
    )
    frame = pl.DataFrame(
        [dict.fromkeys(FINDING_SCHEMA) | finding for finding in findings or []], schema=dict(FINDING_SCHEMA)
    )
    return totals(world(terms=both_terms(), claims=CLAIMS), frame, claims, both_terms())


def test_two_findings_on_one_claim_count_its_largest_amount_once() -> None:
    made = of(("C1", "PBR101", "contract-terms", 200_00), ("C1", "PBR301", "duplicate-claim", 1200_00))
    assert made.at_risk == {"GBP": Sum(1, 1200_00)}
    assert made.by_rule == {"PBR101": {"GBP": Sum(1, 200_00)}, "PBR301": {"GBP": Sum(1, 1200_00)}}


def test_currencies_are_never_added() -> None:
    made = of(("C1", "PBR101", "contract-terms", 1_00), ("E1", "PBR101", "contract-terms", 2_00))
    assert made.at_risk == {"EUR": Sum(1, 2_00), "GBP": Sum(1, 1_00)}


def test_a_subcontractors_pounds_stand_apart() -> None:
    made = of(("C1", "PBR804", "supply-chain", 1_00), ("S1", "PBR804", "supply-chain", 2_00))
    assert (made.at_risk, made.at_risk_subcontractor) == ({"GBP": Sum(1, 1_00)}, {"GBP": Sum(1, 2_00)})


def test_under_claims_are_not_at_risk() -> None:
    made = of(("C1", "PBR810", "under-claim", 7_00), ("C2", "PBR101", "contract-terms", 1_00))
    assert (made.under_claims, made.at_risk) == ({"GBP": Sum(1, 7_00)}, {"GBP": Sum(1, 1_00)})


def test_a_subcontractors_under_claims_stand_apart() -> None:
    made = of(("C1", "PBR810", "under-claim", 7_00), ("S1", "PBR802", "under-claim", 3_00))
    assert made.under_claims == {"GBP": Sum(1, 7_00)}
    assert made.under_claims_subcontractor == {"GBP": Sum(1, 3_00)}
    assert made.at_risk_subcontractor == {}


def test_what_was_never_claimed_is_an_under_claim_and_no_estimate() -> None:
    never = {"rule_id": "PBR810", "family": "under-claim", "amount_basis": "estimate", "contract_id": "CPA01"}
    guessed = never | {"rule_id": "PBR405", "family": "employer", "amount_estimate_pence": 9_00}
    findings = [
        never | {"finding_id": "a", "amount_estimate_pence": 4_00},
        never | {"finding_id": "b", "amount_estimate_pence": 5_00},
        guessed | {"finding_id": "c"},
    ]
    made = of(("C1", "PBR810", "under-claim", 7_00), findings=findings)
    assert made.under_claims == {"GBP": Sum(3, 16_00)}
    assert made.estimates == {"PBR405": {"GBP": 9_00}}
    assert made.by_rule == {"PBR810": {"GBP": Sum(3, 16_00)}}
    assert (made.at_risk, made.at_risk_subcontractor) == ({}, {})


def test_a_claim_listed_at_nothing_is_named_by_its_rule_and_carries_nothing() -> None:
    made = of(("C1", "PBR301", "duplicate-claim", 0), ("C2", "PBR301", "duplicate-claim", 300_00))
    assert made.at_risk == {"GBP": Sum(1, 300_00)}
    assert made.by_rule == {"PBR301": {"GBP": Sum(2, 300_00)}}


def test_a_statistical_finding_has_claims_and_no_pounds() -> None:
    made = of(("C1", "PBR701", "timing", None))
    assert (made.at_risk, made.by_rule) == ({}, {"PBR701": {"GBP": Sum(1, None)}})


def test_estimates_stand_by_rule_because_two_may_be_of_the_same_claims() -> None:
    estimate = {"rule_id": "PBR501", "contract_id": "CPA01", "amount_basis": "estimate"}
    made = of(
        findings=[
            estimate | {"amount_estimate_pence": 5},
            estimate | {"amount_estimate_pence": 6},
            estimate | {"amount_estimate_pence": 7, "rule_id": "PBR503", "contract_id": "CPE01"},
        ]
    )
    assert made.estimates == {"PBR501": {"GBP": 11}, "PBR503": {"EUR": 7}}


def test_live_claims_and_others_are_counted_by_tier_and_currency() -> None:
    assert of().claims == (
        ClaimsLine("prime", "EUR", Sum(1, 50_00), Sum(0, 0)),
        ClaimsLine("prime", "GBP", Sum(2, 1500_00), Sum(1, 90_00)),
        ClaimsLine("subcontractor", "GBP", Sum(1, 960_00), Sum(0, 0)),
    )


def test_without_terms_amounts_have_no_currency() -> None:
    tables = world(terms=no_terms(), claims="| claim_id |\n| C1 |")
    empty = pl.DataFrame(schema=dict(FINDING_SCHEMA))
    made = totals(tables, empty, pl.DataFrame(schema=dict(FLAGGED_CLAIM_SCHEMA)), no_terms())
    assert made.claims == (ClaimsLine("prime", "", Sum(1, 1200_00), Sum(0, 0)),)


def test_without_claims_there_is_nothing_to_sum() -> None:
    tables = world(performance="| period |\n| 2016-Q2 |")
    empty = pl.DataFrame(schema=dict(FINDING_SCHEMA))
    made = totals(tables, empty, pl.DataFrame(schema=dict(FLAGGED_CLAIM_SCHEMA)), no_terms())
    assert made == Totals((), {}, {}, {}, {}, {}, {})
