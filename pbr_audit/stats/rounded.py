"""Whether published figures look rounded: statistical offices round counts to 5, 10 or 100 to protect people.

A test that takes rounded figures as exact finds heaps that are the rounding's own.
"""

from math import log10

import polars as pl

# The coarsest first: a multiple of 1,000 is one of 5 too.
UNITS = (1000, 100, 10, 5)
# That many different figures are all multiples of a unit by chance once in 10 to this power of columns.
CHANCE_POWER = 8
FEWEST_DIFFERENT = 6


def looks_rounded(cells: pl.Series) -> int | None:
    """Return the unit, 1000, 100, 10 or 5, of which all figures are multiples; None where they are not.

    `cells` are whole numbers; nulls and zeros say nothing. A figure counts once however often it stands: the
    same price twenty times is no rounding. None too where the different figures are too few to rule out
    chance, one in `unit` for each: six for 100, eight for 10, twelve for 5.
    """
    different = cells.drop_nulls().unique()
    different = different.filter(different != 0)
    for unit in UNITS:
        if not (different % unit == 0).all():
            continue
        enough = max(FEWEST_DIFFERENT, CHANCE_POWER / log10(unit))
        if len(different) >= enough:
            return unit
    return None


def looks_rounded_pence(pence: pl.Series) -> int | None:
    """Return the unit in pounds (or what the currency is) of which all amounts are multiples, as above."""
    pounds = pence.drop_nulls()
    return looks_rounded(pounds // 100) if (pounds % 100 == 0).all() else None
