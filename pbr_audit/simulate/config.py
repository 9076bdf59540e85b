"""What is asked of the simulator: how many claims, which seed, which world, and what is planted."""

from dataclasses import dataclass
from math import isfinite

from pbr_audit.errors import UsageError

LEAST_CLAIMS = 1_000
MOST_CLAIMS = 10_000_000
LEAST_SUBCONTRACTORS, MOST_SUBCONTRACTORS = 12, 300
WORLDS = ("welfare", "rehabilitation")


@dataclass(frozen=True)
class Plant:
    """A family of acts to plant.

    `rate` is acts a claim (of both tiers), or for a family about providers the share of them that act so.
    `strength` says how far beyond the boundary an act goes: 0 is one step past it, 1 is usual.
    """

    family: str
    rate: float
    strength: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot be planted."""
        if not (isfinite(self.rate) and 0 <= self.rate <= 1):
            raise UsageError(f"--plant {self.family}: the rate has to be a share from 0 to 1")
        if not (isfinite(self.strength) and self.strength >= 0):
            raise UsageError(f"--plant {self.family}: the strength has to be 0 or more")


@dataclass(frozen=True)
class Config:
    """A world to invent; `plants` None means every record and contract family at its default rate.

    `subcontractors` None means as many as `claims` keep busy.
    """

    claims: int = 100_000
    seed: int = 0
    world: str = "welfare"
    plants: tuple[Plant, ...] | None = None
    subcontractors: int | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be invented."""
        if not LEAST_CLAIMS <= self.claims <= MOST_CLAIMS:
            raise UsageError(f"--claims has to be from {LEAST_CLAIMS:,} to {MOST_CLAIMS:,}")
        if self.seed < 0:
            raise UsageError("--seed has to be 0 or more")
        number = self.subcontractors
        if number is not None and not LEAST_SUBCONTRACTORS <= number <= MOST_SUBCONTRACTORS:
            raise UsageError(
                f"--subcontractors has to be from {LEAST_SUBCONTRACTORS} to {MOST_SUBCONTRACTORS}"
            )
        if self.world not in WORLDS:
            raise UsageError(f"--world has to be one of {', '.join(WORLDS)}")
