"""Books in which nobody did anything: clients change places, each with all of its rows."""

import numpy as np
import polars as pl
import pytest

from pbr_audit.calibrate.moving import Moving, moving_of
from pbr_audit.views import Tables
from tests.unit.worlds import world

CLIENTS = "| client_id | provider_id | group | start_date | advisor_id |\n" + "\n".join(
    f"| P{number:02d} | S{number % 3} | {'young' if number % 2 else 'old'} | 2016-0{1 + 4 * (number // 15)}-10 "
    f"| S{number % 3}A{number % 2} |"
    for number in range(30)
)
CLAIMS = "| claim_id | client_id | subcontractor_id | advisor_id |\n" + "\n".join(
    f"| C{number:02d}{letter} | P{number:02d} | S{number % 3} | S{number % 3}A{number % 2} |"
    for number in range(30)
    for letter in "ab"
)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return world(clients=CLIENTS, claims=CLAIMS)


@pytest.fixture(scope="module")
def moving(tables: Tables) -> Moving:
    return moving_of(tables)


def frame(tables: Tables, name: str) -> pl.DataFrame:
    return tables.frames[name].collect()


def strata(tables: Tables) -> pl.DataFrame:
    """Return how many clients each provider has of each group and start."""
    keys = ("group", "start_date", "provider_id")
    return frame(tables, "clients").group_by(keys).len().sort(keys)


def test_within_a_stratum_every_provider_keeps_its_number_of_clients(moving: Moving, tables: Tables) -> None:
    book = moving.book(rng())
    assert strata(book).equals(strata(tables))
    moved = frame(book, "clients")["provider_id"] != frame(tables, "clients")["provider_id"]
    assert 10 <= moved.sum() <= 28
    assert (moving.units, moving.alone, moving.names.to_list()) == (30, 0, ["S0", "S1", "S2"])


def test_all_rows_of_a_client_go_along_and_so_does_the_adviser(moving: Moving) -> None:
    book = moving.book(rng())
    home = frame(book, "clients").select("client_id", to="provider_id", adviser="advisor_id")
    claims = frame(book, "claims").join(home, on="client_id")
    assert (claims["deliverer_id"] == claims["to"]).all()
    assert (claims["subcontractor_id"] == claims["to"]).all()
    assert (claims["advisor_id"] == claims["adviser"]).all()
    assert (home["adviser"].str.slice(0, 2) == home["to"]).all()
    # Who claims from the commissioner stays who it is, and so does everything else.
    assert claims["provider_id"].unique().to_list() == ["PR01"]


def test_nothing_but_provider_and_adviser_changes(moving: Moving, tables: Tables) -> None:
    book = moving.book(rng())
    places = ("provider_id", "deliverer_id", "subcontractor_id", "advisor_id")
    for name in ("clients", "claims"):
        before, after = (frame(one, name).drop(places, strict=False) for one in (tables, book))
        assert after.equals(before)


def test_one_seed_gives_one_book(moving: Moving) -> None:
    one, same, other = (frame(moving.book(rng(seed)), "claims") for seed in (1, 1, 2))
    assert one.equals(same)
    assert not one.equals(other)


def test_of_those_who_stay_nothing_changes(moving: Moving, tables: Tables) -> None:
    before = frame(tables, "clients")["provider_id"]
    assert (frame(moving.book(rng(), keep=1.0), "clients")["provider_id"] == before).all()
    part = (frame(moving.book(rng(), keep=0.7), "clients")["provider_id"] != before).sum()
    assert 0 < part <= 15


def test_a_stratum_of_one_provider_is_counted_and_stays() -> None:
    alone = world(
        clients="| client_id | provider_id | group |\n| P1 | S1 | a |\n| P2 | S1 | a |\n| P3 | S1 | b |\n| P4 | S2 | b |"
    )
    moving = moving_of(alone)
    assert (moving.units, moving.alone) == (4, 2)
    assert frame(moving.book(rng()), "clients")["provider_id"].to_list()[:2] == ["S1", "S1"]


