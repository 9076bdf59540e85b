"""Names out of files: as TOML, as people see them, and when they are no names; words of headers and of cells."""

import tomllib

import pytest

from pbr_audit.look.sensitive import by_header
from pbr_audit.look.shown import is_data, shown, some, toml_string
from pbr_audit.look.wording import alike
from pbr_audit.look.words import Word, vocabulary
from pbr_audit.tables import TABLES
from tests.unit.looking import facts

NAUGHTY = ['"', "\\", "\n", "\r", "\t", "\x00", "\x7f", "\x85", "\u202e", "\u2028", "🎈", "]]", "'''", "é", "\ufeff", "\U000e0001"]  # fmt: skip


@pytest.mark.parametrize("text", [*NAUGHTY, "".join(NAUGHTY), "a" * 5_000, ""])
def test_any_text_comes_back_out_of_toml_as_it_went_in(text: str) -> None:
    written = toml_string(text)
    assert tomllib.loads(f"x = {written}\n{written} = 1\n") == ({"x": text, text: 1})
    assert tomllib.loads(f"x = 1 # {written}\n") == {"x": 1}
    assert all(sign.isprintable() for sign in written)


@pytest.mark.parametrize(
    "cell",
    ["ann@example.org", "QQ123456C", "2016-01-02", "02/01/16", "£1,200.00", "ZZ1 1ZZ", "01632 960001", "CL000041", "12", "-"],
)  # fmt: skip
def test_a_header_that_looks_like_a_cell_is_not_shown(cell: str) -> None:
    assert is_data(cell) is (cell != "-")
    if is_data(cell):
        assert shown(cell, 7) == "column 7 (its header looks like data)"


@pytest.mark.parametrize("header", ["Claim ref", "Q1", "2016", "OGRS3", "Tier 2", "A", "Amount (£)"])
def test_a_header_that_names_something_is_shown_but_for_a_bare_number(header: str) -> None:
    assert is_data(header) is header.isdigit()


def test_long_lists_are_cut_and_counted() -> None:
    assert some(["a", "b", "c"], 2) == "a, b and 1 more"
    assert some(["a", "b"], 2) == "a and b"


@pytest.mark.parametrize(
    ("header", "holds"),
    [
        ("Date of Birth", "dates of birth"),
        ("E-mail", "e-mail addresses"),
        ("Home Telephone", "telephone numbers"),
        ("Post Code", "postcodes"),
        ("N.I. Number", "national or official numbers of people"),
        ("Sort code", "bank accounts"),
        ("Participant's name", "names of people"),
        ("Address line 2", "addresses"),
        ("Ethnicity", "what is nobody else's business"),
        ("Claim number", None),
        ("Organisation name", None),
        ("Amount", None),
    ],
)
def test_sensitive_columns_are_told_by_their_header(header: str, holds: str | None) -> None:
    assert by_header(header) == holds


@pytest.mark.parametrize(
    ("table", "header", "columns"),
    [
        ("claims", "Identifier of the claim", ["claim_id"]),
        ("claims", "Participant ID #", ["client_id"]),
        ("clients", "Case Mgr", ["advisor_id"]),
        ("clients", "Mgr", []),
        ("performance", "Number of providers", []),
        ("claims", "Claim", []),
    ],
)
def test_headers_are_compared_word_by_word(table: str, header: str, columns: list[str]) -> None:
    assert alike(table, header) == columns


def test_a_vocabulary_lists_what_is_known_and_unknown_words_that_come_back() -> None:
    column = TABLES["clients"].columns["end_reason"]
    cells = ["Moved", "Sanctioned", "Gone fishing", "Gone fishing", "J Smith", "died", "QQ12", "QQ12"]
    (reasons,) = facts({"Exit reason": cells})
    found = vocabulary(column, reasons)
    assert found.words == (
        Word("Gone fishing", None, is_certain=False),
        Word("Moved", "moved", is_certain=True),
        Word("Sanctioned", "excluded", is_certain=False),
    )
    assert found.unlisted == 2


def test_a_vocabulary_of_a_sensitive_column_lists_no_unknown_word() -> None:
    column = TABLES["clients"].columns["end_reason"]
    (names,) = facts({"Surname": ["Ash", "Ash", "Bell", "Bell"]})
    assert vocabulary(column, names).words == ()
