"""Small numbers, before anything is published: what is left out and what is rounded, by one stated rule.

A count of fewer than ten people is not shown, nor is one that leaves fewer than ten of those it is counted
among (that all but three reoffended tells as much as that three did not). Where parts and their sum are
shown, one part left out could be had by subtraction: the smallest part beside it is left out too. Every
other count is rounded to the nearest five, each for itself, so that sums may be a little off. Shares are
rounded to whole percentage points, and to tenths from 5,000 people on, where a tenth is five of them.

No rule for one publication protects against the difference of two: figures of almost the same people are to
be published once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LEAST: Final = 10
BASE: Final = 5
PEOPLE_FOR_TENTHS: Final = 5_000
# As many as two machines that add up in another order agree in.
EXACT_DIGITS: Final = 10
STATED: Final = (
    "Counts below 10 are not shown, nor those that leave fewer than 10 of the people counted among. "
    "Where one of several parts is not shown, nor is the next smallest. Other counts are rounded "
    "to the nearest 5, each by itself, so sums may differ a little. Shares, differences and limits are "
    "rounded to whole percentage points (tenths from 5,000 people on)."
)
EXACT: Final = "Internal: counts are exact and small numbers are shown. Not for publication."


@dataclass(frozen=True)
class Protection:
    """How figures are shown; where not `on`, as they are."""

    on: bool = True

    @property
    def stated(self) -> str:
        """The rule in words, to stand beside the figures."""
        return STATED if self.on else EXACT

    def is_small(self, people: int, of: int | None = None) -> bool:
        """Tell whether so many people, or the others of those they are counted among, are too few to show."""
        return self.on and (people < LEAST or (of is not None and 0 <= of - people < LEAST))

    def count(self, people: int, of: int | None = None) -> int | None:
        """Return a count as it is shown; None where it is not."""
        if not self.on:
            return people
        return None if self.is_small(people, of) else _rounded(people)

    def parts(self, people: Sequence[int]) -> list[int | None]:
        """Return parts of a sum that is shown as well; a lone part left out takes the next smallest along."""
        shown = [self.count(part) for part in people]
        hidden = [place for place, part in enumerate(shown) if part is None]
        if len(hidden) == 1 and len(people) > 1:
            others = [place for place in range(len(people)) if place != hidden[0]]
            shown[min(others, key=lambda place: (people[place], place))] = None
        return shown

    def share(self, share: float, people: int) -> float:
        """Return a share of so many people (0 to 1), or a difference of two, as it is shown."""
        if not self.on:
            return round(share, EXACT_DIGITS)
        return round(share, 3 if people >= PEOPLE_FOR_TENTHS else 2) + 0.0

    def rate(self, share: float, people: int) -> float | None:
        """Return a rate as it is shown; None where it tells a count that is not."""
        return None if self.is_small(round(share * people), people) else self.share(share, people)


def _rounded(people: int) -> int:
    # Halves do not occur: the base is odd.
    return BASE * round(people / BASE)
