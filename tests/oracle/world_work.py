"""Who employs a client, on which days others record benefit, work or a new offence, and checks of clients."""

from datetime import date, timedelta
from typing import Any

from tests.oracle.draw import Draw
from tests.oracle.world_terms import Block

Row = dict[str, Any]
RECORDED = ("benefit", "employment", "reoffence")


def name_records(draw: Draw, block: Block) -> None:
    """Let some outcomes not be paid during benefit, employment or what a court records."""
    for outcome in block["outcome"]:
        if outcome["kind"] != "cohort" and draw.chance(0.5):
            named = [*outcome.get("ineligible_during", []), *draw.some(RECORDED, 0.4)]
            outcome["ineligible_during"] = sorted(set(named))


def employ(draw: Draw, prefix: str, claims: list[Row]) -> None:
    """Name an employer and the kind of employment on claims for work, not on each."""
    for claim in claims:
        if claim["outcome"] in {"JOB", "SUS"} or draw.chance(0.1):
            claim["employer_id"] = draw.maybe(f"{prefix}{draw.one(['M0', 'M1', 'M2', 'M3', 'SB1'])}", 0.8)
            claim["employment_type"] = draw.one(
                ["employed", "employed", "employed", "self_employed", "Employed", "other", None]
            )


def employers(draw: Draw, prefix: str, ids: list[str]) -> list[Row]:
    """Return employers with owners among themselves, the providers and others; one may have a provider's id."""
    own = [f"{prefix}M0", f"{prefix}M1", f"{prefix}M2", f"{prefix}M3", f"{prefix}SB1"]
    owners = [*own, *ids, *(f"{prefix}{name}" for name in ("OWNER1", "OWNER1", "OWNER2", "ORG1", "ORG7"))]
    return [
        {
            "employer_id": employer_id,
            "name": employer_id,
            "org_id": draw.maybe(f"{prefix}ORG{draw.one([0, 1, 2, 7, 7, 8, 8, 9, 9])}", 0.6),
            "parent_id": draw.maybe(draw.one(owners), 0.5),
        }
        for employer_id in own
        if draw.chance(0.9)
    ]


def events(draw: Draw, claims: list[Row], *, kinds: tuple[str, ...]) -> list[Row]:
    """Return events that begin and end beside the days that claims pay for."""
    rows: list[Row] = []
    for claim in draw.some([claim for claim in claims if claim["client_id"]], 0.5):
        last = claim["outcome_date"]
        first = claim.get("job_start_date") or last - timedelta(days=draw.one([6, 27]))
        first, last = claim.get("period_start") or first, claim.get("period_end") or last
        for _ in range(draw.one([1, 1, 2])):
            kind = draw.one(kinds)
            start = first + timedelta(days=draw.one([-200, -40, -15, -14, -1, 0, 0, 3]))
            end = start + timedelta(days=draw.one([0, 12, 13, 14, 15, 27, 100, 190, 300]))
            if draw.chance(0.4):
                end = draw.one([first, first + timedelta(days=14), last]) + timedelta(
                    days=draw.between(-2, 1)
                )
            if kind == "employment" and draw.chance(0.6):
                away = draw.one([13, 14, 15, 16])
                start, end = first - timedelta(days=away + 40), first - timedelta(days=away)
                if draw.chance(0.4):
                    start, end = last + timedelta(days=away), last + timedelta(days=away + 40)
            open_ended = draw.chance(0.1)
            rows.append(
                {
                    "client_id": claim["client_id"],
                    "event": kind,
                    "start_date": start,
                    "end_date": None if open_ended else end,
                }
            )
    return rows


def checks(draw: Draw, claims: list[Row]) -> list[Row]:
    """Return checks of clients, which name no claim, and later checks of the same claims."""
    rows: list[Row] = []
    for claim in draw.some([claim for claim in claims if claim["client_id"]], 0.12):
        day: date = claim["outcome_date"] + timedelta(days=draw.one([-1, 0, 0, 1, 27, 28, 60]))
        for _ in range(draw.one([1, 1, 2])):
            rows.append(
                {
                    "claim_id": draw.maybe(claim["claim_id"], 0.25),
                    "client_id": claim["client_id"],
                    "check_date": day,
                    "method": "visit",
                    "result": draw.one(["confirmed", "contradicted", "contradicted", "untraced", "unable"]),
                }
            )
            day += timedelta(days=draw.one([0, 0, 1, 30]))
    return rows
