"""What cannot change a rule's answer, and what changes it in one known way: for every rule, new ones too.

No rule is exempt by its id. What exempts it stands in its header: its basis, its family, its parameters or the
columns that it needs; and every relation is shown to fail for a rule that is wrong on purpose.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from pbr_audit.audit import Clock, audited, configuration, reading
from pbr_audit.engine import Outcome
from pbr_audit.packs import make_pack
from pbr_audit.rule import LoadedRule, Needs, Param, Params, Rule, View
from pbr_audit.testing import find_cases, read_case
from pbr_audit.toml_file import STANDARD
from pbr_audit.views import Tables
from tests.rules import changed_worlds as change
from tests.rules.cases_world import FIXTURES, cases_world, world_of
from tests.rules.changed_worlds import World, asked, queries, whole_answer
from tests.rules.pack import shipped, world

ISO_DAY = re.compile(r"^\d{4}-\d\d-\d\d$")
YEAR = re.compile(r"^\d{4}(?=$|[-/])")
# Where one more claim is what the rule counts.
COUNTING_FAMILIES = {"duplicate-claim", "duplicate-client", "evidence-reuse", "recycling", "timing"}
# Terms that make the answer on one claim hang on how many others there are.
COUNTING_TERMS = {"max_per_client", "interval_days", "cap_pence", "bands", "minimum_contacts"}


@cache
def worlds_of(rule_id: str) -> tuple[World, ...]:
    """Return the rule's world, and that of its cases where it is another one."""
    loaded = shipped().get(rule_id)
    assert loaded is not None
    found: list[Tables] = [world_of(rule_id)]
    if found[0] is world() and (of_cases := cases_world(loaded)).frames:
        found.append(of_cases)
    return tuple(change.world_in(tables) for tables in found)


RULES = [pytest.param(loaded, id=loaded.rule.id) for loaded in shipped().rules]


@cache
def answered(rule_id: str, number: int) -> Outcome:
    """Return what a shipped rule says of one of its worlds as it is."""
    loaded = shipped().get(rule_id)
    assert loaded is not None
    return asked(loaded, worlds_of(rule_id)[number])


def as_it_is(loaded: LoadedRule, one: World) -> Outcome:
    """Return what a rule says of a world that nothing has changed, asked once for all relations."""
    for number, known in enumerate(worlds_of(loaded.rule.id) if loaded in shipped().rules else ()):
        if known is one:
            return answered(loaded.rule.id, number)
    return asked(loaded, one)


# --- the relations ---------------------------------------------------------------------------------
# Each yields what differs; nothing where the relation holds.


def when_rows_are_shuffled(loaded: LoadedRule, one: World) -> Iterator[str]:
    before = whole_answer(as_it_is(loaded, one))
    for seed in (1, 2):
        if whole_answer(asked(loaded, change.rows_shuffled(one, seed))) != before:
            yield f"rows in another order (seed {seed})"


def when_columns_are_permuted(loaded: LoadedRule, one: World) -> Iterator[str]:
    before = whole_answer(as_it_is(loaded, one))
    after = asked(loaded, change.columns_reversed(one), rule=change.needs_reversed(loaded.rule))
    if whole_answer(after) != before:
        yield "columns in another order"


def when_ids_are_renamed(loaded: LoadedRule, one: World) -> Iterator[str]:
    names = change.new_names(one)
    before = as_it_is(loaded, one)
    after = asked(loaded, change.renamed(one, names))
    if queries(after) != queries(before, lambda name: names.get(name, name)):
        yield "ids under other names: findings"
    if counts(after) != counts(before):
        yield "ids under other names: rows"


def when_days_move(loaded: LoadedRule, one: World) -> Iterator[str]:
    """All days, and the terms', later by 28 years: the same weekdays, quarters, month ends and leap years."""
    yield from moved_by(loaded, one, change.CALENDAR_DAYS, change.CALENDAR_YEARS)


def when_days_move_by_weeks(loaded: LoadedRule, one: World) -> Iterator[str]:
    if not goes_by_the_calendar(loaded.rule):
        yield from moved_by(loaded, one, change.WEEKS_DAYS, 0)


