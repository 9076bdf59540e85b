"""Which table of the standard a source resembles."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pbr_audit.look.facts import Facts
from pbr_audit.look.headers import Named, named, spellings
from pbr_audit.look.shown import is_data
from pbr_audit.tables import TABLES
from pbr_audit.tables.synonyms import SYNONYMS, plain

# A source is not taken for a table without so many of these columns, for others say little.
CORE: Mapping[str, tuple[int, frozenset[str]]] = {
    "claims": (
        2,
        frozenset({
            "claim_id", "client_id", "amount", "outcome", "outcome_date", "submitted_date", "paid_amount",
        }),
    ),
    "clients": (
        2,
        frozenset({
            "client_id", "start_date", "referral_date", "end_date", "end_reason", "date_of_birth",
            "given_name", "family_name", "postcode", "national_id", "group", "person_ref",
        }),
    ),
    "referrals": (
        2,
        frozenset({
            "referral_id", "referral_date", "decision", "decision_date", "referrer_id", "reason",
        }),
    ),
    "measurements": (2, frozenset({"measured_date", "measured_value", "final"})),
    "activities": (2, frozenset({"activity_date", "activity_type", "minutes"})),
    "events": (2, frozenset({"event", "start_date", "client_id"})),
    "providers": (2, frozenset({"provider_id", "name", "role", "sector"})),
    "employers": (2, frozenset({"employer_id", "name"})),
    "checks": (2, frozenset({"check_date", "method", "result", "verified_value"})),
    "performance": (2, frozenset({"period", "cohort_size", "achieved", "target", "expected"})),
    "score_counts": (2, frozenset({"measured_value", "count"})),
    "cohort": (
        2,
        frozenset({
            "treated", "found_in_records", "had_event", "events", "days_to_event", "days_followed",
        }),
    ),
}  # fmt: skip
# Columns without one of which a source is not the table, whatever else it has.
NEEDED: Mapping[str, frozenset[str]] = {
    "claims": frozenset({"claim_id", "amount", "submitted_date"}),
    "clients": frozenset({"client_id", "person_ref", "given_name", "family_name"}),
    "referrals": frozenset({"referral_id", "decision"}),
    "events": frozenset({"event"}),
    "performance": frozenset({"period"}),
    "activities": frozenset({"activity_date"}),
    "providers": frozenset({"provider_id"}),
    "employers": frozenset({"employer_id"}),
    "cohort": frozenset({"treated"}),
}
# Words of a file's or sheet's name that speak for a table.
NAMES: Mapping[str, str] = {
    "claims": r"claim|invoice|payment",
    "clients": r"client|participant|customer|caseload|registration|learner|service ?user|famil|enrol",
    "referrals": r"referral",
    "measurements": r"measure|assessment|test score|results",
    "activities": r"activit|contact|appointment|session|attendance",
    "events": r"event|custody|death|benefit|spell",
    "providers": r"provider|supplier|subcontractors|supply.?chain",
    "employers": r"employer",
    "checks": r"check|validation|verification|audit",
    "performance": r"performance|kpi|published|statistics|dashboard|cohort",
    "score_counts": r"score.?counts|histogram|distribution|frequenc",
    "cohort": r"treated|matched|comparison|control group",
}
# What a required column that is there, and a name that fits, weigh beside the headers.
_REQUIRED, _NAME = 1.0, 1.5
_CLEARLY_AHEAD = 1.25


@dataclass(frozen=True)
class Resemblance:
    """A table that a source could be; `rival` is the next one, where that one is close behind."""

    table: str
    named: Named
    score: float
    rival: str | None = None


def resemblance(columns: Sequence[Facts], name: str) -> Resemblance | None:
    """The table that `columns` resemble most; `name` is that of the file and sheet. None for no table."""
    found = [_scored(table, columns, name) for table in TABLES]
    ranked = sorted((one for one in found if one is not None), key=lambda one: -one.score)
    if not ranked:
        return None
    best, rest = ranked[0], ranked[1:]
    rival = rest[0].table if rest and rest[0].score * _CLEARLY_AHEAD > best.score else None
    return Resemblance(best.table, best.named, best.score, rival)


def _scored(table: str, columns: Sequence[Facts], name: str) -> Resemblance | None:
    found = named(table, columns)
    there = set(found.matches) | set(found.either)
    least, core = CORE[table]
    if len(there & core) < least or not there & NEEDED.get(table, core):
        return None
    weight = sum(
        _weight(match.header) / (2 if match.how == "doubtful name" else 1) for match in found.matches.values()
    )
    required = {column.name for column in TABLES[table].columns.values() if column.required}
    weight += _REQUIRED * len(required & there) / len(required) * math.log(len(TABLES))
    if re.search(NAMES[table], name.replace("_", " ").replace("-", " "), re.IGNORECASE):
        weight += _NAME
    return Resemblance(table, found, weight)


def _weight(header: str) -> float:
    """How much a header tells: one that many tables know tells little."""
    folded = set(spellings(header))
    tables = sum(any(folded & set(names) for names in SYNONYMS[table].values()) for table in TABLES)
    return math.log((len(TABLES) + 1) / max(tables, 1))


def is_headless(columns: Sequence[Facts]) -> bool:
    """Whether the first row looks like data: no header that a table knows, and some that look like cells."""
    known = {name for table in SYNONYMS.values() for headers in table.values() for name in headers}
    return any(is_data(facts.header) for facts in columns) and not any(
        plain(facts.header) in known for facts in columns
    )
