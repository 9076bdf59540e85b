"""`pbr-audit demo`: invent a small contract and audit it."""

from pathlib import Path

import click

from pbr_audit.cli.run import run_and_write

CLAIMS = 4_000
SEED = 2019
# Acts a claim: a few of each kind, as an auditor would meet them.
RATE = 0.001
# Of what whole providers do: the share of them.
SHARE_OF_PROVIDERS = 0.1
DATA = "data"


@click.command("demo")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("pbr-audit-demo"),
    show_default=True,
    metavar="DIR",
    help="Where the invented data and its report go.",
)
def command(out: Path) -> int:
    """Invent a small contract, audit it, and print where its report is.

    Nobody and nothing in it is real. The data set is in DIR/data, what was planted in it in DIR/data/truth.
    """
    from pbr_audit.simulate import FAMILIES, Config, Plant, write_simulation

    data = out / DATA
    if not data.exists():
        plants = tuple(
            Plant(family.name, SHARE_OF_PROVIDERS if family.share_of_providers else RATE)
            for family in FAMILIES
            if Config.world in family.worlds
        )
        write_simulation(Config(claims=CLAIMS, seed=SEED, plants=plants), data)
    click.echo(f"Invented data: {data} (what was planted: {data / 'truth'})\n")
    # The demo is there to be looked at, whatever it holds.
    return run_and_write(data, out / "results", max_rejects=1.0)
