"""q-values, against the step-up rule that they stand for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, norm

from pbr_audit.stats import benjamini_hochberg
from pbr_audit.stats.multiplicity import (
    benjamini_yekutieli,
    cauchy_combination,
    selected_confidence,
    selected_families,
    simes,
)

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


def test_a_family_without_a_test_is_no_family() -> None:
    found = selected_families([0.001, 0.9, np.nan, np.nan], [7, 7, 3, 3], 0.05)
    assert found.names.tolist() == [7]
    assert found.flagged.tolist() == [True, False, False, False]
    assert np.isnan(found.q_values[2:]).all()


def test_tests_in_a_family_that_was_not_selected_are_not_asked() -> None:
    found = selected_families([0.001, 0.04, 0.9, 0.06], [1, 2, 1, 2], 0.05)
    assert found.selected.tolist() == [True, False]
    assert np.isnan(found.q_values).tolist() == [False, True, False, True]


def test_one_of_two_families_selected_halves_the_level_within_it() -> None:
    # The second test of family 1 has a q-value of 0.04 within it: below 0.05, above 0.05 of one family in
    # two.
    found = selected_families([0.001, 0.04, 0.9, 0.8], [1, 1, 2, 2], 0.05)
    assert found.q_values[:2] == pytest.approx([0.004, 0.08])
    assert found.flagged.tolist() == [True, False, False, False]


def test_of_the_families_selected_in_simulated_books_few_are_false() -> None:
    world = np.random.default_rng(11)
    false_share = []
    for _ in range(400):
        p = world.random((40, 4))
        p[:4, 0] *= 1e-4
        found = selected_families(p.ravel(), np.repeat(np.arange(40), 4), 0.05)
        false_share.append(found.selected[4:].sum() / max(found.selected.sum(), 1))
    assert np.mean(false_share) <= 0.05 + 2 * np.std(false_share) / 20


def test_a_rule_with_forty_tests_takes_no_more_from_the_others_than_one_with_a_single_test() -> None:
    few = selected_families([0.004, 0.5, 0.9], [1, 1, 2], 0.05, [1, 2, 1])
    many = selected_families([0.004, *[0.5] * 40, 0.9], [1] * 41 + [2], 0.05, [1, *[2] * 40, 1])
    assert few.family_p == pytest.approx(many.family_p)
    assert few.q_values[0] == pytest.approx(many.q_values[0])
    assert many.flagged.tolist() == [True, *[False] * 41]
    assert not selected_families([0.004, *[0.5] * 40, 0.9], [1] * 41 + [2], 0.05).flagged.any()


def test_a_test_pays_for_the_others_of_its_rule() -> None:
    # One family: the first rule's Simes p-value is 0.01, the second's 0.02; both are selected, so that within
    # the first rule 0.03 is held against 0.05, and 0.06 of two tests is not below it.
    found = selected_families([0.01, 0.06, 0.02], [5, 5, 5], 0.05, [1, 1, 2])
    assert found.family_p == pytest.approx([0.02])
    assert found.q_values == pytest.approx([0.02, 0.06, 0.02])
    assert found.flagged.tolist() == [True, False, True]


def test_the_q_value_of_a_test_is_the_level_from_which_on_it_is_flagged_among_those_selected() -> None:
    world = np.random.default_rng(5)
    p, family, rule = world.random(400) ** 4, world.integers(0, 20, 400), world.integers(0, 6, 400)
    p[world.random(400) < 0.2] = np.nan
    found = selected_families(p, family, 0.05, rule)
    for at in np.flatnonzero(~np.isnan(found.q_values)):
        assert found.flagged[at] == (found.q_values[at] <= 0.05)
        # Every test of a rule that was flagged has a smaller p-value than those that were not.
        same = (family == family[at]) & (rule == rule[at]) & ~np.isnan(p)
        assert not found.flagged[at] or found.flagged[same & (p <= p[at])].all()


def test_on_three_floors_few_providers_rules_and_tests_in_simulated_books_are_false() -> None:
    world = np.random.default_rng(12)
    family, rule = np.repeat(np.arange(40), 23), np.tile([0, 1, 2, *[3] * 20], 40)
    acts = (family < 4) & (rule == 0)
    shares = []
    for _ in range(400):
        p = world.random(family.size)
        p[acts] *= 1e-4
        flagged = selected_families(p, family, 0.05, rule).flagged
        shares.append((flagged & ~acts).sum() / max(flagged.sum(), 1))
        assert flagged[acts].any()
    assert np.mean(shares) <= 0.05 + 2 * np.std(shares) / 20


def test_nothing_to_combine_is_no_p_value() -> None:
    assert np.isnan(simes([np.nan]))
    assert np.isnan(cauchy_combination([]))


def test_yekutieli_s_values_are_scipy_s() -> None:
    p = np.round(np.random.default_rng(5).random(60) ** 2, 3)
    np.testing.assert_allclose(benjamini_yekutieli(p), false_discovery_control(p, method="by"), rtol=1e-12)


def test_intervals_of_what_was_selected_are_wider() -> None:
    assert selected_confidence(3, 60) == pytest.approx(1 - 2 * 0.05 * 3 / 60)
    assert selected_confidence(60, 60) == pytest.approx(0.9)
    assert selected_confidence(0, 20) == selected_confidence(1, 20)
    assert selected_confidence(0, 0) == pytest.approx(0.9)


def test_of_selected_intervals_no_more_than_the_level_miss_below() -> None:
    world, missed = np.random.default_rng(12), []
    for _ in range(400):
        truth = np.where(np.arange(200) < 10, 3.5, 0.0)
        seen = truth + world.normal(size=200)
        chosen = benjamini_hochberg(norm.sf(seen)) <= 0.05
        width = norm.isf((1 - selected_confidence(int(chosen.sum()), 200)) / 2)
        missed.append((seen[chosen] - width > truth[chosen]).sum() / max(chosen.sum(), 1))
    assert np.mean(missed) <= 0.05 + 2 * np.std(missed) / 20


def test_one_test_alone_is_corrected_for_nothing() -> None:
    assert benjamini_hochberg([0.03]).tolist() == [0.03]
    assert np.isnan(benjamini_hochberg([np.nan])).tolist() == [True]
