"""Households, twins and hostels without a single person registered twice: nobody is to be joined to anybody."""

import pytest

from benchmarks.linkage.worlds import HOUSEHOLDS_ONLY, NO_DUPLICATES, World, registrations
from pbr_audit.linkage import choose_policy, clusters, kinds_of, link


@pytest.mark.parametrize(("count", "world"), [(30_000, HOUSEHOLDS_ONLY), (20_000, NO_DUPLICATES)])
def test_where_nobody_is_registered_twice_twins_and_brothers_stay_two_people(
    count: int, world: World
) -> None:
    people = registrations(count, 1, world).drop("person")
    model, scored = link(people, choose_policy(kinds_of(people.columns), id="record_id"))
    assert model.has_household
    assert clusters(scored, people).people["size"].max() == 1
