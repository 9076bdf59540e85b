"""`pbr-audit calibrate`: how often a test is wrong."""

from datetime import date
from pathlib import Path

import click

from pbr_audit.cli.options import Day, dataset_argument, pack_options, progress
from pbr_audit.errors import Exit


@click.command("calibrate")
@dataset_argument
@click.option(
    "--books",
    type=click.IntRange(1, 10_000),
    default=200,
    show_default=True,
    metavar="N",
    help="How many books of each kind.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same books.")
@click.option("--as-of", type=Day(), help="The day of the audit; default: the latest submission.")
@click.option("--select", multiple=True, metavar="ID", help="Ask only rules whose id begins so (repeatable).")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("pbr-audit-calibration"),
    show_default=True,
    metavar="DIR",
    help="A new folder for calibration.csv and calibration.html.",
)
@pack_options
def command(
    dataset: Path,
    books: int,
    seed: int,
    as_of: date | None,
    select: tuple[str, ...],
    out: Path,
    rules: tuple[Path, ...],
    trust_code: bool,
) -> int:
    """Say how often the statistical rules are wrong on data like DATASET, and how often right.

    Books are made of the data themselves: clients change places between providers, so that nobody did
    anything; then some providers are made to act. What is printed can be read aloud.
    """
    from pbr_audit.calibrate import calibrate
    from pbr_audit.new_folder import check_new
    from pbr_audit.reports.calibration_page import calibration_html
    from pbr_audit.reports.calibration_text import calibration_text
    from pbr_audit.reports.formats import write_csv
    from pbr_audit.validate.private import new_private_file, private_folder

    check_new(out)
    with progress() as tell:
        made = calibrate(
            dataset,
            books=books,
            seed=seed,
            as_of=as_of,
            rules=rules,
            trust_code=trust_code,
            select=select,
            progress=tell,
        )
        tell("writing the page")
        page = calibration_html(made)
    private_folder(out)
    with new_private_file(out / "calibration.csv") as file:
        write_csv(made.table(), file)
    with new_private_file(out / "calibration.html") as file:
        file.write(page.encode())
    click.echo(calibration_text(made))
    click.echo(f"\nPage: {out / 'calibration.html'}")
    return int(Exit.RAN)
