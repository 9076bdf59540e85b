"""Kaplan and Meier's curve is that of R's survival package on its own example (leukaemia, `aml`)."""

import numpy as np
import pytest

from pbr_audit.stats.survival import kaplan_meier

MAINTAINED = ([9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0])
NOT = ([5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45], [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1])


def test_shares_errors_and_limits_are_those_of_survfit() -> None:
    # R 4.2.2, survival 3.5-3: survfit(Surv(time, status) ~ x, aml, conf.type = "log-log")
    curve = kaplan_meier(*MAINTAINED)

    assert curve.times.tolist() == [9, 13, 18, 23, 31, 34, 48]
    assert curve.at_risk.tolist() == [11, 10, 8, 7, 5, 4, 2]
    assert curve.share == pytest.approx(
        [0.9090909091, 0.8181818182, 0.7159090909, 0.6136363636, 0.4909090909, 0.3681818182, 0.1840909091]
    )
    assert curve.se == pytest.approx(
        [0.0866784172, 0.1162912998, 0.1396649706, 0.1526323310, 0.1641932672, 0.1626688858, 0.1534927458]
    )
    assert curve.low == pytest.approx(
        [0.508080206, 0.447428615, 0.350190386, 0.265752040, 0.167330910, 0.092829575, 0.011738480]
    )
    assert curve.high == pytest.approx(
        [0.98667382, 0.95116223, 0.89902397, 0.83529924, 0.75339979, 0.65704083, 0.52501484]
    )


def test_restricted_means_are_those_of_survfit() -> None:
    # The same curves, printed with a mean up to 40.
    assert kaplan_meier(*MAINTAINED).mean_until(40) == pytest.approx((28.89772727, 3.467577679))
    assert kaplan_meier(*NOT).mean_until(40) == pytest.approx((21.93055556, 3.835641163))


def test_once_nobody_is_left_there_is_no_error() -> None:
    curve = kaplan_meier(*NOT)

    assert curve.share[-1] == 0
    assert np.isnan(curve.se[-1])
    assert curve.at(44)[0] == pytest.approx(0.09722222222)
    assert curve.at(4) == (1.0, 0.0, 1.0, 1.0)


def test_without_censoring_the_curve_is_the_share_that_is_left() -> None:
    curve = kaplan_meier([1, 2, 2, 5], [True] * 4)

    assert curve.share.tolist() == [0.75, 0.25, 0.0]
    assert curve.mean_until(5)[0] == pytest.approx(2.5)


def test_without_an_event_everybody_is_left() -> None:
    curve = kaplan_meier([30, 40], [False, False])

    assert curve.at(365)[0] == 1.0
    assert curve.mean_until(30) == (30.0, 0.0)