def when_amounts_are_multiplied(loaded: LoadedRule, one: World) -> Iterator[str]:
    if rounds(loaded.rule, one):
        return
    rule = change.params_multiplied(loaded.rule, change.TIMES)
    before = as_it_is(loaded, one)
    after = asked(loaded, change.multiplied(one, change.TIMES), rule=rule)
    if queries(after) != queries(before, times=change.TIMES):
        yield "amounts and prices times a number: findings"
    if counts(after) != counts(before):
        yield "amounts and prices times a number: rows"


def when_an_unrelated_contract_is_there(loaded: LoadedRule, one: World) -> Iterator[str]:
    if loaded.rule.basis == "statistical":
        return  # a provider is held against all others, so that company changes what is usual
    alone = as_it_is(loaded, one)
    both = asked(loaded, change.with_company(one))
    expected = [*queries(alone), *queries(alone, elsewhere(one))]
    if queries(both) != sorted(expected, key=str):
        yield "an unrelated contract beside it: findings"
    if counts(both) != tuple(2 * count for count in counts(alone)):
        yield "an unrelated contract beside it: rows"


def when_claims_are_there_twice(loaded: LoadedRule, one: World) -> Iterator[str]:
    if "claims" not in one.frames or counts_claims(loaded.rule):
        return
    before, after = as_it_is(loaded, one), asked(loaded, change.with_copies(one))
    old = [query for query in queries(after) if change.COPY not in str(query)]
    if old != queries(before):
        yield "claims there twice: findings on the others"


def moved_by(loaded: LoadedRule, one: World, days: int, years: int) -> Iterator[str]:
    before, after = as_it_is(loaded, one), asked(loaded, change.moved(one, days, years))
    if not calendar_alike(one, days):
        raise AssertionError("a date of the world lies where the calendar does not repeat")
    # Weeks may take a claim into the next quarter, which stands beside each finding.
    without = () if years else ("period",)
    if queries(after, without=without) != queries(
        before, lambda name: later(name, days, years), without=without
    ):
        yield f"all days later by {days}: findings"
    if counts(after) != counts(before):
        yield f"all days later by {days}: rows"


RELATIONS: dict[str, Callable[[LoadedRule, World], Iterator[str]]] = {
    "rows shuffled": when_rows_are_shuffled,
    "columns permuted": when_columns_are_permuted,
    "ids renamed": when_ids_are_renamed,
    "days moved": when_days_move,
    "days moved by weeks": when_days_move_by_weeks,
    "amounts multiplied": when_amounts_are_multiplied,
    "an unrelated contract": when_an_unrelated_contract_is_there,
    "claims twice": when_claims_are_there_twice,
}


@pytest.mark.parametrize("relation", RELATIONS.values(), ids=RELATIONS)
@pytest.mark.parametrize("loaded", RULES)
def test_the_answer_changes_as_the_world_does(
    loaded: LoadedRule, relation: Callable[[LoadedRule, World], Iterator[str]]
) -> None:
    assert [line for one in worlds_of(loaded.rule.id) for line in relation(loaded, one)] == []


# --- what exempts a rule ---------------------------------------------------------------------------


def reads(rule: Rule, table: str, *columns: str) -> bool:
    """Tell whether the rule needs a table, or one of these columns of it."""
    wanted = rule.needs.columns(table) if table in rule.needs.tables() else ()
    return bool(wanted) if not columns else not set(columns).isdisjoint(wanted)


def goes_by_the_calendar(rule: Rule) -> bool:
    """Tell whether the rule reads quarters, published periods or contract years, which weeks do not keep."""
    return (
        rule.basis == "statistical"
        or reads(rule, "performance")
        or reads(rule, "claims", "period")
        or reads(rule, "caps")
    )


def rounds(rule: Rule, one: World) -> bool:
    """Tell whether the rule takes a share of a price that is no whole penny in this world."""
    shares = []
    if reads(rule, "volumes", "bands"):
        shares += [band["price_factor"] for bands in one.frames["volumes"]["bands"] for band in bands]
    if reads(rule, "supply_chain", "rate"):
        shares += one.frames["supply_chain"]["rate"].drop_nulls().to_list()
    prices = one.frames["prices"]["price_pence"].to_list()
    return any(Decimal(repr(share)) * price % 1 for share in shares for price in prices)


