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
        (
            '"amount_pence")}),',
            '"amount_pence")}, covariates=("referrals",)),',
            f"{ORIGIN}: reads covariates of referrals, of which it needs no column",
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


def test_a_pack_from_outside_has_a_prefix_of_its_own(tmp_path: Path) -> None:
    for name, rule_id in (("a", "PBR1234"), ("b", "ACM1234"), ("c", "ACM1235")):
        list(write_rule(rule_id, "sunday_claims", chapter="drafts", into=tmp_path / name, toml=True))
    with pytest.raises(RulePackError, match="ids that begin with PBR belong to the shipped rules; give this"):
        load_pack([tmp_path / "a" / "rules"])
    with pytest.raises(
        RulePackError, match="ids that begin with ACM belong to rules; give this pack its own"
    ):
        load_pack([tmp_path / "b" / "rules", tmp_path / "c" / "rules"])


def test_an_installed_pack_is_found_by_its_name_and_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "acme_rules"
    list(write_rule("ACM1234", "sunday_claims", chapter="drafts", into=tmp_path / "made", toml=True))
    (tmp_path / "made" / "rules").rename(package)
    (package / "__init__.py").write_text("raise RuntimeError('a pack is not imported')", encoding="utf-8")
    distribution = tmp_path / "acme_rules-1.0.dist-info"
    distribution.mkdir()
    (distribution / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-rules\nVersion: 1.0\n")
    (distribution / "entry_points.txt").write_text(
        "[pbr_audit.rules]\nacme = acme_rules\nbroken = no_such_package_anywhere\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert load_pack([Path("acme")]).get("ACM1234") is not None
    with pytest.raises(RulePackError, match="broken: the installed pack names no_such_package_anywhere"):
        load_pack([Path("broken")])
    with pytest.raises(RulePackError, match="no_such_pack: there is no such folder of rules"):
        load_pack([Path("no_such_pack")])
