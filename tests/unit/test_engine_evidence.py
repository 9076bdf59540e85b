"""The evidence of a finding: JSON with sorted keys, amounts in pounds, no figure lost to its namesake."""

from datetime import date
from typing import Any

import polars as pl

from pbr_audit.engine.evidence import evidence


def written(**columns: Any) -> str:
    frame = pl.DataFrame({name: [value] for name, value in columns.items()})
    text: str = frame.select(evidence(dict(frame.schema))).item()
    return text


def test_amounts_are_in_pounds_and_keys_are_sorted() -> None:
    assert written(price_pence=-5, days=3, a=[{"paid_pence": 120000}], when=date(2016, 5, 2)) == (
        '{"a":[{"paid":"1200.00"}],"days":3,"price":"-0.05","when":"2016-05-02"}'
    )


def test_a_missing_amount_stays_missing() -> None:
    frame = pl.DataFrame({"price_pence": [None]}, schema={"price_pence": pl.Int64})
    assert frame.select(evidence(dict(frame.schema))).item() == '{"price":null}'


def test_no_figure_is_lost_to_its_namesake() -> None:
    assert written(price=1, price_pence=5) == '{"price":1,"price_pence":5}'


def test_what_json_has_no_word_for_is_null() -> None:
    assert written(a=float("nan"), b=[float("inf"), 1.5], c="é", d={"x": float("-inf")}) == (
        '{"a":null,"b":[null,1.5],"c":"é","d":{"x":null}}'
    )


def test_text_is_escaped() -> None:
    assert written(a='say "no"\n') == '{"a":"say \\"no\\"\\n"}'


def test_without_columns_the_object_is_empty() -> None:
    assert pl.DataFrame({"x": [1]}).select(evidence({})).item() == "{}"


def test_a_picture_is_an_object_of_its_own() -> None:
    assert written(picture='{"kind":"lines"}', n=1) == '{"n":1,"picture":{"kind":"lines"}}'
    assert written(picture='{"kind":"lines"}') == '{"picture":{"kind":"lines"}}'


def test_a_finding_without_a_picture_says_nothing_of_one() -> None:
    frame = pl.DataFrame({"n": [1], "picture": [None]}, schema={"n": pl.Int64, "picture": pl.String})
    assert frame.select(evidence(dict(frame.schema))).item() == '{"n":1}'


def test_further_pictures_stand_behind_the_first() -> None:
    both = {"picture": '{"kind":"funnel"}', "covariates_picture": '{"kind":"forest"}'}
    assert written(n=1, **both) == (
        '{"n":1,"picture":{"kind":"funnel"},"covariates_picture":{"kind":"forest"}}'
    )
    assert written(covariates_picture='{"kind":"forest"}') == '{"covariates_picture":{"kind":"forest"}}'
