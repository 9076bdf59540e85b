"""Conduct of whole providers: it shows in the shares of those who act so, and breaks no definition."""

from functools import cache

import polars as pl
import pytest

from pbr_audit.simulate import FAMILIES, Config, Plant, World, simulate
from tests.unit.simulated import judged

BY_PROVIDERS = tuple(family for family in FAMILIES if family.share_of_providers)
WORLDS = ("welfare", "rehabilitation")
CLAIMS, SEED, SHARE = 40_000, 12, 0.3


@cache
def made(world: str, *names: str) -> World:
    return simulate(Config(CLAIMS, SEED, world, tuple(Plant(name, SHARE) for name in names)))


def everything(world: str) -> World:
    return made(world, *(family.name for family in BY_PROVIDERS if world in family.worlds))


def acting(world: World, name: str) -> pl.Series:
    return world.truth.filter(family=name, subject_type="provider")["subject_id"].unique().sort()


def shares(frame: pl.DataFrame, what: pl.Expr, name: str, world: World) -> tuple[float, float]:
    """Return the share of rows with `what` at providers who act, and at the others."""
    acts = pl.col("provider_id").is_in(acting(world, name).implode())
    of = frame.group_by(acts=acts).agg(share=what.mean()).sort("acts")["share"]
    return of[1], of[0]


@pytest.mark.parametrize("world", WORLDS)
def test_conduct_breaks_no_definition(world: str) -> None:
    assert {rule: found for rule, found in judged(everything(world)).items() if found} == {}


@pytest.mark.parametrize("world", WORLDS)
def test_the_truth_names_the_same_providers_for_every_family(world: str) -> None:
    planted = everything(world)
    named = [acting(planted, family.name).to_list() for family in BY_PROVIDERS if world in family.worlds]
    assert len(named[0]) >= 4
    assert all(names == named[0] for names in named)


def test_one_provider_acts_in_the_smallest_world() -> None:
    world = simulate(Config(1_000, 5, "welfare", (Plant("weekend", 0.01),)))
    assert acting(world, "weekend").len() == 1


def test_near_misses_are_written_up() -> None:
    world = made("welfare", "moved-up")
    final = world.tables["measurements"].filter(outcome="JOB", final=True)
    at, short = pl.col("measured_value") == 182, pl.col("measured_value").is_between(154, 181)
    moved, usual = shares(final.filter(at | short), at, "moved-up", world)
    assert moved > usual + 0.1


def test_hard_people_are_refused() -> None:
    world = made("welfare", "hard-refused")
    refused = world.tables["referrals"].filter(decision="rejected")
    moved, usual = shares(refused, pl.col("risk_score"), "hard-refused", world)
    assert moved > usual + 0.05


def test_hard_people_are_met_once() -> None:
    world = made("welfare", "hard-left-alone")
    met = world.tables["activities"].group_by("client_id").len("contacts")
    clients = world.tables["clients"].drop_nulls("start_date").join(met, on="client_id")
    hard = clients.filter(pl.col("risk_score") > 0.7)
    moved, usual = shares(hard, pl.col("contacts") == 1, "hard-left-alone", world)
    assert moved > usual + 0.2


def test_clients_are_put_out() -> None:
    world = made("welfare", "put-out")
    started = world.tables["clients"].drop_nulls("start_date")
    moved, usual = shares(
        started, (pl.col("end_reason") == "excluded").fill_null(value=False), "put-out", world
    )
    assert moved > 2 * usual


@pytest.mark.parametrize(
    ("family", "outcome", "what"),
    [
        ("one-employer", "JOB", pl.col("employer_id") == pl.col("employer_id").mode().first()),
        ("on-own-account", "JOB", pl.col("employment_type") == "self_employed"),
        ("period-end", "QUA", pl.col("outcome_date").dt.day() >= 26),
        ("weekend", "QUA", pl.col("outcome_date").dt.weekday() >= 6),
    ],
)
def test_claims_show_it(family: str, outcome: str, what: pl.Expr) -> None:
    world = made("welfare", family)
    claims = world.tables["claims"].filter(tier="prime", outcome=outcome)
    claims = claims.with_columns(provider_id=pl.coalesce("subcontractor_id", "provider_id"))
    if family == "one-employer":
        claims = claims.drop_nulls("employer_id")
        what = (
            pl.col("employer_id").value_counts(sort=True, normalize=True).first().struct.field("proportion")
        )
    if family == "period-end":
        what = what & pl.col("outcome_date").dt.month().is_in([3, 6, 9, 12])
    moved, usual = shares(claims, what, family, world)
    assert moved > usual + 0.02


def test_steps_are_dated_on_the_first_day_allowed() -> None:
    world = made("welfare", "first-day")
    starts = world.tables["clients"].select("client_id", "start_date")
    steps = world.tables["claims"].filter(tier="prime", outcome="QUA").join(starts, on="client_id")
    steps = steps.with_columns(provider_id=pl.coalesce("subcontractor_id", "provider_id"))
    on_it = (pl.col("outcome_date") - pl.col("start_date")).dt.total_days() == 14
    moved, usual = shares(steps, on_it, "first-day", world)
    assert moved > usual + 0.1
