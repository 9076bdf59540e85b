"""What a family of planted acts sees, and what it gives back.

A family changes rows of clients whom no family has touched before, so that acts do not meddle with each
other, and says which claims a rule should flag for it. Rules are named by their ids only: the truth is
made from the standard's definitions, without a look at any rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from pbr_audit.simulate.block import Block
from pbr_audit.simulate.chain import CONTRACTS
from pbr_audit.simulate.claims import LINKS, is_live, required_roles
from pbr_audit.simulate.columns import MISSING, Bools, Columns, Ints, grouped_sum
from pbr_audit.simulate.events import ABROAD, CUSTODY, DEATH
from pbr_audit.simulate.lifecycle import NUMBERS_A_CLAIM
from pbr_audit.simulate.protections import is_capped
from pbr_audit.simulate.setting import Setting
from pbr_audit.simulate.spec import KEEP, ROLES

# What the truth says of a claim. A rule should flag the first two; a finding may name the third (the first
# of two claims, or a claim that another rule may ask about too), and need not.
PRIME, SUBCONTRACTOR = "prime", "subcontractor"
PLANTED, DRAGGED, BYSTANDER = "planted", "dragged", "bystander"


@dataclass(frozen=True)
class Mark:
    """Claims (by place in the block) of a tier that a rule should flag; `acts` numbers their acts from 0."""

    rule_id: str
    role: str
    rows: Ints
    acts: Ints
    kind: str
    tier: str = PRIME


@dataclass(frozen=True)
class NamedMark:
    """Subjects that are no claims, by name; `rows` are claims of the clients whom each act is about."""

    rule_id: str
    subject_type: str
    names: pl.Series
    rows: Ints
    kind: str


@dataclass(frozen=True)
class Planted:
    """A block with acts planted, and the truth about them; `providers` act so in every block."""

    block: Block
    marks: tuple[Mark, ...] = ()
    named: tuple[NamedMark, ...] = ()
    providers: Ints | None = None


@dataclass(frozen=True)
class Facts:
    """What is true of an honest block, claim by claim; a family reads it for clients not yet touched."""

    setting: Setting
    block: Block

    @cached_property
    def live(self) -> Bools:
        """Whether a claim is live."""
        return is_live(self.block.claims)

    @cached_property
    def plain(self) -> Bools:
        """Whether a claim is live and neither names nor is named by another."""
        claims = self.block.claims
        linked = np.zeros(claims.height, dtype=np.bool_)
        for link in LINKS:
            names = claims[link] != MISSING
            linked |= names
            linked[claims[link][names]] = True
        return self.live & ~linked

    @cached_property
    def quiet(self) -> Bools:
        """Whether a claim's client has no death, custody or journey on record."""
        loud = np.zeros(self.block.clients.height, dtype=np.bool_)
        events = self.block.events
        loud[events["client"][np.isin(events["event"], (DEATH, CUSTODY, ABROAD))]] = True
        return np.asarray(~loud[self.block.claims["client"]])

    def held(self, role: int) -> Ints:
        """Return how many live claims of a role each claim's client has."""
        return np.asarray(self._held.reshape(-1, ROLES)[self.block.claims["client"], role])

    @cached_property
    def _held(self) -> Ints:
        claims = self.block.claims
        places = claims["client"] * ROLES + claims["role"]
        return grouped_sum(places, self.block.clients.height * ROLES, self.live)

    @cached_property
    def alone(self) -> Bools:
        """Whether a claim is its client's only live one."""
        total = self._held.reshape(-1, ROLES).sum(axis=1)
        return np.asarray(self.live & (total[self.block.claims["client"]] == 1))

    @cached_property
    def last(self) -> Bools:
        """Whether no live claim of the client has a later outcome."""
        claims = self.block.claims
        latest = np.full(self.block.clients.height, MISSING)
        np.maximum.at(latest, claims["client"][self.live], claims["day"][self.live])
        return np.asarray(self.live & (claims["day"] == latest[claims["client"]]))

    @cached_property
    def leaned_on(self) -> Bools:
        """Whether the client has a live claim for an outcome that requires this one."""
        leaned = np.zeros(self.block.claims.height, dtype=np.bool_)
        for role, followers in required_roles(self.setting).items():
            mine = self.block.claims["role"] == role
            for follower in followers:
                leaned |= mine & (self.held(follower) > 0)
        return leaned

    @cached_property
    def checked(self) -> Bools:
        """Whether somebody checked a claim."""
        checked = np.zeros(self.block.claims.height, dtype=np.bool_)
        checked[self.block.checks["claim"]] = True
        return checked

    @cached_property
    def capped(self) -> Bools:
        """Whether a claim stands under a cap on its client."""
        capped = np.array([is_capped(contract) for contract in range(CONTRACTS)])
        return np.asarray((self.block.claims["role"] == KEEP) & capped[self.of_client("contract")])

    def of_client(self, name: str) -> Ints:
        """Return a column of the clients for each claim."""
        return np.asarray(self.block.clients[name][self.block.claims["client"]])


