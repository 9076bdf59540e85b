"""Text that a spreadsheet would run as a formula, and the apostrophe that keeps it from doing so.

The apostrophe is taken off again where a guarded file comes back, and for that it must say what it stands
before: text that has one already, and would be run without, gets one more.
"""

import polars as pl

GUARD = "'"
# What a spreadsheet takes for a formula. Blanks and invisible characters before it (a byte-order mark, a
# zero-width space) are trimmed by some programs, and full-width signs are signs to a Chinese or Japanese
# Excel. A tab or a line's end at the beginning is stripped until a formula appears, or moves the rest into
# the next cell.
_RUN = r"(?:[\t\r\n]|[\s\p{Cc}\p{Cf}]*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}])"
_RUN_BEHIND_GUARDS = rf"^{GUARD}*{_RUN}"
_GUARDED = rf"^{GUARD}+{_RUN}"
# A signed number is no formula, and must stay one that can be added up.
_PLAIN_NUMBER = r"^ *[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)? *$"


def would_run(text: pl.Expr) -> pl.Expr:
    """Return where `text` has to be guarded; null stays null."""
    return text.str.contains(_RUN_BEHIND_GUARDS) & ~text.str.contains(_PLAIN_NUMBER)


def guarded(text: pl.Expr) -> pl.Expr:
    """Return `text` with an apostrophe before what would be run."""
    return pl.when(would_run(text)).then(GUARD + text).otherwise(text)


def unguarded(text: pl.Expr) -> pl.Expr:
    """Return `text` as it was before `guarded`."""
    return pl.when(text.str.contains(_GUARDED)).then(text.str.slice(1)).otherwise(text)
