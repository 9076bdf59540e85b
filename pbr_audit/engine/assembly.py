"""Makes findings of the rows that a rule flagged: ids, sentences, amounts, provider and contract."""

from functools import lru_cache

import polars as pl

from pbr_audit.engine.evidence import evidence
from pbr_audit.engine.outcome import MEASURES, RESERVED, STANDING, RuleDefect
from pbr_audit.finding import (
    FINDING_SCHEMA,
    FLAGGED_CLAIM_SCHEMA,
    empty_findings,
    empty_flagged_claims,
    finding_id,
)
from pbr_audit.rule import STATISTICAL, LoadedRule, Rule, sentence

# Told once for each finding: two rows of one finding that differ here are a defect of the rule.
TOLD_ONCE = ("message", "evidence", "severity", *MEASURES)
# What a rule may leave out and the claim behind the row says.
FROM_THE_CLAIM = {
    "contract_id": "contract_id",
    "provider_id": "deliverer_id",
    "client_id": "client_id",
    "period": "period",
}
KEY, FACT = "key_", "fact_"
FILLED = [pl.coalesce(name, FACT + fact).alias(name) for name, fact in FROM_THE_CLAIM.items()]
AS_FACTS = {name: FACT + name for name in (*FROM_THE_CLAIM.values(), "amount_pence")}
# What a rule returns beside these is evidence.
UNTOLD = {*RESERVED, "currency"}
# Expressions are kept for so many rules and shapes of their rows: making them costs as much as a few rows do.
MOST_SHAPES = 256
NO_SUCH_CLAIM = "the rule named a claim that is not in the data set"
NAMED = ("claim_id", "at_risk_pence", "also_claim_ids")
ONE_OR_NONE = {
    name: pl.when(pl.col(name).n_unique() == 1).then(pl.col(name).first()).alias(name)
    for name in ("contract_id", "provider_id", "period")
}
CLIENTS = pl.col("client_id").drop_nulls().unique()
NO_IDS = pl.lit([], dtype=pl.List(pl.String))
HAS_AN_ESTIMATE = pl.col("estimate_pence").is_not_null()
ESTIMATE_OR_NONE = pl.when(HAS_AN_ESTIMATE).then(pl.lit("estimate")).otherwise(pl.lit("none"))
BASIS = (
    pl.when(~HAS_AN_ESTIMATE & pl.col("claim_ids").is_not_null())
    .then(pl.lit("claims"))
    .otherwise(ESTIMATE_OR_NONE)
)
# Columns of a finding by other names, or made of the claims behind it.
OF_CLAIMS = [
    pl.coalesce("claim_ids", NO_IDS).alias("claim_ids"),
    pl.concat_list("client_id", pl.coalesce("clients_behind", NO_IDS))
    .list.unique()
    .list.sort()
    .alias("client_ids"),
    pl.when(amount_basis="claims").then("at_risk").alias("amount_at_risk_pence"),
    pl.col("estimate_pence").alias("amount_estimate_pence"),
    pl.col("low_pence").alias("amount_low_pence"),
    pl.col("high_pence").alias("amount_high_pence"),
    pl.col("population_pence").alias("population_amount_pence"),
]
AS_FINDINGS = [pl.col(name).cast(dtype) for name, dtype in FINDING_SCHEMA.items()]
AS_FLAGGED_CLAIMS = [pl.col(name).cast(dtype) for name, dtype in FLAGGED_CLAIM_SCHEMA.items()]
# Each step is one plan over rows that are in memory already: nothing in it is left to stream or to optimise.
AS_WRITTEN = pl.QueryOptFlags.none()


