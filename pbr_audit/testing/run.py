"""Runs fixture cases and says, finding by finding, where a rule's answer is not the expected one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import gettempdir

import polars as pl

from pbr_audit.engine import Outcome, run
from pbr_audit.errors import ConfigurationError, UsageError
from pbr_audit.money import to_text
from pbr_audit.packs import Pack
from pbr_audit.people import LINKS, LINKS_COLUMNS
from pbr_audit.testing.case import Case, read_case
from pbr_audit.testing.piped import read_piped, write_piped
from pbr_audit.validate import validate_frames
from pbr_audit.views import Tables, prepare

# What `--update` writes of a finding; a case may name any other column of the standard by hand.
USUAL = ("subject_id", "severity", "amount_at_risk", "claim_ids")


@dataclass(frozen=True)
class Result:
    """One case and the lines that tell its difference; none where the answer is the expected one."""

    case: Case
    differences: tuple[str, ...]
    outcome: Outcome


def find_cases(path: Path) -> list[Path]:
    """Return the case files at `path`, a file or a folder, in order; UsageError where there are none."""
    if path.is_file():
        return [path]
    found = sorted(path.rglob("*.toml")) if path.is_dir() else []
    if not found:
        raise UsageError(f"{path}: holds no fixture cases (….toml)")
    return found


def run_cases(paths: Iterable[Path], root: Path, pack: Pack) -> Iterator[Result]:
    """Yield the result of each case; names are shown relative to `root`."""
    for path in paths:
        case = read_case(path, root)
        outcome = run_case(case, pack)
        yield Result(case, tuple(differences(case, outcome)), outcome)


def run_case(case: Case, pack: Pack, tables: Tables | None = None) -> Outcome:
    """Return what the case's rule says of its tables, by way of the real validation and engine.

    `tables` are what `tables_of` gives, where a case is run more than once.
    """
    loaded = pack.get(case.rule_id)
    if loaded is None:
        raise ConfigurationError(
            f"{case.shown}: no rule has the id {case.rule_id}; a case lies in a folder named after its rule"
        )
    tables = tables or tables_of(case)
    as_of = None
    if "claims" in case.tables and (latest := case.tables["claims"]["submitted_date"].max()) is not None:
        as_of = date.fromisoformat(str(latest))
    (outcome,) = run(
        [loaded],
        tables,
        selected=lambda _: True,
        params={case.rule_id: case.file.params},
        as_of=as_of,
        seed=case.file.seed,
    )
    return outcome


def tables_of(case: Case) -> Tables:
    """Return a case's tables as a rule is given them; ConfigurationError where a row does not validate."""
    # A case is far too small to leave memory, so nothing is written there.
    validated = validate_frames(case.tables, case.terms, Path(gettempdir()), case.further)
    for name, table in validated.tables.items():
        if table.counts.rejected:
            raise ConfigurationError(
                f"{case.shown}: tables.{name}: {table.counts.rejected} rows do not validate; a case's rows "
                "have to be what a rule would be given"
            )
    frames = {name: table.frame for name, table in validated.tables.items()}
    columns = {name: table.columns for name, table in validated.tables.items()}
    rows = {name: table.counts.accepted for name, table in validated.tables.items()}
    if case.links is not None:
        frames[LINKS], columns[LINKS] = case.links.lazy(), frozenset(LINKS_COLUMNS)
        rows[LINKS] = case.links.height
    return prepare(frames, columns, rows, case.terms.frames())


def answer_of(outcome: Outcome) -> str:
    """Return an outcome without findings as a case writes it."""
    if outcome.status == "assessed":
        return "clear"
    return f"{outcome.status.replace('_', ' ')}: {outcome.reason}"


