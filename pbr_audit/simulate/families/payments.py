"""PBR113: payments that do not go with their claims."""

from dataclasses import replace

import numpy as np

from pbr_audit.money import PENCE_PER_POUND
from pbr_audit.simulate.block import Block
from pbr_audit.simulate.claims import LINKS, PAID, RECOVERED, REJECTED, WITHDRAWN
from pbr_audit.simulate.columns import MISSING, Bools, Columns, Ints
from pbr_audit.simulate.days import working_day
from pbr_audit.simulate.events import CUSTODY
from pbr_audit.simulate.families.family import PLANTED, Mark, Planted, Scene
from pbr_audit.simulate.protections import CLAWBACK_DAYS
from pbr_audit.simulate.spec import ATTACH

UNPAYABLE, ABOVE, UNCREDITED, TWICE, KEPT = range(5)
NAMES = (
    "paid although rejected or withdrawn",
    "more paid than asked for",
    "recovered without a credit",
    "paid twice, before and after a correction",
    "kept although the terms take it back",
)


def wrong_payment(scene: Scene) -> Planted:
    """Pay too much, twice or for nothing, or leave what has to go back; a fifth of the acts each."""
    facts, honest = scene.facts, scene.facts.block.claims
    paid: Bools = honest["paid_day"] != MISSING
    for_good = np.isin(honest["status"], (REJECTED, WITHDRAWN)) & ~_named(honest)
    places = (
        (UNPAYABLE, for_good),
        (ABOVE, facts.plain & paid),
        (UNCREDITED, facts.plain & paid & ~facts.leaned_on),
        (TWICE, (honest["supersedes"] != MISSING) & facts.live & paid),
        (KEPT, facts.plain & facts.quiet & facts.alone & (honest["role"] == ATTACH)),
    )
    block, first_act, marks = scene.block, 0, []
    for kind, mask in places:
        rows = scene.pick(mask, (scene.acts + kind) // len(NAMES))
        scene = scene.without(rows)
        block = _paid_wrongly(replace(scene, block=block), kind, rows)
        marks.append(Mark("PBR113", PLANTED, rows, first_act + np.arange(len(rows)), NAMES[kind]))
        first_act += len(rows)
    return Planted(block, tuple(mark for mark in marks if len(mark.rows)))


def _named(claims: Columns) -> Bools:
    """Whether another claim repeats, replaces or takes back a claim."""
    named = np.zeros(claims.height, dtype=np.bool_)
    for link in LINKS:
        named[claims[link][claims[link] != MISSING]] = True
    return named


def _paid_wrongly(scene: Scene, kind: int, rows: Ints) -> Block:
    """Return the block with one kind of wrong payment on some claims."""
    claims, chosen = scene.claims, scene.claims.taken(rows)
    if kind == UNPAYABLE:
        return scene.with_claims(claims.changed(rows, {"paid_day": _settled(chosen)}))
    if kind == ABOVE:
        pounds = 1 + scene.rng.exponential(80.0, len(rows)) * scene.strength
        return scene.with_claims(
            claims.changed(rows, {"paid_extra": (pounds * PENCE_PER_POUND).astype(np.int64)})
        )
    if kind == UNCREDITED:
        return scene.with_claims(claims.changed(rows, {"status": RECOVERED}))
    if kind == TWICE:
        first = chosen["supersedes"]
        values = {"status": PAID, "paid_day": _settled(claims.taken(first))}
        return scene.with_claims(claims.changed(first, values))
    start = chosen["day"] + 1 + scene.rng.integers(0, CLAWBACK_DAYS, len(rows))
    more = Columns(
        {
            "client": chosen["client"],
            "event": np.full(len(rows), CUSTODY),
            "start_day": start,
            "end_day": start + scene.beyond(len(rows), 30),
        }
    )
    return replace(scene.block, events=scene.block.events.followed_by(more))


def _settled(claims: Columns) -> Ints:
    return working_day(claims["submitted"] + 21)
