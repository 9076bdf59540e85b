"""The commands beside `run`: what they print and how they end."""

import json
from pathlib import Path

import pytest

from pbr_audit.cli import COMMANDS
from tests.cli.command_line import Command, command, write_dataset


@pytest.fixture
def pbr_audit(capsys: pytest.CaptureFixture[str]) -> Command:
    return command(capsys)


def test_help_names_every_command(pbr_audit: Command) -> None:
    ran = pbr_audit("--help")
    assert ran.code == 0
    assert all(f"  {name} " in ran.out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(pbr_audit: Command, name: str) -> None:
    assert pbr_audit(name, "--help").code == 0


def test_an_unknown_command_is_a_usage_error(pbr_audit: Command) -> None:
    assert pbr_audit("runn").code == 2


def test_validate_says_what_was_read_and_runs_no_rule(pbr_audit: Command, tmp_path: Path) -> None:
    ran = pbr_audit("validate", write_dataset(tmp_path / "data"))
    assert ran.code == 0
    assert "claims" in ran.out
    assert "PBR" not in ran.out


def test_validate_ends_with_3_where_too_much_is_rejected(pbr_audit: Command, tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path / "data", events_csv="client_id,event,start_date\nP1,birth,2016-05-02\n")
    assert pbr_audit("validate", dataset).code == 3


def test_coverage_says_what_each_rule_lacks(pbr_audit: Command, tmp_path: Path) -> None:
    ran = pbr_audit("coverage", write_dataset(tmp_path / "data"))
    assert ran.code == 0
    assert "PBR902" in ran.out
    assert "not assessable: there is no performance table" in ran.out
    assert "can be assessed" in ran.out


def test_rules_list_names_each_rule_once(pbr_audit: Command) -> None:
    ids = [line.split()[0] for line in pbr_audit("rules", "list").out.splitlines()]
    assert ids == sorted(set(ids))
    assert {"PBR101", "PBR202", "PBR301", "PBR701", "PBR803", "PBR902"} <= set(ids)


def test_explain_prints_a_rules_page(pbr_audit: Command) -> None:
    ran = pbr_audit("explain", "pbr202")
    assert ran.code == 0
    assert ran.out.startswith("PBR202  ")
    assert "Innocent explanations\n---" in ran.out


def test_explain_prints_a_finding_of_a_run(pbr_audit: Command, tmp_path: Path) -> None:
    out = tmp_path / "out"
    pbr_audit("run", write_dataset(tmp_path / "data"), "--out", out)
    finding = json.loads((out / "findings.jsonl").read_text(encoding="utf-8").splitlines()[0])
    ran = pbr_audit("explain", finding["finding_id"][:8], "--out", out)
    assert ran.code == 0
    assert ran.out.startswith(f"Finding {finding['finding_id']}\nPBR202")
    assert "Amount at risk: 1200.00" in ran.out
    assert "A finding is a question." in ran.out


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        (
            "PBR9",
            "PBR9 is neither a rule's id (see `pbr-audit rules list`) nor a finding's id (at least its first 4 "
            "digits)",
        ),
        ("0000", "nowhere: holds no findings.jsonl; name the folder of a run with --out"),
    ],
)
def test_explain_says_what_it_cannot_find(pbr_audit: Command, what: str, sentence: str) -> None:
    ran = pbr_audit("explain", what, "--out", "nowhere")
    assert (ran.code, ran.err) == (2, f"pbr-audit: {sentence}\n")


def test_test_passes_on_the_shipped_rules(pbr_audit: Command) -> None:
    ran = pbr_audit("test")
    assert ran.code == 0
    assert ran.out.splitlines()[-1].endswith(" passed, 0 failed")


def broken(pbr_audit: Command, folder: Path) -> tuple[Path, Path]:
    """Return a rule's case that no longer holds, and the folder of its rules."""
    pbr_audit("rules", "new", "ABC1234", "sunday_claims", "--toml", "--into", folder)
    case = folder / "fixtures" / "rules" / "drafts" / "ABC1234_sunday_claims" / "flagged.toml"
    case.write_text(
        case.read_text(encoding="utf-8").replace("| 1200.00        |", "| 1000.00        |"), "utf-8"
    )
    return case, folder / "rules"


def test_a_regression_is_shown_by_finding_and_ends_with_4(pbr_audit: Command, tmp_path: Path) -> None:
    case, rules = broken(pbr_audit, tmp_path)
    ran = pbr_audit("test", case.parent, "--rules", rules)
    assert ran.code == 4
    assert ran.out.splitlines() == [
        "flagged.toml: An outcome dated on a Sunday is a query; the whole amount is at risk.",
        "  ~ F1 amount_at_risk: expected 1000.00, now 1200.00",
        "3 passed, 1 failed",
    ]


def test_an_update_writes_the_case_anew_and_is_refused_in_ci(
    pbr_audit: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, rules = broken(pbr_audit, tmp_path)
    monkeypatch.setenv("CI", "true")
    ran = pbr_audit("test", case, "--rules", rules, "--update")
    assert ran.code == 2
    assert "--update is refused where CI=true" in ran.err
    monkeypatch.delenv("CI")
    assert pbr_audit("test", case, "--rules", rules, "--update").code == 0
    assert pbr_audit("test", case, "--rules", rules).code == 0


def test_schema_prints_the_standard_and_each_tables_descriptor(pbr_audit: Command, tmp_path: Path) -> None:
    assert "claim_id" in pbr_audit("schema").out
    assert json.loads(pbr_audit("schema", "claims").out)["fields"][0]["name"] == "claim_id"
    assert len(json.loads(pbr_audit("schema", "--json").out)["resources"]) == 12
    assert pbr_audit("schema", "--out", tmp_path / "standard").code == 0
    assert (tmp_path / "standard" / "datapackage.json").is_file()
    ran = pbr_audit("schema", "claim")
    assert ran.code == 2
    assert ran.err.startswith("pbr-audit: the standard has no table claim; its tables: ")


def test_a_new_rule_with_a_malformed_id_or_a_taken_one_is_refused(pbr_audit: Command, tmp_path: Path) -> None:
    assert pbr_audit("rules", "new", "sunday", "claims", "--into", tmp_path).code == 2
    assert pbr_audit("rules", "new", "ABC1234", "one", "--into", tmp_path).code == 0
    ran = pbr_audit("rules", "new", "ABC1234", "two", "--into", tmp_path)
    assert ran.code == 2
    assert "has the id ABC1234 already; choose another" in ran.err


def test_the_demo_invents_a_contract_and_audits_it_to_the_same_report_each_time(
    pbr_audit: Command, tmp_path: Path
) -> None:
    first = pbr_audit("demo", "--out", tmp_path / "demo")
    report = tmp_path / "demo" / "results" / "report.html"
    before = report.read_bytes()
    assert (first.code, first.err) == (0, "")
    assert first.out.endswith(f"Report: {report}\n")
    assert (tmp_path / "demo" / "data" / "truth" / "planted.csv").is_file()
    again = pbr_audit("demo", "--out", tmp_path / "demo")
    assert (again.code, report.read_bytes()) == (0, before)