def assemble(
    loaded: LoadedRule, found: pl.DataFrame, facts: pl.DataFrame, currencies: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return findings and flagged claims made from the rows that a rule flagged.

    Rows with one key are one finding. `facts` holds contract, deliverer, client, period and amount of every
    claim that the rows name; `currencies` the currency of each contract. Raises RuleDefect where a rule
    names a claim that does not exist, gives one finding two texts, or puts no amount where its basis asks
    for one.
    """
    if found.is_empty():
        return empty_findings(), empty_flagged_claims()
    rule = loaded.rule
    claims = claims_of(found)
    if facts.height > len(claims):
        # The facts are of all rules' claims; joins go by this rule's alone.
        facts = facts.join(claims.to_frame(), on="claim_id", how="semi")
    rows = _told(rule, found, facts, currencies)
    _hold_to_its_basis(rule, rows)
    merged = _with_ids(rule, _merged(rule, rows))
    behind = _claims_behind(rule, merged, facts)
    flagged = (
        behind.lazy()
        .with_columns(rule_id=pl.lit(rule.id), family=pl.lit(rule.family))
        .select(AS_FLAGGED_CLAIMS)
        .sort("claim_id", "finding_id")
        .collect(engine="in-memory", optimizations=AS_WRITTEN)
    )
    return _findings(loaded, merged, behind), flagged


def claims_of(found: pl.DataFrame) -> pl.Series:
    """Return the ids of all claims that a rule's rows name, each once."""
    named = pl.col("claim_id").append(pl.col("also_claim_ids").explode())
    return found.select(named.drop_nulls().unique()).to_series()


def _keys(rule: Rule) -> list[str]:
    return [f"{KEY}{name}" for name in rule.key]


def _told(rule: Rule, found: pl.DataFrame, facts: pl.DataFrame, currencies: pl.DataFrame) -> pl.DataFrame:
    """Write message and evidence; fill what the rule left out and the claim says."""
    told = tuple(item for item in found.schema.items() if item[0] not in UNTOLD)
    rows = (
        found.lazy()
        .join(facts.lazy().rename(AS_FACTS), on="claim_id", how="left", maintain_order="left")
        .with_columns(FILLED)
        .join(currencies.lazy(), on="contract_id", how="left", maintain_order="left")
        .select(*NAMED, *STANDING, *MEASURES, *_texts(rule.message, rule.key, told))
        .collect(engine="in-memory", optimizations=AS_WRITTEN)
    )
    if not rows["known"].all():
        raise RuleDefect(NO_SUCH_CLAIM)
    return rows


@lru_cache(maxsize=MOST_SHAPES)
def _texts(
    message: str, key: tuple[str, ...], told: tuple[tuple[str, pl.DataType], ...]
) -> tuple[pl.Expr, ...]:
    """Return the key as text, message, evidence, and whether the claim that a row names is `known`."""
    return (
        *(pl.col(name).cast(pl.String).alias(f"{KEY}{name}") for name in key),
        pl.concat_str(sentence(message), pl.concat_str(pl.lit(" "), "caution").fill_null("")).alias(
            "message"
        ),
        evidence(dict(told)).alias("evidence"),
        (pl.col("claim_id").is_null() | pl.col(f"{FACT}amount_pence").is_not_null()).alias("known"),
    )


def _hold_to_its_basis(rule: Rule, rows: pl.DataFrame) -> None:
    """Raise RuleDefect where a statistical rule put an amount on a claim, or another one none."""
    at_risk = rows.filter(pl.col("claim_id").is_not_null())["at_risk_pence"]
    if rule.basis == STATISTICAL and at_risk.null_count() < len(at_risk):
        raise RuleDefect("a statistical rule put an amount on a claim; it may give an estimate or nothing")
    if rule.basis == STATISTICAL and not rule.estimates and rows["estimate_pence"].count():
        raise RuleDefect(
            "the rule gave an estimate, which its header does not declare; the engine makes them"
        )
    if rule.basis != STATISTICAL and at_risk.null_count():
        raise RuleDefect("the rule gave no amount at risk for a claim; give 0 where there is none")


def _merged(rule: Rule, rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each finding, the claims that its rows name as lists.

    What is across several contracts, providers or periods belongs to none.
    """
    identity = [*_keys(rule), *(("period",) if rule.about_a_period else ())]
    one_or_none = [shared for name, shared in ONE_OR_NONE.items() if name not in identity]
    merged = (
        rows.lazy()
        .group_by(identity, maintain_order=True)
        .agg(*one_or_none, CLIENTS, pl.col(TOLD_ONCE).first(), pl.col(NAMED))
        .collect(engine="in-memory", optimizations=AS_WRITTEN)
    )
    if merged.height < rows.height and rows.select(*identity, *TOLD_ONCE).unique().height > merged.height:
        raise RuleDefect("the rule gave one finding two different texts; rows with one key have to agree")
    return merged


def _with_ids(rule: Rule, merged: pl.DataFrame) -> pl.DataFrame:
    identities = merged.select("contract_id", "period", *_keys(rule)).iter_rows()
    ids = [
        finding_id(rule.id, contract, rule.subject, key, period if rule.about_a_period else None)
        for contract, period, *key in identities
    ]
    if len(set(ids)) != len(ids):
        raise RuleDefect("the rule gave two findings one id; its key does not tell its subjects apart")
    return merged.with_columns(
        pl.Series("finding_id", ids, dtype=pl.String), severity=pl.col("severity").fill_null(rule.severity)
    )


def _claims_behind(rule: Rule, merged: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """One row for each finding and claim with the amount at risk on it, and the claim's client.

    Never more than the claim's own amount and never less than nothing; a statistical finding puts no
    amount on any claim.
    """
    of_finding = ("finding_id", "severity")
    named = merged.lazy().select(*of_finding, *NAMED).explode(NAMED)
    main = named.select(*of_finding, "claim_id", "at_risk_pence").drop_nulls("claim_id")
    also = (
        named.select(
            *of_finding,
            claim_id="also_claim_ids",
            at_risk_pence=pl.lit(None if rule.basis == STATISTICAL else 0, dtype=pl.Int64),
        )
        .explode("claim_id")
        .drop_nulls("claim_id")
    )
    behind = (
        pl.concat([main, also])
        .group_by(*of_finding, "claim_id")
        .agg(pl.col("at_risk_pence").max())
        .join(
            facts.lazy().select("claim_id", "client_id", own_pence="amount_pence"), on="claim_id", how="left"
        )
        .with_columns(amount_pence=pl.col("at_risk_pence").clip(0, pl.col("own_pence").clip(lower_bound=0)))
        .collect(engine="in-memory", optimizations=AS_WRITTEN)
    )
    if behind["own_pence"].null_count():
        raise RuleDefect(NO_SUCH_CLAIM)
    return behind


def _findings(loaded: LoadedRule, merged: pl.DataFrame, behind: pl.DataFrame) -> pl.DataFrame:
    """Put the standard's columns together, sorted."""
    rule, page = loaded.rule, loaded.page
    claims = (
        behind.lazy()
        .group_by("finding_id")
        .agg(
            claim_ids=pl.col("claim_id").sort(),
            clients_behind=pl.col("client_id").drop_nulls().unique(),
            at_risk=pl.col("amount_pence").sum(),
        )
    )
    of_rule = {
        "rule_id": rule.id,
        "rule_version": rule.version,
        "family": rule.family,
        "status": "new",
        "subject_type": rule.subject,
        "innocent_explanation": page.line("Innocent explanations"),
        "ask_for": page.line("Ask for"),
    }
    return (
        merged.lazy()
        .drop(NAMED)
        .join(claims, on="finding_id", how="left")
        .with_columns(amount_basis=ESTIMATE_OR_NONE if rule.basis == STATISTICAL else BASIS)
        .with_columns(
            *OF_CLAIMS,
            *(pl.lit(value).alias(name) for name, value in of_rule.items()),
            subject_id=pl.concat_str([pl.col(key).fill_null("") for key in _keys(rule)], separator="/"),
        )
        .select(AS_FINDINGS)
        .sort("rule_id", "contract_id", "subject_id", "period", "finding_id")
        .collect(engine="in-memory", optimizations=AS_WRITTEN)
    )
