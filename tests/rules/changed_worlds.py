"""A rule's world changed in a way whose effect on the answer is known: other order, ids, days, amounts, company.

Every change is made to the tables before what the program derives of them, and to the terms alike.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from pbr_audit.engine import Outcome, run
from pbr_audit.rule import LoadedRule, Rule
from pbr_audit.terms import TERMS_COLUMNS
from pbr_audit.views import DERIVED, Tables, prepare

AS_OF = date(2017, 12, 31)
# 28 years from 1901 to 2099 are whole weeks, and the calendar of their last year is that of their first.
CALENDAR_YEARS = 28
CALENDAR_DAYS = 10_227
WEEKS_DAYS = 35
TIMES = 3
# What names a row, or is one name of it, besides columns whose name ends with `_id`.
NAMES = {"person_ref", "cohort", "succeeded_by"}
# What ties people to one another: unlike in two worlds that have nothing to do with each other.
TIES = {"evidence_ref", "evidence_hash", "national_id", "email", "phone", "bank_account", "postcode"}
COPY = "~copy"
OTHER = "~elsewhere"
ONE_IN = 7
# The words of a subject, and what stands between them.
PARTS = re.compile("([/ ])")

Frames = Mapping[str, pl.DataFrame]
Told = dict[str, object]


@dataclass(frozen=True)
class World:
    """Typed tables and terms without anything derived, the columns that the source gave, and the run's day."""

    frames: Frames
    columns: Mapping[str, frozenset[str]]
    as_of: date = AS_OF

    def tables(self) -> Tables:
        """Return the world as rules are given it."""
        given = {name: frame for name, frame in self.frames.items() if name not in TERMS_COLUMNS}
        terms = {name: frame.lazy() for name, frame in self.frames.items() if name in TERMS_COLUMNS}
        return prepare(
            {name: frame.lazy() for name, frame in given.items()},
            {name: self.columns[name] for name in given},
            {name: frame.height for name, frame in given.items()},
            terms,
        )

    def each(self, change: Callable[[str, pl.DataFrame], pl.DataFrame]) -> "World":
        """Return the world with `change` made to each table and each of the terms' tables."""
        return replace(self, frames={name: change(name, frame) for name, frame in self.frames.items()})


def world_in(tables: Tables) -> World:
    """Return the tables before what is derived of them."""
    frames = {name: frame.collect() for name, frame in tables.frames.items()}
    return World(
        {name: frame.drop(DERIVED.get(name, ()), strict=False) for name, frame in frames.items()},
        {name: columns - frozenset(DERIVED.get(name, ())) for name, columns in tables.columns.items()},
    )


# --- order -----------------------------------------------------------------------------------------


def rows_shuffled(world: World, seed: int) -> World:
    """Return the world with the rows of its tables in another order; terms keep that of their file."""
    return world.each(
        lambda name, frame: (
            frame if name in TERMS_COLUMNS else frame.sample(fraction=1, shuffle=True, seed=seed)
        )
    )


def columns_reversed(world: World) -> World:
    """Return the world with the columns of every table from last to first."""
    return world.each(lambda _, frame: frame.select(frame.columns[::-1]))


def needs_reversed(rule: Rule) -> Rule:
    """Return the rule's header with the columns of each table that it needs from last to first."""
    required, optional = (
        {table: columns[::-1] for table, columns in needs.items()}
        for needs in (rule.needs.required, rule.needs.optional)
    )
    return replace(rule, needs=replace(rule.needs, required=required, optional=optional))


# --- names -----------------------------------------------------------------------------------------


def new_names(world: World) -> Mapping[str, str]:
    """Return a new name for each id of the world, one for one.

    The new names are in the order of the old ones, because rules settle ties by the lowest claim number.
    """
    found: set[str] = set()
    for frame in world.frames.values():
        for column in names_in(frame):
            found |= set(frame[column].drop_nulls().to_list())
    return {name: f"{place:05d}{(place * 7919) % 997}" for place, name in enumerate(sorted(found))}


def names_in(frame: pl.DataFrame) -> list[str]:
    """Return the columns of a table that hold ids."""
    return [
        column
        for column, dtype in frame.schema.items()
        if dtype == pl.String and (column.endswith("_id") or column in NAMES)
    ]


def renamed(world: World, names: Mapping[str, str]) -> World:
    """Return the world with every id under its new name."""
    return world.each(
        lambda _, frame: frame.with_columns(
            pl.col(column).replace_strict(names, return_dtype=pl.String) for column in names_in(frame)
        )
    )


# --- days ------------------------------------------------------------------------------------------


