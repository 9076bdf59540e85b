"""Data sets: which files are which table, and what audit.toml says of them."""

import os
from datetime import date
from pathlib import Path

import pytest

from pbr_audit.dataset import Constant, DataSet, Expression, Header, Linking, Options, open_dataset
from pbr_audit.errors import ConfigurationError

AUDIT = 'standard = "0.1"\n'


def folder(root: Path, *names: str, audit: str | None = None) -> Path:
    """Make a data set of empty files."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    if audit is not None:
        (root / "audit.toml").write_text(AUDIT + audit, encoding="utf-8")
    return root


def files(dataset: DataSet) -> dict[str, list[str]]:
    """The shown names of each table's files."""
    return {name: [dataset.shown(file) for file in table.files] for name, table in dataset.tables.items()}


def refusal(path: Path) -> str:
    """Open what cannot be opened; the sentence."""
    with pytest.raises(ConfigurationError) as caught:
        open_dataset(path)
    return str(caught.value)


# --- a folder without audit.toml


def test_files_named_like_a_table_are_its_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    names = [
        "claims.csv",
        "claims_b.parquet",
        "claims-2015Q1.csv.gz",
        "claims/z.xlsx",
        "claims/a.ods",
        "clients.jsonl",
    ]
    assert files(open_dataset(folder(tmp_path, *names))) == {
        "claims": ["claims-2015Q1.csv.gz", "claims.csv", "claims/a.ods", "claims/z.xlsx", "claims_b.parquet"],
        "clients": ["clients.jsonl"],
    }


def test_tables_come_in_the_order_of_the_standard(tmp_path: Path) -> None:
    names = ["score_counts.csv", "clients.csv", "claims.csv"]
    assert list(open_dataset(folder(tmp_path, *names)).tables) == ["claims", "clients", "score_counts"]


def test_a_name_in_capitals_is_the_same_name(tmp_path: Path) -> None:
    assert files(open_dataset(folder(tmp_path, "Claims-Q3.CSV"))) == {"claims": ["Claims-Q3.CSV"]}


def test_a_table_whose_own_name_has_an_underscore_is_found(tmp_path: Path) -> None:
    names = ["score_counts_2010.csv"]
    assert files(open_dataset(folder(tmp_path, *names))) == {"score_counts": ["score_counts_2010.csv"]}


def test_files_that_are_passed_over_are_said_with_the_reason(tmp_path: Path) -> None:
    names = [
        "claims.csv",
        "claims_clients.csv",
        "~$claims.xlsx",
        "clients.zip",
        "notes.csv",
        "README.md",
        "about.txt",
        ".claims.csv",
    ]
    names += ["events/~$a.xlsx", "events/a.csv", "events/a.docx", "events/README.txt"]
    dataset = open_dataset(folder(tmp_path, *names))
    assert files(dataset) == {"claims": ["claims.csv"], "events": ["events/a.csv"]}
    assert dataset.skipped == (
        "claims_clients.csv: is named like two tables, claims and clients; name it in audit.toml",
        "clients.zip: is of a format that is not read; save it as CSV or .xlsx",
        "events/README.txt: is taken for notes on the data and is not read; rename it if it holds the table",
        "events/a.docx: is of a format that is not read; save it as CSV or .xlsx",
        "events/~$a.xlsx: is the lock file of a spreadsheet program and is not read",
        "notes.csv: is named like no table of the standard; rename it, or name it in audit.toml",
        "~$claims.xlsx: is the lock file of a spreadsheet program and is not read",
    )


def test_the_results_of_a_run_in_the_folder_are_never_read(tmp_path: Path) -> None:
    dataset = open_dataset(folder(tmp_path, "claims.csv", "clients/clients.csv", "clients/manifest.json"))
    assert files(dataset) == {"claims": ["claims.csv"]}
    assert dataset.skipped == (
        "clients: belongs to the results of a run, for a manifest.json lies with it, and is not read",
    )


