"""Whose claim, which claims are live, and that a rule is handed what it declared and nothing else."""

from dataclasses import replace

import polars as pl
import pytest

from pbr_audit.rule import Needs
from pbr_audit.views import missing, parts, view_for, without_terms
from tests.unit.worlds import no_terms, rows, world

CLAIMS = Needs(required={"claims": ("claim_id",)})


def live(claims: str) -> list[str]:
    view = view_for(CLAIMS, world(claims=claims), as_of=None, seed=0)
    return [str(row[0]) for row in rows(view.claims, "claim_id")]


def test_submitted_and_paid_claims_are_live_and_an_empty_status_means_submitted() -> None:
    assert live("""
        | claim_id | status    |
        | C1       | submitted |
        | C2       | paid      |
        | C3       | -         |
        | X1       | rejected  |
        | X2       | withdrawn |
        | X3       | recovered |
    """) == ["C1", "C2", "C3"]


def test_without_a_status_column_every_claim_is_live() -> None:
    assert live("| claim_id |\n| C1 |") == ["C1"]


def test_neither_half_of_a_reversal_is_live() -> None:
    assert live("""
        | claim_id | amount  | reverses_claim_id |
        | X1       | 1200.00 | -                 |
        | X2       | -1200.00| X1                |
        | C1       | 1200.00 | -                 |
    """) == ["C1"]


def test_a_positive_amount_takes_nothing_back_and_stays_live_whatever_it_names() -> None:
    assert live("""
        | claim_id | amount  | reverses_claim_id |
        | C1       | 1200.00 | -                 |
        | C2       | 1200.00 | C1                |
    """) == ["C1", "C2"]


def test_a_claim_that_names_itself_takes_nothing_back() -> None:
    assert live("""
        | claim_id | amount  | reverses_claim_id | supersedes_claim_id |
        | C1       | 1200.00 | -                 | C1                  |
        | C2       | 1200.00 | C2                | -                   |
    """) == ["C1", "C2"]


def test_a_reversal_that_stands_is_told_apart_from_a_rejected_or_corrected_one() -> None:
    tables = world(
        claims="""
        | claim_id | amount   | status   | reverses_claim_id | supersedes_claim_id |
        | C1       | -1200.00 | paid     | X1                | -                   |
        | X2       | -1200.00 | rejected | X1                | -                   |
        | X3       | -1200.00 | paid     | X9                | -                   |
        | C4       | -1200.00 | paid     | X1                | X3                  |
        | X5       | -1200.00 | paid     | -                 | -                   |
        | X6       | 1200.00  | paid     | X1                | -                   |
        """
    )
    needs = Needs(required={"claims": ("claim_id", "reversal")}, live_only=False)
    view = view_for(needs, tables, as_of=None, seed=0)
    assert rows(view.claims.filter("reversal"), "claim_id") == [("C1",), ("C4",), ("X5",)]


def test_a_superseded_claim_is_not_live_and_its_correction_is() -> None:
    assert live("""
        | claim_id | supersedes_claim_id |
        | X1       | -                   |
        | C1       | X1                  |
    """) == ["C1"]


def test_a_negative_amount_that_names_nothing_is_no_claim_for_an_outcome() -> None:
    assert live("| claim_id | amount |\n| X1 | -5.00 |\n| C1 | 5.00 |") == ["C1"]


def test_a_resubmission_after_rejection_is_live_and_the_rejected_one_is_not() -> None:
    assert live("""
        | claim_id | status    | resubmits_claim_id |
        | X1       | rejected  | -                  |
        | C1       | submitted | X1                 |
    """) == ["C1"]


def test_rules_read_the_prime_tier_unless_they_say_otherwise() -> None:
    tables = world(claims="| claim_id | tier |\n| C1 | prime |\n| S1 | subcontractor |")
    of = {
        tier: rows(
            view_for(
                Needs(required={"claims": ("claim_id",)}, claims=tier), tables, as_of=None, seed=0
            ).claims,
            "claim_id",
        )
        for tier in ("prime", "subcontractor", "both")
    }
    assert of == {"prime": [("C1",)], "subcontractor": [("S1",)], "both": [("C1",), ("S1",)]}


