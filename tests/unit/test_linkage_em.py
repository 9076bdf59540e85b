"""Expectation and maximisation, held against figures worked out by hand and against a known mixture."""

from itertools import pairwise, product

import numpy as np
import pytest

from pbr_audit.linkage import em

GROUPS = (0, 1, 1)
RANDOM, SAME = np.array([0, 0.9, 0.1]), np.array([0, 0.2, 0.8])


def test_one_round_is_what_it_is_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(em, "_ITERATIONS", 1)
    monkeypatch.setattr(em, "_PRIOR_PAIRS", 0.0)
    # Ten pairs, of which two were compared: one differs, one is the same.
    patterns = em.Patterns([np.array([1, 2])], np.array([1.0, 1.0]), 10.0)
    found = em.fit(patterns, [[RANDOM], [SAME]], np.array([0.5, 0.5]), [GROUPS])

    differs, same = 0.2 / (0.2 + 0.9), 0.8 / (0.8 + 0.1)
    assert found.shares[em.SAME] == pytest.approx((differs + same) / 10)
    assert found.tables[em.SAME][0] == pytest.approx([0, differs / (differs + same), same / (differs + same)])
    assert found.tables[em.RANDOM][0].tolist() == RANDOM.tolist()
    assert found.log_likelihood == pytest.approx(np.log(0.5 * 1.1) + np.log(0.5 * 0.9) + 8 * np.log(0.5))


def mixture(share: float = 0.01, pairs: float = 100_000) -> em.Patterns:
    """Return what four comparisons of a known mixture show: a pair is the same in 0.8, and by chance in 0.1."""
    levels = list(product((1, 2), repeat=4))
    chance = [np.prod([RANDOM[level] for level in pattern]) for pattern in levels]
    truth = [np.prod([SAME[level] for level in pattern]) for pattern in levels]
    counts = pairs * ((1 - share) * np.array(chance) + share * np.array(truth))
    return em.Patterns([np.array(level) for level in zip(*levels, strict=True)], counts, pairs)


def test_a_known_mixture_is_found_again() -> None:
    start = np.array([0, 0.1, 0.9])
    found = em.fit(mixture(), [[RANDOM] * 4, [start] * 4], np.array([0.999, 0.001]), [GROUPS] * 4)
    assert found.shares[em.SAME] == pytest.approx(0.01, rel=0.02)
    assert [table[2] for table in found.tables[em.SAME]] == pytest.approx([0.8] * 4, abs=0.005)


def test_no_round_makes_the_data_less_likely(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(em, "_PRIOR_PAIRS", 0.0)
    start = np.array([0, 0.4, 0.6])
    found = em.fit(mixture(), [[RANDOM] * 4, [start] * 4], np.array([0.9, 0.1]), [GROUPS] * 4)
    assert len(found.log_likelihoods) > 3
    assert all(later >= earlier - 1e-6 for earlier, later in pairwise(found.log_likelihoods))


def test_pairs_that_were_not_compared_hold_the_model_fast() -> None:
    whole = mixture(share=0.001, pairs=1_000_000)
    # A key brings together the pairs that are the same in two values and more; the others are not looked at.
    seen = np.sum([level == 2 for level in whole.levels], axis=0) >= 2
    levels, counts = [level[seen] for level in whole.levels], whole.counts[seen]
    start = [[RANDOM] * 4, [SAME] * 4]
    anchored, loose = (
        em.fit(em.Patterns(levels, counts, pairs), start, np.array([0.999, 0.001]), [GROUPS] * 4)
        for pairs in (whole.pairs, float(counts.sum()))
    )
    assert anchored.shares[em.SAME] * whole.pairs == pytest.approx(1_000, rel=0.35)
    assert loose.shares[em.SAME] * counts.sum() > 10_000


def test_the_same_class_keeps_to_its_floors() -> None:
    start = np.array([0, 0.1, 0.9])
    floors = [[((2,), 0.95)], [], [], []]
    found = em.fit(
        mixture(), [[RANDOM] * 4, [start] * 4], np.array([0.999, 0.001]), [GROUPS] * 4, floors=floors
    )
    assert found.tables[em.SAME][0].tolist() == pytest.approx([0, 0.05, 0.95])
    assert found.tables[em.SAME][1][2] < 0.85


def test_an_unknown_value_says_nothing() -> None:
    logs = em.joint_logs([np.array([0])], [[RANDOM], [SAME]], np.array([0.75, 0.25]))
    assert np.exp(logs[:, 0]).tolist() == pytest.approx([0.75, 0.25])


def test_each_group_of_levels_adds_up_to_one() -> None:
    found = em.by_group(np.array([5.0, 1.0, 3.0, 2.0, 2.0]), (0, 1, 1, 2, 2))
    assert found.tolist() == [1.0, 0.25, 0.75, 0.5, 0.5]
