"""Makes findings of the rows that a rule flagged: ids, sentences, amounts, provider and contract."""

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
from pbr_audit.rule import LoadedRule, Rule, sentence

# Told once for each finding: two rows of one finding that differ here are a defect of the rule.
TOLD_ONCE = ("message", "evidence", "severity", *MEASURES)
NO_IDS = pl.lit([], dtype=pl.List(pl.String))


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
    # The facts are of all rules' claims; joins go by this rule's alone.
    facts = facts.join(claims_of(found).to_frame(), on="claim_id", how="semi")
    rows = _told(rule, _with_facts(found, facts, currencies))
    merged = _with_ids(rule, _merged(rule, rows))
    flagged = _claims_behind(rule, rows, merged, facts)
    findings = _findings(loaded, merged, flagged, facts)
    flagged = (
        flagged.join(findings.select("finding_id", "severity"), on="finding_id")
        .with_columns(rule_id=pl.lit(rule.id), family=pl.lit(rule.family))
        .select(pl.col(name).cast(dtype) for name, dtype in FLAGGED_CLAIM_SCHEMA.items())
        .sort("claim_id", "finding_id")
    )
    return findings, flagged


def claims_of(found: pl.DataFrame) -> pl.Series:
    """Return the ids of all claims that a rule's rows name, each once."""
    return pl.concat([found["claim_id"], found["also_claim_ids"].explode()]).drop_nulls().unique()


def _keys(rule: Rule) -> list[str]:
    return [f"key_{name}" for name in rule.key]


def _with_facts(found: pl.DataFrame, facts: pl.DataFrame, currencies: pl.DataFrame) -> pl.DataFrame:
    """Fill contract, deliverer, client and period from the claim where the rule left them out."""
    known = facts.rename({name: f"fact_{name}" for name in facts.columns if name != "claim_id"})
    rows = found.join(known, on="claim_id", how="left", maintain_order="left")
    if rows.filter(pl.col("claim_id").is_not_null() & pl.col("fact_amount_pence").is_null()).height:
        raise RuleDefect("the rule named a claim that is not in the data set")
    return (
        rows.with_columns(
            contract_id=pl.coalesce("contract_id", "fact_contract_id"),
            provider_id=pl.coalesce("provider_id", "fact_deliverer_id"),
            client_id=pl.coalesce("client_id", "fact_client_id"),
            period=pl.coalesce("period", "fact_period"),
        )
        .drop(name for name in rows.columns if name.startswith("fact_"))
        .join(currencies, on="contract_id", how="left", maintain_order="left")
    )


def _told(rule: Rule, rows: pl.DataFrame) -> pl.DataFrame:
    """Write message and evidence, and tell which rows are one finding (`finding`)."""
    told = {name: dtype for name, dtype in rows.schema.items() if name not in {*RESERVED, "currency"}}
    rows = rows.with_columns(
        pl.col(name).cast(pl.String).alias(key) for name, key in zip(rule.key, _keys(rule), strict=True)
    )
    return rows.select(
        "claim_id",
        "at_risk_pence",
        "also_claim_ids",
        *STANDING,
        *MEASURES,
        *_keys(rule),
        finding=pl.struct(*_keys(rule), *(("period",) if rule.about_a_period else ())),
        message=sentence(rule.message),
        evidence=evidence(told),
    )


