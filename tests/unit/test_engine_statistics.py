"""Statistical rules in the engine: one correction over the run, cautious words, estimates and their limits."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import pytest

from pbr_audit.engine import Outcome, run
from pbr_audit.engine.estimates import with_estimates
from pbr_audit.errors import RulePackError
from pbr_audit.rule import LoadedRule, Needs, Params, View
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
PROVIDERS = {"contract_id": ["CPA01"] * 4, "provider_id": ["S1", "S2", "S3", "S4"]}


def outcomes(rules: Sequence[LoadedRule], tables: Tables | None = None, level: float = 0.05) -> list[Outcome]:
    return list(
        run(
            rules,
            world(claims=CLAIMS) if tables is None else tables,
            selected=lambda _: True,
            params={},
            as_of=None,
            seed=0,
            level=level,
        )
    )


def of_providers(
    rule_id: str, p_values: Sequence[float | None], columns: Mapping[str, object] | None = None, **header: Any
) -> LoadedRule:
    """Return a rule that tests the providers S1 to S4 and would flag each of them."""
    told = PROVIDERS | {"p_value": list(p_values)} | dict(columns or {})

    def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
        rows = pl.DataFrame(told, strict=False, schema_overrides={"p_value": pl.Float64})
        return rows if "flagged" in told else rows.with_columns(flagged=pl.col("p_value") <= 1)

    def members(view: View, found: pl.LazyFrame, p: Params) -> pl.LazyFrame:
        """Name the claims of advisor A1 behind every provider found."""
        claims = view.claims.filter(advisor_id="A1").select("claim_id")
        return found.join(claims, how="cross").with_columns(at_risk_pence=pl.lit(None, dtype=pl.Int64))

    values = {
        "id": rule_id,
        "basis": "statistical",
        "subject": "provider",
        "key": ("contract_id", "provider_id"),
        "family": "timing",
    } | header
    return a_rule(
        NEEDS,
        measure=lambda view, p: view.claims.select("claim_id"),
        decide=decide,
        members=members,
        **values,
    )


def found(outcome: Outcome) -> list[tuple[str, float]]:
    return outcome.findings.select("subject_id", pl.col("q_value").round(6)).rows()


def test_what_survives_the_correction_is_a_finding_and_bears_its_q_value() -> None:
    (made,) = outcomes([of_providers("TST501", [0.001, 0.02, 0.2, 0.9])])
    assert found(made) == [("CPA01/S1", 0.002), ("CPA01/S2", 0.04)]
    assert made.status == "assessed"
    assert made.tests.select("subject_id", "status", "discovered").rows() == [
        ("CPA01/S1", "tested", True),
        ("CPA01/S2", "tested", True),
        ("CPA01/S3", "tested", False),
        ("CPA01/S4", "tested", False),
    ]


def test_one_correction_is_made_over_the_tests_of_all_rules() -> None:
    # Of four providers one is selected at 4·0.01 = 0.04; with a second rule its two tests share that.
    first, second = (
        of_providers("TST501", [0.01, 0.5, 0.5, 0.5]),
        of_providers("TST502", [0.9, 0.5, 0.5, 0.5]),
    )
    assert found(outcomes([first])[0]) == [("CPA01/S1", 0.04)]
    assert [found(one) for one in outcomes([first, second])] == [[], []]
    assert [found(one) for one in outcomes([first, second], level=0.1)] == [[("CPA01/S1", 0.08)], []]


def test_the_order_of_the_rules_makes_no_difference() -> None:
    rules = [of_providers("TST501", [0.001, 0.2, 0.5, 0.5]), of_providers("TST502", [0.02, 0.01, 0.5, 0.9])]
    there, back = outcomes(rules), outcomes(rules[::-1])[::-1]
    assert [found(one) for one in there] == [found(one) for one in back]
    assert [one.tests.to_dicts() for one in there] == [one.tests.to_dicts() for one in back]


def test_a_test_that_abstains_leaves_the_number_of_tests() -> None:
    (with_all,) = outcomes([of_providers("TST501", [0.02, 1, 1, 1])])
    assert found(with_all) == []
    columns = {"why_not": [None, "too few", "too few", "too few"]}
    (of_one,) = outcomes([of_providers("TST501", [0.02, None, None, None], columns)])
    assert found(of_one) == [("CPA01/S1", 0.02)]
    assert of_one.tests.select("status", "reason").rows() == [
        ("tested", None),
        *[("abstained", "too few")] * 3,
    ]


def test_a_test_that_may_not_become_a_finding_still_counts() -> None:
    columns = {"flagged": [False, True, True, True]}
    (made,) = outcomes([of_providers("TST501", [0.001, 0.02, 0.9, 0.9], columns)])
    assert found(made) == [("CPA01/S2", 0.04)]


def test_a_test_about_no_provider_is_of_its_contracts_family() -> None:
    apart = {"contract_id": ["A", "B", "C", "D"], "provider_id": [None] * 4}
    together = {"contract_id": ["A"] * 4, "provider_id": [None] * 4, "outcome": ["J", "K", "L", "M"]}
    for columns, key, expected in (
        (apart, ("contract_id",), [("A", 0.04)]),
        (together, ("contract_id", "outcome"), [("A/J", 0.04)]),
    ):
        (made,) = outcomes([of_providers("TST501", [0.01, 0.5, 0.5, 0.5], columns, key=key)])
        assert found(made) == expected
    # One family of four: nobody else's tests widen what it pays.
    both = {
        "contract_id": ["A"] * 4,
        "provider_id": ["S1", None, None, None],
        "outcome": ["J", "K", "L", "M"],
    }
    (made,) = outcomes([of_providers("TST501", [0.02, 0.5, 0.5, 0.5], both, key=("contract_id", "outcome"))])
    assert found(made) == [("A/J", 0.04)]


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        (
            {"p_value": [0.1, 1.5, 0.1, 0.1]},
            "the rule gave a p-value that is not between 0 and 1",
        ),
        (
            {"flagged": [True] * 4, "p_value": [0.1, None, 0.1, 0.1]},
            "the rule flagged a row without a p-value; a statistical flag has to be corrected",
        ),
        (
            {"estimate_pence": [1] * 4, "p_value": [0.001] * 4},
            "the rule gave an estimate, which its header does not declare; the engine makes them",
        ),
    ],
)
def test_a_statistical_rule_that_breaks_its_form_fails(columns: Mapping[str, object], reason: str) -> None:
    (made,) = outcomes([of_providers("TST501", [], columns)])
    assert (made.status, made.reason) == ("failed", reason)


def test_not_a_number_is_no_p_value() -> None:
    columns = {"flagged": [True, None, None, None]}
    (made,) = outcomes([of_providers("TST501", [0.02, float("nan"), None, None], columns)])
    assert found(made) == [("CPA01/S1", 0.02)]


@pytest.mark.parametrize(
    ("providers", "severity", "message"),
    [
        (
            39,
            "medium",
            "A sentence. This is screening: 39 providers were compared, and with fewer than 40 no flag is no clearance.",
        ),
        (40, "high", "A sentence."),
    ],
)
def test_with_few_providers_a_flag_is_screening(providers: int, severity: str, message: str) -> None:
    columns = {"providers_compared": [providers] * 4}
    (made,) = outcomes([of_providers("TST501", [0.001, 1, 1, 1], columns)])
    assert made.findings.select("severity", "message").rows() == [(severity, message)]
    assert json.loads(made.findings["evidence"].item())["providers_compared"] == providers


def test_a_low_severity_stays_low_where_it_screens() -> None:
    columns = {"providers_compared": [12] * 4}
    (made,) = outcomes([of_providers("TST501", [0.001, 1, 1, 1], columns, severity="low")])
    assert made.findings["severity"].to_list() == ["low"]


def measured(**changes: Any) -> LoadedRule:
    """Return a rule that counts claims by advisor and flags the advisors with two and more."""

    def measure(view: View, p: Params) -> pl.LazyFrame:
        return view.claims.group_by("advisor_id").agg(claims=pl.len())

    def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
        known = pl.when(pl.col("advisor_id").is_not_null())
        return measures.with_columns(
            flagged=known.then(pl.col("claims") >= 2),
            effect=pl.col("claims") - 1.0,
            p_value=known.then(pl.lit(0.01)),
        )

    def members(view: View, found: pl.LazyFrame, p: Params) -> pl.LazyFrame:
        return view.claims.join(found, on="advisor_id", how="semi").select(
            "advisor_id", "claim_id", at_risk_pence=pl.lit(None, dtype=pl.Int64)
        )

    header = {"basis": "statistical", "subject": "advisor", "key": ("advisor_id",), "by": "advisor_id"}
    return a_rule(NEEDS, measure=measure, decide=decide, members=members, **(header | changes))


def test_measure_decide_and_members_name_the_claims_and_put_no_amount_on_them() -> None:
    (made,) = outcomes([measured()])
    assert made.findings.select(
        "subject_id", "claim_ids", "amount_basis", "amount_at_risk_pence", "effect", "p_value"
    ).rows() == [("A1", ["F1", "F2"], "none", None, 1.0, 0.01)]
    assert made.flagged_claims.select("claim_id", "amount_pence").rows() == [("F1", None), ("F2", None)]
    assert (made.rows_examined, made.rows_not_assessable) == (3, 1)


EXCESS = {"excess_claims": [1.0] * 4, "excess_error": [0.5] * 4, "excess_df": [10.0] * 4}
AMOUNTS = (
    "amount_basis",
    "amount_estimate_pence",
    "amount_low_pence",
    "amount_high_pence",
    "population_claims",
    "population_amount_pence",
)


def estimated(columns: Mapping[str, object] | None = None) -> LoadedRule:
    told = EXCESS | dict(columns or {})
    return of_providers("TST501", [0.0001, 1, 1, 1], told, estimates=True)


def amounts(made: Outcome) -> tuple[object, ...]:
    return made.findings.select(AMOUNTS).row(0)


def test_an_estimate_is_the_excess_times_the_mean_of_the_populations_claims() -> None:
    (made,) = outcomes([estimated()])
    # One of four tests was selected: 97.5 % each way, t = 2.6338 at 10 degrees of freedom; the mean is £750.
    assert amounts(made) == ("estimate", 750_00, 0, 1500_00, 2, 1500_00)
    (made,) = outcomes([estimated({"excess_error": [0.1] * 4})])
    assert amounts(made) == ("estimate", 750_00, 552_47, 947_53, 2, 1500_00)
    assert made.flagged_claims["amount_pence"].to_list() == [None, None]


def test_what_is_at_risk_on_these_claims_already_is_not_estimated_again() -> None:
    def flag(view: View, p: Params) -> pl.LazyFrame:
        return view.claims.select(
            "claim_id", flagged=pl.col("claim_id") == "F2", at_risk_pence=pl.lit(200_00)
        )

    under_claim = a_rule(NEEDS, flag=flag, id="TST810", family="under-claim")
    other = a_rule(NEEDS, flag=flag, id="TST101")
    narrow = estimated({"excess_error": [0.1] * 4})
    made = outcomes([narrow, other, under_claim])[0]
    assert amounts(made) == ("estimate", 550_00, 352_47, 747_53, 2, 1500_00)
    made = outcomes([narrow, under_claim])[0]
    assert amounts(made)[1] == 750_00
    made = outcomes([estimated({"excess_claims": [9.0] * 4}), other])[0]
    assert amounts(made)[1:4] == (1300_00, 1300_00, 1300_00)


@pytest.mark.parametrize("excess", [None, float("nan"), float("inf")])
def test_without_a_number_there_is_no_estimate(excess: float | None) -> None:
    (made,) = outcomes([estimated({"excess_claims": [excess] * 4})])
    assert amounts(made)[:4] == ("none", None, None, None)


def test_one_provider_compared_is_told_as_one() -> None:
    (made,) = outcomes([of_providers("TST501", [0.001, 1, 1, 1], {"providers_compared": [1, 9, 9, 9]})])
    assert "This is screening: 1 provider was compared, and" in made.findings["message"][0]


@pytest.mark.parametrize(("other", "estimate"), [("GBP", 750_00), ("EUR", None)])
def test_claims_in_two_currencies_have_no_estimate(other: str, estimate: int | None) -> None:
    rule = estimated().rule
    found = pl.DataFrame({"contract_id": [None] * 2, "provider_id": ["S1"] * 2, "claim_id": ["F1", "F2"]})
    amounts = pl.DataFrame(
        {"claim_id": ["F1", "F2"], "amount_pence": [1200_00, 300_00], "currency": ["GBP", other]}
    )
    rows = found.with_columns(
        excess_claims=1.0, excess_error=0.1, excess_df=10.0, population_claims=None, population_pence=None
    )
    at_risk = pl.DataFrame(schema={"claim_id": pl.String, "amount_pence": pl.Int64})
    made = with_estimates(rule, rows, amounts, at_risk, 0.95)
    assert made["estimate_pence"].to_list() == [estimate] * 2
    assert made["population_claims"].to_list() == [2 if estimate else None] * 2


def test_an_estimating_rule_returns_what_its_estimate_is_made_of() -> None:
    (made,) = outcomes([of_providers("TST501", [0.001, 1, 1, 1], estimates=True)])
    assert (made.status, made.reason) == (
        "failed",
        "the rule returned no excess_claims, excess_error, excess_df, which its estimate is made of",
    )


def test_only_a_statistical_rule_estimates() -> None:
    with pytest.raises(RulePackError, match="TST101: estimates is said of a rule that is not statistical"):
        a_rule(NEEDS, estimates=True)
