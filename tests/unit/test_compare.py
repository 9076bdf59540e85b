"""The matched comparison: who is compared, how alike they are, and what may be said of it."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pbr_audit.compare import Comparison, compare, reading
from pbr_audit.compare.groups import groups
from pbr_audit.compare.outcomes import results
from pbr_audit.errors import ConfigurationError, InputError
from pbr_audit.protecting import Protection
from pbr_audit.reports.comparison_shown import shown
from pbr_audit.reports.comparison_words import headline
from tests.unit.cohorts import AUDIT, people, written


def compared(folder: Path, cohort: pl.DataFrame, audit: str = AUDIT) -> Comparison:
    with reading(written(folder, cohort, audit)) as found:
        return compare(found)


def test_people_are_followed_from_the_files_to_the_pairs(tmp_path: Path) -> None:
    cohort = people().with_columns(
        in_scope=pl.when(pl.col("person_id") == "T000003").then(pl.lit("no")).otherwise(pl.lit("yes")),
        age=pl.when(pl.col("person_id") == "P000400").then(None).otherwise("age"),
    )
    lost = int((cohort["found_in_records"] == "false").sum())

    found = compared(tmp_path, cohort)

    stages = found.groups.stages
    assert [stage.name for stage in stages] == [
        "in the files",
        "found in the records",
        "in scope",
        "covariates known",
        "somebody alike in the other group",
        "matched",
    ]
    assert [stage.treated + stage.pool for stage in stages[:4]] == [
        1_700,
        1_700 - lost,
        1_699 - lost,
        1_698 - lost,
    ]
    assert stages[-1].treated == stages[-1].pool == found.pairs
    assert all(one.treated >= two.treated for one, two in pairwise(stages))


def test_matching_makes_unlike_groups_alike(tmp_path: Path) -> None:
    found = compared(tmp_path, people(chooses=1.0))
    lines = {line.column.name: line for line in found.balance.lines}

    assert list(lines) == ["age", "sex: M", "convictions"]
    assert abs(lines["age"].before) > 0.3
    assert all(abs(line.after) < 0.1 for line in lines.values())
    assert found.balance.match in {"good", "fair"}


def test_no_pair_is_further_apart_than_the_caliper(tmp_path: Path) -> None:
    found = compared(tmp_path, people(chooses=2.0)).groups

    apart = np.abs(found.propensity[found.treated] - found.propensity[found.pool])
    assert apart.max() <= found.caliper
    assert len(set(found.pool.tolist())) == len(found.pool)


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    cohort = people()
    one = compared(tmp_path / "one", cohort).groups
    other = compared(tmp_path / "other", cohort.sample(fraction=1.0, shuffle=True, seed=3)).groups

    names = [
        list(
            zip(found.people["person_id"][found.treated], found.people["person_id"][found.pool], strict=True)
        )
        for found in (one, other)
    ]
    assert names[0] == names[1]


def test_people_with_like_covariates_have_one_propensity_and_are_taken_by_number(tmp_path: Path) -> None:
    cohort = people(treated=300, pool=3_000).with_columns(age=pl.col("age") // 10, convictions=pl.lit(3))

    found = compared(tmp_path, cohort).groups

    of_treated = {person: pair for pair, person in enumerate(found.treated.tolist())}
    alike = (
        found.people.with_row_index("place")
        .group_by("age", "sex", maintain_order=True)
        .agg("place", "treated")
    )
    for places, treated in alike.select("place", "treated").iter_rows():
        inside = [place for place, is_treated in zip(places, treated, strict=True) if is_treated == "false"]
        taken = sorted(
            int(found.pool[of_treated[place]])
            for place, is_treated in zip(places, treated, strict=True)
            if is_treated == "true" and place in of_treated
        )
        # As many as there are treated people like them, and the first of those.
        assert taken == inside[: len(taken)]


def test_a_strong_effect_is_evidence_and_none_is_not(tmp_path: Path) -> None:
    strong = compared(tmp_path / "strong", people(effect=-1.5))
    none = compared(tmp_path / "none", people(effect=0.0))

    assert [result.measure for result in strong.results] == ["rate", "frequency", "time"]
    assert [result.answer for result in strong.results] == ["reduction", "reduction", "increase"]
    assert [result.answer for result in none.results] == ["not enough"] * 3
    rate = strong.results[0]
    assert rate.bound is not None
    assert rate.bound > 1
    assert rate.e_value is not None
    assert rate.e_value[1] > 1
    assert rate.enough is not None
    assert rate.enough < rate.found.pairs


def test_the_checks_with_everybody_weighted_agree_with_the_pairs(tmp_path: Path) -> None:
    rate = compared(tmp_path, people(2, effect=-0.8, treated=400, pool=3_000)).results[0]

    assert rate.checks is not None
    for check in rate.checks.values():
        assert check.estimate == pytest.approx(rate.found.estimate, abs=2 * rate.found.se)


def test_a_pair_whose_outcome_is_not_known_of_both_is_left_out_and_counted(tmp_path: Path) -> None:
    cohort = people()
    whole = compared(tmp_path / "whole", cohort)
    first = whole.groups.people["person_id"][int(whole.groups.treated[0])]
    gone = cohort.with_columns(
        had_event=pl.when(pl.col("person_id") == first).then(None).otherwise("had_event")
    )

    rate = compared(tmp_path / "gone", gone).results[0]

    assert rate.missing == 1
    assert rate.found.pairs == whole.pairs - 1


def test_too_few_pairs_give_no_result(tmp_path: Path) -> None:
    found = compared(tmp_path, people(treated=50))

    assert not found.enough_pairs
    assert found.results == ()
    assert found.balance.lines


def test_a_level_that_one_group_alone_has_is_outside_common_support(tmp_path: Path) -> None:
    cohort = people().with_columns(
        sex=pl.when(pl.col("person_id") == "T000000").then(pl.lit("X")).otherwise("sex")
    )

    found = compared(tmp_path, cohort)

    assert "T000000" not in found.groups.people["person_id"].to_list()
    assert {line.column.level for line in found.balance.lines} == {None, "M"}


def test_a_covariate_that_tells_the_groups_apart_is_named(tmp_path: Path) -> None:
    cohort = people().with_columns(age=pl.when(pl.col("treated") == "true").then(80).otherwise("age"))

    with pytest.raises(
        InputError, match=r"^cohort: the covariate age alone tells the treated from the pool, so"
    ):
        compared(tmp_path, cohort)


def test_more_levels_than_people_are_refused_before_they_cost_anything(tmp_path: Path) -> None:
    # Everybody's own level is shared by one person of the other group, so that common support keeps it.
    own = [f"L{place % 200}" for place in range(1_700)]

    with pytest.raises(
        InputError, match=r"^cohort: the covariates are \d+ columns \(ward has \d+ levels\), more"
    ):
        compared(tmp_path, people().with_columns(ward=pl.Series(own)), AUDIT + 'ward = "category"\n')


def test_few_people_for_many_covariates_are_remarked_on(tmp_path: Path) -> None:
    ward = pl.Series([f"L{place % 40}" for place in range(1_700)])

    many = compared(tmp_path / "many", people().with_columns(ward=ward), AUDIT + 'ward = "category"\n')
    few = compared(tmp_path / "few", people())

    assert [remark[:40] for remark in many.remarks] == ["The covariates are many for so few peopl"]
    assert few.remarks == ()


@pytest.mark.parametrize(("gone", "who"), [("true", "of the treated"), ("false", "of the pool")])
def test_an_empty_group_is_named(tmp_path: Path, gone: str, who: str) -> None:
    with pytest.raises(
        InputError, match=f"^cohort: nobody {who} is left to compare; check the columns treated, "
    ):
        compared(tmp_path, people().filter(pl.col("treated") != gone))


def test_an_event_before_the_first_day_is_in_no_curve(tmp_path: Path) -> None:
    cohort = people().with_columns(
        days_to_event=pl.when(pl.col("days_to_event") < 60).then(-5).otherwise("days_to_event")
    )

    found = compared(tmp_path, cohort)

    assert found.curves is not None
    assert found.curves.treated.people < found.pairs
    assert found.remarks[0] == (
        "For some people the event lies before the day from which it counts; they are in no curve."
    )


def test_a_spread_that_stays_unlike_is_remarked_on(tmp_path: Path) -> None:
    found = compared(tmp_path, people(treated=400, pool=3_000, curved=0.5))

    assert found.balance.unlike_in_spread == ("age",)
    assert any("agree in the mean of age more than in its spread" in remark for remark in found.remarks)


def test_two_files_need_no_column_that_says_who_was_treated(tmp_path: Path) -> None:
    cohort = people()
    whole = compared(tmp_path / "whole", cohort)
    apart = tmp_path / "apart"
    apart.mkdir()
    for name, is_treated in (("cohort-mentored", "true"), ("cohort-others", "false")):
        cohort.filter(treated=is_treated).drop("treated").write_csv(apart / f"{name}.csv")
    (apart / "audit.toml").write_text(
        AUDIT + '[comparison]\npool = ["cohort-others.csv"]\n', encoding="utf-8"
    )

    with reading(apart) as found:
        halves = compare(found)

    assert halves.results == whole.results


def test_a_person_in_both_groups_is_rejected_and_accounted_for(tmp_path: Path) -> None:
    cohort = people()
    twice = pl.concat([cohort, cohort.head(1).with_columns(treated=pl.lit("false"))])

    with reading(written(tmp_path, twice)) as found:
        assert (found.counts.read, found.counts.accepted, found.counts.rejected) == (1_701, 1_699, 2)


def test_without_covariates_the_columns_that_could_be_some_are_named(tmp_path: Path) -> None:
    folder = written(tmp_path, people(), 'standard = "0.1"\nname = "Mentoring"\n')
    said = (
        "Mentoring: nothing says what people are compared on; name covariates in audit.toml, such as "
        '[tables.cohort.covariates] age = "number" (further columns of the file: "age", "sex", "convictions")'
    )

    with pytest.raises(ConfigurationError, match=f"^{re.escape(said)}$"), reading(folder):
        pass


def test_a_covariate_that_no_file_has_is_a_sentence(tmp_path: Path) -> None:
    folder = written(tmp_path, people(), AUDIT + 'tenure = "category"\n')

    with (
        pytest.raises(
            InputError, match=r"^Mentoring through the gate: the covariate tenure is in no file of"
        ),
        reading(folder),
    ):
        pass


def test_honest_programmes_are_found_to_do_something_one_time_in_twenty() -> None:
    """Of 200 programmes without an effect, whose people chose themselves, few are said to have one."""
    said = dict.fromkeys(("rate", "frequency", "time"), 0)
    for seed in range(9_000, 9_200):
        words = pl.col("had_event").replace({"1": "true", "0": "false"})
        cohort = (
            people(seed, treated=150, pool=900, chooses=0.7).sort("person_id").with_columns(had_event=words)
        )
        found = groups(cohort, {"age": "number", "sex": "text", "convictions": "number"}, 0.2)
        for result in results(found, 365, 60):
            said[result.measure] += result.answer != "not enough"

    # 200 at 5 %: more than 20 in one of a hundred such tests.
    assert all(1 <= answers <= 20 for answers in said.values()), said


def test_columns_that_contradict_each_other_are_remarked_on(tmp_path: Path) -> None:
    cohort = people().with_columns(
        had_event=pl.when(pl.col("days_to_event") < 100).then(pl.lit("0")).otherwise("had_event"),
        days_followed=pl.lit(300),
    )

    found = compared(tmp_path, cohort)

    assert [remark[:30] for remark in found.remarks] == [
        "Some people were followed for ",
        "For some people had_event and ",
    ]
    assert compared(tmp_path / "plain", people()).remarks == ()


def test_groups_that_stay_unlike_give_no_evidence(tmp_path: Path) -> None:
    audit = AUDIT + "[comparison]\ncaliper_sd = 5\n"
    unlike = compared(tmp_path, people(chooses=2.0, treated=400, pool=420, effect=-3.0), audit)

    told = headline(unlike, shown(unlike, Protection()))

    assert unlike.balance.match == "red"
    assert unlike.results[0].answer == "reduction"
    assert told.answer == "Not enough evidence"
    assert told.text.endswith("The groups are too unlike for that to say anything.")


def test_of_several_levels_one_is_never_left_out_alone(tmp_path: Path) -> None:
    wards = ["A"] * 10 + ["B"] * 6 + ["C"]
    cohort = people(chooses=0.0).with_columns(
        ward=pl.Series([wards[(place * 7) % 17] for place in range(1_700)]),
        rare=pl.Series(["x" if place % 30 == 0 else "y" for place in range(1_700)]),
    )
    found = compared(
        tmp_path, cohort, AUDIT.replace("convictions =", 'ward = "category"\nrare = "category"\n#')
    )
    exact = {line.column.name: line for line in found.balance.lines}

    lines = {line.name: line for line in shown(found, Protection()).balance}

    assert (exact["ward: C"].people or 0) >= 10 or lines["ward: C"].treated is None
    hidden = [name for name, line in lines.items() if name.startswith("ward") and line.treated is None]
    assert len(hidden) != 1
    assert lines["rare: y"].treated is None
    assert lines["age"].treated is not None
