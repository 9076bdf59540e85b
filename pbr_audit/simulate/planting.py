"""Planting: which families act in a world, block by block, and the truth about what they did."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pbr_audit.errors import UsageError
from pbr_audit.simulate.block import Block
from pbr_audit.simulate.claim_table import PREFIXES, claim_ids
from pbr_audit.simulate.columns import Columns, Ints
from pbr_audit.simulate.config import Config, Plant
from pbr_audit.simulate.families import FAMILIES
from pbr_audit.simulate.families.arranging import ArrangedScene
from pbr_audit.simulate.families.family import PLANTED, Facts, Mark, Scene, acting
from pbr_audit.simulate.families.figures import FigureScene
from pbr_audit.simulate.families.kind import Family
from pbr_audit.simulate.naming import provider_id
from pbr_audit.simulate.performance import performance_names
from pbr_audit.simulate.setting import Setting

TRUTH_COLUMNS = {
    "family": pl.String,
    "rule_id": pl.String,
    "act": pl.Int64,
    "role": pl.String,
    "subject_type": pl.String,
    "subject_id": pl.String,
    "claim_id": pl.String,
    "kind": pl.String,
}
# Acts of one block are numbered within a span of their own.
ACTS_A_BLOCK = 10_000_000


@dataclass(frozen=True)
class Order:
    """A family that is to act, at a rate and strength."""

    family: Family
    rate: float
    strength: float


def parse_plant(text: str) -> Plant:
    """Read `FAMILY=RATE` or `FAMILY=RATE:STRENGTH`; a family is named by its name or its rule's id."""
    name, _, figures = text.partition("=")
    rate, _, strength = figures.partition(":")
    known = _family(name.strip())
    try:
        return Plant(known.name, float(rate), float(strength) if strength else 1.0)
    except ValueError as error:
        raise UsageError(f"--plant {known.name}: write FAMILY=RATE or FAMILY=RATE:STRENGTH") from error


def orders(config: Config) -> tuple[Order, ...]:
    """Return what is to be planted, in the families' own order."""
    if config.plants is None:
        return tuple(
            Order(family, family.rate, 1.0)
            for family in FAMILIES
            if family.usual and config.world in family.worlds
        )
    asked = {_family(plant.family).name: plant for plant in config.plants}
    for name in asked:
        if config.world not in (worlds := _family(name).worlds):
            raise UsageError(f"--plant {name}: can be planted in {' and '.join(worlds)} only")
    return tuple(
        Order(family, asked[family.name].rate, asked[family.name].strength)
        for family in FAMILIES
        if family.name in asked
    )


def _family(name: str) -> Family:
    for family in FAMILIES:
        if name.lower() in {family.name, family.rule_id.lower()}:
            return family
    known = ", ".join(f"{family.name} ({family.rule_id})" for family in FAMILIES)
    raise UsageError(f"--plant names a family that does not exist; there are {known}")


def shape_clients(setting: Setting, block: int, ordered: Iterable[Order], clients: Columns) -> Columns:
    """Let each family that changes the clients' way do so, before anything is claimed."""
    for order in ordered:
        if order.family.shape is not None:
            rng = setting.rng(f"shape {order.family.name}", block)
            acts = acting(setting, order.rate)
            clients = order.family.shape(setting, rng, clients, acts, order.strength)
    return clients


def plant_block(
    setting: Setting, block: Block, ordered: Iterable[Order], claims_before: int, claims_here: int
) -> tuple[Block, pl.DataFrame]:
    """Let each family act on one honest block; return it and the truth about it."""
    facts = Facts(setting, block)
    free = np.ones(block.clients.height, dtype=np.bool_)
    truths = [empty_truth()]
    for order in ordered:
        if order.family.shape is not None and block.number == 0:
            truths.append(_truth_about_providers(order.family, np.flatnonzero(acting(setting, order.rate))))
        if order.family.plant is None:
            continue
        scene = Scene(
            setting=setting,
            block=block,
            facts=facts,
            free=free,
            rng=setting.rng(f"plant {order.family.name}", block.number),
            acts=acts_due(order.rate, claims_before, claims_here),
            share=order.rate,
            strength=order.strength,
        )
        done = order.family.plant(scene)
        block = done.block
        free = free.copy()
        for mark in done.marks:
            free[block.claims["client"][mark.rows]] = False
            truths.append(_truth(block, order.family, mark))
        for named in done.named:
            free[block.claims["client"][named.rows]] = False
            acts = np.arange(len(named.rows)) + block.number * ACTS_A_BLOCK
            about = _truth_about(order.family, named.subject_type, named.names, acts)
            truths.append(about.with_columns(kind=pl.lit(named.kind)))
        if done.providers is not None and block.number == 0:
            truths.append(_truth_about_providers(order.family, done.providers))
    return block, pl.concat(truths)


