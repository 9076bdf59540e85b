"""`pbr-audit coverage`: which rules a data set allows."""

from pathlib import Path

import click

from pbr_audit.cli.options import dataset_argument, pack_options, progress
from pbr_audit.errors import Exit


@click.command("coverage")
@dataset_argument
@pack_options
def command(dataset: Path, rules: tuple[Path, ...], trust_code: bool) -> int:
    """Say for each rule whether DATASET has the tables and columns that it needs, and what is missing.

    Whether a rule's numbers are large enough is known only after a run.
    """
    from pbr_audit.audit import configuration, reading, tables_of
    from pbr_audit.explain import coverage_text
    from pbr_audit.packs import load_pack

    with progress() as tell:
        tell("reading and validating")
        pack = load_pack(rules, trust_code=trust_code)
        opened, terms = configuration(dataset)
        with reading(opened, terms) as validated:
            text = coverage_text(pack, tables_of(validated, terms))
    click.echo(text)
    return int(Exit.RAN)
