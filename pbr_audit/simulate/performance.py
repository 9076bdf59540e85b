"""Published figures, counted from the claims: by contract, deliverer, quarter of the start, and outcome.

Plans are set beside the amounts and mostly missed a little; some series are released a second time, with
the cohort revised by a client or so. Cohorts that are paid for as a whole have rows of their own.
"""

import numpy as np
import polars as pl

from pbr_audit.simulate import rendering as as_
from pbr_audit.simulate.block import Block
from pbr_audit.simulate.chain import CONTRACTS
from pbr_audit.simulate.claims import is_live
from pbr_audit.simulate.clients import EXCLUDED
from pbr_audit.simulate.cohort_results import cohort_figures
from pbr_audit.simulate.columns import MISSING, Columns, Ints
from pbr_audit.simulate.contracts import contract_id
from pbr_audit.simulate.days import quarter_first_day, quarter_number
from pbr_audit.simulate.naming import provider_ids
from pbr_audit.simulate.protections import BUDGET_CONTRACT
from pbr_audit.simulate.setting import Setting
from pbr_audit.simulate.spec import ATTACH, COHORT, MAIN, ROLES

KEY = ("contract", "provider", "quarter", "role")
FIGURES = ("started", "excluded", "achieved", "amount_pence")
TARGET_SHARE_OF_RATE = 1.1
RELEASE_LAG_DAYS, SECOND_RELEASE_DAYS = 760, 365
# Series of which some periods are released twice; and of those periods, so many.
SECOND_SERIES_SHARE, SECOND_SHARE = 0.4, 0.6
# Of the started, so many at most are honestly in no cohort, in a share of the rows.
UNTRACED_SHARE, UNTRACED_ROWS = 0.02, 0.2
PLANNED_SERIES_SHARE, PLAN_MET_SHARE, PLAN_MISSED = 0.7, 0.1, 0.3
PLAN_PENCE = 1_000


