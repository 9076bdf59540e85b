"""A pack loads whole or not at all, and says which file is in the way; code runs only where it is trusted."""

from pathlib import Path

import pytest

from pbr_audit.errors import RulePackError
from pbr_audit.packs import load_folder, load_pack, make_pack, shipped_rules
from pbr_audit.testing.scaffold import write_rule


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder `rules` with one Python rule that loads."""
    list(write_rule("ABC1234", "sunday_claims", chapter="drafts", into=tmp_path, toml=False))
    return tmp_path / "rules"


def rule_file(folder: Path) -> Path:
    return folder / "drafts" / "ABC1234_sunday_claims.py"


def change(folder: Path, before: str, after: str) -> None:
    path = rule_file(folder)
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def refusal(folder: Path) -> str:
    with pytest.raises(RulePackError) as refused:
        load_folder(folder, trust_code=True)
    return str(refused.value)


def test_a_rule_is_loaded_with_its_page_chapter_and_origin(folder: Path) -> None:
    (loaded,) = load_folder(folder, trust_code=True)
    assert (loaded.rule.id, loaded.chapter) == ("ABC1234", "drafts")
    assert loaded.origin == "rules/drafts/ABC1234_sunday_claims.py"
    assert loaded.page.sentence == "A claim's outcome is dated on a Sunday."


def test_python_from_outside_needs_trust_and_is_not_run_without_it(folder: Path, tmp_path: Path) -> None:
    mark = tmp_path / "was_run"
    change(folder, "import polars as pl", f"open({str(mark)!r}, 'w')\nimport polars as pl")
    with pytest.raises(RulePackError) as refused:
        load_pack([folder])
    assert str(refused.value) == (
        f"{rule_file(folder)}: is Python, which could do anything on this machine; "
        "read it, and add --trust-code if you trust it (TOML rules need no trust)"
    )
    assert not mark.exists()


def test_toml_from_outside_needs_no_trust(tmp_path: Path) -> None:
    list(write_rule("ABC1235", "sunday_claims", chapter="drafts", into=tmp_path, toml=True))
    pack = load_pack([tmp_path / "rules"])
    assert pack.get("ABC1235") is not None
    assert len(pack.rules) == len(load_pack().rules) + 1


def test_loading_a_pack_writes_nothing_into_its_folder(folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    load_folder(folder, trust_code=True)
    assert sorted(folder.rglob("*")) == before


def test_two_files_with_one_id_do_not_load(folder: Path) -> None:
    (loaded,) = load_folder(folder, trust_code=True)
    (again,) = load_folder(folder, trust_code=True)
    with pytest.raises(RulePackError) as refused:
        make_pack([loaded, again])
    assert str(refused.value) == (
        "rules/drafts/ABC1234_sunday_claims.py: the id ABC1234 is taken by "
        "rules/drafts/ABC1234_sunday_claims.py; give it a new one"
    )


ORIGIN = "rules/drafts/ABC1234_sunday_claims.py"


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("RULE = Rule(", "HEADER = Rule(", f"{ORIGIN}: has no RULE = Rule(…) at its top"),
        (
            "def flag(view: View, p: Params)",
            "def flag(p: Params)",
            f"{ORIGIN}: flag takes view, p, in this order",
        ),
        (
            "def flag(",
            "def find(",
            f"{ORIGIN}: has to define flag, or measure and decide (and members, for a group's claims)",
        ),
        ('family="timing"', 'family="times"', "ABC1234: family is times; it has to be one of"),
        ('id="ABC1234"', 'id="ABC9999"', "holds the rule ABC9999; the file's name begins with its id"),
        ('"outcome_date", "amount', '"outcome_day", "amount', "needs claims.outcome_day, which the standard"),
        ('{"claims": (', '{"claim": (', "needs the table claim, which the standard does not have"),
        (
            'by="claim_id"',
            'by="client_id"',
            f"{ORIGIN}: is split by client_id, which its needs do not declare for claims; "
            'declare it, or say by="whole"',
        ),
        (
            '"amount_pence")}),',
            '"amount_pence")}, holds={"events": {"event": "death"}}),',
            f"{ORIGIN}: looks for a value in events.event, which is not required",
        ),
        ("{outcome_date}, a", "{outcome_date, a", "the message has a brace that encloses no column"),
        ("Ask for\n-------\n", "", f"{ORIGIN}: the page lacks Ask for; the headings are"),
        ("SUNDAY = 7", "SUNDAY = 7 / 0", f"{ORIGIN} line 61: does not import (ZeroDivisionError)"),
        ("SUNDAY = 7", "SUNDAY = = 7", f"{ORIGIN} line 61: does not import (SyntaxError)"),
    ],
)
def test_a_file_with_a_slip_stops_the_pack_and_is_named(
    folder: Path, before: str, after: str, sentence: str
) -> None:
    change(folder, before, after)
    said = refusal(folder)
    assert said.startswith(ORIGIN)
    assert sentence in said


def test_a_folder_that_is_not_there_or_holds_nothing_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nowhere") == f"{tmp_path / 'nowhere'}: there is no such folder of rules"
    assert refusal(tmp_path) == (
        f"{tmp_path}: holds no rules; a rule is a .py or .toml file named after its id"
    )


def test_the_packs_digest_follows_the_files_bytes(folder: Path) -> None:
    before = make_pack(load_folder(folder, trust_code=True)).digest
    assert make_pack(load_folder(folder, trust_code=True)).digest == before
    change(folder, "SUNDAY = 7", "SUNDAY = 7  # the last")
    assert make_pack(load_folder(folder, trust_code=True)).digest != before


def test_the_shipped_rules_are_found_beside_the_package() -> None:
    assert shipped_rules().is_dir()
