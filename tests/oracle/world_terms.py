"""Invented contracts: every term that a rule reads, with the days on which it changes."""

from datetime import date, timedelta
from typing import Any

from tests.oracle.draw import Draw

Block = dict[str, Any]

GROUPS = ("young", "older", "ill")
STARTS = (date(2014, 6, 1), date(2012, 2, 29), date(2013, 12, 31), date(2014, 4, 1), date(2015, 3, 1))
DAY = timedelta(days=1)
# The day of the audit: some outcomes lie after it, and many deadlines about it.
AS_OF = date(2016, 12, 31)


def contract(draw: Draw, contract_id: str, *, others: list[str], subs: list[str], prime: str) -> Block:
    """Return the content of one contract file; `others` are contracts that may not pay for the same person."""
    start = draw.one(STARTS)
    end = start + timedelta(days=draw.one([1095, 1096, 1461, 1826]))
    block: Block = {
        "standard": "0.1",
        "contract": {
            "id": contract_id,
            "title": f"Contract {contract_id}",
            "prime_id": prime,
            "start_date": start,
            "end_date": end,
            "currency": draw.one(["GBP", "GBP", "GBP", "EUR"]),
        },
        "outcome": [
            _attachment(draw, start),
            _job(draw, start, others),
            _test(draw, start),
            _sustainment(draw, start),
            *_cohorts(draw, start),
        ],
    }
    if draw.chance(0.3):
        block["contract"]["cap"] = _pounds(draw.one([600_000, 1_000_000, 1_200_000]))
    block |= {
        "volume": _volumes(draw, start),
        "cap": _caps(draw, start),
        "supply_chain": _supply_chain(draw, start, subs),
        "deduction": _deductions(draw, start),
        "clawback": _clawbacks(draw, start),
    }
    if any("threshold_hours" in outcome for outcome in block["outcome"]):
        raised = start + timedelta(days=400)
        block["minimum_wage"] = [
            {"amount": "6.50", "to": raised - DAY},
            {"amount": "7.00", "from": raised},
        ]
    return block


def change_days(block: Block) -> list[date]:
    """Return the days on which something in a contract begins or ends: where rules go wrong."""
    header = block["contract"]
    days = {header["start_date"], header["end_date"], date(2016, 2, 29), date(2016, 3, 1)}
    blocks = [
        dated for name in ("volume", "cap", "supply_chain", "deduction", "clawback") for dated in block[name]
    ]
    for outcome in block["outcome"]:
        blocks += outcome["price"] + outcome.get("change", [])
    for dated in blocks:
        days |= {dated[end] for end in ("from", "to") if end in dated}
    return sorted(days)


def _pounds(pence: int) -> str:
    return f"{pence // 100}.{pence % 100:02d}"


def _split(draw: Draw, start: date) -> date:
    return start + timedelta(days=draw.one([200, 365, 366, 500, 640]))


def prices(draw: Draw, start: date, pence: int, *, groups: float, per: str = "claim") -> list[Block]:
    """Return prices: one for all, or by group, with a change of price, by contract year, or with a gap."""
    named: list[str | None] = [None]
    if draw.chance(groups):
        named = [*draw.some(GROUPS, 0.7), *([None] if draw.chance(0.6) else [])] or [None]
    prices: list[Block] = []
    for place, group in enumerate(named):
        amount = pence + (0 if draw.chance(0.2) else 10_050 * place)
        of_group: Block = {"per": per} | ({"group": group} if group else {})
        form = draw.one(["always", "always", "change", "change", "gap", "years"])
        middle = _split(draw, start)
        if form == "always":
            prices.append(of_group | {"amount": _pounds(amount)})
        elif form == "years":
            prices += [
                of_group | {"amount": _pounds(amount - 333 * year), "contract_year": year}
                for year in range(1, 5)
            ]
        else:
            later = middle if form == "change" else middle + timedelta(days=60)
            prices += [
                of_group | {"amount": _pounds(amount), "to": middle - DAY},
                of_group | {"amount": _pounds(amount - draw.one([101, 10_000])), "from": later},
            ]
    return prices


def changes(draw: Draw, start: date, share: float, changed: Block) -> list[Block]:
    """Return a change of terms for a time, or for good, in `share` of the draws."""
    if not draw.chance(share):
        return []
    first = _split(draw, start)
    days: Block = {"from": first}
    if draw.chance(0.5):
        days["to"] = first + timedelta(days=draw.one([0, 120, 365]))
    return [days | changed]


