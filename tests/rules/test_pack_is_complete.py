"""Every shipped rule, those that do not exist yet too: page, cases, severity and needs."""

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from pbr_audit.engine import RuleDefect, ask, run
from pbr_audit.rule import LoadedRule, View
from pbr_audit.testing import find_cases, read_case, run_cases
from pbr_audit.testing.case import CaseFile
from pbr_audit.views import Tables, view_for
from tests.rules.cases_world import world_of
from tests.rules.pack import shipped

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures" / "rules"
RULES = [pytest.param(loaded, id=loaded.rule.id) for loaded in shipped().rules]

# The catalogue's severities, unless a rule's page argues for another one.
BY_BASIS = {
    "arithmetic": "high",
    "contract": "high",
    "record": "high",
    "statistical": "medium",
    "linkage": "high",
}
BY_ID = {
    "PBR202": "critical",
    "PBR301": "critical",
    **dict.fromkeys(("PBR110", "PBR206", "PBR505", "PBR506"), "low"),
}
UNDER_CLAIMS = "info"

NUMBERED = re.compile(r"^(\d+)\. ", re.MULTILINE)
CITED = re.compile(r"\((\d+(?:, \d+)*)\)")
DATE = re.compile(
    r"\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}\b"
)
MONEY = re.compile(r"£([\d,]+\.\d\d)")
SUBJECT = re.compile(r"\b(?:[FCXNPS]|PR)\d+\b")


def source(loaded: LoadedRule) -> str:
    return (ROOT / loaded.origin).read_text(encoding="utf-8")


def folder(loaded: LoadedRule) -> Path:
    return FIXTURES / loaded.chapter / Path(loaded.origin).stem


def cases(loaded: LoadedRule, kind: str) -> list[CaseFile]:
    """Return the cases whose file's name begins with `kind`."""
    return [
        read_case(path, FIXTURES).file for path in find_cases(folder(loaded)) if path.stem.startswith(kind)
    ]


# --- cases -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("loaded", RULES)
def test_every_case_gets_exactly_the_answer_that_it_expects(loaded: LoadedRule) -> None:
    results = run_cases(find_cases(folder(loaded)), FIXTURES, shipped())
    assert {r.case.shown: r.differences for r in results if r.differences} == {}


@pytest.mark.parametrize("loaded", RULES)
def test_there_is_a_flagged_and_a_clear_case(loaded: LoadedRule) -> None:
    assert any(case.expect.findings for case in cases(loaded, "flagged"))
    assert any(
        case.expect.answer == "clear" and not case.expect.not_assessable for case in cases(loaded, "clear")
    )


@pytest.mark.parametrize("loaded", RULES)
def test_there_is_a_boundary_case_for_each_parameter_and_at_least_one(loaded: LoadedRule) -> None:
    assert cases(loaded, "boundary")
    without = [name for name in loaded.rule.params if not cases(loaded, f"boundary_{name}")]
    assert without == []


@pytest.mark.parametrize("loaded", RULES)
def test_there_is_a_case_that_is_not_assessable(loaded: LoadedRule) -> None:
    answers = [case.expect.answer or "" for case in cases(loaded, "not_assessable")]
    assert any(answer.startswith("not assessable: ") for answer in answers)


def test_every_folder_of_cases_belongs_to_a_rule() -> None:
    folders = {path.parent for path in find_cases(FIXTURES)}
    assert folders == {folder(loaded) for loaded in shipped().rules}


# --- page ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loaded", RULES)
def test_what_is_not_flagged_is_numbered_and_each_number_stands_in_the_code(loaded: LoadedRule) -> None:
    numbers = [int(number) for number in NUMBERED.findall(loaded.page.sections["Not flagged"])]
    assert numbers == list(range(1, len(numbers) + 1))
    code = source(loaded).replace(loaded.page.text, "")
    cited = {int(number) for group in CITED.findall(code) for number in group.split(", ")}
    assert [number for number in numbers if number not in cited] == []


@pytest.mark.parametrize("loaded", RULES)
def test_the_example_is_the_flagged_case(loaded: LoadedRule) -> None:
    example = loaded.page.line("Example")
    case = (folder(loaded) / "flagged.toml").read_text(encoding="utf-8")
    days = {day: datetime.strptime(day, "%d %B %Y").date() for day in DATE.findall(example)}  # noqa: DTZ007
    told = {subject: subject for subject in SUBJECT.findall(example)}
    told |= {amount: amount.replace(",", "") for amount in MONEY.findall(example)}
    told |= {day: value.isoformat() for day, value in days.items()}
    assert told
    assert [said for said, written in told.items() if written not in case] == []


@pytest.mark.parametrize("loaded", RULES)
def test_a_message_is_one_sentence_that_names_a_figure(loaded: LoadedRule) -> None:
    message = loaded.rule.message
    assert message.endswith(".")
    assert not re.search(r"\. [A-Z]", message)
    assert "{" in message


@pytest.mark.parametrize("loaded", RULES)
def test_the_severity_is_the_catalogue_s_or_the_page_argues_for_another(loaded: LoadedRule) -> None:
    rule = loaded.rule
    usual = BY_ID.get(rule.id, UNDER_CLAIMS if rule.family == "under-claim" else BY_BASIS[rule.basis])
    assert rule.severity == usual or f"severity is `{rule.severity}`" in loaded.page.line("Method")


# --- needs -----------------------------------------------------------------------------------------


def without(view: View, table: str, column: str) -> View:
    """Return the view with one column taken out altogether."""
    return replace(view, tables={**view.tables, table: view.tables[table].drop(column)})


@pytest.mark.parametrize("loaded", RULES)
def test_every_column_that_a_rule_declares_is_read(loaded: LoadedRule) -> None:
    rule = loaded.rule
    view = view_for(rule.needs, world_of(rule.id), as_of=None, seed=7)
    unread = []
    for table, frame in view.tables.items():
        for column in frame.collect_schema():
            if column == rule.by or column in rule.needs.distinct.get(table, ()):
                continue  # it may be declared for the split, or for its distinct values, alone
            try:
                ask(loaded, without(view, table, column), rule.settings())
            except (pl.exceptions.PolarsError, RuleDefect):
                continue
            unread.append(f"{table}.{column}")
    assert unread == []


@pytest.mark.parametrize("loaded", RULES)
def test_a_rule_answers_without_each_of_its_optional_columns(loaded: LoadedRule) -> None:
    needs, tables = loaded.rule.needs, world_of(loaded.rule.id)
    assert status(loaded, tables) == "assessed"
    for table, columns in needs.optional.items():
        for column in set(columns) - set(needs.required.get(table, ())):
            assert status(loaded, lacking(tables, table, column)) != "failed", f"{table}.{column}"


def status(loaded: LoadedRule, tables: Tables) -> str:
    (outcome,) = run([loaded], tables, selected=lambda _: True, params={}, as_of=None, seed=7)
    return outcome.status


def lacking(tables: Tables, table: str, column: str) -> Tables:
    """Return the tables as they are where the source does not have one column."""
    empty = pl.lit(None, dtype=tables.frames[table].collect_schema()[column]).alias(column)
    return replace(
        tables,
        frames={**tables.frames, table: tables.frames[table].with_columns(empty)},
        columns={**tables.columns, table: tables.columns[table] - {column}},
    )
