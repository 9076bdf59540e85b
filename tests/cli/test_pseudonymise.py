"""`pbr-audit pseudonymise`: nobody can be read in what it writes, and the audit finds what it found."""

import os
from pathlib import Path

import polars as pl
import pytest

from pbr_audit.linkage import are_pseudonyms
from tests.cli.command_line import Command, command, write_dataset

PEOPLE = """\
client_id,contract_id,provider_id,given_name,family_name,date_of_birth,postcode,email,diary
P1,CPA01,PR01,Zebedee,Quillfeather,1990-02-28,ZZ1 1ZZ,zeb@example.org,told Quillfeather
P2,CPA01,PR01,Ottoline,Marchbanks,1988-07-01,ZZ2 2ZZ,,
"""
SECRET = ("Zebedee", "Quillfeather", "Ottoline", "Marchbanks", "1990-02-28", "1988-07-01", "ZZ1", "zeb@")


@pytest.fixture
def pbr_audit(capsys: pytest.CaptureFixture[str]) -> Command:
    return command(capsys)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return write_dataset(tmp_path / "data", clients_csv=PEOPLE)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_text(bytes(range(32)).hex() + "\n", encoding="ascii")
    path.chmod(0o600)
    return path


def test_nothing_that_tells_a_person_is_in_what_it_writes_or_says(
    pbr_audit: Command, dataset: Path, key: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"

    ran = pbr_audit("pseudonymise", dataset, "--key", key, "--out", out)

    written = "".join(path.read_text(encoding="utf-8") for path in out.rglob("*") if path.is_file())
    assert ran.code == 0
    assert not [word for word in SECRET if word in written + ran.out + ran.err]
    assert key.read_text().strip() not in written + ran.out + ran.err
    clients = pl.read_csv(out / "clients.csv")
    assert clients["client_id"].to_list() == ["P1", "P2"]
    hashed = ("given_name", "family_name", "date_of_birth_hash", "postcode", "email")
    assert all(are_pseudonyms(clients[name]) for name in hashed)
    assert "diary" not in clients.columns
    assert "date_of_birth" not in clients.columns
    assert os.name != "posix" or out.stat().st_mode & 0o077 == 0


def test_it_says_what_is_hashed_what_is_not_and_what_linkage_cannot_see(
    pbr_audit: Command, dataset: Path, key: Path, tmp_path: Path
) -> None:
    ran = pbr_audit("pseudonymise", dataset, "--key", key, "--out", tmp_path / "out")

    assert "rows written: claims 2, clients 2, events 1." in ran.out
    assert "Keyed hashes in clients: given_name, family_name, date_of_birth, postcode, email." in ran.out
    assert "As it was in clients: client_id, contract_id, provider_id." in ran.out
    assert "What linkage cannot see in hashes:" in ran.out
    assert "a slip in a date of birth, unless the year, or day and month, are right, or exchanged" in ran.out


def test_the_audit_of_the_hashed_data_set_finds_what_it_found(
    pbr_audit: Command, dataset: Path, key: Path, tmp_path: Path
) -> None:
    for name, kind in (("csv", "csv"), ("parquet", "parquet")):
        pbr_audit("pseudonymise", dataset, "--key", key, "--out", tmp_path / name, "--format", kind)

    found = []
    for number, folder in enumerate((dataset, tmp_path / "csv", tmp_path / "parquet")):
        pbr_audit("run", folder, "--out", tmp_path / f"found{number}")
        found.append((tmp_path / f"found{number}" / "findings.csv").read_bytes())

    assert found[0] == found[1] == found[2]
    assert len(found[0].splitlines()) > 1


def test_numbers_of_registrations_are_hashed_alike_in_every_table(
    pbr_audit: Command, dataset: Path, key: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"

    pbr_audit("pseudonymise", dataset, "--key", key, "--out", out, "--client-ids")

    clients = set(pl.read_csv(out / "clients.csv")["client_id"])
    assert clients == set(pl.read_csv(out / "claims.csv")["client_id"])
    assert all(number.startswith("k1.") for number in clients)


def test_a_new_key_is_for_its_owner_only_and_never_written_over(
    pbr_audit: Command, dataset: Path, tmp_path: Path
) -> None:
    key = tmp_path / "new"

    first = pbr_audit("pseudonymise", dataset, "--key", key, "--new-key", "--out", tmp_path / "one")
    again = pbr_audit("pseudonymise", dataset, "--key", key, "--new-key", "--out", tmp_path / "two")

    assert first.code == 0
    assert len(key.read_text().strip()) == 64
    assert os.name != "posix" or key.stat().st_mode & 0o777 == 0o600
    assert again.code == 2
    assert f"{key}: is there already; name a new file for a new key" in again.err


def test_a_key_that_others_may_read_or_that_lies_with_the_data_is_refused(
    pbr_audit: Command, dataset: Path, key: Path, tmp_path: Path
) -> None:
    inside = dataset / "key"
    inside.write_text(key.read_text())
    inside.chmod(0o600)

    with_the_data = pbr_audit("pseudonymise", dataset, "--key", inside, "--out", tmp_path / "out")
    key.chmod(0o644)
    open_to_others = pbr_audit("pseudonymise", dataset, "--key", key, "--out", tmp_path / "out")

    assert f"{inside}: lies in {dataset}; keep the key apart from the data that it hides" in with_the_data.err
    assert "may be read by others than its owner; do `chmod 600` on it first" in open_to_others.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "00" * 31])
def test_what_is_no_key_is_refused_without_showing_it(
    pbr_audit: Command, dataset: Path, key: Path, tmp_path: Path, text: str
) -> None:
    key.write_text(text)

    ran = pbr_audit("pseudonymise", dataset, "--key", key, "--out", tmp_path / "out")

    assert ran.code == 2
    assert f"{key}: is no key, which is 64 digits 0 to 9 and a to f; make one with --new-key" in ran.err


def test_hashes_are_not_hashed_again_and_nothing_is_left_half_written(
    pbr_audit: Command, dataset: Path, key: Path, tmp_path: Path
) -> None:
    pbr_audit("pseudonymise", dataset, "--key", key, "--out", tmp_path / "once")

    ran = pbr_audit("pseudonymise", tmp_path / "once", "--key", key, "--out", tmp_path / "twice")

    assert ran.code == 2
    assert "holds keyed hashes already; hash the data as they were before" in ran.err
    assert not (tmp_path / "twice").exists()


def test_rejected_rows_are_left_out_and_said(pbr_audit: Command, key: Path, tmp_path: Path) -> None:
    people = PEOPLE + "P3,CPA01,PR01,Ada,Example,1990-02-31,,,\n"
    dataset = write_dataset(tmp_path / "data", clients_csv=people)

    ran = pbr_audit("pseudonymise", dataset, "--key", key, "--out", tmp_path / "out")

    assert ran.code == 3
    assert (
        "clients: 1 row was rejected and left out; `pbr-audit run` on the data set itself shows why."
        in ran.out
    )