def test_a_folder_is_named_by_its_name_and_its_contracts_lie_in_contracts(tmp_path: Path) -> None:
    root = folder(
        tmp_path / "Q3", "claims.csv", "contracts/B.toml", "contracts/A.toml", "contracts/notes.txt"
    )
    dataset = open_dataset(root)
    assert dataset.name == "Q3"
    assert [dataset.shown(file) for file in dataset.contracts] == ["contracts/A.toml", "contracts/B.toml"]
    assert (dataset.as_of, dataset.select, dict(dataset.params), dataset.skipped) == (None, (), {}, ())


def test_a_folder_with_nothing_in_it_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path) == (
        f"{tmp_path}: holds no table; put a file such as claims.csv or performance.csv into it, "
        "or name the files in an audit.toml"
    )


def test_the_results_of_a_run_are_no_data_set(tmp_path: Path) -> None:
    folder(tmp_path, "claims.csv", "manifest.json")
    assert refusal(tmp_path) == (
        f"{tmp_path}: holds a manifest.json, so it is the results of a run; name the folder that the run read"
    )


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gone"
    assert refusal(path) == f"{path}: there is no such folder or file; check the name"


def test_a_table_alone_is_no_data_set(tmp_path: Path) -> None:
    path = folder(tmp_path, "claims.csv") / "claims.csv"
    assert refusal(path) == f"{path}: is a file; name the folder that it lies in, or an audit.toml"


# --- audit.toml


def test_audit_toml_says_name_day_rules_and_parameters(tmp_path: Path) -> None:
    audit = """
name = "CPA 1, quarter 3"
as_of = 2016-12-31
[select]
rules = ["PBR1", "PBR202"]
[params.PBR701]
last_days = 5
"""
    dataset = open_dataset(folder(tmp_path, "claims.csv", audit=audit))
    assert dataset.name == "CPA 1, quarter 3"
    assert dataset.as_of == date(2016, 12, 31)
    assert dataset.select == ("PBR1", "PBR202")
    assert dataset.params == {"PBR701": {"last_days": 5}}


def test_columns_are_headers_expressions_and_constants(tmp_path: Path) -> None:
    audit = """
[tables.performance]
files = ["figures.csv"]
sheet = "Data"
[tables.performance.columns]
provider_id = "org_code"
achieved = { expr = "attendances - breaches" }
target = { value = 0.95 }
release_date = { value = 2019-04-11 }
[tables.performance.options]
delimiter = ";"
[tables.clients.values.end_reason]
"Sanctioned" = "excluded"
"""
    dataset = open_dataset(folder(tmp_path, "figures.csv", "clients.csv", audit=audit))
    performance = dataset.tables["performance"]
    assert performance.columns == {
        "provider_id": Header("org_code"),
        "achieved": Expression("attendances - breaches"),
        "target": Constant(0.95),
        "release_date": Constant(date(2019, 4, 11)),
    }
    assert performance.sheet == "Data"
    assert performance.options == Options(delimiter=";")
    assert dataset.tables["clients"].values == {"end_reason": {"Sanctioned": "excluded"}}
    assert files(dataset) == {"clients": ["clients.csv"], "performance": ["figures.csv"]}


def test_the_folder_and_the_audit_toml_in_it_are_one_data_set(tmp_path: Path) -> None:
    folder(tmp_path, "claims.csv", audit='name = "x"')
    assert open_dataset(tmp_path) == open_dataset(tmp_path / "audit.toml")


def test_globs_are_relative_to_audit_toml_and_a_file_counts_once(tmp_path: Path) -> None:
    audit = '[tables.claims]\nfiles = ["returns/*.csv", "returns/b.csv", "../old/*.csv", "./returns/a.csv"]'
    folder(tmp_path, "old/c.csv")
    dataset = open_dataset(folder(tmp_path / "set", "returns/b.csv", "returns/a.csv", audit=audit))
    assert files(dataset) == {"claims": ["../old/c.csv", "returns/a.csv", "returns/b.csv"]}


