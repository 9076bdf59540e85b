"""How often the test is wrong: a rule that is honest, one that is not, one that fails, and what each is told."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from pbr_audit.calibrate import Alarm, Calibrated, Calibration, Power, Rate
from pbr_audit.calibrate.asking import Asker
from pbr_audit.calibrate.run import _calibration
from pbr_audit.remainder import WHOLE
from pbr_audit.reports.calibration_page import calibration_html
from pbr_audit.reports.calibration_text import calibration_text
from pbr_audit.rule import LoadedRule, Needs, NotAssessable, Params, View
from pbr_audit.stats import binomial_upper_tail
from pbr_audit.views import Tables
from tests.unit.worlds import a_rule, world

NEEDS = Needs(required={"claims": ("claim_id", "client_id", "deliverer_id", "measured_value")})
HEADER: Mapping[str, Any] = {"basis": "statistical", "subject": "provider", "key": ("provider_id",)}
ACTING_PROVIDER = "S00"


def measure(view: View, p: Params) -> pl.LazyFrame:
    reached = (pl.col("measured_value") >= 26).sum()
    return view.claims.group_by(provider_id="deliverer_id").agg(clients=pl.len(), reached=reached)


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Hold each provider's share that reached the threshold against a half, which is what chance gives here."""
    rows = measures.sort("provider_id")
    tail = binomial_upper_tail(rows["reached"], rows["clients"], [0.5] * rows.height)
    return rows.with_columns(p_value=pl.Series(tail), flagged=pl.lit(value=True))


