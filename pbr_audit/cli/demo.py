"""`pbr-audit demo`: audit a small invented contract."""

from pathlib import Path

import click

from pbr_audit.cli.run import run_and_write
from pbr_audit.errors import UsageError


@click.command("demo")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("pbr-audit-demo"),
    show_default=True,
    metavar="DIR",
    help="Where the report goes.",
)
def command(out: Path) -> int:
    """Audit a small invented contract and print where its report is."""
    from pbr_audit.packs import shipped_rules

    dataset = shipped_rules().parent / "fixtures" / "contracts" / "demo"
    if not dataset.is_dir():
        raise UsageError(
            "the demo's data set comes with a checkout of the project, not with the installed package"
        )
    # The demo is there to show rejected rows too, so they do not make it fail.
    return run_and_write(dataset, out, max_rejects=1.0)
