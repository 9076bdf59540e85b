"""One organisation is on both sides of a contract, or of two, or organisations own each other in a circle.

What it flags
-------------
Four things, each a query of its own: a subcontractor that is the prime of another contract (severity
`info`); a prime and a subcontractor of one contract that are one organisation, or tied by ownership
(`high`); two organisations each of which is the other's subcontractor in some contract (`low`); and owners
who own each other in a circle (`low`). No amount is at risk.

Method
------
Primes and subcontractors are those of the terms, whatever the dates. In `providers`, ids with one `org_id`
are one organisation, and `parent_id` names its owner: a `provider_id`, else an `org_id`, else an
organisation outside the table. Two organisations are tied where they are one, where one owns the other,
also over others, or where both have an owner in common. Looked at are, each once: every `subcontractor_id`,
for a tie with the prime of a contract where it is also subcontractor in another one; every contract with
each of its subcontractors, for a tie between it and the prime; every two organisations that are prime and
subcontractor of a contract; and every organisation with an owner, where a circle counts once: organisations
of which each owns all the others, over others too. The shortest way of the tie, or of the circle, is told.
A query of the first two is about the subcontractor (the second in that contract), one about two
organisations about the first by id, one about a circle about the first of its ids.

Example
-------
SB01 is a subcontractor in CPA01, of which PR01 is the prime. Owner X owns both PR01 and SB01: a query about
the contract, with the way "SB01 > owner X > PR01". SB02 is another subcontractor there and the prime of
CPA02: a query at `info`. SB03 is neither, has an organisation number of its own and no owner, and is clear.

Why ask
-------
A prime is paid to choose its subcontractors, to check what they claim and to pass on a part of the price.
It does neither at arm's length where both are one house; and two that are prime and subcontractor of each
other have reasons not to look closely.

Innocent explanations
---------------------
The field is small: the same charities are prime in one area and subcontractor in the next, and
commissioners want it so; that is why the first of the four is for information only. The prime's own
delivery arm is listed as a subcontractor, with the commissioner's knowledge. The common owner is a public
body, or an investor with many holdings. An owner was keyed in the wrong way round.

Not flagged
-----------
1. The same subcontractor in several contracts, and the same prime.
2. A tie between two subcontractors, or between two primes, of which neither stands on the other side.
3. An organisation that names itself as its owner: it is read as having none.
4. Organisations that are tied only as joint owners of a third.

Assumptions
-----------
Ids are compared as whole texts. Where no query arises and one of the providers asked about (in the first
question the subcontractor alone; in the third all through whom the two are prime and subcontractor) has
neither `org_id` nor an owner in `providers`, or has no row there, the row is not assessable: an id alone
does not say that another id is another organisation. Two organisations are compared as such pairs by their
`org_id`, not by their owners.

Ask for
-------
The register's extract on the owners of both, what the commissioner was told when the subcontract was made,
and who checks the claims of one for the other.

Source
------
The claims standard (`supply_chain`, `providers`). In the Ministry of Justice's commissioned rehabilitative
services, 14 of 139 organisations are on both sides, and one pair are each other's subcontractors: the
field's normal state, by its own published contracts.
"""

import polars as pl

from pbr_audit.rule import WHOLE, Needs, Params, Rule, View
from pbr_audit.rule.ownership import OWNED, Organisations, organisations

