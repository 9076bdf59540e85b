"""Mutants are what a slip looks like, and what a rule's cases do not notice is said by name."""

from pathlib import Path

import pytest

from benchmarks.mutation.__main__ import missed_by, unexplained_of
from benchmarks.mutation.kept import SURVIVED, Kept
from benchmarks.mutation.mutants import Mutant, mutants
from benchmarks.mutation.rule_files import mutants_of, try_rule
from benchmarks.mutation.survivors import Reason, Survivor, known_survivors
from benchmarks.mutation.tried import Tried, tried
from pbr_audit.packs import shipped_rules
from pbr_audit.testing.scaffold import write_rule

HEADER = """
RULE = Rule(
    version=1,
    needs=Needs(required={"claims": ("claim_id",)}, claims="both"),
    params={"days": Param(7, unit="days", low=1, why="a week")},
)
"""


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("a < b", {"(a <= b)", "(a >= b)"}),
        ("a == b", {"(a != b)"}),
        ("a & b", {"a", "b", "(a | b)"}),
        ("a and b and c", {"(b and c)", "(a and c)", "(a and b)", "(a or b or c)"}),
        ("~a", {"a"}),
        ("f(7)", {"f(8)", "f(6)"}),
        ("f(0.05)", {"f(0.06)", "f(0.04)"}),
        ("f(True)", {"f(False)"}),
        ("a + b", {"(a - b)"}),
        ("a.is_null()", {"a.is_not_null()"}),
        ("a.min()", {"a.max()"}),
        ("a.sum()", {"a.max()"}),
        ("a.filter(b)", {"a"}),
        (
            "pl.max_horizontal(a, b)",
            {"pl.min_horizontal(a, b)", "pl.max_horizontal(b)", "pl.max_horizontal(a)"},
        ),
        ('a.join(b, how="anti")', {"a.join(b, how='semi')"}),
        ('a.join(b, on=["c", "d"])', {"a.join(b, on=['d'])", "a.join(b, on=['c'])"}),
        (
            "pl.when(a()).then(b).when(c).then(d)",
            {"pl.when(a()).then(b)", "pl.when(~a()).then(b).when(c).then(d)"},
        ),
        (
            "x: Annotated[int, Field(ge=0)] | None = None",
            {"x: Annotated[int, Field(ge=1)] | None = None", "x: Annotated[int, Field(ge=-1)] | None = None"},
        ),
        ('f"{a < b}"', set()),
        ("Told = dict[str, str | None]", set()),
        ('"""A sentence."""', set()),
    ],
)
def test_each_kind_of_slip_is_made(text: str, becomes: set[str]) -> None:
    assert {mutant.becomes for mutant in mutants(text)} == becomes


def test_decorated_functions_and_classes_are_mutated() -> None:
    source = "@cached\ndef f():\n    return a < b\nclass C(BaseModel):\n    x: int = Field(ge=1)\n"
    assert {mutant.line for mutant in mutants(source)} == {3, 5}


def test_of_a_rule_s_header_the_parameters_and_the_claims_that_it_reads_are_mutated() -> None:
    becomes = {mutant.becomes for mutant in mutants(HEADER)}
    assert becomes == {
        'params={"days": Param(8, unit="days", low=1, why="a week")},',
        'params={"days": Param(6, unit="days", low=1, why="a week")},',
        """needs=Needs(required={"claims": ("claim_id",)}, claims='prime'),""",
    }


@pytest.mark.parametrize(
    "path",
    [p for p in sorted(shipped_rules().rglob("*")) if p.suffix in {".py", ".toml"}],
    ids=lambda path: path.stem[:6],
)
def test_every_rule_has_mutants(path: Path) -> None:
    made = mutants_of(path)
    assert made
    assert all(mutant.text != mutant.becomes for mutant in made)


def new_toml_rule(folder: Path) -> Path:
    for _ in write_rule("ABC1001", "sunday_claims", chapter="timing", into=folder, toml=True):
        pass
    (path,) = (folder / "rules").rglob("*.toml")
    return path


