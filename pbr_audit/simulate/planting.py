"""Planting: which families act in a world, block by block, and the truth about what they did."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from pbr_audit.errors import UsageError
from pbr_audit.simulate.block import Block
from pbr_audit.simulate.claim_table import claim_ids
from pbr_audit.simulate.columns import Ints
from pbr_audit.simulate.config import Config, Plant
from pbr_audit.simulate.families import FAMILIES
from pbr_audit.simulate.families.family import PLANTED, Facts, Family, Mark, Scene
from pbr_audit.simulate.naming import provider_id
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
        return tuple(Order(family, family.rate, 1.0) for family in FAMILIES if family.usual)
    asked = {_family(plant.family).name: plant for plant in config.plants}
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


def plant_block(
    setting: Setting, block: Block, ordered: Iterable[Order], claims_before: int, claims_here: int
) -> tuple[Block, pl.DataFrame]:
    """Let each family act on one honest block; return it and the truth about it."""
    facts = Facts(setting, block)
    free = np.ones(block.clients.height, dtype=np.bool_)
    truths = [empty_truth()]
    for order in ordered:
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
        if done.providers is not None and block.number == 0:
            names = pl.Series([provider_id(int(number)) for number in done.providers], dtype=pl.String)
            truths.append(_truth_about(order.family, "provider", names, done.providers))
    return block, pl.concat(truths)


def acts_due(rate: float, claims_before: int, claims_here: int) -> int:
    """Return how many acts fall on some claims, so that all blocks together have the rate."""
    return int(rate * (claims_before + claims_here)) - int(rate * claims_before)


def empty_truth() -> pl.DataFrame:
    """Return a truth without acts."""
    return pl.DataFrame(schema=TRUTH_COLUMNS)


def _truth(block: Block, family: Family, mark: Mark) -> pl.DataFrame:
    ids = claim_ids(block.claims["number"][mark.rows])
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


def published_truth(family: Family, touched: pl.DataFrame) -> pl.DataFrame:
    """Return the truth about published rows, which are named by their key."""
    truth = _truth_about(family, "performance", touched["subject_id"], np.arange(touched.height))
    return truth.with_columns(touched["kind"])


def _truth_about(family: Family, subject_type: str, names: pl.Series, acts: Ints) -> pl.DataFrame:
    """Return the truth about subjects that are not claims."""
    return pl.DataFrame({"subject_id": names, "act": acts}).select(
        pl.lit(family.name).alias("family"),
        pl.lit(family.rule_id).alias("rule_id"),
        pl.col("act").cast(pl.Int64),
        pl.lit(PLANTED).alias("role"),
        pl.lit(subject_type).alias("subject_type"),
        pl.col("subject_id"),
        pl.lit(None, dtype=pl.String).alias("claim_id"),
        pl.lit(family.says).alias("kind"),
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
