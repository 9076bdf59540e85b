"""The shipped pack, and a world in which every one of its rules has something to say.

The world is drawn by chance from a fixed seed, without a thought of what is honest: many keys, many
conflicts, many empty cells.
"""

from datetime import date
from functools import cache

import numpy as np
import polars as pl

from pbr_audit.packs import Pack, load_pack
from pbr_audit.testing.case import terms_of
from pbr_audit.views import Tables, prepare

CONTRACT = """
[contract]
id = "{id}"
title = "An invented contract"
commissioner = "An invented department"
prime_id = "PR01"
start_date = 2014-06-01
end_date = {end_date}
currency = "GBP"

[[outcome]]
code = "ATT"
label = "Attachment"
kind = "attachment"
claim_within_days = 90
evidence = ["enrolment form"]
[[outcome.price]]
amount = "400.00"
group = "18-24"
[[outcome.price]]
amount = "300.00"
group = "25+"
to = 2016-06-30
[[outcome.price]]
amount = "350.00"
group = "25+"
from = 2016-07-01

[[outcome]]
code = "JOB"
label = "Job outcome"
kind = "milestone"
threshold = 182
direction = "at_least"
window_days = [60, 300]
claim_within_days = 60
requires = ["ATT"]
evidence = ["payslip", "employer letter"]
ineligible_during = ["custody"]
claimable_after_end = false
[[outcome.price]]
amount = "1200.00"

[[outcome]]
code = "SUS"
label = "Sustainment"
kind = "sustainment"
interval_days = 28
threshold = 182
direction = "at_most"
window_days = [60, 200]
business_days = true
claim_within_days = 40
requires = ["JOB", "ATT"]
max_per_client = 2
ineligible_during = ["custody", "abroad"]
[[outcome.price]]
amount = "215.00"
to = 2016-10-31

[[volume]]
outcome = "JOB"
from = 2016-04-01
to = 2016-12-31
allocation = 8
bands = [{{ up_to = 5, price_factor = 1.0 }}, {{ up_to = 8, price_factor = 0.8 }}]
"""
LINK = """
[[supply_chain]]
subcontractor_id = "S{number:04d}"
rate = 0.8
to = 2016-{month:02d}-28
"""
CLAIMS, CLIENTS, PROVIDERS = 3000, 240, 14
AMOUNTS_PENCE = (300_00, 350_00, 400_00, 1200_00, 960_00, 215_00)


@cache
def shipped() -> Pack:
    """Return the shipped pack."""
    return load_pack()


@cache
def world() -> Tables:
    """Return prepared tables; half of the claims are a prime's, half a subcontractor's behind one of those."""
    draw = np.random.default_rng(701)
    frames = {
        "claims": _claims(draw),
        "clients": _clients(draw),
        "events": _events(draw),
        "providers": _providers(),
        "performance": _performance(draw),
    }
    links = "".join(LINK.format(number=number, month=number + 3) for number in range(PROVIDERS - 5))
    return prepare(
        {name: frame.lazy() for name, frame in frames.items()},
        {name: frozenset(frame.columns) for name, frame in frames.items()},
        {name: frame.height for name, frame in frames.items()},
        terms_of(
            (
                CONTRACT.format(id="CPA01", end_date="2019-05-31") + links,
                CONTRACT.format(id="CPA02", end_date="2016-11-30"),
            ),
            "the world's terms",
        ).frames(),
    )


def _one_of(draw: np.random.Generator, values: list[str], rows: int, *, empty: float = 0) -> pl.Series:
    """Return `rows` draws from `values`; a share `empty` of them is null."""
    picked = np.array(values, dtype=object)[draw.integers(0, len(values), rows)]
    picked[draw.random(rows) < empty] = None
    return pl.Series(picked.tolist(), dtype=pl.String)


def _days(draw: np.random.Generator, rows: int) -> pl.Expr:
    return pl.lit(date(2016, 1, 1)) + pl.duration(days=pl.lit(pl.Series(draw.integers(0, 366, rows))))


def _ids(letter: str, count: int) -> list[str]:
    return [f"{letter}{number:04d}" for number in range(count)]


