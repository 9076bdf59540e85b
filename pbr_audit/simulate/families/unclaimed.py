"""PBR810: results that were measured, were good enough, and were never claimed."""

from dataclasses import replace

import numpy as np

from pbr_audit.simulate.chain import CUT_DAY
from pbr_audit.simulate.families.family import NamedMark, Planted, Scene
from pbr_audit.simulate.people_tables import client_ids
from pbr_audit.simulate.spec import ATTACH, CHECK

SETTLED_DAYS = 200


def never_claimed(scene: Scene) -> Planted:
    """Let a check of appointments that nobody claimed have turned out well all the same."""
    facts, honest = scene.facts, scene.facts.block.claims
    terms = scene.setting.spec.outcomes[CHECK]
    least = int(terms.threshold or 0)
    low, _ = terms.window_days or (0, 0)
    claimed = np.zeros(scene.block.clients.height, dtype=np.bool_)
    claimed[honest["client"][honest["role"] == CHECK]] = True
    day = facts.of_client("start_day") + low
    ends = scene.setting.end_days[facts.of_client("contract")]
    fits = facts.plain & facts.quiet & (honest["role"] == ATTACH) & (facts.of_client("missed") > least)
    fits &= ~claimed[honest["client"]] & (day <= ends) & (day + SETTLED_DAYS < CUT_DAY)
    rows = scene.pick(fits & (honest["day"] <= day))
    client = honest["client"][rows]
    measured = scene.block.measurements
    known = np.flatnonzero((measured["role"] == CHECK) & np.isin(measured["client"], client))
    missed = scene.rng.integers(0, least + 1, len(known)).astype(np.float64)
    block = replace(scene.block, measurements=measured.changed(known, {"value": missed}))
    names = client_ids(scene.block.clients["number"][client]) + f"/{terms.code}"
    mark = NamedMark("PBR810", "client", names, rows, "measured and never claimed")
    return Planted(block, named=(mark,) if len(rows) else ())