def moved(world: World, days: int, years: int = 0) -> World:
    """Return the world with all of its dates later by `days`, and the periods of its figures by `years`."""

    def later(_: str, frame: pl.DataFrame) -> pl.DataFrame:
        dated = [column for column, dtype in frame.schema.items() if dtype.is_temporal()]
        shifted = frame.with_columns(pl.col(column) + pl.duration(days=days) for column in dated)
        return (
            shifted.with_columns(years_later(pl.col("period"), years))
            if "period" in frame.columns
            else shifted
        )

    return replace(world.each(later), as_of=world.as_of + timedelta(days=days))


def years_later(text: pl.Expr, years: int) -> pl.Expr:
    """Return text whose first four digits are a year, some years later."""
    year = text.str.slice(0, 4).cast(pl.Int64, strict=False) + years
    return pl.coalesce(pl.concat_str(year.cast(pl.String), text.str.slice(4)), text)


# --- amounts ---------------------------------------------------------------------------------------


def multiplied(world: World, times: int) -> World:
    """Return the world with all of its amounts and prices times a whole number."""
    return world.each(
        lambda _, frame: frame.with_columns(
            pl.col(column) * times
            for column, dtype in frame.schema.items()
            if column.endswith("_pence") and dtype.is_integer()
        )
    )


def params_multiplied(rule: Rule, times: int) -> Rule:
    """Return the rule's header with its parameters in pence times the same number."""
    params = {
        name: replace(param, value=param.value * times, high=None)
        if param.unit == "pence" and not isinstance(param.value, str)
        else param
        for name, param in rule.params.items()
    }
    return replace(rule, params=params)


# --- company ---------------------------------------------------------------------------------------


def with_company(world: World) -> World:
    """Return the world beside a copy of itself under other ids: contracts, people and providers of its own."""

    def beside(_: str, frame: pl.DataFrame) -> pl.DataFrame:
        apart = dict.fromkeys([*names_in(frame), *(column for column in TIES if column in frame.columns)])
        return pl.concat([frame, frame.with_columns(pl.col(column) + OTHER for column in apart)])

    return world.each(beside)


def with_copies(world: World) -> World:
    """Return the world with some claims of the prime tier there twice, the second time under a new id."""
    claims = world.frames["claims"]
    plain = (pl.col("tier") == "prime") & (pl.col("amount_pence") > 0)
    for column in ("reverses_claim_id", "supersedes_claim_id", "resubmits_claim_id"):
        if column in claims.columns:
            # A copy of a claim that another one takes back would be taken back by none.
            taken_back = claims[column].drop_nulls().implode()
            plain &= pl.col(column).is_null() & ~pl.col("claim_id").is_in(taken_back)
    copies = (
        claims.filter(plain).sort("claim_id").gather_every(ONE_IN).with_columns(pl.col("claim_id") + COPY)
    )
    return replace(world, frames={**world.frames, "claims": pl.concat([claims, copies])})


# --- answers ---------------------------------------------------------------------------------------


def asked(loaded: LoadedRule, world: World, *, rule: Rule | None = None) -> Outcome:
    """Return what a rule, perhaps with another header, says of a world."""
    asked_of = loaded if rule is None else replace(loaded, rule=rule)
    (outcome,) = run(
        [asked_of], world.tables(), selected=lambda _: True, params={}, as_of=world.as_of, seed=7
    )
    assert outcome.status != "failed", outcome.reason
    return outcome


def whole_answer(outcome: Outcome) -> Told:
    """Return all of an answer: every column of its findings, the claims behind them, and its counts."""
    return {
        "status": (outcome.status, outcome.reason, outcome.rows_examined, outcome.rows_not_assessable),
        "findings": outcome.findings.sort("finding_id").rows(),
        "claims": outcome.flagged_claims.sort("finding_id", "claim_id").rows(),
    }


def same_name(name: str) -> str:
    """Return a name as it is."""
    return name


def queries(
    outcome: Outcome, name: Callable[[str], str] = same_name, times: int = 1, without: Sequence[str] = ()
) -> list[object]:
    """Return an answer's findings as severity, subject, standing and (claim, pence) behind them, sorted.

    `name` is put to every word of a subject and to all other names, `times` to the pence.
    """
    behind: dict[str, list[tuple[str, int | None]]] = {}
    for finding, claim, pence in outcome.flagged_claims.select(
        "finding_id", "claim_id", "amount_pence"
    ).iter_rows():
        behind.setdefault(finding, []).append((name(claim), None if pence is None else pence * times))
    rows = outcome.findings.select(
        "finding_id",
        "severity",
        "subject_id",
        "contract_id",
        "provider_id",
        pl.lit(None) if "period" in without else "period",
        "amount_estimate_pence",
    )
    return sorted(
        (
            (
                severity,
                "".join(name(part) for part in PARTS.split(subject)),
                *("" if part is None else name(part) for part in (contract, provider, period)),
                None if estimate is None else estimate * times,
                sorted(behind.get(finding, []), key=str),
            )
            for finding, severity, subject, contract, provider, period, estimate in rows.iter_rows()
        ),
        key=str,
    )
