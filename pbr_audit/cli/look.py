"""`pbr-audit look`: what a file holds, without a cell of it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pbr_audit.cli.options import progress
from pbr_audit.errors import Exit

if TYPE_CHECKING:
    from rich.console import Console

    from pbr_audit.look.page import Page


@click.command("look")
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> int:
    """Say what FILE (or a folder's files) holds: rows, columns, kinds of values, and the table it resembles.

    No cell is shown; of dates, amounts and figures the range is. Nothing is written.
    """
    from pbr_audit.look.page import pages, text

    with progress() as tell:
        tell("looking at the file")
        found = pages(file)
    if sys.stdout.isatty():
        from rich.console import Console

        draw(found, Console())
    else:
        click.echo(text(found))
    return int(Exit.RAN)


def draw(found: "list[Page]", console: "Console") -> None:
    """Show pages on a terminal."""
    from rich.table import Table
    from rich.text import Text

    from pbr_audit.look.page import HEADINGS

    for page in found:
        # As text, for a header in [brackets] is no markup.
        for sentence in page.above:
            console.print(Text(sentence))
        if page.rows:
            table = Table(*HEADINGS)
            for row in page.rows:
                table.add_row(*(Text(cell) for cell in row))
            console.print(table)
        for sentence in page.below:
            console.print(Text(sentence))