def _merged(rule: Rule, rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each finding; what is across several contracts, providers or periods belongs to none."""
    merged = rows.group_by("finding", maintain_order=True).agg(
        pl.col(_keys(rule)).first(),
        pl.col("contract_id", "provider_id", "period").unique(),
        pl.col("client_id").drop_nulls().unique(),
        pl.col(TOLD_ONCE).first(),
        texts=pl.struct(TOLD_ONCE).n_unique(),
    )
    if merged["texts"].max() != 1:
        raise RuleDefect("the rule gave one finding two different texts; rows with one key have to agree")
    return merged.with_columns(
        pl.when(pl.col(name).list.len() == 1).then(pl.col(name).list.first()).alias(name)
        for name in ("contract_id", "provider_id", "period")
    )


def _with_ids(rule: Rule, merged: pl.DataFrame) -> pl.DataFrame:
    identities = merged.select("contract_id", "period", *_keys(rule)).iter_rows()
    ids = [
        finding_id(rule.id, contract, rule.subject, key, period if rule.about_a_period else None)
        for contract, period, *key in identities
    ]
    if len(set(ids)) != len(ids):
        raise RuleDefect("the rule gave two findings one id; its key does not tell its subjects apart")
    return merged.with_columns(finding_id=pl.Series(ids, dtype=pl.String))


def _claims_behind(rule: Rule, rows: pl.DataFrame, merged: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """One row for each finding and claim with the amount at risk on it.

    Never more than the claim's own amount and never less than nothing; a statistical finding puts no
    amount on any claim.
    """
    statistical = rule.basis == "statistical"
    ids = rows.join(merged.select("finding", "finding_id"), on="finding", nulls_equal=True)
    main = ids.filter(pl.col("claim_id").is_not_null()).select("finding_id", "claim_id", "at_risk_pence")
    if statistical and main["at_risk_pence"].is_not_null().any():
        raise RuleDefect("a statistical rule put an amount on a claim; it may give an estimate or nothing")
    if not statistical and main["at_risk_pence"].is_null().any():
        raise RuleDefect("the rule gave no amount at risk for a claim; give 0 where there is none")
    also = (
        ids.select("finding_id", claim_id="also_claim_ids")
        .explode("claim_id")
        .drop_nulls()
        .with_columns(at_risk_pence=pl.lit(None if statistical else 0, dtype=pl.Int64))
    )
    behind = (
        pl.concat([main, also])
        .group_by("finding_id", "claim_id")
        .agg(pl.col("at_risk_pence").max())
        .join(facts.select("claim_id", "amount_pence"), on="claim_id", how="left")
    )
    if behind["amount_pence"].is_null().any():
        raise RuleDefect("the rule named a claim that is not in the data set")
    return behind.select(
        "finding_id",
        "claim_id",
        amount_pence=pl.col("at_risk_pence").clip(0, pl.col("amount_pence").clip(lower_bound=0)),
    )


def _findings(
    loaded: LoadedRule, merged: pl.DataFrame, flagged: pl.DataFrame, facts: pl.DataFrame
) -> pl.DataFrame:
    """Put the standard's columns together, sorted."""
    rule, page = loaded.rule, loaded.page
    behind = (
        flagged.join(facts.select("claim_id", "client_id"), on="claim_id", how="left")
        .group_by("finding_id")
        .agg(
            claim_ids=pl.col("claim_id").sort(),
            clients_behind=pl.col("client_id").drop_nulls().unique(),
            at_risk=pl.col("amount_pence").sum(),
        )
    )
    basis = (
        pl.when(pl.col("estimate_pence").is_not_null())
        .then(pl.lit("estimate"))
        .when(pl.col("claim_ids").is_not_null() & (rule.basis != "statistical"))
        .then(pl.lit("claims"))
        .otherwise(pl.lit("none"))
    )
    return (
        merged.join(behind, on="finding_id", how="left")
        .with_columns(amount_basis=basis)
        .with_columns(
            rule_id=pl.lit(rule.id),
            rule_version=pl.lit(rule.version),
            family=pl.lit(rule.family),
            severity=pl.coalesce("severity", pl.lit(rule.severity)),
            status=pl.lit("new"),
            subject_type=pl.lit(rule.subject),
            subject_id=pl.concat_str([pl.col(key).fill_null("") for key in _keys(rule)], separator="/"),
            claim_ids=pl.coalesce("claim_ids", NO_IDS),
            client_ids=pl.concat_list("client_id", pl.coalesce("clients_behind", NO_IDS))
            .list.unique()
            .list.sort(),
            amount_at_risk_pence=pl.when(amount_basis="claims").then("at_risk"),
            amount_estimate_pence="estimate_pence",
            amount_low_pence="low_pence",
            amount_high_pence="high_pence",
            population_amount_pence="population_pence",
            innocent_explanation=pl.lit(page.line("Innocent explanations")),
            ask_for=pl.lit(page.line("Ask for")),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in FINDING_SCHEMA.items())
        .sort("rule_id", "contract_id", "subject_id", "period", "finding_id")
    )
