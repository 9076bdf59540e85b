"""`pbr-audit run`: audit a data set."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pbr_audit.cli.options import dataset_argument, progress, run_options
from pbr_audit.errors import Exit, worst

if TYPE_CHECKING:
    from pbr_audit.audit import Audit


@click.command("run")
@dataset_argument
@run_options
def command(
    dataset: Path,
    out: Path,
    as_of: date | None,
    seed: int,
    select: tuple[str, ...],
    fail_on: str | None,
    max_rejects: float,
    rules: tuple[Path, ...],
    trust_code: bool,
) -> int:
    """Audit DATASET, a folder of tables or an audit.toml, and write the report and its data.

    The summary goes to standard output. Each finding is a question to ask, with its innocent explanation.
    """
    return run_and_write(
        dataset,
        out,
        as_of=as_of,
        seed=seed,
        select=select,
        fail_on=fail_on,
        max_rejects=max_rejects,
        rules=rules,
        trust_code=trust_code,
    )


def run_and_write(
    dataset: Path,
    out: Path,
    *,
    as_of: date | None = None,
    seed: int = 0,
    select: tuple[str, ...] = (),
    fail_on: str | None = None,
    max_rejects: float = 0.01,
    rules: tuple[Path, ...] = (),
    trust_code: bool = False,
) -> int:
    """Audit, write, print, and return the exit code."""
    from pbr_audit.audit import audit
    from pbr_audit.reports import check_out, summary, write

    check_out(out)
    with (
        progress() as tell,
        audit(
            dataset,
            as_of=as_of,
            seed=seed,
            rules=rules,
            trust_code=trust_code,
            select=select,
            progress=tell,
        ) as result,
    ):
        tell("writing the report")
        write(result, out)
        text = summary(result)
        code = exit_code(result, fail_on=fail_on, max_rejects=max_rejects)
    click.echo(text)
    click.echo(f"\nReport: {out / 'report.html'}")
    return int(code)


def exit_code(result: "Audit", *, fail_on: str | None, max_rejects: float) -> Exit:
    """Return the code that this audit ends with."""
    from pbr_audit.finding import SEVERITIES

    codes = {Exit.RAN}
    if any(outcome.status == "failed" for outcome in result.outcomes):
        codes.add(Exit.RULE_FAILED)
    if not result.validated.auditable(max_rejects):
        codes.add(Exit.NOT_FULLY_AUDITABLE)
    if fail_on:
        counted = SEVERITIES[SEVERITIES.index(fail_on) :]
        if result.findings["severity"].is_in(counted).any():
            codes.add(Exit.FINDINGS)
    return worst(codes)
