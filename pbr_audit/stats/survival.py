"""Time to an event where some are followed for less long: Kaplan and Meier's curve with Greenwood's error."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import Floats


@dataclass(frozen=True)
class Curve:
    """The share without an event, after each time at which one happened; all (K), times rising.

    `at_risk` and `events` at each time; `share` from there on, `se` its Greenwood error (NaN once nobody is
    left), `low` and `high` its limits on the log-log scale, which stay between 0 and 1. `people` in all.
    """

    times: Floats
    at_risk: Floats
    events: Floats
    share: Floats
    se: Floats
    low: Floats
    high: Floats
    people: int

    def at(self, time: float) -> tuple[float, float, float, float]:
        """Return the share without an event at `time`, its error and its limits."""
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        if place < 0:
            return 1.0, 0.0, 1.0, 1.0
        return tuple(float(of[place]) for of in (self.share, self.se, self.low, self.high))  # type: ignore[return-value]

    def followed(self, days: ArrayLike, time: float) -> int:
        """Return how many of `days` reach `time`: who was followed, or had the event, no earlier."""
        return int((np.asarray(days, dtype=np.float64) >= time).sum())

    def mean_until(self, time: float) -> tuple[float, float]:
        """Return the mean time without an event up to `time`, and its error.

        Source: Klein and Moeschberger (2003), section 4.5; the area under the curve.
        """
        inside = self.times < time
        edges = np.concatenate([[0.0], self.times[inside], [time]])
        pieces = np.diff(edges) * np.concatenate([[1.0], self.share[inside]])
        after = pieces[::-1].cumsum()[::-1][1:]
        risk, events = self.at_risk[inside], self.events[inside]
        left = risk > events
        terms = after[left] ** 2 * events[left] / (risk[left] * (risk[left] - events[left]))
        return float(pieces.sum()), sqrt(float(terms.sum()))


def kaplan_meier(days: ArrayLike, happened: ArrayLike, level: float = 0.95) -> Curve:
    """Return the curve; `days` (N) to the event, or to the end of following where none `happened` (N).

    Who had the event and who stopped being followed on one day: the event counts first. Assumes that being
    followed for less long says nothing of the event. Source: Kaplan and Meier (1958); Greenwood (1926);
    limits by Kalbfleisch and Prentice's log-log transformation.
    """
    from scipy.special import ndtri  # noqa: PLC0415

    t, d = np.asarray(days, dtype=np.float64), np.asarray(happened, dtype=np.bool_)
    times, events = np.unique(t[d], return_counts=True)
    risk = len(t) - np.searchsorted(np.sort(t), times, side="left")
    share = np.cumprod(1 - events / np.maximum(risk, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        summed = np.cumsum(events / (risk * (risk - events)).astype(np.float64))
        se = np.where(share > 0, share * np.sqrt(summed), np.nan)
        width = float(ndtri((1 + level) / 2)) * np.sqrt(summed) / np.abs(np.log(share))
        low, high = share ** np.exp(width), share ** np.exp(-width)
    return Curve(
        times,
        risk.astype(np.float64),
        events.astype(np.float64),
        share.astype(np.float64),
        se.astype(np.float64),
        low.astype(np.float64),
        high.astype(np.float64),
        len(t),
    )
