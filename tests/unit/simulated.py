"""The standard's definitions in plain polars, by which an invented world is judged.

Written from the standard's text ("How rules read the tables"), apart from the simulator and from every rule.
"""

import tomllib
from typing import Any

import polars as pl
from scipy.stats import binomtest

from pbr_audit.simulate import World
from pbr_audit.terms.terms import parse_terms
from tests.unit.simulated_organisations import OrganisationJudge

ORDER = ("outcome_date", "submitted_date", "claim_id")
DELIVERER = pl.coalesce("subcontractor_id", "provider_id")


def terms_of(world: World) -> dict[str, pl.DataFrame]:
    """Return the tables of the terms, read from the text of the contracts."""
    terms = parse_terms((name, tomllib.loads(text)) for name, text in world.contracts.items())
    return {name: frame.collect() for name, frame in terms.frames().items()}


class Judge(OrganisationJudge):
    """A world's claims with what their terms and clients say; a method a definition gives claim ids."""

    def __init__(self, world: World) -> None:
        """Join the live claims of the prime to outcome, contract and client."""
        self.world = world
        self.terms = terms_of(world)
        claims = world.tables["claims"]
        for name in ("resubmits", "reverses", "supersedes"):
            assert f"{name}_claim_id" in claims.columns
        ended = pl.concat([claims["reverses_claim_id"], claims["supersedes_claim_id"]]).drop_nulls().implode()
        live = claims.filter(
            pl.col("status").is_null() | pl.col("status").is_in(["submitted", "paid"]),
            pl.col("reverses_claim_id").is_null(),
            ~pl.col("claim_id").is_in(ended),
        )
        clients = world.tables["clients"].select(
            "client_id", "person_ref", "group", "referral_date", "start_date", "end_date"
        )
        self.prime = (
            live.filter(pl.col("tier") == "prime")
            .join(self.terms["outcomes"], on=["contract_id", "outcome"], how="left")
            .join(
                self.terms["contracts"].select(
                    "contract_id", contract_start="start_date", contract_end="end_date"
                ),
                on="contract_id",
                how="left",
            )
            .join(clients, on="client_id", how="left")
            .sort("claim_id")
        )
        self.sub = live.filter(pl.col("tier") == "subcontractor")

    def ids(self, *conditions: pl.Expr) -> set[str]:
        """Return the prime's live claims for which all conditions are true."""
        return set(self.prime.filter(*conditions)["claim_id"])

    def priced(self) -> pl.DataFrame:
        """Return each claim with the one price in force; null where there is none."""
        return self.prime.join(self._price_of(self.prime), on="claim_id", how="left")

    def _price_of(self, claims: pl.DataFrame) -> pl.DataFrame:
        """Return the price in force for the group that each claim is given."""
        prices = self.terms["prices"].filter(pl.col("per") == "claim").rename({"group": "price_group"})
        joined = claims.select("claim_id", "contract_id", "outcome", "group", "outcome_date").join(
            prices, on=["contract_id", "outcome"]
        )
        in_force = joined.filter(
            pl.col("from_date").is_null() | (pl.col("from_date") <= pl.col("outcome_date")),
            pl.col("to_date").is_null() | (pl.col("outcome_date") <= pl.col("to_date")),
            pl.col("price_group").is_null() | (pl.col("price_group") == pl.col("group")),
        )
        best = in_force.sort("claim_id", pl.col("price_group").is_null()).unique(
            "claim_id", keep="first", maintain_order=True
        )
        return best.select("claim_id", "price_pence")

    def pbr101(self) -> set[str]:
        claims = self.priced().filter(pl.col("kind") != "cohort")
        return set(claims.filter(pl.col("amount_pence").ne_missing(pl.col("price_pence")))["claim_id"])

    def pbr102(self) -> set[str]:
        days = (pl.col("outcome_date") - pl.col("start_date")).dt.total_days()
        return self.ids((days < pl.col("window_low_days")) | (days > pl.col("window_high_days")))

    def pbr103(self) -> set[str]:
        least = pl.col("direction") == "at_least"
        short = pl.when(least).then(pl.col("measured_value") < pl.col("threshold"))
        return self.ids(
            pl.col("kind") != "cohort", short.otherwise(pl.col("measured_value") > pl.col("threshold"))
        )

    def pbr104(self) -> set[str]:
        need = self.prime.explode("requires", empty_as_null=True).filter(pl.col("requires").is_not_null())
        held = self.prime.group_by("client_id", "contract_id", requires="outcome").agg(
            first=pl.col("outcome_date").min()
        )
        joined = need.join(held, on=["client_id", "contract_id", "requires"], how="left")
        late = pl.col("first").is_null() | (pl.col("first") > pl.col("outcome_date"))
        return set(joined.filter(late)["claim_id"])

    def _ranked(self, *keys: str) -> pl.DataFrame:
        return self.prime.sort(ORDER).with_columns(rank=pl.int_range(pl.len()).over(keys) + 1)

    def pbr105(self) -> set[str]:
        ranked = self._ranked("client_id", "contract_id", "outcome")
        beyond = (pl.col("max_per_client") > 1) & (pl.col("rank") > pl.col("max_per_client"))
        return set(ranked.filter(beyond)["claim_id"])

    def pbr106(self) -> set[str]:
        points = self.prime.filter(pl.col("kind").is_in(["sustainment", "milestone"]))
        paid = points.filter(pl.col("interval_days").is_not_null())
        before = points.select("client_id", "contract_id", other="outcome", other_date="outcome_date")
        joined = paid.join(before, on=["client_id", "contract_id"]).filter(
            (pl.col("other") == pl.col("outcome")) | pl.col("requires").list.contains(pl.col("other")),
            (pl.col("other_date") < pl.col("outcome_date"))
            | ((pl.col("other_date") == pl.col("outcome_date")) & (pl.col("other") != pl.col("outcome"))),
        )
        gap = (pl.col("outcome_date") - pl.col("other_date")).dt.total_days()
        return set(joined.filter(gap < pl.col("interval_days"))["claim_id"])

    def pbr107(self) -> set[str]:
        lag = (pl.col("submitted_date") - pl.col("outcome_date")).dt.total_days()
        return self.ids(lag > pl.col("claim_within_days"))

    def pbr108(self) -> set[str]:
        day = pl.col("outcome_date")
        return self.ids((day < pl.col("contract_start")) | (day > pl.col("contract_end")))

    def pbr109(self) -> set[str]:
        """Only caps on a client in a group are in these worlds, and budgets that nothing comes near."""
        caps = self.terms["caps"].filter(pl.col("per") == "client").explode("outcomes", empty_as_null=True)
        caps = caps.rename({"outcomes": "outcome", "cap_pence": "client_cap"})
        under = self.prime.sort(ORDER).join(caps, on=["contract_id", "outcome", "group"])
        spent = under.with_columns(so_far=pl.col("amount_pence").cum_sum().over("contract_id", "client_id"))
        contracts = self.prime.group_by("contract_id").agg(pl.col("amount_pence").sum())
        budgets = contracts.join(self.terms["contracts"], on="contract_id")
        assert not (budgets["amount_pence"] > budgets["cap_pence"]).any()
        return set(spent.filter(pl.col("so_far") > pl.col("client_cap"))["claim_id"])

    def pbr110(self) -> set[str]:
        missing = pl.col("evidence_type").is_null() | pl.col("evidence_ref").is_null()
        other = ~pl.col("evidence").list.contains(pl.col("evidence_type"))
        return self.ids(pl.col("evidence").list.len() > 0, missing | other)

    def pbr111(self) -> set[str]:
        tables = self.world.tables
        contracts = self.terms["contracts"]["contract_id"].implode()
        providers = tables["providers"]["provider_id"].implode()
        clients = tables["clients"]["client_id"].implode()
        return self.ids(
            ~pl.col("contract_id").is_in(contracts)
            | pl.col("kind").is_null()
            | ~pl.col("provider_id").is_in(providers)
            | ~pl.col("subcontractor_id").fill_null("PR01").is_in(providers)
            | (pl.col("client_id").is_not_null() & ~pl.col("client_id").is_in(clients))
            | (pl.col("amount_pence") < 0)
        )

    def pbr112(self) -> set[str]:
        referred = self.world.tables["referrals"].filter(pl.col("decision") == "accepted")
        referred = referred.select("client_id", "contract_id", "referral_date", referred_group="group")
        own = self.priced().drop("referral_date").join(referred, on=["client_id", "contract_id"])
        own = own.filter(pl.col("referral_date") <= pl.col("outcome_date"))
        then = self._price_of(own.with_columns(group=pl.col("referred_group"))).rename(
            {"price_pence": "referred_pence"}
        )
        both = own.join(then, on="claim_id")
        dearer = (pl.col("price_pence") > pl.col("referred_pence")) & (
            pl.col("amount_pence") > pl.col("referred_pence")
        )
        return set(both.filter(dearer)["claim_id"])

    def pbr113(self) -> set[str]:
        claims = self.world.tables["claims"].filter(pl.col("tier") == "prime", pl.col("amount_pence") >= 0)
        every = self.world.tables["claims"].filter(pl.col("amount_pence") < 0)
        credited = set(every["reverses_claim_id"].drop_nulls())
        paid = claims.filter(pl.col("paid_amount_pence") > 0)
        refused = paid.filter(pl.col("status").is_in(["rejected", "withdrawn"]))
        above = claims.filter(pl.col("paid_amount_pence") > pl.col("amount_pence"))
        found = set(refused["claim_id"]) | set(above["claim_id"])
        found |= set(claims.filter(pl.col("status") == "recovered")["claim_id"]) - credited
        again = paid.with_columns(named=pl.coalesce("supersedes_claim_id", "resubmits_claim_id"))
        both = again.filter(pl.col("named").is_in(paid["claim_id"].implode()))
        found |= {
            claim
            for claim, named in both.select("claim_id", "named").iter_rows()
            if not {claim, named} & credited
        }
        back = self.terms["clawbacks"].select("contract_id", "outcome", "event", "within_days")
        events = self.world.tables["events"].select("client_id", "event", begun="start_date")
        joined = self.prime.join(back, on=["contract_id", "outcome"]).join(events, on=["client_id", "event"])
        wait = (pl.col("begun") - pl.col("outcome_date")).dt.total_days()
        kept = joined.filter(wait > 0, wait <= pl.col("within_days"))
        return found | (set(kept["claim_id"]) - credited)

    def pbr201(self) -> set[str]:
        days = ["referral_date", "start_date", "outcome_date", "submitted_date", "paid_date"]
        chain = [
            pl.col(earlier) > pl.col(later)
            for place, earlier in enumerate(days)
            for later in days[place + 1 :]
        ]
        return self.ids(
            pl.any_horizontal(
                *chain,
                pl.col("outcome_date") > pl.col("recorded_at").dt.date(),
                pl.col("evidence_date") > pl.col("submitted_date"),
            )
        )

    def _events(self) -> pl.DataFrame:
        events = self.world.tables["events"].select(
            "client_id", "event", begun="start_date", over=pl.col("end_date")
        )
        return self.prime.join(events, on="client_id")

    def pbr202(self) -> set[str]:
        died = (pl.col("event") == "death") & (pl.col("outcome_date") > pl.col("begun"))
        return set(self._events().filter(died)["claim_id"])

    def pbr203(self) -> set[str]:
        within = (pl.col("outcome_date") >= pl.col("begun")) & (
            pl.col("over").is_null() | (pl.col("outcome_date") <= pl.col("over"))
        )
        suspended = pl.col("ineligible_during").list.contains(pl.col("event"))
        return set(self._events().filter(within, suspended)["claim_id"])

    def pbr204(self) -> set[str]:
        registered = self.world.tables["clients"].select("client_id", registered="provider_id")
        successors = self.world.tables["providers"].select(
            "succeeded_by", "succeeded_on", registered="provider_id"
        )
        joined = self.prime.join(registered, on="client_id").join(successors, on="registered", how="left")
        own = pl.col("registered") == DELIVERER
        succeeded = (pl.col("succeeded_by") == DELIVERER) & (pl.col("outcome_date") >= pl.col("succeeded_on"))
        return set(joined.filter(~(own | succeeded.fill_null(value=False)))["claim_id"])

    def pbr205(self) -> set[str]:
        return self.ids(~pl.col("claimable_after_end"), pl.col("outcome_date") > pl.col("end_date"))

    def pbr206(self) -> set[str]:
        lag = (pl.col("recorded_at").dt.date() - pl.col("outcome_date")).dt.total_days()
        return self.ids(lag > 90)

    def pbr207(self) -> set[str]:
        """Checks, events over the days of a sustainment, and work that no record of the client's work shows."""
        checks = self.world.tables["checks"].filter(pl.col("result").is_in(["confirmed", "contradicted"]))
        joined = self.prime.join(checks, on="claim_id").filter(pl.col("check_date") >= pl.col("outcome_date"))
        last = joined.filter(pl.col("check_date") == pl.col("check_date").max().over("claim_id"))
        judged = last.group_by("claim_id").agg(confirmed=(pl.col("result") == "confirmed").any())
        spans = self._events().filter(
            pl.col("kind") == "sustainment",
            pl.col("event").is_in(["benefit", "employment", "reoffence"]),
            pl.col("ineligible_during").list.contains(pl.col("event")),
        )
        first = pl.coalesce(
            "period_start", pl.col("outcome_date") - pl.duration(days=pl.col("interval_days") - 1)
        )
        last_day = pl.coalesce("period_end", "outcome_date")
        shared = pl.min_horizontal(last_day, pl.col("over").fill_null(last_day)) - pl.max_horizontal(
            first, "begun"
        )
        days = shared.dt.total_days() + 1
        holds = (pl.col("begun") <= pl.col("outcome_date")) & (
            pl.col("over").is_null() | (pl.col("over") >= pl.col("outcome_date"))
        )
        least = pl.when(pl.col("event") == "reoffence").then(0).otherwise(14)
        met = set(spans.filter(days > least, ~holds)["claim_id"])
        confirmed = set(judged.filter("confirmed")["claim_id"])
        contradicted = set(judged.filter(~pl.col("confirmed"))["claim_id"])
        return ((met | self._no_work()) - confirmed) | contradicted

    def _no_work(self) -> set[str]:
        """Claims of employed people, settled for two months, with a fortnight's distance to all work on record."""
        in_days = (pl.col("kind") == "milestone") & pl.col("measure").str.starts_with("days")
        starts = pl.when(pl.col("kind") == "sustainment").then(
            pl.col("outcome_date") - pl.duration(days=pl.col("interval_days") - 1)
        )
        as_of = self.world.tables["claims"]["submitted_date"].max()
        work = self.world.tables["events"].filter(pl.col("event") == "employment")
        joined = (
            self.prime.filter(
                pl.col("employment_type") == "employed",
                (pl.col("kind") == "sustainment") | in_days,
                (pl.lit(as_of) - pl.col("outcome_date")).dt.total_days() >= 60,
            )
            .join(work.select("client_id", begun="start_date", over="end_date"), on="client_id")
            .with_columns(first=pl.coalesce("period_start", starts, "job_start_date"))
        )
        fortnight = pl.duration(days=14)
        near = (pl.col("begun") <= pl.col("outcome_date") + fortnight) & (
            pl.col("over").is_null() | (pl.col("over") >= pl.col("first") - fortnight)
        )
        return set(
            joined.group_by("claim_id").agg(near.any().alias("near")).filter(~pl.col("near"))["claim_id"]
        )

    def pbr208(self) -> set[str]:
        return self.ids(pl.col("job_start_date") < pl.col("start_date"))

    def pbr301(self) -> set[str]:
        keys = ("client_id", "contract_id", "outcome")
        once = self._ranked(*keys).filter(pl.col("max_per_client") == 1, pl.col("rank") > 1)
        often = self._ranked(*keys, "outcome_date").filter(
            pl.col("client_id").is_not_null(), pl.col("max_per_client").ne_missing(1), pl.col("rank") > 1
        )
        return set(once["claim_id"]) | set(often["claim_id"])

    def pbr304(self) -> set[str]:
        attached = self.prime.filter(pl.col("kind") == "attachment")
        last = self.prime.group_by("client_id").agg(last=pl.col("outcome_date").max())
        own = attached.join(last, on="client_id").select(
            "person_ref", "contract_id", "claim_id", "client_id", "start_date", "end_date", "last"
        )
        both = own.join(own, on=["person_ref", "contract_id"], suffix="_then").filter(
            pl.col("client_id") != pl.col("client_id_then")
        )
        gap = (pl.col("start_date") - pl.coalesce("end_date_then", "last_then")).dt.total_days()
        return set(both.filter(gap.is_between(0, 365))["claim_id"])

    def pbr306(self) -> set[str]:
        last = pl.coalesce("period_end", "outcome_date")
        first = pl.coalesce(
            "period_start",
            pl.col("outcome_date") - pl.duration(days=pl.col("interval_days")) + pl.duration(days=1),
        )
        periods = self.prime.filter(pl.col("kind") == "sustainment").select(
            "person_ref", "claim_id", "outcome_date", "submitted_date", first=first, last=last
        )
        pairs = periods.join(periods, on="person_ref", suffix="_before").filter(
            pl.col("claim_id") != pl.col("claim_id_before"),
            pl.col("outcome_date") >= pl.col("outcome_date_before"),
            pl.col("first") <= pl.col("last_before"),
            pl.col("first_before") <= pl.col("last"),
        )
        return set(pairs["claim_id"])

    def pbr307(self) -> set[str]:
        """Only the threshold and the window are missed in these worlds by what was rejected."""
        claims = self.world.tables["claims"].filter(pl.col("status").is_in(["rejected", "withdrawn"]))
        first = claims.select(
            resubmits_claim_id="claim_id", then_date="outcome_date", then_value="measured_value"
        )
        joined = self.prime.join(first, on="resubmits_claim_id")
        least = pl.col("direction") == "at_least"
        missed = pl.when(least).then(pl.col("then_value") < pl.col("threshold"))
        short = missed.otherwise(pl.col("then_value") > pl.col("threshold"))
        days = (pl.col("then_date") - pl.col("start_date")).dt.total_days()
        late = (days > pl.col("window_high_days")) | (days < pl.col("window_low_days"))
        return set(joined.filter(short.fill_null(value=False) | late.fill_null(value=False))["claim_id"])

    def pbr401(self) -> set[str]:
        people = pl.col("client_id").n_unique().over("evidence_ref")
        claims = self.prime.filter(pl.col("evidence_ref").is_not_null())
        return set(claims.filter(people > 1)["claim_id"])

    def _behind(self) -> pl.DataFrame:
        sub = self.sub.select(
            pl.col("parent_claim_id").alias("claim_id"),
            *(
                pl.col(name).alias(f"sub_{name}")
                for name in ("client_id", "outcome_date", "measured_value", "outcome", "amount_pence")
            ),
        )
        return self.priced().filter(pl.col("subcontractor_id").is_not_null()).join(sub, on="claim_id")

    def pbr406(self) -> set[str]:
        if "employers" not in self.world.tables:
            return set()
        owned = self.world.tables["employers"].select("employer_id", owner="parent_id")
        primes = self.terms["contracts"].select("contract_id", "prime_id")
        joined = self.prime.join(owned, on="employer_id").join(primes, on="contract_id")
        return set(
            joined.filter((pl.col("owner") == DELIVERER) | (pl.col("owner") == pl.col("prime_id")))[
                "claim_id"
            ]
        )

    def pbr408(self) -> set[str]:
        checks = self.world.tables["checks"].filter(
            ~pl.col("result").is_in(["unable", "untraced"]),
            pl.col("verified_value").is_not_null() | (pl.col("result") == "confirmed"),
        )
        joined = self.prime.join(checks, on="claim_id").filter(pl.col("check_date") >= pl.col("outcome_date"))
        last = joined.filter(pl.col("check_date") == pl.col("check_date").max().over("claim_id"))
        least = pl.col("direction") == "at_least"
        above = pl.when(least).then(pl.col("measured_value") > pl.col("verified_value"))
        short = above.otherwise(pl.col("measured_value") < pl.col("verified_value")).fill_null(value=False)
        kept = last.group_by("claim_id").agg(short=short.all())
        return set(kept.filter("short")["claim_id"])

    def pbr606(self) -> set[str]:
        contacts = self.world.tables["activities"].select("client_id", "activity_date")
        seen = (
            self.prime.filter(pl.col("minimum_contacts") > 0)
            .join(contacts, on="client_id", how="left")
            .group_by("claim_id", "minimum_contacts")
            .agg(contacts=(pl.col("activity_date") <= pl.col("outcome_date")).sum())
        )
        return set(seen.filter(pl.col("contacts") < pl.col("minimum_contacts"))["claim_id"])

    def pbr801(self) -> set[str]:
        behind = self.sub["parent_claim_id"].implode()
        return self.ids(pl.col("subcontractor_id").is_not_null(), ~pl.col("claim_id").is_in(behind))

    def pbr802(self) -> set[str]:
        stands = self.world.tables["claims"].filter(pl.col("tier") == "prime")
        keys = ["contract_id", "client_id", "outcome", "outcome_date"]
        left = self.sub.filter(
            pl.col("parent_claim_id").is_null()
            | ~pl.col("parent_claim_id").is_in(stands["claim_id"].implode())
        )
        deadline = self.terms["outcomes"].select("contract_id", "outcome", "claim_within_days")
        over = left.join(stands.select(keys), on=keys, how="anti").join(
            deadline, on=["contract_id", "outcome"]
        )
        waited = (
            self.world.tables["claims"]["submitted_date"].max() - pl.col("outcome_date")
        ).dt.total_days()
        return set(over.filter(waited > pl.col("claim_within_days"))["claim_id"])

    def pbr803(self) -> set[str]:
        names = ("client_id", "outcome_date", "measured_value", "outcome")
        differ = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"sub_{name}")) for name in names)
        return set(self._behind().filter(differ)["claim_id"])

    def pbr804(self) -> set[str]:
        rates = self.terms["supply_chain"].select(
            "contract_id", "subcontractor_id", "rate", rate_from="from_date", rate_to="to_date"
        )
        joined = (
            self._behind()
            .join(rates, on=["contract_id", "subcontractor_id"])
            .filter(
                pl.col("rate_from") <= pl.col("outcome_date"),
                pl.col("rate_to").is_null() | (pl.col("outcome_date") <= pl.col("rate_to")),
                pl.col("rate").is_not_null(),
            )
        )
        due = (pl.col("rate") * 100).round(0).cast(pl.Int64) * pl.col("price_pence") // 100
        return set(joined.filter(due != pl.col("sub_amount_pence"))["claim_id"])

    def pbr808(self) -> set[str]:
        above = pl.col("sub_amount_pence") > pl.col("amount_pence")
        return set(self._behind().filter(above)["claim_id"])

    def pbr810(self) -> set[str]:
        """Only checks of appointments have neither required contacts nor an outcome paid after them."""
        keys = ["client_id", "contract_id", "outcome"]
        terms = self.terms["outcomes"].filter(
            pl.col("threshold").is_not_null(), pl.col("minimum_contacts") == 0, pl.col("kind") == "milestone"
        )
        final = self.world.tables["measurements"].filter(pl.col("final") == "true")
        clients = self.world.tables["clients"].select("client_id", "start_date")
        good = (
            final.join(terms, on=["contract_id", "outcome"])
            .filter(pl.col("measured_value") <= pl.col("threshold"), pl.col("direction") == "at_most")
            .join(clients, on="client_id")
            .join(self.world.tables["claims"].select(keys), on=keys, how="anti")
        )
        lived = self.prime.filter(pl.col("kind") == "attachment").select("client_id", attached="outcome_date")
        earned = good.join(lived, on="client_id").filter(pl.col("attached") <= pl.col("measured_date"))
        events = self.world.tables["events"].select("client_id", "event", begun="start_date", over="end_date")
        away = earned.join(events, on="client_id").filter(
            ((pl.col("event") == "death") & (pl.col("begun") < pl.col("measured_date")))
            | (
                (pl.col("event") == "custody")
                & (pl.col("begun") <= pl.col("measured_date"))
                & (pl.col("over").is_null() | (pl.col("over") >= pl.col("measured_date")))
            )
        )
        run_day = self.world.tables["claims"]["submitted_date"].max()
        waited = (pl.lit(run_day) - pl.col("measured_date")).dt.total_days()
        ends = self.terms["contracts"].select("contract_id", contract_end="end_date")
        told = earned.join(away, on="client_id", how="anti").join(ends, on="contract_id")
        told = told.filter(
            waited > pl.col("claim_within_days"), pl.col("measured_date") <= pl.col("contract_end")
        )
        return set(told.select(pl.concat_str("client_id", "outcome", separator="/")).to_series())

    def _figures(self) -> pl.DataFrame:
        """Return the published rows with their key, period number and whether they are about a quarter."""
        quarterly = pl.col("period").str.contains(r"^\d{4}-Q[1-4]$")
        year = pl.col("period").str.slice(0, 4).cast(pl.Int64)
        quarter = pl.col("period").str.slice(6, 1).cast(pl.Int64, strict=False)
        return self.world.tables["performance"].with_columns(
            key=pl.concat_str("contract_id", "provider_id", "period", "outcome", separator="|"),
            quarterly=quarterly,
            place=pl.when(quarterly).then(year * 4 + quarter),
        )

    def pbr604(self) -> set[str]:
        rows = self._figures()
        if "cohort" in self.world.tables["clients"].columns:
            clients = self.world.tables["clients"].filter(pl.col("start_date").is_not_null())
            begun = clients.group_by("contract_id", "provider_id", period="cohort").agg(
                begun=pl.col("client_id").n_unique()
            )
            rows = rows.join(begun, on=["contract_id", "provider_id", "period"], how="left")
            rows = rows.with_columns(started=pl.coalesce("begun", "started"))
        lost = pl.col("started") - pl.col("cohort_size") - pl.col("excluded").fill_null(0)
        return set(rows.filter(lost > 0.02 * pl.col("started"), pl.col("cohort_size") >= 0)["key"])

    def pbr902(self) -> set[str]:
        deducts = self.terms["deductions"].select("contract_id", "outcome", deducts=pl.lit(value=True))
        rows = self._figures().join(deducts, on=["contract_id", "outcome"], how="left")
        yearly = pl.col("period").str.contains(r"^\d{4}$")
        impossible = (
            (pl.col("achieved") > pl.col("cohort_size"))
            | (pl.min_horizontal("achieved", "cohort_size", "started", "excluded") < 0)
            | ((pl.col("amount_pence") < 0) & pl.col("deducts").is_null())
            | ~(pl.col("quarterly") | yearly)
        )
        return set(rows.filter(impossible)["key"])

    def pbr903(self) -> set[str]:
        names = ["contract_id", "provider_id", "outcome"]
        rows = self._figures().filter("quarterly").sort(*names, "place")
        once = rows.filter(
            pl.len().over(*names, "place") == 1, (pl.len().over(*names, "place").max() == 1).over(names)
        )
        step = (pl.col("place").diff() != 1) | (pl.col("amount_pence").diff() != 0)
        runs = once.with_columns(run=step.fill_null(value=True).cum_sum().over(names))
        told = runs.group_by(*names, "run").agg(
            pl.col("key").first(), pl.len(), pl.col("achieved").n_unique(), pl.col("amount_pence").first()
        )
        flat = (pl.col("len") >= 3) & (pl.col("achieved") > 1) & (pl.col("amount_pence") > 0)
        return set(told.filter(flat)["key"])

    def pbr904(self) -> set[str]:
        rows = self._figures()
        above = rows.filter(pl.col("amount_pence") > pl.col("planned_amount_pence"))
        budgets = self.terms["contracts"].filter(pl.col("cap_pence").is_not_null())
        spent = rows.join(budgets, on="contract_id").sort("period", "provider_id", "outcome", "amount_pence")
        beyond = pl.col("amount_pence").cum_sum().over("contract_id") > pl.col("cap_pence")
        return set(above["key"]) | set(spent.filter(beyond, pl.col("amount_pence") > 0)["key"])

    def pbr905(self) -> set[str]:
        names = ["contract_id", "provider_id", "outcome"]
        rows = self._figures().with_row_index()
        planned = rows.filter(pl.col("planned_amount_pence") > 0, pl.col("amount_pence") > 0)
        ratios = planned.select("key", ratio=pl.col("amount_pence") / pl.col("planned_amount_pence"))
        each = pl.col("amount_pence") / pl.col("achieved")
        known = rows.filter(pl.col("amount_pence") > 0, pl.col("achieved") > 0).with_columns(each=each)
        others = known.join(known.select(*names, "period", other="each"), on=names, suffix="_other").filter(
            pl.col("period") != pl.col("period_other")
        )
        usual = others.group_by("index", "key", "each", "planned_amount_pence").agg(
            pl.len(), pl.col("other").median()
        )
        usual = usual.filter(pl.col("len") >= 4, pl.col("planned_amount_pence").fill_null(0) <= 0)
        ratios = pl.concat([ratios, usual.select("key", ratio=pl.col("each") / pl.col("other"))])
        power = pl.col("ratio").log10().abs().round()
        apart = pl.max_horizontal(pl.col("ratio"), 1 / pl.col("ratio")) / 10**power
        near = (apart <= 1.05) & (apart >= 1 / 1.05) & power.is_between(2, 6)
        return set(ratios.filter(near)["key"])

    def pbr906(self) -> set[str]:
        rows = self._figures().filter("quarterly").select("key", "release_date", "cohort_size")
        pairs = rows.join(rows, on="key", suffix="_later").filter(
            pl.col("release_date") < pl.col("release_date_later"), pl.col("cohort_size") > 0
        )
        fall = (pl.col("cohort_size") - pl.col("cohort_size_later")) / pl.col("cohort_size")
        return set(pairs.filter(fall > 0.02)["key"])

    def pbr907(self) -> set[str]:
        terms = (
            self.terms["outcomes"]
            .filter(pl.col("kind") == "cohort")
            .select("contract_id", "outcome", "direction", "baseline", "significance")
        )
        price = self.terms["prices"].filter(pl.col("per") == "outcome_avoided")
        taken = self.terms["deductions"].select("contract_id", "outcome", taken_pence="deduction_pence")
        rows = (
            self._figures()
            .join(terms, on=["contract_id", "outcome"])
            .join(price.select("contract_id", "outcome", "price_pence"), on=["contract_id", "outcome"])
            .join(taken, on=["contract_id", "outcome"], how="left")
        )
        return {
            row["key"] for row in rows.iter_rows(named=True) if abs(_due(row) - row["amount_pence"]) > 100
        }


def _due(row: dict[str, Any]) -> float:
    """Return the pence that a cohort's published figures earn, by the standard's words on `deduction` and `per`."""
    base = row["expected"] if row["expected"] is not None else row["baseline"]
    higher = row["direction"] == "at_least"
    better = (row["achieved"] / row["cohort_size"] - base) * (1 if higher else -1)
    side = "greater" if higher == (better > 0) else "less"
    chance = float(binomtest(row["achieved"], row["cohort_size"], base, alternative=side).pvalue)
    sure = row["significance"] is None or chance <= row["significance"]
    if better > 0:
        return better * row["cohort_size"] * row["price_pence"] if sure else 0.0
    deducted = row["taken_pence"] is not None and chance <= (row["significance"] or 0.05)
    return better * row["cohort_size"] * row["taken_pence"] if deducted else 0.0


RULES = tuple(name.upper() for name in dir(Judge) if name.startswith("pbr"))


def judged(world: World) -> dict[str, set[str]]:
    """Return, for each definition, the subjects that break it."""
    judge = Judge(world)
    return {rule_id: getattr(judge, rule_id.lower())() for rule_id in RULES}
