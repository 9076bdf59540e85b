"""Sources made of headers and cells, looked at as files are: what the tests of look and start share."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from pbr_audit.look.content import Codes
from pbr_audit.look.facts import Facts, facts_of
from pbr_audit.look.guessed import Guessed, guessed
from pbr_audit.look.sources import Looked

ROWS = 12
FIRST_DAY = date(2023, 4, 3)
GIVEN = ("Ann", "Bob", "Cat", "Dev", "Eve", "Fay", "Gil", "Hal", "Ida", "Jon", "Kit", "Lea")
FAMILY = ("Ash", "Bell", "Cole", "Dunn", "East", "Ford", "Gray", "Hill", "Ives", "Judd", "Kerr", "Lund")


def day(row: int, after: int = 0) -> date:
    """A day of its own for each row, `after` days later."""
    return FIRST_DAY + timedelta(days=row * 9 + after)


def cells(kind: str) -> list[str | None]:
    """Cells of a kind for ROWS rows: `id:CL`, `date+14`, `dmy+14`, `money`, `word:a|b`, `whole` and so on."""
    what, _, more = kind.partition(":")
    if what.startswith(("date", "dmy", "mdy")):
        form, _, after = what.partition("+")
        pattern = {"date": "%Y-%m-%d", "dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y"}[form]
        return [day(row, int(after or 0)).strftime(pattern) for row in range(ROWS)]
    words = more.split("|")
    made: dict[str, Sequence[str | None]] = {
        "id": [f"{more}{row * 7 + 1001}" for row in range(ROWS)],
        "whole": [str(row * 3 + 20) for row in range(ROWS)],
        "few": [str(row % 7 + 1) for row in range(ROWS)],
        "money": [f"{(row % 4 + 1) * 400}.00" for row in range(ROWS)],
        "pounds": [f"£{(row % 4 + 1) * 1000:,}.00" for row in range(ROWS)],
        "rate": [f"0.{row + 11}" for row in range(ROWS)],
        "percent": [f"{row + 60}%" for row in range(ROWS)],
        "word": [words[row % len(words)] for row in range(ROWS)],
        "given": GIVEN,
        "family": FAMILY,
        "full": [f"{given} {family}" for given, family in zip(GIVEN, reversed(FAMILY), strict=True)],
        "postcode": [f"ZZ{row % 9 + 1} {row % 9 + 1}AB" for row in range(ROWS)],
        "zip": [f"{row + 10000}" for row in range(ROWS)],
        "nino": [f"QQ{row:02}34{row:02}C" for row in range(ROWS)],
        "email": [f"{name.lower()}@example.org" for name in GIVEN],
        "phone": [f"016329600{row:02}" for row in range(ROWS)],
        "free": [f"Spoke about row {row}, all well so far." for row in range(ROWS)],
        "none": [None] * ROWS,
    }
    return list(made[what])


def columns(**given: Sequence[str | None]) -> list[Facts]:
    """Facts of columns by their headers."""
    return facts(given)


def facts(given: Mapping[str, Sequence[str | None]]) -> list[Facts]:
    """Facts of columns by their headers."""
    return list(facts_of(pl.DataFrame(given, schema=dict.fromkeys(given, pl.String))))


def looked(given: Mapping[str, Sequence[str | None]], file: str = "file.csv") -> Looked:
    """A source with these columns."""
    rows = len(next(iter(given.values()), ()))
    return Looked(Path(file), file, None, (), rows, 0, (), is_part=False, columns=tuple(facts(given)))


def guess(
    given: Mapping[str, Sequence[str | None]], file: str = "file.csv", codes: Codes | None = None
) -> Guessed:
    """The guess for a source that resembles some table."""
    found = guessed(looked(given, file), codes or Codes())
    assert found is not None
    return found


def mapping(found: Guessed) -> dict[str, str]:
    """Standard column: the one header that it is taken from, or the expression."""
    return {name: taken.expr or taken.headers[0] for name, taken in found.taken.items()}
