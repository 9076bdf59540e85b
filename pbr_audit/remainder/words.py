"""A difference between missing and accepted rows in words that hold no cell's value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pbr_audit.stats.unlike import LEAST_SIZE, Counts, Difference
from pbr_audit.validate.spool import SOURCE

GROUPS: Mapping[str, str] = {
    "provider_id": "are of one provider",
    "contract_id": "are on one contract",
    "outcome": "are of one outcome",
    "tier": "are of one tier",
    "decision": "have one decision",
    "event": "are of one event",
    "activity_type": "are of one kind of activity",
    "period": "are of one period",
    "area": "are of one area",
}
QUANTITIES: Mapping[str, str] = {
    "amount_pence": "an amount",
    "measured_value": "a measured value",
    "risk_score": "a risk score",
}
WITH_TENTHS = 0.1


@dataclass(frozen=True)
class Counted:
    """Missing (`apart`) and accepted (`rest`) rows by category; `missing` are all, known or not."""

    apart: Counts
    rest: Counts
    categories: Sequence[str]
    missing: int

    @property
    def loss(self) -> float:
        """Which share of their rows the categories have lost that hold too many of the missing ones."""
        too_many = self.apart * self.rest.sum() > self.rest * self.apart.sum()
        lost = self.apart[too_many].sum()
        return float(lost / (lost + self.rest[too_many].sum())) if lost else 0.0


def in_words(name: str, found: Difference, counted: Counted, shown: Sequence[str]) -> str:
    """Return a difference by the column `name` (or `_source`: by file) as a clause; `shown` are the files."""
    rows = counted.apart.sum()
    known = "" if rows == counted.missing else f" of the {rows:,} where it is known"
    if name in QUANTITIES:
        return _of_a_quantity(name, found, counted, known)
    if found.category is None:
        other = "other files" if name == SOURCE else f"another {name}"
        return f"{percent(found.size)}{known} would have to be of {other} to be like the accepted"
    what = GROUPS.get(name, f"have {name} in one month")
    if name == SOURCE:
        what = f"are from {shown[int(counted.categories[found.category])]}"
    return f"{percent(found.share)}{known} {what}, of the accepted {percent(found.share_of_rest)}"


def _of_a_quantity(name: str, found: Difference, counted: Counted, known: str) -> str:
    """Say it by the end of the scale at which the two are furthest apart."""
    up_to = np.cumsum(counted.apart)[:-1] / counted.apart.sum()
    of_rest_up_to = np.cumsum(counted.rest)[:-1] / counted.rest.sum()
    furthest = int(np.argmax(np.abs(up_to - of_rest_up_to)))
    share, of_rest = float(up_to[furthest]), float(of_rest_up_to[furthest])
    if abs(share - of_rest) < LEAST_SIZE:
        return f"{percent(found.size)}{known} would have to have another {name} to be like the accepted"
    side = "lowest"
    if share < of_rest:
        side, share, of_rest = "highest", 1 - share, 1 - of_rest
    return (
        f"{percent(share)}{known} have {QUANTITIES[name]} like the {side} {percent(of_rest)} of the accepted"
    )


def percent(share: float) -> str:
    """Return a share (0 to 1) as a percentage, of small ones the tenths too."""
    text = f"{share:.1%}" if 0 < round(share, 3) < WITH_TENTHS else f"{share:.0%}"
    return text.replace("%", " %")
