"""What the reasons given for refusals explain: what others refused for them shows, and no reason explains nothing."""

import polars as pl
import pytest

from pbr_audit.rule.refusals import LEAST_OF_A_REASON, reasons_explain


def refusals(*groups: tuple[str, str, float, int]) -> pl.DataFrame:
    """Return refused people: by whom, for which reason, how much harder than those around them, how many."""
    rows = [
        (place, provider, reason, away)
        for provider, reason, away, n in groups
        for place in [int(provider[1:])] * n
    ]
    return pl.DataFrame(
        rows,
        schema={"place": pl.UInt32, "provider_id": pl.String, "reason": pl.String, "away": pl.Float64},
        orient="row",
    ).with_columns(accepted=pl.lit(value=False))


def explained(reason: str, *, others: int = LEAST_OF_A_REASON) -> float | None:
    """Return the share explained of 10 people refused for `reason`, whom others refuse for it as hard people."""
    rows = refusals(("F1", reason, 0.4, 10), ("C2", reason, 0.4, others), ("C2", "no capacity", 0.0, 100))
    share: float | None = reasons_explain(rows).filter(place=1)["reasons_explain"][0]
    return share


def test_a_reason_explains_what_it_goes_with_elsewhere() -> None:
    assert explained("not suitable") == pytest.approx(1.0)


def test_a_reason_that_others_hardly_give_explains_nothing() -> None:
    assert explained("not suitable", others=LEAST_OF_A_REASON - 1) == pytest.approx(0.0)


def test_refusals_without_a_reason_explain_nothing_however_many_give_none() -> None:
    assert explained("") == pytest.approx(0.0)


def test_who_refuses_nobody_harder_than_usual_has_nothing_to_explain() -> None:
    rows = refusals(("F1", "not suitable", -0.1, 10), ("C2", "not suitable", 0.4, 20))
    assert reasons_explain(rows).filter(place=1)["reasons_explain"][0] is None