@pytest.mark.parametrize(
    "name",
    ["claims [Q3] (final).csv", 'returns/it\'s "final".csv', "заявки 2016.csv", "été*?.csv", "a]b[!c].csv"],
)
def test_a_pattern_that_is_a_files_name_is_that_file(tmp_path: Path, name: str) -> None:
    audit = f"[tables.claims]\nfiles = ['''{name}''']"
    dataset = open_dataset(folder(tmp_path, name, "claims.csv", audit=audit))
    assert files(dataset) == {"claims": [name]}


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("claims [Q3]*.csv", "claims [Q3] north.csv"),
        ("returns [old]/*.csv", "returns [old]/a.csv"),
        ("claims_[ab].csv", "claims_a.csv"),
        ("caf\u00e9.csv", "cafe\u0301.csv"),
        ("заявки*.csv", "заявки 2016.csv"),
    ],
)
def test_a_pattern_with_brackets_or_other_letters_finds_its_file(
    tmp_path: Path, pattern: str, name: str
) -> None:
    audit = f"[tables.claims]\nfiles = ['''{pattern}''']"
    assert files(open_dataset(folder(tmp_path, name, audit=audit))) == {"claims": [name]}


@pytest.mark.parametrize("ending", ["tsv", "txt", "csv.gz", "tsv.gz", "json.gz", "jsonl.gz", "ndjson.gz"])
def test_text_files_of_every_ending_are_found(tmp_path: Path, ending: str) -> None:
    assert files(open_dataset(folder(tmp_path, f"claims.{ending}"))) == {"claims": [f"claims.{ending}"]}


def test_a_name_is_shown_on_one_line_whatever_bytes_it_holds(tmp_path: Path) -> None:
    name = os.fsdecode(b"claims-\n\xff\xe2\x80\xaeq.csv")
    dataset = open_dataset(folder(tmp_path, name))
    assert files(dataset) == {"claims": ["claims-\\n\\udcff\\u202eq.csv"]}
    assert dataset.tables["claims"].files[0].name == name


def test_lock_files_and_results_that_a_glob_matches_are_said_and_not_read(tmp_path: Path) -> None:
    audit = '[tables.claims]\nfiles = ["**/*.xlsx"]'
    names = ["in/a.xlsx", "in/~$a.xlsx", "out/rejects/claims.xlsx", "out/manifest.json"]
    dataset = open_dataset(folder(tmp_path, *names, audit=audit))
    assert files(dataset) == {"claims": ["in/a.xlsx"]}
    assert dataset.skipped == (
        "in/~$a.xlsx: is the lock file of a spreadsheet program and is not read",
        (
            "out/rejects/claims.xlsx: belongs to the results of a run, "
            "for a manifest.json lies with it, and is not read"
        ),
    )


def test_a_file_that_a_table_names_is_not_said_to_be_passed_over(tmp_path: Path) -> None:
    audit = '[tables.performance]\nfiles = ["ae_attendances.csv"]'
    assert open_dataset(folder(tmp_path, "ae_attendances.csv", audit=audit)).skipped == ()


def test_contracts_may_lie_elsewhere(tmp_path: Path) -> None:
    audit = 'contracts = ["terms/*.toml"]'
    dataset = open_dataset(folder(tmp_path, "claims.csv", "terms/A.toml", "contracts/B.toml", audit=audit))
    assert [dataset.shown(file) for file in dataset.contracts] == ["terms/A.toml"]


