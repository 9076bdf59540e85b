"""The Big List of Naughty Strings through every text column of every table, and through every output."""

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from pbr_audit.audit import Audit
from pbr_audit.formulas import unguarded, would_run
from pbr_audit.reports import write
from pbr_audit.reports.report import FINDINGS_SHOWN
from pbr_audit.rule import Needs, Params, View
from pbr_audit.tables import TABLES
from pbr_audit.testing.case import DEFAULT_CELLS
from pbr_audit.validate import ValidTable
from tests.unit.audits import audit_of, write_dataset
from tests.unit.test_reports_html import Document
from tests.unit.validating import validated
from tests.unit.worlds import a_rule

LIST = Path(__file__).resolve().parents[3] / "shared" / "data" / "badinputs" / "blns" / "blns.json"
pytestmark = pytest.mark.skipif(
    not LIST.exists(), reason="the shared list of strings is not beside the project"
)
TEXTS = {
    name: [column.name for column in table.columns.values() if column.kind == "text" and not column.closed]
    for name, table in TABLES.items()
}
NUMBER = 515


@pytest.fixture(scope="module")
def naughty() -> pl.Series:
    strings = json.loads(LIST.read_text(encoding="utf-8"))
    assert len(strings) == NUMBER
    return pl.Series("naughty", strings)


def whole_table(name: str, naughty: pl.Series) -> pl.DataFrame:
    """Return a row for each string, another one in each text column; a key is told apart by its row."""
    table = TABLES[name]
    rows = pl.int_range(NUMBER, eager=True)
    cells = {}
    for at, column in enumerate(table.columns.values()):
        if column.name in TEXTS[name]:
            shifted = naughty.gather((rows + at) % NUMBER)
            cells[column.name] = shifted + ("#" + rows.cast(pl.String)) if column.unique else shifted
        elif column.name in DEFAULT_CELLS:
            cells[column.name] = pl.Series([DEFAULT_CELLS[column.name]] * NUMBER)
    return pl.DataFrame(cells)


def as_typed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the texts as the standard has them: trimmed, and null where nothing is left."""
    text = pl.all().str.strip_chars()
    return frame.select(pl.when(text != "").then(text))


def written(frame: pl.DataFrame, path: Path) -> None:
    match path.suffix:
        case ".csv":
            # Without quotes, a byte-order mark at the begin of a line is taken for what is left of a joined file.
            frame.write_csv(path, quote_style="always")
        case ".jsonl":
            frame.write_ndjson(path)
        case _:
            frame.write_parquet(path)


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("name", TABLES)
def test_every_text_column_holds_every_string_as_it_was_written(
    naughty: pl.Series, tmp_path: Path, name: str, suffix: str
) -> None:
    frame = whole_table(name, naughty)
    (tmp_path / "data").mkdir()
    written(frame, tmp_path / "data" / f"{name}.{suffix}")
    table = validated(tmp_path / "data", {}).tables[name]
    assert table.counts.read == NUMBER
    expected = as_typed(frame.select(TEXTS[name]))
    required = [
        name for name, column in TABLES[name].columns.items() if column.required and column.unless is None
    ]
    whole = pl.all_horizontal(pl.col(text).is_not_null() for text in TEXTS[name] if text in required)
    if name == "checks":
        whole &= pl.col("claim_id").is_not_null() | pl.col("client_id").is_not_null()
    accepted = table.frame.sort("_row").select(TEXTS[name]).collect()
    assert accepted.equals(expected.filter(whole))
    if accepted.height < NUMBER:
        assert as_typed(as_read(table, TEXTS[name])).equals(expected.filter(~whole))


def as_read(table: ValidTable, columns: list[str]) -> pl.DataFrame:
    return table.rejects.frame.sort("_row").select(columns).collect()


def flags_all(view: View, p: Params) -> pl.LazyFrame:
    return view.claims.select(
        "claim_id", "advisor_id", "evidence_ref", flagged=pl.lit(value=True), at_risk_pence="amount_pence"
    )


@pytest.fixture(scope="module")
def flagged(naughty: pl.Series, tmp_path_factory: pytest.TempPathFactory) -> tuple[Audit, Path, pl.DataFrame]:
    """Every string as claim, client, provider, adviser and evidence of a claim that a rule flags."""
    folder = tmp_path_factory.mktemp("naughty")
    frame = whole_table("claims", naughty).with_columns(pl.lit("CPA01").alias("contract_id"))
    # Every third row is rejected, so that the strings stand in the rejects too.
    third = pl.int_range(NUMBER) % 3 == 0
    frame = frame.with_columns(pl.when(third).then(pl.lit("=lots")).otherwise("amount").alias("amount"))
    data = write_dataset(folder / "data", "", ["GBP"])
    frame.write_csv(data / "claims.csv", quote_style="always")
    needs = Needs(required={"claims": ("claim_id", "advisor_id", "evidence_ref", "amount_pence")})
    rule = a_rule(needs, flag=flags_all, message="Adviser {advisor_id} says {evidence_ref}.")
    audit = audit_of(data, [rule])
    write(audit, folder / "out")
    return audit, folder / "out", frame


def of_findings(frame: pl.DataFrame) -> pl.DataFrame:
    """Return what the findings have to say of the accepted claims, in the order of the claims."""
    typed = as_typed(frame.select(TEXTS["claims"])).with_columns(frame["amount"])
    needed = ("claim_id", "provider_id", "outcome")
    kept = typed.filter(pl.col("amount") != "=lots").drop_nulls(needed)
    return kept.select(
        subject_id="claim_id",
        provider_id=pl.coalesce("subcontractor_id", "provider_id"),
        client_id="client_id",
        advisor_id="advisor_id",
        evidence_ref="evidence_ref",
    ).sort("subject_id")


def test_parquet_and_json_lines_hold_every_string_exactly(flagged: tuple[Audit, Path, pl.DataFrame]) -> None:
    _, out, frame = flagged
    expected = of_findings(frame)
    assert expected.height > NUMBER / 2
    parquet = pl.read_parquet(out / "findings.parquet").sort("subject_id")
    lines = (out / "findings.jsonl").read_bytes().decode().split("\n")[:-1]
    json_lines = sorted(map(json.loads, lines), key=lambda line: line["subject_id"].encode())
    for texts in (
        parquet.select("subject_id", "provider_id", client_id=pl.col("client_ids").list.first()),
        pl.DataFrame(
            [
                (line["subject_id"], line["provider_id"], (line["client_ids"] or [None])[0])
                for line in json_lines
            ],
            schema=["subject_id", "provider_id", "client_id"],
            orient="row",
        ),
    ):
        assert texts.equals(expected.select("subject_id", "provider_id", "client_id"))
    evidence = pl.DataFrame([line["evidence"] for line in json_lines]).select("advisor_id", "evidence_ref")
    assert evidence.equals(expected.select("advisor_id", "evidence_ref"))
    assert [json.loads(cell)["advisor_id"] for cell in parquet["evidence"]] == expected[
        "advisor_id"
    ].to_list()


def test_csv_holds_every_string_exactly_but_for_the_guard(flagged: tuple[Audit, Path, pl.DataFrame]) -> None:
    _, out, frame = flagged
    expected = of_findings(frame)
    cells = from_csv(out / "findings.csv").select("subject_id", "provider_id", "client_ids")
    would = cells.select(would_run(pl.all()) & ~pl.all().str.starts_with("'"))
    assert not would.select(pl.any_horizontal(pl.all().any())).item()
    back = cells.select(unguarded(pl.all())).sort("subject_id")
    assert back.rows() == expected.select("subject_id", "provider_id", "client_id").rows()


def from_csv(path: Path) -> pl.DataFrame:
    """Read a CSV file as the standard library does, an empty cell as null."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row")
    return frame.with_columns(pl.when(pl.all() != "").then(pl.all()))


