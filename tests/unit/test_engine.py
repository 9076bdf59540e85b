"""The engine: three answers, findings made of rows, amounts counted once, and rules that raise."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import pytest

from pbr_audit.engine import Outcome, coverage, run
from pbr_audit.errors import ConfigurationError
from pbr_audit.finding import finding_id
from pbr_audit.rule import LoadedRule, Needs, NotAssessable, Param, Params, View
from pbr_audit.views import Tables
from tests.unit.worlds import a_rule, world

NEEDS = Needs(required={"claims": ("claim_id", "client_id", "amount_pence", "advisor_id")})
CLAIMS = """
| claim_id | client_id | amount  | advisor_id | subcontractor_id |
| F1       | P1        | 1200.00 | A1         | SB01             |
| F2       | P1        | 300.00  | A1         | -                |
| C1       | P2        | 50.00   | A2         | -                |
| N1       | P3        | 10.00   | -          | -                |
"""


def outcome(
    loaded: LoadedRule, tables: Tables | None = None, params: Mapping[str, object] | None = None
) -> Outcome:
    (made,) = run(
        [loaded],
        world(claims=CLAIMS) if tables is None else tables,
        selected=lambda _: True,
        params={} if params is None else {loaded.rule.id: params},
        as_of=date(2016, 12, 31),
        seed=0,
    )
    return made


def by_advisor(view: View, p: Params) -> pl.LazyFrame:
    """Flag the claims of advisor A1; where no advisor is named, nobody can tell."""
    return view.claims.select(
        "claim_id",
        "advisor_id",
        flagged=pl.col("advisor_id") == "A1",
        at_risk_pence="amount_pence",
    )


def amounts(made: Outcome) -> list[tuple[str, int | None]]:
    return made.flagged_claims.select("claim_id", "amount_pence").rows()


def test_true_is_a_finding_false_is_clear_and_null_is_not_assessable() -> None:
    made = outcome(a_rule(NEEDS, flag=by_advisor, message="Signed by {advisor_id}."))
    assert (made.status, made.rows_examined, made.rows_not_assessable) == ("assessed", 4, 1)
    assert made.reason == "1 row: a value that the rule needs is missing"
    columns = ("subject_id", "contract_id", "provider_id", "period", "claim_ids", "client_ids", "message")
    assert made.findings.select(columns).rows() == [
        ("F1", "CPA01", "SB01", "2016-Q2", ["F1"], ["P1"], "Signed by A1."),
        ("F2", "CPA01", "PR01", "2016-Q2", ["F2"], ["P1"], "Signed by A1."),
    ]
    assert amounts(made) == [("F1", 1200_00), ("F2", 300_00)]
    assert made.findings["evidence"].to_list() == ['{"advisor_id":"A1"}'] * 2
    assert made.findings["finding_id"][0] == finding_id("TST101", "CPA01", "claim", ["F1"])


def test_rows_with_one_key_are_one_finding() -> None:
    rule = a_rule(
        Needs(required={"claims": ("claim_id", "client_id", "amount_pence", "advisor_id")}),
        flag=by_advisor,
        subject="advisor",
        key=("advisor_id",),
    )
    made = outcome(rule)
    assert made.findings.select("subject_id", "claim_ids", "amount_at_risk_pence").rows() == [
        ("A1", ["F1", "F2"], 1500_00)
    ]
    # Two deliverers: the finding belongs to neither.
    assert made.findings["provider_id"].to_list() == [None]


def flag_with(**columns: Any) -> LoadedRule:
    """Return a rule that flags claim F1 and returns `columns` with it."""

    def flag(view: View, p: Params) -> pl.LazyFrame:
        claims = view.claims.filter(claim_id="F1")
        return claims.select("claim_id", **({"flagged": pl.lit(True), "at_risk_pence": pl.lit(1)} | columns))

    return a_rule(NEEDS, flag=flag)


@pytest.mark.parametrize(("returned", "kept"), [(5000_00, 1200_00), (-7, 0), (0, 0), (1, 1)])
def test_an_amount_at_risk_is_never_more_than_the_claim_and_never_negative(returned: int, kept: int) -> None:
    assert amounts(outcome(flag_with(at_risk_pence=pl.lit(returned)))) == [("F1", kept)]


def test_a_negative_claim_carries_nothing_at_risk() -> None:
    tables = world(claims="| claim_id | amount | advisor_id |\n| F1 | -5.00 | A1 |")
    reversals = Needs(required=NEEDS.required, live_only=False)
    assert amounts(outcome(a_rule(reversals, flag=by_advisor), tables)) == [("F1", 0)]


def test_claims_that_are_only_named_are_listed_at_nothing() -> None:
    made = outcome(flag_with(also_claim_ids=pl.lit(["C1", "F2"], dtype=pl.List(pl.String))))
    assert amounts(made) == [("C1", 0), ("F1", 1), ("F2", 0)]
    assert made.findings.select("claim_ids", "client_ids", "amount_at_risk_pence").rows() == [
        (["C1", "F1", "F2"], ["P1", "P2"], 1)
    ]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (
            flag_with(at_risk_pence=pl.lit(None, dtype=pl.Int64)),
            "the rule gave no amount at risk for a claim; give 0 where there is none",
        ),
        (flag_with(flagged=pl.lit(1)), "the rule returned no column `flagged` of true, false and null"),
        (
            flag_with(also_claim_ids=pl.lit(["nobody"], dtype=pl.List(pl.String))),
            "the rule named a claim that is not in the data set",
        ),
        (
            a_rule(NEEDS, flag=by_advisor, key=("client_id",), subject="client"),
            "the rule returned no client_id, which its key names",
        ),
        (
            a_rule(
                NEEDS,
                flag=lambda view, p: by_advisor(view, p).with_columns(told=pl.col("claim_id")),
                key=("advisor_id",),
                subject="advisor",
            ),
            "the rule gave one finding two different texts; rows with one key have to agree",
        ),
        (
            a_rule(
                NEEDS,
                flag=lambda view, p: by_advisor(view, p).with_columns(p_value=pl.lit(0.001)),
                basis="statistical",
            ),
            "a statistical rule put an amount on a claim; it may give an estimate or nothing",
        ),
    ],
)
def test_a_rule_that_breaks_its_own_form_is_failed_and_says_how(rule: LoadedRule, reason: str) -> None:
    made = outcome(rule)
    assert (made.status, made.reason, made.findings.height) == ("failed", reason, 0)


def raises(error: BaseException) -> LoadedRule:
    def flag(view: View, p: Params) -> pl.LazyFrame:
        raise error

    return a_rule(NEEDS, flag=flag)


def test_a_rule_that_raises_is_failed_without_a_word_of_the_errors_text() -> None:
    made = outcome(raises(ValueError("J Smith")))
    assert (made.status, made.reason) == ("failed", "ValueError of rules/tests/TST101.py")


def test_a_panic_inside_polars_is_failed_too() -> None:
    made = outcome(raises(pl.exceptions.PanicException("J Smith")))
    assert (made.status, made.reason) == ("failed", "PanicException of rules/tests/TST101.py")


def test_the_rules_after_a_failing_one_still_run() -> None:
    good = a_rule(NEEDS, flag=by_advisor, id="TST102")
    made = run(
        [raises(ValueError()), good],
        world(claims=CLAIMS),
        selected=lambda _: True,
        params={},
        as_of=None,
        seed=0,
    )
    assert [one.status for one in made] == ["failed", "assessed"]
    assert coverage(made).rows() == [
        ("TST101", "failed", "ValueError of rules/tests/TST101.py", 0, 0, 0, *[None] * 4),
        ("TST102", "assessed", "1 row: a value that the rule needs is missing", 4, 1, 2, *[None] * 4),
    ]


def test_an_undeclared_column_raises() -> None:
    def flag(view: View, p: Params) -> pl.LazyFrame:
        return view.claims.select("claim_id", flagged=pl.col("outcome") == "JOB")

    made = outcome(a_rule(NEEDS, flag=flag))
    assert made.status == "failed"
    assert made.reason == (
        "ColumnNotFoundError of rules/tests/TST101.py; a rule sees only the columns that its needs declare"
    )


def test_a_rule_may_say_that_it_cannot_judge() -> None:
    def flag(view: View, p: Params) -> pl.LazyFrame:
        raise NotAssessable("7 comparable providers, 10 are needed")

    made = outcome(a_rule(NEEDS, flag=flag))
    assert (made.status, made.reason) == ("not_assessable", "7 comparable providers, 10 are needed")


def test_needs_that_are_not_there_are_not_assessable_without_asking_the_rule() -> None:
    made = outcome(a_rule(Needs(required={"events": ("client_id",)}), flag=by_advisor))
    assert (made.status, made.reason) == ("not_assessable", "there is no events table")


def test_terms_without_the_clause_are_not_applicable() -> None:
    made = outcome(a_rule(Needs(required={"volumes": ("allocation",)}), flag=by_advisor))
    assert (made.status, made.reason) == ("not_applicable", "no contract's terms have volumes")


def test_no_row_to_examine_is_not_applicable_and_never_clear() -> None:
    made = outcome(a_rule(NEEDS, flag=lambda view, p: by_advisor(view, p).filter(pl.lit(False))))
    assert (made.status, made.reason) == ("not_applicable", "there is no row for it to examine")


def test_rows_that_are_all_unknown_are_not_assessable_with_their_reasons() -> None:
    def flag(view: View, p: Params) -> pl.LazyFrame:
        why = pl.when(pl.col("client_id") == "P1").then(pl.lit("no group")).otherwise(pl.lit("no price"))
        return view.claims.select("claim_id", flagged=pl.lit(None, dtype=pl.Boolean), why_not=why)

    made = outcome(a_rule(NEEDS, flag=flag))
    assert (made.status, made.reason) == ("not_assessable", "2 rows: no group; 2 rows: no price")
    assert (made.rows_examined, made.rows_not_assessable) == (4, 4)


def test_a_rule_that_is_not_selected_is_disabled() -> None:
    made = run(
        [a_rule(NEEDS, flag=by_advisor)],
        world(claims=CLAIMS),
        selected=lambda _: False,
        params={},
        as_of=None,
        seed=0,
    )
    assert coverage(made).rows() == [
        ("TST101", "disabled", "not selected for this run", 0, 0, 0, *[None] * 4)
    ]


def test_a_parameter_reaches_the_rule_and_a_wrong_one_stops_the_run() -> None:
    def flag(view: View, p: Params) -> pl.LazyFrame:
        return view.claims.select(
            "claim_id", flagged=pl.col("amount_pence") > p.least_pence, at_risk_pence="amount_pence"
        )

    rule = a_rule(NEEDS, flag=flag, params={"least_pence": Param(0, unit="pence", why="all of them")})
    assert outcome(rule, params={"least_pence": 300_00}).findings["subject_id"].to_list() == ["F1"]
    with pytest.raises(
        ConfigurationError, match="TST101 has no parameter least; its parameters: least_pence"
    ):
        outcome(rule, params={"least": 1})


def test_two_subjects_with_one_id_fail_the_rule() -> None:
    def flag(view: View, p: Params) -> pl.LazyFrame:
        # A number and its text are two subjects to the rule, and one to whoever reads the finding.
        return pl.LazyFrame({"flagged": [True, True], "cohort": ["A", "A"], "period": ["2016", "2017"]})

    rule = a_rule(NEEDS, flag=flag, subject="cohort", key=("cohort",))
    made = outcome(rule)
    assert made.findings.select("subject_id", "period").rows() == [("A", None)]
    apart = outcome(a_rule(NEEDS, flag=flag, subject="cohort", key=("cohort",), about_a_period=True))
    assert apart.findings.select("subject_id", "period").rows() == [("A", "2016"), ("A", "2017")]
    assert apart.findings["finding_id"].n_unique() == 2
