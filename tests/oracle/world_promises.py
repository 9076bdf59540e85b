"""What subcontractors were promised of the referrals, and referrals enough to hold the promise against."""

from datetime import date, timedelta
from typing import Any

from tests.oracle.draw import Draw
from tests.oracle.world_terms import Block

Row = dict[str, Any]
SHARES = (0.0, 0.1, 0.15, 0.2, 0.25, 0.333333, 0.5)
FEWEST = 20


def promise(draw: Draw, block: Block) -> None:
    """Promise a share of the referrals in some of a contract's links."""
    for link in block["supply_chain"]:
        if draw.chance(0.6):
            link["promised_share"] = draw.one(SHARES)


def referrals(draw: Draw, prefix: str, contracts: list[Block], providers: list[Row]) -> list[Row]:
    """Return referrals in number for some contracts, about half of what was promised to each subcontractor."""
    rows: list[Row] = []
    for block in contracts:
        if not draw.chance(0.6):
            continue
        header, links = block["contract"], block["supply_chain"]
        days = [_day(draw, header["start_date"], links) for _ in range(draw.one([40, 60, 80, 100]))]
        to = [draw.one([header["prime_id"], header["prime_id"], f"{prefix}SB9"]) for _ in days]
        if links and draw.chance(0.9):
            _pass_on(draw, links, days, to, providers)
        rows += [
            {
                "referral_id": f"{prefix}B{header['id']}{place:03d}",
                "contract_id": header["id"],
                "provider_id": provider_id,
                "referral_date": day,
                "decision": draw.one(["accepted", "accepted", "rejected", "pending", "withdrawn"]),
            }
            for place, (day, provider_id) in enumerate(zip(days, to, strict=True))
        ]
    return rows


def _day(draw: Draw, start: date, links: list[Block]) -> date:
    edges: list[date] = [link[end] for link in links for end in ("from", "to") if end in link]
    if edges and draw.chance(0.3):
        return draw.one(edges) + timedelta(days=draw.between(-1, 1))
    return draw.one([start + timedelta(days=draw.between(-5, 900)), date(2015, 6, 1), date(2016, 2, 29)])


def _pass_on(draw: Draw, links: list[Block], days: list[date], to: list[str], providers: list[Row]) -> None:
    """Give subcontractors, or who succeeded them, referrals of their links' days: just enough, or not quite."""
    after = {row["provider_id"]: row["succeeded_by"] for row in providers}
    before = {row["succeeded_by"]: row["provider_id"] for row in providers}
    free = list(range(len(days)))
    for sub in sorted({link["subcontractor_id"] for link in links}):
        own = [link for link in links if link["subcontractor_id"] == sub]
        within = [
            [place for place, day in enumerate(days) if link.get("from", day) <= day <= link.get("to", day)]
            for link in own
        ]
        promised = sum(
            link.get("promised_share", 0.2) * len(places) for link, places in zip(own, within, strict=True)
        )
        wanted = int(promised / 2 + 0.5) + draw.one([0, 0, -1, 1, -FEWEST, FEWEST // 2])
        for place in [place for places in within for place in places if place in free][: max(wanted, 0)]:
            free.remove(place)
            near = [after.get(sub), after.get(after.get(sub)), before.get(sub), before.get(before.get(sub))]
            other = draw.one(near) if draw.chance(0.5) else None
            to[place] = other or sub
