"""`pbr-audit import`: turn data that others publish into a data set of the standard."""

from pathlib import Path

import click

from pbr_audit.errors import Exit


@click.group("import")
def command() -> None:
    """Turn data that others publish into a data set that `pbr-audit run` reads."""


@command.command("moj-crs")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="DATASET", help="A new folder to write."
)
def moj_crs(folder: Path, out: Path) -> int:
    """Read the Ministry of Justice's contract definitions (FOLDER/*.json) of its rehabilitative services.

    Writes a contract file for each, with its supply chain, and providers.csv. What the source does not have
    is not made up; where the standard asks for it, a comment says what stands in its place.
    """
    from pbr_audit.importers import import_moj_crs, write_new

    imported = import_moj_crs(folder)
    write_new(imported.files, out)
    click.echo(
        f"{out}: {imported.contracts:,} contracts, {imported.primes:,} primes, "
        f"{imported.subcontractors:,} subcontractors, {imported.links:,} links between them. "
        f"Next: pbr-audit run {out}"
    )
    return int(Exit.RAN)
