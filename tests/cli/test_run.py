"""`pbr-audit run`: what it writes, what it says, and how it ends."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command_line import CLAIMS, Command, command, write_dataset


@pytest.fixture
def pbr_audit(capsys: pytest.CaptureFixture[str]) -> Command:
    return command(capsys)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return write_dataset(tmp_path / "data")


FILES = [
    "coverage.csv",
    "findings.csv",
    "findings.jsonl",
    "findings.parquet",
    "flagged_claims.csv",
    "flagged_claims.parquet",
    "manifest.json",
    "report.html",
    "tests.csv",
]


def test_a_run_writes_the_standards_files_and_ends_with_0(
    pbr_audit: Command, dataset: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    ran = pbr_audit("run", dataset, "--out", out)
    assert (ran.code, ran.err) == (0, "")
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()) == FILES
    with (out / "findings.csv").open(encoding="utf-8", newline="") as lines:
        found = [(row["rule_id"], row["subject_id"], row["amount_at_risk"]) for row in csv.DictReader(lines)]
    assert found == [("PBR202", "F1", "1200.00")]
    assert f"Report: {out / 'report.html'}" in ran.out


def test_the_manifest_counts_every_row_and_penny(pbr_audit: Command, dataset: Path, tmp_path: Path) -> None:
    (dataset / "claims.csv").write_text(
        CLAIMS + "R1,CPA01,PR01,prime,P3,JOB,never,2016-05-09,300.00\n", encoding="utf-8"
    )
    ran = pbr_audit("run", dataset, "--out", tmp_path / "out")
    assert ran.code == 3
    claims = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["tables"]["claims"]
    assert {
        name: claims[name]
        for name in ("read", "accepted", "rejected", "read_pence", "accepted_pence", "rejected_pence")
    } == {
        "read": 3,
        "accepted": 2,
        "rejected": 1,
        "read_pence": 2700_00,
        "accepted_pence": 2400_00,
        "rejected_pence": 300_00,
    }
    assert (tmp_path / "out" / "rejects" / "claims.csv").is_file()


def test_rejected_rows_within_the_limit_end_with_0(pbr_audit: Command, dataset: Path, tmp_path: Path) -> None:
    (dataset / "claims.csv").write_text(
        CLAIMS + "R1,CPA01,PR01,prime,P3,JOB,never,2016-05-09,300.00\n", encoding="utf-8"
    )
    assert pbr_audit("run", dataset, "--out", tmp_path / "out", "--max-rejects", "0.34").code == 0


def test_findings_at_the_named_severity_end_with_1(pbr_audit: Command, dataset: Path, tmp_path: Path) -> None:
    assert pbr_audit("run", dataset, "--out", tmp_path / "a", "--fail-on", "critical").code == 1
    (dataset / "events.csv").write_text("client_id,event,start_date\nP9,death,2016-05-02\n", encoding="utf-8")
    assert pbr_audit("run", dataset, "--out", tmp_path / "b", "--fail-on", "info").code == 0


def raising_rule(folder: Path) -> Path:
    pbr = folder / "rules"
    from pbr_audit.testing.scaffold import write_rule  # noqa: PLC0415

    list(write_rule("ABC1234", "raises", chapter="drafts", into=folder, toml=False))
    path = pbr / "drafts" / "ABC1234_raises.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("    on_a_sunday = ", '    raise ValueError("J Smith")\n    on_a_sunday = '), "utf-8"
    )
    return pbr


def test_a_rule_that_raises_ends_with_5_and_the_others_answer(
    pbr_audit: Command, dataset: Path, tmp_path: Path
) -> None:
    rules = raising_rule(tmp_path)
    ran = pbr_audit("run", dataset, "--out", tmp_path / "out", "--rules", rules, "--trust-code")
    assert ran.code == 5
    with (tmp_path / "out" / "coverage.csv").open(encoding="utf-8", newline="") as lines:
        coverage = {row["rule_id"]: (row["status"], row["reason"]) for row in csv.DictReader(lines)}
    assert coverage["ABC1234"] == ("failed", "ValueError at line 66 of rules/drafts/ABC1234_raises.py")
    assert coverage["PBR202"][0] == "assessed"
    for path in (tmp_path / "out").rglob("*.*"):
        assert b"J Smith" not in path.read_bytes()
    assert "J Smith" not in ran.out + ran.err


def test_python_from_outside_is_refused_with_2_and_nothing_is_written(
    pbr_audit: Command, dataset: Path, tmp_path: Path
) -> None:
    ran = pbr_audit("run", dataset, "--out", tmp_path / "out", "--rules", raising_rule(tmp_path))
    assert ran.code == 2
    assert "add --trust-code if you trust it" in ran.err
    assert not (tmp_path / "out").exists()


def test_a_selection_runs_these_rules_alone(pbr_audit: Command, dataset: Path, tmp_path: Path) -> None:
    assert pbr_audit("run", dataset, "--out", tmp_path / "out", "--select", "PBR30").code == 0
    with (tmp_path / "out" / "coverage.csv").open(encoding="utf-8", newline="") as lines:
        status = {row["rule_id"]: row["status"] for row in csv.DictReader(lines)}
    asked = {rule_id for rule_id, answer in status.items() if answer != "disabled"}
    assert {"PBR301", "PBR306"} <= asked == {rule_id for rule_id in status if rule_id.startswith("PBR30")}


def test_the_output_may_lie_in_the_data_set_and_is_not_read_next_time(
    pbr_audit: Command, dataset: Path
) -> None:
    first = pbr_audit("run", dataset, "--out", dataset / "claims")
    before = (dataset / "claims" / "findings.csv").read_bytes()
    again = pbr_audit("run", dataset, "--out", dataset / "claims")
    assert (first.code, again.code) == (0, 0)
    assert (dataset / "claims" / "findings.csv").read_bytes() == before


def test_progress_is_for_terminals_only(dataset: Path, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pbr_audit", "run", str(dataset), "--out", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_rejects_that_left_memory_are_written_all_the_same(
    pbr_audit: Command, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pbr_audit.validate.spool.MEMORY_BYTES", 1)
    (dataset / "claims.csv").write_text(
        CLAIMS + "R1,CPA01,PR01,prime,P3,JOB,never,2016-05-09,300.00\n", encoding="utf-8"
    )
    assert pbr_audit("run", dataset, "--out", tmp_path / "out").code == 3
    assert "R1" in (tmp_path / "out" / "rejects" / "claims.csv").read_text(encoding="utf-8")


def test_the_manifest_names_the_configuration_that_was_used(
    pbr_audit: Command, dataset: Path, tmp_path: Path
) -> None:
    for name in ("audit.toml", "january.toml"):
        (dataset / name).write_text(f'standard = "0.1"\nname = "{name}"\n', encoding="utf-8")
    assert pbr_audit("run", dataset / "january.toml", "--out", tmp_path / "out").code == 0
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    used = [entry["name"] for entry in manifest["inputs"] if entry["read_as"] == "configuration"]
    assert used == ["january.toml"]
