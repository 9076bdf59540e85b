"""What makes two registrations one person's, as a picture: each field begins where the last one ended."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

# The picture's own units: where the bars begin, how much room they have, and how far off a figure stands.
LEFT: Final = 380
ROOM: Final = 350
BESIDE: Final = 6
NARROWEST: Final = 1


@dataclass(frozen=True)
class Step:
    """One field: its level, its bits, and its bar from `x`, `width` wide."""

    field: str
    level: str
    bits: float
    x: int
    width: int

    @property
    def label_x(self) -> int:
        """Where the figure stands: behind the bar."""
        return self.x + self.width + BESIDE


def steps(evidence: str | None) -> tuple[Step, ...]:
    """Return the steps of a finding's evidence (JSON), what speaks for one person first.

    The bars share one scale, from the lowest sum that is reached to the highest.
    """
    told = _comparison(evidence)
    told.sort(key=lambda step: (-step["bits"], step["field"]))
    sums = [0.0]
    for step in told:
        sums.append(sums[-1] + step["bits"])
    low, high = min(sums), max(sums)
    scale = ROOM / (high - low) if high > low else 0.0
    return tuple(
        Step(
            step["field"],
            step["level"],
            step["bits"],
            x=LEFT + round((min(before, after) - low) * scale),
            width=max(NARROWEST, round(abs(after - before) * scale)),
        )
        for step, before, after in zip(told, sums, sums[1:], strict=False)
    )


def _comparison(evidence: str | None) -> list[dict[str, Any]]:
    """Return the fields that were compared; a rule's evidence may have another thing under that name."""
    found = json.loads(evidence or "{}").get("comparison")
    if not isinstance(found, Sequence) or isinstance(found, str):
        return []
    return [step for step in found if isinstance(step, dict) and {"field", "level", "bits"} <= step.keys()]
