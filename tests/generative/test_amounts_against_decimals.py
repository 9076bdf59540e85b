"""A hundred thousand amounts as people and machines write them: exact as a decimal, or not read at all.

The oracle shares nothing with the program: it walks a text from its first character to its last and reckons in
Python's decimals.
"""

import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pbr_audit.money import MAX_PENCE
from pbr_audit.tables import TABLES
from pbr_audit.tables.formats import DECIMAL_COMMA, DECIMAL_POINT
from pbr_audit.validate import validate_frames
from pbr_audit.validate.currencies import CODES
from pbr_audit.validate.looking import look
from tests.unit.validating import CLAIM, terms

AMOUNTS = 100_000
SEED = 7
AMOUNT = TABLES["claims"].columns["amount"]
BLANKS = " \u00a0\u2009\u202f"
NOISE = "0123456789.,' \u00a0()+-\u2212£€$%kE\uff15\u0665"


class Walk:
    """A text and how far it has been read."""

    def __init__(self, text: str) -> None:
        self.left = text

    def one_of(self, *starts: str) -> str:
        """Take the first of `starts` that comes next, or nothing."""
        found = next((start for start in starts if start and self.left.startswith(start)), "")
        self.left = self.left[len(found) :]
        return found

    def currency(self) -> str:
        """Take three letters or a sign."""
        letters = self.left[:3]
        if len(letters) == 3 and letters.isascii() and letters.isalpha():
            self.left = self.left[3:]
            return letters.upper()
        return self.one_of("£", "€", "$", "¥")

    def figure(self) -> str:
        """Take digits with what may stand between them, up to the last digit."""
        end = 0
        while end < len(self.left) and self.left[end] in "0123456789.,' ":
            end += 1
        taken = self.left[:end].rstrip(".,' ")
        if taken[:1] not in set("0123456789"):
            return ""
        self.left = self.left[len(taken) :]
        return taken


def oracle(text: str, mark: str) -> int | None:
    """Pence, or None where the text is not plainly an amount with this decimal mark."""
    for blank in BLANKS:
        text = text.replace(blank, " ")
    walk = Walk(text.replace("\u2212", "-").replace("\u2019", "'").strip(" \t\n\r"))
    signs, currencies = [walk.one_of("+", "-")], [walk.currency()]
    walk.one_of(" ")
    signs.append(walk.one_of("+", "-"))
    opened = walk.one_of("(")
    currencies.append(walk.currency())
    if currencies[-1]:
        walk.one_of(" ")
    figure = walk.figure()
    closed = walk.one_of(")")
    walk.one_of(" ")
    currencies.append(walk.currency())
    signs.append(walk.one_of("-"))
    named = [currency for currency in currencies if currency]
    signed = [sign for sign in [*signs, opened] if sign]
    known = all(currency in {"£", "€", "$", "¥", *CODES} for currency in named)
    if walk.left or bool(opened) != bool(closed) or len(named) > 1 or len(signed) > 1 or not known:
        return None
    pounds = unsigned(figure, mark)
    if pounds is None or pounds * 100 > MAX_PENCE:
        return None
    return int(pounds * 100) * (-1 if signed in (["-"], ["("]) else 1)


def unsigned(figure: str, mark: str) -> Decimal | None:
    whole, marked, places = figure.partition(mark)
    if marked and not (places.isdigit() and 1 <= len(places) <= 2):
        return None
    separators = {letter for letter in whole if not letter.isdigit()}
    if len(separators) > 1 or mark in separators or not whole:
        return None
    first, *groups = whole.split(separators.pop()) if separators else [whole]
    if groups and (
        not 1 <= len(first) <= 3 or first.startswith("0") or any(len(group) != 3 for group in groups)
    ):
        return None
    digits = "".join([first, *groups])
    return Decimal(f"{digits}.{places or 0}") if len(digits) <= 16 else None


def written(rng: random.Random) -> Iterator[str]:
    """Amounts, most of them well written, and one in three with a slip."""
    for _ in range(AMOUNTS):
        mark, other = rng.choice([(".", ","), (",", ".")])
        digits = str(rng.randrange(10 ** rng.choice([1, 2, 3, 4, 5, 6, 9, 12, 16, 17])))
        if rng.random() < 0.6:
            digits = f"{int(digits):,}".replace(",", rng.choice([other, *BLANKS, "'", "\u2019"]))
        places = rng.choice([0, 0, 1, 2, 2, 2, 2, 3])
        figure = digits + (mark + "".join(rng.choices("0123456789", k=places)) if places else "")
        currency = rng.choice(["£", "GBP", "gbp", "€", "EUR", "$"])
        blank = rng.choice(["", *BLANKS])
        before, after = rng.choice([("", ""), ("", ""), (currency + blank, ""), ("", blank + currency)])
        text = rng.choice(["{}", "{}", "{}", "-{}", "+{}", "({})", "\u2212{}"]).format(
            before + figure + after
        )
        text = text if rng.random() < 0.95 else f"{text}-"
        if rng.random() < 0.33:
            at = rng.randrange(len(text) + 1)
            text = text[:at] + rng.choice(NOISE) + text[at + rng.randrange(2) :]
        yield text


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return list(written(random.Random(SEED)))  # noqa: S311 - a test's amounts are no secret


@pytest.mark.parametrize(("written_with", "mark"), [(DECIMAL_POINT, "."), (DECIMAL_COMMA, ",")])
def test_every_amount_is_read_to_the_penny_or_not_at_all(
    texts: list[str], written_with: str, mark: str
) -> None:
    found = look(pl.Series(texts, dtype=pl.String), "claims", AMOUNT, written_with)["value"].to_list()
    expected = [oracle(text, mark) for text in texts]

    assert [
        (text, one, two) for text, one, two in zip(texts, found, expected, strict=True) if one != two
    ] == []
    read = sum(pence is not None for pence in found)
    assert AMOUNTS / 4 < read < AMOUNTS * 3 / 4


def test_a_table_of_amounts_is_accounted_for_to_the_penny(texts: list[str]) -> None:
    """Each amount in its own row: accepted with its pence, or rejected; nothing is lost between the two."""
    cells = [text for text in texts[:20_000] if not any(sign in text.upper() for sign in ("€", "$", "EUR"))]
    frame = pl.DataFrame({name: [cell] * len(cells) for name, cell in CLAIM.items()}).with_columns(
        claim_id=pl.format("K{}", pl.int_range(len(cells))), amount=pl.Series(cells)
    )
    table = validate_frames({"claims": frame}, terms(CPA01="GBP"), Path("unused")).tables["claims"]
    table.counts.assert_complete()

    accepted = dict(table.frame.select("claim_id", "amount_pence").collect().iter_rows())
    # Both marks occur, so what either could mean is not read, and nothing is read as what it is not.
    assert accepted
    for claim, pence in accepted.items():
        text = cells[int(claim[1:])]
        assert pence in {oracle(text, "."), oracle(text, ",")}
        assert None in {oracle(text, "."), oracle(text, ",")} or oracle(text, ".") == oracle(text, ",")
    assert table.counts.read_pence == {"GBP": sum(accepted.values())}
    dashes = sum(cell.strip() in {"", "-", "\u2212"} for cell in cells)
    assert table.counts.unreadable_amounts == table.counts.rejected - dashes