def test_the_deliverer_is_the_subcontractor_where_there_is_one_and_the_chain_begins_at_the_prime() -> None:
    tables = world(
        claims="""
        | claim_id | tier          | provider_id | subcontractor_id | parent_claim_id |
        | C1       | prime         | PR01        | -                | -               |
        | C2       | prime         | PR01        | SB01             | -               |
        | S2       | subcontractor | SB01        | -                | C2              |
        """
    )
    needs = Needs(required={"claims": ("claim_id", "deliverer_id", "chain_id")}, claims="both")
    view = view_for(needs, tables, as_of=None, seed=0)
    assert rows(view.claims, "claim_id", "deliverer_id", "chain_id") == [
        ("C1", "PR01", "C1"),
        ("C2", "SB01", "C2"),
        ("S2", "SB01", "C2"),
    ]


def test_a_prime_s_claim_begins_its_chain_whatever_it_names_as_its_parent() -> None:
    tables = world(claims="| claim_id | parent_claim_id |\n| C1 | - |\n| C2 | C1 |")
    view = view_for(Needs(required={"claims": ("claim_id", "chain_id")}), tables, as_of=None, seed=0)
    assert rows(view.claims, "claim_id", "chain_id") == [("C1", "C1"), ("C2", "C2")]


def test_the_period_is_the_calendar_quarter_of_the_outcome() -> None:
    tables = world(claims="| claim_id | outcome_date |\n| C1 | 2016-09-30 |\n| C2 | 2016-10-01 |")
    view = view_for(Needs(required={"claims": ("claim_id", "period")}), tables, as_of=None, seed=0)
    assert rows(view.claims, "claim_id", "period") == [("C1", "2016-Q3"), ("C2", "2016-Q4")]


def test_a_rule_sees_its_declared_columns_in_its_order_and_no_others() -> None:
    needs = Needs(
        required={"claims": ("claim_id",)}, optional={"claims": ("advisor_id",), "clients": ("group",)}
    )
    tables = world(claims="| claim_id | evidence_ref |\n| C1 | E1 |")
    view = view_for(needs, tables, as_of=None, seed=0)
    assert view.claims.collect_schema().names() == ["claim_id", "advisor_id"]
    assert (view.has("claims", "claim_id"), view.has("claims", "advisor_id")) == (True, False)
    assert view.clients.collect().to_dict(as_series=False) == {"group": []}
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        view.claims.select("evidence_ref").collect()
    with pytest.raises(AttributeError, match="the rule reads events, which its needs do not declare"):
        _ = view.events


@pytest.mark.parametrize(
    ("needs", "reason"),
    [
        ({"claims": ("claim_id",)}, None),
        ({"events": ("event",)}, "there is no events table"),
        ({"claims": ("claim_id", "advisor_id", "employer_id")}, "claims has no advisor_id, employer_id"),
        ({"clients": ("client_id",)}, "clients holds no rows"),
        ({"prices": ("price_pence",), "outcomes": ("kind",)}, "there are no contract terms"),
        (
            {"events": ("event",), "clients": ("client_id",)},
            "there is no events table; clients holds no rows",
        ),
    ],
)
def test_what_a_data_set_lacks_is_named(needs: dict[str, tuple[str, ...]], reason: str | None) -> None:
    tables = world(terms=no_terms(), claims="| claim_id |\n| C1 |", clients="| client_id |")
    assert missing(Needs(required=needs), tables) == reason


def test_a_value_that_a_rule_looks_for_and_no_row_holds_is_named() -> None:
    needs = Needs(required={"events": ("event",)}, holds={"events": {"event": "death"}})
    without = world(events="| event |\n| custody |")
    assert missing(needs, without) == "events holds no row whose event is death"
    assert missing(needs, world(events="| event |\n| custody |\n| death |")) is None
    assert missing(needs, world(events="| event |")) == "events holds no rows"


