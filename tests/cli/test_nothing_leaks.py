"""What is in a cell stays in the files that exist to hold it: canaries in every column are looked for everywhere else."""

import gzip
import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pbr_audit.cli import COMMANDS
from pbr_audit.reports.report import report_html
from pbr_audit.tables import TABLES
from pbr_audit.testing.case import DEFAULT_CELLS
from tests.cli.command_line import Command, Ran, command, write_dataset
from tests.cli.identifiers import IDENTIFIERS, NUMBER, shown_in

# Files that may hold no cell; findings, flagged claims, rejects and the report exist to hold some.
OPEN_FILES = ("manifest.json", "coverage.csv")


@pytest.fixture
def pbr_audit(capsys: pytest.CaptureFixture[str]) -> Command:
    return command(capsys)


def canaries(table: str) -> pl.DataFrame:
    """Return a table with a canary in every cell of one row, in every text cell of another, and a fine row.

    The first row's dates, numbers and words of closed vocabularies cannot be typed, so it is rejected with a
    reason for each.
    """
    columns = TABLES[table].columns.values()
    everywhere = {column.name: f"Canary-{table}-{column.name}-1" for column in columns}
    texts = {
        column.name: f"Canary-{table}-{column.name}-2"
        if column.kind == "text"
        else DEFAULT_CELLS.get(column.name)
        for column in columns
    }
    return pl.DataFrame([everywhere, texts], schema=dict.fromkeys(everywhere, pl.String))


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = write_dataset(tmp_path / "data")
    for table in TABLES:
        canaries(table).write_csv(folder / f"{table}.csv")
    return folder


def assert_no_canary(text: str) -> None:
    assert "Canary" not in text, text[max(0, text.find("Canary") - 200) :][:300]


def test_a_run_shows_no_cell_on_the_screen_in_the_manifest_or_in_the_coverage(
    pbr_audit: Command, dataset: Path, tmp_path: Path
) -> None:
    ran = pbr_audit("run", dataset, "--out", tmp_path / "out")
    assert ran.code == 3
    assert_no_canary(ran.out + ran.err)
    for name in OPEN_FILES:
        assert_no_canary((tmp_path / "out" / name).read_text(encoding="utf-8"))
    rejects = (tmp_path / "out" / "rejects" / "claims.csv").read_text(encoding="utf-8")
    assert "Canary-claims-outcome_date-1" in rejects
    reasons = rejects.splitlines()[1]
    assert "outcome_date: is not a date (expected YYYY-MM-DD)" in reasons


@pytest.mark.parametrize("name", ["validate", "coverage"])
def test_validate_and_coverage_show_no_cell(pbr_audit: Command, dataset: Path, name: str) -> None:
    ran = pbr_audit(name, dataset)
    assert ran.code in {0, 3}
    assert_no_canary(ran.out + ran.err)


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet", "xlsx"])
def test_a_file_without_its_header_shows_none_of_its_first_row(
    pbr_audit: Command, tmp_path: Path, suffix: str
) -> None:
    """The first row then stands where the header should, and must not be told as the names of columns."""
    folder = write_dataset(tmp_path / "data")
    (folder / "claims.csv").unlink()
    rows = pl.DataFrame({"Canary Smith": ["Canary Jones"], "Canary 1970-01-01": ["x"]})
    path = folder / f"claims.{suffix}"
    match suffix:
        case "csv":
            rows.write_csv(path)
        case "jsonl":
            rows.write_ndjson(path)
        case "parquet":
            rows.write_parquet(path)
        case _:
            rows.write_excel(path)
    ran = pbr_audit("run", folder, "--out", tmp_path / "out")
    assert ran.code == 2
    assert_no_canary(ran.out + ran.err)


def test_output_files_are_readable_by_their_owner_only(
    pbr_audit: Command, dataset: Path, tmp_path: Path
) -> None:
    pbr_audit("run", dataset, "--out", tmp_path / "out")
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert files
    assert {oct(path.stat().st_mode & 0o777) for path in files} == {"0o600"}


