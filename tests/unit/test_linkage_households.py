"""Households, twins and hostels without a single person registered twice: nobody is to be joined to anybody."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.linkage.worlds import HOUSEHOLDS_ONLY, NO_DUPLICATES, World, registrations
from pbr_audit.linkage import choose_policy, clusters, kinds_of, link, train
from pbr_audit.linkage.generations import relatives


@pytest.mark.parametrize(("count", "world"), [(30_000, HOUSEHOLDS_ONLY), (20_000, NO_DUPLICATES)])
def test_where_nobody_is_registered_twice_twins_and_brothers_stay_two_people(
    count: int, world: World
) -> None:
    people = registrations(count, 1, world).drop("person")
    model, scored = link(people, choose_policy(kinds_of(people.columns), id="record_id"))
    assert model.has_household
    assert clusters(scored, people).people["size"].max() == 1


def test_father_and_son_of_one_name_at_one_telephone_stay_two_people() -> None:
    people = registrations(60_000, 11, HOUSEHOLDS_ONLY).drop("person")
    _, scored = link(people, choose_policy(kinds_of(people.columns), id="record_id"))
    found = clusters(scored, people)
    assert found.split.height > 50
    assert set(found.split["why"]) == {
        "their dates of birth are more than ten years apart, as those of father and son of one name are"
    }
    # What is left are relatives whose dates of birth, by a slip, are not a generation apart; there were 105.
    assert found.edges.height < 10


def test_decades_that_a_model_saw_slip_do_not_part_one_persons_records() -> None:
    people = registrations(5_000, 1).drop("person")
    model = train(people, choose_policy(kinds_of(people.columns), id="record_id"))
    fields = [comparison.field for comparison in model.compared]
    birth, number = fields.index("birth_date"), fields.index("national_id:national_id")

    def pattern(born: int, national_id: int) -> int:
        found = 0
        for at, comparison in enumerate(model.compared):
            found = found * comparison.size + {birth: born, number: national_id}.get(at, 0)
        return found

    def told(differs: float) -> list[bool]:
        tables = [list(tables) for tables in model.tables]
        tables[1][birth] = np.where(np.arange(9) == 1, differs, tables[1][birth])
        changed = replace(model, tables=tuple(tuple(one) for one in tables))
        patterns = [pattern(1, 0), pattern(1, 1), pattern(1, 2), pattern(1, 4), pattern(2, 0), pattern(0, 1)]
        return list(relatives(np.array(patterns), changed))

    assert model.has_household
    assert told(0.029) == [False] * 6
    assert told(0.03) == [True, True, False, False, False, False]
