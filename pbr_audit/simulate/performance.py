"""Published figures, counted from the claims: by contract, deliverer, quarter of the start, and outcome."""

import numpy as np
import polars as pl

from pbr_audit.simulate import rendering as as_
from pbr_audit.simulate.block import Block
from pbr_audit.simulate.chain import CONTRACTS
from pbr_audit.simulate.claims import is_live
from pbr_audit.simulate.clients import EXCLUDED
from pbr_audit.simulate.columns import MISSING
from pbr_audit.simulate.contracts import contract_id
from pbr_audit.simulate.days import quarter_number
from pbr_audit.simulate.naming import provider_ids
from pbr_audit.simulate.setting import Setting
from pbr_audit.simulate.spec import ATTACH, MAIN

KEY = ("contract", "provider", "quarter", "role")
# What the published figures call an expected and an aimed-at share of the cohort.
EXPECTED_SHARE_OF_RATE = 1.0
TARGET_SHARE_OF_RATE = 1.1
RELEASE_LAG_DAYS = 760


def counted(block: Block) -> pl.DataFrame:
    """Count one block: who started, who of them was taken out, who achieved, and what that cost in pence."""
    clients, claims = block.clients, block.claims
    started = clients["start_day"] != MISSING
    parts = []
    for role in (ATTACH, MAIN):
        mine = np.flatnonzero(is_live(claims) & (claims["role"] == role))
        mine = mine[np.unique(claims["client"][mine], return_index=True)[1]]
        achieved = np.zeros(clients.height, dtype=np.int64)
        amount = np.zeros(clients.height, dtype=np.int64)
        achieved[claims["client"][mine]] = 1
        amount[claims["client"][mine]] = claims["amount"][mine]
        excluded = (clients["end_reason"] == EXCLUDED) & (achieved == 0) & (role == MAIN)
        frame = pl.DataFrame(
            {
                "contract": clients["contract"],
                "provider": clients["provider"],
                "quarter": quarter_number(np.where(started, clients["start_day"], 0)),
                "started": started.astype(np.int64),
                "excluded": excluded.astype(np.int64),
                "achieved": achieved,
                "amount_pence": amount,
            }
        )
        parts.append(frame.filter(pl.col("started") == 1).with_columns(role=pl.lit(role)))
    return summed(parts)


def summed(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Add counts up by their key, in the key's order."""
    figures = [pl.col(name).sum() for name in ("started", "excluded", "achieved", "amount_pence")]
    return pl.concat(parts).group_by(KEY).agg(figures).sort(KEY)


def performance_table(setting: Setting, counts: pl.DataFrame) -> pl.DataFrame:
    """Return the published table; the expected rate is that of all together."""
    ids, outcomes = provider_ids(setting.chain.providers), setting.spec.outcomes
    cohort = pl.col("started") - pl.col("excluded")
    rate = pl.col("achieved").sum().over("role") / cohort.sum().over("role")
    keys = {name: counts[name].to_numpy() for name in KEY}
    codes = [outcomes[role].code if role in outcomes else None for role in range(max(outcomes) + 1)]
    quarter_end = pl.date(1970 + (pl.col("quarter") + 1) // 4, (pl.col("quarter") + 1) % 4 * 3 + 1, 1)
    return counts.select(
        as_.words([contract_id(setting.spec, each) for each in range(CONTRACTS)], keys["contract"]).alias(
            "contract_id"
        ),
        as_.words(ids, keys["provider"]).alias("provider_id"),
        pl.format("{}-Q{}", 1970 + pl.col("quarter") // 4, pl.col("quarter") % 4 + 1).alias("period"),
        as_.words(codes, keys["role"]).alias("outcome"),
        cohort.alias("cohort_size"),
        pl.col("achieved"),
        (rate * EXPECTED_SHARE_OF_RATE).clip(0, 1).round(4).alias("expected"),
        (rate * TARGET_SHARE_OF_RATE).clip(0, 1).round(4).alias("target"),
        pl.col("started"),
        pl.col("excluded"),
        (quarter_end + pl.duration(days=RELEASE_LAG_DAYS)).alias("release_date"),
        pl.col("amount_pence"),
    )