def _attachment(draw: Draw, start: date) -> Block:
    return {
        "code": "ATT",
        "kind": "attachment",
        "price": prices(draw, start, 40_000, groups=0.3),
        "claimable_after_end": draw.chance(0.5),
        "business_days": draw.chance(0.3),
        **({"window_days": [draw.one([-3, 0]), draw.one([14, 30])]} if draw.chance(0.5) else {}),
        **({"claim_within_days": draw.one([15, 30])} if draw.chance(0.5) else {}),
    }


def _job(draw: Draw, start: date, others: list[str]) -> Block:
    outcome: Block = {
        "code": "JOB",
        "measure": "days_in_work",
        "kind": "milestone",
        "direction": "at_least",
        "requires": ["ATT"],
        "price": prices(draw, start, 120_000, groups=0.8),
        "business_days": draw.chance(0.3),
        "evidence": draw.some(["payslip", "Employer letter", "Contract"], 0.7),
        "ineligible_during": draw.some(["custody", "abroad", "benefit"], 0.6),
        "claimable_after_end": draw.chance(0.4),
        "minimum_contacts": draw.one([0, 1, 2, 3, 3]),
        "excludes": draw.some(others, 0.6),
    }
    if draw.chance(0.2):
        outcome["threshold_hours"] = 28.0
    else:
        outcome["threshold"] = draw.one([182.0, 91.5])
    if draw.chance(0.8):
        outcome["window_days"] = [draw.one([91, 182]), draw.one([365, 730])]
    if draw.chance(0.8):
        outcome["claim_within_days"] = draw.one([30, 90])
    if draw.chance(0.3):
        outcome["claim_after_days"] = draw.one([1, 15])
    if draw.chance(0.5):
        outcome["evidence_within_days"] = draw.one([0, 14, 30])
    if draw.chance(0.3):
        outcome["max_per_client"] = draw.between(1, 2)
    changed: Block = draw.one(
        [
            {"window_days": [100, 400], "claim_within_days": 20},
            {"requires": [], "minimum_contacts": 1},
            {"ineligible_during": ["custody"], "claimable_after_end": False, "evidence": ["payslip"]},
            {"max_per_client": 2, "business_days": True},
            {"claim_within_days": 45, "minimum_contacts": 4},
        ]
    )
    return outcome | {"change": changes(draw, start, 0.6, changed)}


def _test(draw: Draw, start: date) -> Block:
    outcome: Block = {
        "code": "TST",
        "kind": "milestone",
        "direction": "at_most",
        "threshold": 3.0,
        **({"claim_within_days": draw.one([30, 90])} if draw.chance(0.7) else {}),
        "max_per_client": draw.between(1, 3),
        "price": prices(draw, start, 15_001, groups=0.3),
        "evidence": draw.some(["certificate"], 0.5),
        "instead_of": draw.some(["JOB"], 0.5),
    }
    return outcome | {"change": changes(draw, start, 0.4, {"threshold": 2.5, "max_per_client": 1})}


def _sustainment(draw: Draw, start: date) -> Block:
    outcome: Block = {
        "code": "SUS",
        "kind": "sustainment",
        "requires": draw.some(["JOB", "ATT"], 0.8),
        "price": prices(draw, start, 21_500, groups=0.4),
        "ineligible_during": draw.some(["custody", "benefit"], 0.4),
    }
    if draw.chance(0.9):
        outcome["interval_days"] = draw.one([28, 7])
    if draw.chance(0.7):
        outcome["max_per_client"] = draw.one([1, 2, 3])
    changed: Block = draw.one([{"interval_days": 14}, {"requires": ["ATT"]}, {"max_per_client": 4}])
    return outcome | {"change": changes(draw, start, 0.4, changed)}


