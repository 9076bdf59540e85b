"""The whole way from records to people, on a few records whose people are known."""

import polars as pl
import pytest

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
