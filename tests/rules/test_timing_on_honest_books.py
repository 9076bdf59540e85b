"""The rules on dates leave honest providers alone, and see those that chose their days; small books of each."""

import numpy as np
import pytest

from benchmarks.calibration import asking, submissions, timing
from benchmarks.calibration.simulation import Draw, provider_ids
from pbr_audit.engine import Answer
from tests.rules.pack import shipped

SIMULATIONS = timing.SIMULATIONS | submissions.SIMULATIONS
BOOKS, LEVEL = 20, 0.05
# Of so many books 5 % and two standard errors.
MOST = LEVEL + 2 * (LEVEL * (1 - LEVEL) / BOOKS) ** 0.5
ACTING = 3
# Where only the outcomes near a few days count.
PEOPLE = {"PBR704": 3_000}
# It sees little, as its page says: of 20 providers one that moved 80 % in a fifth of the books.
SHARE, SEEN = {"PBR704": 0.8}, {"PBR704": 0.1}
# Three of 20 that did so hide one another there, as its page says, too.
ALONE = {"PBR702": 1}
HONEST = [
    pytest.param(rule_id, draw, id=f"{rule_id}-{kind}")
    for rule_id, simulation in SIMULATIONS.items()
    for kind, draw in simulation.kinds.items()
    if kind not in simulation.failures
]


def found_in(rule_id: str, draw: Draw, seed: int, people: int, acting: int) -> list[set[str]]:
    """Return whom each book flags, the first `acting` providers having done what the rule looks for."""
    loaded = shipped().get(rule_id)
    assert loaded is not None
    simulation = SIMULATIONS[rule_id]
    found = []
    for book in range(BOOKS):
        rng = np.random.default_rng([seed, book])
        one = asking.asked(loaded, draw(rng, 20, people), simulation.params)
        if acting:
            one = one.acting(provider_ids(acting), SHARE.get(rule_id, simulation.shift), rng)
        answer = one.answer()
        assert isinstance(answer, Answer), answer
        tests = asking.tests_after({rule_id: answer}, {rule_id: one}, LEVEL)
        found.append(set(tests.filter("discovered")["provider_id"]))
    return found


@pytest.mark.parametrize(("rule_id", "draw"), HONEST)
def test_in_honest_books_hardly_anybody_is_asked(rule_id: str, draw: Draw) -> None:
    people = max(300, SIMULATIONS[rule_id].people[0])
    flagged = [bool(found) for found in found_in(rule_id, draw, 31, people, 0)]
    assert np.mean(flagged) <= MOST


@pytest.mark.parametrize("rule_id", SIMULATIONS)
def test_those_that_chose_their_days_are_seen(rule_id: str) -> None:
    first = next(iter(SIMULATIONS[rule_id].kinds.values()))
    acting = ALONE.get(rule_id, ACTING)
    found = found_in(rule_id, first, 32, PEOPLE.get(rule_id, 1_500), acting)
    acted = set(provider_ids(acting))
    assert np.mean([len(each & acted) / acting for each in found]) >= SEEN.get(rule_id, 0.4)
    assert sum(len(each - acted) for each in found) <= 0.15 * sum(len(each) for each in found)
