"""Sensitivity to what nobody recorded, against published examples."""

import pytest

from pbr_audit.stats.unseen import e_value, rosenbaum_bound


def test_the_e_value_of_a_published_ratio() -> None:
    # VanderWeele and Ding (2017): a risk ratio of 3.9 has an E-value of 7.2, its limit of 1.8 one of 3.0.
    found = e_value(0.39, 0.1, 0.08, 0.7)

    assert found == pytest.approx((7.26, 3.0), abs=0.01)


def test_a_reduction_counts_as_its_inverse() -> None:
    # 0.80 (0.71 to 0.91): 1.81 and 1.43
    found = e_value(0.40, 0.5, -0.145, -0.045)

    assert found == pytest.approx((1.81, 1.43), abs=0.005)


def test_an_interval_that_holds_nothing_needs_no_unseen_trait() -> None:
    found = e_value(0.4, 0.5, -0.25, 0.05)

    assert found is not None
    assert found[1] == 1.0


def test_without_events_there_is_no_ratio() -> None:
    assert e_value(0.0, 0.5, -0.6, -0.4) is None


def test_the_bound_is_where_the_binomial_test_stops_rejecting() -> None:
    from scipy.stats import binom  # noqa: PLC0415 - the one test that needs it

    bound = rosenbaum_bound(20, 70)

    assert bound > 1
    assert binom.sf(69, 90, bound / (1 + bound)) == pytest.approx(0.025, rel=1e-6)
    assert rosenbaum_bound(70, 20) == bound


def test_pairs_that_show_nothing_have_a_bound_of_one() -> None:
    assert rosenbaum_bound(10, 12) == 1.0
    assert rosenbaum_bound(0, 0) == 1.0
