"""`pbr-audit test`: rule regression over fixture cases."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pbr_audit.cli.options import pack_options
from pbr_audit.errors import Exit, UsageError

if TYPE_CHECKING:
    from pbr_audit.testing import Result


@click.command("test")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("-k", "word", default="", help="Only cases whose name holds this.")
@click.option(
    "--update", is_flag=True, help="Write the rules' present answers into the cases; look at the diff."
)
@click.option(
    "--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write the results as JUnit XML too."
)
@click.option("--github", is_flag=True, help="Print failures as annotations for GitHub, without subjects.")
@pack_options
def command(
    path: Path | None,
    word: str,
    update: bool,
    junit: Path | None,
    github: bool,
    rules: tuple[Path, ...],
    trust_code: bool,
) -> int:
    """Run the fixture cases at PATH (default: the shipped rules' own) and print differences by finding.

    `+` is flagged now and was not expected, `-` was expected and is no longer flagged, `~` has changed.
    Exit 4 where there is any difference.
    """
    if update and os.environ.get("CI", "").lower() in {"true", "1"}:
        raise UsageError(
            "--update is refused where CI=true: expectations are changed by people, not by checks"
        )
    # A case is a few rows: a second thread only costs. It has to be said before Polars is imported.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    from pbr_audit.packs import load_pack, shipped_rules
    from pbr_audit.testing import annotations, find_cases, run_cases, updated

    path = path or shipped_rules().parent / "fixtures" / "rules"
    root = path if path.is_dir() else path.parent
    cases = [case for case in find_cases(path) if word in case.relative_to(root).as_posix()]
    if not cases:
        raise UsageError(f"{path}: no case's name holds {word}")
    checks = []
    for result in run_cases(cases, root, load_pack(rules, trust_code=trust_code)):
        checks.append(annotations.Check(result.case.rule_id, result.case.shown, failure_of(result)))
        if not result.differences:
            continue
        if github:
            shown = f"fixtures/rules/{result.case.shown}"
            click.echo(annotations.github("error", result.case.rule_id, failure_of(result) or "", shown))
        else:
            click.echo(f"{result.case.shown}: {result.case.file.says}")
            for line in result.differences:
                click.echo(f"  {line}")
        if update:
            result.case.path.write_text(updated(result), encoding="utf-8")
    changed = sum(check.failure is not None for check in checks)
    if junit is not None:
        junit.write_text(annotations.junit(checks, "pbr-audit test"), encoding="utf-8")
    if update:
        click.echo(f"{len(cases)} cases, {changed} written anew")
        return int(Exit.RAN)
    click.echo(f"{len(cases) - changed} passed, {changed} failed")
    return int(Exit.REGRESSED if changed else Exit.RAN)


def failure_of(result: "Result") -> str | None:
    """Return in counts what failed in a case, or None: no line of it, because lines name subjects."""
    if not result.differences:
        return None
    signs = [line[0] for line in result.differences]
    return "{} newly flagged, {} no longer flagged, {} changed".format(*(signs.count(sign) for sign in "+-~"))