def forty(table: str) -> pl.DataFrame:
    """Return a row for each identifier that holds it in every cell, then as many rows that hold it in texts."""
    columns = TABLES[table].columns.values()
    everywhere = [dict.fromkeys((column.name for column in columns), name) for name in IDENTIFIERS]
    texts = [
        {
            column.name: f"{name} {number}" if column.kind == "text" else DEFAULT_CELLS.get(column.name)
            for column in columns
        }
        for number, name in enumerate(IDENTIFIERS)
    ]
    return pl.DataFrame(everywhere + texts, schema=dict.fromkeys(everywhere[0], pl.String))


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """Every table with forty identifiers in every column."""
    folder = write_dataset(tmp_path / "data")
    for table in TABLES:
        forty(table).write_csv(folder / f"{table}.csv")
    return folder


def hidden(ran: Ran, *places: Path) -> None:
    """Hold that neither what was said nor these files show an identifier."""
    assert shown_in(ran.out + ran.err) == []
    for path in places:
        assert shown_in(path.read_text(encoding="utf-8")) == [], path.name


def open_files(out: Path) -> list[Path]:
    return [out / name for name in OPEN_FILES if (out / name).exists()]


@pytest.fixture
def loud(capfd: pytest.CaptureFixture[str]) -> Command:
    """Run commands and hear what goes past Python too: a panic in Polars writes to the terminal itself."""
    return command(capfd)


def test_forty_identifiers_in_every_column_are_shown_nowhere(
    loud: Command, planted: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    out = tmp_path / "out"
    ran = loud("run", planted, "--out", out)
    assert ran.code == 3
    hidden(ran, *open_files(out))
    assert shown_in(caplog.text) == []
    hidden(loud("validate", planted))
    hidden(loud("coverage", planted))
    # The files that exist to hold cells do: the search would find them.
    for table in TABLES.keys() - {"employers"}:  # of which every column is text
        assert len(shown_in((out / "rejects" / f"{table}.csv").read_text(encoding="utf-8"))) == NUMBER, table


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "json", "parquet", "xlsx", "csv.gz"])
def test_looking_at_a_file_and_starting_from_it_show_none(loud: Command, tmp_path: Path, suffix: str) -> None:
    if "look" not in COMMANDS:
        pytest.skip("there is no `pbr-audit look` yet")
    (tmp_path / "data").mkdir()
    for table in TABLES:
        path = tmp_path / "data" / f"{table}.{suffix}"
        path.write_bytes(as_file(forty(table), suffix))
        hidden(loud("look", path))
    hidden(
        loud("start", tmp_path / "data", "--out", tmp_path / "audit.toml"),
        *[path for path in (tmp_path / "audit.toml",) if path.exists()],
    )


def as_file(frame: pl.DataFrame, suffix: str) -> bytes:
    buffer = BytesIO()
    match suffix:
        case "csv":
            frame.write_csv(buffer)
        case "csv.gz":
            return gzip.compress(frame.write_csv().encode(), mtime=0)
        case "jsonl":
            frame.write_ndjson(buffer)
        case "json":
            frame.write_json(buffer)
        case "parquet":
            frame.write_parquet(buffer)
        case _:
            frame.write_excel(buffer)
    return buffer.getvalue()