RULE = Rule(
    id="PBR807",
    version=2,
    title="Organisation on both sides of a contract; ownership circles",
    family="supply-chain",
    severity="high",
    basis="record",
    subject="provider",
    key=("provider_id", "question"),
    by=WHOLE,
    needs=Needs(
        required={
            "contracts": ("contract_id", "prime_id"),
            "supply_chain": ("contract_id", "subcontractor_id"),
        },
        optional={"providers": ("provider_id", *OWNED)},
    ),
    message="{says}: {path}.",
)
ROW: dict[str, pl.DataType | type[pl.DataType]] = {
    "provider_id": pl.String,
    "question": pl.String,
    "contract_id": pl.String,
    "severity": pl.String,
    "says": pl.String,
    "path": pl.String,
    "flagged": pl.Boolean,
    "why_not": pl.String,
    "prime_of": pl.List(pl.String),
    "subcontractor_in": pl.List(pl.String),
}
NOT_KNOWN = "neither a number nor an owner of the organisation is in the records"
# A contract, its prime and one of its subcontractors.
Link = tuple[str, str, str]
Told = dict[str, str | bool | list[str] | None]


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every subcontractor, link, pair and owned organisation; the tables are small and collected."""
    chain = view.supply_chain.join(view.contracts, on="contract_id", how="inner")
    links = sorted(chain.select("contract_id", "prime_id", "subcontractor_id").unique().collect().rows())
    houses = organisations({"provider": view.providers})
    primes = view.contracts.select("contract_id", "prime_id").collect().rows()
    rows = [
        *_both_sides(links, primes, houses),
        *(_one_contract(link, houses) for link in links),
        *_each_other(links, houses),
        *_circles(houses),
    ]
    return pl.LazyFrame(rows, schema=ROW)


def _row(flagged: bool, of: tuple[str, ...], houses: Organisations, **told: str | list[str]) -> Told:  # noqa: FBT001
    """Return a row; one without a query is not assessable where the providers `of` it are not known."""
    known = all(("provider", provider) in houses.known for provider in of)
    row: Told = dict.fromkeys(ROW)
    return {**row, **told, "flagged": flagged if flagged or known else None, "why_not": NOT_KNOWN}


def _both_sides(links: list[Link], primes: list[tuple[str, str]], houses: Organisations) -> list[Told]:
    """Look at each subcontractor once, for a tie with the prime of another contract (1, 2)."""
    contracts: dict[str, list[str]] = {}
    for contract, prime in sorted(primes):
        contracts.setdefault(prime, []).append(contract)
    over = {prime: houses.owners(houses.of("provider", prime)).keys() for prime in contracts}
    inside: dict[str, list[str]] = {}
    for contract, _, provider in links:
        inside.setdefault(provider, []).append(contract)
    rows = []
    for provider, below in sorted(inside.items()):
        own = houses.owners(houses.of("provider", provider)).keys()
        tied = {
            contract: prime
            for prime in contracts
            if not own.isdisjoint(over[prime])
            for contract in contracts[prime]
            if below != [contract]
        }
        told: dict[str, str | list[str]] = {}
        if tied:
            itself_first = min(tied.values(), key=lambda prime: (prime != provider, prime))
            told = {
                "says": "A subcontractor is on the prime's side of another contract",
                "path": f"{_way(provider, itself_first, houses)}, prime of {_some(sorted(tied))}",
                "prime_of": sorted(tied),
                "subcontractor_in": below,
                "severity": "info",
            }
        ids = {"provider_id": provider, "question": "on both sides"}
        rows.append(_row(bool(tied), (provider,), houses, **ids, **told))
    return rows


def _one_contract(link: Link, houses: Organisations) -> Told:
    """Look at a subcontractor and the prime of the same contract (3, 4)."""
    contract, prime, provider = link
    way = houses.way(houses.of("provider", provider), houses.of("provider", prime))
    told = {}
    if way:
        told = {
            "says": f"The prime of {contract} and its subcontractor are one house",
            "path": _way(provider, prime, houses),
        }
    ids = {"provider_id": provider, "contract_id": contract, "question": f"its own prime in {contract}"}
    return _row(bool(way), (provider, prime), houses, **ids, **told)


def _each_other(links: list[Link], houses: Organisations) -> list[Told]:
    """Look at each two organisations that are prime and subcontractor, for the same the other way round."""
    below: dict[tuple[str, str], list[Link]] = {}
    for link in links:
        prime, provider = (houses.of("provider", named) for named in link[1:])
        if prime != provider:
            below.setdefault((prime, provider), []).append(link)
    rows = []
    for prime, provider in sorted({(min(pair), max(pair)) for pair in below}):
        down, up = below.get((prime, provider), []), below.get((provider, prime), [])
        ids = [named for link in (*down, *up) for named in link[1:]]
        first, second = sorted((houses.label(prime), houses.label(provider)))
        told: dict[str, str | list[str]] = {}
        if down and up:
            told = {
                "says": "Two providers are each other's subcontractors",
                "path": f"{first} and {second}, in {_some([link[0] for link in (*down, *up)])}",
                "severity": "low",
            }
        rows.append(
            _row(
                bool(down and up),
                tuple(ids),
                houses,
                provider_id=first,
                question=f"each other's with {second}",
                **told,
            )
        )
    return rows


def _circles(houses: Organisations) -> list[Told]:
    """Look at each organisation that has an owner; a circle is one row, of the id that comes first."""
    rows = []
    in_a_circle: set[str] = set()
    for members, way in houses.circles():
        in_a_circle |= members
        around = [houses.label(organisation) for organisation in way]
        told = {"says": "Owners own each other in a circle", "path": " > ".join(around), "severity": "low"}
        ids = {"provider_id": around[0], "question": "its own owner"}
        rows.append(_row(True, (), houses, **ids, **told))  # noqa: FBT003 - a circle is a query
    rows += [
        _row(False, (), houses, provider_id=houses.label(owned), question="its own owner")  # noqa: FBT003
        for owned, owners in houses.graph.out_degree()
        if owners and owned not in in_a_circle
    ]
    return rows


def _way(provider: str, prime: str, houses: Organisations) -> str:
    way = houses.way(houses.of("provider", provider), houses.of("provider", prime))
    return houses.told(provider, way or [], prime)


def _some(contracts: list[str]) -> str:
    """Name up to three contracts, each once, and say how many there are beyond these."""
    shown = 3
    ordered = sorted(set(contracts))
    more = len(ordered) - shown
    return ", ".join(ordered[:shown]) + (f" and {more} more" if more > 0 else "")
