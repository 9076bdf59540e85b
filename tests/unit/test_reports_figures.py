"""What a reader is told of a statistical finding's size and certainty, in words."""

from typing import Any

import pytest

from pbr_audit.reports.figures import limits, strength

ROW: dict[str, Any] = {
    "amount_low_pence": 1_942_000,
    "amount_high_pence": 5_301_050,
    "population_claims": 58,
    "population_amount_pence": 6_960_000,
    "effect": 0.46037,
    "effect_low": 0.3,
    "effect_high": 1234.5,
    "p_value": 0.0000021,
    "q_value": 0.0123,
    "evidence": '{"providers_compared":1046}',
}


def test_an_estimate_has_limits_and_a_population() -> None:
    assert limits(ROW, "GBP") == (
        "£19,420.00 to £53,010.50, allowing for the selection; of 58 claims for £69,600.00"
    )
    without = ROW | {"population_claims": None}
    assert limits(without, "GBP") == "£19,420.00 to £53,010.50, allowing for the selection"
    assert limits(ROW | {"amount_low_pence": None}, "GBP") == ""


def test_a_test_tells_effect_interval_p_q_and_peers() -> None:
    assert strength(ROW) == (
        "effect 0.46 (95 %: 0.3 to 1,230) · p below 0.0001 · q 0.012 · 1,046 providers compared"
    )


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"effect": None}, "p below 0.0001 · q 0.012 · 1,046 providers compared"),
        ({"effect_low": None}, "effect 0.46 · p below 0.0001 · q 0.012 · 1,046 providers compared"),
        (
            {"effect_high": None, "q_value": None},
            "effect 0.46 (95 %: 0.3 to no limit) · p below 0.0001 · 1,046 providers compared",
        ),
        ({"evidence": None, "p_value": 0.034}, "effect 0.46 (95 %: 0.3 to 1,230) · p 0.034 · q 0.012"),
        ({"p_value": None}, ""),
    ],
)
def test_what_is_not_there_is_not_told(changed: dict[str, Any], told: str) -> None:
    assert strength(ROW | changed) == told
