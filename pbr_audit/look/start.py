"""`pbr-audit start`: files in; sentences and an `audit.toml` with guesses and questions out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pbr_audit.errors import PbrAuditError, UsageError
from pbr_audit.look.audit_toml import QUESTIONS, Beside, audit_toml, constant_for
from pbr_audit.look.content import Codes
from pbr_audit.look.contract_example import CONTRACT_EXAMPLE
from pbr_audit.look.guessed import Guessed, Taken, guessed, known_codes, with_codes
from pbr_audit.look.section import Section, sections
from pbr_audit.look.shown import counted, listed, shown, some
from pbr_audit.look.sources import Looked, Unread, files_in, look_at, rows_said
from pbr_audit.look.tables import is_headless
from pbr_audit.terms import load_terms

AUDIT_FILE = "audit.toml"
EXAMPLE = Path("contracts") / "contract.toml.example"
_MOST_LISTED = 12


@dataclass(frozen=True)
class Beginning:
    """What `start` writes: a text for each file, and what it says."""

    files: dict[Path, str]
    text: str


def begin(paths: Sequence[Path], out: Path | None, *, force: bool) -> Beginning:
    """Look at files and folders and guess an `audit.toml`, which is to be written to `out`.

    By default it lies beside the first file. UsageError where it is there already and `force` is not given;
    ConfigurationError for a path that is not there. A file that cannot be read is said and left out.
    """
    files, passed = files_in(paths)
    out = out if out is not None else (paths[0] if paths[0].is_dir() else files[0].parent) / AUDIT_FILE
    if out.is_dir():
        raise UsageError(f"{out}: is a folder; name the file to write, such as {out / AUDIT_FILE}")
    if out.exists() and not force:
        raise UsageError(f"{out}: is there already; add --force to replace it, or --out with another name")
    looks = [look for file in files for look in look_at(file, file.name)]
    beside, codes = _contracts(out.parent)
    sources, strangers = _sources(looks, codes)
    strangers = [*passed, *strangers]
    found = sections(sources)
    written = {out: audit_toml(found, strangers, beside)}
    example = out.parent / EXAMPLE
    wants_example = not beside.contracts and any(section.table == "claims" for section in found)
    if wants_example and not example.exists():
        written[example] = CONTRACT_EXAMPLE
    return Beginning(written, "\n".join(_said(found, strangers, out, beside)))


def _contracts(folder: Path) -> tuple[Beside, Codes]:
    """The contracts beside the audit.toml and their codes; a run will refuse those that cannot be read."""
    paths = sorted(path for path in folder.glob("contracts/*.toml") if not path.name.startswith("."))
    try:
        terms = load_terms(paths, [path.name for path in paths])
    except PbrAuditError:
        return Beside(folder, ()), Codes()
    ids = tuple(sorted(contract.id for contract in terms.contracts))
    outcomes = frozenset(code for _, code in terms.outcome_codes())
    return Beside(folder, ids), Codes(contracts=frozenset(ids), outcomes=outcomes)


def _sources(looks: Sequence[Looked | Unread], codes: Codes) -> tuple[list[Guessed], list[str]]:
    """Each source guessed twice: the second time with the codes that the others list."""
    first = [(look, guessed(look, codes)) for look in looks if isinstance(look, Looked)]
    all_codes = known_codes([found for _, found in first if found is not None], codes)
    sources = [with_codes(look, found.resemblance, all_codes) for look, found in first if found is not None]
    strangers = [look.why for look in looks if isinstance(look, Unread)]
    strangers += [_stranger(look) for look, found in first if found is None]
    return sources, strangers


def _stranger(look: Looked) -> str:
    if is_headless(look.columns):
        return f"{look.shown}: its first row looks like data, not like names of columns; add a row of names"
    return f"{look.shown}: {rows_said(look)}; resembles no table of the standard"


def _said(found: Sequence[Section], strangers: Sequence[str], out: Path, beside: Beside) -> Iterator[str]:
    guesses = questions = 0
    for section in found:
        for source in section.sources:
            yield from _source_said(source)
        for source, why in section.left_out:
            yield f"{source.looked.shown}: looks like {section.table} too, and is left out: {why}"
        for column in section.open:
            constant = constant_for(section, column, beside)
            questions += constant is None
            guesses += constant is not None
            if constant is None:
                asked = QUESTIONS.get(column.name, "this")
                yield f"  nothing found for {column.name}: which column says {asked}?"
            else:
                yield f"  {column.name} is {constant[0]} in every row: {constant[1]}"
        questions += sum(one.is_open for one in section.formats)
        questions += sum(not word.is_certain for words in section.values.values() for word in words.words)
        guesses += sum(entry.doubt is not None for entry in section.entries)
        yield ""
    yield from strangers
    if strangers:
        yield ""
    if not found:
        yield f"Written: {out}, with nothing in it to run: no file resembles a table of the standard."
        yield "`pbr-audit schema` prints the tables; name the files and their columns there by hand."
        return
    to_check, to_answer = counted(guesses, "guess", "guesses"), counted(questions, "question")
    yield f"Written: {out}, with {to_check} to check and {to_answer} to answer."
    if found and not beside.contracts and any(section.table == "claims" for section in found):
        yield (
            f"No contract's terms were found. {out.parent / EXAMPLE} shows what is needed: fill it in and "
            f"save it as {out.parent / 'contracts' / 'NAME.toml'}; "
            "until then no rule about prices, windows or outcomes can be asked."
        )
    yield f"Read it, correct it, then: pbr-audit validate {out}"


def _source_said(source: Guessed) -> Iterator[str]:
    looked = source.looked
    rival = source.resemblance.rival
    like = f"looks like {source.table}" + (f", or perhaps {rival}" if rival else "")
    yield f"{looked.shown}: {rows_said(looked)}; {like}"
    yield from (f"  {said}" for said in looked.said)
    exact = [taken.column for taken in source.taken.values() if taken.is_exact]
    if exact:
        yield f"  named as in the standard: {some(exact, _MOST_LISTED)}"
    for taken in source.taken.values():
        if not taken.is_exact:
            yield f"  {taken.column}: {_from(source, taken)}"
    private = [
        shown(facts.header, facts.place) for facts in looked.columns if source.private(facts) is not None
    ]
    if private:
        yield f"  sensitive: {some(private, _MOST_LISTED)}"
    unused = [shown(facts.header, facts.place) for facts in source.unused]
    if unused:
        yield f"  not used: {some(unused, _MOST_LISTED)}"


def _from(source: Guessed, taken: Taken) -> str:
    names = listed([shown(header, source.facts(header).place) for header in taken.headers])
    return f"{names}, {taken.doubt}: please check" if taken.doubt else f"{names}, a usual name for it"
