"""The `audit.toml` that `pbr-audit start` writes: what was guessed, what is asked, and no cell of the data.

The only words from cells are those of closed vocabularies (`look.words` says which).
"""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pbr_audit.look.covariates import covariates, may_be_covariate
from pbr_audit.look.facts import Facts
from pbr_audit.look.guessed import PERFORMANCE, Guessed
from pbr_audit.look.section import Entry, Section
from pbr_audit.look.shown import listed, shown, some, toml_string
from pbr_audit.look.sources import rows_said
from pbr_audit.look.words import Word
from pbr_audit.tables import Column

_MOST_LISTED = 40
# What a required column says, to ask for it.
QUESTIONS = {
    "claim_id": "the claim's own number",
    "contract_id": "the contract",
    "provider_id": "the provider",
    "tier": "whether a prime or a subcontractor claims",
    "client_id": "the client",
    "outcome": "the outcome that is claimed",
    "outcome_date": "when the outcome was achieved",
    "submitted_date": "when the claim was submitted",
    "amount": "the amount that is asked for",
    "referral_id": "the referral's own number",
    "referral_date": "when the person was offered",
    "decision": "what the provider decided",
    "measured_date": "when it was measured",
    "measured_value": "what was measured",
    "activity_date": "the day of the contact",
    "event": "what happened",
    "start_date": "the first day",
    "name": "the name",
    "role": "whether it is a prime or a subcontractor",
    "employer_id": "the employer's code",
    "check_date": "when it was checked",
    "method": "how it was checked",
    "result": "what was found",
    "period": "the month, quarter or year",
    "cohort_size": "how many could have reached the outcome",
    "achieved": "how many reached the outcome",
    "count": "how many have the value",
    "person_id": "the person's number",
    "treated": "who was in the programme",
}


@dataclass(frozen=True)
class Beside:
    """What lies beside the audit.toml that is written: its folder, and the contracts there."""

    folder: Path
    contracts: tuple[str, ...]


def audit_toml(found: Sequence[Section], strangers: Sequence[str], beside: Beside) -> str:
    """The whole file; `strangers` are sentences on the files that resemble no table or cannot be read."""
    lines = [
        "# Guessed by `pbr-audit start`. Nothing is certain before somebody who knows the files has read it.",
        "# A line that begins with # does nothing: take the # away, and fill in what it asks for.",
        "# Then `pbr-audit validate` with this file's name says what is read, and what is rejected and why.",
        'standard = "0.1"',
    ]
    for section in found:
        lines += ["", *_section(section, beside)]
    if not found:
        lines += [
            "",
            "# No file resembles a table of the standard; `pbr-audit schema` prints them. For example:",
        ]
        lines += [
            "# [tables.claims]",
            '# files = ["claims.csv"]',
            "# [tables.claims.columns]",
            '# claim_id = "Ref"',
        ]
    if strangers:
        lines += ["", "# Not read:", *(f"# {_one_line(sentence)}" for sentence in strangers)]
    return "\n".join(lines) + "\n"


def _section(section: Section, beside: Beside) -> Iterator[str]:
    name = section.table
    for source in section.sources:
        yield f"# {_one_line(source.looked.shown)}: {rows_said(source.looked)}"
        yield from (f"#   {_one_line(said)}" for said in source.looked.said)
    yield f"[tables.{name}]"
    files = dict.fromkeys(_relative(source.looked.path, beside.folder) for source in section.sources)
    yield f"files = [{', '.join(toml_string(file) for file in files)}]"
    if section.sheet is not None:
        yield f"sheet = {toml_string(section.sheet)}"
    for source, why in section.left_out:
        yield f"# Not read: {_one_line(source.looked.shown)}, which looks like {name} too: {why}"
    yield ""
    yield f"[tables.{name}.columns]"
    yield from _columns(section, beside)
    yield from _unused(section)
    yield from covariates(section)
    yield from _formats(section)
    yield from _values(section)