def counts_claims(rule: Rule) -> bool:
    """Tell whether one more claim may change the answer on another one: duplicates, counts and caps."""
    terms = {
        column for table in rule.needs.tables() if table != "claims" for column in rule.needs.columns(table)
    }
    return (
        rule.basis == "statistical"
        or rule.family in COUNTING_FAMILIES
        or rule.subject != "claim"
        or not terms.isdisjoint(COUNTING_TERMS)
    )


# --- helpers ---------------------------------------------------------------------------------------


def counts(outcome: Outcome) -> tuple[int, int]:
    return outcome.rows_examined, outcome.rows_not_assessable


def later(name: str, days: int, years: int) -> str:
    """Return a part of a subject that is a day or a period, moved; all else as it is."""
    if ISO_DAY.match(name):
        return (date.fromisoformat(name) + timedelta(days=days)).isoformat()
    return YEAR.sub(lambda year: str(int(year[0]) + years), name)


def calendar_alike(one: World, days: int) -> bool:
    """Tell whether all dates of a world, moved, stay where every fourth year is a leap year."""
    found = [
        day
        for frame in one.frames.values()
        for column, dtype in frame.schema.items()
        if dtype == pl.Date
        for day in (frame[column].min(), frame[column].max())
        if isinstance(day, date)
    ]
    return date(1901, 1, 1) <= min(found, default=date.max) and max(found, default=date.min) + timedelta(
        days=days
    ) < date(2100, 1, 1)


def elsewhere(one: World) -> Callable[[str], str]:
    """Return how the copy of a world calls what this one calls by a name."""
    names = change.new_names(one)
    return lambda name: name + change.OTHER if name in names else name


# --- several files ---------------------------------------------------------------------------------


def data_set(loaded: LoadedRule, folder: Path, files: int) -> Path:
    """Write the rule's first case as a data set, each table's rows dealt out over so many files."""
    case = read_case(flagged_case(loaded), FIXTURES)
    texts = case.file.terms
    (folder / "contracts").mkdir(parents=True)
    for number, text in enumerate((texts,) if isinstance(texts, str) else texts):
        head = f'standard = "{".".join(map(str, STANDARD))}"\n'
        (folder / "contracts" / f"{number}.toml").write_text(head + text, encoding="utf-8")
    for name, table in case.tables.items():
        for number in range(files):
            part = table.gather_every(files, number)
            if part.height:
                part.write_csv(folder / f"{name}-{files - number}.csv")
    return folder


def flagged_case(loaded: LoadedRule) -> Path:
    (path,) = (
        path
        for path in find_cases(FIXTURES / loaded.chapter / Path(loaded.origin).stem)
        if path.stem == "flagged"
    )
    return path


def answer_from_files(loaded: LoadedRule, folder: Path) -> change.Told:
    dataset, terms = configuration(folder)
    params = {loaded.rule.id: read_case(flagged_case(loaded), FIXTURES).file.params}
    rule = replace(loaded.rule, params=with_values(loaded.rule, params[loaded.rule.id]))
    with reading(dataset, terms) as validated:
        (outcome,) = audited(
            dataset,
            terms,
            validated,
            make_pack([replace(loaded, rule=rule)]),
            selected=lambda _: True,
            as_of=None,
            seed=0,
            clock=Clock(),
        ).outcomes
        assert outcome.status == "assessed"
        assert outcome.findings.height
        return whole_answer(outcome)


def with_values(rule: Rule, values: dict[str, int | float | str]) -> dict[str, Param]:
    return {name: replace(param, value=values.get(name, param.value)) for name, param in rule.params.items()}


@pytest.mark.parametrize("loaded", RULES)
def test_rows_dealt_out_over_several_files_are_answered_as_those_of_one(
    loaded: LoadedRule, tmp_path: Path
) -> None:
    one = answer_from_files(loaded, data_set(loaded, tmp_path / "one", 1))
    assert answer_from_files(loaded, data_set(loaded, tmp_path / "three", 3)) == one


# --- every relation can fail -----------------------------------------------------------------------

CLAIMS = ("claim_id", "client_id", "contract_id", "outcome_date", "amount_pence")
Wrong = Callable[[pl.LazyFrame], pl.LazyFrame]


