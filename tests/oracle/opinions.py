"""Both opinions on the same worlds: what the rule says, and what its query says, in one form."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from pbr_audit.engine import Outcome, run
from pbr_audit.packs import Pack, load_pack
from pbr_audit.people import LINKS, LINKS_COLUMNS
from pbr_audit.tables import TABLES
from pbr_audit.terms import TERMS_COLUMNS
from pbr_audit.validate import Validated, validate_frames
from pbr_audit.views import Tables, prepare
from tests.oracle.world_links import links
from tests.oracle.world_terms import AS_OF
from tests.oracle.world_work import RECORDED
from tests.oracle.worlds import SEED, Worlds, worlds

# So many differences are told; the rest are counted.
SHOWN = 10
HERE = Path(__file__).parent
# Which worlds are one data set: all that a source can give; figures that were published several times; and
# sources that lack the tables and columns of LACKING.
BATCHES: Mapping[str, range] = {
    "whole": range(380),
    "restated": range(380, 440),
    "sparse": range(440, 460),
    "bare": range(460, 480),
    "poor": range(480, 500),
}
LACKING: Mapping[str, Mapping[str, tuple[str, ...] | None]] = {
    "sparse": {
        "claims": ("evidence_ref", "reverses_claim_id", "measured_value"),
        "providers": None,
        "clients": ("end_date", "group"),
        "measurements": ("final",),
    },
    "bare": {
        "claims": (
            *("subcontractor_id", "parent_claim_id", "supersedes_claim_id"),
            *("status", "period_start", "employment_type"),
        ),
        "events": None,
        "referrals": ("group",),
        "performance": ("started", "expected", "release_date"),
    },
    "poor": {
        "claims": (
            *("job_start_date", "recorded_at", "paid_amount", "paid_date", "resubmits_claim_id"),
            *("evidence_type", "evidence_date", "employer_id"),
        ),
        "clients": ("person_ref", "referral_date", "bank_account", "phone"),
        "providers": ("org_id", "succeeded_on", "sector"),
        "employers": ("org_id",),
        "performance": ("planned_amount", "excluded", "amount"),
        **dict.fromkeys(("activities", "checks", "measurements", "referrals")),
    },
}
# Batches that have links between clients, and the rules that are asked with them.
WITH_LINKS = ("whole", "restated")
LINKED = ("PBR302", "PBR303")
# A source without records of benefit and of new offences.
RECORDED_ONLY: Mapping[str, tuple[str, ...]] = {"sparse": ("employment",)}
# What a finding that is about no claim shows to be too much or too little, by the name in its evidence.
SHOWN_PENCE: Mapping[str, str] = {"PBR904": "above", "PBR907": "difference"}

Member = tuple[str | None, ...]


@dataclass(frozen=True)
class Opinion:
    """Findings as (subject, claim, pence), how many rows could not be judged, and how grave each finding is.

    The pence are those at risk on the claim, or without a claim those that the finding estimates or shows.
    A query says how grave its findings are only where the page does not say one thing of all.
    """

    findings: Counter[Member]
    unknown: int
    clear: int
    severities: Mapping[str, str]
    status: str = "assessed"


@dataclass(frozen=True)
class Batch:
    """A data set as rules are given it, what they say of it, and its typed tables in a database.

    `linked` are the tables with those links between clients that LINKED are given beside them.
    """

    tables: Tables
    linked: Tables
    outcomes: Mapping[str, Outcome]
    database: duckdb.DuckDBPyConnection

    def given(self, rule_id: str) -> Tables:
        """Return the tables that a rule is asked on."""
        return self.linked if rule_id in LINKED else self.tables


@cache
def pack() -> Pack:
    """Return the shipped rules."""
    return load_pack()


@cache
def batch(name: str, folder: Path, seed: int = SEED) -> Batch:
    """Return a batch, made once: its rules' outcomes, and its tables; `folder` holds these meanwhile."""
    made = worlds(
        BATCHES[name], seed, restated=name == "restated", recorded=RECORDED_ONLY.get(name, RECORDED)
    )
    made = _without(made, LACKING.get(name, {}))
    validated = validate_frames(made.tables, made.terms, folder / name)
    for table in validated.tables.values():
        assert table.counts.rejected == 0, f"{table.counts.table}: a world holds rows that do not validate"
    between = links(made.tables["clients"], seed) if name in WITH_LINKS else None
    tables, linked = _prepared(validated, made), _prepared(validated, made, between)
    said = {**outcomes(pack(), tables), **outcomes(_only(pack(), LINKED), linked)}
    return Batch(tables, linked, said, _database(validated, made, folder, between))


def _only(rules: Pack, wanted: Collection[str]) -> Pack:
    return replace(rules, rules=tuple(loaded for loaded in rules.rules if loaded.rule.id in wanted))


def _without(made: Worlds, lacking: Mapping[str, tuple[str, ...] | None]) -> Worlds:
    tables = {
        name: table.drop(lacking.get(name) or (), strict=False)
        for name, table in made.tables.items()
        if lacking.get(name, ()) is not None
    }
    return Worlds(tables, made.terms)


def _prepared(validated: Validated, made: Worlds, between: pl.DataFrame | None = None) -> Tables:
    frames = {name: table.frame for name, table in validated.tables.items()}
    columns = {name: frozenset(table.columns) for name, table in validated.tables.items()}
    rows = {name: table.counts.accepted for name, table in validated.tables.items()}
    if between is not None:
        frames[LINKS], columns[LINKS] = between.lazy(), frozenset(LINKS_COLUMNS)
        rows[LINKS] = between.height
    return prepare(frames, columns, rows, made.terms.frames())


