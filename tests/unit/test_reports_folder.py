"""The folder of a run: whose it may be, and that nothing half-written is ever left in it."""

import hashlib
from pathlib import Path

import pytest

from pbr_audit.errors import UsageError
from pbr_audit.reports import check_out
from pbr_audit.reports.folder import Staging, staging

OURS = '{"program": "pbr-audit"}'


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def put(files: Staging, name: str, content: bytes = b"new") -> None:
    with files.open(name) as file:
        file.write(content)


def stage_and_publish(out: Path, *others: str) -> None:
    with staging(out) as files:
        for name in (*others, "manifest.json"):
            put(files, name)
        files.publish()


def stage_and_break(out: Path) -> None:
    """Stage two files, and fail in the middle of the third."""
    with staging(out) as files:
        put(files, "findings.csv")
        put(files, "rejects/claims.csv")
        with files.open("report.html") as file:
            file.write(b"half")
            raise ValueError("broken")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def refusal(out: Path) -> str:
    with pytest.raises(UsageError) as refused:
        check_out(out)
    return str(refused.value)


def test_an_absent_folder_and_an_empty_one_are_good(tmp_path: Path) -> None:
    check_out(tmp_path)
    check_out(tmp_path / "new" / "deeper")


def test_an_earlier_run_is_replaced_whatever_else_lies_there(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(OURS)
    (tmp_path / "notes.txt").write_text("mine")
    check_out(tmp_path)


def test_what_an_interrupted_run_left_behind_is_no_stranger(tmp_path: Path) -> None:
    (tmp_path / "findings.csv").write_text("")
    (tmp_path / ".report.html.ab12cd_4.part").write_text("")
    (tmp_path / "rejects").mkdir()
    (tmp_path / "rejects" / ".claims.csv.ab12cd_4.part").write_text("")
    check_out(tmp_path)


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "findings.csv").write_text("")
    (tmp_path / "claims.csv").write_text("")
    assert refusal(tmp_path) == (
        f"{tmp_path}: holds files that pbr-audit did not write, such as claims.csv; "
        "name an empty folder or a new one"
    )


def test_other_files_among_the_rejects_are_refused_too(tmp_path: Path) -> None:
    (tmp_path / "rejects").mkdir()
    (tmp_path / "rejects" / "mine.csv").write_text("")
    assert refusal(tmp_path) == (
        f"{tmp_path}: holds files that pbr-audit did not write, such as rejects/mine.csv; "
        "name an empty folder or a new one"
    )


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"program": "another"}', "\udcff"])
def test_another_program_s_manifest_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content, errors="surrogateescape")
    assert refusal(tmp_path) == (
        f"{tmp_path}: holds a manifest.json that pbr-audit did not write; name an empty folder or a new one"
    )


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    assert refusal(tmp_path / "out") == f"{tmp_path / 'out'}: is a file; --out has to name a folder"


def test_files_appear_when_they_are_published_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    out = tmp_path / "made" / "out"
    with staging(out) as files:
        put(files, "rejects/claims.csv")
        put(files, "findings.csv")
        put(files, "manifest.json")
        assert not (out / "findings.csv").exists()
        files.publish()
    assert names(out) == ["findings.csv", "manifest.json", "rejects", "rejects/claims.csv"]
    assert mode(out) == mode(out / "rejects") == 0o700
    assert mode(out / "findings.csv") == mode(out / "rejects" / "claims.csv") == 0o600
    assert files.digests["findings.csv"] == hashlib.sha256(b"new").hexdigest()


def test_the_manifest_goes_first_and_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "manifest.json").write_text(OURS)
    (tmp_path / "findings.csv").write_text("old")
    seen: list[tuple[str, bool]] = []
    replace = Path.replace

    def watched(self: Path, target: Path) -> Path:
        seen.append((target.name, (tmp_path / "manifest.json").exists()))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    with staging(tmp_path) as files:
        put(files, "manifest.json")
        put(files, "findings.csv")
        put(files, "report.html")
        files.publish()
    assert seen == [("findings.csv", False), ("report.html", False), ("manifest.json", False)]


def test_rejects_of_an_earlier_run_go_and_other_people_s_files_stay(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(OURS)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "rejects").mkdir()
    (tmp_path / "rejects" / "clients.csv").write_text("old")
    (tmp_path / "rejects" / "claims.csv").write_text("old")
    stage_and_publish(tmp_path, "rejects/claims.csv")
    assert names(tmp_path) == ["manifest.json", "notes.txt", "rejects", "rejects/claims.csv"]
    assert (tmp_path / "rejects" / "claims.csv").read_bytes() == b"new"


def test_without_rejects_there_is_no_folder_for_them(tmp_path: Path) -> None:
    (tmp_path / "rejects").mkdir()
    (tmp_path / "rejects" / "clients.csv").write_text("old")
    stage_and_publish(tmp_path)
    assert names(tmp_path) == ["manifest.json"]


def test_an_error_leaves_an_earlier_run_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(OURS)
    (tmp_path / "findings.csv").write_text("old")
    with pytest.raises(ValueError, match="broken"):
        stage_and_break(tmp_path)
    assert names(tmp_path) == ["findings.csv", "manifest.json"]
    assert (tmp_path / "findings.csv").read_text() == "old"


def test_an_error_leaves_no_folder_that_was_not_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="broken"):
        stage_and_break(tmp_path / "out")
    assert names(tmp_path) == []


def test_a_disk_that_refuses_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UsageError) as refused:
        stage_and_publish(tmp_path)
    assert str(refused.value) == f"{tmp_path}: cannot be written into (No space left on device)"
    assert names(tmp_path) == []


def test_leftovers_of_a_killed_run_are_removed(tmp_path: Path) -> None:
    (tmp_path / ".findings.csv.ab12cd_4.part").write_text("")
    (tmp_path / "manifest.json").write_text(OURS)
    (tmp_path / ".mine.ab12cd_4.part").write_text("")
    stage_and_publish(tmp_path)
    assert names(tmp_path) == [".mine.ab12cd_4.part", "manifest.json"]
