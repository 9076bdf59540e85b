"""What a run writes: the standard's files, names and order, and the same bytes for the same input."""

import csv
import hashlib
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pbr_audit.errors import InputError
from pbr_audit.reports import write
from tests.unit.audits import CLAIMS, audit_of, flags_f, rule, tiny_audit, write_dataset

FINDINGS = [
    *("finding_id", "rule_id", "rule_version", "family", "severity", "status", "subject_type", "subject_id"),
    *("contract_id", "provider_id", "period", "claim_ids", "client_ids", "amount_basis", "amount_at_risk"),
    *("amount_estimate", "amount_low", "amount_high", "population_claims", "population_amount", "effect"),
    *("effect_low", "effect_high", "p_value", "q_value", "message", "innocent_explanation", "ask_for"),
    "evidence",
]
MONEY = ["amount_at_risk", "amount_estimate", "amount_low", "amount_high", "population_amount"]
FILES = [
    "coverage.csv",
    "findings.csv",
    "findings.jsonl",
    "findings.parquet",
    "flagged_claims.csv",
    "flagged_claims.parquet",
    "manifest.json",
    "rejects/claims.csv",
    "report.html",
    "tests.csv",
]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    write(tiny_audit(folder / "in"), folder / "out")
    return folder / "out"


@pytest.fixture(scope="module")
def manifest(out: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    return content


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_run_writes_the_standard_s_files_and_no_others(out: Path) -> None:
    assert files(out) == FILES


def test_findings_have_the_standard_s_columns_in_every_format(out: Path) -> None:
    parquet = pl.read_parquet(out / "findings.parquet")
    assert parquet.columns == FINDINGS
    assert list(rows(out / "findings.csv")[0]) == FINDINGS
    lines = [json.loads(line) for line in (out / "findings.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [list(line) for line in lines] == [FINDINGS] * 6
    assert {parquet.schema[name] for name in MONEY} == {pl.Decimal(18, 2)}
    assert parquet.schema["claim_ids"] == pl.List(pl.String)


def test_one_finding_reads_the_same_in_every_format(out: Path) -> None:
    parquet = pl.read_parquet(out / "findings.parquet").row(0, named=True)
    text = rows(out / "findings.csv")[0]
    line = json.loads((out / "findings.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert (parquet["subject_id"], text["subject_id"], line["subject_id"]) == ("F1", "F1", "F1")
    assert (parquet["amount_at_risk"], text["amount_at_risk"], line["amount_at_risk"]) == (
        Decimal("1250.50"),
        "1250.50",
        "1250.50",
    )
    assert (parquet["client_ids"], text["client_ids"], line["client_ids"]) == (["P2"], "P2", ["P2"])
    evidence = {"asked": "1250.50", "share": 0.25}
    assert json.loads(parquet["evidence"]) == json.loads(text["evidence"]) == line["evidence"] == evidence


def test_a_number_that_json_cannot_say_is_null_there(out: Path) -> None:
    lines = [json.loads(line) for line in (out / "findings.jsonl").read_text(encoding="utf-8").splitlines()]
    [first] = [line for line in lines if line["rule_id"] == "TST201"]
    assert (first["effect"], first["effect_high"], first["p_value"]) == (1.5, None, 0.001)
    assert (first["amount_at_risk"], first["amount_estimate"], first["amount_low"]) == (
        None,
        "724.92",
        "0.00",
    )


def test_flagged_claims_hold_a_row_for_each_claim_and_finding(out: Path) -> None:
    found = rows(out / "flagged_claims.csv")
    assert list(found[0]) == ["claim_id", "finding_id", "rule_id", "family", "severity", "amount"]
    assert [(row["claim_id"], row["rule_id"], row["amount"]) for row in found] == [
        ("C1", "TST201", ""),
        ("F1", "TST201", ""),
        ("F1", "TST101", "1250.50"),
        ("F1", "TST102", "625.25"),
        ("F1", "TST601", "625.25"),
        ("F2", "TST201", ""),
        ("F2", "TST101", "400.00"),
        ("F3", "TST101", "90.00"),
    ]
    assert pl.read_parquet(out / "flagged_claims.parquet").schema["amount"] == pl.Decimal(18, 2)


def test_coverage_has_a_row_for_each_rule(out: Path) -> None:
    assert [(row["rule_id"], row["status"], row["findings"]) for row in rows(out / "coverage.csv")] == [
        ("TST101", "assessed", "3"),
        ("TST102", "assessed", "1"),
        ("TST201", "assessed", "1"),
        ("TST301", "assessed", "0"),
        ("TST401", "not_assessable", "0"),
        ("TST402", "not_assessable", "0"),
        ("TST501", "failed", "0"),
        ("TST601", "assessed", "1"),
        ("TST901", "disabled", "0"),
    ]


def test_every_test_of_the_list_is_written_down(out: Path) -> None:
    found = rows(out / "tests.csv")
    assert list(found[0]) == [
        *("rule_id", "contract_id", "provider_id", "subject_id", "period", "status", "reason"),
        *("p_value", "q_value", "effect", "smallest_seen", "providers_compared", "discovered"),
    ]
    assert [list(row.values()) for row in found] == [
        [
            *("TST201", "CPA01", "PR01", "PR01", "", "tested", ""),
            *("0.001", "0.002", "1.5", "0.25", "12", "true"),
        ],
        [*("TST201", "CPA01", "PR02", "PR02", "", "tested", ""), *("0.5", "", "1.5", "0.25", "12", "false")],
    ]
    coverage = {row["rule_id"]: row for row in rows(out / "coverage.csv")}
    names = ("tests_run", "tests_abstained", "discoveries", "expected_false_leads")
    assert [coverage["TST201"][name] for name in names] == ["2", "0", "1", "0.05"]
    assert [coverage["TST101"][name] for name in names] == [""] * 4


def test_the_manifest_counts_the_tests_and_the_false_leads_to_expect(manifest: dict[str, Any]) -> None:
    assert manifest["statistics"] == {
        "false_discovery_rate": 0.05,
        "tests_run": 2,
        "tests_abstained": 0,
        "discoveries": 1,
        "expected_false_leads": 0.05,
    }


def test_rejects_stand_as_they_were_read_with_their_place_and_reasons(out: Path) -> None:
    found = rows(out / "rejects" / "claims.csv")
    assert [(row["_file"], row["_row"], row["_reasons"], row["amount"]) for row in found] == [
        ("claims.csv", "7", "amount: is not an amount in pounds and pence (expected 1234.50)", "twelve"),
        (
            "claims.csv",
            "8",
            "outcome_date: is missing|amount: is not an amount in pounds and pence (expected 1234.50)",
            "'=1+1",
        ),
        ("claims.csv", "9", "outcome_date: is missing", "-7.00"),
    ]


def test_an_empty_cell_is_empty_whatever_it_was_inside(out: Path) -> None:
    assert '""' not in (out / "coverage.csv").read_text(encoding="utf-8")


def test_the_manifest_names_every_input_with_digest_bytes_and_rows(
    out: Path, manifest: dict[str, Any]
) -> None:
    assert [(file["name"], file["read_as"], file.get("rows")) for file in manifest["inputs"]] == [
        ("audit.toml", "configuration", None),
        ("contracts/1.toml", "contract", None),
        ("contracts/2.toml", "contract", None),
        ("claims.csv", "claims", 8),
    ]
    content = CLAIMS.encode()
    assert manifest["inputs"][3]["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["inputs"][3]["bytes"] == len(content)


def test_the_manifest_counts_rows_and_pence_each_currency_apart(manifest: dict[str, Any]) -> None:
    assert manifest["tables"] == {
        "claims": {
            "read": 8,
            "accepted": 5,
            "rejected": 3,
            "beside": 0,
            "replaced": 0,
            "read_pence": {"EUR": 9000, "GBP": 314350},
            "accepted_pence": {"EUR": 9000, "GBP": 315050},
            "rejected_pence": {"EUR": 0, "GBP": -700},
            "unreadable_amounts": 2,
        }
    }


def test_with_one_currency_pence_are_a_number(tmp_path: Path) -> None:
    claims = "\n".join(CLAIMS.splitlines()[:3]) + "\n"
    audit = tiny_audit(tmp_path / "in", claims, currencies=["GBP"])
    assert write(audit, tmp_path / "out").content["tables"]["claims"] == {
        "read": 2,
        "accepted": 2,
        "rejected": 0,
        "beside": 0,
        "replaced": 0,
        "read_pence": 245050,
        "accepted_pence": 245050,
        "rejected_pence": 0,
        "unreadable_amounts": 0,
    }


def test_the_manifest_holds_the_digest_of_every_other_file(out: Path, manifest: dict[str, Any]) -> None:
    assert manifest["outputs"] == {
        name: hashlib.sha256((out / name).read_bytes()).hexdigest()
        for name in FILES
        if name != "manifest.json"
    }


def test_the_manifest_keeps_its_totals_apart(manifest: dict[str, Any]) -> None:
    totals = manifest["totals"]
    assert totals["at_risk"] == {
        "EUR": {"claims": 1, "pence": 9000},
        "GBP": {"claims": 2, "pence": 165050},
    }
    assert totals["estimates"] == {"TST201": {"GBP": 72492}}
    assert totals["under_claims"] == {"GBP": {"claims": 1, "pence": 62525}}


def test_the_manifest_says_which_rules_with_which_parameters(manifest: dict[str, Any]) -> None:
    assert manifest["pack"]["rules"][6] == {
        "id": "TST501",
        "version": 1,
        "sha256": b"TST501".hex(),
        "status": "failed",
        "params": {},
    }


def test_the_manifest_s_timings_come_last_and_no_cell_s_value_at_all(
    out: Path, manifest: dict[str, Any]
) -> None:
    assert list(manifest)[-1] == "timings"
    text = (out / "manifest.json").read_text(encoding="utf-8")
    for value in ("F1", "P2", "twelve", "1250", "withdrawn"):
        assert value not in text


def test_guarded_cells_are_counted(manifest: dict[str, Any]) -> None:
    assert manifest["guarded_cells"] == 1


def test_an_id_that_a_spreadsheet_would_run_is_guarded_in_csv_only(tmp_path: Path) -> None:
    claims = CLAIMS.replace("F1,", "F=1,").replace(",P2,", ",@P2,")
    write(tiny_audit(tmp_path / "in", claims), tmp_path / "out")
    assert rows(tmp_path / "out" / "findings.csv")[0]["client_ids"] == "'@P2"
    assert pl.read_parquet(tmp_path / "out" / "findings.parquet")["client_ids"].to_list()[0] == ["@P2"]


def test_without_findings_every_file_is_there_with_its_header(tmp_path: Path) -> None:
    claims = CLAIMS.replace("F", "C").replace("C1,CPA01,PR01,prime,P2", "C2,CPA01,PR01,prime,P2", 1)
    write(audit_of(write_dataset(tmp_path / "in", claims), [rule("TST101", flags_f)]), tmp_path / "out")
    assert (tmp_path / "out" / "findings.csv").read_text(encoding="utf-8") == ",".join(FINDINGS) + "\n"
    assert (tmp_path / "out" / "findings.jsonl").read_bytes() == b""
    assert pl.read_parquet(tmp_path / "out" / "findings.parquet").columns == FINDINGS


def test_a_run_over_an_earlier_one_leaves_nothing_of_it(tmp_path: Path) -> None:
    write(tiny_audit(tmp_path / "in"), tmp_path / "out")
    clean = "\n".join(CLAIMS.splitlines()[:3]) + "\n"
    write(tiny_audit(tmp_path / "in2", clean), tmp_path / "out")
    assert files(tmp_path / "out") == [name for name in FILES if not name.startswith("rejects/")]


def test_an_input_that_is_gone_stops_the_writing(tmp_path: Path) -> None:
    audit = tiny_audit(tmp_path / "in")
    (tmp_path / "in" / "claims.csv").unlink()
    with pytest.raises(InputError) as refused:
        write(audit, tmp_path / "out")
    assert str(refused.value) == (
        "claims.csv: cannot be read any more (No such file or directory); "
        "leave the data set as it is during a run"
    )
    assert not (tmp_path / "out").exists()


SCRIPT = """\
import sys
from pathlib import Path
from pbr_audit.reports import write
from tests.unit.audits import all_answers, audit_of
write(audit_of(Path(sys.argv[1]), all_answers()), Path(sys.argv[2]))
"""


def test_the_same_input_gives_the_same_bytes_whatever_the_machine_is_set_to(tmp_path: Path) -> None:
    write_dataset(tmp_path / "in")
    settings = [
        {"POLARS_MAX_THREADS": "1", "PYTHONHASHSEED": "1", "TZ": "UTC"},
        {"POLARS_MAX_THREADS": "7", "PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo"},
    ]
    written = []
    for number, setting in enumerate(settings):
        out = tmp_path / str(number)
        command = [sys.executable, "-c", SCRIPT, str(tmp_path / "in"), str(out)]
        root = Path(__file__).parents[2]
        subprocess.run(command, check=True, cwd=root, env=os.environ | {"PYTHONPATH": str(root)} | setting)
        manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        del manifest["timings"]
        contents = {name: (out / name).read_bytes() for name in files(out) if name != "manifest.json"}
        written.append((manifest, contents))
    assert written[0] == written[1]
