"""A family of planted acts, as the list of families holds it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from pbr_audit.simulate.columns import Bools, Columns
from pbr_audit.simulate.config import WORLDS
from pbr_audit.simulate.families.arranging import Arranger
from pbr_audit.simulate.families.family import Planted, Scene
from pbr_audit.simulate.families.figures import Publisher
from pbr_audit.simulate.setting import Setting

Planter = Callable[[Scene], Planted]
# Setting, random numbers, clients before anything is claimed, which providers act, and the strength.
Shaper = Callable[[Setting, np.random.Generator, Columns, Bools, float], Columns]


@dataclass(frozen=True)
class Family:
    """A family of acts: the rule that should see it, its name, one line about it, and how it is planted.

    `plant` changes claims and what is about clients, `shape` the clients' way before anything is claimed,
    `publish` published figures, `arrange` organisations and what was promised to them before anybody claims.
    `share_of_providers` says that the rate is a share of providers, not acts a claim; `usual` that it is
    planted where nothing else is asked; `worlds` in which worlds it can act.
    """

    rule_id: str
    name: str
    says: str
    plant: Planter | None = None
    shape: Shaper | None = None
    publish: Publisher | None = None
    arrange: Arranger | None = None
    rate: float = 0.003
    usual: bool = True
    share_of_providers: bool = field(default=False)
    worlds: tuple[str, ...] = WORLDS
