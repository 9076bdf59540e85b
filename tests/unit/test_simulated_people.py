"""One person registered twice as if they were two: who they are, when, with whom, and what the truth says."""

from functools import cache

import polars as pl
import pytest

from pbr_audit.simulate import Config, Plant, World, simulate

FAMILIES = {"registered-twice": "PBR302", "at-two-providers": "PBR303", "sent-round-again": "PBR304"}
CLAIMS, RATE = 20_000, 0.003
WORLDS = ("welfare", "rehabilitation")


@cache
def planted(world: str) -> World:
    plants = tuple(Plant(name, RATE) for name in FAMILIES)
    return simulate(Config(claims=CLAIMS, seed=8, world=world, plants=plants))


def pairs(world: World, family: str) -> pl.DataFrame:
    """Return the earlier and the later registration of each act."""
    claims = world.tables["claims"].select("claim_id", "client_id")
    acts = world.truth.filter(family=family, rule_id=FAMILIES[family]).join(claims, on="claim_id")
    later = acts.filter(role="planted").select("act", "client_id")
    both = acts.select("act", other="client_id").unique()
    clients = world.tables["clients"]
    return (
        later.join(both, on="act")
        .filter(pl.col("client_id") != pl.col("other"))
        .join(clients, on="client_id")
        .join(clients, left_on="other", right_on="client_id", suffix="_before")
        .sort("act")
    )


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("world", WORLDS)
def test_sixty_acts_each_have_an_earlier_registration_with_another_number(world: str, family: str) -> None:
    found = pairs(planted(world), family)
    assert found.height == int(CLAIMS * RATE)
    assert found["client_id"].is_unique().all()
    assert (found["person_ref"] != found["person_ref_before"]).all()
    assert (found["start_date_before"] < found["start_date"]).all()
    assert (found["contract_id"] == found["contract_id_before"]).all()


@pytest.mark.parametrize("world", WORLDS)
def test_who_they_are_is_the_same_but_for_slips(world: str) -> None:
    found = pl.concat([pairs(planted(world), family) for family in FAMILIES])
    for column, least in (("date_of_birth", 0.9), ("family_name", 0.85), ("given_name", 0.75)):
        same = (found[column] == found[f"{column}_before"]).sum() / found.height
        assert least < same < 1, column
    numbers = found.drop_nulls(["national_id", "national_id_before"])
    assert (numbers["national_id"] == numbers["national_id_before"]).sum() > 0.9 * numbers.height
    moved = found.drop_nulls(["postcode", "postcode_before"])
    assert 0.6 < (moved["postcode"] == moved["postcode_before"]).sum() / moved.height < 0.85


@pytest.mark.parametrize("world", WORLDS)
def test_a_person_registered_twice_stays_with_one_provider(world: str) -> None:
    found = pairs(planted(world), "registered-twice")
    assert (found["provider_id"] == found["provider_id_before"]).all()


@pytest.mark.parametrize("world", WORLDS)
def test_a_person_at_two_providers_is_with_both_at_one_time(world: str) -> None:
    found = pairs(planted(world), "at-two-providers")
    assert (found["provider_id"] != found["provider_id_before"]).all()
    ended = found["end_date_before"]
    assert (ended.is_null() | (ended > found["start_date"])).all()


@pytest.mark.parametrize("world", WORLDS)
def test_a_person_sent_round_again_left_at_most_a_year_before_and_was_paid_for_before(world: str) -> None:
    made = planted(world)
    found = pairs(made, "sent-round-again")
    gap = (found["start_date"] - found["end_date_before"]).dt.total_days()
    assert gap.is_between(0, 365).all()
    last = made.tables["claims"].group_by("client_id").agg(last=pl.col("outcome_date").max())
    paid = found.join(last, left_on="other", right_on="client_id")
    assert (paid["last"] < paid["start_date"]).all()


@pytest.mark.parametrize("world", WORLDS)
def test_the_later_attachment_is_what_has_to_be_found_and_all_else_stands_by(world: str) -> None:
    made = planted(world)
    outcomes = made.tables["claims"].select("claim_id", "outcome", "tier")
    truth = made.truth.join(outcomes, on="claim_id")
    to_find = truth.filter(role="planted")
    assert set(to_find["outcome"]) == {"ATT" if world == "welfare" else "STA"}
    assert set(truth["tier"]) == {"prime"}
    assert set(truth["role"]) == {"planted", "bystander"}
    assert set(truth["rule_id"]) == {"PBR302", "PBR303", "PBR304"}


def test_honest_registrations_have_slips_and_gaps_too() -> None:
    clients = simulate(Config(claims=CLAIMS, seed=8, plants=())).tables["clients"]
    missing = clients["national_id"].null_count() / clients.height
    assert missing == pytest.approx(0.35, abs=0.03)
    initials = clients["given_name"].str.len_chars() == 1
    assert 0 < initials.sum() < 0.01 * clients.height


def test_numbers_of_clients_side_by_side_are_far_apart() -> None:
    clients = simulate(Config(claims=CLAIMS, seed=8, plants=())).tables["clients"]
    for column in ("phone", "bank_account"):
        digits = clients[column].str.extract(r"([0-9]{8})$").cast(pl.Int64)
        beside = (digits - digits.shift(1)).abs()
        assert (beside < 1_000).sum() < 0.01 * clients.height, column
