"""`pbr-audit validate`: read and check a data set without running rules."""

from pathlib import Path

import click

from pbr_audit.cli.options import dataset_argument, progress
from pbr_audit.errors import Exit


@click.command("validate")
@dataset_argument
@click.option(
    "--max-rejects",
    type=click.FloatRange(0, 1),
    default=0.01,
    show_default=True,
    metavar="SHARE",
    help="Exit 3 where more than this share of any table's rows is rejected.",
)
def command(dataset: Path, max_rejects: float) -> int:
    """Read DATASET, check every row against the standard, and say what was accepted and rejected."""
    from pbr_audit.audit import configuration, reading
    from pbr_audit.reports import reading_summary

    with progress() as tell:
        tell("reading and validating")
        opened, terms = configuration(dataset)
        with reading(opened, terms) as validated:
            text = reading_summary(opened, terms, validated)
            # A cohort is there to be compared (pbr-audit compare), which no rule does.
            auditable = validated.auditable(max_rejects, also=("cohort",))
    click.echo(text)
    return int(Exit.RAN if auditable else Exit.NOT_FULLY_AUDITABLE)