def counted(block: Block) -> pl.DataFrame:
    """Count one block: who started, who of them was taken out, who achieved, and what that cost in pence."""
    clients, claims = block.clients, block.claims
    started = clients["start_day"] != MISSING
    parts = []
    for role in (ATTACH, MAIN):
        mine = np.flatnonzero(is_live(claims) & claims["prime_present"] & (claims["role"] == role))
        mine = mine[np.unique(claims["client"][mine], return_index=True)[1]]
        achieved = np.zeros(clients.height, dtype=np.int64)
        amount = np.zeros(clients.height, dtype=np.int64)
        achieved[claims["client"][mine]] = 1
        # A claim below nothing is published by nobody.
        amount[claims["client"][mine]] = np.maximum(claims["amount"][mine], 0)
        excluded = (clients["end_reason"] == EXCLUDED) & (achieved == 0) & (role == MAIN)
        frame = pl.DataFrame(
            {
                "contract": clients["contract"],
                "provider": clients["registered"],
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
    return pl.concat(parts).group_by(KEY).agg(pl.col(name).sum() for name in FIGURES).sort(KEY)


def published_figures(setting: Setting, counts: pl.DataFrame) -> Columns:
    """Return the honest published figures; `month` is a month that a period is given instead, or 0."""
    rng = setting.rng("performance")
    figures = Columns({name: counts[name].to_numpy().astype(np.int64) for name in (*KEY, *FIGURES)})
    started, excluded, achieved = figures["started"], figures["excluded"], figures["achieved"]
    cohort = started - excluded
    rate = np.zeros(figures.height)
    for role in (ATTACH, MAIN):
        mine = figures["role"] == role
        rate[mine] = achieved[mine].sum() / max(1, cohort[mine].sum())
    untraced = np.floor(UNTRACED_SHARE * started).astype(np.int64)
    untraced = np.where(rng.random(figures.height) < UNTRACED_ROWS, untraced, 0)
    count = figures.height
    figures = figures.having(
        cohort=np.maximum(cohort - untraced, achieved),
        expected=np.round(np.clip(rate, 0, 1), 4),
        target=np.round(np.clip(rate * TARGET_SHARE_OF_RATE, 0, 1), 4),
        release=quarter_first_day(figures["quarter"] + 1) + RELEASE_LAG_DAYS,
        planned=_planned(rng, figures),
        month=np.zeros(count, dtype=np.int64),
        second=np.zeros(count, dtype=np.bool_),
    )
    figures = figures.followed_by(_second_releases(rng, figures))
    # One series after another, each in order of its periods, and of their releases.
    order = np.lexsort((figures["release"], figures["quarter"], series_of(figures)))
    figures = figures.taken(order)
    return figures.followed_by(cohort_figures(setting)) if COHORT in setting.spec.outcomes else figures


def series_of(figures: Columns) -> Ints:
    """Return a number for each contract, provider and outcome."""
    return np.asarray((figures["contract"] * 10_000 + figures["provider"]) * ROLES + figures["role"])


def _share_of_series(rng: np.random.Generator, figures: Columns, share: float) -> np.ndarray:
    names, place = np.unique(series_of(figures), return_inverse=True)
    return np.asarray((rng.random(len(names)) < share)[place])


def _planned(rng: np.random.Generator, figures: Columns) -> Ints:
    """Return plans that amounts stay under a little, or meet; MISSING where the series has none."""
    amount = figures["amount_pence"]
    above = rng.uniform(0, PLAN_MISSED, figures.height)
    above = np.where(rng.random(figures.height) < PLAN_MET_SHARE, 0.0, above)
    planned = -(-(amount * (1 + above)).astype(np.int64) // PLAN_PENCE) * PLAN_PENCE
    has_plan = _share_of_series(rng, figures, PLANNED_SERIES_SHARE) & (amount > 0)
    return np.where(has_plan, np.maximum(planned, amount), MISSING)


def _second_releases(rng: np.random.Generator, figures: Columns) -> Columns:
    """Return later releases of some rows: a client more, or some less than anybody would ask about.

    None are of the contract that has a budget: there amounts can be added up.
    """
    chosen = _share_of_series(rng, figures, SECOND_SERIES_SHARE) & (rng.random(figures.height) < SECOND_SHARE)
    rows = np.flatnonzero(chosen & (figures["contract"] != BUDGET_CONTRACT))
    later = figures.taken(rows)
    more = rng.integers(0, 2, len(rows))
    less = np.floor(UNTRACED_SHARE * later["cohort"]).astype(np.int64)
    less = np.where(rng.random(len(rows)) < 0.5, less, 0)  # noqa: PLR2004
    less = np.minimum(less, later["cohort"] - later["achieved"])
    return later.having(
        started=later["started"] + more,
        excluded=later["excluded"] + less,
        cohort=later["cohort"] + more - less,
        release=later["release"] + SECOND_RELEASE_DAYS,
        second=np.ones(len(rows), dtype=np.bool_),
    )


def performance_table(setting: Setting, figures: Columns) -> pl.DataFrame:
    """Return the published table."""
    names = performance_names(setting, figures)
    return names.with_columns(
        cohort_size=pl.Series(figures["cohort"]),
        achieved=pl.Series(figures["achieved"]),
        expected=as_.numbers(figures["expected"]),
        target=as_.numbers(figures["target"]),
        started=as_.counts(figures["started"]),
        excluded=as_.counts(figures["excluded"]),
        release_date=as_.dates(figures["release"]),
        amount_pence=as_.pence(figures["amount_pence"]),
        planned_amount_pence=as_.pence(figures["planned"], figures["planned"] != MISSING),
    )


def performance_names(setting: Setting, figures: Columns) -> pl.DataFrame:
    """Return contract, provider, period and outcome of each published row, as text."""
    ids, outcomes = provider_ids(setting.chain.providers), setting.spec.outcomes
    codes = [outcomes[role].code if role in outcomes else None for role in range(ROLES)]
    quarter, month = figures["quarter"], figures["month"]
    periods = pl.DataFrame(
        {"quarter": as_.quarter_names(quarter), "year": 1970 + quarter // 4, "month": month}
    ).with_columns(yearly=pl.Series(figures["role"] == COHORT))
    period = (
        pl.when("yearly")
        .then(pl.col("year").cast(pl.String))
        .when(pl.col("month") > 0)
        .then(pl.format("{}-{}", "year", "month"))
        .otherwise("quarter")
    )
    return pl.DataFrame(
        {
            "contract_id": as_.words(
                [contract_id(setting.spec, each) for each in range(CONTRACTS)], figures["contract"]
            ),
            "provider_id": as_.words(ids, figures["provider"]),
            "period": periods.select(period).to_series(),
            "outcome": as_.words(codes, figures["role"]),
        }
    )
