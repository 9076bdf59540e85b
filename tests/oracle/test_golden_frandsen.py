"""Frandsen's exact test, against the published Stata program's cases worked out with exact tails."""

import pytest

from pbr_audit.stats.frandsen import frandsen
from tests.oracle.golden import golden, needs_golden


@needs_golden
@pytest.mark.parametrize("name", ["heap", "mild", "none", "hole", "small"])
def test_the_three_points_at_every_k(name: str) -> None:
    case = golden("A8_frandsen_discrete")
    points = case["expected"][name]
    by_k = {float(key[2:]): values for key, values in points.items() if key.startswith("k=")}
    # The smallest case has nine values: below the guard, which is lifted for it.
    found = frandsen(points["n_at"], points["n_below"], points["n_above"], list(by_k), least=0)
    tolerance = case["tolerance"]["rel"]
    assert found.excess == pytest.approx([one["p_excess"] for one in by_k.values()], rel=tolerance)
    assert found.deficit == pytest.approx([one["p_deficit"] for one in by_k.values()], rel=tolerance)
    assert found.two_sided == pytest.approx([one["p_two"] for one in by_k.values()], rel=tolerance)
