"""PBR305: one account, telephone or mailbox behind many unrelated clients of one adviser."""

from dataclasses import replace

import numpy as np
import polars as pl

from pbr_audit.simulate.columns import Ints
from pbr_audit.simulate.families.family import NamedMark, Planted, Scene
from pbr_audit.simulate.naming import provider_ids
from pbr_audit.simulate.people import RELATION_NONE
from pbr_audit.simulate.people_tables import client_ids
from pbr_audit.simulate.registry.slips import bits_of

# In the order in which acts take turns: the column here, and the standard's.
VALUES = (("account", "bank_account"), ("phone", "phone"), ("mailbox", "email"))
LEAST_HOUSEHOLDS = 5
# What is shared is numbered below 0, far from the numbers of hostels and offices.
SHARED_NUMBERS = 1_000_000
ACTS_A_BLOCK = 10_000
LEFT_OUT = bits_of(("no postcode", "no telephone", "no e-mail", "no account"))
MISTYPED = bits_of(
    (
        "family name mistyped",
        "family name doubled",
        "names exchanged",
        "postcode mistyped",
        "telephone mistyped",
        "e-mail mistyped",
        "account mistyped",
    )
)


def one_number(scene: Scene) -> Planted:
    """Give an adviser's clients of different households and places one number."""
    clients = scene.block.clients
    groups = _groups(scene)
    first: list[int] = []
    names: list[str] = []
    ids = provider_ids(scene.setting.chain.providers)
    for act, rows in enumerate(groups):
        column, called = VALUES[act % len(VALUES)]
        value = -(SHARED_NUMBERS + scene.block.number * ACTS_A_BLOCK + act)
        # Nothing that these clients have in common was left out.
        clients = clients.changed(rows, {"slips": clients["slips"][rows] & ~LEFT_OUT})
        clients = clients.changed(
            rows, {column: value, "has_email": True} if column == "mailbox" else {column: value}
        )
        earliest = rows[np.lexsort((clients["number"][rows], clients["referral_day"][rows]))[0]]
        number = client_ids(clients["number"][[earliest]])[0]
        first.append(int(earliest))
        names.append(f"{ids[int(clients['registered'][earliest])]}/{called}/{number}")
    if not first:
        return Planted(scene.block)
    mark = NamedMark(
        "PBR305", "provider", pl.Series(names), _claim_of(scene, first), "one value behind many clients"
    )
    return Planted(replace(scene.block, clients=clients), named=(mark,))


def _groups(scene: Scene) -> list[Ints]:
    """Return the clients of each act: of one provider and adviser, no two of one name or one place."""
    clients, claims = scene.block.clients, scene.facts.block.claims
    fits = (
        scene.free & (clients["relation"] == RELATION_NONE) & (clients["registered"] == clients["provider"])
    )
    fits[:-1] &= clients["relation"][1:] == RELATION_NONE
    fits &= clients["slips"] & MISTYPED == 0
    # An act is told by a claim of its first client, so each has one.
    fits &= np.bincount(claims["client"], minlength=clients.height) > 0
    rows = scene.rng.permutation(np.flatnonzero(fits))
    office = clients["provider"][rows] * 1_000 + clients["advisor"][rows]
    rows = rows[np.argsort(office, kind="stable")]
    office = np.sort(office, kind="stable")
    found: list[Ints] = []
    size = LEAST_HOUSEHOLDS + int(scene.beyond(1, 1)[0]) - 1
    taken: list[int] = []
    families: set[int] = set()
    places: set[int] = set()
    before = -1
    for row, here in zip(rows.tolist(), office.tolist(), strict=True):
        if here != before:
            taken, families, places, before = [], set(), set(), here
        place = int(clients["outward"][row] * 1_000 + clients["inward"][row])
        if int(clients["family"][row]) in families or place in places:
            continue
        taken.append(row)
        families.add(int(clients["family"][row]))
        places.add(place)
        if len(taken) == size:
            found.append(np.array(taken, dtype=np.int64))
            size = LEAST_HOUSEHOLDS + int(scene.beyond(1, 1)[0]) - 1
            taken, families, places = [], set(), set()
    # Advisers are told in the order of their ids, and no one of them shall act for all.
    return [found[place] for place in scene.rng.permutation(len(found))[: scene.acts]]


def _claim_of(scene: Scene, clients: list[int]) -> Ints:
    """Return the first claim of each client."""
    client = scene.facts.block.claims["client"]
    return np.searchsorted(client, np.array(clients, dtype=np.int64))
