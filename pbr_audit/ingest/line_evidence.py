"""What a line under a table is told by: the words of notes and totals, and figures that are sums."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

# A sentence that no sign marks as a note has so many words, and more than the column's values by this factor.
SENTENCE_WORDS = 6
LONGER_THAN_VALUES = 1.5
# Behind a sign or a blank line a note may be shorter.
SHORT_NOTE_WORDS = 4
# A sum of fewer rows is no sum.
FEWEST_SUMMED = 2

# `Source: the register`, `Note 3 ...`; not `Source Ltd`, which is somebody's name.
_WORD = re.compile(
    r"(foot)?notes?( to (the )?(table|figures))?|(data )?sources?|key|caveats?|copyright|disclaimer|contact"
    r"|symbols?|(last )?updated|revisions?|next (release|update)|published|extracted"
    r"|(report )?(generated|printed|run)( on| at| by)?"
    r"|(run|print|report|release|publication) (date|time)|end of (report|table|worksheet|file|data)|page",
    re.IGNORECASE,
)
_AFTER_WORD = re.compile(r"\s*([:.=]|\s[-\u2013\u2014]|\s?\(?\d{1,3}\)?[:.)\s])")
# `(1) ...`, `[c] ...`, `1. ...`, `* ...`
_SIGN = re.compile(
    r"(\(\d{1,2}\)|\[[\w ]{1,8}\]|\d{1,2}[.)]"
    r"|[*\u2020\u2021\u00a7\u00b9\u00b2\u00b3\u2070-\u2079\u00a9#]+)\s*(?=[^\W\d_])"
)
_TOTAL = re.compile(
    r"((grand|overall|sub|national|england)[ -]?)?totals?(:|\s*\(.*\)|\s+(for|of|amount|value)\b.*)?"
    r"|sum|all|overall|all (providers|areas|regions|periods|contracts|outcomes|groups|persons|people|claims)"
    r"|england|wales|scotland|northern ireland|united kingdom|uk|great britain|gb|england (and|&) wales"
    r"|national"
    r"|summe|gesamt(summe|ergebnis)?|ergebnis|total general|somme",
    re.IGNORECASE,
)
_CURRENCY = re.compile(r"[\s,£$€\u00a0\u202f]")


def words_of(text: str) -> int:
    """Return how many words a text has."""
    return len(re.findall(r"[^\W_]+", text))


def is_heading_of_notes(text: str) -> bool:
    """Tell whether the text is `Notes`, `Source:` or the like and nothing more."""
    return _WORD.fullmatch(text.strip(" :.-*")) is not None


def is_marked(text: str) -> bool:
    """Tell whether a text begins like a note: a word for one with a colon or number, or a note's sign."""
    return _has_word(text) or (_has_sign(text) and words_of(text) >= SHORT_NOTE_WORDS)


def is_ragged_note(text: str) -> bool:
    """Tell whether a text with delimiters in it begins like a note; behind a sign it goes on in words."""
    letters = len(re.findall(r"[^\W\d_]{2,}", text))
    return _has_word(text) or (_has_sign(text) and letters >= SENTENCE_WORDS)


def _has_word(text: str) -> bool:
    word = _WORD.match(text)
    return word is not None and _AFTER_WORD.match(text, word.end()) is not None


def _has_sign(text: str) -> bool:
    return _SIGN.match(text) is not None


def is_note(text: str, *, after_blank: bool, is_usual: bool, values_words: int, values_marked: bool) -> bool:
    """Tell whether the only filled cell of a line is a note.

    `is_usual`: rows of the table have this one cell only too; `values_words` is the most words that a value
    of its column has, `values_marked` says that values begin like notes.
    """
    words = words_of(text)
    longer = words > LONGER_THAN_VALUES * values_words
    marked = is_marked(text) and not values_marked
    if is_usual:
        return marked and after_blank and longer and words >= SHORT_NOTE_WORDS
    if marked or (after_blank and is_heading_of_notes(text)):
        return True
    return longer and words >= (SHORT_NOTE_WORDS if after_blank else SENTENCE_WORDS)


def is_total(text: str) -> bool:
    """Tell whether a cell is a word for a total: `Total`, `All`, `England`; not `Total Recall Ltd`."""
    return _TOTAL.fullmatch(text.strip(" *:")) is not None


def figure(cell: str | None) -> Decimal | None:
    """Return a cell's figure as people write it, None where it is none (or shorthand for a missing one)."""
    text = _CURRENCY.sub("", cell or "")
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)", text, re.ASCII):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def is_sum(total: Decimal, cells: Sequence[str | None]) -> bool:
    """Tell whether a total is the sum of a column's figures, two of them at the least."""
    figures = [value for value in map(figure, cells) if value]
    return len(figures) >= FEWEST_SUMMED and total != 0 and sum(figures) == total
