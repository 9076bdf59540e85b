"""Headers compared word by word: the same words in another order, or others for the same thing."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from pbr_audit.tables.synonyms import PHRASES

_WORD = re.compile(r"#|[^\W_]+")
# "Number of clients" counts; "client number" names.
_COUNTS = re.compile(r"^(?:number|no|count|total|sum)\.? (?:of )", re.IGNORECASE)
_SILENT = frozenset(
    ["of", "the", "for", "a", "an", "in", "and", "by", "unique", "current", "our", "your", "is", "s"]
)


def _same(**words: str) -> Mapping[str, str]:
    return {word: meant for meant, written in words.items() for word in written.split()}


# Words for the same thing, where they stand among others in a header.
_SAME = _same(
    id="identifier identification no number num nbr ref reference code #",
    client="participant customer beneficiary enrollee jobseeker offender patient tenant resident yp",
    adviser="advisor",
    program="programme provision",
    organisation="organization org",
    date="dt on when",
    start="started starting entry",
    end="ended leaving left exit",
    manager="mgr",
    worker="wkr",
    minutes="mins min",
    subcontractor="subcontractors",
    provider="providers",
    amount="value sum",
)


def words(header: str) -> frozenset[str]:
    """The words of a header, each by one word for the same thing; `Ref. of the claim` is {id, claim}."""
    found = _WORD.findall(unicodedata.normalize("NFKC", header).replace("_", " ").casefold())
    return frozenset(_SAME.get(word, word) for word in found if word not in _SILENT)


def alike(table: str, header: str) -> list[str]:
    """The columns of `table` of which a usual name has the words of `header`; one word alone says little."""
    said = words(header)
    if len(said) < 2 or _COUNTS.match(header.strip()):  # noqa: PLR2004 - two words
        return []
    return sorted(_by_words(table).get(said, ()))


@cache
def _by_words(table: str) -> Mapping[frozenset[str], frozenset[str]]:
    found: dict[frozenset[str], set[str]] = {}
    for column, phrases in PHRASES[table].items():
        for phrase in phrases:
            found.setdefault(words(phrase), set()).add(column)
    return {said: frozenset(columns) for said, columns in found.items()}
