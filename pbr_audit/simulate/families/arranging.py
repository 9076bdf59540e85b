"""What a family of acts on organisations and promises sees before anybody claims, and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pbr_audit.simulate.setting import Setting
from pbr_audit.simulate.surroundings import Surroundings


@dataclass(frozen=True)
class ArrangedScene:
    """The setting as it stands, and how much to plant in it."""

    setting: Setting
    rng: np.random.Generator
    acts: int
    strength: float

    @property
    def around(self) -> Surroundings:
        """What stands around the contracts that are claimed on."""
        return self.setting.around


@dataclass(frozen=True)
class Arrangement:
    """Changed surroundings, and the subjects of the acts by name with the kind of each."""

    around: Surroundings
    subject_type: str
    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


Arranger = Callable[[ArrangedScene], Arrangement]
