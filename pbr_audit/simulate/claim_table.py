"""The table claims: from pairs to a row for each tier."""

import numpy as np
import polars as pl

from pbr_audit.simulate import rendering as as_
from pbr_audit.simulate.block import Block
from pbr_audit.simulate.chain import CONTRACTS
from pbr_audit.simulate.claims import (
    EMPLOYMENT_TYPES,
    STATUSES,
    UNKNOWN_CLIENT,
    UNKNOWN_CONTRACT,
    UNKNOWN_OUTCOME,
    UNKNOWN_PROVIDER,
)
from pbr_audit.simulate.columns import MISSING, Columns, Ints
from pbr_audit.simulate.contracts import contract_id
from pbr_audit.simulate.naming import provider_ids
from pbr_audit.simulate.people_tables import advisor_ids, client_ids
from pbr_audit.simulate.setting import Setting
from pbr_audit.simulate.spec import ROLES

CLAIM_DIGITS = 9
PRIME, SUBCONTRACTOR = "CL", "SC"
PREFIXES = {"prime": PRIME, "subcontractor": SUBCONTRACTOR}
# Evidence that no contract accepts; its place follows an outcome's own kinds.
UNACCEPTABLE = ("verbal confirmation", "adviser's note")
KINDS_A_ROLE = 8
UNACCEPTABLE_PLACE = KINDS_A_ROLE - len(UNACCEPTABLE)
# Codes that no table holds.
NO_OUTCOME, NO_CONTRACT, NO_PROVIDER = "XXX", "ZZ99", "PR99"
NO_CLIENT = "CX"


def claim_ids(numbers: Ints, prefix: str = PRIME) -> pl.Series:
    """Return the claims' own ids; a subcontractor's claim has its prime's number."""
    return as_.numbered(prefix, numbers, CLAIM_DIGITS)


def claims_table(setting: Setting, block: Block) -> pl.DataFrame:
    """Return both tiers, the prime's claims first."""
    claims = block.claims
    passed_up = claims["prime_present"]
    prime = claims.taken(passed_up)
    prime = prime.having(named_client=prime["client"], named_role=prime["role"])
    behind = claims["has_sub"] & claims["sub_present"]
    other = claims.taken(behind)
    other = other.having(
        named_client=other["sub_client"],
        named_role=other["sub_role"],
        day=other["sub_day"],
        submitted=other["sub_submitted"],
        measured=other["sub_measured"],
        amount=other["sub_amount"],
        paid_extra=np.zeros(other.height, dtype=np.int64),
    )
    return pl.concat(
        [
            _tier(setting, block, prime, subcontractor=False),
            _tier(setting, block, other, subcontractor=True),
        ]
    )


def _tier(setting: Setting, block: Block, claims: Columns, *, subcontractor: bool) -> pl.DataFrame:
    clients, chain = block.clients, setting.chain
    prefix = SUBCONTRACTOR if subcontractor else PRIME
    owner = claims["client"]
    contract = clients["contract"][owner]
    prime = chain.prime_of[contract]
    ids = provider_ids(chain.providers)
    unknown = claims["unknown"]
    submitter = claims["provider"] if subcontractor else prime
    delivered = np.where(claims["has_sub"] & (not subcontractor), claims["provider"], -1)
    paid = claims["paid_day"] != MISSING
    has_evidence = claims["evidence_type"] >= 0
    frame = pl.DataFrame(
        {
            "claim_id": claim_ids(claims["number"], prefix),
            "contract_id": as_.words(
                [*(contract_id(setting.spec, number) for number in range(CONTRACTS)), NO_CONTRACT],
                np.where(unknown == UNKNOWN_CONTRACT, CONTRACTS, contract),
            ),
            "provider_id": as_.words(
                [*ids, NO_PROVIDER],
                np.where((unknown == UNKNOWN_PROVIDER) & (not subcontractor), chain.providers, submitter),
            ),
            "tier": pl.repeat("subcontractor" if subcontractor else "prime", claims.height, eager=True),
            "subcontractor_id": as_.words(ids, delivered),
            "parent_claim_id": _parent(claims, subcontractor=subcontractor),
            "client_id": client_ids(clients["number"][claims["named_client"]]),
            "outcome": as_.words(
                _codes(setting), np.where(unknown == UNKNOWN_OUTCOME, ROLES, claims["named_role"])
            ),
            "outcome_date": as_.dates(claims["day"]),
            "submitted_date": as_.dates(claims["submitted"]),
            "recorded_at": as_.moments(claims["recorded_day"], claims["recorded_second"]),
            "measured_value": as_.numbers(claims["measured"]),
            "amount_pence": as_.pence(claims["amount"]),
            "paid_amount_pence": as_.pence(claims["amount"] + claims["paid_extra"], paid),
            "paid_date": as_.dates(claims["paid_day"]),
            "status": as_.words(STATUSES, claims["status"]),
            "evidence_type": as_.words(
                _evidence(setting),
                np.where(has_evidence, claims["role"] * KINDS_A_ROLE + claims["evidence_type"], -1),
            ),
            "evidence_ref": as_.numbered(
                "EV", np.where(has_evidence, claims["document"], MISSING), CLAIM_DIGITS
            ),
            "evidence_date": as_.dates(np.where(has_evidence, claims["evidence_day"], MISSING)),
            "advisor_id": advisor_ids(chain, claims["provider"], clients["advisor"][owner]),
            "employer_id": as_.numbered(
                "E", np.where(claims["employer"] < 0, MISSING, claims["employer"]), 4
            ),
            "employment_type": as_.words(EMPLOYMENT_TYPES, claims["employment_type"]),
            "job_start_date": as_.dates(claims["job_start"]),
            "period_start": as_.dates(claims["period_start"]),
            "period_end": as_.dates(claims["period_end"]),
            **{
                f"{link}_claim_id": _linked(block, claims[link], prefix) for link in ("resubmits", "reverses")
            },
            "supersedes_claim_id": _linked(block, claims["supersedes"], prefix),
        }
    )
    nobody = unknown == UNKNOWN_CLIENT
    if bool(nobody.any()):
        # Another code on each claim, so that no two of them seem to be one client's.
        other = as_.numbered(NO_CLIENT, np.where(nobody, claims["number"], MISSING), CLAIM_DIGITS)
        frame = frame.with_columns(client_id=pl.coalesce(other, "client_id"))
    return frame


def _parent(claims: Columns, *, subcontractor: bool) -> pl.Series:
    missing = np.full(claims.height, MISSING)
    named = np.where(claims["prime_present"], claims["number"], MISSING)
    return claim_ids(named if subcontractor else missing)


def _linked(block: Block, places: Ints, prefix: str) -> pl.Series:
    named = places != MISSING
    number = block.claims["number"][np.where(named, places, 0)] if block.claims.height else places
    return claim_ids(np.where(named, number, MISSING), prefix)


def _codes(setting: Setting) -> list[str | None]:
    outcomes = setting.spec.outcomes
    return [*(outcomes[role].code if role in outcomes else None for role in range(ROLES)), NO_OUTCOME]


def _evidence(setting: Setting) -> list[str | None]:
    """Return the kinds of evidence by role and place, the unacceptable ones last."""
    found: list[str | None] = []
    for role in range(ROLES):
        accepted = setting.spec.outcomes[role].evidence if role in setting.spec.outcomes else ()
        gap = [None] * (UNACCEPTABLE_PLACE - len(accepted))
        found += [*accepted, *gap, *UNACCEPTABLE]
    return found
