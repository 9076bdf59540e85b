"""Exact binomial and Poisson figures: the examples of R's own help pages.

The two-sided p-values of those pages add up every outcome that is no more likely than the one seen. The
program asks on one side; where two are wanted scipy's `binomtest` does it, and is held to the same figures
here.
"""

import pytest
from scipy.stats import binomtest

from pbr_audit.stats.exact import (
    binomial_upper_tail,
    clopper_pearson,
    poisson_interval,
    poisson_tails,
    rate_ratio,
)
from tests.oracle.golden import golden, needs_golden


@needs_golden
def test_conover_s_682_of_925_plants() -> None:
    case = golden("D5_exact_binom_poisson")
    expected, tolerance = case["expected"]["binom"], case["tolerance"]["rel"]
    assert [float(limit) for limit in clopper_pearson(682, 925)] == pytest.approx(
        expected["ci"], rel=tolerance
    )
    assert binomtest(682, 925, 0.75).pvalue == pytest.approx(expected["p_682_925_75"], rel=tolerance)
    # At one half both sides are alike.
    assert 2 * binomial_upper_tail(9, 10, 0.5) == pytest.approx(expected["p_9_10"], rel=tolerance)


@needs_golden
def test_137_events_where_24_are_expected() -> None:
    case = golden("D5_exact_binom_poisson")
    expected, tolerance = case["expected"]["poisson"], case["tolerance"]["rel"]
    _, many = poisson_tails(137, 24.19893)
    # Nothing at all is likelier than 137, so that the other side adds nothing.
    assert float(many) == pytest.approx(expected["p_137_24.19893"], rel=tolerance)
    limits = [float(limit) / 24.19893 for limit in poisson_interval(137)]
    assert limits == pytest.approx(expected["ci"], rel=tolerance)


@needs_golden
def test_the_ratio_of_two_rates() -> None:
    case = golden("D5_exact_binom_poisson")
    expected, tolerance = case["expected"]["poisson"]["ratio"], case["tolerance"]["rel"]
    years, others = 800, 1083 + 1050 + 878
    ratio, low, high = (float(one) for one in rate_ratio(11, years, 6 + 8 + 7, others))
    assert ratio == pytest.approx(expected["estimate"], rel=tolerance)
    assert [low, high] == pytest.approx(expected["conf.int"], rel=tolerance)
    p_value = binomtest(11, 32, years / (years + others)).pvalue
    assert p_value == pytest.approx(expected["p.value"], rel=tolerance)
