"""What bad input gets: a sentence that says what, where and what to do; the exit code; nothing half-written."""

from pathlib import Path

import pytest

from tests.cli.command_line import CLAIMS, Command, command, write_dataset


@pytest.fixture
def pbr_audit(capsys: pytest.CaptureFixture[str]) -> Command:
    return command(capsys)


def refused(pbr_audit: Command, dataset: Path) -> str:
    """Return the sentence with which a data set is refused, having looked that nothing was written."""
    out = dataset.parent / "out"
    ran = pbr_audit("run", dataset, "--out", out)
    assert (ran.code, ran.out) == (2, "")
    assert not out.exists()
    assert ran.err.startswith("pbr-audit: ")
    return ran.err.removeprefix("pbr-audit: ").rstrip("\n")


def test_a_missing_required_column(pbr_audit: Command, tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path / "data", claims_csv=CLAIMS.replace("outcome_date", "OutcomeDate", 1))
    assert refused(pbr_audit, dataset) == (
        "claims.csv: the required column outcome_date is missing; add it, or name its header in audit.toml under "
        '[tables.claims.columns] (did you mean the header "OutcomeDate"?)'
    )


def test_a_contract_file_with_a_typo(pbr_audit: Command, tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path / "data")
    path = dataset / "contracts" / "CPA01.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("interval_days", "interval_day"), encoding="utf-8"
    )
    said = refused(pbr_audit, dataset)
    assert said.startswith("contracts/CPA01.toml: outcome[3].interval_day")
    assert "did you mean interval_days?" in said


def test_a_contract_that_requires_an_unknown_outcome(pbr_audit: Command, tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path / "data")
    path = dataset / "contracts" / "CPA01.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('requires = ["JOB"]', 'requires = ["JBO"]'), encoding="utf-8"
    )
    said = refused(pbr_audit, dataset)
    assert said.startswith("contracts/CPA01.toml: outcome[3].requires")


def test_an_unknown_outcome_in_the_claims_is_accepted_and_remarked_on(
    pbr_audit: Command, tmp_path: Path
) -> None:
    dataset = write_dataset(
        tmp_path / "data",
        claims_csv=CLAIMS.replace("C1,CPA01,PR01,prime,P2,JOB", "C1,CPA01,PR01,prime,P2,JIB"),
    )
    ran = pbr_audit("run", dataset, "--out", tmp_path / "out")
    assert ran.code == 0
    told = " ".join(ran.out.split())
    assert (
        "claims: 1 row names an outcome that the contract's terms do not define; add the outcome to the "
        "contract's file, or correct the column outcome"
    ) in told
    assert "JIB" not in ran.out


def test_an_empty_file(pbr_audit: Command, tmp_path: Path) -> None:
    said = refused(pbr_audit, write_dataset(tmp_path / "data", claims_csv=""))
    assert said.startswith("claims.csv: is empty")


def test_a_table_with_a_header_and_no_rows(pbr_audit: Command, tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path / "data", events_csv="client_id,event,start_date\n")
    ran = pbr_audit("run", dataset, "--out", tmp_path / "out")
    assert ran.code == 0
    assert "events: holds no accepted rows; rules that need it are not assessable" in ran.out
    assert "events holds no rows" in ran.out


def test_claims_without_a_single_row_are_not_auditable(pbr_audit: Command, tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path / "data", claims_csv=CLAIMS.split("\n", 1)[0] + "\n")
    ran = pbr_audit("run", dataset, "--out", tmp_path / "out")
    assert ran.code == 3
    assert "claims: holds no accepted rows; rules that need it are not assessable" in ran.out


def test_empty_claims_are_not_auditable_though_another_table_has_rows(
    pbr_audit: Command, tmp_path: Path
) -> None:
    referrals = (
        "referral_id,contract_id,provider_id,referral_date,decision\nR1,CPA01,PR01,2016-01-04,accepted\n"
    )
    dataset = write_dataset(
        tmp_path / "data", claims_csv=CLAIMS.split("\n", 1)[0] + "\n", referrals_csv=referrals
    )
    assert pbr_audit("run", dataset, "--out", tmp_path / "out").code == 3
    assert pbr_audit("validate", dataset).code == 3


