"""A prime's claim and the subcontractor's claim behind it do not say the same.

What it flags
-------------
A live claim of a prime on the commissioner, where a live claim of a subcontractor stands behind it
(`parent_claim_id`) and the two differ on the client, the outcome, its date or the measured value. The query
is about the prime's claim; the subcontractor's is listed with it. No amount is at risk: the disagreement
says that one record is wrong, not which, nor that nothing was earned.

Method
------
Each subcontractor's claim is compared with its prime's, field by field. Dates may be apart by the parameter
`tolerance_days`, measured values by `tolerance_measure`; both are nothing at first. One field that differs
is enough. Several subcontractors' claims behind one claim of the prime make one query, which lists those
that differ.

Example
-------
The prime's claim F1 gives a job outcome of client P1 on 2 May 2016 after 182 days in work. The
subcontractor's claim S1 behind it gives the same client and outcome on 28 April 2016 after 178 days. F1 is
a query on date and measured value, and 0.00 is at risk.

Why ask
-------
The prime saw no client: what it claims is what the subcontractor told it. Where the two differ, something
was changed or mistaken on the way up, and a date or a measure that moved across a threshold or a price
change on its way is worth a question. The prime's own checks ought to have met it first.

Innocent explanations
---------------------
One side corrected its record and the other has not yet heard. The two date an outcome by different events,
the last day worked and the day of the payslip. The measure was taken again before the prime claimed. A
client who was registered twice is known to each side by another number.

Not flagged
-----------
1. A prime's claim with no subcontractor's claim behind it, which another rule asks about.
2. A prime's claim that is in the data and not live: nobody is asked to pay it.
3. A subcontractor's claim that is not live.
4. Amounts that differ: a subcontractor is owed its rate of the price, which other rules look at.
5. A measured value, or a client, that neither side gives.
6. Differences up to the tolerances.

Assumptions
-----------
The subcontractor's claim names its prime's claim. One that names none, or one that is not in the data, is
not assessable. So is a pair of which one side only gives the measured value or the client and which agrees
on the rest. Rows are counted by the prime's claim, however many stand behind it.

Ask for
-------
The subcontractor's evidence for the outcome and its date, the message in which it was passed up to the
prime, and the prime's record of any change with who made it and why.

Source
------
The claims standard, "How rules read the tables" (801 to 804). The Work and Health Programme's guidance for
providers (chapter 14) asks that records show how and when evidence was obtained, and leaves the risk of a
gap with the provider, its subcontractors' part included; the rest is the auditor's ordinary reconciliation
of two ledgers.
"""

import polars as pl

from pbr_audit.rule import Needs, Param, Params, Rule, View

RULE = Rule(
    id="PBR803",
    version=1,
    title="Prime and subcontractor disagree",
    family="supply-chain",
    severity="high",
    basis="record",
    subject="claim",
    key=("claim_id",),
    by="chain_id",
    needs=Needs(
        required={
            "claims": (
                "claim_id",
                "chain_id",
                "parent_claim_id",
                "tier",
                "live",
                "client_id",
                "outcome",
                "outcome_date",
            ),
        },
        optional={"claims": ("measured_value",)},
        claims="both",
        live_only=False,
    ),
    params={
        "tolerance_days": Param(
            0, unit="days", low=0, high=31, why="the two claims are of one event, which has one date"
        ),
        "tolerance_measure": Param(
            0.0, unit="of the measure", low=0, why="the prime passes on what the subcontractor measured"
        ),
    },
    message="The subcontractor's claim behind this one gives another {differing:list}.",
)
FIELDS = {
    "client_id": "client",
    "outcome": "outcome",
    "outcome_date": "date",
    "measured_value": "measured value",
}
NO_PARENT = "the subcontractor's claim names no claim of its prime"
NOT_FOUND = "the prime's claim is not in the data"
ONE_SIDE = "the client or the measured value is given on one side only"


def flag(view: View, p: Params) -> pl.LazyFrame:
    """Return every prime's claim with a live subcontractor's claim behind it, flagged where they differ."""
    pairs = _pairs(view).with_columns(**{f"{name}_differs": _differs(name, p) for name in FIELDS})
    pairs = pairs.with_columns(differs=pl.any_horizontal(f"{name}_differs" for name in FIELDS)).cache()
    # Most pairs agree: what is told is told of the others alone.
    others = pairs.filter(pl.col("differs").is_null() | pl.col("differs")).with_columns(why_not=_why_not())
    # One row for each of the prime's claims; null where none differs and one cannot be told.
    open_or_differing = others.group_by("chain_id").agg(
        flagged=pl.col("differs").any(ignore_nulls=False), why_not=pl.col("why_not").first()
    )
    agreeing = pairs.filter(~pl.col("differs")).select("chain_id").unique()
    answers = pl.concat(
        [
            open_or_differing.join(_told(others.filter("differs")), on="chain_id", how="left"),
            agreeing.join(others, on="chain_id", how="anti").with_columns(flagged=pl.lit(value=False)),
        ],
        how="diagonal",
    )
    return answers.rename({"chain_id": "claim_id"}).with_columns(at_risk_pence=pl.lit(0))


def _pairs(view: View) -> pl.LazyFrame:
    """Return each live subcontractor's claim (1, 3), with its prime's as `prime_…` columns."""
    behind = view.claims.filter(pl.col("live"), tier="subcontractor").select(
        "chain_id", "parent_claim_id", "claim_id", *FIELDS
    )
    primes = view.claims.filter(pl.col("chain_id") == pl.col("claim_id"), tier="prime").select(
        "chain_id",
        pl.col("live").alias("prime_live"),
        *(pl.col(name).alias(f"prime_{name}") for name in FIELDS),
    )
    live_or_absent = pl.col("prime_live").is_null() | pl.col("prime_live")  # (2)
    return behind.join(primes, on="chain_id", how="left").filter(live_or_absent)


def _why_not() -> pl.Expr:
    return (
        pl.when(pl.col("parent_claim_id").is_null())
        .then(pl.lit(NO_PARENT))
        .when(pl.col("prime_live").is_null())
        .then(pl.lit(NOT_FOUND))
        .otherwise(pl.lit(ONE_SIDE))
    )


def _differs(name: str, p: Params) -> pl.Expr:
    """Return true, false, or null where one side gives nothing; a pair without the prime's claim is null."""
    own, other = pl.col(name), pl.col(f"prime_{name}")
    if name == "outcome_date":
        apart = (own - other).dt.total_days().abs() > p.tolerance_days  # (6)
    elif name == "measured_value":
        apart = (own - other).abs() > p.tolerance_measure  # (6)
    else:
        apart = own != other
    neither = own.is_null() & other.is_null()  # (5)
    return pl.when(neither & pl.col("prime_live").is_not_null()).then(pl.lit(value=False)).otherwise(apart)


def _told(differing: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each of the prime's claims which fields differ (4), and what each side says."""
    prime = [f"prime_{name}" for name in FIELDS]
    told = pl.struct("claim_id", *FIELDS).sort_by("claim_id")
    return (
        differing.group_by("chain_id")
        .agg(
            pl.col(prime).first(),
            pl.col(f"{name}_differs" for name in FIELDS).any(),
            also_claim_ids=pl.col("claim_id").sort(),
            subcontractor_claims=told,
        )
        .with_columns(
            differing=pl.concat_list(
                pl.when(f"{name}_differs").then(pl.lit(said)) for name, said in FIELDS.items()
            ).list.drop_nulls()
        )
        .drop(f"{name}_differs" for name in FIELDS)
    )
