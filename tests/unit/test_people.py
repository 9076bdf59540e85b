"""The people step: who is one person by the source's numbers, by linkage, and by both."""

from pathlib import Path

import polars as pl
import pytest

from pbr_audit.dataset import Linking
from pbr_audit.errors import ConfigurationError
from pbr_audit.linkage import Model, choose_policy, explain_pair, kinds_of, link, train
from pbr_audit.linkage.waterfalls import waterfalls
from pbr_audit.people import LINKS_COLUMNS, Linked, linked, why_not_linked, with_person_id
from pbr_audit.simulate.registry import Habits, registrations

IDENTITY = (
    "client_id",
    "given_name",
    "family_name",
    "date_of_birth",
    "sex",
    "postcode",
    "national_id",
    "email",
    "phone",
    "bank_account",
)


@pytest.fixture(scope="module")
def register() -> pl.DataFrame:
    return registrations(2_000, seed=11)


@pytest.fixture(scope="module")
def found(register: pl.DataFrame) -> Linked:
    return linked(register.lazy().select(IDENTITY))


def links_between(*pairs: tuple[str, str, str | None]) -> pl.LazyFrame:
    rows = [
        {"left_client_id": left, "right_client_id": right, "person_id": person, "p_same": 0.97}
        for left, right, person in pairs
    ]
    return pl.LazyFrame(rows, schema=dict(LINKS_COLUMNS))


def people_of(clients: pl.LazyFrame, links: pl.LazyFrame | None) -> dict[str, str]:
    columns = frozenset(clients.collect_schema().names())
    ready = with_person_id(clients, columns, links).select("client_id", "person_id").collect()
    return dict(ready.iter_rows())


def test_equal_person_numbers_are_one_person_and_all_others_their_own() -> None:
    clients = pl.LazyFrame({"client_id": ["P1", "P2", "P3"], "person_ref": ["N1", "N1", None]})
    assert people_of(clients, None) == {"P1": "person:N1", "P2": "person:N1", "P3": "client:P3"}


def test_a_link_joins_all_who_share_a_person_number_with_one_of_its_ends() -> None:
    clients = pl.LazyFrame(
        {"client_id": ["P1", "P2", "P3", "P4", "P5"], "person_ref": ["N1", "N1", "N2", "N2", None]}
    )
    joined = people_of(clients, links_between(("P2", "P3", "person:N1"), ("P4", "P5", None)))
    assert joined == {**dict.fromkeys(("P1", "P2", "P3", "P4"), "person:N1"), "P5": "client:P5"}


def test_linkage_finds_who_is_registered_twice(register: pl.DataFrame, found: Linked) -> None:
    assert found.links is not None
    assert found.links.schema == dict(LINKS_COLUMNS)
    people = with_person_id(register.lazy(), frozenset(IDENTITY), found.links.lazy()).collect()
    pairs = people.join(people, on="person_id").filter(pl.col("client_id") < pl.col("client_id_right"))
    truth = people.join(people, on="person").filter(pl.col("client_id") < pl.col("client_id_right"))
    right = pairs.filter(pl.col("person") == pl.col("person_right")).height
    assert right >= 0.99 * pairs.height
    assert right >= 0.97 * truth.height


def test_links_are_listed_from_even_chances_and_hold_levels_but_no_values(
    register: pl.DataFrame, found: Linked
) -> None:
    assert found.links is not None
    assert found.links["p_same"].min() >= 0.5  # type: ignore[operator]
    assert (found.links["left_client_id"] < found.links["right_client_id"]).all()
    text = found.links.drop("left_client_id", "right_client_id", "person_id").write_json()
    names = set(register["family_name"].drop_nulls()) | set(register["national_id"].drop_nulls())
    assert [name for name in names if f'"{name}"' in text] == []


def test_the_bits_of_a_field_are_those_that_a_pair_explained_by_itself_has(register: pl.DataFrame) -> None:
    people = register.select(IDENTITY)
    model, scored = link(people, choose_policy(kinds_of(IDENTITY[1:])))
    pairs = scored.pairs.filter(pl.col("p_same") > 0.5).gather_every(40)
    for pair, steps in zip(pairs.iter_rows(named=True), waterfalls(scored, pairs), strict=True):
        alone = explain_pair(people, model, pair["left"], pair["right"]).rows
        alone = alone.filter(pl.col("level") != "not known").select(
            "level", bits=pl.col("bits") + pl.col("tf_bits")
        )
        assert [step["level"] for step in steps] == alone["level"].to_list()
        assert [step["bits"] for step in steps] == pytest.approx(alone["bits"].to_list())


def test_the_order_of_rows_decides_nothing(register: pl.DataFrame, found: Linked) -> None:
    turned = register.select(IDENTITY).sample(fraction=1, shuffle=True, seed=3)
    again = linked(turned.lazy())
    assert found.links is not None
    assert again.links is not None
    assert again.links.equals(found.links)
    assert again.said == found.said


