"""The register of invented people is what its habits say, and its truth tells what was done."""

import numpy as np
import polars as pl
import pytest

from pbr_audit.errors import UsageError
from pbr_audit.simulate.registry import Habits, register_blocks, registrations
from pbr_audit.simulate.registry.names import DIMINUTIVES, GIVEN
from pbr_audit.simulate.registry.slips import ABOUT_PEOPLE, NAMES, slipped, told
from pbr_audit.tables import TABLES

PEOPLE = 20_000
CLEAN = Habits(slips=0.0, lost=0.0)


@pytest.fixture(scope="module")
def register() -> pl.DataFrame:
    return registrations(PEOPLE, 11)


@pytest.fixture(scope="module")
def clean() -> pl.DataFrame:
    return registrations(PEOPLE, 11, habits=CLEAN)


def test_every_person_is_there_and_has_one_to_four_registrations(register: pl.DataFrame) -> None:
    times = register["person"].value_counts()["count"]
    assert len(times) == PEOPLE
    assert (times.min(), times.max()) == (1, 4)
    assert (times > 1).sum() / PEOPLE == pytest.approx(0.12, abs=0.01)


def test_ids_are_unique_and_columns_are_those_of_the_standard(register: pl.DataFrame) -> None:
    truth = {"person", "household", "relation", "slips"}
    assert register["client_id"].n_unique() == register.height
    assert set(register.columns) - truth <= set(TABLES["clients"].typed_schema)
    assert {*ABOUT_PEOPLE, *truth} <= set(register.columns)


def test_one_seed_gives_one_register_and_another_seed_another(register: pl.DataFrame) -> None:
    assert registrations(PEOPLE, 11).equals(register)
    assert not registrations(PEOPLE, 12).equals(register)


def test_a_register_of_several_blocks_is_its_blocks_one_after_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pbr_audit.simulate.registry.register.BLOCK_PEOPLE", 300)
    blocks = list(register_blocks(1_000, 3))
    assert len(blocks) == 4
    assert pl.concat(blocks).equals(registrations(1_000, 3))
    assert pl.concat(blocks)["client_id"].is_unique().all()


def test_nobody_registers_again_where_nobody_is_to(clean: pl.DataFrame) -> None:
    once = registrations(PEOPLE, 11, habits=Habits(again=0.0))
    assert once.height == PEOPLE
    assert clean.height > PEOPLE


def test_without_slips_a_person_keeps_birth_date_and_number_and_has_a_number_of_their_own(
    clean: pl.DataFrame,
) -> None:
    each = clean.group_by("person").agg(pl.col("national_id", "date_of_birth", "sex").n_unique())
    assert each.select(pl.col("national_id", "date_of_birth", "sex").max()).row(0) == (1, 1, 1)
    owners = clean.group_by("national_id").agg(pl.col("person").n_unique())
    assert owners["person"].max() == 1


def test_without_slips_what_a_registration_tells_is_only_what_changed_in_a_life(clean: pl.DataFrame) -> None:
    kinds = set(clean["slips"].str.split("|").explode().unique()) - {""}
    assert kinds == {"moved", "family name changed", "another telephone", "another e-mail", "another account"}


def test_twins_share_birth_date_and_family_name_and_never_the_given_name(clean: pl.DataFrame) -> None:
    first = clean.sort("referral_date", "client_id").unique("person", keep="first")
    beside = first.select(
        pl.col("person") + 1, "given_name", "family_name", "date_of_birth", "postcode", "slips"
    )
    twins = first.filter(pl.col("relation") == "twin").join(beside, on="person", suffix="_other")
    assert twins.height > 50
    assert (twins["date_of_birth"] == twins["date_of_birth_other"]).all()
    given = pl.col("given_name").str.to_lowercase() == pl.col("given_name_other").str.to_lowercase()
    family = pl.col("family_name").str.to_lowercase() == pl.col("family_name_other").str.to_lowercase()
    assert twins.select(given.any(), family.all()).row(0) == (False, True)


def test_a_namesake_is_a_generation_away_from_the_one_of_the_same_name(clean: pl.DataFrame) -> None:
    first = clean.unique("person")
    beside = first.select(pl.col("person") + 1, "given_name", "sex", "date_of_birth")
    found = first.filter(pl.col("relation") == "namesake").join(beside, on="person", suffix="_other")
    between = (found["date_of_birth"] - found["date_of_birth_other"]).dt.total_days().abs()
    assert found.height > 30
    assert (found["given_name"].str.to_lowercase() == found["given_name_other"].str.to_lowercase()).all()
    assert (found["sex"] == found["sex_other"]).all()
    assert (between > 16 * 365).all()


def test_hostels_share_addresses_and_some_an_account(clean: pl.DataFrame) -> None:
    hostel = clean.filter(relation="hostel")
    crowd = hostel.group_by("postcode").agg(pl.col("person").n_unique()).filter(pl.col("person") > 10)
    account = hostel.group_by("bank_account").agg(pl.col("person").n_unique())
    assert crowd.height > 1
    assert (account["person"] > 1).any()


def test_those_without_an_abode_have_no_postcode_or_the_code_for_it(clean: pl.DataFrame) -> None:
    homeless = clean.filter(pl.col("relation") == "no fixed abode", ~pl.col("slips").str.contains("moved"))
    assert set(homeless["postcode"].str.replace(" ", "").unique()) == {None, "ZZ993VZ"}


def test_a_third_lack_their_national_number(register: pl.DataFrame) -> None:
    assert register["national_id"].null_count() / register.height == pytest.approx(0.35, abs=0.01)


def test_every_slip_that_is_told_happened_somewhere(register: pl.DataFrame) -> None:
    assert set(NAMES) <= set(register["slips"].str.split("|").explode().unique())


def test_a_slip_changes_its_own_column_alone() -> None:
    people = registrations(500, 5, habits=CLEAN).filter(pl.col("contract_id") == "CPA01")
    for place, name in enumerate(NAMES):
        bits = np.full(people.height, 1 << place)
        after, done = slipped(np.random.default_rng(1), people, bits)
        changed = [each for each in people.columns if not people[each].equals(after[each])]
        assert len(changed) == (2 if name == "names exchanged" else 1), name
        differs = sum(people[each].ne_missing(after[each]).to_numpy() for each in changed) > 0
        assert ((done > 0) == differs).all(), name


def test_a_slip_that_changes_nothing_is_not_told() -> None:
    people = registrations(50, 5, habits=CLEAN).with_columns(given_name=pl.lit("Zebedee"))
    short = NAMES.index("given name shortened")
    after, done = slipped(np.random.default_rng(1), people, np.full(people.height, 1 << short))
    assert after.equals(people)
    assert set(told(done)) == {""}


def test_diminutives_are_of_names_that_people_bear() -> None:
    assert set(DIMINUTIVES) <= set(GIVEN)


def test_a_register_of_nobody_is_refused() -> None:
    with pytest.raises(UsageError, match=r"^a register has from 1 to 20,000,000 people$"):
        registrations(0, 1)
