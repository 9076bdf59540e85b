"""What one rule declared that it needs, and nothing else.

The tables of the data set and of the contract terms are prepared once; each rule is then handed the
columns that it declared. The standard's definitions of *deliverer*, *live* and *chain* stand here and
nowhere else.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Literal

import polars as pl

from pbr_audit.people import LINKS, LINKS_COLUMNS, why_not_linked, with_person_id
from pbr_audit.periods import quarter
from pbr_audit.rule import WHOLE, Needs, View
from pbr_audit.tables import TABLES
from pbr_audit.terms import TERMS_COLUMNS

# Every rule reads the tables again, so those that fit are read from disk and derived once: some 3 GB of what
# the shipped rules read of claims.
ROWS_IN_MEMORY = 12_000_000
# Setting the streaming engine up costs more than it saves on a table of up to so many rows.
FEW_ROWS = 50_000
Engine = Literal["auto", "in-memory"]
LIVE_STATUS = ("submitted", "paid")
# Given whole to every part of a split: small, and joined on other keys than the one that is split on.
GIVEN_WHOLE = (*TERMS_COLUMNS, "providers", "employers", LINKS)
# A table's distinct values are of the whole table, in every part.
DISTINCT = "distinct_"
DERIVED: Mapping[str, Mapping[str, pl.DataType]] = {
    "claims": {
        "deliverer_id": pl.String(),
        "chain_id": pl.String(),
        "period": pl.String(),
        "live": pl.Boolean(),
        "reversal": pl.Boolean(),
        "reverses_another": pl.Boolean(),
        "names_parent": pl.Boolean(),
    },
    "clients": {"person_id": pl.String()},
}


@cache
def schema_of(table: str) -> Mapping[str, pl.DataType]:
    """Return column to type of a table as rules see it; KeyError where there is no such table."""
    if table in TERMS_COLUMNS:
        return TERMS_COLUMNS[table]
    if table == LINKS:
        return LINKS_COLUMNS
    typed = {column.typed_name: column.typed_dtype for column in TABLES[table].columns.values()}
    return typed | dict(DERIVED.get(table, {}))


@dataclass(frozen=True)
class Tables:
    """The prepared tables: frames, the columns that the source gave, and their numbers of rows.

    `why_no_links` says why registrations were not linked, where they were not.
    """

    frames: Mapping[str, pl.LazyFrame]
    columns: Mapping[str, frozenset[str]]
    rows: Mapping[str, int]
    why_no_links: str | None = None


def prepare(
    frames: Mapping[str, pl.LazyFrame],
    columns: Mapping[str, frozenset[str]],
    rows: Mapping[str, int],
    terms: Mapping[str, pl.LazyFrame],
    read: Mapping[str, Collection[str]] | None = None,
    *,
    why_no_links: str | None = None,
) -> Tables:
    """Return typed `frames` with the derived columns, and the tables of the terms beside them.

    `columns` are the typed columns that the source of each table gave; `read` those that anybody reads of a
    table, all of them where it says nothing. `frames` may hold the table of links between clients;
    `why_no_links` says why it does not.
    """
    ready = {table: _complete(table, frame) for table, frame in frames.items()}
    given = {table: names | frozenset(DERIVED.get(table, ())) for table, names in columns.items()}
    if "claims" in ready:
        ready["claims"] = _with_claim_facts(ready["claims"], columns["claims"])
    if "clients" in ready:
        ready["clients"] = with_person_id(ready["clients"], columns["clients"], ready.get(LINKS))
        if LINKS not in ready and why_no_links is None:
            why_no_links = why_not_linked(columns["clients"], rows["clients"])
    for table, names in (read or {}).items():
        if table in ready:
            ready[table] = ready[table].select(sorted(names))
    for table, frame in ready.items():
        if rows[table] <= ROWS_IN_MEMORY:
            ready[table] = frame.collect(engine=engine_for(rows[table])).lazy()
    for table, frame in terms.items():
        ready[table] = frame
        given[table] = frozenset(TERMS_COLUMNS[table])
    heights = pl.collect_all([frame.select(pl.len()) for frame in terms.values()], engine="in-memory")
    counts = {table: height.item() for table, height in zip(terms, heights, strict=True)}
    return Tables(ready, given, dict(rows) | counts, why_no_links)


def most_rows(needs: Needs, tables: Tables) -> int:
    """Return the number of rows of the largest table that a rule with these `needs` reads."""
    return max(tables.rows.get(table, 0) for table in needs.tables())


def engine_for(rows: int) -> Engine:
    """Return the engine of Polars that a step over so many rows is given to; the answer is the same."""
    return "in-memory" if rows <= FEW_ROWS else "auto"


def _complete(table: str, frame: pl.LazyFrame) -> pl.LazyFrame:
    """Add the standard's columns that the source lacks, typed and null."""
    there = frame.collect_schema()
    return frame.with_columns(null for name, null in _nulls(table).items() if name not in there)


@cache
def _nulls(table: str) -> Mapping[str, pl.Expr]:
    """Return a typed null for each of the standard's columns, under its name."""
    derived = DERIVED.get(table, {})
    return {
        name: pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in schema_of(table).items()
        if name not in derived
    }


