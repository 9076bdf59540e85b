"""Whatever stands in a contract file, the answer is terms or a sentence, and never the value itself."""

import tomllib
from copy import deepcopy
from datetime import UTC, date, datetime, time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pbr_audit.errors import ConfigurationError
from pbr_audit.terms import parse_terms

PERSON = "Jane Q Public"
# The codes and ids of a contract are its own, and help to find the place.
MAY_BE_SHOWN = {"id", "code", "requires", "outcome", "subcontractor_id"}
FILE = """
standard = "0.1"
[contract]
id = "CPA01"
title = "Work support"
prime_id = "PR01"
start_date = 2014-06-01
end_date = 2019-05-31
cap = "12000000.00"
[[outcome]]
code = "JOB"
kind = "milestone"
threshold = 182
direction = "at_least"
window_days = [182, 730]
business_days = true
requires = ["ATT"]
ineligible_during = ["custody"]
[[outcome.price]]
amount = "1200.00"
group = "18-24"
from = 2015-04-01
[[outcome]]
code = "ATT"
kind = "attachment"
[[volume]]
outcome = "JOB"
allocation = 1200
bands = [ { up_to = 1000, price_factor = 1.0 } ]
[[supply_chain]]
subcontractor_id = "SB01"
rate = 0.80
"""

JUNK = st.one_of(
    st.sampled_from(
        [PERSON, "", " ", "\n", 0, -1, 10**30, 0.5, True, float("nan"), float("inf"), "1e9", "9" * 30]
    ),
    st.sampled_from([date(2016, 1, 1), date(1, 1, 1), datetime(2016, 1, 1, tzinfo=UTC), time(1, 2)]),
    st.sampled_from([[], {}, [[]], [{}], {PERSON[:4]: 1}, [PERSON], {"amount": PERSON}, [1, PERSON]]),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every key and list entry of a file."""
    if isinstance(value, dict):
        inner = list(value.items())
    else:
        inner = list(enumerate(value)) if isinstance(value, list) else []
    return [way for key, item in inner for way in ((*path, key), *places(item, (*path, key)))]


PLACES = places(tomllib.loads(FILE))


@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=3))
def test_any_value_in_any_place_is_read_or_refused_in_a_sentence(changes: list[tuple[Any, Any]]) -> None:
    data = tomllib.loads(FILE)
    for path, junk in changes:
        put(data, path, deepcopy(junk))
    lines = answer(data)
    assert all(line.startswith("a.toml: ") for line in lines)
    assert not any("of another kind" in line for line in lines)
    if not any(MAY_BE_SHOWN.intersection(path[1:]) for path, _ in changes):
        assert not any(PERSON in line for line in lines)


def answer(data: dict[str, Any]) -> list[str]:
    """Return what is said against a file; nothing where it gives the tables of the terms."""
    try:
        terms = parse_terms([("a.toml", data)])
    except ConfigurationError as error:
        return str(error).splitlines()
    for frame in terms.frames().values():
        frame.collect()
    return []


def put(data: Any, path: tuple[Any, ...], junk: Any) -> None:
    """Put `junk` in a place, where an earlier change has left that place standing."""
    for key in path[:-1]:
        data = data[key] if reaches(data, key) else None
    if reaches(data, path[-1]):
        data[path[-1]] = junk


def reaches(data: Any, key: Any) -> bool:
    """Return whether a value still has this key or entry."""
    return (isinstance(data, dict) and key in data) or (
        isinstance(data, list) and isinstance(key, int) and key < len(data)
    )