@dataclass(frozen=True)
class Scene:
    """What a family may use: a block, facts of it when it was honest, who is free, and how much to plant."""

    setting: Setting
    block: Block
    facts: Facts
    free: Bools
    rng: np.random.Generator
    acts: int
    share: float
    strength: float

    @property
    def claims(self) -> Columns:
        """The pairs as they stand now; the first ones are the honest block's, at their places."""
        return self.block.claims

    def pick(self, mask: Bools, acts: int | None = None) -> Ints:
        """Return up to `acts` honest claims out of `mask`, one a client, and of none touched before."""
        honest = self.facts.block.claims
        rows = np.flatnonzero(mask & self.free[honest["client"]])
        rows = self.rng.permutation(rows)
        first = np.sort(np.unique(honest["client"][rows], return_index=True)[1])
        return rows[first][: self.acts if acts is None else acts]

    def without(self, rows: Ints) -> "Scene":
        """Return the scene with the clients of some claims no longer free."""
        free = self.free.copy()
        free[self.claims["client"][rows]] = False
        return replace(self, free=free)

    @property
    def acting(self) -> Bools:
        """Which providers act, where the rate is a share of them."""
        return acting(self.setting, self.share)

    def beyond(self, count: int, usual: float) -> Ints:
        """Return how many steps past a boundary acts go: 1, and about `usual` more at strength 1."""
        return 1 + (self.rng.exponential(max(usual, 1e-9), count) * self.strength).astype(np.int64)

    def with_claims(self, claims: Columns) -> Block:
        """Return the block with other claims."""
        return replace(self.block, claims=claims)

    def copied(self, rows: Ints, step: int = 1) -> Columns:
        """Return copies of claims as further claims: numbered beside them, each with its own document."""
        copies = self.claims.taken(rows)
        group = copies["number"] // NUMBERS_A_CLAIM
        number = group * NUMBERS_A_CLAIM + (copies["number"] + step) % NUMBERS_A_CLAIM
        return copies.having(number=number, document=number)


def acting(setting: Setting, share: float) -> Bools:
    """Return which providers act, a `share` of them and one at least: the same in every block and family."""
    providers = setting.chain.providers
    rank = np.argsort(np.argsort(setting.rng("acting providers").random(providers)))
    return np.asarray(
        rank < max(1, round(share * providers)) if share else np.zeros(providers, dtype=np.bool_)
    )


def planted(scene: Scene, claims: Columns, marks: Iterable[Mark]) -> Planted:
    """Return the scene's block with these claims, and the truth."""
    return Planted(scene.with_claims(claims), tuple(mark for mark in marks if len(mark.rows)))


def mark_each(rule_id: str, rows: Ints, kind: str, role: str = PLANTED, first_act: int = 0) -> Mark:
    """Mark claims, each as an act of its own."""
    return Mark(rule_id, role, rows, first_act + np.arange(len(rows)), kind)


def beside_the_record(rows: Ints, kind: str) -> list[Mark]:
    """Mark claims dated so that what others record of work, benefit or reoffending may not go with them."""
    return [mark_each(rule_id, rows, kind, BYSTANDER) for rule_id in ("PBR203", "PBR207")]


def others_of_client(scene: Scene, rows: Ints, mask: Bools) -> tuple[Ints, Ints]:
    """Return further claims in `mask` of the clients of `rows`, and the place in `rows` of each one's act."""
    owner = np.full(scene.block.clients.height, -1)
    client = scene.facts.block.claims["client"]
    owner[client[rows]] = np.arange(len(rows))
    also = mask & (owner[client] >= 0)
    also[rows] = False
    found = np.flatnonzero(also)
    return found, owner[client[found]]
