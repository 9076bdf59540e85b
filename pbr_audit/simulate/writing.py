"""A world as files: the tables and contracts of a data set, and beside them the truth."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from pbr_audit.errors import UsageError
from pbr_audit.new_folder import check_new
from pbr_audit.simulate.config import Config
from pbr_audit.simulate.planting import arranged, orders
from pbr_audit.simulate.setting import build_setting
from pbr_audit.simulate.world import Part, World, parts
from pbr_audit.tables.written import FileFormat, as_written
from pbr_audit.toml_file import STANDARD

TRUTH_FOLDER = "truth"
TRUTH = "planted"
ROW_GROUP_ROWS = 250_000


def write_world(world: World, out: Path, file_format: FileFormat = "csv") -> None:
    """Write a world that is in memory into a new or empty folder, one file a table."""
    _write(world.config, world.contracts, [Part(world.tables, world.truth)], out, file_format)


def write_simulation(config: Config, out: Path, file_format: FileFormat = "csv") -> pl.DataFrame:
    """Invent a world and write it block by block; return the truth.

    A table of several blocks is one CSV file, or a folder of Parquet files.
    """
    setting, about = arranged(build_setting(config), orders(config))
    return _write(config, setting.contract_files, parts(setting, about), out, file_format)


def _write(
    config: Config, contracts: Mapping[str, str], pieces: Iterable[Part], out: Path, file_format: FileFormat
) -> pl.DataFrame:
    check_new(out)
    try:
        (out / "contracts").mkdir(parents=True, exist_ok=True)
        (out / TRUTH_FOLDER).mkdir(exist_ok=True)
        for name, text in contracts.items():
            (out / "contracts" / name).write_text(text, encoding="utf-8", newline="\n")
        (out / TRUTH_FOLDER / "asked.toml").write_text(_asked(config), encoding="utf-8", newline="\n")
        (out / "audit.toml").write_text(_named(config), encoding="utf-8", newline="\n")
        write = _append_csv if file_format == "csv" else _add_parquet
        truths = []
        for part in pieces:
            for name, frame in part.tables.items():
                write(out, name, _as_written(name, frame, file_format))
            truths.append(part.truth)
        if file_format == "parquet":
            _unnumber(out)
        truth = pl.concat(truths)
        write(out / TRUTH_FOLDER, TRUTH, truth)
        if file_format == "parquet":
            _unnumber(out / TRUTH_FOLDER)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written into ({error.strerror})") from error
    return truth


def _named(config: Config) -> str:
    """Return an audit.toml that gives the data set a name."""
    standard = ".".join(map(str, STANDARD))
    name = f"An invented {config.world} contract of about {config.claims:,} claims (seed {config.seed})"
    return f'standard = "{standard}"\nname = "{name}"\n'


def _asked(config: Config) -> str:
    """Return what was asked for, so that the same world can be made again."""
    lines = [f'world = "{config.world}"', f"claims = {config.claims}", f"seed = {config.seed}"]
    if config.subcontractors is not None:
        lines.append(f"subcontractors = {config.subcontractors}")
    for order in orders(config):
        lines += [
            "",
            "[[plant]]",
            f'family = "{order.family.name}"',
            f'rule_id = "{order.family.rule_id}"',
            f"rate = {order.rate}",
            f"strength = {order.strength}",
        ]
    return "\n".join(lines) + "\n"


def _as_written(table: str, frame: pl.DataFrame, file_format: FileFormat) -> pl.DataFrame:
    """Return the table as files hold it, rechunked so that the bytes depend on nothing else."""
    return as_written(table, frame.lazy(), file_format).collect(engine="in-memory").rechunk()


def _append_csv(folder: Path, name: str, frame: pl.DataFrame) -> None:
    with (folder / f"{name}.csv").open("ab") as file:
        frame.write_csv(file, include_header=file.tell() == 0)


def _add_parquet(folder: Path, name: str, frame: pl.DataFrame) -> None:
    place = folder / name
    place.mkdir(exist_ok=True)
    number = sum(1 for _ in place.iterdir())
    frame.write_parquet(place / f"part-{number + 1:04d}.parquet", row_group_size=ROW_GROUP_ROWS)


def _unnumber(folder: Path) -> None:
    """Let a table of one part be one file."""
    for place in sorted(folder.iterdir()):
        found = sorted(place.glob("part-*.parquet")) if place.is_dir() else []
        if len(found) == 1:
            found[0].rename(folder / f"{place.name}.parquet")
            place.rmdir()
