"""A client's result was measured, meets the contract's terms, and was never claimed by anybody.

What it flags
-------------
A client and an outcome whose final measurement reaches the contract's threshold, where nobody ever claimed
the outcome and the time to claim it is over. The price in force is told as not claimed. It is an
under-claim: it is an estimate of what could have been asked for, never at risk and never added to what is.

Method
------
Looked at are clients, contracts and outcomes with a final measurement, for outcomes of the kinds attachment
and milestone that have a `threshold` and a `claim_within_days`. A measurement is final where `final` is
`true` or `stopped_at_threshold`; where the table has no such column, each is. Of several the last by
`measured_date` counts; of several on that day each has to reach the threshold. That date stands for the
outcome's: terms and price are those in force on it. The result counts as earned where it reaches the
threshold in the terms' direction (equal reaches it), and the client is registered in `clients` for the
contract and started on that date or before; the date lies in the window from the start, where the terms
have one, and within the contract's own dates; each outcome that the terms require has a live claim of the
prime tier for the client, dated then or before; and no event holds the day that the terms name in
`ineligible_during` (both ends included; one without an end runs on) and no death is recorded before it. The
time to claim runs from that date to the day of the run; its last day is still in time.

Example
-------
Client P1 was measured at 190 days in work on 2 May 2016, and 182 are paid for. The terms give 60 days to
claim; by 1 September 2016, 122 days later, there is no claim: P1's job outcome is a query, £1,200.00 not
claimed. For P2 the same was claimed (C2), and it is clear.

Why ask
-------
Providers are asked about what they claim too much, and seldom told of what they leave. Results that are
reached and not claimed also say that the claims are no full record of the outcomes, which every rate drawn
from them takes them for.

Innocent explanations
---------------------
There was no evidence of a kind that the contract accepts. The provider does not take the result for its
own. The measurement is right and its outcome was reached on another day, outside the window. A cap or a
band was reached. The claim was made under another client number or on paper.

Not flagged
-----------
1. A client with any claim for the outcome in the contract, of either tier, whatever its status.
2. A result whose time to claim is not over, the last day included: it is not looked at.
3. Outcomes without a threshold or a deadline, sustainments and cohorts, outcomes with `minimum_contacts`,
   and outcomes paid `instead_of` others on that date, or that others are paid instead of on any: they are
   not looked at.
4. A client who left before that date, where the terms say `claimable_after_end = false`.
5. A measurement that is not final, and clients who never started or started later.

Assumptions
-----------
The day of the run is the one that the run was given, else the latest submission. A result that reaches the
threshold and was not claimed is not assessable where the client is not registered for the contract, or
where no one price per claim is in force on the date for the client's group. Outcomes that are paid by the
cohort are not looked at. Measurements of outcomes that the terms do not have are not looked at. Without a
table of events nobody is taken to have been away.

Ask for
-------
The reason for which the outcome was not claimed, and whether others were left for the same.

Source
------
The claims standard, "Contract terms" and "How rules read the tables". The rest is the auditor's ordinary
test of a ledger for completeness, from the facts to the entries.
"""

import polars as pl

from pbr_audit.rule import OUTCOME, VERSION, Needs, Params, Rule, View, days_from, with_terms
from pbr_audit.rule.prices import PRICE_FACTS, PRICE_TERMS, with_price

