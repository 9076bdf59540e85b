"""What stands beside the claims: events, contacts, checks, referrals, providers and published figures."""

from datetime import date, timedelta
from typing import Any

from tests.oracle.draw import Draw
from tests.oracle.world_terms import GROUPS, Block

Row = dict[str, Any]
PERIODS = ("2016-Q1", "2016-Q2", "2016-Q3", "2016-Q4", "2017-Q1", "2017-Q2", "2017-Q3")
NO_PERIODS = ("2016-Q5", "2016-13", "2016-1", "16-Q1", "spring")


def events(draw: Draw, claims: list[Row], clients: list[Row]) -> list[Row]:
    """Return events, most of them beside the outcomes."""
    rows: list[Row] = []
    for claim in draw.some([claim for claim in claims if claim["client_id"]], 0.35):
        kind = draw.one(["death", "custody", "custody", "abroad", "benefit", "employment"])
        start = draw.near(claim["outcome_date"], 30)
        if draw.chance(0.3):
            start = claim["outcome_date"] + timedelta(days=draw.one([1, 28, 29, 90, 91]))
        rows.append(
            {
                "client_id": claim["client_id"],
                "event": kind,
                "start_date": start,
                "end_date": draw.maybe(start + timedelta(days=draw.one([0, 1, 9, 40])), 0.7),
            }
        )
    if clients and draw.chance(0.3):
        rows.append(
            {"client_id": draw.one(clients)["client_id"], "event": "other", "start_date": date(2016, 1, 1)}
        )
    return rows


def activities(draw: Draw, claims: list[Row]) -> list[Row]:
    """Return contacts with clients, by some of those who deliver."""
    silent = {claim["subcontractor_id"] for claim in claims} if draw.chance(0.3) else set()
    rows: list[Row] = []
    for claim in claims:
        deliverer = claim["subcontractor_id"] or claim["provider_id"]
        if claim["client_id"] is None or deliverer in silent:
            continue
        rows += [
            {
                "client_id": claim["client_id"],
                "provider_id": deliverer,
                "activity_date": draw.near(claim["outcome_date"], 60),
            }
            for _ in range(draw.one([0, 0, 1, 2, 3]))
        ]
    return rows


def measurements(draw: Draw, clients: list[Row], contracts: list[Block]) -> list[Row]:
    """Return what was measured for clients, whether or not it was claimed."""
    rows: list[Row] = []
    for client in draw.some(clients, 0.8):
        start = client["start_date"] or date(2015, 6, 1)
        code = draw.one(["TST", "JOB"])
        day = start + timedelta(days=draw.one([91, 181, 182, 183, 365, 366]))
        rows += [
            {
                "client_id": client["client_id"],
                "contract_id": draw.one([client["contract_id"]] * 9 + [contracts[0]["contract"]["id"]]),
                "provider_id": client["provider_id"],
                "outcome": code,
                "measured_date": day - timedelta(days=draw.one([0, 0, 30])),
                "measured_value": draw.one([2, 2.5, 3, 4] if code == "TST" else [91, 91.5, 182, 196]),
                "final": draw.one(["true", "true", "true", "stopped_at_threshold", "false", None]),
            }
            for _ in range(draw.one([1, 1, 2]))
        ]
    return rows


def checks(draw: Draw, claims: list[Row]) -> list[Row]:
    """Return what checks of claims found, some of them several times."""
    rows: list[Row] = []
    for claim in draw.some(claims, 0.35):
        value = claim["measured_value"] if claim["measured_value"] is not None else 182
        rows += [
            {
                "claim_id": draw.maybe(claim["claim_id"], 0.95),
                "client_id": claim["client_id"] or "somebody",
                "check_date": claim["outcome_date"] + timedelta(days=draw.one([-1, 0, 30, 30, 31])),
                "method": "telephone",
                "result": draw.one(
                    ["confirmed", "contradicted", "contradicted", "untraced", "unable", "partly"]
                ),
                "verified_value": draw.one([None, value, value - 1, value + 0.5, 182, 90, 3]),
            }
            for _ in range(draw.one([1, 1, 2]))
        ]
    return rows


def referrals(draw: Draw, prefix: str, clients: list[Row]) -> list[Row]:
    """Return referrals in groups of their own."""
    rows: list[Row] = []
    for client in clients:
        start = client["start_date"] or date(2015, 6, 1)
        for _ in range(draw.one([0, 1, 1, 1, 1, 2, 2])):
            rows.append(
                {
                    "referral_id": f"{prefix}R{len(rows)}",
                    "contract_id": client["contract_id"],
                    "provider_id": client["provider_id"],
                    "client_id": draw.maybe(client["client_id"], 0.95),
                    "referral_date": start + timedelta(days=draw.one([-14, -14, -14, 0, 1, 183])),
                    "decision": draw.one([*["accepted"] * 6, "rejected", "pending"]),
                    "group": draw.one([client["group"], *GROUPS, *GROUPS, None]),
                }
            )
    return rows


