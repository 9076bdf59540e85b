"""A finding: one query on one subject, and the vocabularies and the id that every output shares.

The columns are those of the claims standard ("What a run writes"). Inside the program money is whole
pence and says so in its name; the reports turn it into pounds.
"""

import hashlib
import json
from collections.abc import Sequence
from types import MappingProxyType

import polars as pl

# The family whose amounts were earned and not asked for: never at risk.
UNDER_CLAIM = "under-claim"
FROZEN_OUT = "frozen-out"
FAMILIES = (
    "validity",
    "contract-terms",
    "sequence",
    "ineligible-period",
    "duplicate-claim",
    "duplicate-client",
    "supply-chain",
    "evidence-reuse",
    "threshold-clustering",
    "cherry-picking",
    "parking",
    "exclusion",
    "timing",
    "staff-outlier",
    "employer",
    "recycling",
    "digits",
    "peer-outlier",
    FROZEN_OUT,
    UNDER_CLAIM,
    "plan-vs-actual",
)
SEVERITIES = ("info", "low", "medium", "high", "critical")
BASES = ("arithmetic", "contract", "record", "statistical", "linkage")
SUBJECTS = ("claim", "client", "provider", "advisor", "employer", "contract", "cohort")

ID_SCHEME = 1
ID_DIGITS = 20
# One encoder for all: `json.dumps` would make a new one for each finding.
AS_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

FINDING_SCHEMA: MappingProxyType[str, pl.DataType] = MappingProxyType(
    {
        "finding_id": pl.String(),
        "rule_id": pl.String(),
        "rule_version": pl.Int64(),
        "family": pl.String(),
        "severity": pl.String(),
        "status": pl.String(),
        "subject_type": pl.String(),
        "subject_id": pl.String(),
        "contract_id": pl.String(),
        "provider_id": pl.String(),
        "period": pl.String(),
        "claim_ids": pl.List(pl.String),
        "client_ids": pl.List(pl.String),
        "amount_basis": pl.String(),
        "amount_at_risk_pence": pl.Int64(),
        "amount_estimate_pence": pl.Int64(),
        "amount_low_pence": pl.Int64(),
        "amount_high_pence": pl.Int64(),
        "population_claims": pl.Int64(),
        "population_amount_pence": pl.Int64(),
        "effect": pl.Float64(),
        "effect_low": pl.Float64(),
        "effect_high": pl.Float64(),
        "p_value": pl.Float64(),
        "q_value": pl.Float64(),
        "message": pl.String(),
        "innocent_explanation": pl.String(),
        "ask_for": pl.String(),
        "evidence": pl.String(),
    }
)
FLAGGED_CLAIM_SCHEMA: MappingProxyType[str, pl.DataType] = MappingProxyType(
    {
        "claim_id": pl.String(),
        "finding_id": pl.String(),
        "rule_id": pl.String(),
        "family": pl.String(),
        "severity": pl.String(),
        "amount_pence": pl.Int64(),
    }
)
COVERAGE_SCHEMA: MappingProxyType[str, pl.DataType] = MappingProxyType(
    {
        "rule_id": pl.String(),
        "status": pl.String(),
        "reason": pl.String(),
        "rows_examined": pl.Int64(),
        "rows_not_assessable": pl.Int64(),
        "findings": pl.Int64(),
        "tests_run": pl.Int64(),
        "tests_abstained": pl.Int64(),
        "discoveries": pl.Int64(),
        "expected_false_leads": pl.Float64(),
    }
)
# One row for each test of the list that was fixed beforehand, and one for each statistical rule without any.
TESTS_SCHEMA: MappingProxyType[str, pl.DataType] = MappingProxyType(
    {
        "rule_id": pl.String(),
        "contract_id": pl.String(),
        "provider_id": pl.String(),
        "subject_id": pl.String(),
        "period": pl.String(),
        "status": pl.String(),
        "reason": pl.String(),
        "p_value": pl.Float64(),
        "q_value": pl.Float64(),
        "effect": pl.Float64(),
        "smallest_seen": pl.Float64(),
        "providers_compared": pl.Int64(),
        "discovered": pl.Boolean(),
    }
)
# Of what statistical rules find, the share that may be chance, where nobody says another one.
FALSE_DISCOVERY_RATE = 0.05

# Most rules find nothing; a frame of thirty columns is made once.
_NO_FINDINGS = pl.DataFrame(schema=dict(FINDING_SCHEMA))
_NO_FLAGGED_CLAIMS = pl.DataFrame(schema=dict(FLAGGED_CLAIM_SCHEMA))


def finding_id(
    rule_id: str,
    contract_id: str | None,
    subject_type: str,
    subject_key: Sequence[str | None],
    period: str | None = None,
) -> str:
    """Return the id under which the same query on the same subject is known in every run.

    The first 20 hex digits of sha256 over the id scheme's number, rule, contract, subject type, the
    subject's key and, for a rule about a period, the period. Amounts, thresholds, files, row numbers, rule
    versions and other members stay out: one more claim must not make an old finding look new. The parts
    are written as a JSON list, so that no two keys run into each other.
    """
    parts = [ID_SCHEME, rule_id, contract_id, subject_type, list(subject_key)]
    if period is not None:
        parts.append(period)
    return hashlib.sha256(AS_JSON(parts).encode()).hexdigest()[:ID_DIGITS]


def empty_findings() -> pl.DataFrame:
    """Return a findings table without rows."""
    return _NO_FINDINGS.clone()


def empty_flagged_claims() -> pl.DataFrame:
    """Return a flagged-claims table without rows."""
    return _NO_FLAGGED_CLAIMS.clone()
