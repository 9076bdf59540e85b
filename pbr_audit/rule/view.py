"""What a rule sees: the tables and columns that it declared, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl


@dataclass(frozen=True)
class View:
    """The tables of one rule as attributes (`view.claims`), the run's date and its seed.

    A column that the rule declared as optional and that the source lacks is there, typed and null;
    `has` tells whether it was given. `why_no_links` says why the table of links between clients is empty:
    because linkage could not be done, and not because nobody stands twice. `further` are columns beyond the
    standard's, by table, where the rule reads such.
    """

    tables: Mapping[str, pl.LazyFrame]
    given: frozenset[tuple[str, str]]
    as_of: date | None
    seed: int
    why_no_links: str | None = None
    further: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __getattr__(self, table: str) -> pl.LazyFrame:
        """Return a declared table."""
        tables: Mapping[str, pl.LazyFrame] = self.__dict__.get("tables", {})
        if table not in tables:
            raise AttributeError(f"the rule reads {table}, which its needs do not declare")
        return tables[table]

    def has(self, table: str, column: str) -> bool:
        """Tell whether the source gave this declared column."""
        return (table, column) in self.given

    def covariates(self, table: str) -> tuple[str, ...]:
        """Return the columns beyond the standard's that audit.toml names of a table, in order of their names.

        A number is a float, a category text. None where the rule's needs do not say that it reads them.
        """
        return self.further.get(table, ())
