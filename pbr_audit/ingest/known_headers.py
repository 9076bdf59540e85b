"""The headers that a table's files can be expected to have: what a header is told by."""

import re

from pbr_audit.dataset import Expression, Header, OneOf, TableInput
from pbr_audit.tables import TABLES

_NAME = re.compile(r'"([^"]+)"|([^\W\d]\w*)')


def plain(name: str) -> str:
    """Fold a header: case, blanks and punctuation are left out."""
    return re.sub(r"[\W_]+", "", name).casefold()


def known_headers(table_input: TableInput) -> frozenset[str]:
    """The standard's columns of the table and the headers that audit.toml names, folded by `plain`."""
    names = set(TABLES[table_input.table].columns)
    for given in table_input.columns.values():
        if isinstance(given, OneOf):
            names |= set(given.names)
        text = (
            given.name if isinstance(given, Header) else given.text if isinstance(given, Expression) else ""
        )
        names |= {text, *(quoted or bare for quoted, bare in _NAME.findall(text))}
    return frozenset(plain(name) for name in names) - {""}
