"""`pbr-audit start`: files in, a first `audit.toml` out."""

from pathlib import Path

import click

from pbr_audit.cli.options import progress
from pbr_audit.errors import Exit


@click.command("start")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file to write; default: audit.toml beside the first file.",
)
@click.option("--force", is_flag=True, help="Replace the file where it is there already.")
def command(files: tuple[Path, ...], out: Path | None, force: bool) -> int:
    """Look at FILES (or folders), say what they hold, and write an audit.toml that maps their columns.

    What is guessed is marked, what is missing is asked for. Correct the file, then validate and run it.
    """
    from pbr_audit.look.start import begin

    with progress() as tell:
        tell("looking at the files")
        beginning = begin(files, out, force=force)
    for path, text in beginning.files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    click.echo(beginning.text)
    return int(Exit.RAN)
