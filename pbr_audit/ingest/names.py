"""A source's column names, checked before any row is read: of two columns with one name, one is lost."""

import re
from collections.abc import Sequence
from itertools import pairwise

from pbr_audit.errors import InputError
from pbr_audit.ingest.corrected import names_of_corrected

# The columns that the program itself adds, to batches and to `rejects/TABLE.csv`. A source may hold them
# (corrected rejects come back in), but they say where a row once stood, not what it is: they are not read.
RESERVED = frozenset({"_file", "_sheet", "_row", "_reasons", "_source", "_text", "_column"})


# What Polars takes for a pattern of names and not for a name: all columns, and those that match.
_PATTERN = re.compile(r"\*|\^.*\$", re.DOTALL)


def checked_names(
    names: Sequence[str | None], where: str, positions: Sequence[int] | None = None
) -> list[str]:
    """The names trimmed; InputError where one is missing or two are equal. `positions` count from 0.

    The sentences give positions, not names: in a file without a header the "names" are somebody's data. A
    name that would be a pattern of names is followed by its column's number: `*` becomes `* (column 3)`.
    """
    trimmed = names_of_corrected([(name or "").strip() for name in names])
    if not any(trimmed):
        raise InputError(f"{where}: has no header; the first row must name the columns")
    places = [index + 1 for index in (positions or range(len(trimmed)))]
    trimmed = [
        f"{name} (column {place})" if _PATTERN.fullmatch(name) else name
        for place, name in zip(places, trimmed, strict=True)
    ]
    for place, name in zip(places, trimmed, strict=True):
        if not name:
            raise InputError(
                f"{where}: column {place} of the header has no name; name it, or delete the column"
            )
    order = sorted(range(len(trimmed)), key=lambda index: (trimmed[index], index))
    for first, second in pairwise(order):
        if trimmed[first] == trimmed[second]:
            raise InputError(
                f"{where}: columns {places[first]} and {places[second]} of the header have the same name; "
                "rename or delete one of them"
            )
    return trimmed