def wrong_rule(flagged: Wrong, columns: tuple[str, ...] = CLAIMS) -> LoadedRule:
    """Return a rule that flags what `flagged` says of the claims, with a header that exempts it of nothing."""
    some = shipped().rules[0]
    rule = Rule(
        id="BAD1001",
        version=1,
        title="Wrong on purpose",
        family="validity",
        severity="high",
        basis="record",
        subject="claim",
        key=("claim_id",),
        by="whole",
        needs=Needs(required={"claims": columns}),
        message="The claim {claim_id} is flagged.",
    )

    def flag(view: View, p: Params) -> pl.LazyFrame:
        return flagged(view.claims).select("claim_id", "flagged", at_risk_pence="amount_pence")

    return replace(some, rule=rule, flag=flag, measure=None, decide=None, members=None)


def flagging(condition: pl.Expr) -> Wrong:
    return lambda claims: claims.with_columns(flagged=condition)


WRONG: dict[str, Wrong] = {
    "rows shuffled": flagging(pl.int_range(pl.len()) < 10),
    "columns permuted": lambda claims: claims.with_columns(flagged=pl.nth(1).cast(pl.String) > "P02"),
    "ids renamed": flagging(pl.col("claim_id").str.ends_with("1")),
    "days moved": flagging(pl.col("outcome_date").dt.year() == 2016),
    "days moved by weeks": flagging(pl.col("outcome_date").dt.month() == 5),
    "amounts multiplied": flagging(pl.col("amount_pence") > 400_00),
    "an unrelated contract": flagging(pl.len() > 1500),
    "claims twice": flagging(pl.len().over("client_id") > 7),
}


@pytest.mark.parametrize("name", RELATIONS)
def test_each_relation_finds_a_rule_that_is_wrong_on_purpose(name: str) -> None:
    one = change.world_in(world())
    assert list(RELATIONS[name](wrong_rule(WRONG[name]), one)) != []


@pytest.mark.parametrize("name", RELATIONS)
def test_each_relation_holds_for_a_rule_that_reads_one_row_at_a_time(name: str) -> None:
    right = wrong_rule(flagging(pl.col("client_id").is_null()))
    assert list(RELATIONS[name](right, change.world_in(world()))) == []


def test_dealing_rows_out_over_files_changes_their_order(tmp_path: Path) -> None:
    loaded = next(loaded for loaded in shipped().rules if case_claims(loaded) >= 3)
    first = replace(
        loaded, rule=wrong_rule(WRONG["rows shuffled"]).rule, measure=None, decide=None, members=None
    )

    def flag(view: View, p: Params) -> pl.LazyFrame:
        claims = view.claims.with_columns(flagged=pl.int_range(pl.len()) == 0)
        return claims.select("claim_id", "flagged", at_risk_pence="amount_pence")

    first = replace(first, flag=flag)
    answers = [
        answer_from_files(first, data_set(first, tmp_path / str(files), files))["findings"]
        for files in (1, 3)
    ]
    assert answers[0] != answers[1]


def case_claims(loaded: LoadedRule) -> int:
    tables = read_case(flagged_case(loaded), FIXTURES).tables
    return tables["claims"].height if "claims" in tables else 0


# --- what exempts is narrow ------------------------------------------------------------------------


def test_a_claim_that_is_there_twice_is_found_by_a_rule_about_duplicates() -> None:
    one = change.world_in(world())
    found = [
        query
        for loaded in shipped().rules
        if loaded.rule.family == "duplicate-claim"
        for query in queries(asked(loaded, change.with_copies(one)))
    ]
    copies = {
        f"{claim}" for claim in change.with_copies(one).frames["claims"]["claim_id"] if change.COPY in claim
    }
    assert any(copy in str(found) for copy in copies)


def test_most_rules_are_exempt_of_nothing() -> None:
    # A statistical rule counts claims whatever it asks, so that these would say nothing of the others.
    rules = [loaded.rule for loaded in shipped().rules if loaded.rule.basis != "statistical"]
    by_weeks = [rule.id for rule in rules if goes_by_the_calendar(rule)]
    by_count = [rule.id for rule in rules if counts_claims(rule)]
    assert len(by_weeks) < len(rules) / 2
    assert len(by_count) < len(rules) * 2 / 3
