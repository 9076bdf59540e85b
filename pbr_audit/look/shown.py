"""How names out of files are shown and written: headers are strangers' text, and some are somebody's data."""

import re
import unicodedata
from collections.abc import Sequence

_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_LONGEST_SHOWN = 60
_FOUR_DIGITS = 0xFFFF
# What a cell holds and a column's name does not: a date, an amount, an address, a long number, a postcode.
_DATA = re.compile(
    r"""[^@\s]+@[^@\s]+\.[a-z]{2,}
    | [£$€]?\s*-?[0-9][0-9.,\s]*
    | [0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}(?:[ T].*)?
    | [a-z]{1,2}[0-9][0-9a-z]?\s*[0-9][a-z]{2}
    | [a-z]{2}\s*[0-9]{2}\s*[0-9]{2}\s*[0-9]{2}\s*[a-d]
    | \(?\+?[0-9][0-9()\s-]{7,}
    | [a-z]{1,4}[-/]?[0-9]{4,}[a-z]?
    | [a-z]{2}[0-9]{2}(?:\s?[a-z0-9]{4}){3,}.*""",
    re.IGNORECASE | re.VERBOSE,
)


def toml_string(text: str) -> str:
    """`text` as a TOML string in double quotes; what cannot be seen is written as its number."""
    return '"' + "".join(_SHORT.get(sign) or _sign(sign) for sign in text) + '"'


def _sign(sign: str) -> str:
    # Control and format characters: none of them may hide in a file or move a terminal's cursor.
    if unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cn", "Zl", "Zp"}:
        return f"\\u{ord(sign):04X}" if ord(sign) <= _FOUR_DIGITS else f"\\U{ord(sign):08X}"
    return sign


def is_data(header: str) -> bool:
    """Whether a header looks like a cell: then it is not shown, for it may be somebody's."""
    return _DATA.fullmatch(header.strip()) is not None


def shown(header: str, place: int) -> str:
    """A header for people, in quotes and short; `place` counts columns from 1."""
    if is_data(header):
        return f"column {place} (its header looks like data)"
    short = header if len(header) <= _LONGEST_SHOWN else f"{header[:_LONGEST_SHOWN]}..."
    return toml_string(short)


def listed(names: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def some(names: Sequence[str], most: int) -> str:
    """`a, b, c and 4,960 more`."""
    if len(names) <= most:
        return listed(names)
    return f"{', '.join(names[:most])} and {len(names) - most:,} more"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """`1 row`, `1,204 rows`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
