"""Which columns of a table a source's headers name: as the standard does, by a usual name, or perhaps."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pbr_audit.look.facts import Facts
from pbr_audit.look.wording import alike
from pbr_audit.look.words import known_share
from pbr_audit.tables import TABLES, Column
from pbr_audit.tables.cohort import YES_OR_NO
from pbr_audit.tables.synonyms import DOUBTFUL, SYNONYMS, plain

How = Literal["exact", "usual name", "doubtful name", "values"]

# What people write behind a column's name: a unit, a format, a remark on how to fill it in.
_REMARK = re.compile(
    r"""\s*[(\[{]\s*(?: [£$€%] | gbp | usd | eur | pounds | (?:exc?l?|inc?l?)\.?\s*vat | [dmy\s/.-]{4,}
    | required
    | mandatory | optional | if\ (?:known|applicable) | text | number | date | free\ text | max\ [0-9]+.*
    | system\ generated | auto | drop\ ?down | select.* | see\ notes?.* | note\ [0-9]+ | [0-9a-z]
    )\s*[)\]}]"""
    r"\s*|[\s*]+$|\s+[£$€]$",
    re.IGNORECASE | re.VERBOSE,
)
_NUMBERING = re.compile(r"^\s*(?:\(?[0-9]{1,2}[.):]|q[0-9]{1,2}[.:)]|[a-z][.)])\s+", re.IGNORECASE)
# The upper of two levels of header, where it says no more than whose row it is.
_UPPER = re.compile(
    r"^(?:client|participant|customer|learner|claim|outcome|payment|personal|case|service user|family"
    r"|referral|general|beneficiary)s?(?:'s|s')?\s+(?:details?|information|info|section|data|particulars)\s*[:/|>-]?\s+",
    re.IGNORECASE,
)
# Of two headers for an identifier, the one that says so is meant.
_SAYS_ID = re.compile(r"(?:id|identifier|code|ref|reference|number|no|ukprn|crn)$")


@dataclass(frozen=True)
class Match:
    """A source column for a standard one; `doubt` says what speaks against it, where something does."""

    column: str
    header: str
    how: How
    doubt: str | None = None


@dataclass(frozen=True)
class Named:
    """What headers say for one table: matches, those that could each be one column, and doubts."""

    matches: Mapping[str, Match]
    either: Mapping[str, tuple[str, ...]]
    against: tuple[Match, ...]


def spellings(header: str) -> Iterator[str]:
    """Yield the folded header, then without remarks, numbering and upper level."""
    yield plain(header)
    bare = _REMARK.sub(" ", header)
    yield plain(bare)
    bare = _NUMBERING.sub("", bare)
    yield plain(bare)
    yield plain(_UPPER.sub("", bare))


def named(table: str, columns: Sequence[Facts]) -> Named:
    """Match a source's columns to those of `table` by their headers, unless their values speak against it."""
    candidates: dict[str, list[tuple[Facts, How]]] = {}
    against: list[Match] = []
    for facts in columns:
        names, how = _columns(table, facts.header)
        doubts = {
            name: disagreement(TABLES[table].columns[name], facts, is_certain=how != "doubtful name")
            for name in names
        }
        agreed = [name for name, doubt in doubts.items() if doubt is None]
        if len(agreed) == 1:
            candidates.setdefault(agreed[0], []).append((facts, how))
        elif how != "doubtful name":
            against += [Match(name, facts.header, how, doubt) for name, doubt in doubts.items()]
    matches: dict[str, Match] = {}
    either: dict[str, tuple[str, ...]] = {}
    for name, found_for in candidates.items():
        best = _best(found_for)
        if best is None:
            either[name] = tuple(facts.header for facts, _ in found_for)
        else:
            matches[name] = Match(name, best[0].header, best[1])
    return Named(matches, either, tuple(against))


def _columns(table: str, header: str) -> tuple[list[str], How]:
    """The columns that a header may name, and how; a certain name is one column's only."""
    if header in TABLES[table].columns:
        return [header], "exact"
    for folded in spellings(header):
        names = [name for name, headers in SYNONYMS[table].items() if folded in headers]
        if names:
            return names, "usual name"
        names = [name for name, headers in DOUBTFUL[table].items() if folded in headers]
        if names:
            return names, "doubtful name"
    # Of other words for the same thing, the values have to agree too.
    return alike(table, _REMARK.sub(" ", header)), "doubtful name"


def _best(found: list[tuple[Facts, How]]) -> tuple[Facts, How] | None:
    """The one that is meant; None where that cannot be told."""
    for rank in ("exact", "usual name", "doubtful name"):
        of_rank = [(facts, how) for facts, how in found if how == rank]
        if len(of_rank) == 1:
            return of_rank[0]
        if of_rank:
            filled = [(facts, how) for facts, how in of_rank if facts.filled] or of_rank
            saying = [(facts, how) for facts, how in filled if _SAYS_ID.search(plain(facts.header))]
            chosen = saying or filled
            return chosen[0] if len(chosen) == 1 else None
    return None


def disagreement(column: Column, facts: Facts, *, is_certain: bool) -> str | None:
    """What a column's values have against being `column`: its values `are not dates`; None for nothing.

    Where the name is not certain, the values have to speak for it.
    """
    if facts.kind == "empty":
        return None if is_certain else "are all missing"
    kind = facts.kind
    match column.kind:
        case "date" | "datetime":
            serial = kind == "whole number" and facts.figures is not None and _are_day_numbers(facts)
            return None if kind == "date" or (serial and is_certain) else "are not dates"
        case "money":
            fits = kind == "amount" or (kind in ("whole number", "number") and is_certain)
            return None if fits else "are not amounts"
        case "number":
            return None if kind in ("number", "whole number", "amount") else "are not numbers"
        case "integer":
            return None if kind == "whole number" else "are not whole numbers"
        case _:
            return _against_text(column, facts, is_certain=is_certain)


def _against_text(column: Column, facts: Facts, *, is_certain: bool) -> str | None:
    against = {"date": "are dates", "amount": "are amounts", "number": "are numbers with decimals"}
    if column.name == "period":
        del against["date"], against["number"]
    if column.name not in ("final", "decision") and column.choices != YES_OR_NO:
        against["yes or no"] = "are yes or no"
    if facts.kind in against or is_certain:
        return against.get(facts.kind)
    if column.closed and known_share(column, facts) < 1 / 2:
        return "are other words"
    return "are not different in each row" if column.unique and not facts.is_key else None


def _are_day_numbers(facts: Facts) -> bool:
    """18 May 1927 to 2099, as a spreadsheet counts days."""
    if facts.figures is None:
        return False
    known = facts.figures.by_row.drop_nulls()
    return bool(known.is_between(10_000, 73_050).mean() == 1)
