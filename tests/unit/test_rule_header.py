"""A header with a slip in it does not load, and a parameter stays within its bounds."""

from typing import Any

import pytest

from pbr_audit.errors import ConfigurationError, RulePackError
from pbr_audit.rule import Needs, Param, Rule

HEADER: dict[str, Any] = {
    "id": "PBR202",
    "version": 1,
    "title": "Outcome after death",
    "family": "ineligible-period",
    "severity": "critical",
    "basis": "record",
    "subject": "claim",
    "key": ("claim_id",),
    "by": "client_id",
    "needs": Needs(required={"claims": ("claim_id", "client_id")}),
    "message": "A sentence.",
    "params": {
        "grace_days": Param(2, unit="days", low=0, high=31, why="records are keyed in late"),
        "share": Param(0.5, unit="share", low=0, high=1, why="half is plenty"),
    },
}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"id": "202"}, "202: a rule's id is three to six capitals and three or four digits"),
        (
            {"severity": "severe"},
            "PBR202: severity is severe; it has to be one of info, low, medium, high, critical",
        ),
        (
            {"basis": "hunch"},
            "PBR202: basis is hunch; it has to be one of arithmetic, contract, record, statistical, linkage",
        ),
        ({"version": 0}, "PBR202: versions count from 1"),
        ({"key": ()}, "PBR202: key is empty; name the columns that identify the subject"),
        ({"needs": Needs(required={})}, "PBR202: needs no table; a rule has to read something"),
    ],
)
def test_a_header_that_no_finding_could_be_made_from_is_refused(
    change: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RulePackError) as refused:
        Rule(**HEADER | change)
    assert str(refused.value) == sentence


def test_an_override_takes_the_place_of_the_default() -> None:
    params = Rule(**HEADER).settings({"grace_days": 0})
    assert params.as_dict() == {"grace_days": 0, "share": 0.5}
    assert params.grace_days == 0


def test_a_whole_number_may_stand_for_a_number() -> None:
    share = Rule(**HEADER).settings({"share": 1}).share
    assert (share, type(share)) == (1.0, float)


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ({"days": 1}, "PBR202 has no parameter days; its parameters: grace_days, share"),
        ({"grace_days": 32}, "the parameter grace_days of PBR202 is above its highest value, 31 days"),
        ({"grace_days": -1}, "the parameter grace_days of PBR202 is below its lowest value, 0 days"),
        ({"grace_days": 1.5}, "the parameter grace_days of PBR202 is not a whole number"),
        ({"grace_days": True}, "the parameter grace_days of PBR202 is not a whole number"),
        ({"share": "half"}, "the parameter share of PBR202 is not a number"),
    ],
)
def test_an_override_that_does_not_fit_gets_a_sentence(override: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Rule(**HEADER).settings(override)
    assert str(refused.value) == sentence


def test_a_parameter_at_its_bound_is_within_it() -> None:
    assert Rule(**HEADER).settings({"grace_days": 31}).grace_days == 31


def test_a_parameter_without_a_reason_is_refused() -> None:
    with pytest.raises(RulePackError, match="a parameter has no reason"):
        Param(1, unit="days", why=" ")


def test_a_rule_that_asks_for_a_parameter_it_does_not_have_is_told_so() -> None:
    with pytest.raises(AttributeError, match="the rule has no parameter days"):
        _ = Rule(**HEADER).settings().days