RULE = Rule(
    id="PBR810",
    version=1,
    title="Measured, eligible and never claimed",
    family="under-claim",
    severity="info",
    basis="record",
    subject="client",
    key=("client_id", "outcome"),
    by="client_id",
    needs=Needs(
        required={
            "measurements": (
                "client_id",
                "contract_id",
                "provider_id",
                "outcome",
                "measured_date",
                "measured_value",
            ),
            "claims": (
                "client_id",
                "contract_id",
                "outcome",
                "outcome_date",
                "submitted_date",
                "tier",
                "live",
            ),
            "clients": ("client_id", "contract_id", "start_date"),
            "contracts": ("contract_id", "start_date", "end_date"),
            **PRICE_TERMS,
            "outcomes": (
                *VERSION,
                "kind",
                "threshold",
                "direction",
                "window_low_days",
                "window_high_days",
                "business_days",
                "claim_within_days",
                "requires",
                "ineligible_during",
                "claimable_after_end",
                "minimum_contacts",
                "instead_of",
            ),
        },
        optional={
            "measurements": ("final",),
            "clients": ("group", "end_date"),
            "events": ("client_id", "event", "start_date", "end_date"),
            "volumes": PRICE_FACTS["volumes"],
        },
        distinct={"claims": ("submitted_date",)},
        claims="both",
        live_only=False,
    ),
    message=(
        "{measured_value:number} for {outcome} were measured on {outcome_date}, where the contract asks "
        "for {limit} {threshold:number}, and nobody has claimed it in {days_since} days."
    ),
)
OF_CLIENT = ("client_id", "contract_id", "outcome")
FINAL = ("true", "stopped_at_threshold")
PAID_ONCE = ("attachment", "milestone")
NOT_REGISTERED = "the client is not registered for the contract"
NO_ONE_PRICE = "no one price per claim is in force for the client's group"


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every final result (5) whose time to claim is over (2), flagged where nobody claimed it (1)."""
    results = _results(view).cache()  # read twice below
    claimed = view.claims.select(OF_CLIENT)
    reached = results.filter("reaches").join(claimed, on=OF_CLIENT, how="anti").cache()  # read several times
    told = _told(reached, view)
    rest = results.join(reached, on=OF_CLIENT, how="anti").select(
        "client_id", "outcome", "contract_id", flagged=pl.lit(value=False)
    )
    return pl.concat([told, rest], how="diagonal")


def _results(view: View) -> pl.LazyFrame:
    """Return the last final result of each client and outcome with its terms, and whether it `reaches`."""
    final = pl.col("final").is_in(FINAL) if view.has("measurements", "final") else pl.lit(value=True)
    last = pl.col("measured_date") == pl.col("measured_date").max().over(OF_CLIENT)
    results = (
        view.measurements.filter(final)
        .filter(last)
        .group_by(OF_CLIENT)
        .agg(
            lowest=pl.col("measured_value").min(),
            highest=pl.col("measured_value").max(),
            outcome_date=pl.col("measured_date").first(),
            provider_id=pl.col("provider_id").min(),
        )
    )
    at_least = pl.col("direction") == "at_least"
    value = pl.when(at_least).then("lowest").otherwise("highest")
    since = days_from(pl.col("outcome_date"), pl.col("as_of"), business=pl.col("business_days"))
    return (
        with_terms(results, _looked_at(view.outcomes))
        .filter("in_terms")
        .join(_day_of_the_run(view), how="cross")
        .filter(since > pl.col("claim_within_days"))
        .with_columns(
            measured_value=value, days_since=(pl.col("as_of") - pl.col("outcome_date")).dt.total_days()
        )
        .with_columns(
            reaches=pl.when(at_least)
            .then(pl.col("measured_value") >= pl.col("threshold"))
            .otherwise(pl.col("measured_value") <= pl.col("threshold"))
        )
    )


def _looked_at(outcomes: pl.LazyFrame) -> pl.LazyFrame:
    """Return the versions of terms that can be judged by one measurement (3)."""
    replaced = (
        outcomes.select("contract_id", outcome="instead_of").explode("outcome").drop_nulls("outcome").unique()
    )
    return outcomes.filter(
        pl.col("kind").is_in(PAID_ONCE),
        pl.col("threshold").is_not_null(),
        pl.col("claim_within_days").is_not_null(),
        pl.col("minimum_contacts") == 0,
        pl.col("instead_of").list.len() == 0,
    ).join(replaced, on=OUTCOME, how="anti")


def _day_of_the_run(view: View) -> pl.LazyFrame:
    if view.as_of is not None:
        return pl.LazyFrame({"as_of": [view.as_of]}, schema={"as_of": pl.Date})
    return view.distinct_claims.select(as_of=pl.col("submitted_date").max())


def _told(reached: pl.LazyFrame, view: View) -> pl.LazyFrame:
    """Return results that nobody claimed: flagged where earned, and what they would have been paid."""
    starts = view.clients.select(
        "client_id", "contract_id", "end_date", started="start_date", registered=pl.lit(value=True)
    )
    contracts = view.contracts.select("contract_id", contract_start="start_date", contract_end="end_date")
    facts = (
        reached.join(starts, on=["client_id", "contract_id"], how="left")
        .join(contracts, on="contract_id", how="left")
        .join(_lacking_required(reached, view), on=OF_CLIENT, how="left")
        .join(_away(reached, view), on=OF_CLIENT, how="left")
    )
    priced = with_price(facts, view, dated=reached)
    earned = _eligible() & pl.col("lacking").is_null() & pl.col("away").is_null()
    why_not = (
        pl.when(pl.col("registered").is_null())
        .then(pl.lit(NOT_REGISTERED))
        .when(earned & pl.col("price_pence").is_null())
        .then(pl.lit(NO_ONE_PRICE))
    )
    return priced.with_columns(why_not=why_not).select(
        "client_id",
        "outcome",
        "contract_id",
        "provider_id",
        "outcome_date",
        "measured_value",
        "threshold",
        "started",
        "group",
        "days_since",
        "claim_within_days",
        "why_not",
        limit=pl.col("direction").str.replace("_", " ", literal=True),
        flagged=pl.when(pl.col("why_not").is_null()).then(earned),
        estimate_pence="price_pence",
    )


def _eligible() -> pl.Expr:
    """Tell whether the result's date is one that the terms pay for."""
    date, start = pl.col("outcome_date"), pl.col("started")
    lag_days = days_from(start, date, business=pl.col("business_days"))
    in_window = pl.col("window_low_days").is_null() | lag_days.is_between(
        "window_low_days", "window_high_days"
    )
    in_contract = date.is_between("contract_start", "contract_end")
    left = ~pl.col("claimable_after_end") & (pl.col("end_date") < date)  # (4)
    return (
        (start <= date).fill_null(value=False)
        & in_window.fill_null(value=False)
        & in_contract
        & ~left.fill_null(value=False)
    )