def outcomes(rules: Pack, tables: Tables) -> Mapping[str, Outcome]:
    """Return what rules say of a batch's tables, by rule id."""
    answers = run(rules.rules, tables, selected=lambda _: True, params={}, as_of=AS_OF, seed=0)
    return {answer.loaded.rule.id: answer for answer in answers}


def _database(
    validated: Validated, made: Worlds, folder: Path, between: pl.DataFrame | None
) -> duckdb.DuckDBPyConnection:
    """Return the typed tables as a database, without any column that the program derives."""
    database = duckdb.connect()
    given = [] if between is None else [(LINKS, column) for column in LINKS_COLUMNS]
    nothing = pl.DataFrame(schema=dict(LINKS_COLUMNS))
    _put(database, LINKS, (nothing if between is None else between).lazy(), folder)
    for name, model in TABLES.items():
        typed = {column.typed_name: column.typed_dtype for column in model.columns.values()}
        frame = pl.LazyFrame(schema=typed)
        if name in validated.tables:
            there = validated.tables[name].columns
            given += [(name, column) for column in sorted(there)]
            frame = validated.tables[name].frame.select(
                pl.col(column) if column in there else pl.lit(None, dtype=dtype).alias(column)
                for column, dtype in typed.items()
            )
        _put(database, name, frame, folder)
    for name, frame in made.terms.frames().items():
        assert set(frame.collect_schema()) == set(TERMS_COLUMNS[name])
        _put(database, name, frame, folder)
    columns = pl.LazyFrame(given, schema={"table_name": pl.String, "column_name": pl.String}, orient="row")
    _put(database, "given", columns, folder)
    _put(database, "run", pl.LazyFrame({"as_of": [AS_OF]}), folder)
    database.execute((HERE / "definitions.sql").read_text(encoding="utf-8"))
    return database


def _put(database: duckdb.DuckDBPyConnection, name: str, frame: pl.LazyFrame, folder: Path) -> None:
    # By way of a file: the frame itself would need another package to be handed over.
    path = folder / f"{name}.parquet"
    frame.collect().write_parquet(path)
    database.execute(f"create table {name} as from read_parquet('{path.as_posix()}')")


def of_the_rule(outcome: Outcome) -> Opinion:
    """Return what a rule said, as an opinion."""
    findings = outcome.findings
    members = (
        findings.select(
            "finding_id", "amount_estimate_pence", subject=_subject(outcome), shown_pence=_shown(outcome)
        )
        .join(
            outcome.flagged_claims.select("finding_id", "claim_id", "amount_pence"),
            on="finding_id",
            how="left",
        )
        .select(
            "subject",
            "claim_id",
            pl.coalesce("amount_pence", "amount_estimate_pence", "shown_pence", 0).cast(pl.String),
        )
    )
    clear = outcome.rows_examined - outcome.rows_not_assessable - findings.height
    severities = dict(findings.select(_subject(outcome), "severity").iter_rows())
    return Opinion(Counter(members.rows()), outcome.rows_not_assessable, clear, severities, outcome.status)


def _subject(outcome: Outcome) -> pl.Expr:
    if not outcome.loaded.rule.about_a_period:
        return pl.col("subject_id")
    return pl.concat_str("subject_id", "period", separator="/", ignore_nulls=True)


def _shown(outcome: Outcome) -> pl.Expr:
    name = SHOWN_PENCE.get(outcome.loaded.rule.id)
    if name is None:
        return pl.lit(None, dtype=pl.Int64)
    # Pounds with two places, without the point and the sign.
    return pl.col("evidence").str.json_path_match(f"$.{name}").str.replace_all(r"\D", "").cast(pl.Int64)


def of_the_query(rule_id: str, database: duckdb.DuckDBPyConnection) -> Opinion:
    """Return what a rule's query says.

    It gives a row for each subject looked at, `flagged` null where it cannot be judged, and one more for each
    further claim behind a finding. A fifth column is the severity.
    """
    rows = database.execute(query_of(rule_id).read_text(encoding="utf-8")).fetchall()
    pence: dict[tuple[str, str | None], int] = {}
    for subject, flagged, claim, at_risk, *_ in rows:
        if flagged:
            pence[subject, claim] = max(at_risk or 0, pence.get((subject, claim), 0))
    findings: Counter[Member] = Counter(
        (subject, claim, str(at_risk)) for (subject, claim), at_risk in pence.items()
    )
    flags = [row[1] for row in rows]
    severities = {row[0]: row[4] for row in rows if row[1] and row[4:]}
    return Opinion(findings, flags.count(None), flags.count(False), severities)


def query_of(rule_id: str) -> Path:
    """Return where a rule's query lies."""
    return HERE / "rules" / f"{rule_id}.sql"


def differences(rule: Opinion, query: Opinion) -> Iterator[str]:
    """Yield a line for each difference, few enough to be read."""
    alone = {
        "the rule alone": rule.findings - query.findings,
        "the query alone": query.findings - rule.findings,
    }
    for sign, left in alone.items():
        members = sorted(left, key=str)
        yield from (f"{sign}: {' '.join(str(part) for part in member)}" for member in members[:SHOWN])
        if len(members) > SHOWN:
            yield f"{sign}: {len(members) - SHOWN} more"
    for subject, severity in sorted(query.severities.items()):
        if rule.severities.get(subject, severity) != severity:
            yield f"severity: {subject} is {rule.severities[subject]} by the rule, {severity} by the query"
    if rule.status == "assessed" and rule.unknown != query.unknown:
        yield f"not assessable: {rule.unknown} rows by the rule, {query.unknown} by the query"
    if rule.status != "assessed" and (query.findings or query.clear):
        yield f"the rule is {rule.status}; the query judges {query.clear} rows"
