"""The tables that are about clients: clients, referrals, measurements, activities, events."""

import numpy as np
import polars as pl

from pbr_audit.simulate import rendering as as_
from pbr_audit.simulate.block import Block
from pbr_audit.simulate.chain import CONTRACTS, MOST_ADVISORS, Chain
from pbr_audit.simulate.clients import END_REASONS
from pbr_audit.simulate.columns import MISSING, Columns, Ints
from pbr_audit.simulate.contracts import contract_id
from pbr_audit.simulate.days import quarter_number
from pbr_audit.simulate.events import EVENTS, SOURCES
from pbr_audit.simulate.identifiers import INWARD_CODES, NATIONAL_PREFIXES
from pbr_audit.simulate.naming import FAMILY_NAMES, GIVEN_NAMES, provider_id, provider_ids
from pbr_audit.simulate.people import outward_codes
from pbr_audit.simulate.referrals import DECISIONS, REASONS
from pbr_audit.simulate.registry.slips import slipped
from pbr_audit.simulate.rendering import quarter_names
from pbr_audit.simulate.service import ACTIVITY_TYPES
from pbr_audit.simulate.setting import Setting
from pbr_audit.simulate.spec import ROLES

CLIENT_DIGITS = 8
REFERRAL_DIGITS = 8


def client_ids(numbers: Ints) -> pl.Series:
    """Return the registrations' own ids."""
    return as_.numbered("C", numbers, CLIENT_DIGITS)


def advisor_ids(chain: Chain, provider: Ints, advisor: Ints) -> pl.Series:
    """Return the ids of advisers, who are numbered within their provider."""
    names = [
        f"A-{provider_id(each)}-{number + 1:02d}"
        for each in range(chain.providers)
        for number in range(MOST_ADVISORS)
    ]
    return as_.words(names, provider * MOST_ADVISORS + advisor)


def _contracts(setting: Setting, contract: Ints) -> pl.Series:
    return as_.words([contract_id(setting.spec, number) for number in range(CONTRACTS)], contract)


def clients_table(setting: Setting, block: Block) -> pl.DataFrame:
    """Return the registrations."""
    clients, areas = block.clients, len(setting.areas)
    true = pl.DataFrame(
        {
            "client_id": client_ids(clients["number"]),
            "person_ref": as_.numbered("P", clients["person"], CLIENT_DIGITS),
            "contract_id": _contracts(setting, clients["contract"]),
            "provider_id": as_.words(provider_ids(setting.chain.providers), clients["registered"]),
            "given_name": as_.words(GIVEN_NAMES, clients["given"]),
            "family_name": as_.words(FAMILY_NAMES, clients["family"]),
            "date_of_birth": as_.dates(clients["birth_day"]),
            "sex": as_.words(("M", "F"), clients["female"].astype(np.int64)),
            "outward": as_.words(outward_codes(areas), clients["outward"]),
            "inward": as_.words(INWARD_CODES, clients["inward"]),
            **_numbers(clients),
            "group": as_.words(setting.spec.groups, clients["group"]),
            "advisor_id": advisor_ids(setting.chain, clients["provider"], clients["advisor"]),
            "area": as_.words(setting.areas, clients["area"]),
            "referral_date": as_.dates(clients["referral_day"]),
            "start_date": as_.dates(clients["start_day"]),
            "recorded_at": as_.moments(
                clients["referral_day"] + 30 + clients["recorded_lag"], clients["recorded_second"]
            ),
            "end_date": as_.dates(clients["end_day"]),
            "end_reason": as_.words(END_REASONS, clients["end_reason"]),
            "risk_score": as_.numbers(clients["risk"]),
            **_cohorts(setting, clients),
        }
    ).select(
        pl.exclude("outward", "inward", "has_email", "mailbox"),
        postcode=pl.concat_str("outward", "inward", separator=" "),
        email=pl.when(pl.col("mailbox") < 0)
        .then(pl.format("office{}@example.org", -pl.col("mailbox")))
        .when("has_email")
        .then(
            pl.concat_str(
                pl.col("given_name").str.to_lowercase(),
                pl.lit("."),
                pl.col("family_name").str.to_lowercase(),
                pl.col("mailbox").cast(pl.String),
                pl.lit("@example.org"),
            )
        ),
    )
    written, _ = slipped(setting.rng("slips made", block.number), true, clients["slips"])
    return written


def _cohorts(setting: Setting, clients: Columns) -> dict[str, pl.Series]:
    """Return the quarter of the start, where this world says in which cohort a client is counted."""
    if not setting.spec.clients_in_cohorts:
        return {}
    started = clients["start_day"] != MISSING
    quarters = quarter_number(np.where(started, clients["start_day"], 0))
    return {"cohort": as_.masked(quarter_names(quarters), started)}


