"""The headers that a table's files can be expected to have: what a header is told by."""

import re

from pbr_audit.dataset import Constant, Expression, Header, TableInput
from pbr_audit.tables.synonyms import SYNONYMS, plain

# In an expression every name may be a header; a function's name among them does no harm.
_NAME = re.compile(r'"([^"]+)"|([^\W\d]\w*)')


def known_headers(table_input: TableInput) -> frozenset[str]:
    """Return the standard's columns, what people call them, and audit.toml's headers, folded by `plain`."""
    names = {header for headers in SYNONYMS[table_input.table].values() for header in headers}
    for given in table_input.columns.values():
        if isinstance(given, Constant):
            continue
        written = (
            (given.name,)
            if isinstance(given, Header)
            else (given.text,)
            if isinstance(given, Expression)
            else given.names
        )
        for text in written:
            names |= {plain(text), *(plain(quoted or bare) for quoted, bare in _NAME.findall(text))}
    return frozenset(names) - {""}
