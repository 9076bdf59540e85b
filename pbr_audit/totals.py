"""The run's sums: each claim once, each currency and each tier apart, three lines that are never added.

The three lines are amounts at risk on claims, estimates of statistical findings, and under-claims.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pbr_audit.finding import UNDER_CLAIM
from pbr_audit.terms import Terms
from pbr_audit.views import Tables


@dataclass(frozen=True)
class Sum:
    """Some claims and their pence; pence is null where no amount is put on a claim."""

    claims: int
    pence: int | None


@dataclass(frozen=True)
class ClaimsLine:
    """Accepted claims of one tier and currency, live ones and others."""

    tier: str
    currency: str
    live: Sum
    others: Sum


@dataclass(frozen=True)
class Totals:
    """Sums over the run; mappings are by currency, `by_rule` by rule id and then currency.

    `at_risk` counts claims that carry an amount, `by_rule` all that a finding names. `at_risk` is of the
    prime tier; what subcontractors' claims carry stands apart, and so it does for under-claims. An outcome
    that nobody claimed counts there as one claim, at its price. `estimates` are by rule, because two
    estimates may be of the same claims; none of them is an under-claim.
    """

    claims: tuple[ClaimsLine, ...]
    at_risk: Mapping[str, Sum]
    at_risk_subcontractor: Mapping[str, Sum]
    under_claims: Mapping[str, Sum]
    under_claims_subcontractor: Mapping[str, Sum]
    estimates: Mapping[str, Mapping[str, int]]
    by_rule: Mapping[str, Mapping[str, Sum]]


def totals(tables: Tables, findings: pl.DataFrame, flagged_claims: pl.DataFrame, terms: Terms) -> Totals:
    """Return the sums over `findings` and the claims behind them."""
    currencies = tables.frames["contracts"].select("contract_id", "currency").collect()
    currency = pl.col("currency").fill_null(terms.only_currency())
    never_claimed = _never_claimed(findings, currencies, currency)
    if "claims" not in tables.frames:
        estimates = _estimates(findings, currencies, currency)
        return Totals((), {}, {}, _union(never_claimed), {}, estimates, _by_rule(never_claimed))
    facts = (
        tables.frames["claims"]
        .select("claim_id", "contract_id", "tier")
        .join(flagged_claims.lazy().select("claim_id").unique(), on="claim_id", how="semi")
        .collect()
        .join(currencies, on="contract_id", how="left")
        .with_columns(currency=currency)
    )
    flagged = flagged_claims.join(facts, on="claim_id", how="left")
    under = pl.col("family") == UNDER_CLAIM
    prime = pl.col("tier") == "prime"
    carries = pl.col("amount_pence") > 0
    unclaimed = flagged.filter(carries, prime, under).select(never_claimed.columns)
    return Totals(
        claims=_claims_lines(tables, currencies, currency),
        at_risk=_union(flagged.filter(carries, prime, ~under)),
        at_risk_subcontractor=_union(flagged.filter(carries, ~prime, ~under)),
        under_claims=_union(pl.concat([unclaimed, never_claimed])),
        under_claims_subcontractor=_union(flagged.filter(carries, ~prime, under)),
        estimates=_estimates(findings, currencies, currency),
        by_rule=_by_rule(pl.concat([flagged.select(never_claimed.columns), never_claimed])),
    )


def _by_rule(flagged: pl.DataFrame) -> dict[str, dict[str, Sum]]:
    groups = flagged.group_by("rule_id", maintain_order=True)
    return {str(rule): _union(rows) for (rule,), rows in groups}


def _union(flagged: pl.DataFrame) -> dict[str, Sum]:
    """The largest amount that any finding puts on a claim, summed over claims."""
    rows = (
        flagged.group_by("currency", "claim_id")
        .agg(pl.col("amount_pence").max())
        .group_by("currency")
        .agg(
            claims=pl.len(),
            pence=pl.when(pl.col("amount_pence").is_not_null().any()).then(pl.col("amount_pence").sum()),
        )
        .sort("currency")
    )
    return {currency: Sum(claims, pence) for currency, claims, pence in rows.iter_rows()}


def _never_claimed(findings: pl.DataFrame, currencies: pl.DataFrame, currency: pl.Expr) -> pl.DataFrame:
    """Return what was earned and never claimed as if it had been: each finding a claim at its estimate."""
    return (
        findings.filter(family=UNDER_CLAIM, amount_basis="estimate")
        .join(currencies, on="contract_id", how="left")
        .select(
            "rule_id",
            claim_id="finding_id",
            amount_pence="amount_estimate_pence",
            currency=currency,
        )
    )


def _estimates(
    findings: pl.DataFrame, currencies: pl.DataFrame, currency: pl.Expr
) -> dict[str, dict[str, int]]:
    rows = (
        findings.filter(pl.col("family").ne_missing(UNDER_CLAIM), amount_basis="estimate")
        .join(currencies, on="contract_id", how="left")
        .group_by("rule_id", currency=currency)
        .agg(pl.col("amount_estimate_pence").sum())
        .sort("rule_id", "currency")
    )
    made: dict[str, dict[str, int]] = {}
    for rule, unit, pence in rows.iter_rows():
        made.setdefault(rule, {})[unit] = pence
    return made


def _claims_lines(tables: Tables, currencies: pl.DataFrame, currency: pl.Expr) -> tuple[ClaimsLine, ...]:
    rows = (
        tables.frames["claims"]
        .join(currencies.lazy(), on="contract_id", how="left")
        .group_by("tier", currency=currency)
        .agg(
            live=pl.col("live").sum(),
            live_pence=pl.col("amount_pence").filter("live").sum(),
            others=(~pl.col("live")).sum(),
            others_pence=pl.col("amount_pence").filter(~pl.col("live")).sum(),
        )
        .sort("tier", "currency")
        .collect()
    )
    return tuple(
        ClaimsLine(tier, unit, Sum(live, live_pence), Sum(others, others_pence))
        for tier, unit, live, live_pence, others, others_pence in rows.iter_rows()
    )
