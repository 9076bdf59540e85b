"""What `pbr-audit look` says of a file: how it is read, what it resembles, each column without its cells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pbr_audit.look.content import Codes
from pbr_audit.look.facts import Facts
from pbr_audit.look.guessed import Guessed, guessed
from pbr_audit.look.shown import counted, listed, shown
from pbr_audit.look.sources import Looked, Unread, files_in, look_at, rows_said
from pbr_audit.look.tables import is_headless
from pbr_audit.tables import TABLES, Column
from pbr_audit.validate.shorthand import MEANINGS

HEADINGS = ("column", "values", "filled", "different", "range", "remarks")
_PERCENT = 100
# Nobody reads further.
_MOST_COLUMNS = 200
_FIGURES = ("number", "integer", "money")
_WORDS = {
    "empty": "none",
    "date": "dates",
    "amount": "amounts",
    "number": "numbers",
    "whole number": "whole numbers",
    "yes or no": "yes or no",
    "text": "text",
}


@dataclass(frozen=True)
class Page:
    """A source: sentences, the rows of the table of its columns under HEADINGS, sentences below it."""

    above: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    below: tuple[str, ...]


def pages(path: Path) -> list[Page]:
    """One page for each sheet or file of `path`; of what cannot be read, the one sentence."""
    files, passed = files_in([path])
    found = [_page(look) for file in files for look in look_at(file, file.name)]
    return [*found, *(Page((sentence,), (), ()) for sentence in passed)]


def text(found: Sequence[Page]) -> str:
    """The pages as plain text."""
    return "\n\n".join("\n".join([*page.above, *_aligned(page.rows), *page.below]) for page in found)


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if not rows:
        return
    table = [HEADINGS, *rows]
    widths = [max(len(row[at]) for row in table) for at in range(len(HEADINGS))]
    for row in table:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _page(look: Looked | Unread) -> Page:
    if isinstance(look, Unread):
        return Page((look.why,), (), ())
    found = guessed(look, Codes())
    headless = is_headless(look.columns)
    above = [f"{look.shown}: {rows_said(look)}", *look.said, _resembles(found, is_headless=headless)]
    columns = look.columns[:_MOST_COLUMNS]
    rows = tuple(_row(facts, found, is_part=look.is_part) for facts in columns)
    return Page(tuple(above), rows, tuple(_below(look, columns, found)))


def _resembles(found: Guessed | None, *, is_headless: bool) -> str:
    if is_headless:
        return "Its first row looks like data, not like names of columns; add a row that names them."
    if found is None:
        return "Resembles no table of the standard; `pbr-audit schema` prints the tables."
    rival = found.resemblance.rival
    like = f"Looks like {found.table}" + (f", or perhaps {rival}" if rival else "")
    if not found.open:
        return f"{like}; all required columns were found."
    return f"{like}; of the required columns nothing was found for {listed(found.open)}."


def _row(facts: Facts, found: Guessed | None, *, is_part: bool) -> tuple[str, ...]:
    private = found.private(facts) if found is not None else facts.sensitive
    columns = _taken_for(facts, found)
    remarks = [f"sensitive: {private}"] if private is not None else []
    if columns:
        remarks.append(f"taken for {listed([column.name for column in columns])}")
    for symbol, cells in facts.shorthand.items():
        remarks.append(f"{counted(cells, 'cell')} {MEANINGS.get(symbol, 'shorthand')} ({symbol})")
    share = f"{_percent(facts)} %" if facts.rows else ""
    kind = columns[0].kind if columns else None
    span = "" if private is not None else _range(facts, kind, is_part=is_part)
    return (
        shown(facts.header, facts.place),
        _values(facts, kind),
        share,
        f"{facts.distinct:,}",
        span,
        "; ".join(remarks),
    )


def _taken_for(facts: Facts, found: Guessed | None) -> list[Column]:
    if found is None:
        return []
    columns = TABLES[found.table].columns
    return [columns[taken.column] for taken in found.taken.values() if facts.header in taken.headers]


def _percent(facts: Facts) -> int:
    """Never rounded to all or to nothing."""
    share = round(_PERCENT * facts.filled / facts.rows)
    if 0 < facts.filled < facts.rows:
        return min(max(share, 1), _PERCENT - 1)
    return share


def _values(facts: Facts, kind: str | None) -> str:
    if facts.days is not None:
        return f"dates, {facts.days.evidence.order() or 'in no order that is decided'}"
    if facts.kind == "amount" and kind in ("number", "integer"):
        return _WORDS["number"]
    return _WORDS[facts.kind]


def _range(facts: Facts, kind: str | None, *, is_part: bool) -> str:
    """First and last day, or least and largest figure; nothing of numbers that may be somebody's."""
    if facts.days is not None:
        span = facts.days.span
        return f"{span[0]} to {span[1]}" if span is not None else ""
    if (
        facts.figures is None
        or kind in ("text", "choice")
        or (facts.kind == "whole number" and kind not in _FIGURES)
    ):
        return ""
    known = facts.figures.by_row.drop_nulls()
    if known.is_empty():
        return ""
    places = {"amount": 2, "whole number": 0}.get(facts.kind, 4)
    least, largest = (float(str(edge)) for edge in (known.min(), known.max()))
    span_text = f"{least:,.{places}f} to {largest:,.{places}f}"
    is_money = facts.kind == "amount" and kind in (None, "money")
    return (
        f"{span_text}, {float(known.sum()):,.2f} in {'those' if is_part else 'all'}"
        if is_money
        else span_text
    )


def _below(look: Looked, columns: Sequence[Facts], found: Guessed | None) -> Iterator[str]:
    if len(columns) < len(look.columns):
        yield f"  and {counted(len(look.columns) - len(columns), 'more column')}, not shown"
    for facts in columns:
        name = shown(facts.header, facts.place)
        if facts.days is not None and facts.days.evidence.order() != "year-first":
            yield f"  {facts.days.evidence.sentence(name)}"
        elif facts.figures is not None and facts.figures.evidence.decided() != "decimal-point":
            yield f"  {facts.figures.evidence.sentence(name)}"
    if found is None:
        return
    for column, headers in found.resemblance.named.either.items():
        names = listed([shown(header, found.facts(header).place) for header in headers])
        yield f"  {names} could each be {column}"
    for match in found.resemblance.named.against:
        name = shown(match.header, found.facts(match.header).place)
        yield f"  {name} is named like {match.column}, but its values {match.doubt}"
