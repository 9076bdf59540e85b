"""The invented world holds to the standard, and its truth is what the standard's definitions find in it."""

from functools import cache

import polars as pl
import pytest

from pbr_audit.errors import UsageError
from pbr_audit.simulate import FAMILIES, Config, Plant, World, simulate
from pbr_audit.simulate.planting import parse_plant
from pbr_audit.tables import TABLES
from tests.unit.simulated import RULES, Judge, judged, terms_of

WORLDS = ("welfare", "rehabilitation")
USUAL = tuple(family for family in FAMILIES if family.usual)


@cache
def honest(world: str = "welfare", claims: int = 40_000, seed: int = 1) -> World:
    return simulate(Config(claims=claims, seed=seed, world=world, plants=()))


@cache
def planted(world: str = "welfare", strength: float = 1.0, seed: int = 5) -> World:
    plants = tuple(Plant(family.name, family.rate, strength) for family in USUAL if world in family.worlds)
    return simulate(Config(claims=20_000, seed=seed, world=world, plants=plants))


def truth_of(world: World, rule_id: str, *roles: str) -> set[str]:
    truth = world.truth.filter(pl.col("rule_id") == rule_id, pl.col("role").is_in(roles))
    return set(truth["subject_id"])


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("world", WORLDS)
def test_the_honest_world_breaks_no_definition(world: str, seed: int) -> None:
    assert {rule: found for rule, found in judged(honest(world, seed=seed)).items() if found} == {}


@pytest.mark.parametrize("strength", [0.0, 1.0, 4.0])
@pytest.mark.parametrize("world", WORLDS)
def test_the_truth_is_what_the_definitions_find(world: str, strength: float) -> None:
    made = planted(world, strength)
    for rule_id, found in judged(made).items():
        bystanders = truth_of(made, rule_id, "bystander")
        assert found - bystanders == truth_of(made, rule_id, "planted", "dragged") - bystanders, rule_id


def test_every_family_has_a_definition_to_be_held_to() -> None:
    assert {family.rule_id for family in USUAL} - set(RULES) == set()


@pytest.mark.parametrize("world", WORLDS)
def test_each_usual_family_has_fifty_acts_in_twenty_thousand_claims(world: str) -> None:
    acts = (
        planted(world)
        .truth.filter(pl.col("role") == "planted")
        .group_by("family")
        .agg(pl.col("act").n_unique())
    )
    found = dict(acts.iter_rows())
    assert {
        family.name: found.get(family.name, 0)
        for family in USUAL
        if world in family.worlds and found.get(family.name, 0) < 50
    } == {}


@pytest.mark.parametrize("world", WORLDS)
def test_truth_names_claims_and_published_rows_that_exist(world: str) -> None:
    made = planted(world)
    claims = set(made.tables["claims"]["claim_id"])
    assert set(made.truth["claim_id"].drop_nulls()) - claims == set()
    named = made.truth.filter(pl.col("subject_type") == "performance")["subject_id"]
    key = pl.concat_str("contract_id", "provider_id", "period", "outcome", separator="|")
    assert set(named) - set(made.tables["performance"].select(key).to_series()) == set()


@pytest.mark.parametrize("claims", [1_000, 20_000, 150_000])
@pytest.mark.parametrize("world", WORLDS)
def test_the_number_of_claims_is_the_number_asked_for(world: str, claims: int) -> None:
    for plants in ((), None):
        made = simulate(Config(claims=claims, seed=3, world=world, plants=plants))
        # A world of a thousand ends with a whole client, and has its few claims for cohorts.
        assert made.tables["claims"].height == pytest.approx(claims, rel=0.02, abs=30)


