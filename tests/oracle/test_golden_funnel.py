"""Funnels: Spiegelhalter's bowel-cancer districts and child-heart hospitals, and exact Poisson limits."""

import numpy as np
import pytest

from pbr_audit.stats.exact import binomial_upper_tail
from pbr_audit.stats.funnel import deviates, overdispersion, poisson_limits, share_scores
from tests.oracle.golden import golden, needs_golden, table

FILES = {
    "B5_funnel_bowel_PR": ("bowel_cancer_funnel.csv", "District", "n", "d"),
    "B5_funnel_child_heart_PR": ("child_heart_1991.csv", "Hospital", "Deaths", "Operations"),
}
OUTSIDE = 3.090232306167813  # 99.8 %


@needs_golden
@pytest.mark.parametrize("name", FILES)
def test_deviates_before_and_after_the_spread_is_allowed_for(name: str) -> None:
    case = golden(name)
    expected, tolerance = case["expected"], case["tolerance"]["rel"]
    file, label, reached, size = FILES[name]
    columns = table(file)
    k, n = (np.array(columns[column], dtype=np.float64) for column in (reached, size))
    scores = share_scores(k, n)
    spread = overdispersion(scores, "winsorise", case["params"]["trim_by"])
    assert k.sum() / n.sum() == pytest.approx(expected["target"], rel=tolerance)
    assert spread.phi == pytest.approx(expected["phi"], rel=tolerance)
    assert spread.between == pytest.approx(expected["tau2"], rel=tolerance)

    adjusted = deviates(scores, spread, "additive")
    ours = {place: (z, odz) for place, z, odz in zip(columns[label], scores.z, adjusted, strict=True)}
    theirs = {row["group"]: (row["Uzscore"], row["odz"]) for row in expected["table"]}
    assert ours.keys() == theirs.keys()
    for place, values in theirs.items():
        assert ours[place] == pytest.approx(values, rel=tolerance, abs=1e-9)
    assert (np.abs(scores.z) > OUTSIDE).sum() == expected["n_out_unadj_998"]
    assert (np.abs(adjusted) > OUTSIDE).sum() == expected["n_out_od_998"]


@needs_golden
def test_exact_poisson_limits() -> None:
    case = golden("B6_funnel_poisson_limits")
    for row in case["expected"]:
        limits = [float(side) for level in (0.95, 0.998) for side in poisson_limits(row["number_seq"], level)]
        wanted = [row["ll95"], row["ul95"], row["ll998"], row["ul998"]]
        assert limits == pytest.approx(wanted, abs=case["tolerance"]["abs"])


@needs_golden
def test_the_exact_tail_of_each_child_heart_hospital() -> None:
    case = golden("B7_bristol_exact")
    columns = table("child_heart_1991.csv")
    k, n = (np.array(columns[column], dtype=np.float64) for column in ("Deaths", "Operations"))
    common = k.sum() / n.sum()
    assert common == pytest.approx(case["expected"]["p0"], rel=case["tolerance"]["rel"])
    tails = dict(zip(columns["Hospital"], binomial_upper_tail(k, n, common), strict=True))
    assert tails == pytest.approx(case["expected"]["upper_tail"], rel=case["tolerance"]["rel"])