def providers(draw: Draw, prefix: str, ids: list[str]) -> list[Row]:
    """Return providers with owners and successors, and an owner among them; now and then one is left out."""
    rows: list[Row] = []
    for place, provider_id in enumerate([*ids, f"{prefix}OWNER1"]):
        if draw.chance(0.1):
            continue
        succeeded = draw.one([None, None, None, *ids])
        rows.append(
            {
                "provider_id": provider_id,
                "name": provider_id,
                "role": draw.one(["prime", "subcontractor", "both"]),
                "sector": draw.one(["private", "voluntary", "public", None]),
                "org_id": draw.maybe(f"{prefix}ORG{draw.one([place, place, place, 0])}", 0.7),
                "parent_id": draw.maybe(
                    draw.one([*ids, f"{prefix}OWNER1", f"{prefix}OWNER2", f"{prefix}ORG1"]), 0.4
                ),
                "succeeded_by": succeeded,
                "succeeded_on": draw.one([None, date(2015, 6, 1), date(2016, 2, 29)]) if succeeded else None,
            }
        )
    return rows


def performance(
    draw: Draw, prefix: str, contracts: list[Block], providers_: list[str], *, restated: bool
) -> list[Row]:
    """Return published figures: series over periods, some that cannot be; where `restated`, several times."""
    rows: list[Row] = []
    names = [*(block["contract"]["id"] for block in contracts), f"{prefix}SERIES"]
    for _ in range(draw.between(1, 4)):
        contract_id = draw.one(names)
        outcome = draw.one(["BIN", "BIN", "FRQ", "FRQ", "JOB", "RATE"])
        series = {"contract_id": contract_id, "provider_id": draw.one(providers_), "outcome": outcome}
        if not restated and any(series.items() <= row.items() for row in rows):
            continue
        unit = draw.one([1_000_00, 250_00, 12_345])
        flat, planned = draw.chance(0.35), draw.chance(0.5)
        first = draw.between(0, 2)
        for period in PERIODS[first : first + draw.between(1, 7)]:
            for release in range(draw.one([1, 1, 2, 3]) if restated else 1):
                rows.append(
                    series | _figure(draw, series, contracts, period, unit, flat=flat, planned=planned)
                )
                rows[-1]["release_date"] = draw.maybe(
                    date(2017, 6, 1) + timedelta(days=30 * release - draw.one([0, 0, 0, 30])), 0.95
                )
            if restated and draw.chance(0.1):
                rows.append(rows[-1] | {"release_date": date(2018, 2, 28)})
    return rows


def _figure(
    draw: Draw, series: Row, contracts: list[Block], period: str, unit: int, *, flat: bool, planned: bool
) -> Row:
    size = draw.one([20, 50, 100, 150, 350, 400, 400, 1000])
    achieved = max(0, int(size * draw.one([0.3, 0.482, 0.5])) + draw.between(-size // 10, size // 10))
    amount: int | None = draw.one(_payments(draw, series, contracts, size, achieved) or [unit * achieved])
    if flat:
        amount = 12_000_00
    elif draw.chance(0.5):
        amount = unit * achieved
    row: Row = {
        "period": period,
        "cohort_size": size,
        "achieved": achieved,
        "expected": draw.maybe(draw.one([0.482, 0.5, 0.3]), 0.4),
        "target": draw.maybe(draw.one([0.5, 1, 0]), 0.4),
        "started": draw.maybe(size + draw.one([0, size // 50, size // 50 + 1, size // 10]), 0.6),
        "excluded": draw.maybe(draw.one([0, 1, size // 50]), 0.5),
        "amount_pence": amount,
    }
    if planned and amount is not None:
        row["planned_amount_pence"] = draw.one([amount, amount, amount + 1, amount - 1, 0, None])
    if draw.chance(0.08):
        row["amount_pence"] = (amount or 1) * draw.one([100, 1000, 105, 106, 95])
    if draw.chance(0.02):
        row["amount_pence"] = max(1, (amount or 100) // draw.one([100, 1000]))
    if draw.chance(0.12):
        wrong: Row = draw.one(
            [
                {"achieved": size + 1},
                {"achieved": size},
                {"achieved": 0},
                {"achieved": -1},
                {"cohort_size": 0},
                {"cohort_size": -5},
                {"cohort_size": size - 1},
                {"expected": 1.01},
                {"target": -0.5},
                {"started": -1},
                {"excluded": -2},
                {"amount_pence": -500},
                {"planned_amount_pence": -1},
                {"amount_pence": None},
                {"period": draw.one(NO_PERIODS)},
                {"period": draw.one(["2015", "2017-12"])},
            ]
        )
        row |= wrong
    return row


def _payments(draw: Draw, series: Row, contracts: list[Block], size: int, achieved: int) -> list[int | None]:
    """Return what might have been paid for a cohort: nothing, one price, or by a count of outcomes."""
    named = [block for block in contracts if block["contract"]["id"] == series["contract_id"]]
    outcome = next((o for block in named for o in block["outcome"] if o["code"] == series["outcome"]), None)
    if outcome is None:
        return []
    price = round(100 * float(draw.one(outcome["price"])["amount"]))
    avoided = [abs(round(price * (base * size - achieved))) for base in (0.3, 0.45, 0.482, 0.5)]
    return [0, 0, 0, 100, 101, price, price * achieved, *avoided, avoided[0] + 101]
