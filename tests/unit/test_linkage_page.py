"""The page on a linkage says what is known, what is estimated and what is not assessable."""

import polars as pl
import pytest

from pbr_audit.linkage import choose_policy, link
from pbr_audit.linkage.reach import Reach
from pbr_audit.reports.linkage_figures import Figures, figures
from pbr_audit.reports.linkage_page import linkage_html, reach_sentences
from tests.unit.linkage_people import people

KINDS = {
    "given_name": "given_name",
    "family_name": "family_name",
    "date_of_birth": "birth_date",
    "national_id": "national_id",
}


@pytest.fixture(scope="module")
def registered() -> pl.DataFrame:
    return people(600)


def measured(registered: pl.DataFrame, *, known: bool = True) -> Figures:
    truth = registered.select(id="client_id", person=pl.col("truth").cast(pl.String)) if known else None
    _, scored = link(registered, choose_policy(KINDS))  # type: ignore[arg-type]
    return figures(registered, scored, at=0.95, known=truth)


def test_each_step_holds_what_was_said_against_what_is_known(registered: pl.DataFrame) -> None:
    found = measured(registered)

    assert sum(step.known for step in found.reliability) == sum(step.pairs for step in found.reliability)
    top = found.reliability[-1]
    assert (top.low, top.high) == (0.999, 1.0)
    assert top.share == 1.0
    assert top.least is not None
    assert top.least < 1.0 == top.most
    assert found.matches == pytest.approx(200, abs=5)


def test_without_known_pairs_reliability_is_not_assessable_and_the_page_says_so(
    registered: pl.DataFrame,
) -> None:
    page = linkage_html("A contract", measured(registered, known=False))

    assert "<strong>Not assessable:</strong>" in page
    assert "<circle" not in page


def test_the_page_shows_no_value_of_any_person_and_escapes_what_it_shows(registered: pl.DataFrame) -> None:
    page = linkage_html("A <contract>", measured(registered))

    values = {value for name in KINDS for value in registered[name].drop_nulls() if len(value) > 4}
    assert not [value for value in values if value.lower() in page.lower()]
    assert "A &lt;contract&gt;" in page
    assert "<script" not in page


def test_the_same_figures_give_the_same_page(registered: pl.DataFrame) -> None:
    shuffled = registered.sample(fraction=1.0, shuffle=True, seed=4)

    assert linkage_html("A", measured(registered)) == linkage_html("A", measured(shuffled))


def test_matches_that_hang_by_one_key_tell_of_those_that_hang_by_none() -> None:
    keys = pl.DataFrame({"key": ["a"], "found": [1], "alone": [1]})
    at_hand = measured(people(60), known=False)

    def said(by_keys: tuple[int, ...]) -> str:
        found = Reach(keys, sum(by_keys), by_keys, every_pair=False)
        return reach_sentences(Figures(**(vars(at_hand) | {"reach_found": found})))[0]

    assert said((0, 10, 8)) == (
        "Of the 18 matches found, 10 were found by one key alone. Where so many hang by one thread, at least 5 "
        "more will hang by none (Chao's lower bound): the keys reach at most 78.3% of the matches."
    )
    assert said((0, 0, 8)) == (
        "Of the 8 matches found, none was found by one key alone: nothing shows that the keys missed any."
    )
    assert said((0,)) == "No pair reached the threshold, so nothing can be said of what the keys missed."