def sure(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Ask about everybody, whatever was measured; the counts make it differ from book to book."""
    return measures.sort("provider_id").with_columns(
        p_value=1e-6 / (1 + pl.col("reached")), flagged=pl.lit(value=True)
    )


def shift(
    view: View, who: Sequence[str], share: float, p: Params, rng: np.random.Generator
) -> dict[str, pl.DataFrame]:
    claims = view.claims.collect()
    moved = pl.col("deliverer_id").is_in(list(who)) & (pl.Series(rng.random(claims.height)) < share)
    return {
        "claims": claims.with_columns(
            measured_value=pl.when(moved).then(pl.lit(30.0)).otherwise("measured_value")
        )
    }


def rule(rule_id: str, decide: Any = decide, needs: Needs = NEEDS, **changes: Any) -> LoadedRule:
    made = a_rule(needs, measure=measure, decide=decide, id=rule_id, title=f"Of {rule_id}", **HEADER)
    return replace(made, **changes)


def tables(*, acting: bool = False) -> Tables:
    """Return a hundred clients each of twenty providers; half of them reach the threshold, as chance has it."""
    draw = np.random.default_rng(42)
    rows = [
        f"| C{provider:02d}{number:03d} | P{provider:02d}{number:03d} | S{provider:02d} | {draw.integers(0, 52)} |"
        for provider in range(20)
        for number in range(100)
    ]
    if acting:
        rows = [row.rsplit("|", 2)[0] + "| 30 |" if f"| {ACTING_PROVIDER} |" in row else row for row in rows]
    header = "| claim_id | client_id | subcontractor_id | measured_value |"
    return world(claims="\n".join([header, *rows]))


def calibration(*rules: LoadedRule, books: int = 10, acting: bool = False, seed: int = 0) -> Calibration:
    asker = Asker(
        rules={one.rule.id: one for one in rules},
        params={one.rule.id: one.rule.settings() for one in rules},
        as_of=None,
        seed=seed,
        level=0.05,
        remainder=WHOLE,
    )
    return _calibration("A test", tables(acting=acting), asker, books, lambda _: None)


def test_a_rule_that_asks_about_everybody_is_seen_to() -> None:
    made = calibration(rule("TST501", sure))
    (only,) = made.rules
    assert [(kind, alarm.asking) for kind, alarm in only.alarms] == [
        ("nobody differs", Rate(10, 10)),
        # Everybody was asked about, so that nobody is left to be taken for honest.
        ("providers differ", Rate(0, 0)),
    ]
    assert made.left_out == 20


def test_an_honest_rule_seldom_asks_and_finds_those_who_acted() -> None:
    made = calibration(rule("TST501", shift=shift), books=40)
    (only,) = made.rules
    assert only.why_not is None
    for _, alarm in only.alarms:
        assert (alarm.asking.of, alarm.small.of) == (40, 800)
        assert alarm.asking.share <= 0.15
        assert 0.01 <= alarm.small.share <= 0.09
    found = [power.found.share for power in only.powers]
    assert [power.share for power in only.powers] == [0.1, 0.2, 0.4, 0.6]
    assert {power.found.of for power in only.powers} == {10}
    assert found[0] <= 0.3
    assert found[-1] == 1
    assert found == sorted(found)
    assert only.seen_often is not None
    assert [kind for kind, _ in made.run] == ["nobody differs", "providers differ"]


def test_a_provider_that_the_run_asks_about_is_left_out_where_providers_differ_as_they_do() -> None:
    made = calibration(rule("TST501"), acting=True)
    assert made.left_out == 1
    (only,) = made.rules
    assert [alarm.small.of for _, alarm in only.alarms] == [200, 190]
    assert only.why_no_power == "the rule does not say what its tables would be had somebody acted"


def test_the_rules_of_a_run_are_corrected_together() -> None:
    one = calibration(rule("TST501", sure), rule("TST502"))
    assert one.run[0][1].asking == Rate(10, 10)
    assert one.run[0][1].small.of == 400


def cannot_tell(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    raise NotAssessable("7 comparable providers, 10 are needed")


def fails(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    raise ValueError("J Smith")


def abstains(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    nothing = {"p_value": pl.lit(None, dtype=pl.Float64), "flagged": pl.lit(None, dtype=pl.Boolean)}
    return measures.with_columns(**nothing, why_not=pl.lit("too few"))


def of_nobody(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Look at the whole, which no change of places can change."""
    return pl.DataFrame({"provider_id": ["S00"], "p_value": [0.3], "flagged": [True]})


@pytest.mark.parametrize(
    ("decide", "why"),
    [
        (cannot_tell, "7 comparable providers, 10 are needed"),
        (fails, "the rule failed: ValueError of rules/tests/TST101.py"),
        (abstains, "none of its tests could be made: too few"),
        (of_nobody, "moving clients between providers changes nothing that it looks at"),
    ],
)
def test_a_rule_without_an_answer_says_why(decide: Any, why: str) -> None:
    made = calibration(rule("TST501", decide), rule("TST502"), books=2)
    assert made.rules[0] == Calibrated("TST501", "Of TST501", why)
    assert made.rules[1].why_not is None
    assert f"TST501  {why}." in calibration_text(made).replace("\n          ", " ")


def test_a_shift_that_fails_is_said_and_stops_nobody_else() -> None:
    def bad(view: View, who: Sequence[str], share: float, p: Params, rng: Any) -> dict[str, pl.DataFrame]:
        raise ValueError("J Smith")

    made = calibration(rule("TST501", shift=bad), rule("TST502", shift=shift), books=2)
    assert made.rules[0].powers == ()
    assert made.rules[0].why_no_power == "the rule failed: ValueError of rules/tests/TST101.py"
    assert len(made.rules[1].powers) == 4


def test_who_acted_is_not_found_where_the_rule_then_cannot_judge() -> None:
    def none_left(
        view: View, who: Sequence[str], share: float, p: Params, rng: Any
    ) -> dict[str, pl.DataFrame]:
        return {"claims": view.claims.collect().clear()}

    made = calibration(rule("TST501", shift=none_left), books=2)
    assert [power.found for power in made.rules[0].powers] == [Rate(0, 2)] * 4


def test_what_the_data_lack_is_said() -> None:
    needs = Needs(required={"events": ("client_id",)})
    made = calibration(rule("TST501", needs=needs), books=2)
    assert made.rules[0].why_not == "there is no events table"
    assert made.run == ()
    assert "No rule could be asked of such books." in calibration_html(made)


def test_the_same_seed_gives_the_same_and_another_one_another() -> None:
    one, same, other = (calibration(rule("TST501", shift=shift), seed=seed) for seed in (3, 3, 4))
    assert one == same
    assert calibration_html(one) == calibration_html(same)
    assert one.rules != other.rules


MADE = Calibration(
    name="Tiny & small",
    books=200,
    power_books=40,
    seed=7,
    level=0.05,
    units=16_000,
    alone=12,
    strata=("contract", "group", "quarter of start"),
    providers=60,
    left_out=1,
    keep=0.7,
    acting=0.05,
    rules=(
        Calibrated(
            "TST501",
            "Measures gather",
            None,
            (
                ("nobody differs", Alarm(Rate(3, 200), Rate(600, 12_000))),
                ("providers differ", Alarm(Rate(6, 199), Rate(600, 12_000))),
            ),
            (Power(0.1, Rate(6, 120)), Power(0.4, Rate(100, 120))),
        ),
        Calibrated("TST502", "Rates <gather>", "there is no performance table"),
        Calibrated(
            "TST503",
            "Jumps",
            None,
            (("nobody differs", Alarm(Rate(0, 200), Rate(0, 200))),),
            (),
            "the rule does not say",
        ),
    ),
    run=(
        ("nobody differs", Alarm(Rate(3, 200), Rate(600, 12_200))),
        ("providers differ", Alarm(Rate(6, 200), Rate(600, 12_000))),
    ),
)
TEXT = """\
Tiny & small
200 books of each kind, seed 7

16,000 clients and unregistered referrals of 60 providers change places, each with another of the
same contract, group and quarter of start, who takes over its provider and its adviser.
12 of them stay, because nobody else's provider is to be had there.
1 provider, about whom a run asks, is left out where providers differ as they do here: nobody may be
taken for honest whose figures are in question.

In 200 books in which nobody did anything, and providers differ by chance alone:
  TST501  asked about somebody in 3 (1.5 %, at most 4.3 %); 5 % of its p-values were 0.05 or less.
  TST503  asked about somebody in 0 (0 %, at most 1.8 %); 0 % of its p-values were 0.05 or less.
  The whole run asked about somebody in 3 (1.5 %, at most 4.3 %).

In 200 books in which nobody did anything, and 70 % of the clients stayed, so that half of the
variance between providers is left:
  TST501  asked about somebody in 6 of the 199 that it could judge (3 %, at most 6.4 %); 5 % of its
          p-values were 0.05 or less.
  The whole run asked about somebody in 6 (3 %, at most 6.4 %).

In 40 books in which 5 % of the providers acted:
  TST501  found 5 % (1.9 % to 10.6 %) of those that did it to 10 %, 83.3 % (75.4 % to 89.5 %) of
          those that did it to 40 %; 40 % is found four times in five.

Not calibrated
  TST502  there is no performance table.
  TST503  no power: the rule does not say.

These books know chance, and how providers differ in these data; a difference that no column shows
they do not know. Where a rule asks about nobody, that is no clearance: see what it would have
found."""


def test_what_is_printed_can_be_read_aloud() -> None:
    assert calibration_text(MADE) == TEXT


def test_the_page_says_the_same_and_escapes_what_it_is_given() -> None:
    page = calibration_html(MADE)
    assert "Tiny &amp; small: how often the tests are wrong" in page
    assert "Rates &lt;gather&gt;" in page
    for cell in ("1.5 %", "0.3 % to 4.3 %", "83.3 % (75.4 % to 89.5 %)"):
        assert f'<td class="n">{cell}</td>' in page
    assert page.count("data:image/svg+xml;base64,") == 3
    assert "<script" not in page


def test_the_table_has_a_row_for_each_rule_and_kind_of_book() -> None:
    table = MADE.table()
    assert table.select("rule_id", "books", "share_moved", "cases", "asked_about").rows() == [
        (None, "nobody differs", None, 200, 3),
        (None, "providers differ", None, 200, 6),
        ("TST501", "nobody differs", None, 200, 3),
        ("TST501", "providers differ", None, 199, 6),
        ("TST501", "some act", 0.1, 120, 6),
        ("TST501", "some act", 0.4, 120, 100),
        ("TST502", "", None, None, None),
        ("TST503", "nobody differs", None, 200, 0),
        ("TST503", "some act", None, None, None),
    ]
    assert table["share_high"][0] == pytest.approx(0.043, abs=0.0005)


def test_a_share_of_nothing_has_no_limits() -> None:
    assert str(Rate(0, 0).share) == "nan"
    assert [str(limit) for limit in Rate(0, 0).limits] == ["nan", "nan"]
