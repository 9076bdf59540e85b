"""Shorthand: what statistical tables write in place of a figure, or behind one.

The symbols are those that the UK's statistical services recommend (as StatsWales publishes the list), and the
older ones that still stand in many files. A symbol in a figure's place is a missing figure with a meaning; it
is never zero. One behind a figure says something about the figure, which stays what it is.
"""

from collections.abc import Mapping

import polars as pl

# What is said of a cell that holds nothing but the symbol: "is withheld for confidentiality ([c])".
MEANINGS: Mapping[str, str] = {
    "[c]": "withheld for confidentiality",
    "[x]": "not available",
    "[z]": "not applicable",
    "[low]": "too low to be shown",
    "[k]": "too low to be shown",
    "[u]": "withheld, being of low reliability",
    "[ns]": "withheld, being not statistically significant",
    "[w]": "not recorded by the survey",
    "[b]": "not given, for a break in the series",
    "[e]": "marked as estimated, and not given",
    "[f]": "marked as a forecast, and not given",
    "[p]": "marked as provisional, and not given",
    "[r]": "marked as revised, and not given",
    "..": "not available",
    "...": "not available",
    ":": "not available",
    "-": "shown as a dash, nil or not available",
    "*": "withheld",
    "**": "withheld",
    "~": "too low to be shown",
    "n/a": "not available or not applicable",
    "na": "not available or not applicable",
    "n.a.": "not available or not applicable",
    "null": "written as null",
}
# What is said of a figure that stands before the symbol: "is marked as revised".
MARKERS: Mapping[str, str] = {
    "[a]": "an average",
    "[b]": "standing beside a break in the series",
    "[e]": "estimated",
    "[f]": "a forecast",
    "[ns]": "not statistically significant",
    "[p]": "provisional",
    "[r]": "revised",
    "[s]": "statistically significant",
    "[ss]": "statistically significant",
    "[sss]": "statistically significant",
    "[t]": "a total",
    "[u]": "of low reliability",
}
# A dash by its look; and what accounting formats print for nil, a sign of currency and a dash.
_DASHES = {"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-"}
_NIL = r"^[\u00a3\u20ac$] *-$"
MARKED = r"^(.*[0-9)%]) ?(\[[A-Za-z]{1,3}\])$"


def symbols(cells: pl.Expr) -> pl.Expr:
    """Return the symbol, as MEANINGS writes it, where a trimmed cell is one; else null."""
    plain = cells.str.to_lowercase().str.replace_many(_DASHES).str.replace(_NIL, "-")
    return plain.replace_strict({symbol: symbol for symbol in MEANINGS}, default=None)


def unmarked(cells: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return cells without the marker behind their figure, and the marker, null where there is none."""
    found = cells.str.extract(MARKED, 2).str.to_lowercase()
    marker = found.replace_strict({symbol: symbol for symbol in MARKERS}, default=None)
    figure = pl.when(marker.is_not_null()).then(cells.str.extract(MARKED, 1)).otherwise(cells)
    return figure.str.strip_chars(), marker