def test_what_another_provider_did_for_the_client_stays_where_it_is() -> None:
    claims = "| claim_id | client_id | subcontractor_id |\n" + "\n".join(
        f"| C{number} | P{number:02d} | S9 |" for number in range(5)
    )
    book = moving_of(world(clients=CLIENTS, claims=claims)).book(rng())
    assert frame(book, "claims")["deliverer_id"].unique().to_list() == ["S9"]


def test_a_prime_that_delivers_itself_is_a_provider_like_others() -> None:
    clients = "| client_id | provider_id |\n" + "\n".join(
        f"| P{number:02d} | {'PR01' if number % 2 else 'S1'} |" for number in range(20)
    )
    claims = "| claim_id | client_id | subcontractor_id |\n" + "\n".join(
        f"| C{number:02d} | P{number:02d} | {'-' if number % 2 else 'S1'} |" for number in range(20)
    )
    book = frame(moving_of(world(clients=clients, claims=claims)).book(rng()), "claims")
    assert set(book.select("deliverer_id", "subcontractor_id").iter_rows()) == {("PR01", None), ("S1", "S1")}
    assert book["provider_id"].unique().to_list() == ["PR01"]


def test_a_subcontractors_claim_is_claimed_by_whoever_the_client_goes_to() -> None:
    claims = "| claim_id | client_id | tier | provider_id |\n" + "\n".join(
        f"| C{number:02d} | P{number:02d} | subcontractor | S{number % 3} |" for number in range(30)
    )
    book = moving_of(world(clients=CLIENTS, claims=claims)).book(rng())
    home = frame(book, "clients").select("client_id", to="provider_id")
    moved = frame(book, "claims").join(home, on="client_id")
    assert (moved["provider_id"] == moved["to"]).all()
    assert (moved["deliverer_id"] == moved["to"]).all()


def test_a_referral_that_was_never_registered_changes_places_by_itself() -> None:
    referrals = "| referral_id | client_id | provider_id | decision |\n" + "\n".join(
        f"| R{number:02d} | {'-' if number % 2 else f'P{number:02d}'} | S{number % 3} "
        f"| {'rejected' if number % 2 else 'accepted'} |"
        for number in range(30)
    )
    moving = moving_of(world(clients=CLIENTS, referrals=referrals))
    assert moving.units == 45
    book = moving.book(rng())
    home = frame(book, "clients").select("client_id", to="provider_id")
    referred = frame(book, "referrals").join(home, on="client_id", how="left")
    assert (referred["provider_id"] == referred["to"]).drop_nulls().all()
    assert referred["to"].null_count() == 15


def test_providers_may_be_left_out_with_their_clients(moving: Moving) -> None:
    left = moving.without(["S1"])
    assert (left.units, left.names.to_list()) == (20, ["S0", "S2"])
    book = left.book(rng())
    assert frame(book, "claims")["deliverer_id"].unique().sort().to_list() == ["S0", "S2"]
    assert book.rows["claims"] == 40
    assert moving.without([]) is moving


def test_without_clients_there_is_nothing_to_move() -> None:
    moving = moving_of(world(performance="| cohort_size | achieved |\n| 9 | 3 |"))
    assert (moving.units, dict(moving.rows)) == (0, {})


def in_areas(providers: int) -> str:
    """Return sixty clients of two areas, with so many providers in each."""
    return "| client_id | provider_id | area |\n" + "\n".join(
        f"| P{number:02d} | {'NS'[number % 2]}{(number // 2) % providers} | {'north' if number % 2 else 'south'} |"
        for number in range(60)
    )


def test_nobody_leaves_the_area_where_it_has_several_providers() -> None:
    tables = world(clients=in_areas(3))
    moving = moving_of(tables)
    book = frame(moving.book(rng()), "clients")
    assert moving.strata == ("contract", "area", "group", "month of start")
    where = book.select("area", pl.col("provider_id").str.slice(0, 1)).unique().sort("area").rows()
    assert where == [("north", "S"), ("south", "N")]
    assert not book.equals(frame(tables, "clients"))


def test_areas_are_mixed_where_each_has_one_provider() -> None:
    moving = moving_of(world(clients=in_areas(1)))
    assert (moving.strata, moving.alone) == (("contract", "group", "quarter of start"), 0)
    book = frame(moving.book(rng()), "clients")
    assert book.select("area", "provider_id").unique().height == 4
