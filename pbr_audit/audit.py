"""One way through: a data set in, an audit out. Each step is one function; nothing goes back."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import polars as pl

from pbr_audit.cases import Cases, cases
from pbr_audit.dataset import DataSet, open_dataset
from pbr_audit.engine import Outcome, coverage, list_of_tests, run
from pbr_audit.errors import ConfigurationError
from pbr_audit.finding import empty_findings, empty_flagged_claims
from pbr_audit.packs import Pack, load_pack
from pbr_audit.people import LINKS, LINKS_COLUMNS, Linked, linked
from pbr_audit.remainder import remainder
from pbr_audit.remarks import remarks
from pbr_audit.rule import LoadedRule
from pbr_audit.terms import Terms, load_terms
from pbr_audit.totals import Totals, totals
from pbr_audit.validate import Validated, validate
from pbr_audit.views import Tables, prepare

# The tables that may be large, with the columns that are read whatever the rules are.
READ_FOR_SUMS: Mapping[str, tuple[str, ...]] = {
    "claims": (
        "claim_id",
        "contract_id",
        "outcome",
        "client_id",
        "deliverer_id",
        "period",
        "tier",
        "live",
        "submitted_date",
        "amount_pence",
    ),
    "clients": ("client_id",),
    "events": ("client_id",),
}


@dataclass(frozen=True)
class Audit:
    """Everything that a run found, ready to be written; money in whole pence.

    `remarks` are sentences about the data set that a reader has to know before the findings. `timings` are
    wall seconds by step.
    """

    dataset: DataSet
    terms: Terms
    validated: Validated
    pack: Pack
    outcomes: tuple[Outcome, ...]
    findings: pl.DataFrame
    flagged_claims: pl.DataFrame
    coverage: pl.DataFrame
    tests: pl.DataFrame
    cases: Cases
    totals: Totals
    remarks: tuple[str, ...]
    as_of: date | None
    seed: int
    timings: Mapping[str, float]


def configuration(path: Path) -> tuple[DataSet, Terms]:
    """Return the data set at `path` and its contracts' terms; PbrAuditError where either is wrong."""
    dataset = open_dataset(path)
    return dataset, load_terms(dataset.contracts, [dataset.shown(file) for file in dataset.contracts])


@contextmanager
def reading(dataset: DataSet, terms: Terms) -> Iterator[Validated]:
    """Read and validate a data set, and hold that no row and no penny was lost.

    Accepted and rejected rows may lie in a private folder meanwhile; it is gone when the context ends, so
    nothing lazy may leave it.
    """
    with TemporaryDirectory(prefix="pbr-audit-") as work:
        validated = validate(dataset, terms, Path(work))
        validated.assert_complete()
        yield validated


class Clock:
    """Wall seconds by step. Timings are the one thing in a run that differs from the next run."""

    def __init__(self) -> None:
        """Start now."""
        self._last = perf_counter()
        self.timings: dict[str, float] = {}

    def lap(self, step: str) -> None:
        """Put what has passed since the last lap down to `step`."""
        now = perf_counter()
        self.timings[step] = round(now - self._last, 3)
        self._last = now


