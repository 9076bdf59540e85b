"""The whole way from records to people, on a few records whose people are known."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbr_audit.errors import InputError
from pbr_audit.linkage import (
    CannotLink,
    Model,
    choose_policy,
    clusters,
    explain_pair,
    kinds_of,
    link,
    score,
    train,
)
from tests.unit.linkage_people import people

KINDS = kinds_of(people(1).columns)


def test_usual_names_say_what_a_column_is() -> None:
    found = kinds_of(["Client ID", "First name", "SURNAME", "dob", "post-code", "notes"])
    assert found == {
        "First name": "given_name",
        "SURNAME": "family_name",
        "dob": "birth_date",
        "post-code": "postcode",
    }


def test_names_alone_are_too_little_to_link_on() -> None:
    with pytest.raises(CannotLink, match="needed are a name and a date of birth"):
        choose_policy({"first": "given_name", "last": "family_name"})


def test_the_records_of_one_person_get_the_smallest_of_their_ids() -> None:
    frame = people(300)
    _, scored = link(frame, choose_policy(KINDS))
    found = clusters(scored, frame).people
    assert found.columns == ["id", "person", "size"]
    assert found["id"].to_list() == sorted(frame["client_id"])
    truth = frame.select(
        pl.col("client_id").alias("id"), pl.col("client_id").min().over("truth").alias("true")
    )
    both = found.join(truth, on="id")
    assert both.filter(pl.col("person") == pl.col("true")).height >= 0.97 * both.height


def test_the_order_of_rows_decides_nothing() -> None:
    frame = people(200)
    policy = choose_policy(KINDS)
    straight, scored = link(frame, policy)
    turned, scored_turned = link(frame.sample(fraction=1.0, shuffle=True, seed=3), policy)
    assert straight.to_json() == turned.to_json()
    assert scored.pairs.equals(scored_turned.pairs)


def test_a_model_that_was_saved_scores_as_the_one_that_was_trained() -> None:
    frame = people(200)
    model, scored = link(frame, choose_policy(KINDS))
    again = score(frame, Model.from_json(model.to_json()))
    assert again.pairs.equals(scored.pairs)


def test_a_saved_model_holds_nobodys_name() -> None:
    frame = people(200)
    text = train(frame, choose_policy(KINDS)).to_json()
    assert not [value for value in frame["family_name"].drop_nulls() if value.lower() in text.lower()]


def test_a_pair_is_explained_field_by_field() -> None:
    frame = people(300)
    model, scored = link(frame, choose_policy(KINDS))
    pair = scored.pairs.row(0, named=True)
    found = explain_pair(frame, model, pair["left"], pair["right"])
    assert found.rows["field"].to_list()[:2] == ["name", "birth_date"]
    assert found.p_same == pytest.approx(pair["p_same"])
    assert found.total_bits == pytest.approx(
        found.prior_bits + float(found.rows.select(pl.col("bits") + pl.col("tf_bits")).sum().item())
    )


def test_an_id_that_stands_twice_is_refused() -> None:
    frame = people(20)
    with pytest.raises(InputError, match="one is missing or stands twice"):
        train(pl.concat([frame, frame]), choose_policy(KINDS))


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_handful_of_people_are_linked_without_a_fault(count: int) -> None:
    frame = people(10).head(count)
    _, scored = link(frame, choose_policy(KINDS))
    assert clusters(scored, frame).people["id"].to_list() == sorted(frame["client_id"])


@pytest.mark.parametrize("empty", sorted(KINDS))
def test_a_column_without_a_value_tells_nothing(empty: str) -> None:
    frame = people(200).with_columns(pl.lit(None).alias(empty))
    model, scored = link(frame, choose_policy(KINDS))
    assert clusters(scored, frame).people.height == frame.height
    assert Model.from_json(model.to_json()).expected_matches == model.expected_matches


def test_dates_as_dates_and_as_text_are_one() -> None:
    frame = people(200)
    policy = choose_policy(KINDS)
    as_text, _ = link(frame, policy)
    as_dates, _ = link(frame.with_columns(pl.col("date_of_birth").str.to_date()), policy)
    assert as_text.to_json() == as_dates.to_json()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32))
def test_people_in_any_order_are_the_same_people(seed: int) -> None:
    frame = people(120)
    mixed = frame.sample(fraction=1.0, shuffle=True, seed=seed)
    found = []
    for one in (frame, mixed):
        _, scored = link(one, choose_policy(KINDS))
        joined = clusters(scored, one)
        found.append((joined.people, joined.edges, joined.split))
    assert all(one.equals(other) for one, other in zip(*found, strict=True))