def _claims(draw: np.random.Generator) -> pl.DataFrame:
    rows = CLAIMS // 2
    primes = pl.DataFrame(
        {
            "claim_id": _ids("C", rows),
            "contract_id": _one_of(draw, ["CPA01", "CPA02"], rows),
            "client_id": _one_of(draw, _ids("P", CLIENTS), rows, empty=0.03),
            "outcome": _one_of(draw, ["ATT", "JOB", "SUS", "SUS", "XYZ"], rows),
            "amount_pence": np.array(AMOUNTS_PENCE)[draw.integers(0, len(AMOUNTS_PENCE), rows)],
            "measured_value": draw.integers(180, 184, rows).astype(float),
            "status": _one_of(draw, ["paid", "paid", "paid", "submitted", "rejected"], rows),
            "provider_id": ["PR01"] * rows,
            "subcontractor_id": _one_of(draw, _ids("S", PROVIDERS), rows, empty=0.1),
        }
    ).with_columns(outcome_date=_days(draw, rows), tier=pl.lit("prime"))
    # One provider with a habit, so that there is something to find at the ends of quarters.
    late = (pl.col("subcontractor_id") == "S0003") & (pl.col("outcome") == "JOB")
    primes = primes.with_columns(
        outcome_date=pl.when(late).then(date(2016, 6, 30)).otherwise("outcome_date"),
        submitted_date=_days(draw, rows),
    )
    behind = primes.with_columns(
        claim_id=pl.lit("S") + pl.col("claim_id"),
        parent_claim_id=_one_of(draw, [*_ids("C", rows), "ELSEWHERE"], rows, empty=0.05),
        tier=pl.lit("subcontractor"),
        provider_id=pl.coalesce("subcontractor_id", pl.lit("S0000")),
        subcontractor_id=pl.lit(None, dtype=pl.String),
        measured_value=pl.when(pl.Series(draw.random(rows) < 0.9)).then("measured_value"),
    )
    agreeing = pl.Series(draw.random(rows) < 0.5)
    behind = behind.with_columns(
        parent_claim_id=pl.when(agreeing).then(pl.col("claim_id").str.slice(1)).otherwise("parent_claim_id")
    )
    primes = primes.with_columns(
        evidence_type=_one_of(draw, ["Payslip", "enrolment form", "text message"], rows, empty=0.1),
        evidence_ref=_one_of(draw, _ids("EV", CLAIMS), rows, empty=0.1),
        evidence_date=_some_days_from("submitted_date", draw, rows),
        paid_date=_some_days_from("submitted_date", draw, rows),
        recorded_at=_some_days_from("outcome_date", draw, rows).cast(pl.Datetime("us")),
        period_start=_some_days_from("outcome_date", draw, rows),
        period_end=_some_days_from("outcome_date", draw, rows),
    )
    behind = behind.with_columns(
        amount_pence=pl.when(pl.Series(draw.random(rows) < 0.5))
        .then(pl.col("amount_pence") * 4 // 5)
        .otherwise("amount_pence")
    )
    claims = pl.concat([primes, behind, _reversals(draw)], how="diagonal")
    return claims.sample(fraction=1, shuffle=True, seed=1)


def _some_days_from(column: str, draw: np.random.Generator, rows: int) -> pl.Expr:
    """Return days up to a month from a date, after it more often than before; some are null."""
    days = pl.lit(pl.Series(draw.integers(-10, 31, rows)))
    known = pl.lit(pl.Series(draw.random(rows) < 0.5))
    return pl.when(known).then(pl.col(column) + pl.duration(days=days))


def _reversals(draw: np.random.Generator) -> pl.DataFrame:
    """Return negative claims; some take back a claim, some one that is not there, some name none."""
    rows = 40
    return pl.DataFrame(
        {
            "claim_id": _ids("R", rows),
            "contract_id": ["CPA01"] * rows,
            "client_id": _one_of(draw, _ids("P", CLIENTS), rows),
            "outcome": ["JOB"] * rows,
            "amount_pence": [-1200_00] * rows,
            "tier": ["prime"] * rows,
            "provider_id": ["PR01"] * rows,
            "reverses_claim_id": _one_of(draw, [*_ids("C", 20), "ELSEWHERE"], rows, empty=0.3),
        }
    ).with_columns(outcome_date=_days(draw, rows), submitted_date=_days(draw, rows))


def _clients(draw: np.random.Generator) -> pl.DataFrame:
    rows = CLIENTS - 20  # some clients have no row
    clients = pl.DataFrame(
        {
            "client_id": _ids("P", rows),
            "contract_id": ["CPA01"] * rows,
            "provider_id": _one_of(draw, _ids("S", PROVIDERS), rows),
            "group": _one_of(draw, ["18-24", "25+", "returner"], rows, empty=0.2),
        }
    )
    started = pl.Series(draw.random(rows) < 0.9)
    return clients.with_columns(
        start_date=pl.when(started).then(_days(draw, rows) - pl.duration(days=180)),
        end_date=pl.when(pl.Series(draw.random(rows) < 0.5)).then(_days(draw, rows)),
        end_reason=_one_of(draw, ["completed", "withdrew"], rows, empty=0.5),
    ).with_columns(referral_date=_some_days_from("start_date", draw, rows))


def _events(draw: np.random.Generator) -> pl.DataFrame:
    rows = 200
    events = pl.DataFrame(
        {
            "client_id": _one_of(draw, _ids("P", CLIENTS), rows),
            "event": _one_of(draw, ["death", "custody", "benefit"], rows),
        }
    ).with_columns(start_date=_days(draw, rows))
    return events.with_columns(end_date=_some_days_from("start_date", draw, rows))


def _providers() -> pl.DataFrame:
    known = ["PR01", *_ids("S", PROVIDERS - 2)]
    return pl.DataFrame({"provider_id": known, "name": known, "role": ["both"] * len(known)})


def _performance(draw: np.random.Generator) -> pl.DataFrame:
    rows = 600
    return pl.DataFrame(
        {
            "contract_id": _one_of(draw, ["CPA01", "CPA02"], rows),
            "provider_id": _one_of(draw, _ids("S", PROVIDERS), rows),
            "period": _one_of(draw, ["2016-Q1", "2016-Q2", "2016-13"], rows),
            "outcome": _one_of(draw, ["ATT", "JOB"], rows),
            "cohort_size": draw.integers(0, 40, rows),
            "achieved": draw.integers(-1, 30, rows),
            "target": draw.random(rows) * 1.1,
        }
    )