def differences(case: Case, outcome: Outcome) -> Iterator[str]:
    """Yield a line for each difference: `+` now flagged, `-` no longer flagged, `~` changed."""
    expect = case.file.expect
    if expect.findings is not None:
        header, rows = read_piped(expect.findings, f"{case.shown}: expect.findings")
        yield from _finding_differences(header, rows, outcome, case)
        if outcome.status != "assessed":
            yield f"~ the answer: expected findings, now {answer_of(outcome)}"
    else:
        yield from (
            f"+ {subject} ({severity}) is now flagged: {message}"
            for subject, severity, message in outcome.findings.select(
                "subject_id", "severity", "message"
            ).iter_rows()
        )
        if not outcome.findings.height and answer_of(outcome) != expect.answer:
            yield f"~ the answer: expected {expect.answer}, now {answer_of(outcome)}"
    if expect.examined is not None and outcome.rows_examined != expect.examined:
        yield f"~ rows examined: expected {expect.examined}, now {outcome.rows_examined}"
    if outcome.status == "assessed" and outcome.rows_not_assessable != expect.not_assessable:
        yield f"~ rows not assessable: expected {expect.not_assessable}, now {outcome.rows_not_assessable}"
    if expect.why is not None and outcome.reason != expect.why:
        yield f"~ why not assessable: expected {expect.why}, now {outcome.reason or '-'}"


def _finding_differences(
    header: Sequence[str], rows: Sequence[Sequence[str | None]], outcome: Outcome, case: Case
) -> Iterator[str]:
    if "subject_id" not in header:
        raise ConfigurationError(f"{case.shown}: expect.findings has no column subject_id")
    at = list(header).index("subject_id")
    expected = sorted((tuple(row) for row in rows), key=str)
    actual = sorted(as_text(outcome.findings, header, case.shown).rows(), key=str)
    gone, new = _without_common(expected, actual)
    for row in gone:
        twin = next((other for other in new if other[at] == row[at]), None)
        if twin is None:
            yield f"- {row[at]} is no longer flagged"
            continue
        new.remove(twin)
        for name, before, now in zip(header, row, twin, strict=True):
            if before != now:
                yield f"~ {row[at]} {name}: expected {before or '-'}, now {now or '-'}"
    for row in new:
        yield f"+ {row[at]} is now flagged"


def _without_common(
    expected: Sequence[tuple[str | None, ...]], actual: Sequence[tuple[str | None, ...]]
) -> tuple[list[tuple[str | None, ...]], list[tuple[str | None, ...]]]:
    gone, new = list(expected), list(actual)
    for row in expected:
        if row in new:
            new.remove(row)
            gone.remove(row)
    return gone, new


def as_text(findings: pl.DataFrame, columns: Sequence[str], where: str) -> pl.DataFrame:
    """Return columns of findings as a case writes them: money `1234.50`, lists joined, floats to 4 digits."""
    made = []
    for name in columns:
        if f"{name}_pence" in findings.columns:
            made.append(to_text(pl.col(f"{name}_pence")).alias(name))
            continue
        if name not in findings.columns:
            raise ConfigurationError(f"{where}: expect.findings names {name}, which no finding has")
        dtype = findings.schema[name]
        if dtype == pl.List(pl.String):
            joined = pl.col(name).list.join(", ")
            made.append(pl.when(joined != "").then(joined).alias(name))
        elif dtype == pl.Float64:
            made.append(pl.col(name).round_sig_figs(4).cast(pl.String))
        else:
            made.append(pl.col(name).cast(pl.String))
    return findings.select(made)


def updated(result: Result) -> str:
    """Return the case's file with its expectation as the rule now answers; `[expect]` has to stand last."""
    text = result.case.path.read_text(encoding="utf-8")
    head, mark, _ = text.rpartition("\n[expect]\n")
    if not mark:
        raise ConfigurationError(f"{result.case.shown}: has no [expect] to write anew")
    outcome, expect = result.outcome, result.case.file.expect
    lines = ["[expect]"]
    if outcome.findings.height:
        header = list(USUAL)
        if expect.findings is not None:
            header = read_piped(expect.findings, result.case.shown)[0]
        rows = as_text(outcome.findings, header, result.case.shown).rows()
        lines += ['findings = """', write_piped(header, rows), '"""']
    else:
        lines.append(f'answer = "{answer_of(outcome)}"')
    if expect.examined is not None:
        lines.append(f"examined = {outcome.rows_examined}")
    if outcome.status == "assessed" and outcome.rows_not_assessable:
        lines.append(f"not_assessable = {outcome.rows_not_assessable}")
    if expect.why is not None:
        lines.append(f'why = "{outcome.reason}"')
    return f"{head}\n" + "\n".join(lines) + "\n"
