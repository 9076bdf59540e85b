"""Small tables as people write them in a fixture: piped text, one row a line."""

from collections.abc import Sequence

from pbr_audit.errors import ConfigurationError

NULL_CELLS = ("", "-")


def read_piped(text: str, where: str) -> tuple[list[str], list[list[str | None]]]:
    """Return header and rows of a piped table; an empty cell or a hyphen is null.

    Raises ConfigurationError where a row has more or fewer cells than the header.
    """
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    if not lines:
        raise ConfigurationError(f"{where}: is an empty table; leave it out, or write its header")
    header, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    rows = [
        row for row in rows if not all(cell and set(cell) <= {"-", ":"} and len(cell) > 1 for cell in row)
    ]
    for number, row in enumerate(rows, start=1):
        if len(row) != len(header):
            raise ConfigurationError(
                f"{where} row {number}: has {len(row)} cells where the header has {len(header)}"
            )
    return header, [[None if cell in NULL_CELLS else cell for cell in row] for row in rows]


def write_piped(header: Sequence[str], rows: Sequence[Sequence[str | None]]) -> str:
    """Return a piped table with its columns aligned; null is written as a hyphen."""
    cells = [list(header), *([cell if cell is not None else "-" for cell in row] for row in rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(header))]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    )
