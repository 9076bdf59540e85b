"""`pbr-audit simulate`: invent a contract with acts planted in it, and the truth about them."""

from pathlib import Path
from typing import Literal

import click

from pbr_audit.errors import Exit, UsageError


@click.command("simulate")
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--claims", type=int, default=100_000, show_default=True, metavar="N", help="How many claims, both tiers."
)
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same bytes.")
@click.option(
    "--world",
    type=click.Choice(["welfare", "rehabilitation"]),
    default="welfare",
    show_default=True,
    help="What the contracts pay for.",
)
@click.option(
    "--subcontractors",
    type=int,
    metavar="N",
    help="How many share the work, 12 to 300.  [default: one for each 1,500 claims]",
)
@click.option(
    "--plant",
    "plants",
    multiple=True,
    metavar="FAMILY=RATE[:STRENGTH]",
    help="Plant only this, acts a claim (repeatable); a family is named by its name or its rule's id. "
    "Without it every record and contract family is planted at 0.003.",
)
@click.option("--honest", is_flag=True, help="Plant nothing.")
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["csv", "parquet"]),
    default="csv",
    show_default=True,
    help="Of the tables.",
)
def command(
    out: Path,
    claims: int,
    seed: int,
    world: str,
    subcontractors: int | None,
    plants: tuple[str, ...],
    honest: bool,
    file_format: Literal["csv", "parquet"],
) -> int:
    """Invent a contract and write it into OUT, a new folder; what was planted is in OUT/truth.

    Nobody and nothing in it is real. Read OUT as any data set: pbr-audit run OUT.
    """
    from pbr_audit.cli.options import progress
    from pbr_audit.simulate import Config, write_simulation
    from pbr_audit.simulate.planting import parse_plant, summary

    if honest and plants:
        raise UsageError("--honest plants nothing; leave it or --plant out")
    asked = tuple(parse_plant(text) for text in plants)
    config = Config(
        claims=claims,
        seed=seed,
        world=world,
        plants=asked if asked or honest else None,
        subcontractors=subcontractors,
    )
    with progress() as tell:
        tell("inventing")
        truth = write_simulation(config, out, file_format)
    click.echo(f"{out}: an invented contract of about {claims:,} claims, seed {seed}.")
    click.echo(summary(config, truth))
    return int(Exit.RAN)