def _lacking_required(reached: pl.LazyFrame, view: View) -> pl.LazyFrame:
    """Return the results for which an outcome that the terms require was not claimed by that date."""
    asked = reached.select(*OF_CLIENT, "outcome_date", required="requires").explode("required")
    claims = view.claims.filter(pl.col("live"), tier="prime").select(
        "client_id", "contract_id", required="outcome", claimed="outcome_date"
    )
    met = (
        asked.join(claims, on=["client_id", "contract_id", "required"], how="inner")
        .filter(pl.col("claimed") <= pl.col("outcome_date"))
        .select(*OF_CLIENT, "required")
    )
    return (
        asked.drop_nulls("required")
        .join(met, on=[*OF_CLIENT, "required"], how="anti")
        .select(OF_CLIENT)
        .unique()
        .with_columns(lacking=pl.lit(value=True))
    )


def _away(reached: pl.LazyFrame, view: View) -> pl.LazyFrame:
    """Return the results on days on which the terms pay nothing, or after a death."""
    date = pl.col("outcome_date")
    named = pl.col("ineligible_during").list.contains(pl.col("event"))
    until = pl.col("end_date").is_null() | (date <= pl.col("end_date"))
    during = named & (pl.col("start_date") <= date) & until
    dead = (pl.col("event") == "death") & (pl.col("start_date") < date)
    return (
        reached.select(*OF_CLIENT, "outcome_date", "ineligible_during")
        .join(view.events, on="client_id", how="inner")
        .filter(during | dead)
        .select(OF_CLIENT)
        .unique()
        .with_columns(away=pl.lit(value=True))
    )
