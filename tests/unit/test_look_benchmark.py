"""How good the guesses are over headers of many trades: a wrong one is worse than none."""

import pytest

from tests.unit.header_sets import SETS
from tests.unit.looking import cells, guess, mapping

PRECISION_AT_LEAST = 0.95
RECALL_AT_LEAST = 0.9


def judged() -> tuple[list[str], list[str], int]:
    """Wrong guesses, columns that were not found, and how many guesses were right."""
    wrong, missed, right = [], [], 0
    for name, (file, _, headers) in SETS.items():
        found = mapping(guess({header: cells(kind) for header, _, kind in headers}, file))
        meant = {column: header for header, column, _ in headers if column}
        right += sum(meant.get(column) == header for column, header in found.items())
        wrong += [
            f"{name}: {column} = {header}" for column, header in found.items() if meant.get(column) != header
        ]
        missed += [f"{name}: {column} = {header}" for column, header in meant.items() if column not in found]
    return wrong, missed, right


@pytest.mark.parametrize("name", SETS)
def test_a_source_is_taken_for_the_table_that_it_is(name: str) -> None:
    file, table, headers = SETS[name]
    assert guess({header: cells(kind) for header, _, kind in headers}, file).table == table


@pytest.mark.parametrize("name", SETS)
def test_the_table_is_told_without_a_telling_name_of_the_file(name: str) -> None:
    _, table, headers = SETS[name]
    assert guess({header: cells(kind) for header, _, kind in headers}, "a.csv").table == table


def test_nineteen_of_twenty_guesses_are_right_and_nine_of_ten_columns_are_found() -> None:
    wrong, missed, right = judged()
    precision, recall = right / (right + len(wrong)), right / (right + len(wrong) + len(missed))
    print(f"{len(SETS)} sets, {right} right; precision {precision:.3f}, recall {recall:.3f}")  # noqa: T201
    assert precision >= PRECISION_AT_LEAST, wrong
    assert recall >= RECALL_AT_LEAST, missed