def _numbers(clients: Columns) -> dict[str, pl.Series]:
    """Return numbers that nobody has: no telephone, account or national number begins like these."""
    frame = pl.DataFrame(
        {
            "prefix": as_.words(NATIONAL_PREFIXES, clients["national"] // 4_000_000),
            "digits": clients["national"] // 4 % 1_000_000,
            "suffix": as_.words(tuple("ABCD"), clients["national"] % 4),
            "phone": _scattered(clients["phone"], 38_742_049),
            "account": _scattered(clients["account"], 24_414_061),
            "mailbox": np.where(
                clients["mailbox"] < 0, clients["mailbox"], _scattered(clients["mailbox"], 19_487_171)
            ),
            "has_email": clients["has_email"],
        }
    )
    return frame.select(
        pl.concat_str("prefix", pl.col("digits").cast(pl.String).str.zfill(6), "suffix").alias("national_id"),
        pl.concat_str(pl.lit("000"), pl.col("phone").cast(pl.String).str.zfill(8)).alias("phone"),
        pl.concat_str(pl.lit("00-00-00 "), pl.col("account").cast(pl.String).str.zfill(8)).alias(
            "bank_account"
        ),
        "mailbox",
        "has_email",
    ).to_dict()


def _scattered(numbers: Ints, step: int) -> Ints:
    """Return numbers of eight digits, far apart for clients who stand side by side.

    What several share is numbered below 0, and counted on from 90 million. `step` has no divisor in common
    with the count of numbers, so that no two become one.
    """
    whole = np.where(numbers < 0, 90_000_000 - numbers, numbers)
    return np.asarray(whole * step % 10**8)


def referrals_table(setting: Setting, block: Block) -> pl.DataFrame:
    """Return the referrals."""
    referrals = block.referrals
    client = referrals["client"]
    known = client != MISSING
    number = block.clients["number"][np.where(known, client, 0)]
    return pl.DataFrame(
        {
            "referral_id": as_.numbered("R", referrals["number"], REFERRAL_DIGITS),
            "contract_id": _contracts(setting, referrals["contract"]),
            "provider_id": as_.words(setting.provider_ids, referrals["provider"]),
            "client_id": client_ids(np.where(known, number, MISSING)),
            "referrer_id": as_.numbered("JC", referrals["referrer"], 3),
            "area": as_.words(setting.areas, referrals["area"]),
            "score_date": as_.dates(referrals["score_day"]),
            "referral_date": as_.dates(referrals["referral_day"]),
            "decision": as_.words(DECISIONS, referrals["decision"]),
            "decision_date": as_.dates(referrals["decision_day"]),
            "reason": as_.words(REASONS, referrals["reason"]),
            "group": as_.words(setting.spec.groups, referrals["group"]),
            "risk_score": as_.numbers(referrals["risk"]),
        }
    )


def measurements_table(setting: Setting, block: Block) -> pl.DataFrame:
    """Return the measurements."""
    rows, clients = block.measurements, block.clients
    outcomes = setting.spec.outcomes
    codes = [outcomes[role].code if role in outcomes else None for role in range(ROLES)]
    return pl.DataFrame(
        {
            "client_id": client_ids(clients["number"][rows["client"]]),
            "contract_id": _contracts(setting, clients["contract"][rows["client"]]),
            "provider_id": as_.words(provider_ids(setting.chain.providers), rows["provider"]),
            "outcome": as_.words(codes, rows["role"]),
            "measured_date": as_.dates(rows["day"]),
            "measured_value": as_.numbers(rows["value"]),
            "final": as_.words(("false", "true"), rows["final"].astype(np.int64)),
            "advisor_id": advisor_ids(setting.chain, rows["provider"], rows["advisor"]),
        }
    )


def activities_table(setting: Setting, block: Block) -> pl.DataFrame:
    """Return the contacts."""
    rows, clients = block.activities, block.clients
    return pl.DataFrame(
        {
            "client_id": client_ids(clients["number"][rows["client"]]),
            "provider_id": as_.words(provider_ids(setting.chain.providers), rows["provider"]),
            "activity_date": as_.dates(rows["day"]),
            "activity_type": as_.words(ACTIVITY_TYPES, rows["type"]),
            "minutes": as_.numbers(rows["minutes"]),
            "advisor_id": advisor_ids(setting.chain, rows["provider"], rows["advisor"]),
        }
    )


def events_table(block: Block) -> pl.DataFrame:
    """Return the events."""
    rows = block.events
    return pl.DataFrame(
        {
            "client_id": client_ids(block.clients["number"][rows["client"]]),
            "event": as_.words(EVENTS, rows["event"]),
            "start_date": as_.dates(rows["start_day"]),
            "end_date": as_.dates(rows["end_day"]),
            "source": as_.words(SOURCES, rows["event"]),
        }
    )
