"""`pbr-audit start`: a person's own files in, an audit.toml out that a run can read."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from shutil import copytree

import polars as pl
import pytest

from pbr_audit.dataset import open_dataset
from tests.cli.command_line import CLAIMS, TERMS, Command, command
from tests.house.repository import ROOT
from tests.unit.cohorts import people
from tests.unit.workbooks import Sheets, xlsx

run = pytest.fixture(command)
DEMO = ROOT / "fixtures" / "contracts" / "demo"
HANDMADE = ROOT / "fixtures" / "contracts" / "handmade"
ATTENDANCES = ROOT / ".." / "shared" / "data" / "published" / "ae_attendances.csv"

# As the people who fill in returns name the standard's columns.
THEIRS = {
    "claims": {
        "claim_id": "Claim ref", "contract_id": "Contract number", "provider_id": "Provider code", "tier": "Claim tier",
        "subcontractor_id": "Delivery partner", "parent_claim_id": "Prime claim ref", "client_id": "Participant ID",
        "outcome": "Outcome type", "outcome_date": "Date of outcome", "submitted_date": "Date submitted",
        "recorded_at": "Keyed on", "measured_value": "Days in work", "amount": "Amount claimed (£)", "paid_amount": "Amount paid",
        "paid_date": "Payment date", "status": "Claim status", "evidence_type": "Type of evidence", "evidence_ref": "Evidence reference",
        "evidence_date": "Date of evidence", "advisor_id": "Adviser", "employer_id": "Employer code",
        "job_start_date": "Date started work", "period_start": "Period from", "period_end": "Period to",
        "resubmits_claim_id": "Resubmission of", "reverses_claim_id": "Reversal of", "supersedes_claim_id": "Correction of",
    },
    "clients": {
        "client_id": "Participant ID", "person_ref": "Person number", "contract_id": "Contract number", "provider_id": "Provider code",
        "given_name": "First name", "family_name": "Surname", "date_of_birth": "DOB", "sex": "Gender", "postcode": "Post code",
        "group": "Payment group", "advisor_id": "Adviser", "area": "District", "referral_date": "Date referred",
        "start_date": "Programme start date", "end_date": "Date left", "end_reason": "Reason for leaving", "risk_score": "Risk of reoffending",
    },
    "events": {"client_id": "Participant ID", "event": "Event type", "start_date": "From date", "end_date": "To date", "source": "Data source"},
    "providers": {"provider_id": "Provider code", "name": "Organisation name", "role": "Supply chain role", "sector": "Type of organisation"},
    "employers": {"employer_id": "Employer code", "name": "Employer name", "area": "Town"},
    "referrals": {
        "referral_id": "Referral number", "contract_id": "Contract number", "provider_id": "Offered to", "client_id": "Participant ID",
        "area": "District", "referral_date": "Date referred", "decision": "Referral status", "decision_date": "Date of decision",
        "reason": "Rejection reason", "group": "Payment group", "risk_score": "Needs score",
    },
    "performance": {
        "contract_id": "Contract", "provider_id": "Provider name", "period": "Reporting period", "outcome": "Measure",
        "cohort_size": "Number in cohort", "achieved": "Number achieved", "expected": "Expected rate", "target": "Target rate",
        "started": "Number of starts", "excluded": "Exclusions", "release_date": "Publication date", "amount": "Outcome payments",
    },
}  # fmt: skip

Names = Mapping[str, Mapping[str, str]]


def renamed(folder: Path, out: Path, names: Names, *, shuffled: bool = False) -> Path:
    """Write a data set's CSV files anew with other headers, under names that say nothing of the standard."""
    copytree(folder / "contracts", out / "contracts")
    for path in sorted(folder.glob("*.csv")):
        frame = pl.read_csv(path, infer_schema=False)
        table = re.split(r"[-.]", path.name)[0]
        frame = frame.rename({name: names[table].get(name, name) for name in frame.columns})
        order = sorted(frame.columns, key=lambda name: name[::-1]) if shuffled else frame.columns
        frame.select(order).write_csv(out / f"return {path.name}")
    return out


