"""`pbr-audit compare`: people of a programme beside people like them."""

from pathlib import Path

import click

from pbr_audit.cli.options import dataset_argument, progress
from pbr_audit.errors import Exit


@click.command("compare")
@dataset_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("pbr-audit-comparison"),
    show_default=True,
    metavar="DIR",
    help="A new folder for the page and the numbers behind it.",
)
@click.option("--internal", is_flag=True, help="Show small numbers and write the pairs; for nobody outside.")
@click.option(
    "--max-rejects",
    type=click.FloatRange(0, 1),
    default=0.01,
    show_default=True,
    metavar="SHARE",
    help="Exit 3 where more than this share of the rows is rejected.",
)
def command(dataset: Path, out: Path, max_rejects: float, *, internal: bool) -> int:
    """Match the treated people of DATASET's cohort to people like them and compare what became of both.

    DATASET is a folder with cohort.csv and an audit.toml that names the covariates. Small numbers are
    protected in everything that is written, unless --internal is given.
    """
    from pbr_audit.compare import compare, reading
    from pbr_audit.new_folder import check_new
    from pbr_audit.protecting import Protection
    from pbr_audit.reports.comparison_data import published
    from pbr_audit.reports.comparison_shown import shown
    from pbr_audit.reports.comparison_words import headline, match
    from pbr_audit.validate.private import new_private_file, private_folder

    check_new(out)
    protection = Protection(on=not internal)
    with progress() as tell, reading(dataset) as cohort:
        tell("matching and comparing")
        found = compare(cohort)
        tell("writing the page")
        files = published(found, protection)
    private_folder(out)
    for name, content in files.items():
        with new_private_file(out / name) as file:
            file.write(content)
    first = headline(found, shown(found, protection))
    click.echo(f"{first.answer}. {first.text}")
    click.echo(match(found))
    counts = cohort.counts
    if counts.rejected:
        click.echo(
            f"{counts.rejected:,} of {counts.read:,} rows were rejected and are in no figure; "
            f"pbr-audit validate {dataset} says why."
        )
    click.echo(f"Page: {out / 'comparison.html'}")
    return int(Exit.NOT_FULLY_AUDITABLE if counts.rejected_share > max_rejects else Exit.RAN)