def test_a_folder_with_nothing_in_it(pbr_audit: Command, tmp_path: Path) -> None:
    empty = tmp_path / "data"
    empty.mkdir()
    said = refused(pbr_audit, empty)
    assert said.startswith(f"{empty}")


def test_a_folder_that_is_not_there(pbr_audit: Command, tmp_path: Path) -> None:
    said = refused(pbr_audit, tmp_path / "nowhere")
    assert said.startswith(f"{tmp_path / 'nowhere'}")


def test_two_files_that_give_one_claim_id_twice(pbr_audit: Command, tmp_path: Path) -> None:
    other = CLAIMS.replace("1200.00", "1300.00").replace("C1,", "C2,")
    dataset = write_dataset(tmp_path / "data")
    (dataset / "claims.csv").rename(dataset / "claims-1.csv")
    (dataset / "claims-2.csv").write_text(other, encoding="utf-8")
    ran = pbr_audit("run", dataset, "--out", tmp_path / "out")
    assert ran.code == 3
    rejects = (tmp_path / "out" / "rejects" / "claims.csv").read_text(encoding="utf-8")
    assert rejects.count("claim_id: repeats") == 2
    assert "claims-2.csv row 2" in rejects


def test_the_same_row_in_two_files_is_read_once(pbr_audit: Command, tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path / "data")
    (dataset / "claims.csv").rename(dataset / "claims-1.csv")
    (dataset / "claims-2.csv").write_text(CLAIMS.rsplit("C1,", 1)[0], encoding="utf-8")
    ran = pbr_audit("run", dataset, "--out", tmp_path / "out", "--max-rejects", "0.5")
    assert ran.code == 0
    rejects = (tmp_path / "out" / "rejects" / "claims.csv").read_text(encoding="utf-8").splitlines()
    assert len(rejects) == 2


def test_an_output_folder_with_other_files_in_it_is_refused(pbr_audit: Command, tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path / "data")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("mine", encoding="utf-8")
    ran = pbr_audit("run", dataset, "--out", tmp_path / "out")
    assert ran.code == 2
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["letter.txt"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("--select", "PBR9999"),
            "no rule's id begins with PBR9999; `pbr-audit rules list` shows the rules there are",
        ),
        (("--rules", "nowhere"), "nowhere: there is no such folder of rules"),
    ],
)
def test_options_that_do_not_fit(
    pbr_audit: Command, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    ran = pbr_audit("run", write_dataset(tmp_path / "data"), "--out", tmp_path / "out", *arguments)
    assert (ran.code, ran.err) == (2, f"pbr-audit: {sentence}\n")
    assert not (tmp_path / "out").exists()


def test_a_date_that_is_none(pbr_audit: Command, tmp_path: Path) -> None:
    ran = pbr_audit("run", tmp_path, "--as-of", "31/12/2016")
    assert ran.code == 2
    assert "is not a date; write it as YYYY-MM-DD" in ran.err


def test_parameters_for_an_unknown_rule(pbr_audit: Command, tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path / "data")
    (dataset / "audit.toml").write_text(
        'standard = "0.1"\nname = "x"\n[params.PBR9999]\ndays = 1\n', encoding="utf-8"
    )
    assert refused(pbr_audit, dataset) == (
        "audit.toml: [params.PBR9999] names no rule; see `pbr-audit rules list`"
    )


def test_a_rule_pack_that_does_not_load_stops_the_run_and_names_the_file(
    pbr_audit: Command, tmp_path: Path
) -> None:
    pbr_audit("rules", "new", "ABC1234", "sunday_claims", "--toml", "--into", tmp_path)
    rule = tmp_path / "rules" / "drafts" / "ABC1234_sunday_claims.toml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("weekday(", "weekdays("), encoding="utf-8")
    ran = pbr_audit(
        "run", write_dataset(tmp_path / "data"), "--out", tmp_path / "out", "--rules", tmp_path / "rules"
    )
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("pbr-audit: rules/drafts/ABC1234_sunday_claims.toml: when: ")
    assert "weekdays" in ran.err
    assert not (tmp_path / "out").exists()
