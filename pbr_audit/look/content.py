"""Columns that no header names, guessed from what is in them; a person is asked to check each of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pbr_audit.look.facts import NEARLY_ALL, Facts
from pbr_audit.look.headers import Named
from pbr_audit.look.words import known_share
from pbr_audit.tables import TABLES
from pbr_audit.tables.synonyms import plain

# Sensitive values that have a column of their own, where the table has that column.
_SENSITIVE = {"e-mail addresses": "email", "telephone numbers": "phone", "postcodes": "postcode"}
# A later date is later in so many of the rows that have both.
_MOSTLY = 0.95
_FEW_ROWS = 5
_LEAST_CODES = 2
# What people call those who did not reach the outcome, where they publish them in place of those who did.
_MISSED = frozenset({
    "breaches", "failures", "failed", "missed", "notmet", "notachieved", "numbernotachieved", "numberfailed",
    "numberofbreaches", "numbermissed", "over4hours", "numberofmisses",
})  # fmt: skip


@dataclass(frozen=True)
class Codes:
    """Codes that are known from elsewhere: contracts' terms, and the tables that list things."""

    contracts: frozenset[str] = frozenset()
    outcomes: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    clients: frozenset[str] = frozenset()
    employers: frozenset[str] = frozenset()
    claims: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Guess:
    """A source column guessed to be a standard one, and why: `guessed from the values: ...`."""

    column: str
    header: str
    why: str


def guesses(table: str, columns: Sequence[Facts], named: Named, codes: Codes) -> list[Guess]:
    """Guess columns of `table` that `named` leaves open, each from values that fit no other open column."""
    taken = {match.header for match in named.matches.values()}
    taken |= {header for headers in named.either.values() for header in headers}
    taken |= {match.header for match in named.against}
    free = [facts for facts in columns if facts.header not in taken and facts.filled]
    wanted = [
        name for name in TABLES[table].columns if name not in named.matches and name not in named.either
    ]
    by_header = {facts.header: facts for facts in columns}
    known = {name: by_header[match.header] for name, match in named.matches.items()}
    found: dict[str, Guess] = {}
    for step in (_vocabularies, _sensitive, _codes, _dates, _amount):
        for guess in step(table, wanted, free, known, codes):
            if guess.column in wanted and guess.column not in found:
                found[guess.column] = guess
        free = [facts for facts in free if facts.header not in {guess.header for guess in found.values()}]
        known |= {guess.column: by_header[guess.header] for guess in found.values()}
    return list(found.values())


Open = Sequence[Facts]
Known = Mapping[str, Facts]


def _vocabularies(table: str, wanted: list[str], free: Open, known: Known, codes: Codes) -> Iterator[Guess]:
    """A column whose words are those of one closed vocabulary only, and of which there is one only."""
    del known, codes
    closed = [column for column in TABLES[table].columns.values() if column.closed]
    fits = {
        facts.header: [
            column.name
            for column in closed
            if facts.kind == "text" and known_share(column, facts) >= NEARLY_ALL
        ]
        for facts in free
        if facts.sensitive is None
    }
    for name in wanted:
        headers = [header for header, names in fits.items() if names == [name]]
        if len(headers) == 1:
            yield Guess(name, headers[0], f"its words are those of {name}")


def _sensitive(table: str, wanted: list[str], free: Open, known: Known, codes: Codes) -> Iterator[Guess]:
    del known, codes
    for what, name in _SENSITIVE.items():
        headers = [facts.header for facts in free if facts.sensitive == what and facts.kind == "text"]
        if name in wanted and name in TABLES[table].columns and len(headers) == 1:
            yield Guess(name, headers[0], f"they look like {what}")