REFUSED = {
    "an unknown table": (
        "[tables.claim]\n",
        "audit.toml: tables.claim is not a table of the standard; did you mean claims?",
    ),
    "an unknown column": (
        '[tables.claims.columns]\nclient = "Participant"\n',
        "audit.toml: tables.claims.columns.client is not a column of claims; did you mean client_id?",
    ),
    "a value map of an unknown column": (
        '[tables.clients.values.end_reasons]\n"x" = "excluded"\n',
        "audit.toml: tables.clients.values.end_reasons is not a column of clients; did you mean end_reason?",
    ),
    "a word that the column does not have": (
        '[tables.clients.values.end_reason]\n"Sanctioned" = "sanctioned"\n',
        (
            "audit.toml: tables.clients.values.end_reason maps to a word that the column does not have; "
            "its words are completed, excluded, withdrew, moved, ill_health, died, transferred, other"
        ),
    ),
    "an unknown key": (
        '[tables.claims]\nfile = ["a.csv"]\n',
        "audit.toml: tables.claims.file is not a known key; did you mean files?",
    ),
    "an unknown section": (
        '[selected]\nrules = ["PBR1"]\n',
        "audit.toml: selected is not a known key; did you mean select?",
    ),
    "files that are no list": (
        '[tables.claims]\nfiles = "a.csv"\n',
        "audit.toml: tables.claims.files has to be a list in square brackets",
    ),
    "no files": (
        "[tables.claims]\nfiles = []\n",
        "audit.toml: tables.claims.files has to be a list of at least 1",
    ),
    "a glob that matches nothing": (
        '[tables.claims]\nfiles = ["returns/*.xlsx"]\n',
        (
            "audit.toml tables.claims.files: no file matches returns/*.xlsx; "
            "write names relative to the folder of audit.toml"
        ),
    ),
    "contracts that match nothing": (
        'contracts = ["terms/*.toml"]\n',
        (
            "audit.toml contracts: no file matches terms/*.toml; "
            "write names relative to the folder of audit.toml"
        ),
    ),
    "a table that has no files": (
        '[tables.events]\nsheet = "Events"\n',
        (
            "audit.toml: tables.events gives no files, and none in the folder is named like it; "
            "add files = [...]"
        ),
    ),
    "a column with both": (
        '[tables.claims.columns]\namount = { expr = "a", value = 1 }\n',
        (
            "audit.toml: tables.claims.columns.amount has to be text in quotes "
            'or { expr = "..." } or { value = ... } or a list of headers in square brackets'
        ),
    ),
    "a delimiter of two characters": (
        '[tables.claims.options]\ndelimiter = "::"\n',
        "audit.toml: tables.claims.options.delimiter has to be one of ,, ;, \\t, |",
    ),
    "a day in quotes": (
        'as_of = "2016-12-31"\n',
        "audit.toml: as_of has to be a date without quotes, such as 2016-04-01",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_audit_toml_cannot_mean_is_refused_with_one_sentence(tmp_path: Path, case: str) -> None:
    audit, sentence = REFUSED[case]
    assert refusal(folder(tmp_path, "claims.csv", "clients.csv", audit=audit)) == sentence


def test_a_glob_that_matches_lock_files_only_is_refused(tmp_path: Path) -> None:
    audit = '[tables.claims]\nfiles = ["*.xlsx"]\n'
    assert refusal(folder(tmp_path, "~$a.xlsx", audit=audit)) == (
        "audit.toml tables.claims.files: only lock files and results of runs match; "
        "name the files that hold the table"
    )


def test_a_newer_standard_is_refused(tmp_path: Path) -> None:
    (tmp_path / "audit.toml").write_text('standard = "9.0"\n', encoding="utf-8")
    assert refusal(tmp_path) == (
        "audit.toml: written for version 9.0 of the standard, and this program reads up to 0.1; "
        "install a newer pbr-audit"
    )


def test_every_problem_of_the_tables_is_said_at_once(tmp_path: Path) -> None:
    audit = '[tables.claim]\n[tables.clients.columns]\nclientid = "x"\n'
    assert refusal(folder(tmp_path, "claims.csv", audit=audit)).splitlines() == [
        "audit.toml: tables.claim is not a table of the standard; did you mean claims?",
        "audit.toml: tables.clients.columns.clientid is not a column of clients; did you mean client_id?",
    ]


def test_linkage_names_its_policy_and_its_model_beside_audit_toml(tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text("claim_id\n", encoding="utf-8")
    (tmp_path / "model.json").write_text("{}", encoding="utf-8")
    (tmp_path / "audit.toml").write_text(
        'standard = "0.1"\n[linkage]\nmodel = "model.json"\n', encoding="utf-8"
    )
    assert open_dataset(tmp_path).linking == Linking(model=tmp_path / "model.json")


def test_a_linkage_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text("claim_id\n", encoding="utf-8")
    (tmp_path / "audit.toml").write_text(
        'standard = "0.1"\n[linkage]\npolicy = "policy.toml"\n', encoding="utf-8"
    )
    with pytest.raises(ConfigurationError) as raised:
        open_dataset(tmp_path)
    assert str(raised.value) == (
        "audit.toml: linkage.policy names a file that is not there; write its name relative to the folder of audit.toml"
    )
