"""The mutants that no case can tell from the rule, each with its reason: `survivors.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SURVIVORS = Path(__file__).with_name("survivors.toml")


@dataclass(frozen=True)
class Survivor:
    """A mutant by its file, the line that it changes, and what it changes it into."""

    file: str
    text: str
    becomes: str


@dataclass(frozen=True)
class Reason:
    """Why a mutant survives; one that `cannot_differ` answers as the rule does, whatever it is given."""

    text: str
    cannot_differ: bool
    # Where an order that nothing fixes decides whether it is noticed.
    by_chance: bool = False


def known_survivors(path: Path = SURVIVORS) -> Mapping[Survivor, Reason]:
    """Return the reason of each survivor; ValueError for one without, or one that is there twice."""
    known: dict[Survivor, Reason] = {}
    for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("survivors", []):
        for text, becomes in entry["changes"]:
            survivor = Survivor(entry["file"], text, becomes)
            if not entry["reason"].strip() or survivor in known:
                raise ValueError(f"{path.name}: {becomes} has no reason, or stands there twice")
            chance = entry.get("by_chance", False)
            known[survivor] = Reason(entry["reason"], entry["cannot_differ"], chance)
    return known
