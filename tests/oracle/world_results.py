"""An outcome that is reached by a measured result, its claims, and every measurement, claimed or not."""

from datetime import date, timedelta
from typing import Any

from tests.oracle.draw import Draw
from tests.oracle.world_terms import AS_OF, Block, changes, prices

Row = dict[str, Any]
CODE = "QUA"


def outcome(draw: Draw, start: date) -> Block:
    """Return an outcome that pays for a score, with all the terms that make a result eligible or not."""
    terms: Block = {
        "code": CODE,
        "kind": draw.one(["milestone", "milestone", "attachment"]),
        "direction": draw.one(["at_least", "at_most"]),
        "threshold": draw.one([10.0, 7.5]),
        "claim_within_days": draw.one([30, 90, 365]),
        "business_days": draw.chance(0.3),
        "requires": draw.some(["ATT"], 0.4),
        "ineligible_during": draw.some(["custody", "abroad"], 0.3),
        "claimable_after_end": draw.chance(0.5),
        "price": prices(draw, start, 33_300, groups=0.5),
    }
    if draw.chance(0.6):
        terms["window_days"] = [draw.one([0, 28]), draw.one([90, 182])]
    if draw.chance(0.1):
        terms["minimum_contacts"] = 1
    if draw.chance(0.1):
        terms["instead_of"] = ["ATT"]
    if draw.chance(0.05):
        del terms["claim_within_days"]
    changed: Block = draw.one(
        [
            {"threshold": 8.0, "window_days": [0, 100]},
            {"requires": ["ATT"], "claimable_after_end": False},
            {"claim_within_days": 20, "ineligible_during": []},
            {"minimum_contacts": 1},
        ]
    )
    return terms | {"change": changes(draw, start, 0.5, changed)}


def measurements(draw: Draw, prefix: str, contracts: list[Block], clients: list[Row]) -> list[Row]:
    """Return results of clients, on and beside the days and values that matter."""
    rows: list[Row] = []
    for client in draw.some(clients, 0.95):
        named = [block for block in contracts if block["contract"]["id"] == client["contract_id"]]
        block = draw.one(named) if named and draw.chance(0.95) else draw.one(contracts)
        day = _day(draw, block, client)
        for _ in range(draw.one([1, 1, 1, 2, 3])):
            rows.append(
                {
                    "client_id": f"{prefix}P98" if draw.chance(0.03) else client["client_id"],
                    "contract_id": f"{prefix}ZZ" if draw.chance(0.02) else block["contract"]["id"],
                    "provider_id": client["provider_id"],
                    "outcome": draw.one([*[CODE] * 8, "JOB", "JOB", "TST", "SUS", "XXX"]),
                    "measured_date": day,
                    "measured_value": draw.one([3, 7, 7.5, 8, 8, 9.5, 10, 10, 11, 91.5, 182, 190]),
                    "final": draw.one(["true", "true", "true", "stopped_at_threshold", "false", None]),
                }
            )
            day += timedelta(days=draw.one([0, 0, 1, -1, 30]))
    return rows


def claims(draw: Draw, prefix: str, contracts: list[Block], measured: list[Row]) -> list[Row]:
    """Return claims for some of the results, of either tier and of any status."""
    rows: list[Row] = []
    by_id = {block["contract"]["id"]: block for block in contracts}
    for result in draw.some([row for row in measured if row["outcome"] == CODE], 0.4):
        block = by_id.get(result["contract_id"])
        if block is None:
            continue
        terms = next(o for o in block["outcome"] if o["code"] == CODE)
        day = result["measured_date"] + timedelta(days=draw.one([0, 0, 0, 1, -1, 40]))
        rows.append(
            {
                "claim_id": f"{prefix}Q{len(rows):03d}",
                "contract_id": block["contract"]["id"],
                "provider_id": block["contract"]["prime_id"],
                "tier": draw.one(["prime", "prime", "prime", "subcontractor"]),
                "subcontractor_id": draw.maybe(result["provider_id"], 0.3),
                "client_id": result["client_id"],
                "outcome": CODE,
                "outcome_date": day,
                "submitted_date": day + timedelta(days=draw.one([0, 20, 30, 31])),
                "measured_value": result["measured_value"],
                "amount_pence": round(100 * float(draw.one(terms["price"])["amount"])),
                "status": draw.one(["submitted", "paid", "paid", "rejected", "withdrawn", None]),
            }
        )
    return rows


def keyed_in_on_one_day(draw: Draw, prefix: str, block: Block) -> list[Row]:
    """Return about as many claims as are too many for a day's work, of days about too far apart for it."""
    header = block["contract"]
    keyed: date = header["start_date"] + timedelta(days=draw.between(200, 900))
    spread = draw.one([59, 60, 60, 61])
    earliest = keyed - timedelta(days=draw.one([spread, 90, 90, 90, 91]))
    count = draw.one([49, 50, 50, 51])
    rows: list[Row] = []
    for place in range(count):
        day = earliest + timedelta(days={0: 0, 1: spread}.get(place, draw.between(0, spread)))
        rows.append(
            {
                "claim_id": f"{prefix}D{place:03d}",
                "contract_id": header["id"],
                "provider_id": header["prime_id"],
                "tier": "prime",
                "subcontractor_id": None,
                "client_id": f"{prefix}D{place:03d}",
                "outcome": CODE,
                "outcome_date": day,
                "submitted_date": keyed,
                "recorded_at": keyed,
                "measured_value": 10,
                "amount_pence": 33_300,
                "status": "submitted",
            }
        )
    return rows


def _day(draw: Draw, block: Block, client: Row) -> date:
    start = client["start_date"] or block["contract"]["start_date"]
    day: date = start + timedelta(days=draw.one([0, 27, 28, 60, 90, 91, 100, 182, 183]))
    form = draw.one(["after the start", "after the start", "edge", "deadline", "left", "before"])
    if form == "edge":
        day = draw.near(draw.one([block["contract"]["start_date"], block["contract"]["end_date"]]), 2)
    elif form == "deadline":
        terms = next(o for o in block["outcome"] if o["code"] == CODE)
        limit = terms.get("claim_within_days", 30)
        day = AS_OF - timedelta(days=limit + draw.one([-1, 0, 0, 1, limit // 5 * 2]))
    elif form == "left" and client["end_date"]:
        day = draw.near(client["end_date"], 1)
    elif form == "before":
        day = start - timedelta(days=draw.one([0, 1]))
    return day
