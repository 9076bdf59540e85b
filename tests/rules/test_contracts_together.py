"""A provider that does alike under two contracts is asked about once, with the claims of both behind it.

For every statistical rule whose subject is a provider and no contract, new ones too.
"""

from pathlib import Path

import polars as pl
import pytest

from pbr_audit.engine import Outcome, run
from pbr_audit.rule import STATISTICAL, LoadedRule
from pbr_audit.testing import read_case, tables_of
from tests.rules.cases_world import FIXTURES
from tests.rules.changed_worlds import World, names_in, world_in
from tests.rules.pack import shipped

ELSEWHERE = "~too"
FAR_OUT = 1e-6
# Who works under both contracts, and whom the rule may say that of.
SHARED = {"provider_id", "subcontractor_id", "deliverer_id", "prime_id", "employer_id"}


def is_of_providers(loaded: LoadedRule) -> bool:
    rule = loaded.rule
    return rule.basis == STATISTICAL and "provider_id" in rule.key and "contract_id" not in rule.key


RULES = [pytest.param(loaded, id=loaded.rule.id) for loaded in shipped().rules if is_of_providers(loaded)]


def with_another_contract(world: World) -> World:
    """Return the world with a copy of all that has a contract, under another one, of other people."""

    def twice(_: str, frame: pl.DataFrame) -> pl.DataFrame:
        own = [name for name in names_in(frame) if name not in SHARED]
        copy = frame.with_columns(pl.col(name) + ELSEWHERE for name in own)
        return pl.concat([frame, copy]) if own else frame

    return world.each(twice)


def answer(loaded: LoadedRule, world: World, params: dict[str, int | float | str]) -> Outcome:
    given = {loaded.rule.id: params} if params else {}
    (outcome,) = run(
        [loaded], world.tables(), selected=lambda _: True, params=given, as_of=world.as_of, seed=7
    )
    assert outcome.status == "assessed", outcome.reason
    return outcome


def test_there_are_such_rules() -> None:
    # By name, so that a rule that asks by contract again is not passed over in silence.
    asked = "209 404 405 407 501 505 601 602 603 605 701 703 704 705"
    assert {f"PBR{number}" for number in asked.split()} <= {param.id for param in RULES}


@pytest.mark.parametrize("loaded", RULES)
def test_two_contracts_alike_are_one_question(loaded: LoadedRule) -> None:
    path = FIXTURES / loaded.chapter / Path(loaded.origin).stem / "flagged.toml"
    case = read_case(path, FIXTURES)
    world = world_in(tables_of(case))
    one = answer(loaded, world, case.file.params)
    both = answer(loaded, with_another_contract(world), case.file.params)
    subjects = one.findings["subject_id"].sort()
    assert len(subjects) > 0
    assert both.findings["subject_id"].sort().to_list() == subjects.to_list()
    assert both.findings["contract_id"].null_count() == len(subjects)
    assert len(both.flagged_claims) == 2 * len(one.flagged_claims)
    assert both.rows_examined == one.rows_examined
    # More of the same is no weaker evidence. Far out, a tail of fewer degrees of freedom may be longer: the
    # less is chance, the more of the spread was learnt.
    before, after = (answer.findings.sort("subject_id")["p_value"] for answer in (one, both))
    assert not ((after > before) & (after > FAR_OUT)).any()
