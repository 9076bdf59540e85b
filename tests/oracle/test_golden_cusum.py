"""Risk-adjusted cumulative sums: the scores of Steiner and others (2000), and Shipman's patients by year."""

import numpy as np
import pytest

from pbr_audit.stats.cusum import boundary, likelihood_scores, poisson_ratio_test
from tests.oracle.golden import golden, needs_golden, table

# The paper, page 446: a Parsonnet score of 0 or 50, survived or died, for doubled odds.
STEINER_2000 = (-0.024, 0.669, -0.433, 0.260)
PARSONNET, DIED = np.array([0, 0, 50, 50]), np.array([0, 1, 0, 1])
RISK = 1 / (1 + np.exp(3.68 - 0.077 * PARSONNET))


def test_the_scores_are_those_of_the_paper_to_its_three_places() -> None:
    assert likelihood_scores(DIED, RISK, 2.0).round(3) == pytest.approx(STEINER_2000)


@needs_golden
def test_the_scores_are_those_of_vlad() -> None:
    case = golden("B8_racusum_sprt")
    tolerance = case["tolerance"]["abs"]
    for ratio, name in ((2.0, "racusum_RA2"), (0.5, "racusum_RAhalf")):
        assert likelihood_scores(DIED, RISK, ratio) == pytest.approx(case["expected"][name], abs=tolerance)


@needs_golden
@pytest.mark.parametrize(("name", "column"), [("sprt_female", "Women65plus"), ("sprt_male", "Men65plus")])
def test_the_sequential_test_of_shipman_s_patients(name: str, column: str) -> None:
    case = golden("B8_racusum_sprt")
    expected, tolerance = case["expected"]["shipman"], case["tolerance"]["abs"]
    years = table("shipman.csv")
    observed = np.array(years[f"{column}Obs"], dtype=np.float64)
    usual = np.array(years[f"{column}Exp"], dtype=np.float64)
    assert poisson_ratio_test(observed, usual, 2.0) == pytest.approx(expected[name], abs=tolerance)


@needs_golden
def test_the_line_of_women_passes_the_outer_boundary_in_1985() -> None:
    expected = golden("B8_racusum_sprt")["expected"]["shipman"]
    boundaries = [boundary(alpha, alpha) for alpha in (0.01, 0.0001, 0.000001)]
    assert boundaries == pytest.approx(expected["upper"], abs=1e-9)
    path, year = np.array(expected["sprt_female"]), np.array(expected["year"])
    assert year[path > boundaries[2]].min() == 1985
