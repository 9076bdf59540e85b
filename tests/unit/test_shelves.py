"""Large tables are asked about in parts, split on disk where they do not fit into memory: the same answers."""

import polars as pl
import pytest

from pbr_audit import shelves as shelves_module
from pbr_audit import views as views_module
from pbr_audit.engine import Outcome, run
from pbr_audit.rule import LoadedRule, Needs, NotAssessable, Params, View
from pbr_audit.shelves import shelves
from pbr_audit.views import Tables
from tests.rules.pack import shipped
from tests.rules.pack import world as large_world
from tests.unit.worlds import a_rule, rows, world

CLAIMS = """
    | claim_id | evidence_ref | amount |
    | C1       | E1           | 100.00 |
    | C2       | E1           | 200.00 |
    | C3       | E2           | 300.00 |
    | C4       | -            | 400.00 |
"""
NEEDS = Needs(required={"claims": ("claim_id", "evidence_ref", "amount_pence")})


@pytest.fixture
def few_rows_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tables of two rows be large, and a part one row."""
    monkeypatch.setattr(shelves_module, "LARGE", 1)
    monkeypatch.setattr(shelves_module, "ROWS_A_PART", 1)


@pytest.fixture
def nothing_fits_into_memory(few_rows_are_many: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves_module, "ROWS_IN_MEMORY", 0)
    monkeypatch.setattr(views_module, "ROWS_IN_MEMORY", 0)


def asked(loaded: LoadedRule, *others: LoadedRule, tables: Tables | None = None) -> Outcome:
    """Return the outcome of the first of some rules that are asked together."""
    together = [loaded, *others]
    of_claims = tables or world(claims=CLAIMS)
    return run(together, of_claims, selected=lambda _: True, params={}, as_of=None, seed=0)[0]


def flag(view: View, p: Params) -> pl.LazyFrame:
    """Flag the claims whose evidence stands behind several."""
    several = pl.len().over("evidence_ref") > 1
    judged = pl.when(pl.col("evidence_ref").is_not_null()).then(several)
    return view.claims.with_columns(flagged=judged, at_risk_pence="amount_pence")


def by(key: str, rule_id: str = "TST001") -> LoadedRule:
    """Return the rule above, its rows to be split by `key`."""
    return a_rule(NEEDS, flag=flag, id=rule_id, by=key)


def told(outcome: Outcome) -> object:
    """Return all of an outcome, comparable."""
    return (
        outcome.status,
        outcome.reason,
        outcome.rows_examined,
        outcome.rows_not_assessable,
        outcome.findings.to_dicts(),
        outcome.flagged_claims.to_dicts(),
    )


def answers_of_the_pack() -> list[object]:
    """Return what every shipped rule has to say of the tests' large world."""
    return [
        told(outcome)
        for outcome in run(
            shipped().rules, large_world(), selected=lambda _: True, params={}, as_of=None, seed=7
        )
    ]


@pytest.fixture(scope="module")
def on_the_whole() -> list[object]:
    return answers_of_the_pack()


def test_every_shipped_rule_answers_in_parts_as_it_does_on_the_whole(
    on_the_whole: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves_module, "LARGE", 1)
    monkeypatch.setattr(shelves_module, "ROWS_A_PART", 700)
    assert answers_of_the_pack() == on_the_whole


def test_every_shipped_rule_answers_in_parts_on_disk_as_it_does_on_the_whole(
    on_the_whole: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves_module, "LARGE", 1)
    monkeypatch.setattr(shelves_module, "ROWS_IN_MEMORY", 1)
    monkeypatch.setattr(shelves_module, "ROWS_A_PART", 700)
    assert answers_of_the_pack() == on_the_whole


@pytest.mark.usefixtures("few_rows_are_many")
def test_rules_with_one_key_share_a_shelf_and_a_rule_by_the_claim_goes_with_them() -> None:
    keys = ("evidence_ref", "evidence_ref", "claim_id", "whole", "contract_id")
    rules = [by(key, f"TST{number:03}") for number, key in enumerate(keys, start=1)]
    homes = [
        (shelf.by, [loaded.rule.id for loaded in shelf.rules])
        for shelf in shelves(rules, world(claims=CLAIMS))
    ]
    assert homes == [("evidence_ref", ["TST001", "TST002", "TST003"]), ("whole", ["TST004", "TST005"])]


def test_small_tables_are_asked_about_on_the_whole() -> None:
    rules = [by("evidence_ref"), by("evidence_ref", "TST002")]
    (only,) = shelves(rules, world(claims=CLAIMS))
    assert (only.by, only.rules) == ("whole", tuple(rules))


@pytest.mark.usefixtures("few_rows_are_many")
def test_a_rule_that_measures_or_whose_tables_lack_the_key_is_asked_on_the_whole() -> None:
    needs = Needs(required={"claims": ("claim_id",), "performance": ("period",)})
    measures = a_rule(NEEDS, measure=lambda view, _: view.claims, decide=lambda m, _: m, by="evidence_ref")
    lacking = a_rule(needs, flag=lambda view, _: view.claims, by="evidence_ref")
    (only,) = shelves([measures, measures, lacking, lacking], world(claims=CLAIMS))
    assert only.by == "whole"


@pytest.mark.usefixtures("nothing_fits_into_memory")
def test_rows_without_a_key_are_in_one_part_and_none_is_lost() -> None:
    outcome = asked(by("evidence_ref"), by("evidence_ref", "TST002"))
    assert (outcome.rows_examined, outcome.rows_not_assessable) == (4, 1)
    assert rows(outcome.flagged_claims.lazy(), "claim_id") == [("C1",), ("C2",)]


@pytest.mark.usefixtures("few_rows_are_many")
def test_a_rule_that_raises_on_a_part_has_failed_and_the_others_go_on() -> None:
    failing = a_rule(
        NEEDS, flag=lambda view, _: view.claims.select("no_such"), id="TST009", by="evidence_ref"
    )
    assert asked(failing, by("evidence_ref")).status == "failed"
    assert asked(by("evidence_ref"), failing).status == "assessed"


@pytest.mark.usefixtures("few_rows_are_many")
def test_a_rule_that_is_not_assessable_on_a_part_is_not_assessable() -> None:
    def unable(view: View, p: Params) -> pl.LazyFrame:
        raise NotAssessable("there is nothing to compare with")

    outcome = asked(a_rule(NEEDS, flag=unable, id="TST009", by="evidence_ref"), by("evidence_ref"))
    assert (outcome.status, outcome.reason) == ("not_assessable", "there is nothing to compare with")


@pytest.mark.usefixtures("few_rows_are_many")
def test_a_value_that_has_to_be_held_may_stand_in_any_part() -> None:
    needs = Needs(
        required={"claims": ("claim_id", "evidence_ref", "amount_pence", "tier")},
        holds={"claims": {"tier": "subcontractor"}},
        claims="both",
    )
    claims = "| claim_id | evidence_ref | tier |\n| C1 | E1 | prime |\n| S1 | E2 | subcontractor |"
    one, other = (a_rule(needs, flag=flag, id=name, by="evidence_ref") for name in ("TST001", "TST002"))
    assert asked(one, other, tables=world(claims=claims)).status == "assessed"