def test_where_nobody_stands_twice_nobody_is_joined_for_a_home_in_common() -> None:
    once = registrations(2_000, seed=11, habits=Habits(again=0.0))
    made = linked(once.lazy().select(IDENTITY))
    assert made.why_not is None
    assert made.links is not None
    assert made.links.filter(pl.col("person_id").is_not_null()).is_empty()


def test_twins_are_not_joined_however_likely_a_model_takes_them_for_one(register: pl.DataFrame) -> None:
    first = register.filter(
        pl.all_horizontal(pl.col("given_name", "national_id", "postcode").is_not_null())
    ).head(40)
    second = first.with_columns(
        client_id="T" + pl.col("client_id"),
        given_name=pl.lit("Wulfrun"),
        national_id=pl.lit(None, dtype=pl.String),
    )
    made = linked(pl.concat([register, second]).lazy().select(IDENTITY))
    assert made.links is not None
    twins = made.links.filter(pl.col("left_client_id") == "T" + pl.col("right_client_id"))
    other_way = made.links.filter(pl.col("right_client_id") == "T" + pl.col("left_client_id"))
    pairs = pl.concat([twins, other_way])
    assert pairs.filter(pl.col("person_id").is_not_null()).is_empty()
    likely = pairs.filter(pl.col("p_same") >= 0.95)
    assert set(likely["split_why"]) <= {"their given names are unlike, as twins' are"}


def test_father_and_son_of_one_name_at_one_telephone_are_not_joined(register: pl.DataFrame) -> None:
    known = pl.all_horizontal(pl.col("given_name", "date_of_birth", "phone").is_not_null())
    fathers = register.filter(known).unique("phone", keep="none", maintain_order=True).head(400)
    sons = fathers.with_columns(
        client_id="S" + pl.col("client_id"),
        date_of_birth=pl.col("date_of_birth").dt.offset_by("-10037d"),
        national_id=pl.lit(None, dtype=pl.String),
        postcode=pl.lit("XQ9 9ZZ"),
        email=pl.lit(None, dtype=pl.String),
        bank_account=pl.lit(None, dtype=pl.String),
    )
    made = linked(pl.concat([register, sons]).lazy().select(IDENTITY))
    assert made.links is not None
    pairs = made.links.filter(
        (pl.col("left_client_id") == "S" + pl.col("right_client_id"))
        | (pl.col("right_client_id") == "S" + pl.col("left_client_id"))
    )
    assert pairs.filter(pl.col("person_id").is_not_null()).is_empty()
    likely = pairs.filter(pl.col("p_same") >= 0.95)
    assert set(likely["split_why"]) <= {
        "their dates of birth are more than ten years apart, as those of father and son of one name are"
    }


def test_too_few_registrations_or_columns_are_said_with_what_would_be_needed() -> None:
    assert why_not_linked(("given_name", "family_name"), 10_000) == (
        "people cannot be told apart by these columns: needed are a name and a date of birth, a postcode or another such fact, or an identifier such as national_id"
    )
    assert why_not_linked(IDENTITY, 499) == (
        "from 499 registrations nothing can be learnt of how one person's records differ; needed are 500, or a model trained on others ([linkage] model in audit.toml)"
    )
    assert why_not_linked(IDENTITY, 500) is None


def test_a_column_without_a_value_is_no_identity(register: pl.DataFrame) -> None:
    empty = register.select(IDENTITY).with_columns(
        pl.lit(None).cast(pl.String).alias(name) for name in IDENTITY[1:3]
    )
    without_id = empty.with_columns(national_id=pl.lit(None, dtype=pl.String))
    assert (linked(without_id.lazy()).why_not or "").startswith(
        "people cannot be told apart by these columns"
    )


def test_a_model_trained_elsewhere_serves_a_few_registrations(register: pl.DataFrame, tmp_path: Path) -> None:
    policy = choose_policy(kinds_of(IDENTITY[1:]))
    train(register.select(IDENTITY), policy).save(tmp_path / "model.json")
    few = registrations(150, seed=12).select(IDENTITY)
    assert linked(few.lazy()).links is None
    made = linked(few.lazy(), Linking(model=tmp_path / "model.json"))
    assert made.links is not None
    assert made.links["person_id"].is_not_null().sum() > 0
    assert Model.load(tmp_path / "model.json").policy == policy


def test_a_model_that_is_none_is_refused(register: pl.DataFrame, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="This is no linkage model"):
        linked(register.lazy().select(IDENTITY), Linking(model=tmp_path / "model.json"))


def test_the_run_says_what_was_compared(found: Linked) -> None:
    (first, *_) = found.said
    assert first.startswith("clients: 2,")
    assert "join one person's registrations" in first
