"""A rule whose message does not fit what it returned is failed, and the others go on."""

import polars as pl
import pytest

from pbr_audit.engine import run
from pbr_audit.rule import Needs, Params, View
from tests.unit.worlds import a_rule, world

NEEDS = Needs(required={"claims": ("claim_id", "outcome_date", "amount_pence")})


def flag(view: View, p: Params) -> pl.LazyFrame:
    return view.claims.with_columns(flagged=pl.lit(value=True), at_risk_pence="amount_pence")


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("The price is {price_pence:money}.", "the rule returned no price_pence, which its message names"),
        ("It is {outcome_date:list}.", "InvalidOperationError of rules/tests/TST101.py"),
    ],
)
def test_a_message_that_cannot_be_written_fails_its_rule_and_no_other(message: str, reason: str) -> None:
    rules = [a_rule(NEEDS, flag=flag, message=message), a_rule(NEEDS, flag=flag, id="TST102")]
    made = run(
        rules,
        world(claims="| claim_id |\n| F1 |"),
        selected=lambda _: True,
        params={},
        as_of=None,
        seed=0,
    )
    assert [(one.status, one.reason) for one in made] == [("failed", reason), ("assessed", "")]
