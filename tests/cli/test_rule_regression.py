"""What a reviewer of a changed rule sees: `test`, `rules lock` and `rules diff`."""

import csv
import os
import shutil
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pbr_audit.testing.lock import Lock, Locked, against, unversioned
from tests.cli.command_line import Command, command, write_dataset


@pytest.fixture
def pbr_audit(capsys: pytest.CaptureFixture[str]) -> Command:
    return command(capsys)


@pytest.fixture
def pack(pbr_audit: Command, tmp_path: Path) -> Path:
    """Return a folder with one TOML rule, its four cases, and a lock of it."""
    root = tmp_path / "pack"
    root.mkdir()
    assert pbr_audit("rules", "new", "ABC1234", "sunday_claims", "--toml", "--into", root).code == 0
    assert pbr_audit("rules", "lock", "--into", root).code == 0
    return root


def rule_file(pack: Path) -> Path:
    (path,) = (pack / "rules").rglob("ABC1234*.toml")
    return path


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def written(path: Path) -> ET.Element:
    return ET.parse(path).getroot()  # noqa: S314  # this program's own file


def check(pbr_audit: Command, pack: Path) -> tuple[int, str]:
    ran = pbr_audit("rules", "lock", "--check", "--into", pack)
    return ran.code, ran.out


def test_a_lock_holds_version_parameters_and_behaviour_by_case(pack: Path) -> None:
    rule = tomllib.loads((pack / "rules.lock").read_text(encoding="utf-8"))["rules"]["ABC1234"]
    assert rule["version"] == 1
    assert set(rule["params"]) == {"least_pence"}
    assert "case flagged" in rule["behaviour"]
    assert rule["behaviour"]["case flagged"]["findings"] >= 1


def test_a_lock_that_is_up_to_date_passes_and_is_the_same_bytes_again(pbr_audit: Command, pack: Path) -> None:
    before = (pack / "rules.lock").read_bytes()
    assert check(pbr_audit, pack)[0] == 0
    assert pbr_audit("rules", "lock", "--into", pack).code == 0
    assert (pack / "rules.lock").read_bytes() == before


def test_a_refactor_that_changes_nothing_passes(pbr_audit: Command, pack: Path) -> None:
    text = rule_file(pack).read_text(encoding="utf-8")
    when = next(line for line in text.splitlines() if line.startswith("when = "))
    change(rule_file(pack), when, when.replace('when = "', 'when = "not not (').removesuffix('"') + ')"')
    assert check(pbr_audit, pack)[0] == 0


def test_changed_behaviour_needs_a_new_version(pbr_audit: Command, pack: Path) -> None:
    before = (pack / "rules.lock").read_bytes()
    text = rule_file(pack).read_text(encoding="utf-8")
    when = next(line for line in text.splitlines() if line.startswith("when = "))
    change(rule_file(pack), when, 'when = "amount_pence >= :least_pence"')
    ran = pbr_audit("rules", "lock", "--into", pack)
    assert ran.code == 4
    assert "its version is still 1: raise it in the rule's header if the change is meant" in ran.out
    assert (pack / "rules.lock").read_bytes() == before
    assert check(pbr_audit, pack)[0] == 4
    change(rule_file(pack), "version = 1", "version = 2")
    code, said = check(pbr_audit, pack)
    assert code == 4
    assert "ABC1234: version 1 -> 2" in said
    assert pbr_audit("rules", "lock", "--into", pack).code == 0
    assert check(pbr_audit, pack)[0] == 0


def test_a_changed_parameter_needs_a_new_version(pbr_audit: Command, pack: Path) -> None:
    text = rule_file(pack).read_text(encoding="utf-8")
    value = next(line for line in text.splitlines() if line.startswith("value = "))
    change(rule_file(pack), value, "value = 7")
    ran = pbr_audit("rules", "lock", "--into", pack)
    assert ran.code == 4
    assert "parameter least_pence" in ran.out
    assert "-> 7" in ran.out