def _with_claim_facts(claims: pl.LazyFrame, given: frozenset[str]) -> pl.LazyFrame:
    """Add what the standard says of claims ("How rules read the tables"): who delivered, live or not.

    A claim that another one reverses or supersedes is not live, nor is the reversal; whether the other one
    is itself live does not matter. No claim takes itself back. A reversal is negative: a positive amount
    takes nothing back, whatever it names, and a negative one is no claim for an outcome, even where it does
    not say what it takes back. `reversal` tells those that stand, for a rule that asks what they take back;
    `reverses_another` whether that is another claim on the commissioner, and at hand. A prime's claim begins
    its chain, whatever it names as its parent.
    """
    negative = pl.col("amount_pence") < 0
    stands = pl.col("status").fill_null("submitted").is_in(LIVE_STATUS)
    reverses_another = pl.lit(value=False)
    if given & {"reverses_claim_id", "supersedes_claim_id"}:
        taken_back = _taken_back(claims, negative)
        if taken_back.len():
            stands = stands & ~pl.col("claim_id").is_in(taken_back.implode())
            reverses_another = _reverses_another(claims)
    return claims.with_columns(
        deliverer_id=pl.coalesce("subcontractor_id", "provider_id"),
        chain_id=pl.when(tier="subcontractor")
        .then(pl.coalesce("parent_claim_id", "claim_id"))
        .otherwise("claim_id"),
        period=quarter(pl.col("outcome_date")),
        live=stands & ~negative,
        reversal=stands & negative,
        reverses_another=reverses_another,
        names_parent=pl.col("parent_claim_id").is_not_null(),
    )


def _taken_back(claims: pl.LazyFrame, negative: pl.Expr) -> pl.Series:
    """Return the ids of claims that another one reverses or supersedes: few, so they are held in memory."""
    replaced = pl.concat_list(pl.when(negative).then("reverses_claim_id"), "supersedes_claim_id")
    return (
        claims.filter(pl.col("reverses_claim_id").is_not_null() | pl.col("supersedes_claim_id").is_not_null())
        .select("claim_id", replaced.alias("named"))
        .explode("named")
        .filter(pl.col("named") != pl.col("claim_id"))
        .select(pl.col("named").unique())
        .collect()
        .to_series()
    )


def _reverses_another(claims: pl.LazyFrame) -> pl.Expr:
    """Return whether a claim names, as reversed, another claim of the prime tier that is there."""
    names_another = pl.col("reverses_claim_id") != pl.col("claim_id")
    named = claims.filter(names_another).select(claim_id="reverses_claim_id")
    at_hand = (
        claims.filter(tier="prime").select("claim_id").join(named, on="claim_id", how="semi").collect()
    ).to_series()
    return (names_another & pl.col("reverses_claim_id").is_in(at_hand.implode())).fill_null(value=False)


def missing(needs: Needs, tables: Tables) -> str | None:
    """Return why these tables do not meet `needs`, or None where they do."""
    reasons = []
    for table, wanted in needs.required.items():
        if table in TERMS_COLUMNS:
            if not tables.rows.get("contracts"):
                reasons.append("there are no contract terms")
            continue
        if table not in tables.frames:
            reasons.append(f"there is no {table} table")
        elif lacking := [name for name in wanted if name not in tables.columns[table]]:
            reasons.append(f"{table} has no {', '.join(lacking)}")
        elif not tables.rows[table]:
            reasons.append(f"{table} holds no rows")
        else:
            reasons += _not_held(tables.frames[table], table, needs.holds.get(table, {}))
    return "; ".join(dict.fromkeys(reasons)) or None


def _not_held(frame: pl.LazyFrame, table: str, wanted: Mapping[str, str]) -> Iterator[str]:
    """Yield a reason for each value that a column of the table ought to hold and does not."""
    for column, value in wanted.items():
        if frame.filter(pl.col(column) == value).head(1).collect().is_empty():
            yield f"{table} holds no row whose {column} is {value}"


def without_terms(needs: Needs, tables: Tables) -> str | None:
    """Return the part of the terms that `needs` asks for and no contract has, or None."""
    for table in needs.required:
        if table in TERMS_COLUMNS and not tables.rows.get(table):
            return f"no contract's terms have {table.replace('_', ' ')}"
    return None


def view_for(needs: Needs, tables: Tables, *, as_of: date | None, seed: int) -> View:
    """Return the view of a rule with these `needs`; what the source lacks arrives typed and null."""
    frames, given, further = {}, set(), {}
    for table in needs.tables():
        wanted, types = needs.columns(table), schema_of(table)
        if table not in tables.frames:
            frames[table] = pl.LazyFrame(schema={name: types[name] for name in wanted})
            continue
        frame = tables.frames[table]
        if table == "claims":
            if needs.claims != "both":
                frame = frame.filter(tier=needs.claims)
            if needs.live_only:
                frame = frame.filter("live")
        if table in needs.covariates:
            further[table] = tuple(sorted(tables.columns[table] - set(types)))
        frames[table] = frame.select(*wanted, *further.get(table, ()))
        given |= {(table, name) for name in wanted if name in tables.columns[table]}
    for table, names in needs.distinct.items():
        frames[f"{DISTINCT}{table}"] = frames[table].select(names).unique()
    return View(frames, frozenset(given), as_of, seed, tables.why_no_links, further)


def distinct_values(view: View) -> Mapping[str, pl.LazyFrame]:
    """Return the distinct values of `view`, in memory."""
    return {
        table: frame.collect().lazy() for table, frame in view.tables.items() if table.startswith(DISTINCT)
    }


def is_split(table: str) -> bool:
    """Tell whether a table's rows are split between parts, rather than given whole to each."""
    return table not in GIVEN_WHOLE and not table.startswith(DISTINCT)


def parts(view: View, by: str, count: int) -> Iterator[View]:
    """Yield `view` in `count` parts, complete by key; rows without a key stay together in one."""
    if by == WHOLE:
        yield view
        return
    for part in range(count):
        here = (pl.col(by).hash(seed=0) % count) == part
        frames = {
            table: frame.filter(here) if is_split(table) else frame for table, frame in view.tables.items()
        }
        yield replace(view, tables=frames)
