"""How alike two values are: each level, by an example that a clerk would know."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbr_audit.linkage import choose_policy, levels, names, normalise
from pbr_audit.linkage.coded import Coded, Steps, applied, encoded
from pbr_audit.linkage.kinds import Kind
from pbr_audit.linkage.levels import Measure
from pbr_audit.linkage.pairs import Pairs
from pbr_audit.linkage.prepare import prepare

Values = dict[str, str | None]


def level(kinds: dict[str, Kind], measure: Measure, left: Values, right: Values) -> int:
    people = pl.DataFrame(
        [{"id": "1", **left}, {"id": "2", **right}], schema_overrides=dict.fromkeys(kinds, pl.String)
    )
    policy = choose_policy({**kinds, "number": "national_id"}, id="id")
    prepared = prepare(people.with_columns(number=pl.lit("QQ123456C")), policy)
    pairs = Pairs(prepared.values, np.array([0], np.uint32), np.array([1], np.uint32))
    return int(measure(pairs)[0])


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("Robert Ashby", "robert ASHBY", "both same"),
        ("Mr. Robert Ashby", "Röbert Ashby", "both same"),
        ("Bob Ashby", "Robert Ashby", "family name same, given name another form"),
        ("R Ashby", "Robert Ashby", "family name same, given name its initial"),
        ("Robert Ashby", "Ashby Robert", "exchanged"),
        ("Bob Ashby", "Ashbey Robert", "exchanged"),
        ("Robert Ashby", "Robret Ashby", "both very alike"),
        ("Marta Ashbury", "Martin Ashbury", "both alike"),
        ("Robert Ashby", "Hugo Ashby", "family name same, given name differs"),
        ("Alice Ashby", "Alice Wilson", "given name same, family name differs"),
        ("Alice Ashby", "Hugo Wilson", "both differ"),
        ("- Ashby", "Robert Ashby", "family name alone: same"),
        ("- Ashby", "Robert Wilson", "family name alone: differs"),
        ("Alice -", "Alice Wilson", "given name alone: same"),
        ("Alice -", "- Wilson", "not known"),
    ],
)
def test_names(left: str, right: str, expected: str) -> None:
    kinds: dict[str, Kind] = {"first": "given_name", "last": "family_name"}
    taken = [dict(zip(("first", "last"), text.rsplit(" ", 1), strict=True)) for text in (left, right)]
    found = level(kinds, names.names, dict(taken[0]), dict(taken[1]))
    assert names.LABELS[found] == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("1990-03-04", "1990-03-04", "same"),
        ("1990-03-04", "19900304", "same"),
        ("1990-03-04", "1990-04-03", "day and month exchanged"),
        ("1990-03-04", "1990-03-14", "one slip"),
        ("1990-03-04", "1990-03-25", "two parts of three same"),
        ("1990-03-28", "1990-04-15", "within a month"),
        ("1990-03-28", "1991-01-15", "within a year"),
        ("1990-03-28", "1997-01-15", "within ten years"),
        ("1990-03-28", "1961-01-15", "differs"),
        ("1990-03-28", "not known", "not known"),
    ],
)
def test_dates_of_birth(left: str, right: str, expected: str) -> None:
    found = level({"dob": "birth_date"}, levels.born, {"dob": left}, {"dob": right})
    assert levels.BORN_LABELS[found] == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("XQ1 2AB", "xq12ab", "same"),
        ("XQ1 2AB", "XQ1 2AC", "one slip"),
        ("XQ1 2AB", "XQ1 2CD", "sector same"),
        ("XQ1 2AB", "XQ1 9CD", "district same"),
        ("XQ1 2AB", "VJ7 9CD", "differs"),
    ],
)
def test_postcodes(left: str, right: str, expected: str) -> None:
    found = level({"code": "postcode"}, levels.postcode, {"code": left}, {"code": right})
    assert levels.POSTCODE_LABELS[found] == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("ann.ash12@example.org", "ANN.ASH12@example.org", "same"),
        ("ann.ash12@example.org", "ann.ahs12@example.org", "one or two slips"),
        # Two namesakes, not one person: nothing but the number tells them apart.
        ("ann.ash12@example.org", "ann.ash13@example.org", "differs"),
        ("ann.ash12@example.org", "no address", "not known"),
    ],
)
def test_email_addresses(left: str, right: str, expected: str) -> None:
    found = level({"mail": "email"}, levels.email("email:mail"), {"mail": left}, {"mail": right})
    assert levels.EMAIL_LABELS[found] == expected


@pytest.mark.parametrize(
    ("steps", "text", "expected"),
    [
        (normalise.NAME, "O'Neill-Smith", "oneillsmith"),
        (normalise.NAME, "Dr. Zoë", "zoe"),
        (normalise.NAME, "Ashby, Jnr", "ashby"),
        (normalise.NAME, "Unknown", None),
        (normalise.CODE, "QQ 12 34 56 C", "qq123456c"),
        (normalise.CODE, "000000", None),
        (normalise.PHONE, "+44 20 7946 0018", "2079460018"),
        (normalise.PHONE, "020 7946 0018", "2079460018"),
        (normalise.PHONE, "0000 000000", None),
        (normalise.DAY, "1990-13-45", "19901345"),
        (normalise.DAY, "3/4/1990", None),
    ],
)
def test_one_spelling(steps: Steps, text: str, expected: str | None) -> None:
    assert applied(normalise.plain(pl.Series([text])), *steps).to_list() == [expected]


@pytest.mark.parametrize(
    ("one", "other"),
    [("smith", "smyth"), ("phillips", "filips"), ("catherine", "kathryn"), ("wright", "rite")],
)
def test_names_that_sound_alike_have_one_key(one: str, other: str) -> None:
    found = applied(pl.Series([one, other]), normalise.sound)
    assert found[0] == found[1]


@given(st.lists(st.text("0123", min_size=8, max_size=8), min_size=2, max_size=20, unique=True))
def test_one_slip_between_dates_is_what_the_count_of_slips_says(days: list[str]) -> None:
    values = {"day": encoded([pl.Series(days)])[0]}
    left, right = (rows.astype(np.uint32) for rows in np.triu_indices(len(days), 1))
    pairs = Pairs(values, left, right)
    assert pairs.slipped_once("day").tolist() == (pairs.slips("day") <= 1).tolist()


def test_equal_texts_have_one_number_in_all_columns_numbered_together() -> None:
    first, second = encoded([pl.Series(["b", None, "a"]), pl.Series(["a", "b", None])])
    assert [first.codes[0] == second.codes[1], first.codes[2] == second.codes[0]] == [True, True]
    assert [first.codes[1], second.codes[2]] == [0, 0]


@pytest.mark.parametrize("repeats", [1, 3])
def test_each_record_has_the_number_of_its_own_text_whether_texts_repeat_or_not(repeats: int) -> None:
    one = pl.Series(["b", None, "a", "", "ä", "c"] * repeats)
    first, second = encoded([one, one.reverse()])
    for texts, coded in ((one, first), (one.reverse(), second)):
        known = coded.codes > 0
        assert known.tolist() == texts.is_not_null().to_list()
        assert coded.of(coded.codes[known]).to_list() == texts.drop_nulls().to_list()
    assert first.texts.n_unique() == len(first.texts) == len({*one.drop_nulls()})


def test_a_value_made_of_another_keeps_its_records() -> None:
    made = encoded([pl.Series(["Ann", "Bob", None, "ann"])])[0].made(lambda text: text.str.to_lowercase())
    assert isinstance(made, Coded)
    assert made.codes[0] == made.codes[3] != made.codes[1]
    assert made.codes[2] == 0
