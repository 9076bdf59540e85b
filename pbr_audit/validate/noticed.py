"""What was seen in cells that a reader of the results has to know: counted by column, said in sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from pbr_audit.validate.shorthand import MARKERS, MEANINGS

# 1.23457E+15: what a spreadsheet makes of a long number, once its last digits are gone.
_SHORTENED = r"^[0-9](?:\.[0-9]+[Ee]\+?|[Ee]\+)[0-9]{2,3}$"
_AFTER_DIGITS = ":"

Counts = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Noticed:
    """Cells by column and symbol of shorthand, in a figure's place or behind it; and shortened numbers."""

    missing: Counts = field(default_factory=dict)
    marked: Counts = field(default_factory=dict)
    shortened: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "Noticed") -> "Noticed":
        """Add counts up."""
        if not (other.missing or other.marked or other.shortened):
            return self
        return Noticed(
            _added(self.missing, other.missing),
            _added(self.marked, other.marked),
            {
                column: self.shortened.get(column, 0) + other.shortened.get(column, 0)
                for column in {**self.shortened, **other.shortened}
            },
        )

    def sentences(self, table: str, columns: Mapping[str, object]) -> tuple[str, ...]:
        """Return what there is to say of `table`, in the order of its `columns`."""
        order = {name: position for position, name in enumerate(columns)}

        def placed(key: tuple[str, str]) -> tuple[int, str]:
            return order[key[0]], key[1]

        return (
            *(
                f"{table}, {column}: {_cells(self.missing[column, symbol])} {symbol} ({MEANINGS[symbol]}); "
                "read as missing, never as zero"
                for column, symbol in sorted(self.missing, key=placed)
            ),
            *(
                f"{table}, {column}: {_figures(self.marked[column, symbol])} marked {symbol} "
                f"({MARKERS[symbol]}), and read as written"
                for column, symbol in sorted(self.marked, key=placed)
            ),
            *(
                f"{table}, {column}: {_numbers(self.shortened[column])} a spreadsheet has shortened (such as "
                "1.23457E+15), whose last digits are lost; export the column as text"
                for column in sorted(self.shortened, key=lambda name: order[name])
            ),
        )


def shortened_numbers(cells: pl.Series) -> int:
    """Count cells of text that are long numbers as a spreadsheet shortens them."""
    first = cells.min()
    # Most codes begin with a letter, and the least cell tells so at once: digits come before letters.
    if not isinstance(first, str) or first >= _AFTER_DIGITS:
        return 0
    return int(cells.str.contains(_SHORTENED).sum())


def by_symbol(column: str, symbols: pl.Series) -> dict[tuple[str, str], int]:
    """Count the symbols found in a column."""
    if symbols.null_count() == len(symbols):
        return {}
    counted = symbols.drop_nulls().alias("symbol").value_counts(name="cells")
    return {(column, symbol): cells for symbol, cells in counted.iter_rows()}


def _added(one: Counts, two: Counts) -> Counts:
    return {key: one.get(key, 0) + two.get(key, 0) for key in {**one, **two}}


def _cells(count: int) -> str:
    return "1 cell holds" if count == 1 else f"{count:,} cells hold"


def _figures(count: int) -> str:
    return "1 figure is" if count == 1 else f"{count:,} figures are"


def _numbers(count: int) -> str:
    return "1 cell holds a number that" if count == 1 else f"{count:,} cells hold numbers that"
