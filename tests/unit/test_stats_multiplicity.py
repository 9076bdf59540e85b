"""q-values, against the step-up rule that they stand for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from pbr_audit.stats import benjamini_hochberg

# In 1,009ths against levels in thousandths: no p-value lies on a level, where rounding would decide.
PROBABILITIES = st.lists(st.integers(0, 1009), min_size=1, max_size=40)


def test_the_example_of_benjamini_and_hochberg_s_paper_keeps_its_four_rejections() -> None:
    # Fifteen p-values of a trial (Benjamini and Hochberg 1995, section 4.1): four are rejected at 5 %.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240]
    p += [0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    q = benjamini_hochberg(p)
    assert (q <= 0.05).sum() == 4
    assert q[:4] == pytest.approx([0.0015, 0.0030, 0.0095, 0.035625])


def test_q_values_stand_in_the_order_of_their_tests() -> None:
    assert benjamini_hochberg([0.9, 0.01, 0.02]) == pytest.approx([0.9, 0.03, 0.03])


def test_a_test_that_abstained_leaves_the_number_of_tests() -> None:
    q = benjamini_hochberg([0.01, np.nan, 0.04])
    assert q == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)


def test_no_test_at_all_has_no_q_value() -> None:
    assert benjamini_hochberg([]).tolist() == []
    assert np.isnan(benjamini_hochberg([np.nan, np.nan])).all()


@given(PROBABILITIES, st.integers(1, 500))
def test_flags_are_those_of_the_step_up_rule(parts: list[int], thousandths: int) -> None:
    p, level = [part / 1009 for part in parts], thousandths / 1000
    ordered = sorted(p)
    passing = [value for rank, value in enumerate(ordered, start=1) if value * len(p) / rank <= level]
    threshold = max(passing, default=-1.0)
    flagged = benjamini_hochberg(p) <= level
    assert flagged.tolist() == [value <= threshold for value in p]


def test_the_q_values_are_scipy_s_on_any_p_values() -> None:
    rng = np.random.default_rng(20161122)
    for count in (1, 2, 7, 300):
        p = np.round(rng.random(count) ** 3, 3)  # rounded, so that there are ties
        np.testing.assert_allclose(benjamini_hochberg(p), false_discovery_control(p, method="bh"), rtol=1e-12)
