"""What a rule's calibration is drawn from: honest books with real variety, and the share that is planted.

A chapter's module in this folder says `SIMULATIONS = {"PBR402": Simulation(…), …}`; the table in `__main__`
finds it there. A book is the tables of a data set under the standard's names, typed (`amount_pence`, real
dates), and under "terms", where the rule reads them, a list of contracts as their TOML would hold them.
Deliverers bear the ids of `provider_ids`, so that books of several rules are about the same providers; what
nobody did is drawn here, and what somebody did is put in by the rule's own `shift`.
Claims without tier or amount are the prime's, of £1,000; "as_of" is the run's date where it is not the latest
submission.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

# Table name to frame; "terms" to a list of contracts.
Book = dict[str, Any]
# Of a generator, a number of providers and a number of people (clients, referrals, claims) at each.
Draw = Callable[[np.random.Generator, int, int], Book]


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """Honest books of one rule. `kinds` are ways in which honest providers differ, name to draw.

    `failures` names the kinds that are a known limit: shown and not judged. `shift` is the share planted.
    `params` are the rule's parameters where the books need others than its own. `subject` is the column of
    the rule's rows by which `shift` knows whom to move: the provider, or the contract of a rule about
    contracts. The table runs every number of `providers` with every number of `people`.
    """

    kinds: Mapping[str, Draw]
    failures: frozenset[str] | set[str] = frozenset()
    shift: float = 0.4
    params: Mapping[str, object] = field(default_factory=dict)
    subject: str = "provider_id"
    providers: tuple[int, ...] = (20, 60, 200)
    people: tuple[int, ...] = (100, 300, 1_000, 3_000)

    def __post_init__(self) -> None:
        """Refuse a known limit that no kind of book is named after."""
        if strangers := sorted(set(self.failures) - set(self.kinds)):
            raise ValueError(f"failures names {strangers[0]}, which is no kind of book here")


def provider_ids(count: int) -> list[str]:
    """Return the ids of the deliverers in every book of `count` providers, from S001 on."""
    return [f"S{number:03d}" for number in range(1, count + 1)]