def test_rejects_hold_every_string_as_it_was_read_but_for_the_guard(
    flagged: tuple[Audit, Path, pl.DataFrame],
) -> None:
    audit, out, frame = flagged
    rejects = from_csv(out / "rejects" / "claims.csv")
    rows = rejects["_row"].cast(pl.Int64).to_list()
    assert len(rows) == audit.validated.tables["claims"].counts.rejected
    as_it_was = frame.with_row_index("at").filter(pl.col("amount") == "=lots").select(TEXTS["claims"])
    lots = rejects.filter(pl.col("amount") == "'=lots").select(unguarded(pl.col(TEXTS["claims"])))
    assert lots.equals(as_it_was.select(pl.when(pl.all() != "").then(pl.all())))


def test_corrected_rejects_bring_every_string_back(
    flagged: tuple[Audit, Path, pl.DataFrame], tmp_path: Path
) -> None:
    _, out, frame = flagged
    rejects = pl.read_csv(out / "rejects" / "claims.csv", infer_schema=False)
    mended = rejects.with_columns(pl.col("amount").replace("'=lots", "1200.00"))
    data = write_dataset(tmp_path / "data", "", ["GBP"])
    frame.write_csv(data / "claims.csv", quote_style="always")
    mended.write_csv(data / "claims-corrected.csv", quote_style="always")
    needs = Needs(required={"claims": ("claim_id", "advisor_id", "evidence_ref", "amount_pence")})
    audit = audit_of(data, [a_rule(needs, flag=flags_all, message="{advisor_id}")])
    everywhere = frame.with_columns(pl.col("amount").replace("=lots", "1200.00"))
    subjects = audit.findings.sort("subject_id")["subject_id"].to_list()
    assert subjects == of_findings(everywhere)["subject_id"].to_list()
    assert audit.validated.tables["claims"].counts.replaced == rejects.height


def test_the_report_shows_every_string_as_text_and_none_as_markup(
    flagged: tuple[Audit, Path, pl.DataFrame],
) -> None:
    _, out, _ = flagged
    document = Document((out / "report.html").read_text(encoding="utf-8"))
    assert document.named("script", "img", "iframe", "svg", "input", "link") == document.named("svg")
    assert all(not name.startswith("on") for _, attributes in document.tags for name in attributes)
    assert len(document.named("tr")) > FINDINGS_SHOWN


def test_every_guarded_cell_is_counted_in_the_manifest_and_no_workbook_is_written(
    flagged: tuple[Audit, Path, pl.DataFrame],
) -> None:
    _, out, _ = flagged
    files = [path for path in out.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".csv", ".html", ".json", ".jsonl", ".parquet"}
    guarded = 0
    for path in files:
        if path.suffix == ".csv":
            cells = from_csv(path)
            touched = cells.select((unguarded(pl.all()) != pl.all()).sum())
            guarded += sum(touched.row(0))
    assert guarded > 0
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["guarded_cells"] == guarded