def _relative(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        # Another drive has no path from here.
        return path.resolve().as_posix()


def _columns(section: Section, beside: Beside) -> Iterator[str]:
    exact = [entry.column.name for entry in section.entries if entry.is_exact]
    if exact:
        yield f"# named as in the standard, so that nothing has to be said: {', '.join(exact)}"
        private = [
            entry.column.name for entry in section.entries if entry.is_exact and _private(entry, section)
        ]
        # What people are compared on is sensitive more often than not, and asked for below.
        if private and section.table != "cohort":
            yield f"# sensitive: {', '.join(private)}"
    for entry in section.entries:
        if not entry.is_exact:
            yield _with_comment(f"{entry.column.name} = {_source(entry)}", _remarks(entry, section))
    for column in section.open:
        yield from _open(section, column, beside)
    for source in section.sources:
        yield from _doubts(source)


def _source(entry: Entry) -> str:
    if entry.expr is not None:
        return f"{{ expr = {toml_string(entry.expr)} }}"
    if len(entry.headers) == 1 and not entry.lacking:
        return toml_string(entry.headers[0])
    return f"[{', '.join(toml_string(header) for header in entry.headers)}]"


def _remarks(entry: Entry, section: Section) -> list[str]:
    remarks = []
    if entry.doubt is not None:
        what, _, why = entry.doubt.partition(": ")
        remarks.append(f"{what}: please check{f' ({why})' if why else ''}")
    if entry.lacking and entry.column.required:
        remarks.append(
            f"nothing found in {_one_line(some(entry.lacking, 3))}: "
            f"which column says {_asked(entry.column)} there?"
        )
    private = _private(entry, section)
    if private is not None:
        remarks.append(private)
    return remarks


def _private(entry: Entry, section: Section) -> str | None:
    """That a column is sensitive, and what it holds."""
    held = {source.private(facts) for source in section.sources for facts in _taken(source, entry)} - {None}
    if held:
        return f"sensitive: {listed(sorted(str(what) for what in held))}"
    return "sensitive" if entry.column.sensitive else None


def _taken(source: Guessed, entry: Entry) -> list[Facts]:
    taken = source.taken.get(entry.column.name)
    return [source.facts(header) for header in taken.headers] if taken is not None else []


def _asked(column: Column) -> str:
    return QUESTIONS.get(column.name, f"{column.name} ({column.description.rstrip('.').lower()})")


def _open(section: Section, column: Column, beside: Beside) -> Iterator[str]:
    """A required column that nothing was found for: a constant, if there can be no other, or a question."""
    constant = constant_for(section, column, beside)
    if constant is not None:
        value, why = constant
        yield _with_comment(f"{column.name} = {{ value = {toml_string(value)} }}", [f"{why}: please check"])
        return
    question = f"nothing found: which column says {_asked(column)}?"
    if column.unless is not None:
        question += f" (needed unless {column.unless})"
    yield _with_comment(f'# {column.name} = ""', [question])
    if column.closed:
        for choice in column.choices[:2]:
            yield _with_comment(
                f'# {column.name} = {{ value = "{choice}" }}', [f"where every row is {choice}"]
            )
    elif column.name in ("contract_id", "provider_id", "outcome"):
        yield _with_comment(
            f'# {column.name} = {{ value = "" }}', ["where it is one and the same for every row"]
        )


def constant_for(section: Section, column: Column, beside: Beside) -> tuple[str, str] | None:
    """The one value that a column without a source can have in every row, and why."""
    if column.name != "contract_id":
        return None
    if section.table == PERFORMANCE and not beside.contracts:
        stem = section.sources[0].looked.path.name.partition(".")[0]
        return re.sub(r"[^\w]+", "-", stem).strip("-") or "published", "a name for the published series"
    if len(beside.contracts) == 1:
        return beside.contracts[0], "the only contract in contracts/"
    return None


def _doubts(source: Guessed) -> Iterator[str]:
    for column, headers in source.resemblance.named.either.items():
        names = listed([_shown(source, header) for header in headers])
        yield f"# {_one_line(source.looked.shown)}: {names} could each be {column}; name one of them"
    for match in source.resemblance.named.against:
        if match.header not in {header for taken in source.taken.values() for header in taken.headers}:
            name = _shown(source, match.header)
            yield f"# {name} is named like {match.column}, but its values {match.doubt}"


def _shown(source: Guessed, header: str) -> str:
    return shown(header, source.facts(header).place)


def _unused(section: Section) -> Iterator[str]:
    for source in section.sources:
        plain = [facts for facts in source.unused if source.private(facts) is None]
        if plain:
            names = some([shown(facts.header, facts.place) for facts in plain], _MOST_LISTED)
            yield f"# not used of {_one_line(source.looked.shown)}: {names}"
        # What people are compared on is sensitive more often than not, and asked for below.
        private = [
            f"{shown(f.header, f.place)} ({f.sensitive})"
            for f in source.unused
            if f.sensitive is not None and not may_be_covariate(section.table, f)
        ]
        if private and section.table != "cohort":
            yield f"# sensitive and not used, so better left out of the file: {some(private, _MOST_LISTED)}"


def _formats(section: Section) -> Iterator[str]:
    if not section.formats:
        return
    yield ""
    yield f"[tables.{section.table}.formats]"
    for one in section.formats:
        yield f"# {_one_line(one.sentence)}"
        if one.decided is not None:
            yield f'{one.column} = "{one.decided}"'
        elif not one.is_open:
            yield f"# {one.column} is read so in each file by itself"
        elif _is_date(section, one.column):
            yield f'# {one.column} = "day-first"   # or month-first, excel-1900, excel-1904: which is it?'
        else:
            yield f'# {one.column} = "decimal-point"   # or decimal-comma: which is it?'


def _is_date(section: Section, name: str) -> bool:
    return any(
        entry.column.name == name and entry.column.kind in ("date", "datetime") for entry in section.entries
    )


def _values(section: Section) -> Iterator[str]:
    choices = {entry.column.name: entry.column.choices for entry in section.entries}
    for column, vocabulary in section.values.items():
        yield ""
        yield f"[tables.{section.table}.values.{column}]"
        yield f"# the standard's words are {listed(choices[column])}"
        yield from (_word(word) for word in vocabulary.words)
        if vocabulary.unlisted == 1:
            yield "# 1 different word of the files is not listed here; a row that holds it is rejected"
        elif vocabulary.unlisted:
            unlisted = f"{vocabulary.unlisted:,} different words of the files"
            yield f"# {unlisted} are not listed here; rows that hold them are rejected"


def _word(word: Word) -> str:
    key = toml_string(word.word)
    if word.meant is None:
        return f'# {key} = ""   # which of them is it?'
    return (
        f'{key} = "{word.meant}"'
        if word.is_certain
        else f'# {key} = "{word.meant}"   # a suggestion: please check'
    )


def _with_comment(line: str, remarks: Sequence[str]) -> str:
    return f"{line}   # {'; '.join(remarks)}" if remarks else line


def _one_line(text: str) -> str:
    """A sentence that may hold a file's or sheet's name, as a comment can hold it."""
    return toml_string(text)[1:-1].replace('\\"', '"').replace("\\\\", "\\")