def test_terms_without_the_clause_make_a_rule_not_applicable() -> None:
    tables = world(claims="| claim_id |\n| C1 |")
    assert without_terms(Needs(required={"volumes": ("allocation",)}), tables) == (
        "no contract's terms have volumes"
    )
    assert without_terms(Needs(required={"supply_chain": ("rate",)}), tables) is None


def test_parts_are_complete_by_key_and_hold_every_row_once() -> None:
    claims = "| claim_id | client_id |\n" + "".join(f"| C{i} | P{i % 7} |\n" for i in range(50))
    needs = Needs(
        required={"claims": ("claim_id", "client_id"), "prices": ("outcome",), "events": ("client_id",)}
    )
    tables = world(claims=claims, events="| client_id |\n| P1 |")
    views = list(parts(view_for(needs, tables, as_of=None, seed=0), "client_id", 3))
    frames = [view.claims.collect() for view in views]
    assert sorted(pl.concat(frames)["claim_id"]) == sorted(f"C{i}" for i in range(50))
    homes = [set(frame["client_id"]) for frame in frames]
    assert sum(len(home) for home in homes) == 7
    assert {view.prices.collect().height for view in views} == {3}
    assert sum(view.events.collect().height for view in views) == 1


def test_rows_without_a_key_stay_together_in_one_part() -> None:
    events = "| client_id | end_date |\n" + "".join(f"| P{i} | - |\n" for i in range(5))
    needs = Needs(required={"events": ("client_id", "end_date")})
    views = parts(view_for(needs, world(events=events), as_of=None, seed=0), "end_date", 4)
    assert sorted(view.events.collect().height for view in views) == [0, 0, 0, 5]


def test_a_table_s_distinct_values_are_of_the_whole_table_in_every_part() -> None:
    events = "| client_id | event |\n" + "".join(
        f"| P{i} | {'abroad' if i else 'death'} |\n" for i in range(9)
    )
    needs = Needs(required={"events": ("client_id", "event")}, distinct={"events": ("event",)})
    views = list(parts(view_for(needs, world(events=events), as_of=None, seed=0), "client_id", 3))
    assert sum(view.events.collect().height for view in views) == 9
    assert [rows(view.distinct_events, "event") for view in views] == [[("abroad",), ("death",)]] * 3


def test_the_distinct_values_of_claims_are_of_the_tier_that_the_rule_reads() -> None:
    tables = world(claims="| claim_id | tier | outcome |\n| C1 | prime | JOB |\n| S1 | subcontractor | ATT |")
    needs = Needs(required={"claims": ("claim_id", "outcome")}, distinct={"claims": ("outcome",)})
    assert rows(view_for(needs, tables, as_of=None, seed=0).distinct_claims, "outcome") == [("JOB",)]


def test_a_rule_that_reads_covariates_is_handed_what_audit_toml_calls_so() -> None:
    tables = world(referrals="| provider_id | risk_score |\n| PR01 | 0.5 |")
    frame = tables.frames["referrals"].with_columns(housing=pl.lit("none"), age=pl.lit(40.0))
    columns = tables.columns["referrals"] | {"housing", "age"}
    tables = replace(
        tables,
        frames={**tables.frames, "referrals": frame},
        columns={**tables.columns, "referrals": columns},
    )
    asks = Needs(required={"referrals": ("provider_id",)}, covariates=("referrals",))
    view = view_for(asks, tables, as_of=None, seed=0)
    assert view.covariates("referrals") == ("age", "housing")
    assert view.referrals.collect_schema().names() == ["provider_id", "age", "housing"]
    plain = view_for(Needs(required={"referrals": ("provider_id",)}), tables, as_of=None, seed=0)
    assert plain.covariates("referrals") == ()
    assert plain.referrals.collect_schema().names() == ["provider_id"]