def _cohorts(draw: Draw, start: date) -> list[Block]:
    binary: Block = {
        "code": "BIN",
        "kind": "cohort",
        "price": prices(
            draw, start, 100_000, groups=0.0, per=draw.one(["outcome_avoided", "cohort", "claim"])
        ),
        "instead_of": draw.some(["FRQ"], 0.4),
    }
    overall: Block = {
        "code": "FRQ",
        "kind": "cohort",
        "price": prices(
            draw, start, 50_050, groups=0.0, per=draw.one(["outcome_avoided", "cohort", "claim"])
        ),
    }
    for outcome in (binary, overall):
        if draw.chance(0.9):
            outcome["direction"] = draw.one(["at_least", "at_most"])
        if draw.chance(0.7):
            outcome["baseline"] = draw.one([0.482, 0.5, 0.3])
        if draw.chance(0.5):
            outcome["significance"] = draw.one([0.05, 0.1])
        if draw.chance(0.6) and "direction" in outcome:
            outcome["threshold"] = draw.one([0.0, 0.05, 0.1])
            if draw.chance(0.4):
                outcome["threshold_of_baseline"] = True
    if draw.chance(0.5):
        overall["measure"] = "frequency"
    changed: Block = draw.one(
        [{"baseline": 0.45}, {"significance": 0.01}, {"instead_of": []}, {"instead_of": ["FRQ"]}]
    )
    binary["change"] = changes(draw, start, 0.5, changed)
    return [binary, overall]


def _volumes(draw: Draw, start: date) -> list[Block]:
    volumes: list[Block] = []
    for code in draw.some(["JOB", "SUS", "TST"], 0.5):
        last = draw.between(2, 6)
        bands = [
            {"up_to": last - 1, "price_factor": 1.0},
            {"up_to": last, "price_factor": draw.one([0.8, 0.75, 1.1, 0.335])},
        ]
        volume: Block = {"outcome": code, "allocation": last, "bands": draw.one([bands, bands, bands, []])}
        if draw.chance(0.5):
            volume["from"] = _split(draw, start)
        if draw.chance(0.3):
            volume["to"] = volume.get("from", start) + timedelta(days=364)
        volumes.append(volume)
    return volumes


def _caps(draw: Draw, start: date) -> list[Block]:
    caps: list[Block] = []
    for per in draw.some(["client", "contract_year", "contract"], 0.4):
        cap: Block = {
            "per": per,
            "amount": _pounds(
                draw.one([130_000, 160_000, 240_000] if per == "client" else [250_000, 400_000])
            ),
            "outcomes": draw.some(["ATT", "JOB", "SUS"], 0.4),
        }
        if draw.chance(0.3):
            cap["group"] = draw.one(GROUPS)
        if draw.chance(0.4):
            cap["from"] = _split(draw, start)
        if draw.chance(0.3):
            cap["to"] = cap.get("from", start) + timedelta(days=364)
        caps.append(cap)
    return caps


def _supply_chain(draw: Draw, start: date, subs: list[str]) -> list[Block]:
    links: list[Block] = []
    for sub in subs:
        middle = _split(draw, start)
        form = draw.one(["always", "change", "ends", "no rate"])
        if form == "always":
            links.append({"subcontractor_id": sub, "rate": draw.one([0.8, 0.75, 0.333])})
        elif form == "change":
            links += [
                {"subcontractor_id": sub, "rate": 0.8, "to": middle - DAY},
                {"subcontractor_id": sub, "rate": 0.7, "from": middle},
            ]
        elif form == "ends":
            links.append({"subcontractor_id": sub, "rate": 0.85, "from": start, "to": middle})
        else:
            links.append({"subcontractor_id": sub, "promised_share": 0.2})
    return links


def _deductions(draw: Draw, start: date) -> list[Block]:
    deductions: list[Block] = []
    for code in draw.some(["BIN", "FRQ"], 0.5):
        deduction: Block = {
            "outcome": code,
            "amount": _pounds(draw.one([30_000, 70_000])),
            "per": draw.one(["outcome_more", "cohort"]),
            "only_if_significant": draw.chance(0.5),
        }
        if draw.chance(0.3):
            deduction["from"] = _split(draw, start)
        if draw.chance(0.3):
            deduction["to"] = deduction.get("from", start) + timedelta(days=draw.one([364, 730]))
        deductions.append(deduction)
    return deductions


def _clawbacks(draw: Draw, start: date) -> list[Block]:
    clawbacks: list[Block] = []
    if draw.chance(0.4):
        clawbacks.append({"outcome": "ATT", "within_days": draw.one([182, 365]), "unless": "JOB"})
    if draw.chance(0.4):
        clawbacks.append({"outcome": "JOB", "within_days": draw.one([28, 90]), "event": "custody"})
    for clawback in clawbacks:
        if draw.chance(0.3):
            clawback["from"] = _split(draw, start)
        if draw.chance(0.3):
            clawback["to"] = clawback.get("from", start) + timedelta(days=364)
    return clawbacks
