"""A batch's columns of which some cells need a closer look, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pbr_audit.tables import Column
from pbr_audit.validate.counts import Currencies
from pbr_audit.validate.currencies import GBP, meant_by
from pbr_audit.validate.looking import OTHER_CURRENCY, UNKNOWN_CURRENCY, look
from pbr_audit.validate.shorthand import MEANINGS


@dataclass(frozen=True)
class Closer:
    """One column of a batch, looked at: a value, the clean cell, and the reason where neither holds."""

    column: Column
    found: pl.DataFrame

    @property
    def values(self) -> pl.Series:
        """The values, under the column's typed name."""
        return self.found["value"].alias(self.column.typed_name)

    @property
    def otherwise(self) -> bool:
        """Whether some format could read a cell that the standard's own form does not."""
        return bool(self.found["otherwise"].any())

    def reasons(self) -> dict[str, pl.Series]:
        """Return by reason where a cell is not read."""
        why = self.found["why"]
        if why.null_count() == len(why):
            return {}
        return {reason: why.eq_missing(reason) for reason in sorted(why.drop_nulls().unique())}

    def meanings(self) -> dict[str, pl.Series]:
        """Return by what shorthand says where it stands: `is withheld for confidentiality ([c])`."""
        missing = self.found["missing"]
        if missing.null_count() == len(missing):
            return {}
        symbols = sorted(missing.drop_nulls().unique())
        return {f"is {MEANINGS[symbol]} ({symbol})": missing.eq_missing(symbol) for symbol in symbols}

    def in_its_currency(self, contracts: pl.Series | None, currencies: Currencies) -> "Closer":
        """Return the column without the amounts that name a currency which is not their contract's."""
        written = self.found["currency"]
        if written.null_count() == len(written):
            return self
        expected = _expected(contracts, currencies, self.found.height)
        fits = pl.any_horizontal(
            (pl.col("currency") == sign) & pl.col("expected").is_in(meant_by(sign))
            for sign in sorted(written.drop_nulls().unique())
        )
        wrong = pl.col("currency").is_not_null() & ~fits.fill_null(value=False)
        unknown = pl.when(pl.col("expected").is_null()).then(pl.lit(UNKNOWN_CURRENCY))
        why = unknown.otherwise(pl.lit(OTHER_CURRENCY))
        found = self.found.with_columns(expected).with_columns(
            pl.when(~wrong).then("value").alias("value"),
            pl.when(wrong & pl.col("value").is_not_null()).then(why).otherwise("why").alias("why"),
        )
        return Closer(self.column, found.drop("expected"))


def looked_at(cells: pl.Series, table: str, column: Column, written: str) -> Closer:
    """Look at every cell of a column that is `written` in a format of its own."""
    return Closer(column, look(cells, table, column, written))


def unread(cells: pl.Series, values: pl.Series, table: str, column: Column) -> Closer:
    """Look at the clean cells of a column that were not read, beside the `values` of those that were."""
    both = pl.DataFrame([cells.alias("cell"), values.alias("value")])
    left = both.select(pl.when(pl.col("value").is_null()).then("cell")).to_series()
    found = look(left, table, column, None)
    cell = pl.when(found["missing"].is_null()).then("cell").alias("cell")
    return Closer(column, found.with_columns(both.select(cell, "value")))


def _expected(contracts: pl.Series | None, currencies: Currencies, rows: int) -> pl.Series:
    """Return the currency that each row's amounts are in, null where several are possible.

    Where there are no terms it is the pound, in which the program reckons; a contract that the terms do not
    know is in their currency where they have only one. This is how the pence are counted, too.
    """
    by_contract: Mapping[str, str] = currencies.by_contract
    known = set(by_contract.values())
    only = GBP if not known else next(iter(known)) if len(known) == 1 else None
    if only is not None or contracts is None:
        return pl.Series("expected", [only], dtype=pl.String).new_from_index(0, rows)
    return contracts.replace_strict(by_contract, default=None, return_dtype=pl.String).alias("expected")
