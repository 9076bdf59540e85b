"""What organisations, promises and shared numbers look like where everybody is honest."""

from functools import cache

import numpy as np
import polars as pl

from pbr_audit.simulate import Config, Plant, World, simulate
from pbr_audit.simulate.config import LEAST_CLAIMS
from pbr_audit.simulate.families.ownership import KINDS
from pbr_audit.simulate.naming import provider_id
from pbr_audit.simulate.setting import build_setting
from tests.unit.simulated import terms_of


@cache
def honest() -> World:
    return simulate(Config(claims=60_000, seed=3, plants=()))


def test_subcontractors_have_sisters_owners_of_owners_and_one_names_itself() -> None:
    providers = honest().tables["providers"]
    owned = providers.filter(pl.col("parent_id").is_not_null())
    assert owned["parent_id"].is_duplicated().any()
    assert (owned["parent_id"] == owned["provider_id"]).any()
    heads = owned.join(owned, left_on="parent_id", right_on="provider_id")
    assert (heads["parent_id"] != heads["provider_id"]).any()
    primes = terms_of(honest())["contracts"]["prime_id"].implode()
    assert owned.filter(pl.col("provider_id").is_in(primes)).height == 0


def test_along_a_late_link_referrals_come_in_the_second_half_and_come() -> None:
    chain = build_setting(honest().config).chain
    assert chain.link_late.any()
    place = int(chain.link_late.nonzero()[0][0])
    names = honest().tables["clients"].select("contract_id", "provider_id", "referral_date")
    contract = sorted(names["contract_id"].unique())[int(chain.link_contract[place])]
    provider = provider_id(int(chain.link_provider[place]))
    mine = names.filter(contract_id=contract, provider_id=provider)["referral_date"]
    assert mine.len() > 20
    others = names.filter(pl.col("contract_id") == contract)["referral_date"]
    days, all_days = mine.to_physical().to_numpy(), others.to_physical().to_numpy()
    assert days.min() > np.median(all_days) - 40
    assert (all_days < days.min()).sum() > 100


def test_promises_of_a_contract_leave_something_for_the_prime() -> None:
    promised = terms_of(honest())["supply_chain"].group_by("contract_id").agg(pl.col("promised_share").sum())
    assert (promised["promised_share"] < 1.1).all()


def test_a_telephone_is_shared_by_four_households_at_most_outside_of_hostels() -> None:
    clients = honest().tables["clients"].drop_nulls("phone")
    crowd = clients.group_by("phone").agg(
        people=pl.col("person_ref").n_unique(), advisers=pl.col("advisor_id").n_unique()
    )
    together = crowd.filter(pl.col("people") > 1, pl.col("advisers") == 1)
    assert together["people"].max() == 4


def test_every_kind_of_house_is_planted_and_small_contracts_need_no_claims() -> None:
    made = simulate(Config(claims=60_000, seed=3, plants=(Plant("PBR807", 0.001),)))
    assert set(made.truth["kind"]) == set(KINDS)
    small = set(terms_of(made)["contracts"]["contract_id"]) - set(made.tables["claims"]["contract_id"])
    assert len(small) >= 80


def test_the_smallest_world_has_its_small_contracts_too() -> None:
    made = simulate(Config(claims=LEAST_CLAIMS, seed=3))
    assert terms_of(made)["contracts"].height > 6