def figures(run: Command, dataset: Path, out: Path) -> tuple[int, object, list[str]]:
    """Run an audit; the exit code, the tables' counts and the ids of the findings."""
    ran = run("run", dataset, "--out", out)
    assert ran.code in {0, 3}, ran.err
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    found = pl.read_csv(out / "findings.csv", infer_schema=False)["finding_id"].to_list()
    return ran.code, manifest["tables"], sorted(found)


@pytest.mark.parametrize("shuffled", [False, True])
def test_the_demonstration_under_other_headers_gives_the_same_findings(
    run: Command, tmp_path: Path, *, shuffled: bool
) -> None:
    folder = renamed(DEMO, tmp_path / "theirs", THEIRS, shuffled=shuffled)
    started = run("start", folder)
    assert (started.code, started.err) == (0, "")
    audit = folder / "audit.toml"
    assert "guessed from" not in audit.read_text(encoding="utf-8")
    assert "nothing found" not in audit.read_text(encoding="utf-8")
    plain = tmp_path / "plain"
    copytree(DEMO, plain)
    (plain / "audit.toml").unlink()
    assert figures(run, audit, tmp_path / "a") == figures(run, plain, tmp_path / "b")


def test_hand_made_returns_under_other_headers_give_the_same_findings(run: Command, tmp_path: Path) -> None:
    folder = renamed(HANDMADE, tmp_path / "theirs", THEIRS, shuffled=True)
    (folder / "late.jsonl").write_bytes((HANDMADE / "claims-2-late.jsonl").read_bytes())
    assert run("start", folder).code == 0
    plain = tmp_path / "plain"
    copytree(HANDMADE, plain)
    (plain / "audit.toml").unlink()
    # One event is there in a word that is not the standard's, and that start knows.
    events = (plain / "events.csv").read_text(encoding="utf-8")
    (plain / "events.csv").write_text(events.replace("deceased", "death"), encoding="utf-8")
    assert figures(run, folder / "audit.toml", tmp_path / "a") == figures(run, plain, tmp_path / "b")


def test_published_attendances_run_without_a_correction(run: Command, tmp_path: Path) -> None:
    if not ATTENDANCES.is_file():
        pytest.skip("the published attendances are not there")
    started = run("start", ATTENDANCES.resolve(), "--out", tmp_path / "audit.toml")
    assert started.code == 0
    code, tables, found = figures(run, tmp_path / "audit.toml", tmp_path / "a")
    counts = tables["performance"]  # type: ignore[index]
    assert (code, counts["read"], counts["rejected"], found) == (0, 12_765, 0, [])


