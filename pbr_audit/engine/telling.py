"""Outcomes made of answers: findings with their ids, sentences and amounts, or why there are none."""

import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from pbr_audit.engine.assembly import assemble, claims_of
from pbr_audit.engine.estimates import with_estimates
from pbr_audit.engine.outcome import NO_TESTS, Answer, Outcome, RuleDefect
from pbr_audit.finding import UNDER_CLAIM, empty_flagged_claims
from pbr_audit.rule import STATISTICAL, LoadedRule
from pbr_audit.views import Tables, engine_for

TESTS_ORDER = ("contract_id", "subject_id", "period", "provider_id", "p_value")
Answers = Mapping[str, Answer | Outcome]


@dataclass(frozen=True)
class _Facts:
    """What findings are told with: the claims behind them, contracts' currencies, and of other rules.

    `at_risk` are the claims on which rules that are not statistical put an amount; `confidence` is what an
    interval needs that is told because it was selected.
    """

    claims: pl.DataFrame
    currencies: pl.DataFrame
    confidence: float
    at_risk: pl.DataFrame


def outcomes(rules: Sequence[LoadedRule], answers: Answers, tables: Tables) -> tuple[Outcome, ...]:
    """Return the outcome of each rule, in the order given."""
    given = [answer for answer in answers.values() if isinstance(answer, Answer)]
    claims = _claim_facts(tables, given)
    facts = _Facts(claims, _currencies(tables), _confidence(given), empty_flagged_claims())
    told = {
        loaded.rule.id: _told(loaded, answers[loaded.rule.id], facts)
        for loaded in rules
        if not loaded.rule.estimates
    }
    # Estimates leave out what other rules put at risk, so these come first.
    facts = replace(facts, at_risk=_at_risk(told.values()))
    told |= {
        loaded.rule.id: _told(loaded, answers[loaded.rule.id], facts)
        for loaded in rules
        if loaded.rule.estimates
    }
    return tuple(told[loaded.rule.id] for loaded in rules)


def _confidence(answers: Iterable[Answer]) -> float:
    """Return the confidence of intervals that are told because their test was a discovery."""
    from pbr_audit.stats.multiplicity import selected_confidence  # noqa: PLC0415 - for statistical rules alone

    tests = [answer.tests for answer in answers if answer.tests is not None]
    made = sum(test["p_value"].count() for test in tests)
    return selected_confidence(sum(int(test["discovered"].sum()) for test in tests), made)


def _at_risk(outcomes: Iterable[Outcome]) -> pl.DataFrame:
    rows = [
        outcome.flagged_claims
        for outcome in outcomes
        if outcome.loaded.rule.basis != STATISTICAL and outcome.loaded.rule.family != UNDER_CLAIM
    ]
    return pl.concat([empty_flagged_claims(), *rows])


def _told(loaded: LoadedRule, answer: Answer | Outcome, facts: _Facts) -> Outcome:
    return answer if isinstance(answer, Outcome) else _outcome(loaded, answer, facts)


def _claim_facts(tables: Tables, answers: Iterable[Answer]) -> pl.DataFrame:
    """What the findings say of the claims behind them, for these claims only."""
    wanted = [claims_of(answer.found) for answer in answers if not answer.found.is_empty()]
    schema = {
        "claim_id": pl.String,
        "contract_id": pl.String,
        "deliverer_id": pl.String,
        "client_id": pl.String,
        "period": pl.String,
        "amount_pence": pl.Int64,
    }
    if not wanted or "claims" not in tables.frames:
        return pl.DataFrame(schema=schema)
    ids = pl.concat(wanted).unique().to_frame("claim_id")
    claims = tables.frames["claims"].select(*schema)
    behind = claims.join(ids.lazy(), on="claim_id", how="semi")
    return behind.collect(engine=engine_for(tables.rows["claims"]))


def _currencies(tables: Tables) -> pl.DataFrame:
    return tables.frames["contracts"].select("contract_id", "currency").collect(engine="in-memory")


def _outcome(loaded: LoadedRule, answer: Answer, facts: _Facts) -> Outcome:
    """Turn an answer into findings, or say why there are none."""
    tests = NO_TESTS if answer.tests is None else answer.tests.sort(TESTS_ORDER)
    unknown = sum(answer.unknown.values())
    why = "; ".join(f"{n:,} {'row' if n == 1 else 'rows'}: {reason}" for reason, n in answer.unknown.items())
    if not answer.examined:
        return Outcome(loaded=loaded, status="not_applicable", reason="there is no row for it to examine")
    if unknown == answer.examined:
        return Outcome(
            loaded=loaded,
            status="not_assessable",
            reason=why,
            rows_examined=answer.examined,
            rows_not_assessable=unknown,
            tests=tests,
        )
    try:
        found = answer.found
        if loaded.rule.estimates:
            amounts = facts.claims.join(facts.currencies, on="contract_id", how="left", maintain_order="left")
            found = with_estimates(loaded.rule, found, amounts, facts.at_risk, facts.confidence)
        findings, flagged = assemble(loaded, found, facts.claims, facts.currencies)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 - what a rule returned may fit neither message nor evidence
        return Outcome(loaded=loaded, status="failed", reason=what_failed(loaded, error), tests=tests)
    return Outcome(
        loaded=loaded,
        status="assessed",
        reason=why,
        rows_examined=answer.examined,
        rows_not_assessable=unknown,
        findings=findings,
        flagged_claims=flagged,
        tests=tests,
    )


def what_failed(loaded: LoadedRule, error: BaseException) -> str:
    """Say what kind of error it was and where in the rule, without its text: that may hold a cell's value."""
    if isinstance(error, RuleDefect):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    name = loaded.origin.rsplit("/", maxsplit=1)[-1]
    lines = [frame.lineno for frame in frames if frame.filename.endswith(name)]
    where = f" at line {lines[-1]}" if lines else ""
    hint = ""
    if isinstance(error, pl.exceptions.ColumnNotFoundError):
        hint = "; a rule sees only the columns that its needs declare"
    elif isinstance(error, AttributeError) and "declare" in str(error):
        hint = f"; {error}"
    return f"{type(error).__name__}{where} of {loaded.origin}{hint}"
