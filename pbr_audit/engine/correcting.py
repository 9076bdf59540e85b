"""One correction for all statistical tests of a run: which of them may become findings.

Simes within a provider, Benjamini and Hochberg over the providers, over the rules within those selected, and
within a rule: a rule that tests each of a provider's advisers weighs no more there than one with a single
test. The list of tests is what the rules say they look at, before any of them is a finding; a test that
abstains leaves it.
"""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from pbr_audit.engine.outcome import EMPTY_CELL, Answer, RuleDefect
from pbr_audit.finding import TESTS_SCHEMA
from pbr_audit.rule import Rule

# With fewer providers to compare, a test screens: it clears nobody, and what it flags is no more than medium.
SCREENED_BELOW = 40
GRAVER_THAN_SCREENING = ("high", "critical")
COMPARED = (
    pl.when(pl.col("providers_compared") == 1)
    .then(pl.lit("1 provider was compared"))
    .otherwise(pl.format("{} providers were compared", "providers_compared"))
)
SCREENING = pl.format(
    "This is screening: {}, and with fewer than {} no flag is no clearance.", COMPARED, pl.lit(SCREENED_BELOW)
)
# Of a test that was not made, where the rule does not say why.
NO_REASON = pl.when(pl.col("p_value").is_null()).then(
    pl.when(pl.col("flagged").is_null())
    .then(pl.lit(EMPTY_CELL))
    .otherwise(pl.lit("there was nothing to test"))
)
# A provider's tests are one family; a test that is about no provider belongs to its contract's.
FAMILY = (
    pl.when(pl.col("provider_id").is_not_null())
    .then(pl.concat_str(pl.lit("provider "), "provider_id"))
    .otherwise(pl.concat_str(pl.lit("contract "), pl.col("contract_id").fill_null("")))
)


def tests_of(rule: Rule, rows: pl.DataFrame) -> pl.DataFrame:
    """Return a test for each row that a statistical rule returned, as TESTS_SCHEMA has it, in their order.

    `discovered` says that the row is a finding if the correction leaves it. Raises RuleDefect for a p-value
    that is none, and for a row that was flagged without one: no correction could allow for that.
    """
    columns = set(rows.columns)
    tests = (
        rows.lazy()
        .with_columns(pl.lit(None).alias(name) for name in TESTS_SCHEMA if name not in columns)
        .with_columns(
            rule_id=pl.lit(rule.id),
            subject_id=pl.concat_str(
                [pl.col(name).cast(pl.String).fill_null("") for name in rule.key], separator="/"
            ),
            p_value=pl.col("p_value").cast(pl.Float64).fill_nan(None),
            reason=pl.coalesce(pl.col("why_not").cast(pl.String), NO_REASON),
            discovered=pl.col("flagged").fill_null(value=False),
            q_value=pl.lit(None),
        )
        .with_columns(
            status=pl.when(pl.col("p_value").is_null()).then(pl.lit("abstained")).otherwise(pl.lit("tested"))
        )
        .select(pl.col(name).cast(dtype) for name, dtype in TESTS_SCHEMA.items())
        .collect(engine="in-memory")
    )
    if not tests["p_value"].drop_nulls().is_between(0, 1).all():
        raise RuleDefect("the rule gave a p-value that is not between 0 and 1")
    if tests.filter("discovered", pl.col("p_value").is_null()).height:
        raise RuleDefect("the rule flagged a row without a p-value; a statistical flag has to be corrected")
    return tests


def corrected(answers: Mapping[str, Answer], rules: Mapping[str, Rule], level: float) -> dict[str, Answer]:
    """Return `answers` (by rule id) with what one correction over all of their tests leaves of them.

    A finding's q-value is at most `level`; so is the mean share of chance among the providers selected. The
    order of the rules makes no difference. Answers without tests stay as they are.
    """
    tested = {rule_id: answer.tests for rule_id, answer in answers.items() if answer.tests is not None}
    if not tested:
        return dict(answers)
    after = _survivors(pl.concat(tested.values()), level)
    made = dict(answers)
    at = 0
    for rule_id, before in tested.items():
        tests = after.slice(at, before.height)
        at += before.height
        # The rows found are those whose test could become a finding, in the same order.
        asked = tests.filter(before["discovered"])
        found = answers[rule_id].found.with_columns(asked["q_value"]).filter(asked["discovered"])
        made[rule_id] = replace(answers[rule_id], found=_cautious(rules[rule_id], found), tests=tests)
    return made


def _survivors(tests: pl.DataFrame, level: float) -> pl.DataFrame:
    """Return `tests` with their q-values; discovered are those that could be and are at or below `level`."""
    from pbr_audit.stats.multiplicity import selected_families  # noqa: PLC0415 - for statistical rules alone

    family = tests.select(FAMILY.rank("dense").cast(pl.Int64)).to_series()
    rule = tests["rule_id"].rank("dense").cast(pl.Int64)
    told = selected_families(tests["p_value"].fill_null(float("nan")), family, level, rule)
    q_value = pl.Series(told.q_values).fill_nan(None)
    return tests.with_columns(
        q_value=q_value,
        discovered=pl.col("discovered") & (q_value <= level).fill_null(value=False),
    )


def _cautious(rule: Rule, found: pl.DataFrame) -> pl.DataFrame:
    """Return findings that say so where they rest on few providers, none of them graver than medium there."""
    if "providers_compared" not in found.columns:
        return found
    few = pl.col("providers_compared") < SCREENED_BELOW
    severity = pl.col("severity").fill_null(rule.severity)
    return found.with_columns(
        caution=pl.when(few).then(SCREENING),
        severity=pl.when(few & severity.is_in(GRAVER_THAN_SCREENING))
        .then(pl.lit("medium"))
        .otherwise(severity),
    )
