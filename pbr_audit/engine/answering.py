"""One rule's answer on one view: the rows that it flagged, and how many it could not judge and why."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from pbr_audit.engine.correcting import corrected, tests_of
from pbr_audit.engine.outcome import EMPTY_CELL, RESERVED, Answer, RuleDefect
from pbr_audit.finding import FALSE_DISCOVERY_RATE
from pbr_audit.rule import STATISTICAL, LoadedRule, Params, Rule, View, fields
from pbr_audit.views import Engine, parts

NOT_RETURNED = {name: pl.lit(None, dtype=dtype).alias(name) for name, dtype in RESERVED.items()}
AS_RESERVED = [pl.col(name).cast(dtype) for name, dtype in RESERVED.items()]
# What the engine makes an estimate of.
EXCESS = ("excess_claims", "excess_error", "excess_df")


def ask(
    loaded: LoadedRule,
    view: View,
    params: Params,
    *,
    split: int = 1,
    engine: Engine = "auto",
    level: float = FALSE_DISCOVERY_RATE,
) -> Answer:
    """Return one rule's answer on `view`, computed on `split` key-complete parts by an engine of Polars.

    A statistical rule's tests are corrected for one another, at a false discovery rate of `level`. Raises
    NotAssessable, RuleDefect, or whatever the rule raises.
    """
    first = first_answer(loaded, view, params, split=split, engine=engine)
    answer = corrected({loaded.rule.id: first}, {loaded.rule.id: loaded.rule}, level)[loaded.rule.id]
    return with_members(loaded, view, params, answer, split=split, engine=engine)


def first_answer(
    loaded: LoadedRule, view: View, params: Params, *, split: int = 1, engine: Engine = "auto"
) -> Answer:
    """Return a rule's answer before its tests are corrected and before the claims behind it are named."""
    views = _views(loaded, view, split)
    if loaded.flag is not None:
        return stacked([_examine(loaded.rule, loaded.flag(part, params), engine) for part in views])
    assert loaded.measure is not None  # noqa: S101 - the loader admits no third form
    assert loaded.decide is not None  # noqa: S101
    measures = pl.concat([loaded.measure(part, params).collect(engine=engine) for part in views])
    return _examine(loaded.rule, loaded.decide(measures, params).lazy(), "in-memory")


def with_members(
    loaded: LoadedRule, view: View, params: Params, answer: Answer, *, split: int = 1, engine: Engine = "auto"
) -> Answer:
    """Return an answer with the claims behind what it found, where the rule can name them."""
    if loaded.members is None or answer.found.is_empty():
        return answer
    keys = list(loaded.rule.key)
    wanted = answer.found.lazy().select(keys)
    behind = pl.concat(
        [loaded.members(part, wanted, params).collect(engine=engine) for part in _views(loaded, view, split)]
    )
    found = answer.found.drop("claim_id", "at_risk_pence").join(
        behind.select(*keys, pl.col("claim_id"), pl.col("at_risk_pence").cast(pl.Int64)),
        on=keys,
        how="left",
        nulls_equal=True,
    )
    return replace(answer, found=found)


def _views(loaded: LoadedRule, view: View, split: int) -> list[View]:
    return list(parts(view, loaded.rule.by, split)) if split > 1 else [view]


def _examine(rule: Rule, returned: pl.LazyFrame, engine: Engine) -> Answer:
    """Count the three answers in what a rule returned, and keep the rows that it flagged."""
    schema = returned.collect_schema()
    if schema.get("flagged") != pl.Boolean:
        raise RuleDefect("the rule returned no column `flagged` of true, false and null")
    if lacking := [name for name in rule.key if name not in schema]:
        raise RuleDefect(f"the rule returned no {', '.join(lacking)}, which its key names")
    if lacking := [name for name in fields(rule.message, rule.id) if name not in {*schema, *RESERVED}]:
        raise RuleDefect(f"the rule returned no {', '.join(lacking)}, which its message names")
    if rule.estimates and (lacking := [name for name in EXCESS if name not in schema]):
        raise RuleDefect(f"the rule returned no {', '.join(lacking)}, which its estimate is made of")
    rows = returned.with_columns(null for name, null in NOT_RETURNED.items() if name not in schema)
    # Collected once and counted afterwards: two plans at a time make Polars do the rule's joins twice.
    whole = rows.collect(engine=engine)
    found = whole.filter("flagged").with_columns(AS_RESERVED)
    unknown = _unjudged(whole) if whole["flagged"].null_count() else {}
    tests = tests_of(rule, whole) if rule.basis == STATISTICAL else None
    return Answer(found, whole.height, unknown, tests)


def _unjudged(whole: pl.DataFrame) -> dict[str, int]:
    """Return how many rows could not be judged, by reason, the most frequent first."""
    why = pl.col("why_not").fill_null(EMPTY_CELL)
    counts = whole.filter(pl.col("flagged").is_null()).group_by(why=why).len()
    return dict(counts.sort("len", "why", descending=[True, False]).iter_rows())


def stacked(answers: Sequence[Answer]) -> Answer:
    """Return the answers on several parts as that on the whole."""
    if len(answers) == 1:
        return answers[0]
    unknown: dict[str, int] = {}
    for answer in answers:
        for why, n in answer.unknown.items():
            unknown[why] = unknown.get(why, 0) + n
    tests = [answer.tests for answer in answers if answer.tests is not None]
    return Answer(
        pl.concat([answer.found for answer in answers]),
        sum(answer.examined for answer in answers),
        dict(sorted(unknown.items(), key=lambda counted: (-counted[1], counted[0]))),
        pl.concat(tests) if tests else None,
    )