def arranged(setting: Setting, ordered: Iterable[Order]) -> tuple[Setting, pl.DataFrame]:
    """Let each family act on organisations and promises; return the setting and the truth about them."""
    truths = [empty_truth()]
    for order in ordered:
        if order.family.arrange is None:
            continue
        scene = ArrangedScene(
            setting=setting,
            rng=setting.rng(f"arrange {order.family.name}"),
            acts=acts_due(order.rate, 0, setting.config.claims),
            strength=order.strength,
        )
        done = order.family.arrange(scene)
        setting = replace(setting, around=done.around)
        names = pl.Series(done.names, dtype=pl.String)
        about = _truth_about(order.family, done.subject_type, names, np.arange(len(names)))
        truths.append(about.with_columns(kind=pl.Series(done.kinds, dtype=pl.String)))
    return setting, pl.concat(truths)


def acts_due(rate: float, claims_before: int, claims_here: int) -> int:
    """Return how many acts fall on some claims, so that all blocks together have the rate."""
    return int(rate * (claims_before + claims_here)) - int(rate * claims_before)


def empty_truth() -> pl.DataFrame:
    """Return a truth without acts."""
    return pl.DataFrame(schema=TRUTH_COLUMNS)


def _truth(block: Block, family: Family, mark: Mark) -> pl.DataFrame:
    ids = claim_ids(block.claims["number"][mark.rows], PREFIXES[mark.tier])
    return pl.DataFrame({"claim_id": ids, "act": mark.acts + block.number * ACTS_A_BLOCK}).select(
        pl.lit(family.name).alias("family"),
        pl.lit(mark.rule_id).alias("rule_id"),
        pl.col("act").cast(pl.Int64),
        pl.lit(mark.role).alias("role"),
        pl.lit("claim").alias("subject_type"),
        pl.col("claim_id").alias("subject_id"),
        pl.col("claim_id"),
        pl.lit(mark.kind).alias("kind"),
    )


def plant_figures(
    setting: Setting, figures: Columns, ordered: Iterable[Order]
) -> tuple[Columns, pl.DataFrame]:
    """Let each family act on the published figures; return them and the truth about them."""
    free = np.ones(figures.height, dtype=np.bool_)
    marks: list[tuple[Family, Mark]] = []
    for order in ordered:
        if order.family.publish is None:
            continue
        scene = FigureScene(
            setting=setting,
            figures=figures,
            free=free,
            rng=setting.rng(f"plant {order.family.name}"),
            acts=acts_due(order.rate, 0, setting.config.claims),
            strength=order.strength,
        )
        done = order.family.publish(scene)
        figures = done.figures
        free = free.copy()
        if done.touched is not None:
            free[done.touched] = False
        marks += [(order.family, mark) for mark in done.marks]
    # Periods may be changed by an act, so rows are named when all have acted.
    names = performance_keys(setting, figures)
    truths = [
        _truth_about(family, "performance", names.gather(mark.rows), mark.acts, mark)
        for family, mark in marks
    ]
    return figures, pl.concat([empty_truth(), *truths])


def performance_keys(setting: Setting, figures: Columns) -> pl.Series:
    """Return the key by which the truth names a published row."""
    key = pl.concat_str("contract_id", "provider_id", "period", "outcome", separator="|")
    return performance_names(setting, figures).select(key).to_series()


def _truth_about_providers(family: Family, providers: Ints) -> pl.DataFrame:
    names = pl.Series([provider_id(int(number)) for number in providers], dtype=pl.String)
    return _truth_about(family, "provider", names, providers)


def _truth_about(
    family: Family, subject_type: str, names: pl.Series, acts: Ints, mark: Mark | None = None
) -> pl.DataFrame:
    """Return the truth about subjects that are not claims; without a mark, as planted for the family."""
    return pl.DataFrame({"subject_id": names, "act": acts}).select(
        pl.lit(family.name).alias("family"),
        pl.lit(mark.rule_id if mark else family.rule_id).alias("rule_id"),
        pl.col("act").cast(pl.Int64),
        pl.lit(mark.role if mark else PLANTED).alias("role"),
        pl.lit(subject_type).alias("subject_type"),
        pl.col("subject_id"),
        pl.lit(None, dtype=pl.String).alias("claim_id"),
        pl.lit(mark.kind if mark else family.says).alias("kind"),
    )


def summary(config: Config, truth: pl.DataFrame) -> str:
    """Say what was planted: a line for each family, with the acts asked for where fewer found a place."""
    acts = dict(
        truth.filter(pl.col("role") == PLANTED).group_by("family").agg(pl.col("act").n_unique()).iter_rows()
    )
    lines = []
    for order in orders(config):
        done = acts.get(order.family.name, 0)
        due = int(order.rate * config.claims)
        short = "" if order.family.share_of_providers or done >= due else f" of {due:,} asked for"
        lines.append(f"  {order.family.rule_id} {order.family.name}: {done:,} acts{short}")
    return "\n".join(["Planted:", *lines]) if lines else "Planted: nothing."
