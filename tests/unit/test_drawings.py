"""Pictures are data with few digits; drawings of them are static, the same each time, and told in words."""

import base64
import json
from datetime import date
from typing import Literal

import pytest

from pbr_audit.drawings import data_uri, said, svg
from pbr_audit.rule import pictures

PICTURES = {
    "histogram": pictures.histogram([24, 25, 26], [5, 1, 9], [4.0, 4.0, 5.0], threshold=26),
    "funnel": pictures.funnel([50, 400], [0.2, 0.6], 1, 0.4, 0.49, spread_sd=0.03, names=["P01", "P02"]),
    "calendar": pictures.calendar(
        date(2016, 11, 1), [3, 4, 9], [4, 4, 4], "month", marked=[False, False, True]
    ),
    "forest": pictures.forest(["risk score", "age"], [-0.5, 0.1], [-0.7, -0.1], [-0.3, None]),
    "lines": pictures.lines(
        [0, 1], {"treated": [1, 0.8], "matched": [1, None]}, "months", "share", steps=True
    ),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_drawing_is_static_and_the_same_each_time(kind: str) -> None:
    picture = json.loads(PICTURES[kind])
    drawn = svg(picture)
    assert picture["kind"] == kind
    assert drawn.startswith("<svg")
    assert drawn == svg(picture)
    assert "<script" not in drawn
    assert "href" not in drawn
    assert base64.b64decode(data_uri(picture).partition(",")[2]).decode() == drawn


@pytest.mark.parametrize("kind", PICTURES)
def test_a_drawing_is_told_in_words(kind: str) -> None:
    assert len(said(json.loads(PICTURES[kind]))) > 10


def test_the_subject_of_a_funnel_is_named_and_its_peers_are_not() -> None:
    drawn = svg(json.loads(PICTURES["funnel"]))
    assert "P02" in drawn
    assert "P01" not in drawn


@pytest.mark.parametrize(("paid", "paid_bars"), [("at_least", 2), ("at_most", 1)])
def test_the_paid_side_is_the_contracts(paid: Literal["at_least", "at_most"], paid_bars: int) -> None:
    drawn = svg(
        json.loads(
            pictures.histogram([24, 25, 26], [5, 1, 9], threshold=25 if paid == "at_least" else 24, paid=paid)
        )
    )
    in_legend = 1
    assert drawn.count("#1f4e79") - in_legend == paid_bars


def test_months_follow_one_another_over_the_year() -> None:
    drawn = svg(json.loads(PICTURES["calendar"]))
    assert "2017" in drawn or "January" in drawn


def test_numbers_have_six_digits_and_what_is_no_number_is_null() -> None:
    told = json.loads(pictures.histogram([1, 2], [1 / 3, float("nan")]))
    assert told["counts"] == [0.333333, None]
    assert told["threshold"] is None


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no drawing is known"):
        svg({"kind": "pie"})