def written(folder: Path, **files: str) -> Path:
    """Write files (`claims_csv="…"`) and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", " ").replace("_csv", ".csv")).write_text(text, encoding="utf-8")
    return folder


def test_what_was_found_is_said_and_what_was_not_is_asked(run: Command, tmp_path: Path) -> None:
    folder = written(
        tmp_path / "in",
        q3_csv="Ref no,Participant ID,Prime/sub,Outcome type,Date of outcome,Date submitted,Fee,Late?\n"
        + "".join(
            f"Q{row},P{row},{'Prime' if row % 2 else 'Sub'},JOB,{row + 10}/04/2016,{row + 12}/05/2016,£1200.00,N\n"
            for row in range(8)
        ),
    )
    started = run("start", folder / "q3.csv")
    assert started.out == (
        "q3.csv: 8 rows, 8 columns; looks like claims\n"
        '  claim_id: "Ref no", guessed from the name and the values: please check\n'
        '  tier: "Prime/sub", guessed from the name and the values: please check\n'
        '  client_id: "Participant ID", a usual name for it\n'
        '  outcome: "Outcome type", a usual name for it\n'
        '  outcome_date: "Date of outcome", a usual name for it\n'
        '  submitted_date: "Date submitted", a usual name for it\n'
        '  amount: "Fee", guessed from the name and the values: please check\n'
        '  not used: "Late?"\n'
        "  nothing found for contract_id: which column says the contract?\n"
        "  nothing found for provider_id: which column says the provider?\n"
        "\n"
        f"Written: {folder / 'audit.toml'}, with 3 guesses to check and 2 questions to answer.\n"
        f"No contract's terms were found. {folder / 'contracts' / 'contract.toml.example'} shows what is needed: fill it in and "
        f"save it as {folder / 'contracts' / 'NAME.toml'}; until then no rule about prices, windows or outcomes can be asked.\n"
        f"Read it, correct it, then: pbr-audit validate {folder / 'audit.toml'}\n"
    )
    assert (folder / "audit.toml").read_text(encoding="utf-8") == (
        "# Guessed by `pbr-audit start`. Nothing is certain before somebody who knows the files has read it.\n"
        "# A line that begins with # does nothing: take the # away, and fill in what it asks for.\n"
        "# Then `pbr-audit validate` with this file's name says what is read, and what is rejected and why.\n"
        'standard = "0.1"\n'
        "\n"
        "# q3.csv: 8 rows, 8 columns\n"
        "[tables.claims]\n"
        'files = ["q3.csv"]\n'
        "\n"
        "[tables.claims.columns]\n"
        'claim_id = "Ref no"   # guessed from the name and the values: please check\n'
        'tier = "Prime/sub"   # guessed from the name and the values: please check\n'
        'client_id = "Participant ID"\n'
        'outcome = "Outcome type"\n'
        'outcome_date = "Date of outcome"\n'
        'submitted_date = "Date submitted"\n'
        'amount = "Fee"   # guessed from the name and the values: please check\n'
        '# contract_id = ""   # nothing found: which column says the contract?\n'
        '# contract_id = { value = "" }   # where it is one and the same for every row\n'
        '# provider_id = ""   # nothing found: which column says the provider?\n'
        '# provider_id = { value = "" }   # where it is one and the same for every row\n'
        '# not used of q3.csv: "Late?"\n'
        "\n"
        "[tables.claims.formats]\n"
        "# q3.csv, outcome_date: read as day-first; 62 % of the values are valid only so\n"
        'outcome_date = "day-first"\n'
        "# q3.csv, submitted_date: read as day-first; 88 % of the values are valid only so\n"
        'submitted_date = "day-first"\n'
        "\n"
        "[tables.claims.values.tier]\n"
        "# the standard's words are prime and subcontractor\n"
        '"Prime" = "prime"\n'
        '"Sub" = "subcontractor"\n'
    )
    assert (folder / "contracts" / "contract.toml.example").is_file()


def test_the_only_contract_is_in_every_row(run: Command, tmp_path: Path) -> None:
    folder = written(tmp_path / "in", claims_csv=CLAIMS.replace("contract_id,", "").replace("CPA01,", ""))
    (folder / "contracts").mkdir()
    (folder / "contracts" / "CPA01.toml").write_text(f'standard = "0.1"\n{TERMS}', encoding="utf-8")
    started = run("start", folder)
    assert "  contract_id is CPA01 in every row: the only contract in contracts/\n" in started.out
    assert run("validate", folder).code == 0


def test_an_audit_toml_that_is_there_is_never_lost(run: Command, tmp_path: Path) -> None:
    folder = written(tmp_path / "in", claims_csv=CLAIMS)
    (folder / "audit.toml").write_text("mine", encoding="utf-8")
    refused = run("start", folder / "claims.csv")
    audit = folder / "audit.toml"
    assert (refused.code, refused.err) == (
        2, f"pbr-audit: {audit}: is there already; add --force to replace it, or --out with another name\n",
    )  # fmt: skip
    assert audit.read_text(encoding="utf-8") == "mine"
    assert run("start", folder / "claims.csv", "--out", tmp_path / "other.toml").code == 0
    assert run("start", folder / "claims.csv", "--force").code == 0
    assert 'files = ["claims.csv"]' in audit.read_text(encoding="utf-8")
    assert 'files = ["in/claims.csv"]' in (tmp_path / "other.toml").read_text(encoding="utf-8")


def test_the_same_files_give_the_same_bytes(run: Command, tmp_path: Path) -> None:
    first, second = (renamed(DEMO, tmp_path / name, THEIRS) for name in ("a", "b"))
    assert run("start", first).out.replace(str(first), "") == run("start", second).out.replace(
        str(second), ""
    )
    assert (first / "audit.toml").read_bytes() == (second / "audit.toml").read_bytes()


# --- people


def test_no_cell_of_a_person_is_said_or_written(run: Command, tmp_path: Path) -> None:
    folder = written(
        tmp_path / "in",
        people_csv="Participant ID,First name,Surname,Name of GP,Field 9,NINO,Exit reason,Status\n"
        + "".join(
            f"KANARI{row},Kanaria{row},Kanarienvogel{row},Kanary Kanari{'abcdefghijkl'[row]},kanari{row}@example.org,"
            f"QQ99{row:02}99C,{'Moved' if row else 'Kanarisch'},Kanariperson\n"
            for row in range(12)
        ),
    )
    started, seen = run("start", folder), run("look", folder / "people.csv")
    audit = (folder / "audit.toml").read_text(encoding="utf-8")
    assert (started.code, seen.code) == (0, 0)
    assert "kanari" not in (started.out + started.err + seen.out + seen.err).casefold()
    assert "kanari" not in audit.casefold()
    assert (
        '"Moved" = "moved"\n# 1 different word of the files is not listed here; a row that holds it is rejected\n'
        in audit
    )
    assert (
        'email = "Field 9"   # guessed from the values: please check (they look like e-mail addresses); sensitive: e-mail addresses'
        in audit
    )
    assert 'family_name = "Surname"   # sensitive: names of people' in audit


# --- hostile files

STRANGE = [
    'a "quoted" one', "[brackets]", "]]", "two\nlines", "tab\there", "# hash", "back\\slash", "'single'", "emoji 🎈",
    "عنوان", "顧客番号", "\u202egnirts", "=1+1", "a" * 5_000, "nul? \u0001", '"""', "{ expr = 'x' }", "%s %d {0}", "standard",
]  # fmt: skip


