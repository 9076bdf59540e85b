"""`pbr-audit explain`: a rule's page, or what is behind a finding."""

from pathlib import Path

import click

from pbr_audit.cli.options import pack_options
from pbr_audit.errors import Exit


@click.command("explain")
@click.argument("what")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("pbr-audit-output"),
    show_default=True,
    metavar="DIR",
    help="Where the run that made the finding wrote its files.",
)
@click.option(
    "--data",
    "dataset",
    type=click.Path(path_type=Path),
    metavar="DATASET",
    help="The data set that was audited, to see two registrations of a finding side by side, values and all.",
)
@pack_options
def command(what: str, out: Path, dataset: Path | None, rules: tuple[Path, ...], trust_code: bool) -> int:
    """Print the page of a rule (PBR202), or a finding (its id, or the first digits) with its evidence."""
    from pbr_audit.explain import explain
    from pbr_audit.packs import load_pack

    click.echo(explain(what, load_pack(rules, trust_code=trust_code), out, dataset))
    return int(Exit.RAN)
