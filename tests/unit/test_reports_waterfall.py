"""The picture of what makes two registrations one person's."""

import json

from pbr_audit.reports.waterfall import LEFT, ROOM, Step, steps


def evidence(*bits: float) -> str:
    return json.dumps(
        {"comparison": [{"field": f"f{at}", "level": "same", "bits": each} for at, each in enumerate(bits)]}
    )


def test_each_field_begins_where_the_one_before_it_ended() -> None:
    assert steps(evidence(10.0, -5.0, 25.0)) == (
        Step("f2", "same", 25.0, LEFT, 250),
        Step("f0", "same", 10.0, LEFT + 250, 100),
        Step("f1", "same", -5.0, LEFT + 300, 50),
    )


def test_what_falls_below_nothing_stays_in_the_picture() -> None:
    made = steps(evidence(10.0, -25.0))
    assert [(step.x, step.width) for step in made] == [(LEFT + 210, 140), (LEFT, ROOM)]
    assert all(step.x + step.width <= LEFT + ROOM for step in made)


def test_a_field_that_says_nothing_has_the_narrowest_bar() -> None:
    assert [step.width for step in steps(evidence(0.0))] == [1]


def test_without_a_comparison_there_is_no_picture() -> None:
    assert steps(None) == ()
    assert steps("{}") == ()
    assert steps(json.dumps({"comparison": "other"})) == ()
    assert steps(json.dumps({"comparison": [1, {"field": "x"}]})) == ()