def test_a_changed_case_needs_a_new_lock_and_no_new_version(pbr_audit: Command, pack: Path) -> None:
    (case,) = (pack / "fixtures" / "rules").rglob("clear.toml")
    change(case, "C1", "C2")
    assert check(pbr_audit, pack)[0] == 4
    assert pbr_audit("rules", "lock", "--into", pack).code == 0


def test_the_id_of_a_rule_that_is_gone_is_never_used_again(pbr_audit: Command, pack: Path) -> None:
    assert pbr_audit("rules", "new", "ABC1235", "sunday_claims", "--toml", "--into", pack).code == 0
    assert pbr_audit("rules", "lock", "--into", pack).code == 0
    kept = {path: path.read_bytes() for path in pack.rglob("*ABC1234*") if path.is_file()}
    folder = next(path for path in (pack / "fixtures").rglob("ABC1234*") if path.is_dir())
    aside = pack.parent / "aside"
    shutil.move(folder, aside)
    rule_file(pack).unlink()
    code, said = check(pbr_audit, pack)
    assert code == 4
    assert "ABC1234: is gone" in said
    assert pbr_audit("rules", "lock", "--into", pack).code == 0
    shutil.move(aside, folder)
    for path, content in kept.items():
        path.write_bytes(content)
    ran = pbr_audit("rules", "lock", "--into", pack)
    assert ran.code == 4
    assert "the id was retired and is not to be used again" in ran.out


def test_a_version_may_not_go_back() -> None:
    lock, now = (Lock({"ABC1234": Locked(version, {}, {})}) for version in (2, 1))
    assert list(unversioned(lock, now)) == [("ABC1234", "its version went back from 2 to 1")]
    assert list(against(lock, now)) == [("ABC1234", "version 2 -> 1")]


def test_a_broken_lock_is_one_sentence(pbr_audit: Command, pack: Path) -> None:
    (pack / "rules.lock").write_text('standard = "0.1"\nrules = 3\n', encoding="utf-8")
    ran = pbr_audit("rules", "lock", "--check", "--into", pack)
    assert ran.code == 2
    assert "is not as `pbr-audit rules lock` writes it" in ran.err


@pytest.fixture
def packs(pbr_audit: Command, pack: Path, tmp_path: Path) -> tuple[Path, Path, Path]:
    """Return old rules, new rules that flag all claims in place of those on a Sunday, and a data set."""
    new = tmp_path / "new"
    shutil.copytree(pack / "rules", new)
    (path,) = new.rglob("ABC1234*.toml")
    text = path.read_text(encoding="utf-8")
    when = next(line for line in text.splitlines() if line.startswith("when = "))
    change(path, when, 'when = "amount_pence >= :least_pence"')
    change(path, "version = 1", "version = 2")
    claims = (
        "claim_id,contract_id,provider_id,tier,client_id,outcome,outcome_date,submitted_date,amount\n"
        "F-Ada,CPA01,PR01,prime,P-Ada,JOB,2016-05-01,2016-05-09,1200.00\n"
        "C-Bob,CPA01,PR01,prime,P-Bob,JOB,2016-05-02,2016-05-09,1200.00\n"
    )
    return pack / "rules", new, write_dataset(tmp_path / "data", claims_csv=claims)


def test_diff_shows_findings_claims_and_pounds_and_no_subject(
    pbr_audit: Command, packs: tuple[Path, Path, Path]
) -> None:
    old, new, dataset = packs
    ran = pbr_audit("rules", "diff", dataset, "--old", old, "--new", new)
    assert ran.code == 4
    assert "(version 1 -> 2)" in ran.out
    assert "+ 1 newly flagged, - 0 no longer flagged, ~ 0 changed" in ran.out
    assert "claims named: 1 -> 2; £1,200.00 -> £2,400.00" in ran.out
    assert "at risk in all, each claim once: 1 -> 2; £1,200.00 -> £2,400.00" in ran.out
    assert "Bob" not in ran.out
    back = pbr_audit("rules", "diff", dataset, "--old", new, "--new", old)
    assert "+ 0 newly flagged, - 1 no longer flagged, ~ 0 changed" in back.out


