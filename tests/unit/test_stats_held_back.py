"""What was due by a subject's own delays, and whose worst months are unlike the others' worst ones."""

import numpy as np
import pytest

from pbr_audit.stats.delays import by_period_of_coming, usual_delays
from pbr_audit.stats.held_back import HeldBack, held_back
from pbr_audit.stats.peers import FEWEST_PEERS
from pbr_audit.stats.silences import silences

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
SUBJECTS, MONTHS, DELAYS = 20, 24, 12
ASKED = {"least_due": 5, "least_quiet": 0.6, "least_effect": 0.5, "least_months": 12, "most_times": 2}


def submitted(seed: int = 3, mean: float = 12.0) -> Floats:
    """Return counts of which six tenths come in the same month, three in the next, one in that after."""
    rng = np.random.default_rng(seed)
    shares = np.zeros(DELAYS)
    shares[:3] = 0.6, 0.3, 0.1
    counts = rng.poisson(mean * shares, (SUBJECTS, MONTHS, DELAYS)).astype(np.float64)
    return np.where(np.arange(MONTHS)[:, None] + np.arange(DELAYS) < MONTHS, counts, 0.0)


def moved(counts: Floats, subject: int, month: int, silent: int = 2) -> Floats:
    """Return the counts had the subject submitted nothing in some months, and all of it in the one after."""
    out = counts.copy()
    for at in range(month - silent, month):
        for delay in range(3):
            of = at - delay
            out[subject, of, month - of] += out[subject, of, delay]
            out[subject, of, delay] = 0.0
    return out


def asked(counts: Floats, group: Floats | None = None, /, **others: float) -> HeldBack:
    given = ASKED | others
    return held_back(
        counts,
        np.arange(len(counts)),
        np.zeros(len(counts)) if group is None else group,
        least_due=given["least_due"],
        least_quiet=given["least_quiet"],
        least_effect=given["least_effect"],
        least_months=int(given["least_months"]),
        most_times=int(given["most_times"]),
    )


def test_delays_are_learnt_from_months_that_are_not_complete() -> None:
    chance = usual_delays(submitted(mean=400.0))
    assert chance[:, 0, :3] == pytest.approx(np.tile([0.6, 0.3, 0.1], (SUBJECTS, 1)), abs=0.03)
    # Of the last month's outcomes only what came at once can be known, and of the month before the next, too.
    assert chance[:, -1, 0] == pytest.approx(1.0)
    assert chance[:, -2, :2] == pytest.approx(np.tile([2 / 3, 1 / 3], (SUBJECTS, 1)), abs=0.03)


def test_delays_of_one_who_is_seldom_seen_are_the_others() -> None:
    counts = submitted(mean=50.0)
    counts[0] = 0.0
    counts[0, 3, 5] = 1.0
    chance = usual_delays(counts)
    assert chance[0, 0, 5] == pytest.approx(1 / 6, abs=0.02)
    assert chance[0, 0, 0] == pytest.approx(0.6 * 5 / 6, abs=0.02)


def test_all_that_has_come_was_due_in_some_month() -> None:
    counts = submitted()
    came = by_period_of_coming(counts)
    due = by_period_of_coming(counts.sum(-1)[..., None] * usual_delays(counts))
    assert came[0, 1] == counts[0, 0, 1] + counts[0, 1, 0]
    assert due.sum(1) == pytest.approx(came.sum(1))


def test_a_score_is_0_in_the_mean_where_delays_are_the_usual_ones() -> None:
    counts = submitted(mean=200.0)
    chance = usual_delays(counts)
    for one in silences(counts, chance, np.zeros(counts.shape[:2]), 5.0):
        assert np.abs(one.z[one.use].mean()) < 0.15
        assert one.z[one.use].std() == pytest.approx(1.0, abs=0.15)


def test_who_held_two_months_back_is_found_and_nobody_else() -> None:
    found = asked(moved(submitted(), 4, 12))
    assert found.held.tolist() == [number == 4 for number in range(SUBJECTS)]
    assert found.p_value[4] < 0.001
    assert (np.delete(found.p_value, 4) == 1).all()
    assert (found.first[4], found.silent[4], found.came[4]) == (10, 2, 0)
    assert found.quiet[4] == pytest.approx(1.0)
    assert found.low[4] < found.effect[4] < found.high[4]
    assert found.effect[4] == pytest.approx(found.together[4] / found.due[4])
    assert found.score[4] > 5 * found.peers[4]


def test_months_that_all_held_back_are_nobody_s() -> None:
    counts = submitted()
    for subject in range(SUBJECTS):
        counts = moved(counts, subject, 12)
    assert (asked(counts).p_value > 0.01).all()


def test_what_all_of_a_contract_have_in_common_counts_for_less() -> None:
    counts = np.concatenate([submitted(3), submitted(4), submitted(5)])
    for subject in range(SUBJECTS):
        counts = moved(counts, subject, 12)
    contract = np.repeat([0.0, 1.0, 2.0], SUBJECTS)
    apart, together = asked(counts, contract), asked(counts)
    assert (apart.score[:SUBJECTS] < together.score[:SUBJECTS]).all()


def test_a_rhythm_is_asked_nothing() -> None:
    counts = submitted()
    for month in (5, 11, 17):
        counts = moved(counts, 4, month)
    assert asked(counts).times[4] == 3
    assert asked(counts).p_value[4] == 1
    assert asked(counts, most_times=3).p_value[4] < 1


@pytest.mark.parametrize("asking", [{"least_quiet": 1.01}, {"least_effect": 1.6}, {"least_due": 500}])
def test_what_falls_short_of_what_is_asked_for_is_1(asking: dict[str, float]) -> None:
    found = asked(moved(submitted(), 4, 12), **asking)
    assert not found.held.any()
    assert not (found.p_value < 1).any()


def test_who_has_too_few_months_is_neither_judged_nor_a_peer() -> None:
    counts = submitted()
    counts[3, 6:] = 0.0
    found = asked(counts)
    assert np.isnan(found.p_value).tolist() == [number == 3 for number in range(SUBJECTS)]
    few = asked(counts[:FEWEST_PEERS])
    assert np.isnan(few.p_value).all()
    assert not few.held.any()


def test_a_beginning_within_a_month_is_no_silence() -> None:
    counts = submitted()
    counts[5, :10] = 0.0
    counts[5, 9, 1] = 4.0
    assert asked(counts).p_value[5] == 1


def test_the_larger_the_share_held_the_better_it_is_seen() -> None:
    small, large = asked(submitted(mean=6.0)), asked(submitted(mean=60.0))
    assert (np.nanmedian(large.seen) < np.nanmedian(small.seen)).all()
