"""The pairs are MatchIt's on public data: the 614 people of the job-training programme (LaLonde, 1986)."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pbr_audit.stats.nearest import nearest

GIVEN: dict[str, Any] = json.loads(
    (Path(__file__).parent / "matchit_lalonde.json").read_text(encoding="utf-8")
)


def test_all_185_pairs_are_those_of_matchit() -> None:
    assert len(GIVEN["treated"]) == 185
    assert nearest(GIVEN["treated"], GIVEN["pool"]).tolist() == GIVEN["matched"]


def test_the_113_pairs_within_the_caliper_are_those_of_matchit() -> None:
    caliper = 0.2 * float(np.std(GIVEN["treated"] + GIVEN["pool"], ddof=1))

    found = nearest(GIVEN["treated"], GIVEN["pool"], caliper).tolist()

    assert caliper == pytest.approx(GIVEN["caliper"], rel=1e-12)
    assert sum(place >= 0 for place in found) == 113
    assert found == GIVEN["matched_within_caliper"]
