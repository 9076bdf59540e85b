"""Registrations that are one person's by what they say of the person: the table of links."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from pbr_audit.dataset import Linking
from pbr_audit.linkage import (
    CannotLink,
    Clusters,
    Kind,
    Model,
    Scored,
    choose_policy,
    clusters,
    kinds_of,
    link,
    ready,
    score,
)
from pbr_audit.linkage.clustering import DEFAULT_AT
from pbr_audit.linkage.components import components
from pbr_audit.linkage.waterfalls import waterfalls
from pbr_audit.people.conflicts import contradicted
from pbr_audit.people.identity import BY_CLIENT, ENDS, LINKS_COLUMNS, person_id
from pbr_audit.people.told import told

# With fewer there are too few that stand twice to learn from how often one person's values differ.
LEAST_REGISTRATIONS: Final = 500
# Below it two registrations are more likely two people's.
LISTED: Final = 0.5
KEY: Final = "client_id"


@dataclass(frozen=True)
class Linked:
    """The table of links (`LINKS_COLUMNS`), or why there is none; `said` are remarks that hold no data."""

    links: pl.DataFrame | None = None
    why_not: str | None = None
    said: tuple[str, ...] = ()


def why_not_linked(columns: Collection[str], rows: int, settings: Linking | None = None) -> str | None:
    """Return why `rows` clients with these columns cannot be linked, and what would be needed; else None."""
    settings = settings or Linking()
    if settings.model is None and settings.policy is None:
        try:
            choose_policy(_kinds(columns), id=KEY)
        except CannotLink as reason:
            return _within_a_sentence(reason)
    if settings.model is None and rows < LEAST_REGISTRATIONS:
        return (
            f"from {rows:,} registrations nothing can be learnt of how one person's records differ; needed "
            f"are {LEAST_REGISTRATIONS}, or a model trained on others ([linkage] model in audit.toml)"
        )
    return None


def linked(source: pl.LazyFrame, settings: Linking | None = None, *, seed: int = 0) -> Linked:
    """Find the registrations that are one person's among clients: client_id, person_ref, who they are.

    Raises ConfigurationError where the policy or the model that the settings name cannot be read, and
    InputError where the clients lack a column that it names.
    """
    settings = settings or Linking()
    columns = source.collect_schema().names()
    rows: int = source.select(pl.len()).collect().item()
    if reason := why_not_linked(columns, rows, settings):
        return Linked(why_not=reason)
    if settings == Linking():
        columns = [name for name in columns if name in {KEY, "person_ref", *_kinds(columns)}]
    clients = source.select(columns).collect()
    try:
        people, policy = ready(clients, id=KEY, policy=settings.policy)
    except CannotLink as lacking:
        return Linked(why_not=_within_a_sentence(lacking))
    if settings.model is None:
        _, scored = link(people, policy, seed)
    else:
        scored = score(people, Model.load(settings.model))
    against = contradicted(scored)
    found = clusters(replace(scored, pairs=scored.pairs.filter(against.is_null())), people)
    links = _links(people, replace(scored, pairs=scored.pairs.with_columns(against)), found)
    return Linked(links, said=told(scored, links, clients.height))


def _kinds(columns: Collection[str]) -> dict[str, Kind]:
    return {column: kind for column, kind in kinds_of(columns).items() if column != KEY}


def _within_a_sentence(reason: CannotLink) -> str:
    text = str(reason).removesuffix(".")
    return text[:1].lower() + text[1:]


def _links(clients: pl.DataFrame, scored: Scored, found: Clusters) -> pl.DataFrame:
    """Return the table of links: who is joined with whom, and why."""
    ends = {"left": ENDS[0], "right": ENDS[1]}
    pairs = scored.pairs.filter(pl.col("p_same") >= LISTED)
    bridges = found.edges.filter("bridge").select("left", "right", bridge=pl.lit(value=True))
    split = found.split.select("left", "right", "why")
    people = _people(clients, found)
    for side in ends:
        people_here = people.rename({KEY: side, "person_id": f"person_{side}"})
        pairs = pairs.join(people_here, on=side, how="left", maintain_order="left")
    together = pl.col("person_left") == pl.col("person_right")
    return (
        pairs.join(bridges, on=["left", "right"], how="left", maintain_order="left")
        .join(split, on=["left", "right"], how="left", maintain_order="left")
        .with_columns(waterfalls(scored, pairs))
        .with_columns(
            person_id=pl.when(together).then("person_left"),
            bridge=pl.col("bridge").fill_null(value=False),
            split_why=pl.when(~together, pl.col("p_same") >= DEFAULT_AT).then(
                pl.coalesce("why", "split_why")
            ),
        )
        .rename(ends)
        .select(pl.col(name).cast(dtype) for name, dtype in LINKS_COLUMNS.items())
        .sort(ENDS)
    )


def _people(clients: pl.DataFrame, found: Clusters) -> pl.DataFrame:
    """Return client_id and person_id of all: whom the source's number joins, and whom linkage does.

    A person is known by the lowest of the source's numbers, and by the lowest client id where there is none.
    """
    own = clients.select(
        pl.col(KEY).cast(pl.String), own=person_id(frozenset(clients.columns))
    ).with_row_index("row")
    by_linkage = found.people.select(pl.col("id").alias(KEY), "person")
    rows = own.join(by_linkage, on=KEY, maintain_order="left").with_columns(
        first_by_number=pl.col("row").min().over("own"), first_by_linkage=pl.col("row").min().over("person")
    )
    edges = [rows.select("row", other=name) for name in ("first_by_number", "first_by_linkage")]
    both = pl.concat(edges)
    label = components(rows.height, both["row"].to_numpy(), both["other"].to_numpy())
    # False before true: a person number before a client id.
    order = (pl.col("own").str.starts_with(BY_CLIENT), pl.col("own"))
    return rows.with_columns(label=label).select(
        KEY, person_id=pl.col("own").sort_by(order).first().over("label")
    )
