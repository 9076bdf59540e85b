"""`pbr-audit pseudonymise`: a data set in which nobody can be read, and one person still be found twice."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pbr_audit.cli.options import dataset_argument, progress
from pbr_audit.errors import Exit

if TYPE_CHECKING:
    from pbr_audit.pseudonymise import Pseudonymised


@click.command("pseudonymise")
@dataset_argument
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="The key, in a file that only you may read, apart from the data.",
)
@click.option("--new-key", is_flag=True, help="Make a new key first, and write it into that file.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="DATASET", help="A new folder to write."
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["csv", "parquet"]),
    default="csv",
    show_default=True,
    help="What the tables are written as.",
)
@click.option("--client-ids", is_flag=True, help="Hash the numbers of registrations too, in every table.")
def command(
    dataset: Path,
    key: Path,
    new_key: bool,
    out: Path,
    file_format: str,
    client_ids: bool,
) -> int:
    """Write DATASET again with keyed hashes (HMAC-SHA256) in the place of what tells a person.

    Only the standard's columns of accepted rows go over. Two data sets hashed with one key can be audited as
    one. Who has the key can find out who is who: keep it apart, and give it to nobody who gets the data.
    """
    from pbr_audit import pseudonymise as work

    if new_key:
        work.new_key(key)
    with progress() as tell:
        written = work.pseudonymise(
            dataset,
            out,
            key,
            file_format="csv" if file_format == "csv" else "parquet",
            client_ids=client_ids,
            progress=tell,
        )
    click.echo("\n".join(sentences(written, out)))
    return int(Exit.NOT_FULLY_AUDITABLE if written.rejected else Exit.RAN)


def sentences(written: "Pseudonymised", out: Path) -> list[str]:
    """Say what was written, what is hashed, what is not, and what cannot be seen any more."""
    rows = ", ".join(f"{name} {count:,}" for name, count in written.rows.items())
    lines = [f"{out}: rows written: {rows}."]
    for name, count in written.rejected.items():
        rejected = "1 row was" if count == 1 else f"{count:,} rows were"
        lines.append(
            f"{name}: {rejected} rejected and left out; `pbr-audit run` on the data set itself shows why."
        )
    lines += [f"Keyed hashes in {name}: {', '.join(columns)}." for name, columns in written.hashed.items()]
    if not written.hashed:
        lines.append("No column that tells a person was found, so nothing is hashed.")
    lines += [
        f"As it was in {name}: {', '.join(columns)}." for name, columns in written.clear.items() if columns
    ]
    lines.append(
        "Look whether any of these columns tells who somebody is; pseudonymised data stay personal data."
    )
    if written.cannot_see:
        lines.append("What linkage cannot see in hashes:")
        lines += [f"  {error}" for error in written.cannot_see]
    lines.append(f"Next: pbr-audit run {out}")
    return lines