def test_ids_are_unique_and_references_hold() -> None:
    made = honest(claims=300_000)
    for table, key in (("claims", "claim_id"), ("clients", "client_id"), ("referrals", "referral_id")):
        assert made.tables[table][key].is_unique().all()
    claims, clients = made.tables["claims"], made.tables["clients"]
    for link in ("parent_claim_id", "resubmits_claim_id", "reverses_claim_id", "supersedes_claim_id"):
        assert set(claims[link].drop_nulls()) - set(claims["claim_id"]) == set()
    for table in ("claims", "measurements", "activities", "events", "referrals"):
        assert set(made.tables[table]["client_id"].drop_nulls()) - set(clients["client_id"]) == set()
    assert set(claims["employer_id"].drop_nulls()) - set(made.tables["employers"]["employer_id"]) == set()


def test_every_column_is_the_standards() -> None:
    for world in WORLDS:
        for name, frame in honest(world).tables.items():
            schema = TABLES[name].typed_schema
            assert list(frame.columns) == [column for column in schema if column in frame.columns]
            assert {column: schema[column] for column in frame.columns} == dict(frame.schema)


def test_claims_are_rejected_submitted_again_reversed_recovered_and_corrected() -> None:
    claims = honest().tables["claims"].filter(pl.col("tier") == "prime")
    assert set(claims["status"].drop_nulls()) == {"submitted", "paid", "rejected", "withdrawn", "recovered"}
    assert claims["status"].null_count() > 0
    for link in ("resubmits", "reverses", "supersedes"):
        assert claims[f"{link}_claim_id"].drop_nulls().len() >= 20
    reversals = claims.filter(pl.col("reverses_claim_id").is_not_null())
    assert (reversals["amount_pence"] < 0).all()


def test_subcontractors_serve_several_primes_and_terms_change_over_time() -> None:
    made = honest()
    terms = terms_of(made)
    serves = terms["supply_chain"].join(terms["contracts"], on="contract_id")
    primes = serves.group_by("subcontractor_id").agg(pl.col("prime_id").n_unique())
    assert (primes["prime_id"] > 1).sum() >= 5
    assert terms["prices"].filter(pl.col("from_date").is_not_null(), pl.col("to_date").is_not_null()).height
    assert serves["rate"].null_count() > 0


def test_honest_people_heap_at_round_values_and_providers_heaps_are_tied() -> None:
    final = (
        honest(claims=300_000)
        .tables["measurements"]
        .filter(pl.col("outcome") == "JOB", pl.col("final") == "true")
    )
    at = dict(final.group_by("measured_value").len().iter_rows())
    for heap in (91, 182, 273, 364):
        assert at[float(heap)] > 5 * at[float(heap + 1)]
    near = pl.col("measured_value")
    heaps = final.group_by("provider_id").agg(
        main=(near == 182).sum() / near.is_between(154, 196).sum(),
        others=near.is_in([91.0, 273.0]).sum() / (near.is_between(63, 105) | near.is_between(245, 287)).sum(),
        people=pl.len(),
    )
    large = heaps.filter(pl.col("people") > 300)
    assert large.select(pl.corr("main", "others")).item() > 0.2


def test_twins_namesakes_and_hostels_are_there_and_nobody_has_a_real_address() -> None:
    clients = honest().tables["clients"]
    twins = clients.filter(pl.struct("family_name", "date_of_birth", "postcode").is_duplicated())
    assert twins["person_ref"].n_unique() > 10
    assert (
        twins.group_by("family_name", "date_of_birth", "postcode").agg(pl.col("given_name").n_unique()).height
    )
    assert clients["postcode"].is_duplicated().sum() > 50
    assert clients["bank_account"].is_duplicated().sum() > 0
    # A slip of the keyboard leaves the letters that no real code begins with.
    assert clients["postcode"].drop_nulls().str.contains(r"^[QVX][QVXIJZ]").all()
    assert clients["national_id"].drop_nulls().str.contains(r"^[DFIQUV]{2}").all()
    whole = clients["postcode"].str.contains(r"^[QVX][QVXIJZ][0-9]{1,2} [0-9][CIKMOV]{2}$")
    assert 0.95 * clients.height < whole.sum() < clients.height
    people = clients.group_by("person_ref").agg(pl.len(), pl.col("start_date").is_null().sum().alias("never"))
    again = people.filter(pl.col("len") > 1)
    assert again.height > 5
    # Registered again because the first registration never started.
    assert (again["len"] - again["never"] <= 1).all()


