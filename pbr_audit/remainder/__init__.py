"""Whether what is left after rejection can stand for the whole.

A rule that judges row by row loses nothing but the rejected rows. A rule that tests a distribution is led
astray where these come from one side of it: an export in which every amount under £1,000 was fused with its
date loses just these, and shows a cliff at £1,000 that nobody made.

The rows that count here are missing: rejected, not corrected since, no notes beside the table, no copies of
a row that was accepted. Two questions are asked of them.

*Are they like the rest?* Compared are files and sheets, providers, contracts, outcomes and other words that
group rows, months, and amounts and measures by tenths. A difference counts where chance hardly makes it (one
in a thousand a table, over all comparisons), where it is large (`stats.unlike`), and where the part that the
rows come from has lost at least 1 % of its rows: what has lost less is whole for any test. Fewer than ten
rows, or than one in a thousand of the table, are not asked about: no share of what is left can then be off by
more than a thousandth, and so few rows could hardly be told from chance. `tests/unit/test_remainder.py` has
the chances of a false alarm and of seeing what is there, by simulation.

*Is it known?* Where dates or amounts are just what cannot be read, nothing says that the rows are like the
rest. From 1 % of the table on, which is what `--max-rejects` allows, rules that read such a column to test a
distribution have no answer. An amount that can be made out in such a row, in whichever cell, serves the first
question; it never becomes a figure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from pbr_audit.remainder.comparing import differences
from pbr_audit.remainder.words import percent
from pbr_audit.rule import Rule
from pbr_audit.tables import TABLES
from pbr_audit.validate import Validated, ValidTable
from pbr_audit.validate.rejects import NO_COLUMN

__all__ = ["WHOLE", "Gap", "Remainder", "remainder"]

LEAST_ROWS = 10
LEAST_SHARE = 0.001
LEAST_UNKNOWN = 0.01
# What rules read under another name than the column that it is made from.
DERIVED = {"outcome_date": ("period",)}


@dataclass(frozen=True)
class Gap:
    """Why the remainder of `table` cannot stand for the whole; in these `columns`, or in all where empty."""

    table: str
    why: str
    columns: frozenset[str] = frozenset()

    @property
    def said(self) -> str:
        """The gap as a sentence that holds no cell's value."""
        subject = f"the rows of {self.table} are"
        if self.columns:
            subject = f"{_listed(sorted(self.columns))} {'is' if len(self.columns) == 1 else 'are'}"
        return f"{self.table}: {self.why}; rules that test how {subject} distributed are not assessable"


@dataclass(frozen=True)
class Remainder:
    """What rejection has done to the distributions in the tables."""

    gaps: tuple[Gap, ...] = ()

    @property
    def said(self) -> tuple[str, ...]:
        """A sentence for each gap."""
        return tuple(gap.said for gap in self.gaps)

    def why_not(self, rule: Rule) -> str | None:
        """Return why `rule` has no answer, or None; only one that tests distributions can be without."""
        if rule.basis != "statistical":
            return None
        needs = rule.needs
        reasons = [
            f"{gap.table}: {gap.why}"
            for gap in self.gaps
            if gap.table in needs.tables() and (not gap.columns or gap.columns & {*needs.columns(gap.table)})
        ]
        return "; ".join(reasons) or None


WHOLE = Remainder()


def remainder(validated: Validated) -> Remainder:
    """Return where the accepted rows of a table cannot stand for all of its rows."""
    return Remainder(tuple(gap for name, table in validated.tables.items() for gap in _gaps(name, table)))


def _gaps(name: str, table: ValidTable) -> Iterator[Gap]:
    if table.counts.left < LEAST_ROWS or not table.counts.accepted:
        return
    missing = table.rejects.missing()
    rows: int = missing.select(pl.len()).collect().item()
    whole = table.counts.accepted + rows
    if rows < max(LEAST_ROWS, LEAST_SHARE * whole):
        return
    if found := differences(table, missing, LEAST_ROWS):
        yield Gap(name, f"the {rows:,} rejected rows are not like the rest: {'; '.join(found)}")
    yield from _unknown(name, table, whole)


def _unknown(name: str, table: ValidTable, whole: int) -> Iterator[Gap]:
    """Yield a gap for each measure or date that is unknown in too many of the rejected rows."""
    least, standard = max(LEAST_ROWS, LEAST_UNKNOWN * whole), TABLES[name].columns
    by_column = dict(table.rejects.missing_by_column())
    no_rows = by_column.pop(NO_COLUMN, 0)
    if no_rows >= least:
        yield Gap(name, f"{no_rows:,} records, {percent(no_rows / whole)} of all, could not be read as rows")
    for column in (column for column in by_column if standard[column].kind not in {"text", "choice"}):
        rows, typed = by_column[column] + no_rows, standard[column].typed_name
        if rows < least:
            continue
        why = (
            f"{column} is missing or unreadable in {rows:,} rejected rows, {percent(rows / whole)} of all, "
            "so nothing says that they are like the rest"
        )
        yield Gap(name, why, frozenset({typed, *DERIVED.get(typed, ())}))


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
