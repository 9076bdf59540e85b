"""Rates of providers or advisers beside their peers', as rows of a rule: what a comparison found, told.

The statistics are in `pbr_audit.stats.case_mix` and `pbr_audit.stats.rates`; here counts become their
arrays, and their answers columns.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from pbr_audit.rule.pictures import funnel, shown
from pbr_audit.stats import clopper_pearson
from pbr_audit.stats.case_mix import Expected, Ints, expected_by_others, packed, shared_levels
from pbr_audit.stats.rates import RateAgainstPeers

# Pictures are for rows that may become a finding; drawing every provider would cost more than the tests.
PICTURED = 0.05
TOGETHER = "together"


def with_pool(cells: pl.DataFrame, least_clients: float, least_units: int) -> pl.DataFrame:
    """Add `pool`: with whom each provider of `cells` is compared, of those with the same outcome.

    That is its contract's providers where `least_units` of them have `least_clients` clients, else those of
    all contracts in which fewer do.
    """
    by_provider = cells.group_by("contract_id", "outcome", "provider_id").agg(pl.col("clients").sum())
    large = (
        by_provider.filter(pl.col("clients") >= least_clients)
        .group_by("contract_id", "outcome")
        .agg(enough=pl.len() >= least_units)
    )
    own = pl.col("enough").fill_null(value=False)
    return (
        cells.join(large, on=["contract_id", "outcome"], how="left")
        .with_columns(pool=pl.when(own).then("contract_id").otherwise(pl.lit(TOGETHER)))
        .drop("enough")
    )


def numbered(cells: pl.DataFrame) -> pl.DataFrame:
    """Return `cells` with numbers behind their texts, in the order of the texts: for `expected_of`, often."""
    texts = (column for column in cells.get_columns() if column.dtype == pl.String)
    return cells.with_columns(text.cast(pl.Enum(text.drop_nulls().unique().sort())) for text in texts)


def expected_of(
    cells: pl.DataFrame, key: Sequence[str], factors: Sequence[str], least: float = 0.0
) -> tuple[pl.DataFrame, Expected]:
    """Return the units of `cells`, sorted by `key`, and what their clients would have reached with others.

    `cells` have `clients` and `reached`, a row for each unit and combination of `factors`, which may be
    null: not known is a level of its own. A level that fewer than four units have is none. How well it is
    known is not asked of units with fewer outcomes than `least` expected (`expected_by_others`).
    """
    # Texts become numbers in the order of the texts, and cells are added up and sorted: the same
    # clients give the same bits, in however many parts they were counted.
    coded = np.column_stack([_codes(cells[name]) for name in (*key, *factors)])
    of_unit = packed(coded[:, : len(key)])
    _, first, place = np.unique(packed(coded), return_index=True, return_inverse=True)
    clients, reached = (np.bincount(place, cells[name].to_numpy()) for name in ("clients", "reached"))
    _, of_each, unit = np.unique(of_unit[first], return_index=True, return_inverse=True)
    levels = [shared_levels(unit, coded[first, len(key) + factor]) for factor in range(len(factors))]
    matrix = np.stack(levels, axis=1) if levels else np.zeros((len(unit), 0), dtype=np.int64)
    units = cells.select(pl.col(key).gather(first[of_each]))
    found = expected_by_others(unit, matrix, clients, reached, least=least)
    return units.with_columns(pl.col(pl.Enum).cast(pl.String)), found


def _codes(values: pl.Series) -> Ints:
    """Return whole numbers from 0 in the order of `values`, texts or whole numbers; null is 0."""
    if values.dtype == pl.String:
        values = numbered(values.to_frame()).to_series()
    if values.dtype == pl.Enum:
        values = values.to_physical()
    return (values.cast(pl.Int64) - (values.min() or 0) + 1).fill_null(0).to_numpy()


def expected_as_published(cells: pl.DataFrame, key: Sequence[str]) -> tuple[pl.DataFrame, Expected]:
    """Return the units of `cells`, sorted by `key`, and what their published expected rates come to.

    `cells` have `clients`, `reached` and `published`, a share; whoever published it has modelled it, and
    its error is not known here: the peers' spread holds it.
    """
    clients, share = pl.col("clients"), pl.col("published")
    units = (
        cells.group_by(key)
        .agg(
            clients.sum(),
            pl.col("reached").sum(),
            expected=(clients * share).sum(),
            chance=(clients * share * (1 - share)).sum(),
        )
        .sort(key)
    )
    counts = (
        units[name].cast(pl.Float64).to_numpy() for name in ("clients", "reached", "expected", "chance")
    )
    size, reached, expected, chance = counts
    none = np.zeros((units.height, 1))
    return units.select(key), Expected(size, reached, expected, chance, none[:, 0], expected, none, none)


def told(found: Expected, judged: RateAgainstPeers) -> pl.DataFrame:
    """Return what was found of each unit, a row each: figures, effect, excess and what could have been seen.

    The effect is outcomes reached over those usual among peers (1: as many), its interval the exact one of
    the unit's own rate: too wide, if anything, where clients' chances differ (Hoeffding, 1956). NaN becomes
    null, and so does what would be so many times nothing.
    """
    low, high = clopper_pearson(found.reached, found.clients)
    # Of peers who reach nothing, nobody has so many times as much.
    usual = np.where(judged.usual > 0, judged.usual, np.nan)
    columns = {
        "rate": found.reached / found.clients,
        "expected": found.expected,
        "usual": judged.usual,
        "usual_rate": judged.usual / found.clients,
        "peers_spread": judged.spread,
        "funnel_limit": judged.limit,
        "effect": found.reached / usual,
        "effect_low": low * found.clients / usual,
        "effect_high": high * found.clients / usual,
        "smallest_seen": 1 + judged.smallest / usual,
        "excess_claims": judged.excess,
        "excess_error": judged.error,
        "excess_df": judged.df,
        "z": judged.z,
        "p_value": judged.p_value,
        "well_above": judged.well_above,
    }
    counts = {"clients": found.clients, "reached": found.reached}
    return pl.DataFrame(
        [pl.Series(name, values).cast(pl.Int64) for name, values in counts.items()]
        + [pl.Series(name, values, nan_to_null=True) for name, values in columns.items()]
    )


def with_funnels(rows: pl.DataFrame, x: str, y: str) -> pl.DataFrame:
    """Add `picture`, the funnel of each row of one comparison that may become a finding; null for the others.

    Rates are told as they would be with the usual mix: reached over usual, times the usual rate of all. No
    names: a picture of one provider is not a league table of the others.
    """
    there = pl.col("p_value").is_not_null()
    compared = rows.filter(there)
    told = (
        rows.select("p_value", "flagged", "peers_spread", place=there.cum_sum() - 1)
        .with_row_index("row")
        .filter(pl.col("flagged"), pl.col("p_value") <= PICTURED)
    )
    pictures: list[str | None] = [None] * rows.height
    if not told.is_empty():
        centre = float(compared.select(pl.col("usual").sum() / pl.col("clients").sum()).item())
        sizes = shown(compared["clients"])
        rates = shown((compared["effect"].fill_null(0) * centre).clip(0, 1))
        error = (centre * (1 - centre)) ** 0.5
        for row, place, spread in told.select("row", "place", "peers_spread").iter_rows():
            pictures[row] = funnel(sizes, rates, place, centre, error, spread_sd=spread, x=x, y=y)
    return rows.with_columns(picture=pl.Series(pictures, dtype=pl.String))
