"""What is guessed of one source: its table, where each column comes from, how sure that is, what is open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pbr_audit.look.content import Codes, guesses, missed
from pbr_audit.look.facts import Facts
from pbr_audit.look.headers import Match
from pbr_audit.look.sources import Looked
from pbr_audit.look.tables import Resemblance, is_headless, resemblance
from pbr_audit.tables import TABLES

PERFORMANCE = "performance"
ORGANISATIONS = ("providers", "employers")


@dataclass(frozen=True)
class Taken:
    """Where a standard column comes from: a header as it stands, or an expression over headers.

    `doubt` is what a person is asked to check; None where the header names the column.
    """

    column: str
    headers: tuple[str, ...]
    how: str
    expr: str | None = None
    doubt: str | None = None

    @property
    def is_exact(self) -> bool:
        """Whether the file names the column as the standard does, so that nothing has to be said."""
        return self.expr is None and self.headers == (self.column,)


@dataclass(frozen=True)
class Guessed:
    """A source as a table; `open` are the required columns that nothing was found for."""

    looked: Looked
    resemblance: Resemblance
    taken: Mapping[str, Taken]

    @property
    def table(self) -> str:
        """The table's name."""
        return self.resemblance.table

    @property
    def open(self) -> list[str]:
        """Required columns for which nothing was found, in the standard's order."""
        return [
            column.name
            for column in TABLES[self.table].columns.values()
            if column.required and column.name not in self.taken
        ]

    @property
    def unused(self) -> list[Facts]:
        """Source columns that no standard column is taken from."""
        used = {header for taken in self.taken.values() for header in taken.headers}
        return [facts for facts in self.looked.columns if facts.header not in used]

    def private(self, facts: Facts) -> str | None:
        """What a column holds that is sensitive; the names of organisations are not."""
        taken = {one.column for one in self.taken.values() if facts.header in one.headers}
        if self.table in ORGANISATIONS and "name" in taken:
            return None
        named = any(TABLES[self.table].columns[name].sensitive for name in taken)
        return facts.sensitive or ("what identifies a person" if named else None)

    def facts(self, header: str) -> Facts:
        """The column of this header."""
        return next(facts for facts in self.looked.columns if facts.header == header)


def guessed(looked: Looked, codes: Codes) -> Guessed | None:
    """Guess a source's table and columns; None where it resembles none, or its header looks like data."""
    if is_headless(looked.columns):
        return None
    found = resemblance(looked.columns, f"{looked.path.stem} {looked.sheet or ''}")
    return None if found is None else with_codes(looked, found, codes)


def with_codes(looked: Looked, found: Resemblance, codes: Codes) -> Guessed:
    """Guess the columns of a source whose table is known, with the codes that other files list."""
    taken = {name: _by_header(match) for name, match in found.named.matches.items()}
    for guess in guesses(found.table, looked.columns, found.named, codes):
        taken[guess.column] = Taken(
            guess.column, (guess.header,), "values", doubt=f"guessed from the values: {guess.why}"
        )
    source = Guessed(looked, found, taken)
    taken = {name: _readable(source, one) for name, one in taken.items()}
    if found.table == PERFORMANCE:
        taken |= _figures(source, taken)
    order = list(TABLES[found.table].columns)
    return replace(source, taken=dict(sorted(taken.items(), key=lambda item: order.index(item[0]))))


def _by_header(match: Match) -> Taken:
    doubt = "guessed from the name and the values" if match.how == "doubtful name" else None
    return Taken(match.column, (match.header,), match.how, doubt=doubt)


def _readable(source: Guessed, taken: Taken) -> Taken:
    """Take the day of a moment, and the month or year of a date that stands for a period."""
    column = TABLES[source.table].columns[taken.column]
    facts = source.facts(taken.headers[0])
    if facts.days is None or facts.days.evidence.order() != "year-first" or '"' in facts.header:
        return taken
    if column.name == "period":
        return replace(
            taken,
            expr=f"left({_identifier(facts.header)}, 7)",
            doubt="guessed from the values: its dates are taken for months",
        )
    if column.kind == "date" and facts.days.has_times:
        return replace(
            taken,
            expr=f"left({_identifier(facts.header)}, 10)",
            doubt="guessed from the values: the time of day is left out",
        )
    return taken


def _figures(source: Guessed, taken: Mapping[str, Taken]) -> dict[str, Taken]:
    """Published figures often say how many missed the target, in place of how many reached it."""
    if "achieved" in taken or "cohort_size" not in taken or taken["cohort_size"].expr is not None:
        return {}
    cohort = source.facts(taken["cohort_size"].headers[0])
    found = missed(source.unused, cohort)
    if found is None or '"' in found.header + cohort.header:
        return {}
    expr = f"{_identifier(cohort.header)} - {_identifier(found.header)}"
    doubt = "guessed from the names and the values: those who did not miss the target"
    return {"achieved": Taken("achieved", (cohort.header, found.header), "values", expr, doubt)}


def _identifier(header: str) -> str:
    return header if header.isidentifier() and header.isascii() and header.islower() else f'"{header}"'


def known_codes(sources: Sequence[Guessed], codes: Codes) -> Codes:
    """Add to `codes` those that the sources themselves list: clients, providers, employers, claims."""
    return replace(
        codes,
        clients=codes.clients | _keys(sources, "clients", "client_id"),
        providers=codes.providers | _keys(sources, "providers", "provider_id"),
        employers=codes.employers | _keys(sources, "employers", "employer_id"),
        claims=codes.claims | _keys(sources, "claims", "claim_id"),
    )


def _keys(sources: Sequence[Guessed], table: str, column: str) -> frozenset[str]:
    return frozenset(
        word
        for source in sources
        if source.table == table and column in source.taken
        for word in source.facts(source.taken[column].headers[0]).words["word"]
    )
