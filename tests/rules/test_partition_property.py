"""Asking a rule on parts that are complete by its key, and on the whole, gives the same answer."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from pbr_audit.engine import Answer, ask
from pbr_audit.rule import LoadedRule, NotAssessable
from pbr_audit.testing import find_cases, read_case, tables_of
from pbr_audit.views import Tables, missing, view_for
from tests.rules.cases_world import world_of
from tests.rules.pack import shipped

FIXTURES = Path(__file__).parents[2] / "fixtures" / "rules"
PARTS = (2, 3, 7)
RULES = [pytest.param(loaded, id=loaded.rule.id) for loaded in shipped().rules]


def answer(
    loaded: LoadedRule, tables: Tables, split: int, params: Mapping[str, object] | None = None
) -> Answer | str:
    """Return the rule's answer, or why it has none."""
    view = view_for(loaded.rule.needs, tables, as_of=None, seed=7)
    try:
        return ask(loaded, view, loaded.rule.settings(params), split=split)
    except NotAssessable as reason:
        return str(reason)


def told(given: Answer | str) -> object:
    """Return what has to be equal: rows as a sorted list, whatever order they came in."""
    if isinstance(given, str):
        return given
    rows = sorted(map(str, given.found.select(sorted(given.found.columns)).iter_rows()))
    return rows, given.examined, dict(given.unknown)


@pytest.mark.parametrize("loaded", RULES)
def test_the_world_gives_every_rule_something_to_flag(loaded: LoadedRule) -> None:
    given = answer(loaded, world_of(loaded.rule.id), 1)
    assert isinstance(given, Answer)
    assert given.found.height > 0
    # Several claims may stand behind one day, chain or period that was examined.
    what = [*loaded.rule.key, *(["period"] if loaded.rule.about_a_period else [])]
    assert given.examined > given.found.select(what).n_unique() + sum(given.unknown.values())


@pytest.mark.parametrize("split", PARTS)
@pytest.mark.parametrize("loaded", RULES)
def test_the_answer_on_the_world_is_the_same_in_parts(loaded: LoadedRule, split: int) -> None:
    assert told(answer(loaded, world_of(loaded.rule.id), split)) == told(
        answer(loaded, world_of(loaded.rule.id), 1)
    )


@pytest.mark.parametrize("loaded", RULES)
def test_the_answer_on_every_case_is_the_same_in_parts(loaded: LoadedRule) -> None:
    for path in find_cases(FIXTURES / loaded.chapter / Path(loaded.origin).stem):
        case = read_case(path, FIXTURES)
        tables = tables_of(case)
        if missing(loaded.rule.needs, tables):
            continue
        whole, *parts = (told(answer(loaded, tables, split, case.file.params)) for split in (1, *PARTS))
        assert parts == [whole] * len(PARTS), case.shown
