"""Values of one person as two clerks would have to write them: one spelling, one form, or nothing.

`plain` comes first. Each other function takes plain text as an expression; null stays null, and a value with
nothing left in it becomes null.
"""

from typing import Final

import polars as pl

from pbr_audit.linkage.coded import Steps
from pbr_audit.linkage.nicknames import FORMAL

# Letters that Unicode does not take apart into a plain letter and a mark.
_LETTERS: Final = {
    "ß": "ss",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "\N{LATIN SMALL LETTER DOTLESS I}": "i",
}
_TITLES: Final = r"^(?:mr|mrs|ms|miss|mx|dr|prof|sir|dame|lady|lord|rev|revd)[. ]+"
_SUFFIXES: Final = r"[, ]+(?:jr|jnr|junior|sr|snr|senior|ii|iii|esq)\.?$"
# Words that stand where a value is not known; no name is among them.
_NO_VALUE: Final = (
    "unknown",
    "notknown",
    "notstated",
    "notgiven",
    "notprovided",
    "none",
    "null",
    "tbc",
    "nofixedabode",
)
_UK_POSTCODE: Final = r"^[a-z]{1,2}[0-9][a-z0-9]?[0-9][a-z]{2}$"
# Letters that sound alike, as in Soundex; h and w count for nothing, vowels part two of a kind.
_SOUNDS: Final = {
    **dict.fromkeys("bfpv", "1"),
    **dict.fromkeys("cgjkqsxz", "2"),
    **dict.fromkeys("dt", "3"),
    "l": "4",
    **dict.fromkeys("mn", "5"),
    "r": "6",
}
_SPELLINGS: Final = (
    (r"^(?:kn|gn|pn)", "n"),
    (r"^wr", "r"),
    (r"^(?:mac|mc)", "mc"),
    (r"ph", "f"),
    (r"ght", "t"),
    (r"^(?:c|k|q)", "k"),
    (r"^(?:g|j)", "j"),
    (r"^(?:z|s|x)", "s"),
    (r"^(?:e|i|y|a|o|u)", "a"),
)
_SOUND_LENGTH: Final = 4
_PHONE_DIGITS: Final = 10
_LEAST_DIGITS: Final = 6


def plain(texts: pl.Series) -> pl.Series:
    """Return texts in small letters without accents, or blanks at the ends."""
    small = texts.cast(pl.String).str.to_lowercase().str.strip_chars()
    foreign = (small.str.len_bytes() != small.str.len_chars()).fill_null(value=False)
    if not foreign.any():
        return small
    bare = small.filter(foreign).str.normalize("NFKD").str.replace_all(r"\p{M}+", "")
    bare = bare.str.replace_many(list(_LETTERS), list(_LETTERS.values())).str.strip_chars()
    return small.scatter(foreign.arg_true(), bare)


def name(text: pl.Expr) -> pl.Expr:
    """Return a name's letters alone: no titles, no suffixes, no punctuation."""
    bare = text.str.replace_all(_TITLES, "").str.replace(_SUFFIXES, "")
    return bare.str.replace_all(r"[^\p{L}]+", "")


def formal(given: pl.Expr) -> pl.Expr:
    """Return the name that a normalised given name stands under: `robert` for `bob`."""
    return given.replace(FORMAL)


def sound(normalised: pl.Expr) -> pl.Expr:
    """Return a key that names which sound alike have in common: Soundex over evened spellings.

    Source: the Soundex of the US National Archives, with the commonest spellings of one first sound made
    one before it.
    """
    spelt = normalised
    for pattern, instead in _SPELLINGS:
        spelt = spelt.str.replace_all(pattern, instead)
    digits = spelt.str.slice(1).str.replace_all("[hw]", "")
    digits = digits.str.replace_many(list(_SOUNDS), list(_SOUNDS.values()))
    for digit in "123456":
        digits = digits.str.replace_all(f"{digit}+", digit)
    return (spelt.str.slice(0, 1) + digits.str.replace_all("[^1-6]", "")).str.slice(0, _SOUND_LENGTH)


def letters_and_digits(text: pl.Expr) -> pl.Expr:
    """Return the text's letters and digits alone."""
    return text.str.replace_all(r"[^\p{L}\p{N}]+", "")


def unless_empty(text: pl.Expr) -> pl.Expr:
    """Return the text; null where there is nothing in it, or only that it is not known."""
    return pl.when((text.str.len_bytes() > 0) & ~text.is_in(_NO_VALUE)).then(text)


def unless_one_sign(text: pl.Expr) -> pl.Expr:
    """Return the text; null where it is one sign all through, or nothing."""
    return pl.when(text.str.strip_chars(text.str.head(1)) != "").then(text)


def without_blanks(text: pl.Expr) -> pl.Expr:
    """Return the text without the blanks in it."""
    return text.str.replace_all(r"\s+", "")


def unless_no_address(text: pl.Expr) -> pl.Expr:
    """Return an e-mail address; null where it holds no `@`."""
    return pl.when(text.str.contains("@", literal=True)).then(text)


def figures(email: pl.Expr) -> pl.Expr:
    """Return the figures in an e-mail address; an empty text where there are none."""
    return email.str.replace_all("[^0-9]+", "")


def last_digits(text: pl.Expr) -> pl.Expr:
    """Return a telephone number's last ten digits: with or without the country's code it is the same one."""
    return text.str.replace_all(r"[^0-9]+", "").str.tail(_PHONE_DIGITS)


def unless_short(text: pl.Expr) -> pl.Expr:
    """Return a telephone number; null where it has too few digits to be one."""
    return pl.when(text.str.len_bytes() >= _LEAST_DIGITS).then(text)


def day(text: pl.Expr) -> pl.Expr:
    """Return a date, `YYYY-MM-DD` or `YYYYMMDD`, as `YYYYMMDD`; null for another text.

    A day that no calendar has stays: a slip in one figure is a slip to see, not a reason to know nothing.
    """
    bare = text.str.head(10)
    eight = bare.str.replace_all("[-/ ]", "")
    return pl.when(bare.str.contains(r"^[0-9]{4}[-/ ]?[0-9]{2}[-/ ]?[0-9]{2}$")).then(eight)


def exchanged(days: pl.Expr) -> pl.Expr:
    """Return `YYYYMMDD` with day and month exchanged."""
    return days.str.slice(0, 4) + days.str.slice(6, 2) + days.str.slice(4, 2)


def sector(postcode: pl.Expr) -> pl.Expr:
    """Return a normalised postcode's sector (`AB1 2`); of another country's, all but the last sign."""
    return (
        pl.when(postcode.str.contains(_UK_POSTCODE))
        .then(postcode.str.head(-2))
        .otherwise(postcode.str.head(-1))
    )


def district(postcode: pl.Expr) -> pl.Expr:
    """Return a normalised postcode's district (`AB1`); of another country's, all but the last two signs."""
    return (
        pl.when(postcode.str.contains(_UK_POSTCODE))
        .then(postcode.str.head(-3))
        .otherwise(postcode.str.head(-2))
    )


# What is done to each sort of value, one after the other.
NAME: Final[Steps] = (name, unless_empty)
CODE: Final[Steps] = (letters_and_digits, unless_empty, unless_one_sign)
WORDS: Final[Steps] = (letters_and_digits, unless_empty)
EMAIL: Final[Steps] = (without_blanks, unless_no_address)
PHONE: Final[Steps] = (last_digits, unless_short, unless_one_sign)
DAY: Final[Steps] = (day,)
SEX: Final[Steps] = (lambda text: text.str.head(1), unless_empty)