def test_diff_names_subjects_where_asked_and_writes_them_for_their_owner_only(
    pbr_audit: Command, packs: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    old, new, dataset = packs
    out = tmp_path / "difference.csv"
    umask = os.umask(0)
    try:
        ran = pbr_audit("rules", "diff", dataset, "--old", old, "--new", new, "--subjects", "--out", out)
    finally:
        os.umask(umask)
    assert "claim C-Bob" in ran.out
    assert out.stat().st_mode & 0o777 == 0o600
    with out.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["sign"].lstrip("'"), row["subject_id"], row["amount_at_risk_new"]) == (
        "+",
        "C-Bob",
        "1200.00",
    )


def test_diff_of_a_pack_with_itself_is_silent(pbr_audit: Command, packs: tuple[Path, Path, Path]) -> None:
    old, _, dataset = packs
    ran = pbr_audit("rules", "diff", dataset, "--old", old, "--new", old)
    assert ran.code == 0
    assert "No rule's answer differs." in ran.out


def test_diff_tells_a_changed_amount_severity_and_answer(
    pbr_audit: Command, packs: tuple[Path, Path, Path]
) -> None:
    old, _, dataset = packs
    (path,) = old.rglob("ABC1234*.toml")
    newer = old.parent / "newer"
    shutil.copytree(old, newer)
    (path,) = newer.rglob("ABC1234*.toml")
    text = path.read_text(encoding="utf-8")
    severity = next(line for line in text.splitlines() if line.startswith("severity = "))
    change(path, severity, 'severity = "critical"')
    ran = pbr_audit("rules", "diff", dataset, "--old", old, "--new", newer)
    assert ran.code == 4
    assert "+ 0 newly flagged, - 0 no longer flagged, ~ 1 changed" in ran.out
    assert "-> critical" in ran.out


def test_annotations_hold_counts_only(pbr_audit: Command, packs: tuple[Path, Path, Path]) -> None:
    old, new, dataset = packs
    ran = pbr_audit("rules", "diff", dataset, "--old", old, "--new", new, "--github")
    assert ran.out.startswith("::notice title=ABC1234 (version 1 -> 2)::1 newly flagged")
    assert "Bob" not in ran.out
    assert "£" not in ran.out


def test_diff_without_a_second_pack_is_a_usage_error(pbr_audit: Command, tmp_path: Path) -> None:
    ran = pbr_audit("rules", "diff", write_dataset(tmp_path / "data"))
    assert ran.code == 2
    assert "name a folder of rules with --old or --new" in ran.err


def test_junit_and_annotations_tell_failures_without_subjects(
    pbr_audit: Command, pack: Path, tmp_path: Path
) -> None:
    cases = pack / "fixtures" / "rules"
    arguments = ("test", cases, "--rules", pack / "rules", "--junit", tmp_path / "junit.xml", "--github")
    assert pbr_audit(*arguments).code == 0
    root = written(tmp_path / "junit.xml")
    assert (root.get("tests"), root.get("failures")) == ("4", "0")
    text = rule_file(pack).read_text(encoding="utf-8")
    when = next(line for line in text.splitlines() if line.startswith("when = "))
    change(rule_file(pack), when, 'when = "amount_pence < 0"')
    ran = pbr_audit(*arguments)
    assert ran.code == 4
    assert "::error file=fixtures/rules/drafts/ABC1234_sunday_claims/flagged.toml,title=ABC1234::" in ran.out
    assert "F1" not in ran.out
    failures = [failure.get("message") or "" for failure in written(tmp_path / "junit.xml").iter("failure")]
    assert failures
    assert not any("F1" in message for message in failures)
