"""Whether claims stopped after a day is asked of peers: their season, and how much they differ, is allowed for."""

import numpy as np
import pytest

from pbr_audit.stats.stopping import Stopped, stopped_after


def stopped(before: int, after: int, peers_before: object, peers_after: object) -> Stopped:
    found = stopped_after(before, after, peers_before, peers_after)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_what_is_expected_is_the_peers_growth() -> None:
    found = stopped(100, 0, [200] * 12, [100] * 12)
    assert found.expected == pytest.approx(50, rel=0.01)
    assert found.missing == 1
    assert found.high == 1
    assert found.low > 0.8
    assert found.p_value < 1e-4


def test_as_many_as_expected_is_no_stop() -> None:
    found = stopped(100, 50, [200] * 12, [100] * 12)
    assert found.p_value == pytest.approx(0.5, abs=0.02)
    assert found.low < 0 < found.high


def test_where_peers_stop_too_the_season_has_ended() -> None:
    assert stopped(100, 0, [200] * 12, [0] * 12).p_value > 0.3


def test_peers_that_differ_much_make_it_less_sure() -> None:
    after = np.round(100 * np.exp(np.linspace(-1, 1, 12)))
    alike, unlike = stopped(100, 20, [200] * 12, [100] * 12), stopped(100, 20, [200] * 12, after)
    assert unlike.p_value > 10 * alike.p_value
    assert unlike.spread > 0.4
    assert alike.spread < 0.1


def test_with_nine_peers_or_nothing_before_nothing_is_said() -> None:
    assert stopped_after(100, 0, [200] * 9, [100] * 9) is None
    assert stopped_after(100, 0, [200] * 10, [100] * 10) is not None
    assert stopped_after(0, 0, [200] * 10, [100] * 10) is None


def test_the_smallest_share_is_told_where_anything_could_be_seen() -> None:
    assert stopped(4, 0, [200] * 12, [100] * 12).smallest_seen is None
    seen = stopped(400, 0, [200] * 12, [100] * 12).smallest_seen
    assert seen is not None
    assert 0.1 < seen < 0.5


@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_honest_contracts_have_small_p_values_no_more_often_than_they_say(spread: float) -> None:
    world = np.random.default_rng(17)
    small = []
    for _ in range(300):
        before = world.poisson(120, 25)
        growth = 0.6 * np.exp(spread * world.normal(size=25))
        after = world.poisson(120 * growth)
        small.append(stopped(int(before[0]), int(after[0]), before[1:], after[1:]).p_value <= 0.05)
    assert np.mean(small) <= 0.05 + 2 * (0.05 * 0.95 / 300) ** 0.5