def _codes(table: str, wanted: list[str], free: Open, known: Known, codes: Codes) -> Iterator[Guess]:
    """A column whose values are codes that are known from elsewhere."""
    del known
    where = {
        "contract_id": (codes.contracts, "the contracts"),
        "outcome": (codes.outcomes, "the outcomes in the contracts"),
        "provider_id": (codes.providers, "the providers"),
        "client_id": (codes.clients, "the clients"),
        "employer_id": (codes.employers, "the employers"),
        "claim_id": (codes.claims, "the claims"),
    }
    for name, (listed, what) in where.items():
        if name not in wanted or not listed or TABLES[table].columns[name].unique:
            continue
        fitting = [
            facts
            for facts in free
            if _are_codes(facts, listed, is_required=TABLES[table].columns[name].required)
        ]
        if len(fitting) == 1:
            yield Guess(name, fitting[0].header, f"they occur among {what}")


def _are_codes(facts: Facts, listed: frozenset[str], *, is_required: bool) -> bool:
    """Whether nearly all values are among `listed`; small numbers are among everything."""
    words = facts.words["word"]
    if facts.kind in ("date", "amount", "number") or (is_required and facts.filled < facts.rows * NEARLY_ALL):
        return False
    if not words.str.contains(r"\p{L}|[0-9]{4}").all():
        return False
    among = words.is_in(sorted(listed)).sum()
    return among >= words.len() * _MOSTLY and (words.len() >= _LEAST_CODES or len(listed) < _FEW_ROWS)


def _dates(table: str, wanted: list[str], free: Open, known: Known, codes: Codes) -> Iterator[Guess]:
    """In claims: of dates that nothing names, the mostly later one is when the claim was submitted."""
    del codes
    if table != "claims":
        return
    dates = [
        facts
        for facts in free
        if facts.days is not None and facts.filled == facts.rows and not facts.sensitive
    ]
    if len(dates) == 2 and {"outcome_date", "submitted_date"} <= set(wanted):  # noqa: PLR2004 - a pair
        first, second = dates
        if not _is_later(second, first):
            first, second = second, first
        if _is_later(second, first):
            yield Guess(
                "outcome_date",
                first.header,
                "its dates are mostly before those of the other",
            )
            yield Guess(
                "submitted_date",
                second.header,
                "its dates are mostly after those of the other",
            )
    elif len(dates) == 1:
        yield from _other_date(dates[0], wanted, known)


def _other_date(dates: Facts, wanted: list[str], known: Known) -> Iterator[Guess]:
    """The one free column of dates, held against the date that is known."""
    if "submitted_date" in wanted and "outcome_date" in known and _is_later(dates, known["outcome_date"]):
        yield Guess("submitted_date", dates.header, "its dates are mostly after those of outcome_date")
    if "outcome_date" in wanted and "submitted_date" in known and _is_later(known["submitted_date"], dates):
        yield Guess("outcome_date", dates.header, "its dates are mostly before those of submitted_date")


def _is_later(later: Facts, earlier: Facts) -> bool:
    if later.days is None or earlier.days is None:
        return False
    both = pl.DataFrame({"later": later.days.by_row, "earlier": earlier.days.by_row}).drop_nulls()
    after, before = (both["later"] > both["earlier"]).sum(), (both["later"] < both["earlier"]).sum()
    return (
        both.height >= _FEW_ROWS
        and both.height - before >= _MOSTLY * both.height
        and after >= both.height / 2
    )


def _amount(table: str, wanted: list[str], free: Open, known: Known, codes: Codes) -> Iterator[Guess]:
    """In claims: the one column of amounts that nothing names, where none is named."""
    del codes
    amounts = [facts for facts in free if facts.kind == "amount" and facts.filled == facts.rows]
    if table == "claims" and "amount" in wanted and len(amounts) == 1 and "paid_amount" not in known:
        yield Guess("amount", amounts[0].header, "they are the only amounts of money that no header names")


def missed(columns: Sequence[Facts], cohort: Facts | None) -> Facts | None:
    """In published figures: the one column of those who missed the outcome, never more than the cohort."""
    if cohort is None or cohort.figures is None:
        return None
    found = [facts for facts in columns if plain(facts.header) in _MISSED and facts.figures is not None]
    if len(found) != 1 or found[0].figures is None:
        return None
    both = pl.DataFrame({"missed": found[0].figures.by_row, "cohort": cohort.figures.by_row}).drop_nulls()
    return found[0] if both.height and bool((both["missed"] <= both["cohort"]).all()) else None
