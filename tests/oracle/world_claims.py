"""Invented clients and claims of one contract or two, with dates on and beside the days that matter."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.oracle.draw import Draw
from tests.oracle.world_terms import GROUPS, Block, change_days

Row = dict[str, Any]
MOST = 60
EARLIEST, LATEST = date(2011, 1, 3), date(2021, 12, 31)


@dataclass
class Claims:
    """The rows of one world while they are made; every id begins with `prefix`."""

    prefix: str
    draw: Draw
    contracts: list[Block]
    subs: list[str]
    clients: list[Row] = field(default_factory=list)
    claims: list[Row] = field(default_factory=list)

    def make(self, most: int) -> None:
        """Fill clients and claims, at most `most` of these."""
        while len(self.claims) < most:
            client = self._client()
            if self.draw.chance(0.95):
                self.clients.append(client)
            for _ in range(self.draw.between(1, 3)):
                self._history(client)
        for extra in self.draw.some(["corrections", "cohort", "bulk", "shared"], 0.5):
            getattr(self, f"_{extra}")()
        self._behind()
        self.draw.one([self._in_order, self._shuffled])()

    # --- clients

    def _client(self) -> Row:
        draw = self.draw
        block = draw.one([self.contracts[0], self.contracts[0], self.contracts[-1]])
        first = block["contract"]["start_date"]
        start = first + timedelta(days=draw.between(0, 700))
        if draw.chance(0.2):
            start = draw.near(draw.one(change_days(block)), 30)
        earlier = draw.one(self.clients) if self.clients and draw.chance(0.3) else None
        ref = f"{self.prefix}N{len(self.clients)}"
        if earlier is not None:
            ref = earlier["person_ref"]
            if earlier["end_date"] and draw.chance(0.7):
                start = earlier["end_date"] + timedelta(days=draw.one([-1, 0, 1, 30, 364, 365, 366]))
        referred = start - timedelta(days=draw.one([0, 1, 14, 14, 30, -1 if draw.chance(0.2) else 0]))
        return {
            "client_id": f"{self.prefix}P{len(self.clients):02d}",
            "person_ref": draw.maybe(ref, 0.9),
            "family_name": draw.maybe(f"Name{draw.between(0, 6)}", 0.95),
            "postcode": draw.maybe(f"ZZ{draw.between(0, 6)} 1ZZ", 0.95),
            "bank_account": draw.maybe(f"{self.prefix}ACCOUNT{len(self.clients)}", 0.5),
            "phone": draw.one([None, "0000", "00000 000000", f"{self.prefix}01632"]),
            "email": draw.maybe(
                f"{self.prefix}{draw.one(['a', 'a', 'A', 'b', f'c{len(self.clients)}'])}@example.org", 0.6
            ),
            "advisor_id": draw.maybe(f"{self.prefix}V{draw.between(0, 1)}", 0.9),
            "contract_id": f"{self.prefix}ZZ" if draw.chance(0.03) else block["contract"]["id"],
            "provider_id": draw.one([block["contract"]["prime_id"], *self.subs]),
            "group": draw.maybe(draw.one(GROUPS), 0.85),
            "cohort": f"{start.year}-Q{(start.month + 2) // 3}",
            "referral_date": draw.maybe(referred, 0.85),
            "start_date": draw.maybe(start, 0.94),
            "end_date": draw.maybe(start + timedelta(days=draw.one([120, 182, 250, 365])), 0.6),
            "end_reason": draw.one([None, "completed", "transferred", "moved", "withdrew"]),
        }

    # --- claims

    def _history(self, client: Row) -> None:
        """One client's claims on a contract: attachment, job, sustainments; each with its own slips."""
        draw = self.draw
        own = [block for block in self.contracts if block["contract"]["id"] == client["contract_id"]]
        block = draw.one(own) if own and draw.chance(0.9) else draw.one(self.contracts)
        start = client["start_date"] or block["contract"]["start_date"]
        deliverer = client["provider_id"] if draw.chance(0.85) else draw.one(self.subs)
        common = {"client_id": client["client_id"], "deliverer": deliverer}
        if draw.chance(0.6):
            self._claim(block, "ATT", start + timedelta(days=draw.one([0, 0, 0, 14, 30, 31, -1])), common)
        if draw.chance(0.6):
            job = start + timedelta(days=draw.one([91, 181, 182, 183, 200, 365, 366, 730, 731]))
            if draw.chance(0.2):
                job = draw.near(draw.one(change_days(block)), 5)
            if client["end_date"] and draw.chance(0.25):
                job = draw.near(client["end_date"], 1)
            self._claim(block, "JOB", job, common)
            point = job
            for _ in range(draw.one([0, 0, 1, 2, 4])):
                point += timedelta(days=draw.one([28, 28, 27, 29, 7, 14, 0]))
                self._claim(block, "SUS", point, common)
        if draw.chance(0.25):
            for _ in range(draw.between(1, 3)):
                self._claim(block, "TST", start + timedelta(days=draw.one([60, 60, 90])), common)

    def _claim(self, block: Block, code: str, day: date, common: Row) -> Row:
        draw = self.draw
        contract, outcome = block["contract"], next(o for o in block["outcome"] if o["code"] == code)
        if draw.chance(0.05):
            day = draw.one(change_days(block)) + timedelta(days=draw.between(-1, 1))
        day = min(max(day, EARLIEST), LATEST)
        limit = outcome.get("claim_within_days", 30)
        submitted = day + timedelta(
            days=draw.one(
                [0, 0, limit, limit, limit + 1, limit - 1, limit + 9, -1 if draw.chance(0.2) else 0]
            )
        )
        deliverer = common["deliverer"]
        is_primes = deliverer == contract["prime_id"]
        pence = self._pence(block, outcome, day, common["client_id"])
        row: Row = {
            "claim_id": f"{self.prefix}C{len(self.claims):03d}",
            "contract_id": contract["id"],
            "provider_id": contract["prime_id"],
            "tier": "prime",
            "subcontractor_id": None if is_primes else draw.maybe(deliverer, 0.9),
            "client_id": common["client_id"],
            "outcome": code,
            "outcome_date": day,
            "submitted_date": submitted,
            "recorded_at": draw.maybe(
                day + timedelta(days=draw.one([0, 0, 1, 30, 90, 91, draw.one([-1, 0, 0, 0])])), 0.7
            ),
            "measured_value": draw.one(
                [2, 2.5, 3, 3, 4] if code == "TST" else [91, 91.5, 181, 182, 183, 196]
            ),
            "amount_pence": pence,
            "status": draw.one(
                [None, "submitted", *["paid"] * 9, draw.one(["rejected", "withdrawn", "recovered"])]
            ),
            "paid_date": draw.maybe(
                submitted + timedelta(days=draw.one([0, 0, 14, 14, 28, draw.one([-1, 0, 0])])), 0.5
            ),
            "evidence_type": draw.one([None, "payslip", "PAYSLIP", "employer letter", "certificate", "note"]),
            "evidence_ref": draw.maybe(f"{self.prefix}E{draw.between(0, 99)}", 0.9),
            "evidence_date": draw.maybe(
                submitted + timedelta(days=draw.one([-9, -9, 0, 0, 0, draw.one([0, 0, 1])])), 0.7
            ),
            "job_start_date": draw.maybe(day - timedelta(days=draw.one([91, 181, 182, 183, 200])), 0.6),
        }
        self._slip(row)
        if row["status"] in {"paid", "recovered"} or draw.chance(0.1):
            row["paid_amount_pence"] = draw.maybe(pence + draw.one([*[0] * 12, 1, -1, 5_000]), 0.9)
        self.claims.append(row)
        return row

    def _pence(self, block: Block, outcome: Block, day: date, client_id: str | None) -> int:
        """Return an amount that some price of the outcome gives, mostly the one for the client and the day."""
        draw = self.draw
        group = next((row["group"] for row in self.clients if row["client_id"] == client_id), None)
        fitting = [
            price
            for price in outcome["price"]
            if price.get("from", day) <= day <= price.get("to", day) and price.get("group") in {None, group}
        ]
        fitting.sort(key=lambda price: "group" not in price)
        chosen = fitting[0] if fitting and draw.chance(0.85) else draw.one(outcome["price"])
        price = round(100 * float(chosen["amount"]))
        factors = [
            band["price_factor"]
            for volume in block["volume"]
            if volume["outcome"] == outcome["code"]
            for band in volume["bands"]
        ]
        if factors and draw.chance(0.3):
            # A penny beside the half is what rounding is about.
            return int(price * draw.one(factors) + 0.5) + draw.one([0, 0, 0, 1])
        return price + draw.one([0] * 24 + [1, -1, 10_000, -price])

    def _slip(self, row: Row) -> None:
        """Spoil what a record may have wrong: unknown ids, an empty cell, given periods."""
        draw = self.draw
        if draw.chance(0.08):
            wrong, value = draw.one(
                [
                    ("contract_id", f"{self.prefix}ZZ"),
                    ("outcome", "XXX"),
                    ("provider_id", f"{self.prefix}QQ"),
                    ("subcontractor_id", f"{self.prefix}QQ"),
                    ("client_id", f"{self.prefix}P99"),
                    ("measured_value", None),
                ]
            )
            row[wrong] = value
            if wrong in {"contract_id", "outcome"} and draw.chance(0.5):
                row["client_id"], row["cohort"] = None, f"{self.prefix}K"
        if draw.chance(0.15):
            row["period_start"] = row["outcome_date"] - timedelta(days=draw.one([0, 6, 27, 30]))
            row["period_end"] = draw.maybe(row["outcome_date"] - timedelta(days=draw.one([0, 0, 1, 9])), 0.8)

    def _corrections(self) -> None:
        """Duplicates, resubmissions, reversals and corrections of claims that stand already."""
        draw = self.draw
        for first in draw.some(list(self.claims), 0.4):
            row = first | {"claim_id": f"{self.prefix}C{len(self.claims):03d}"}
            form = draw.one(
                ["duplicate", "again", "again", "again", "reversal", "reversal", "correction", "moved"]
            )
            row["submitted_date"] = first["submitted_date"] + timedelta(days=draw.one([0, 1, 30]))
            if form == "again":
                first["status"] = draw.one(["rejected", "withdrawn"])
                row |= {
                    "status": draw.one(["paid", "submitted"]),
                    "resubmits_claim_id": draw.maybe(first["claim_id"], 0.6),
                    "outcome_date": first["outcome_date"] + timedelta(days=draw.one([0, 1, 2, 7, 30, 91])),
                    "measured_value": draw.one([first["measured_value"], 182, 3]),
                }
            elif form == "reversal":
                row |= {
                    "amount_pence": -first["amount_pence"] if draw.chance(0.9) else 100,
                    "reverses_claim_id": draw.one(
                        [first["claim_id"], first["claim_id"], None, row["claim_id"], f"{self.prefix}C999"]
                    ),
                    "paid_amount_pence": None,
                }
            elif form == "correction":
                row |= {
                    "supersedes_claim_id": draw.one([first["claim_id"], first["claim_id"], row["claim_id"]])
                }
            elif form == "moved":
                row["outcome_date"] = first["outcome_date"] + timedelta(days=draw.one([0, 1, 6, 7, 28]))
            self.claims.append(row)

    def _cohort(self) -> None:
        """Claims for a cohort, which name no client."""
        block = self.draw.one(self.contracts)
        for _ in range(self.draw.between(1, 4)):
            day = self.draw.near(self.draw.one(change_days(block)), 40)
            code = self.draw.one(["BIN", "FRQ"])
            common = {"client_id": None, "deliverer": self.draw.one(self.subs)}
            self._claim(block, code, day, common)["cohort"] = f"{self.prefix}K"

    def _shared(self) -> None:
        """Clients who share an account, most of them with one provider and one adviser."""
        draw = self.draw
        provider, adviser = draw.one(self.subs), f"{self.prefix}V7"
        sure, one_place = draw.chance(0.6), draw.chance(0.3)
        for place in range(draw.between(4, 8)):
            client = self._client() | {
                "bank_account": f"{self.prefix}ACCOUNT-X",
                "phone": None,
                "family_name": f"Shared{place}",
                "postcode": f"YY{0 if one_place else place} 1YY",
                "provider_id": provider,
                "advisor_id": adviser,
            }
            if not sure:
                name, value = draw.one(
                    [
                        ("provider_id", self.subs[0]),
                        ("advisor_id", draw.one([None, f"{self.prefix}V8"])),
                        ("family_name", draw.one([None, "Shared0"])),
                        ("postcode", draw.one([None, "YY0 1YY"])),
                    ]
                )
                client[name] = value
            self.clients.append(client)

    def _bulk(self) -> None:
        """Many records keyed in on one day."""
        day = self.draw.one(self.claims)["outcome_date"] + timedelta(days=61)
        for row in self.claims:
            row["recorded_at"] = self.draw.one([day, day, row["recorded_at"]])

    # --- the subcontractors' side

    def _behind(self) -> None:
        """Claims of subcontractors behind those of their prime, not all alike, and not for every one."""
        draw = self.draw
        if draw.chance(0.15):
            return
        for first in list(self.claims):
            if first["subcontractor_id"] is None or draw.chance(0.3) or len(self.claims) >= MOST:
                continue
            for _ in range(draw.one([1, 1, 1, 2])):
                self.claims.append(self._one_behind(first))

    def _one_behind(self, first: Row) -> Row:
        draw = self.draw
        row = first | {
            "claim_id": f"{self.prefix}S{len(self.claims):03d}",
            "provider_id": first["subcontractor_id"] if draw.chance(0.9) else draw.one(self.subs),
            "tier": "subcontractor",
            "subcontractor_id": None,
            "parent_claim_id": first["claim_id"],
            "status": draw.one(["submitted", "paid", "paid", "rejected", None]),
            "amount_pence": int(
                first["amount_pence"] * draw.one([0.8, 0.8, 0.8, 0.75, 0.7, 0.333, 0.85, 1.0, 1.1]) + 0.5
            )
            + draw.one([0, 0, 1, 2, -2]),
        }
        for link in ("reverses_claim_id", "supersedes_claim_id", "resubmits_claim_id"):
            row.pop(link, None)
        if draw.chance(0.35):
            name, value = draw.one(
                [
                    ("client_id", draw.one(self.clients)["client_id"] if self.clients else None),
                    ("outcome", draw.one(["ATT", "JOB"]) if first["client_id"] else first["outcome"]),
                    ("outcome_date", first["outcome_date"] - timedelta(days=1)),
                    ("measured_value", None),
                    ("measured_value", 90.5),
                    ("parent_claim_id", None),
                    ("parent_claim_id", f"{self.prefix}C998"),
                    ("parent_claim_id", self.claims[-1]["claim_id"]),
                ]
            )
            if value is not None or name != "client_id":
                row[name] = value
        return row

    def _in_order(self) -> None:
        self.claims.sort(key=lambda row: str(row["claim_id"]))

    def _shuffled(self) -> None:
        """Let later claims stand before earlier ones, with numbers that say nothing of the order."""
        self.claims.sort(key=lambda row: (str(row["evidence_ref"]), str(row["claim_id"])))
