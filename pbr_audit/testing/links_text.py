"""The table of links in a fixture case: piped text, as rules are given it."""

from typing import Final

import polars as pl

from pbr_audit.errors import ConfigurationError
from pbr_audit.people import LINKS_COLUMNS
from pbr_audit.testing.piped import read_piped

REQUIRED: Final = ("left_client_id", "right_client_id", "p_same")
FALSE_OR_TRUE: Final = {"false": False, "true": True}


def links_of(text: str, where: str) -> pl.DataFrame:
    """Return links as text, `person_id` null and no probability of a household where the case does not say.

    A cell of the column `waterfall` reads `name both same 12.1; postcode differs -1.7`: the field's first
    word, the level, the bits. ConfigurationError where a cell is not of its column's type.
    """
    header, rows = read_piped(text, where)
    if strangers := [name for name in header if name not in LINKS_COLUMNS]:
        raise ConfigurationError(f"{where}: links has no column {strangers[0]}")
    if lacking := [name for name in REQUIRED if name not in header]:
        raise ConfigurationError(f"{where}: links needs the column {lacking[0]}")
    found = []
    for number, row in enumerate(rows, start=1):
        given = dict(zip(header, row, strict=True))
        try:
            found.append(_row(given))
        except (ValueError, KeyError):
            raise ConfigurationError(f"{where} row {number}: a cell is not of its column's type") from None
    return pl.DataFrame(found, schema=dict(LINKS_COLUMNS), orient="row")


def _row(given: dict[str, str | None]) -> dict[str, object]:
    household = float(given.get("p_household") or 0)
    same = float(given["p_same"] or "")
    bits = given.get("weight_bits")
    return {
        **{name: given.get(name) for name in ("left_client_id", "right_client_id", "person_id", "split_why")},
        "p_same": same,
        "p_household": household,
        "p_neither": float(given.get("p_neither") or round(1 - same - household, 6)),
        "weight_bits": None if bits is None else float(bits),
        "bridge": FALSE_OR_TRUE[given.get("bridge") or "false"],
        "waterfall": [_step(step.split()) for step in (given.get("waterfall") or "").split(";") if step],
    }


def _step(words: list[str]) -> dict[str, object]:
    return {"field": words[0], "level": " ".join(words[1:-1]), "bits": float(words[-1])}