def test_the_condition_and_the_parameters_of_a_toml_rule_are_mutated(tmp_path: Path) -> None:
    path = new_toml_rule(tmp_path)
    becomes = [mutant.becomes for mutant in mutants_of(path)]
    assert becomes
    assert any(line.startswith("when = ") for line in becomes)
    assert any(line.startswith("value = ") for line in becomes)


def test_what_the_cases_of_a_rule_do_not_notice_survives(tmp_path: Path) -> None:
    path = new_toml_rule(tmp_path)
    rules, fixtures = tmp_path / "rules", tmp_path / "fixtures" / "rules"
    held = try_rule(path, rules, fixtures)
    for case in fixtures.rglob("*.toml"):
        if case.stem != "not_assessable":
            case.unlink()
    without = try_rule(path, rules, fixtures)
    assert held.killed > without.killed
    assert without.survivors


def test_a_survivor_needs_its_reason_and_a_reason_its_survivor() -> None:
    (mutant, _) = mutants("a < b")
    tried = Tried("rules/one.py", 2, (mutant,), {})
    known = Survivor("rules/one.py", mutant.text, mutant.becomes)
    gone = Survivor("rules/one.py", "a", "b")
    reason = Reason("it cannot differ", cannot_differ=True)
    assert list(unexplained_of([tried], {known: reason})) == []
    assert list(unexplained_of([tried], {})) == [
        "rules/one.py line 1: survives without a reason",
        "  - a < b",
        "  + (a <= b)",
    ]
    assert list(unexplained_of([tried], {known: reason, gone: reason})) == [
        "rules/one.py: survivors.toml explains what is killed, or not made",
        "  + b",
    ]


def test_every_survivor_that_is_listed_names_a_line_of_its_file() -> None:
    root = shipped_rules().parent
    astray = [
        f"{survivor.file}: {survivor.text}"
        for survivor in known_survivors()
        if survivor.text not in (root / survivor.file).read_text(encoding="utf-8")
    ]
    assert astray == []


def test_a_rule_without_mutants_a_rule_below_its_bar_and_a_low_score_are_each_missed() -> None:
    (mutant, _) = mutants("a < b")
    none, low = Tried("rules/none.py", 0, (), {}), Tried("rules/low.py", 4, (mutant,), {})
    held = Tried("rules/held.py", 6, (), {})
    assert list(missed_by([none, low, held], {})) == [
        "rules/none.py: no mutant can be made of it, so that nothing is known of its cases",
        "rules/low.py: fewer than 80% of the mutants that can differ are killed",
    ]
    assert list(missed_by([held], {})) == []
    assert next(missed_by([low], {})) == "fewer than 90% of all are killed"


def test_what_cannot_differ_is_left_out_of_a_rule_s_own_bar_alone() -> None:
    (mutant, _) = mutants("a < b")
    low = Tried("rules/low.py", 4, (mutant,), {})
    survivor = Survivor(low.file, mutant.text, mutant.becomes)
    unseen, same = Reason("no case", cannot_differ=False), Reason("it is the same", cannot_differ=True)
    assert len(list(missed_by([low], {survivor: unseen}))) == 2
    assert list(missed_by([low], {survivor: same})) == ["fewer than 90% of all are killed"]


def test_what_was_said_of_a_mutant_is_kept_until_its_judges_change(tmp_path: Path) -> None:
    made = mutants("a < b")
    asked: list[str] = []

    def judge(mutant: Mutant) -> str:
        asked.append(mutant.becomes)
        return SURVIVED if "<=" in mutant.becomes else "a case"

    first = tried("f.py", made, judge, "judges", Kept(tmp_path / "kept"))
    again = tried("f.py", made, judge, "judges", Kept(tmp_path / "kept"))
    assert first == again == Tried("f.py", 2, (made[0],), {"a case": 1})
    assert asked == ["(a <= b)", "(a >= b)"]
    tried("f.py", made, judge, "others", Kept(tmp_path / "kept"))
    assert asked == ["(a <= b)", "(a >= b)"] * 2


def test_a_line_that_was_half_written_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    Kept(path).put("one", "a case")
    with path.open("a") as file:
        file.write('["two", "a c')
    kept = Kept(path)
    assert (kept.get("one"), kept.get("two")) == ("a case", None)