def quoted(cells: list[str]) -> str:
    """Return a record of CSV."""
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"


def test_strange_headers_are_written_so_that_they_can_be_read(run: Command, tmp_path: Path) -> None:
    names = [
        "claim_id",
        "contract_id",
        "provider_id",
        "client_id",
        "outcome",
        "outcome_date",
        "submitted_date",
        "amount",
    ]
    cells = ["C1", "CPA01", "PR01", "P1", "JOB", "2016-05-01", "2016-05-02", "1.00"]
    text = quoted([*names, *STRANGE, "tier"]) + quoted([*cells, *["x"] * len(STRANGE), "prime"])
    folder = written(tmp_path / "in", claims_csv=text)
    started = run("start", folder)
    assert (started.code, started.err) == (0, "")
    assert open_dataset(folder).tables["claims"].files == (folder / "claims.csv",)
    assert run("validate", folder).code == 0
    assert "\u202e" not in started.out + (folder / "audit.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("header", STRANGE)
def test_a_strange_header_that_is_mapped_is_the_one_that_is_read(
    run: Command, tmp_path: Path, header: str
) -> None:
    rows = [
        [
            f"C{row}",
            "CPA01",
            "PR01",
            "P1",
            "JOB",
            "2016-05-01",
            "2016-05-02",
            f"{row}.00",
            ["prime", "subcontractor"][row % 2],
        ]
        for row in range(6)
    ]
    names = [
        "claim_id",
        "contract_id",
        "provider_id",
        "client_id",
        "outcome",
        "outcome_date",
        "submitted_date",
        "amount",
        header,
    ]
    folder = written(tmp_path / "in", claims_csv="".join(quoted(row) for row in [names, *rows]))
    assert run("start", folder).code == 0
    tier = open_dataset(folder).tables["claims"].columns["tier"]
    assert getattr(tier, "name", None) == header
    assert run("validate", folder).code == 0


EMPTY: dict[str, Callable[[], str]] = {
    "nothing at all": lambda: "",
    "a header alone": lambda: CLAIMS.splitlines()[0] + "\n",
    "a header of five thousand": lambda: (
        ",".join(f"c{n}" for n in range(5_000)) + "\n" + ",".join(["1"] * 5_000) + "\n"
    ),
    "one cell": lambda: "x\n",
    "data in the header's place": lambda: (
        "QQ123456C,ann@example.org,2016-01-02,12.00\nQQ123457C,bob@example.org,2016-01-03,13.00\n"
    ),
    "the same header twice": lambda: (
        "Claim ref,Claim ref,Amount claimed,Date submitted\n1,2,3.00,2016-01-02\n"
    ),
    "headers of blanks": lambda: " , ,\n1,2,3\n",
}


@pytest.mark.parametrize("what", EMPTY)
def test_any_file_is_looked_at_or_refused_with_a_sentence(run: Command, tmp_path: Path, what: str) -> None:
    folder = written(tmp_path / "in", claims_csv=EMPTY[what]())
    for ran in (run("look", folder / "claims.csv"), run("start", folder / "claims.csv")):
        assert ran.code in {0, 2}
        assert "claims.csv" in ran.out + ran.err
        assert "ann@example.org" not in ran.out + ran.err
        assert "QQ123456C" not in ran.out + ran.err
    audit = folder / "audit.toml"
    if audit.is_file():
        assert "ann@example.org" not in audit.read_text(encoding="utf-8")


def test_a_header_without_rows_maps_its_columns(run: Command, tmp_path: Path) -> None:
    folder = written(tmp_path / "in", q3_csv="Claim ref,Participant ID,Amount claimed,Date submitted\n")
    started = run("start", folder / "q3.csv")
    assert started.out.startswith("q3.csv: 0 rows, 4 columns; looks like claims\n")
    assert open_dataset(folder).tables["claims"].columns.keys() == {
        "claim_id",
        "client_id",
        "amount",
        "submitted_date",
    }


# --- several files


def test_each_file_of_a_table_has_its_own_headers(run: Command, tmp_path: Path) -> None:
    first = CLAIMS.replace("claim_id", "Claim ref").replace("amount", "Fee claimed")
    second = (
        CLAIMS.replace("claim_id", "Claim number")
        .replace("F1", "F2")
        .replace("C1", "C2")
        .replace("tier", "tier,Notes")
        .replace("prime", "prime,x")
    )
    folder = written(tmp_path / "in", north_csv=first, south_csv=second)
    assert run("start", folder).code == 0
    audit = (folder / "audit.toml").read_text(encoding="utf-8")
    assert 'files = ["north.csv", "south.csv"]' in audit
    assert 'claim_id = ["Claim ref", "Claim number"]\n' in audit
    assert 'amount = ["Fee claimed", "amount"]\n' in audit
    assert run("validate", folder).code == 0


def test_files_that_write_dates_in_two_ways_are_each_decided_by_themselves(
    run: Command, tmp_path: Path
) -> None:
    second = CLAIMS.replace("F1", "F2").replace("C1", "C2").replace("2016-05-03", "23/05/2016").replace("2016-05-02", "24/05/2016").replace("2016-05-09", "29/05/2016")  # fmt: skip
    folder = written(tmp_path / "in", north_csv=CLAIMS, south_csv=second)
    assert "and 0 questions to answer" in run("start", folder).out
    audit = (folder / "audit.toml").read_text(encoding="utf-8")
    assert (
        "# south.csv, outcome_date: read as day-first; 100 % of the values are valid only so\n# outcome_date is read so in each file by itself\n"
        in audit
    )
    assert run("validate", folder).code == 0


def test_dates_that_nothing_decides_are_a_question(run: Command, tmp_path: Path) -> None:
    claims = (
        CLAIMS.replace("2016-05-03", "03/05/2016")
        .replace("2016-05-02", "02/05/2016")
        .replace("2016-05-09", "09/05/2016")
    )
    folder = written(tmp_path / "in", claims_csv=claims)
    assert "and 2 questions to answer" in run("start", folder).out
    audit = (folder / "audit.toml").read_text(encoding="utf-8")
    assert '# outcome_date = "day-first"   # or month-first, excel-1900, excel-1904: which is it?\n' in audit
    assert run("validate", folder).code == 3
    (folder / "audit.toml").write_text(
        audit.replace("# outcome_date = ", "outcome_date = ").replace(
            "# submitted_date = ", "submitted_date = "
        ),
        encoding="utf-8",
    )
    assert run("validate", folder).code == 0


def test_a_client_column_that_nothing_names_is_told_by_the_clients_in_the_other_file(
    run: Command, tmp_path: Path
) -> None:
    clients = "Participant ID,Contract,Provider,Date referred\n" + "".join(
        f"PA{n:03},CPA01,PR01,2016-01-0{n % 9 + 1}\n" for n in range(20)
    )
    claims = (
        "Claim ref,Contract,Provider,Claim tier,Who,Outcome type,Date of outcome,Date submitted,Amount claimed\n"
        + "".join(f"CL{n},CPA01,PR01,prime,PA{n:03},JOB,2016-03-01,2016-03-02,10.00\n" for n in range(12))
    )
    folder = written(tmp_path / "in", people_csv=clients, q3_csv=claims)
    assert run("start", folder).code == 0
    audit = (folder / "audit.toml").read_text(encoding="utf-8")
    assert (
        'client_id = "Who"   # guessed from the values: please check (they occur among the clients)\n'
        in audit
    )
    assert run("validate", folder).code == 0


def test_dates_that_nothing_names_are_told_by_their_order(run: Command, tmp_path: Path) -> None:
    claims = (
        "Claim ref,Contract,Provider,Claim tier,Participant ID,Outcome type,Tag 1,Tag 2,Amount claimed\n"
        + "".join(
            f"CL{n},CPA01,PR01,prime,PA{n:03},JOB,{n + 10}/04/2016,{n + 2}/03/2016,10.00\n" for n in range(12)
        )
    )
    folder = written(tmp_path / "in", q3_csv=claims)
    assert run("start", folder).code == 0
    columns = open_dataset(folder).tables["claims"].columns
    assert (getattr(columns["outcome_date"], "name", ""), getattr(columns["submitted_date"], "name", "")) == (
        "Tag 2",
        "Tag 1",
    )


def test_a_header_whose_values_speak_against_it_is_left_and_said(run: Command, tmp_path: Path) -> None:
    folder = written(
        tmp_path / "in", claims_csv=CLAIMS.replace("amount", "amount,Paid").replace("1200.00", "1200.00,Yes")
    )
    started = run("start", folder)
    audit = (folder / "audit.toml").read_text(encoding="utf-8")
    assert '# "Paid" is named like paid_amount, but its values are not amounts\n' in audit
    assert '  not used: "Paid"\n' in started.out


def test_two_headers_that_could_each_be_meant_are_asked_about(run: Command, tmp_path: Path) -> None:
    folder = written(
        tmp_path / "in",
        claims_csv=CLAIMS.replace("provider_id", "Provider ref,Supplier code").replace("PR01", "PR01,S9"),
    )
    assert run("start", folder).code == 0
    audit = (folder / "audit.toml").read_text(encoding="utf-8")
    assert (
        '# claims.csv: "Provider ref" and "Supplier code" could each be provider_id; name one of them\n'
        in audit
    )
    assert '# provider_id = ""   # nothing found: which column says the provider?\n' in audit


# --- workbooks

ROWS = [[f"CL{row}", "CPA01", "PR01", "prime", f"P{row}", "JOB", f"2016-05-{row + 10}", f"2016-06-{row + 10}", 1200.5] for row in range(8)]  # fmt: skip
NAMES = ["Claim ref", "Contract", "Provider", "Claim tier", "Participant ID", "Outcome type", "Date of outcome", "Date submitted", "Amount claimed (£)"]  # fmt: skip


def folder(path: Path) -> Path:
    """Make the folder that a test's files lie in."""
    (path / "in").mkdir()
    return path / "in"


def test_a_workbook_with_a_cover_a_title_and_a_total_is_read_as_it_is(run: Command, tmp_path: Path) -> None:
    claims: list[list[object]] = [
        ["Claims of quarter 3"],
        [],
        list(NAMES),
        *map(list, ROWS),
        ["Total", *[""] * 7, 9604],
    ]
    path = xlsx(
        folder(tmp_path) / "Q3 returns v2 FINAL.xlsx", {"Cover": [["Confidential"]], "Claims": claims}
    )
    started = run("start", path)
    assert started.code == 0
    assert "Q3 returns v2 FINAL.xlsx sheet Claims: 8 rows" in started.out
    assert 'sheet = "Claims"\n' in (path.parent / "audit.toml").read_text(encoding="utf-8")
    assert run("validate", path.parent / "audit.toml", "--max-rejects", "0").code == 0


def test_a_table_in_all_sheets_is_read_from_all_sheets(run: Command, tmp_path: Path) -> None:
    second = [[f"M{row[0]}", *row[1:]] for row in ROWS]
    path = xlsx(folder(tmp_path) / "year.xlsx", {"April": [NAMES, *ROWS], "May": [NAMES, *second]})
    assert run("start", path).code == 0
    assert 'sheet = "*"\n' in (path.parent / "audit.toml").read_text(encoding="utf-8")
    validated = run("validate", path.parent)
    assert (validated.code, validated.out.splitlines()[5].split()) == (0, ["claims", "16", "16", "0"])


def test_sheets_of_like_names_are_read_and_others_are_not(run: Command, tmp_path: Path) -> None:
    second = [[f"M{row[0]}", *row[1:]] for row in ROWS]
    sheets: Sheets = {
        "2016-04": [NAMES, *ROWS],
        "2016-05": [NAMES, *second],
        "People": [["Participant ID", "DOB"], ["P1", "1990-01-01"]],
    }
    path = xlsx(folder(tmp_path) / "year.xlsx", sheets)
    assert run("start", path).code == 0
    tables = open_dataset(path.parent).tables
    assert (tables["claims"].sheet, tables["clients"].sheet) == ("2016-0*", "People")


def test_a_sheet_that_no_section_can_hold_is_left_out_and_said(run: Command, tmp_path: Path) -> None:
    second = [[f"M{row[0]}", *row[1:]] for row in ROWS]
    sheets: Sheets = {
        "North": [NAMES, *ROWS],
        "South": [NAMES, *second],
        "Notes": [["Read me"]],
    }
    path = xlsx(folder(tmp_path) / "year.xlsx", sheets)
    started = run("start", path)
    assert (
        "year.xlsx sheet South: looks like claims too, and is left out: one section reads one sheet of each workbook, "
        "or sheets of like names; save it as a file of its own\n"
    ) in started.out
    assert open_dataset(path.parent).tables["claims"].sheet == "North"


def test_a_file_that_cannot_be_read_is_one_sentence_and_the_others_are_looked_at(
    run: Command, tmp_path: Path
) -> None:
    folder = written(tmp_path / "in", claims_csv=CLAIMS)
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    started = run("start", folder)
    assert started.code == 0
    assert len([line for line in started.out.splitlines() if line.startswith("broken.xlsx: ")]) == 1
    assert "# broken.xlsx: " in (folder / "audit.toml").read_text(encoding="utf-8")


def test_a_cohorts_further_columns_are_asked_about_as_covariates(run: Command, tmp_path: Path) -> None:
    people(treated=40, pool=60).write_csv(tmp_path / "cohort.csv")

    ran = run("start", tmp_path / "cohort.csv")

    assert "cohort.csv: 100 rows, 10 columns; looks like cohort" in ran.out
    written = (tmp_path / "audit.toml").read_text(encoding="utf-8")
    assert written.endswith(
        """
[tables.cohort.covariates]
# What was known of people before: take the # away from what they are to be compared on.
# age = "number"
# sex = "category"
# convictions = "number"
"""
    )
    assert run("validate", tmp_path).code == 0
    assert run("run", tmp_path, "--out", tmp_path / "out").code == 3
