"""`pbr-audit schema`: the claims standard."""

from pathlib import Path

import click

from pbr_audit.errors import Exit, UsageError


@click.command("schema")
@click.argument("table", required=False)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write all descriptors here.")
@click.option("--json", "as_json", is_flag=True, help="Print the descriptor instead of the page.")
def command(table: str | None, out: Path | None, as_json: bool) -> int:
    """Print the standard for reading, or as Frictionless descriptors (--json); TABLE for one table."""
    from pbr_audit.tables.descriptor import descriptors

    files = descriptors()
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (out / name).write_text(text, encoding="utf-8")
        click.echo(f"wrote {len(files)} files into {out}")
        return int(Exit.RAN)
    if table is not None:
        name = f"{table}.schema.json"
        if name not in files:
            known = ", ".join(
                name.removesuffix(".schema.json") for name in files if name.endswith(".schema.json")
            )
            raise UsageError(f"the standard has no table {table}; its tables: {known}")
        click.echo(files[name], nl=False)
        return int(Exit.RAN)
    click.echo(files["datapackage.json" if as_json else "standard.md"], nl=False)
    return int(Exit.RAN)
