"""Definitions about organisations, promises and shared numbers, from the standard and the rules' pages.

Written apart from the simulator and from every rule, as `simulated` is, which they are a part of.
"""

import networkx as nx
import polars as pl

from pbr_audit.simulate import World

LEAST_HOUSEHOLDS = 5
LEAST_PROMISED = 20
SHARED = ("bank_account", "phone", "email")


class OrganisationJudge:
    """A world and its terms; a method a definition gives the names of its subjects."""

    world: World
    terms: dict[str, pl.DataFrame]

    def pbr305(self) -> set[str]:
        """One number of five households and more at several places, all with one provider and adviser."""
        return {
            f"{row['provider_id']}/{column}/{row['first']}"
            for column in SHARED
            for row in self._sharing(column).iter_rows(named=True)
        }

    def _sharing(self, column: str) -> pl.DataFrame:
        clients = self.world.tables["clients"].sort("referral_date", "client_id")
        household = pl.struct("family_name", "postcode")
        return (
            clients.unique("person_ref", keep="first", maintain_order=True)
            .filter(pl.col(column).is_not_null())
            .group_by(column)
            .agg(
                pl.col("provider_id").first(),
                first=pl.col("client_id").first(),
                offices=pl.struct("provider_id", "advisor_id").n_unique(),
                places=pl.col("postcode").n_unique(),
                households=household.n_unique(),
            )
            .filter(pl.col("households") >= LEAST_HOUSEHOLDS, pl.col("offices") == 1, pl.col("places") > 1)
        )

    def pbr806(self) -> set[str]:
        """Less than half of the promised share of a contract's referrals, of twenty and more promised."""
        referrals = self.world.tables["referrals"]
        providers = self.world.tables["providers"]
        successors = {
            row["provider_id"]: (row["succeeded_by"], row["succeeded_on"])
            for row in providers.filter(pl.col("succeeded_by").is_not_null()).iter_rows(named=True)
        }
        promised: dict[tuple[str, str], float] = {}
        got: dict[tuple[str, str], int] = {}
        for link in self.terms["supply_chain"].filter(pl.col("promised_share") > 0).iter_rows(named=True):
            mine = referrals.filter(pl.col("contract_id") == link["contract_id"])
            for day, compare in ((link["from_date"], "ge"), (link["to_date"], "le")):
                if day is not None:
                    mine = mine.filter(getattr(pl.col("referral_date"), compare)(day))
            sub = link["subcontractor_id"]
            to_it = pl.col("provider_id") == sub
            for before, (heir, on) in successors.items():
                # From that day the two names stand for one house.
                if sub in {before, heir}:
                    either = pl.col("provider_id").is_in([before, heir])
                    to_it |= either & (pl.col("referral_date") >= on)
            key = (sub, link["contract_id"])
            promised[key] = promised.get(key, 0.0) + link["promised_share"] * mine.height
            got[key] = got.get(key, 0) + mine.filter(to_it).height
        return {
            f"{sub}/{contract}"
            for (sub, contract), due in promised.items()
            if due >= LEAST_PROMISED and got[sub, contract] < due / 2
        }

    def pbr807(self) -> set[str]:
        """One house on both sides of a contract, organisations that are each other's, circles of owners."""
        rows = self.world.tables["providers"].iter_rows(named=True)
        number = {row["provider_id"]: row["org_id"] for row in rows}
        owned = nx.DiGraph()
        for row in self.world.tables["providers"].iter_rows(named=True):
            owner = row["parent_id"]
            if owner is not None and owner != row["provider_id"]:
                owned.add_edge(row["org_id"], number.get(owner, owner))
        primes = dict(self.terms["contracts"].select("contract_id", "prime_id").iter_rows())
        links = list(
            self.terms["supply_chain"].select("contract_id", "subcontractor_id").unique().iter_rows()
        )
        above = {node: {node, *nx.descendants(owned, node)} for node in owned}
        found = set()
        for contract, sub in links:
            one, other = number[sub], number[primes[contract]]
            if above.get(one, {one}) & above.get(other, {other}):
                found.add(f"{sub}/its own prime in {contract}")
        serves = {(number[sub], number[primes[contract]]) for contract, sub in links}
        names = {org_id: name for name, org_id in sorted(number.items(), reverse=True)}
        for one, other in serves:
            if one != other and (other, one) in serves:
                first, second = sorted((names[one], names[other]))
                found.add(f"{first}/each other's with {second}")
        for circle in nx.strongly_connected_components(owned):
            if len(circle) > 1:
                found.add(f"{min(names[org_id] for org_id in circle)}/its own owner")
        return found
