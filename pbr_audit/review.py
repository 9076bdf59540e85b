"""For whoever reviews linkage: its policy, its model and its pairs, apart from any rule."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from pbr_audit.audit import configuration, reading
from pbr_audit.errors import InputError
from pbr_audit.linkage import Model, Policy, Scored, clusters, link, ready, score, train
from pbr_audit.linkage.clustering import DEFAULT_AT

KEY: Final = "client_id"
NUMBERED: Final = "person_ref"


@dataclass(frozen=True)
class Registrations:
    """The accepted clients of a data set, `people` ready for linkage by `policy`, `source` as accepted."""

    name: str
    source: pl.DataFrame
    people: pl.DataFrame
    policy: Policy

    @property
    def known(self) -> pl.DataFrame | None:
        """Whose registration each is (id, person), where the source numbers people; else None."""
        if NUMBERED not in self.source.columns or self.source[NUMBERED].null_count() == self.source.height:
            return None
        return self.source.select(id=KEY, person=NUMBERED)


@contextmanager
def registrations(path: Path, policy: Path | None = None) -> Iterator[Registrations]:
    """Read the clients of the data set at `path`; `policy` is a file that overrides the automatic one.

    Raises PbrAuditError where there are no clients, or nothing to tell them by.
    """
    dataset, terms = configuration(path)
    with reading(dataset, terms) as validated:
        if "clients" not in validated.tables:
            raise InputError(f"{dataset.name}: has no table of clients, so there is nobody to link")
        source = validated.tables["clients"].frame.collect()
        people, chosen = ready(source, id=KEY, policy=policy)
        yield Registrations(dataset.name, source, people, chosen)


def trained(found: Registrations, seed: int) -> Model:
    """Train a model on registrations."""
    return train(found.people, found.policy, seed)


def scored(found: Registrations, model: Path | None, seed: int) -> Scored:
    """Score registrations with the model of a file, or with one trained on them here and now."""
    if model is not None:
        return score(found.people, Model.load(model))
    return link(found.people, found.policy, seed)[1]


def tables(found: Registrations, pairs: Scored, at: float = DEFAULT_AT) -> dict[str, pl.DataFrame]:
    """Return what scoring gives as tables: pairs, people, pairs that were not joined, and blocks by key."""
    joined = clusters(pairs, found.people, at)
    ends = {"left": "left_client_id", "right": "right_client_id"}
    return {
        "pairs": pairs.pairs.drop("pattern").rename(ends),
        "people": joined.people.rename({"id": KEY, "size": "registrations"}),
        "split": joined.split.rename(ends),
        "blocks": pairs.blocks,
    }
