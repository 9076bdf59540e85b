"""PBR306 sweeps a client's claims once; held against the plain comparison of every pair."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from pbr_audit.engine import ask
from pbr_audit.rule import View
from pbr_audit.views import schema_of
from tests.rules.pack import shipped

CLAIM = (
    "claim_id",
    "contract_id",
    "client_id",
    "outcome",
    "outcome_date",
    "submitted_date",
    "amount_pence",
    "period_start",
    "period_end",
)
TERMS = ("contract_id", "outcome", "from_date", "to_date", "kind", "interval_days")
Claim = tuple[str, str, str, str, date, date, int, date, date]


def some_claims(seed: int, outcomes: str) -> list[Claim]:
    """Return claims of four clients with periods of up to twelve days, some of which end before they begin."""
    draw = np.random.default_rng(seed)
    span = int(draw.integers(5, 120))

    def day(number: int) -> date:
        return date(2016, 1, 1) + timedelta(days=number)

    claims = []
    for number in range(int(draw.integers(1, 60))):
        start, length, late = (int(draw.integers(*ends)) for ends in ((0, span), (-1, 12), (0, 3)))
        on = {"at their end": start + length, "on any day": int(draw.integers(0, span)), "on one day": 5}
        outcome = day(on[outcomes])
        submitted = outcome + timedelta(days=late)
        client = f"P{draw.integers(0, 4)}"
        claims.append(
            (f"C{number}", "CPA01", client, "SUS", outcome, submitted, 100, day(start), day(start + length))
        )
    return claims


def earlier_ones(claims: list[Claim]) -> dict[str, set[str]]:
    """Return for each claim that shares a day with earlier ones of its client which these are."""
    whole = sorted((c for c in claims if c[7] <= c[8]), key=lambda c: (c[2], c[4], c[5], c[0]))
    shared = {
        later[0]: {
            earlier[0]
            for earlier in whole[:at]
            if earlier[2] == later[2] and earlier[7] <= later[8] and later[7] <= earlier[8]
        }
        for at, later in enumerate(whole)
    }
    return {claim: others for claim, others in shared.items() if others}


@pytest.mark.parametrize("outcomes", ["at their end", "on any day", "on one day"])
def test_the_sweep_finds_what_comparing_every_pair_finds_and_names_one_that_overlaps(outcomes: str) -> None:
    loaded = shipped().get("PBR306")
    assert loaded is not None
    types = schema_of("outcomes")
    terms = pl.LazyFrame(schema={name: types[name] for name in TERMS})
    for seed in range(40):
        claims = some_claims(seed, outcomes)
        frame = pl.DataFrame(claims, schema=CLAIM, orient="row").sample(fraction=1, shuffle=True, seed=seed)
        view = View({"claims": frame.lazy(), "outcomes": terms}, frozenset(), None, 0)
        found = ask(loaded, view, loaded.rule.settings()).found
        told = {claim: others[0] for claim, others in found.select("claim_id", "also_claim_ids").iter_rows()}
        expected = earlier_ones(claims)
        assert set(told) == set(expected), seed
        assert all(other in expected[claim] for claim, other in told.items()), seed
