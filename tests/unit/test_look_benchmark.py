"""How good the guesses are over headers of many trades: a wrong one is worse than none."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from pbr_audit.look.content import Codes
from pbr_audit.look.guessed import guessed
from tests.unit.header_sets import SETS, STRANGERS, UNSEEN, Header
from tests.unit.looking import cells, guess, looked, mapping

PRECISION_AT_LEAST = 0.95
RECALL_AT_LEAST = 0.9


@dataclass(frozen=True)
class Judged:
    """Guesses that are right, those that are wrong and the columns that were not found."""

    right: int
    wrong: list[str]
    missed: list[str]

    @property
    def precision(self) -> float:
        return self.right / (self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        return self.right / (self.right + len(self.missed))


def judged(sets: Mapping[str, tuple[str, str, list[Header]]]) -> Judged:
    """Hold the guesses for each set against what is meant, and print how good they are."""
    wrong, missed, right = [], [], 0
    for name, (file, _, headers) in sets.items():
        source = guessed(looked({header: cells(kind) for header, _, kind in headers}, file), Codes())
        found = {} if source is None else mapping(source)
        meant = {column: header for header, column, _ in headers if column}
        right += sum(meant.get(column) == header for column, header in found.items())
        wrong += [
            f"{name}: {column} = {header}" for column, header in found.items() if meant.get(column) != header
        ]
        missed += [
            f"{name}: {column} = {header}" for column, header in meant.items() if found.get(column) != header
        ]
    result = Judged(right, wrong, missed)
    print(  # noqa: T201 - the figure is what the test is for
        f"{len(sets)} sets: {right} right, {len(wrong)} wrong, {len(missed)} not found; "
        f"precision {result.precision:.3f}, recall {result.recall:.3f}"
    )
    return result


@pytest.mark.parametrize("name", SETS)
def test_a_source_is_taken_for_the_table_that_it_is(name: str) -> None:
    file, table, headers = SETS[name]
    assert guess({header: cells(kind) for header, _, kind in headers}, file).table == table


@pytest.mark.parametrize("name", SETS)
def test_the_table_is_told_without_a_telling_name_of_the_file(name: str) -> None:
    _, table, headers = SETS[name]
    assert guess({header: cells(kind) for header, _, kind in headers}, "a.csv").table == table


def test_nineteen_of_twenty_guesses_are_right_and_nine_of_ten_columns_are_found() -> None:
    found = judged(SETS)
    assert found.precision >= PRECISION_AT_LEAST, found.wrong
    assert found.recall >= RECALL_AT_LEAST, found.missed


@pytest.mark.parametrize(("sets", "recall"), [(STRANGERS, 0.6), (UNSEEN, 0.4)])
def test_of_headers_that_no_list_was_made_for_fewer_are_found_and_none_is_wrong(
    sets: dict[str, tuple[str, str, list[Header]]], recall: float
) -> None:
    found = judged(sets)
    assert found.wrong == []
    assert found.recall >= recall, found.missed
