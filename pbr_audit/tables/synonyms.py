"""What people call the standard's columns: `synonyms.toml`, folded so that spelling does not count."""

import tomllib
import unicodedata
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from pbr_audit.tables.registry import TABLES

Headers = Mapping[str, Mapping[str, tuple[str, ...]]]

# Signs that stand for words in headers; other punctuation says nothing.
_SIGNS = str.maketrans({"#": "no", "№": "no", "%": "percent"})


def plain(name: str) -> str:
    """Fold what two spellings of a header may differ in: case, blanks, punctuation, accents.

    Letters and digits of every script are kept, so a header in another script never becomes empty.
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).translate(_SIGNS).casefold())
    return "".join(sign for sign in folded if sign.isalnum())


def _folded(written: Mapping[str, Any], *, own_names: bool) -> Headers:
    return MappingProxyType(
        {
            table: MappingProxyType(
                {
                    column: tuple(
                        dict.fromkeys(
                            plain(header)
                            for header in [
                                *([column] if own_names else []),
                                *written.get(table, {}).get(column, []),
                            ]
                        )
                    )
                    for column in TABLES[table].columns
                }
            )
            for table in TABLES
        }
    )


_WRITTEN = tomllib.loads(files("pbr_audit.tables").joinpath("synonyms.toml").read_text(encoding="utf-8"))

# table -> column -> headers as they are written, the column's own name first.
PHRASES: Headers = MappingProxyType(
    {
        table: MappingProxyType(
            {column: (column, *_WRITTEN.get(table, {}).get(column, ())) for column in TABLES[table].columns}
        )
        for table in TABLES
    }
)
# table -> column -> folded headers, the column's own name first.
SYNONYMS: Headers = _folded(_WRITTEN, own_names=True)
# Words that also mean other things: they name the column only where its values agree.
DOUBTFUL: Headers = _folded(_WRITTEN["doubtful"], own_names=False)
