"""What was known of people beside their risk: levels, what is not recorded, and the model of all together."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest

from pbr_audit.rule.covariates import describe_covariates, design, lines_of, told_of_covariates
from pbr_audit.stats.chosen import chosen

HOUSING = "covariate housing"


def referred(**covariates: Sequence[str | float | None]) -> pl.DataFrame:
    """Return referrals with a risk score of 0 and with covariates."""
    named = {f"covariate {name}": values for name, values in covariates.items()}
    return pl.DataFrame(named).with_columns(risk_score=pl.lit(0.0))


def labels(housing: Sequence[str | None]) -> list[str]:
    return [line.label for line in lines_of(referred(housing=housing))]


def test_the_risk_score_comes_first_and_covariates_follow_by_name() -> None:
    rows = referred(b=[1.0] * 20, a=[2.0] * 20)
    assert [line.label for line in lines_of(rows)] == ["risk score", "a", "b"]
    assert design(lines_of(rows)).tolist() == [[0.0, 2.0, 1.0]] * 20


def test_of_two_levels_the_rarer_says_all_and_of_more_each_is_told_the_most_frequent_first() -> None:
    assert labels(["own"] * 20 + ["hostel"] * 10) == ["risk score", "housing: hostel"]
    assert labels(["own"] * 20 + ["hostel"] * 10 + ["none"] * 11) == [
        "risk score",
        "housing: own",
        "housing: none",
        "housing: hostel",
    ]


def test_an_empty_category_is_a_level_and_levels_of_fewer_than_ten_are_one() -> None:
    assert labels(["own"] * 20 + [None] * 10) == ["risk score", "housing: not recorded"]
    rare = ["own"] * 20 + ["hostel"] * 10 + ["boat"] * 9 + ["tent"] * 2
    assert labels(rare) == ["risk score", "housing: own", "housing: other", "housing: hostel"]
    assert labels(["own"] * 20 + ["boat"] * 9) == ["risk score", "housing: other"]


def test_after_twelve_levels_the_others_are_one() -> None:
    many = [f"ward {number:02d}" for number in range(15) for _ in range(10 + number)]
    told = labels(many)
    assert len(told) == 1 + 12 + 1
    assert "housing: other" in told
    assert "housing: ward 03" in told
    assert "housing: ward 02" not in told


def test_a_number_that_is_not_known_is_nan_and_not_nothing() -> None:
    (_, line) = lines_of(referred(age=[None, *[30.0] * 12]))
    assert np.isnan(design([line])[0, 0])
    assert line.label == "age"


def test_nothing_is_told_where_no_covariate_is_named() -> None:
    assert told_of_covariates(["risk_score", "accepted"]) == {}
    assert list(told_of_covariates(["covariate age"])) == [
        "covariates",
        "covariates_people",
        "covariates_auc",
        "covariates_picture",
    ]


def described(people: int, seed: int = 1) -> dict[str, Any]:
    """Return what is told of people whose acceptance goes by age and home, each by itself."""
    rng = np.random.default_rng(seed)
    age, homeless = rng.normal(40, 10, people), rng.random(people) < 0.3
    risk = 0.5 + 0.01 * (age - 40) + 0.05 * rng.normal(size=people)
    odds = 1.0 - 1.0 * (age - 40) / 10 - 1.0 * homeless
    accepted = pl.Series(rng.random(people) < 1 / (1 + np.exp(-odds)))
    rows = pl.DataFrame(
        {
            "risk_score": risk,
            "covariate age": pl.Series(np.where(rng.random(people) < 0.1, np.nan, age)).fill_nan(None),
            HOUSING: np.where(homeless, "none", "own"),
        }
    )
    lines = lines_of(rows)
    size = chosen(np.zeros(people), design(lines), accepted, seed=1, repeats=200)
    return describe_covariates(lines, size, accepted)


def test_the_model_tells_the_odds_of_each_all_others_equal() -> None:
    told = described(4_000)
    found = pl.DataFrame(told["covariates"], strict=False)
    by_name = {row["covariate"]: row for row in found.iter_rows(named=True)}
    assert by_name["risk score"]["odds_ratio_low"] < 1 < by_name["risk score"]["odds_ratio_high"]
    assert by_name["age"]["odds_ratio"] == pytest.approx(np.exp(-1), rel=0.35)
    # Of a level, against the other one and not for a standard deviation.
    assert by_name["housing"]["odds_ratio"] == pytest.approx(np.exp(-1), rel=0.3)
    assert (by_name["housing"]["level"], by_name["age"]["level"]) == ("none", None)
    assert by_name["age"]["people"] == told["covariates_people"]
    assert by_name["age"]["high"] < 0
    assert 0.6 < told["covariates_auc"] < 0.9


def test_with_few_people_there_are_differences_and_no_odds() -> None:
    told = described(60)
    found = pl.DataFrame(told["covariates"], strict=False)
    assert found["difference"].is_finite().all()
    assert found["odds_ratio"].is_nan().all()
    assert np.isnan(told["covariates_auc"])


def test_the_picture_has_a_line_for_each() -> None:
    picture = json.loads(described(400)["covariates_picture"])
    assert picture["labels"] == ["risk score", "age", "housing: none"]
    assert picture["reference"] == 0
    assert all(
        low < effect < high
        for low, effect, high in zip(picture["lows"], picture["effects"], picture["highs"], strict=True)
    )
