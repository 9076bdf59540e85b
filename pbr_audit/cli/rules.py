"""`pbr-audit rules`: list the rules, or begin a new one."""

from pathlib import Path

import click

from pbr_audit.cli.options import pack_options
from pbr_audit.errors import Exit


@click.group("rules")
def command() -> None:
    """List the rules, or begin a new one."""


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
