"""`pbr-audit rules`: list the rules, begin a new one, lock what they do, or compare two packs."""

import os
from datetime import date
from pathlib import Path

import click

from pbr_audit.cli.options import Day, dataset_argument, pack_options, progress
from pbr_audit.errors import Exit, UsageError


@click.group("rules")
def command() -> None:
    """List the rules, begin a new one, lock what they do, or compare two packs."""


@command.command("list")
@click.option("--catalogue", is_flag=True, help="All of their pages instead, as one Markdown page.")
@pack_options
def list_rules(catalogue: bool, rules: tuple[Path, ...], trust_code: bool) -> int:
    """Print each rule's id, severity, family and title."""
    from pbr_audit import explain
    from pbr_audit.packs import load_pack

    pack = load_pack(rules, trust_code=trust_code)
    click.echo(explain.catalogue(pack) if catalogue else explain.rule_list(pack) + "\n", nl=False)
    return int(Exit.RAN)


@command.command("new")
@click.argument("rule_id")
@click.argument("name")
@click.option("--toml", is_flag=True, help="A condition in SQL instead of Python.")
@click.option(
    "--chapter", default="drafts", show_default=True, help="The folder below rules/ and fixtures/rules/."
)
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The folder that holds rules/ and fixtures/; default: here.",
)
def new_rule(rule_id: str, name: str, toml: bool, chapter: str, into: Path) -> int:
    """Write a new rule with its page and four fixture cases: RULE_ID like ABC1234, NAME like sunday_claims.

    The new rule works as it stands (it flags claims for outcomes dated on a Sunday), so that
    `pbr-audit test` passes at once; change it from there.
    """
    from pbr_audit.testing.scaffold import write_rule

    for path in write_rule(rule_id, name, chapter=chapter, into=into, toml=toml):
        click.echo(f"wrote {path}")
    click.echo(
        f"Next: pbr-audit test {into / 'fixtures' / 'rules' / chapter} --rules {into / 'rules'} --trust-code"
    )
    return int(Exit.RAN)


@command.command("lock")
@click.option("--check", is_flag=True, help="Write nothing; exit 4 where the lock is not up to date.")
@click.option("--github", "github", is_flag=True, help="Print what differs as annotations for GitHub.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The folder that holds rules/, fixtures/ and rules.lock; default: the shipped rules'.",
)
@click.option("--trust-code", is_flag=True, help="Run the Python rules in --into; read them first.")
def lock_rules(check: bool, github: bool, into: Path | None, trust_code: bool) -> int:
    """Write rules.lock: each rule's version, parameters and behaviour over its cases and whole data sets.

    Refused, with exit 4, where a rule's behaviour or parameters changed and its version did not.
    """
    from pbr_audit.packs import load_folder, make_pack, shipped_rules
    from pbr_audit.testing.annotations import github as annotation
    from pbr_audit.testing.lock import LOCK, against, lock_text, observed, read_lock, successor, unversioned

    root = into or shipped_rules().parent
    pack = make_pack(load_folder(root / "rules", trust_code=trust_code or into is None))
    with progress() as tell:
        tell("running every rule over its cases and the locked data sets")
        now = observed(root, pack)
    lock = read_lock(root / LOCK)
    problems = list(against(lock, now) if check else unversioned(lock, now))
    origins = {loaded.rule.id: loaded.origin for loaded in pack.rules}
    for rule_id, sentence in problems:
        line = f"{rule_id}: {sentence}"
        click.echo(annotation("error", rule_id, sentence, origins.get(rule_id)) if github else line)
    if problems:
        return int(Exit.REGRESSED)
    if not check:
        (root / LOCK).write_text(lock_text(successor(lock, now)), encoding="utf-8")
    click.echo(f"{len(now.rules)} rules, as {root / LOCK} has them")
    return int(Exit.RAN)


@command.command("diff")
@dataset_argument
@click.option("--old", type=click.Path(path_type=Path), metavar="DIR", help="Rules before; default: shipped.")
@click.option("--new", type=click.Path(path_type=Path), metavar="DIR", help="Rules after; default: shipped.")
@click.option("--trust-code", is_flag=True, help="Run Python rules in --old and --new; read them first.")
@click.option("--as-of", type=Day(), help="The day of the audit; default: the latest submission.")
@click.option("--subjects", is_flag=True, help="Name the claims and clients too; they may be personal data.")
@click.option("--most", type=click.IntRange(min=0), default=20, show_default=True, help="Findings a rule.")
@click.option("--github", is_flag=True, help="Print an annotation for each rule that differs, counts only.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write every difference as CSV.")
def diff_rules(
    dataset: Path,
    old: Path | None,
    new: Path | None,
    trust_code: bool,
    as_of: date | None,
    subjects: bool,
    most: int,
    github: bool,
    out: Path | None,
) -> int:
    """Audit DATASET with two packs of rules and show what changes in findings, claims and pounds.

    `+` is newly flagged, `-` no longer flagged, `~` has another severity, amount or claims behind it. Exit 4
    where anything differs.
    """
    from pbr_audit.packs import load_folder, make_pack, shipped_rules
    from pbr_audit.reports.formats import write_csv
    from pbr_audit.testing.annotations import github as annotation
    from pbr_audit.testing.difference import compare
    from pbr_audit.testing.difference_told import annotations, told

    if old is None and new is None:
        raise UsageError("rules diff compares two packs; name a folder of rules with --old or --new")
    packs = [
        make_pack(load_folder(folder or shipped_rules(), trust_code=trust_code or folder is None))
        for folder in (old, new)
    ]
    with progress() as tell:
        tell("auditing with both packs")
        result = compare(packs[0], packs[1], dataset, as_of=as_of)
    if github:
        for title, sentence in annotations(result):
            click.echo(annotation("notice", title, sentence))
    else:
        for line in told(result, subjects=subjects, most=most):
            click.echo(line)
    if out is not None:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            write_csv(result.table(), file)
    return int(Exit.REGRESSED if result.changes else Exit.RAN)