@contextmanager
def audit(
    path: Path,
    *,
    as_of: date | None = None,
    seed: int = 0,
    rules: Iterable[Path] = (),
    trust_code: bool = False,
    select: Iterable[str] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Iterator[Audit]:
    """Audit the data set at `path`, a folder or an audit.toml; write what you need before the context ends.

    `rules` are folders of rules beside the shipped ones; `select` are beginnings of rule ids, all where
    empty; `as_of` defaults to the data set's own, else to the latest submission. Raises PbrAuditError where
    the data set, the terms or a pack cannot be read; a rule that raises is an outcome of its own.
    """
    clock = Clock()
    dataset, terms = configuration(path)
    pack = load_pack(rules, trust_code=trust_code)
    selected = selection(pack, tuple(select) or dataset.select)
    check_params(pack, dataset)
    clock.lap("configuration and rules' loading")
    progress("reading and validating")
    with reading(dataset, terms) as validated:
        clock.lap("read and validate")
        yield audited(
            dataset,
            terms,
            validated,
            pack,
            selected=selected,
            as_of=as_of or dataset.as_of,
            seed=seed,
            progress=progress,
            clock=clock,
        )


def audited(
    dataset: DataSet,
    terms: Terms,
    validated: Validated,
    pack: Pack,
    *,
    selected: Callable[[str], bool],
    as_of: date | None,
    seed: int,
    clock: Clock,
    progress: Callable[[str], None] = lambda _: None,
) -> Audit:
    """Run the rules on what was read, and link and sum what they found."""
    asked = [loaded for loaded in pack.rules if selected(loaded.rule.id)]
    people = people_of(validated, dataset, asked, seed=seed, progress=progress)
    clock.lap("who is one person")
    tables = tables_of(validated, terms, asked, people)
    as_of = as_of or latest_submission(tables)
    left = remainder(validated)
    outcomes = run(
        pack.rules,
        tables,
        selected=selected,
        params=dataset.params,
        as_of=as_of,
        seed=seed,
        remainder=left,
        level=dataset.false_discovery_rate,
        progress=progress,
    )
    clock.lap("rules' answers")
    progress("linking findings into cases")
    findings = pl.concat([empty_findings(), *(outcome.findings for outcome in outcomes)])
    flagged = pl.concat([empty_flagged_claims(), *(outcome.flagged_claims for outcome in outcomes)])
    linked = cases(findings, flagged, terms)
    sums = totals(tables, findings, flagged, terms)
    clock.lap("cases and totals")
    return Audit(
        dataset=dataset,
        terms=terms,
        validated=validated,
        pack=pack,
        outcomes=outcomes,
        findings=findings,
        flagged_claims=flagged.sort("claim_id", "finding_id"),
        coverage=coverage(outcomes, dataset.false_discovery_rate),
        tests=list_of_tests(outcomes),
        cases=linked,
        totals=sums,
        remarks=remarks(dataset, terms, tables, (*validated.said, *people.said, *left.said)),
        as_of=as_of,
        seed=seed,
        timings=clock.timings,
    )


def people_of(
    validated: Validated,
    dataset: DataSet,
    rules: Iterable[LoadedRule],
    *,
    seed: int,
    progress: Callable[[str], None] = lambda _: None,
) -> Linked:
    """Link the registrations that are one person's, where one of `rules` asks who is one person."""
    needs = [loaded.rule.needs for loaded in rules]
    asked = any(LINKS in need.tables() or "person_id" in need.columns("clients") for need in needs)
    clients = validated.tables.get("clients")
    if clients is None or not asked:
        return Linked()
    progress("finding registrations of one person")
    return linked(clients.frame.select(sorted(clients.columns)), dataset.linking, seed=seed)


def tables_of(
    validated: Validated,
    terms: Terms,
    rules: Iterable[LoadedRule] | None = None,
    people: Linked | None = None,
) -> Tables:
    """Return the accepted rows and the terms as rules see them; of `rules`, only what they and a run read."""
    frames = {name: table.frame for name, table in validated.tables.items()}
    columns = {name: table.columns for name, table in validated.tables.items()}
    rows = {name: table.counts.accepted for name, table in validated.tables.items()}
    if people is not None and people.links is not None:
        frames[LINKS], columns[LINKS] = people.links.lazy(), frozenset(LINKS_COLUMNS)
        rows[LINKS] = people.links.height
    return prepare(
        frames,
        columns,
        rows,
        terms.frames(),
        None if rules is None else columns_read(rules),
        why_no_links=None if people is None else people.why_not,
    )


def columns_read(rules: Iterable[LoadedRule]) -> dict[str, set[str]]:
    """Return the columns that `rules` and a run's sums read of the tables that hold a row for each event."""
    read = {table: set(names) for table, names in READ_FOR_SUMS.items()}
    for needs in (loaded.rule.needs for loaded in rules):
        for table, names in read.items():
            names.update(needs.columns(table))
    return read


def latest_submission(tables: Tables) -> date | None:
    """Return the latest submitted_date of all claims, or None where there are none."""
    if "claims" not in tables.frames:
        return None
    latest: date | None = tables.frames["claims"].select(pl.col("submitted_date").max()).collect().item()
    return latest


def selection(pack: Pack, beginnings: tuple[str, ...]) -> Callable[[str], bool]:
    """Return which rule ids run; ConfigurationError for a beginning that fits no rule."""
    ids = [loaded.rule.id for loaded in pack.rules]
    for beginning in beginnings:
        if not any(rule_id.startswith(beginning) for rule_id in ids):
            raise ConfigurationError(
                f"no rule's id begins with {beginning}; `pbr-audit rules list` shows the rules there are"
            )
    return lambda rule_id: not beginnings or rule_id.startswith(beginnings)


def check_params(pack: Pack, dataset: DataSet) -> None:
    """Refuse parameters for rules that are not in the pack; the rules themselves check the rest."""
    for rule_id in dataset.params:
        if pack.get(rule_id) is None:
            raise ConfigurationError(
                f"audit.toml: [params.{rule_id}] names no rule; see `pbr-audit rules list`"
            )