def malformed() -> Iterator[tuple[str, str, bytes]]:
    """Yield files of claims that cannot be read, or only in part: what is wrong, the ending, the content."""
    whole = forty("claims")
    text = whole.write_csv()
    lines = text.splitlines()
    yield "ragged", "csv", "\n".join([*lines[:5], lines[5] + "," + IDENTIFIERS[0], *lines[6:]]).encode()
    yield "cut short", "csv", text.encode()[: len(text) // 2]
    yield "an open quote", "csv", (text + '"' + "\n".join(IDENTIFIERS)).encode()
    yield "quotes inside", "csv", text.replace(",", ',x"y', 30).encode()
    yield "cp1252", "csv", text.encode("cp1252", errors="replace")
    yield "broken UTF-8", "csv", text.encode().replace(b"Oriel", b"Or\xff\xfeiel")
    yield "UTF-16", "csv", text.encode("utf-16")
    yield "NUL bytes", "csv", text.replace("Nonsuch", "Non\0such").encode()
    yield "carriage returns", "csv", text.replace("\n", "\r").encode()
    yield "no header", "csv", "\n".join(lines[1:]).encode()
    yield "a title above", "csv", ("\n".join([IDENTIFIERS[0], "", *lines])).encode()
    yield "notes below", "csv", (text + f"\nSource: {IDENTIFIERS[1]}\nTotal,,,,{IDENTIFIERS[2]}\n").encode()
    yield "half a gzip", "csv.gz", gzip.compress(text.encode())[:-20]
    as_json = whole.write_json()
    yield "cut short", "json", as_json[: len(as_json) // 2].encode()
    yield "a list in a cell", "json", as_json.replace('"QQ123456C"', '["QQ123456C"]').encode()
    yield "not a list", "json", ('{"rows": ' + as_json + "}").encode()
    as_lines = whole.write_ndjson()
    yield "cut short", "jsonl", as_lines[: len(as_lines) // 2].encode()
    yield "a bare word", "jsonl", (as_lines + IDENTIFIERS[3] + "\n").encode()
    yield "a key twice", "jsonl", ('{"claim_id":"K-40117","claim_id":"K-40118"}\n' + as_lines).encode()
    for suffix in ("xlsx", "parquet"):
        content = as_file(whole, suffix)
        yield "cut short", suffix, content[: len(content) // 2]
        yield "overwritten in the middle", suffix, content[:200] + b"QQ123456C" * 40 + content[600:]
    yield (
        "bytes in a column",
        "parquet",
        as_file(whole.with_columns(pl.col("amount").cast(pl.Binary)), "parquet"),
    )
    lists = whole.with_columns(pl.concat_list("amount", "claim_id").alias("amount"))
    yield "lists in a column", "parquet", as_file(lists, "parquet")
    yield "a category in a column", "parquet", as_file(whole.cast({"tier": pl.Categorical}), "parquet")
    undecided = whole.with_columns(outcome_date=pl.lit("03/04/2016"), submitted_date=pl.lit("05/04/2016"))
    yield "undecided dates", "csv", undecided.write_csv().encode()
    foreign = whole.with_columns(amount="€" + pl.int_range(pl.len()).cast(pl.String) + ".50")
    yield "foreign currencies", "csv", foreign.write_csv().encode()
    odd = whole.with_columns(measured_value=pl.lit("[c]"), amount=pl.lit("1,23"))
    yield "shorthand", "csv", odd.write_csv().encode()


MALFORMED = {f"{suffix}: {what}": (suffix, content) for what, suffix, content in malformed()}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_malformed_file_shows_none(loud: Command, tmp_path: Path, what: str) -> None:
    suffix, content = MALFORMED[what]
    folder = write_dataset(tmp_path / "data")
    (folder / "claims.csv").unlink()
    path = folder / f"claims.{suffix}"
    path.write_bytes(content)
    out = tmp_path / "out"
    hidden(loud("run", folder, "--out", out), *open_files(out))
    hidden(loud("validate", folder))
    for name in {"look", "start"} & set(COMMANDS):
        hidden(loud(name, path, *(["--out", tmp_path / "audit.toml"] if name == "start" else [])))


@pytest.mark.parametrize(
    "fault",
    [
        'raise ValueError(view.claims.collect()["client_id"].to_list())',
        'return view.claims.with_columns(flagged=pl.col("client_id").cast(pl.Int64).is_null())',
        'return view.claims.with_columns(flagged=pl.lit(True), at_risk_pence=pl.col("client_id"))',
        'return view.claims.select(pl.col("client_id").str.to_date(), flagged=pl.lit(True))',
        'return view.claims.with_columns(flagged=pl.col("client_id"))',
    ],
)
def test_a_failing_rule_shows_none(loud: Command, planted: Path, tmp_path: Path, fault: str) -> None:
    rules = tmp_path / "pack"
    assert loud("rules", "new", "TST1234", "a_test", "--into", rules).code == 0
    (source,) = rules.rglob("TST1234_a_test.py")
    text = source.read_text(encoding="utf-8")
    before, _, after = text.partition("def flag(")
    body = after[: after.index('"""', after.index('"""') + 3) + 3]
    needs = before.replace('"claim_id"', '"claim_id", "client_id"', 1)
    source.write_text(f"{needs}def flag({body}\n    {fault}\n", encoding="utf-8")
    out = tmp_path / "out"
    ran = loud("run", planted, "--out", out, "--rules", rules / "rules", "--trust-code", "--select", "TST")
    assert ran.code == 5, ran.err
    hidden(ran, *open_files(out))


@pytest.mark.parametrize(
    "place",
    [
        "pbr_audit.audit.validate",
        "pbr_audit.audit.run",
        "pbr_audit.audit.cases",
        "pbr_audit.reports.writing.report_html",
    ],
)
def test_an_error_inside_the_program_shows_none(
    loud: Command, planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def raises(*_: object, **__: object) -> None:
        try:
            pl.Series(IDENTIFIERS).cast(pl.Int64)
        except pl.exceptions.PolarsError as error:
            raise KeyError(*IDENTIFIERS) from error

    monkeypatch.setattr(place, raises)
    ran = loud("run", planted, "--out", tmp_path / "out")
    assert ran.code == 2
    assert "an error inside the program (KeyError)" in ran.err
    hidden(ran)
    assert not (tmp_path / "out").exists()


def test_a_thread_that_fails_shows_none(
    loud: Command, planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raises(*_: object, **__: object) -> None:
        raise ValueError(*IDENTIFIERS)

    monkeypatch.setattr("pbr_audit.validate.judging.compile_pass", raises)
    ran = loud("run", planted, "--out", tmp_path / "out")
    assert "an error inside the program (ValueError)" in ran.err
    hidden(ran)


def test_a_wrong_audit_file_shows_none_of_the_words_that_it_maps(loud: Command, planted: Path) -> None:
    words = "\n".join(f'"{name}" = "unknown"' for name in IDENTIFIERS if "'" not in name)
    section = f'standard = "0.1"\n[tables.clients.values.end_reason]\n{words}\n'
    for text in (section, section + '"open = 1\n', section + "[tables.clients.values.end_reason]\n"):
        (planted / "audit.toml").write_text(text, encoding="utf-8")
        ran = loud("validate", planted)
        assert ran.code == 2
        hidden(ran)


def test_whatever_is_written_during_a_run_is_its_owners_only(
    loud: Command, planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a mask that grants everything to everybody, and everything spooled to disk from the first row."""
    temporary, out = tmp_path / "temporary", tmp_path / "out"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setattr("pbr_audit.validate.spool.MEMORY_BYTES", 0)
    monkeypatch.setattr("pbr_audit.validate.run.RUN_KEYS", 1)
    seen: dict[str, str] = {}

    def look() -> None:
        for path in (*temporary.rglob("*"), out, *out.rglob("*")):
            kind = "folder" if path.is_dir() else path.suffix or path.name
            seen[f"{kind} {path.relative_to(tmp_path)}"] = oct(path.stat().st_mode & 0o777)

    def while_writing(*arguments: Any) -> str:
        look()
        return report_html(*arguments)

    monkeypatch.setattr("pbr_audit.reports.writing.report_html", while_writing)
    mask = os.umask(0)
    try:
        ran = loud("run", planted, "--out", out)
    finally:
        os.umask(mask)
    look()
    assert ran.code == 3, ran.err
    kinds = {name.split()[0] for name in seen}
    assert kinds >= {"folder", ".arrow", ".u64", ".part", ".csv", ".parquet", ".jsonl", ".html", ".json"}
    expected = {name: "0o700" if name.startswith("folder") else "0o600" for name in seen}
    assert seen == expected
    assert list(temporary.iterdir()) == []