def test_a_family_leaves_all_other_clients_as_they_were() -> None:
    before = honest(claims=20_000, seed=5).tables["claims"]
    made = simulate(Config(claims=20_000, seed=5, plants=(Plant("wrong-price", 0.01), Plant("PBR202", 0.01))))
    touched = made.truth.filter(pl.col("family") == "wrong-price")["claim_id"]
    same = ~pl.col("claim_id").is_in(touched.implode())
    assert made.tables["claims"].filter(same).equals(before.filter(same))
    assert touched.len() == 200


def test_performance_is_counted_from_the_claims() -> None:
    made = honest()
    judge = Judge(made)
    jobs = judge.prime.filter(pl.col("outcome") == "JOB")
    performance = made.tables["performance"].filter(pl.col("outcome") == "JOB").sort("release_date")
    # Some figures were released again, a little revised.
    performance = performance.unique(["contract_id", "provider_id", "period"], keep="first")
    assert performance["achieved"].sum() == jobs["client_id"].n_unique()
    assert performance["amount_pence"].sum() == jobs["amount_pence"].sum()
    started = made.tables["clients"]["start_date"].drop_nulls().len()
    assert performance["started"].sum() == started


def test_providers_that_move_steps_to_the_quarters_end_break_nothing_else() -> None:
    made = simulate(Config(claims=60_000, seed=4, plants=(Plant("period-end", 0.3),)))
    assert {rule: found for rule, found in judged(made).items() if found} == {}
    acting = made.truth.filter(pl.col("subject_type") == "provider")["subject_id"]
    moved = made.tables["claims"].filter(pl.col("claim_id").is_in(truth_of(made, "PBR701", "planted")))
    clients = made.tables["clients"].filter(pl.col("client_id").is_in(moved["client_id"].implode()))
    assert set(clients["provider_id"]) <= set(acting)
    end = pl.date(pl.col("outcome_date").dt.year(), pl.col("outcome_date").dt.quarter() * 3, 1).dt.month_end()
    assert moved.height > 100
    assert (moved.select((end - pl.col("outcome_date")).dt.total_days()).to_series() <= 4).all()


def test_plants_are_read_from_text_and_refused_in_sentences() -> None:
    assert parse_plant("PBR101=0.01:2") == Plant("wrong-price", 0.01, 2.0)
    assert parse_plant("after-death=0.02") == Plant("after-death", 0.02, 1.0)
    with pytest.raises(UsageError, match=r"^--plant wrong-price: write FAMILY=RATE or FAMILY=RATE:STRENGTH$"):
        parse_plant("wrong-price")
    with pytest.raises(UsageError, match=r"^--plant wrong-price: the rate has to be a share from 0 to 1$"):
        parse_plant("wrong-price=2")
    with pytest.raises(UsageError, match=r"^--plant wrong-price: the strength has to be 0 or more$"):
        parse_plant("wrong-price=0.1:-1")
    with pytest.raises(UsageError, match=r"^--plant names a family that does not exist; there are "):
        parse_plant("PBR999=0.1")


def test_a_world_that_cannot_be_is_refused_in_a_sentence() -> None:
    with pytest.raises(UsageError, match=r"^--claims has to be from 1,000 to 10,000,000$"):
        Config(claims=999)
    with pytest.raises(UsageError, match=r"^--subcontractors has to be from 12 to 300$"):
        Config(subcontractors=11)
    with pytest.raises(UsageError, match=r"^--seed has to be 0 or more$"):
        Config(seed=-1)
    with pytest.raises(UsageError, match=r"^--world has to be one of welfare, rehabilitation$"):
        Config(world="other")


def test_as_many_subcontractors_share_the_work_as_are_asked_for() -> None:
    world = simulate(Config(claims=20_000, seed=3, plants=(), subcontractors=20))
    delivering = world.tables["clients"]["provider_id"].n_unique()
    # Four primes, and the successor of one subcontractor.
    assert 20 <= delivering <= 25
