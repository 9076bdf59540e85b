"""Asks rules: each answers or says why it cannot; one that raises does not stop the others."""

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from pbr_audit.engine.assembly import assemble, claims_of
from pbr_audit.engine.outcome import RESERVED, Answer, Outcome, RuleDefect
from pbr_audit.remainder import WHOLE as NOTHING_MISSING
from pbr_audit.remainder import Remainder
from pbr_audit.rule import WHOLE, LoadedRule, NotAssessable, Params, Rule, View, fields
from pbr_audit.shelves import Shelf, parts_of, shelves
from pbr_audit.views import (
    Engine,
    Tables,
    distinct_values,
    engine_for,
    missing,
    most_rows,
    parts,
    view_for,
    without_terms,
)

EMPTY_CELL = "a value that the rule needs is missing"
NOT_RETURNED = {name: pl.lit(None, dtype=dtype).alias(name) for name, dtype in RESERVED.items()}
AS_RESERVED = [pl.col(name).cast(dtype) for name, dtype in RESERVED.items()]
Answers = Mapping[str, Answer | Outcome]


@dataclass(frozen=True)
class _Asking:
    """What every rule of a run is asked with; `params` by rule id."""

    params: Mapping[str, Params]
    as_of: date | None
    seed: int
    progress: Callable[[str], None]

    def view(self, loaded: LoadedRule, tables: Tables) -> View:
        return view_for(loaded.rule.needs, tables, as_of=self.as_of, seed=self.seed)

    def announce(self, loaded: LoadedRule) -> None:
        self.progress(f"{loaded.rule.id} {loaded.rule.title}")


def run(
    rules: Sequence[LoadedRule],
    tables: Tables,
    *,
    selected: Callable[[str], bool],
    params: Mapping[str, Mapping[str, object]],
    as_of: date | None,
    seed: int,
    remainder: Remainder = NOTHING_MISSING,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Outcome, ...]:
    """Run every selected rule on `tables`, in the order given, and return one outcome for each.

    `params` are overrides, rule id to name to value; `remainder` says which tables cannot stand for the
    whole. A rule that raises is `failed`; the others go on.
    """
    settings = {loaded.rule.id: loaded.rule.settings(params.get(loaded.rule.id)) for loaded in rules}
    answers: dict[str, Answer | Outcome] = {}
    for loaded in rules:
        if not selected(loaded.rule.id):
            unasked = Outcome(loaded=loaded, status="disabled", reason="not selected for this run")
        elif reason := remainder.why_not(loaded.rule) or missing(loaded.rule.needs, tables):
            unasked = Outcome(loaded=loaded, status="not_assessable", reason=reason)
        elif reason := without_terms(loaded.rule.needs, tables):
            unasked = Outcome(loaded=loaded, status="not_applicable", reason=reason)
        else:
            continue
        answers[loaded.rule.id] = unasked
    asking = _Asking(settings, as_of, seed, progress)
    asked = [loaded for loaded in rules if loaded.rule.id not in answers]
    for shelf in shelves(asked, tables):
        in_turn = _one_by_one if shelf.by == WHOLE else _in_parts
        answers |= in_turn(shelf, tables, asking)
    facts = _claim_facts(tables, [answer for answer in answers.values() if isinstance(answer, Answer)])
    currencies = _currencies(tables)
    return tuple(
        answer if isinstance(answer, Outcome) else _outcome(loaded, answer, facts, currencies)
        for loaded, answer in ((loaded, answers[loaded.rule.id]) for loaded in rules)
    )


def _one_by_one(shelf: Shelf, tables: Tables, asking: _Asking) -> Answers:
    """Ask rules on the whole, one after the other."""
    answers = {}
    for loaded in shelf.rules:
        asking.announce(loaded)
        answers[loaded.rule.id] = _guarded(loaded, asking.view(loaded, tables), tables, asking)
    return answers


def _in_parts(shelf: Shelf, tables: Tables, asking: _Asking) -> Answers:
    """Ask rules on part after part; what one of them raises on a part is its answer, as on the whole."""
    so_far: dict[str, list[Answer]] = {loaded.rule.id: [] for loaded in shelf.rules}
    ended: dict[str, Outcome] = {}
    # Distinct values are of the whole tables.
    distinct = {loaded.rule.id: distinct_values(asking.view(loaded, tables)) for loaded in shelf.rules}
    for loaded in shelf.rules:
        asking.announce(loaded)
    with TemporaryDirectory(prefix="pbr-audit-") as folder:
        for part in parts_of(shelf, tables, Path(folder)):
            for loaded in (loaded for loaded in shelf.rules if loaded.rule.id not in ended):
                view = asking.view(loaded, part)
                view = replace(view, tables={**view.tables, **distinct[loaded.rule.id]})
                answer = _guarded(loaded, view, tables, asking)
                if isinstance(answer, Outcome):
                    ended[loaded.rule.id] = answer
                else:
                    so_far[loaded.rule.id].append(_by_itself(answer))
    return {rule_id: ended.get(rule_id) or _stack(answers) for rule_id, answers in so_far.items()}


def _by_itself(answer: Answer) -> Answer:
    """Return an answer that holds on to its own rows alone.

    Rows that are filtered keep all that their part held of texts and lists; writing them down leaves that.
    """
    file = BytesIO()
    answer.found.write_ipc(file)
    return replace(answer, found=pl.read_ipc(file.getvalue()))


def _guarded(loaded: LoadedRule, view: View, tables: Tables, asking: _Asking) -> Answer | Outcome:
    """Ask one rule; whatever it raises becomes its outcome."""
    try:
        engine = engine_for(most_rows(loaded.rule.needs, tables))
        return ask(loaded, view, asking.params[loaded.rule.id], engine=engine)
    except NotAssessable as answer:
        return Outcome(loaded=loaded, status="not_assessable", reason=str(answer))
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 - a panic in Polars is no Exception; it is reported as failed
        return Outcome(loaded=loaded, status="failed", reason=_what_failed(loaded, error))


def ask(loaded: LoadedRule, view: View, params: Params, *, split: int = 1, engine: Engine = "auto") -> Answer:
    """Return one rule's answer on `view`, computed on `split` key-complete parts by an engine of Polars.

    Raises NotAssessable, RuleDefect, or whatever the rule raises.
    """
    views = list(parts(view, loaded.rule.by, split)) if split > 1 else [view]
    if loaded.flag is not None:
        return _stack([_examine(loaded.rule, loaded.flag(part, params), engine) for part in views])
    assert loaded.measure is not None  # noqa: S101 - the loader admits no third form
    assert loaded.decide is not None  # noqa: S101
    measures = pl.concat([loaded.measure(part, params).collect(engine=engine) for part in views])
    answer = _examine(loaded.rule, loaded.decide(measures, params).lazy(), "in-memory")
    if loaded.members is None or answer.found.is_empty():
        return answer
    keys = list(loaded.rule.key)
    wanted = answer.found.lazy().select(keys)
    behind = pl.concat([loaded.members(part, wanted, params).collect(engine=engine) for part in views])
    found = answer.found.drop("claim_id", "at_risk_pence").join(
        behind.select(*keys, pl.col("claim_id"), pl.col("at_risk_pence").cast(pl.Int64)),
        on=keys,
        how="left",
        nulls_equal=True,
    )
    return Answer(found, answer.examined, answer.unknown)


def _examine(rule: Rule, returned: pl.LazyFrame, engine: Engine) -> Answer:
    """Count the three answers in what a rule returned, and keep the rows that it flagged."""
    schema = returned.collect_schema()
    if schema.get("flagged") != pl.Boolean:
        raise RuleDefect("the rule returned no column `flagged` of true, false and null")
    if lacking := [name for name in rule.key if name not in schema]:
        raise RuleDefect(f"the rule returned no {', '.join(lacking)}, which its key names")
    if lacking := [name for name in fields(rule.message, rule.id) if name not in {*schema, *RESERVED}]:
        raise RuleDefect(f"the rule returned no {', '.join(lacking)}, which its message names")
    rows = returned.with_columns(null for name, null in NOT_RETURNED.items() if name not in schema)
    # Collected once and counted afterwards: two plans at a time make Polars do the rule's joins twice.
    whole = rows.collect(engine=engine)
    found = whole.filter("flagged")
    unknown = _unjudged(whole) if whole["flagged"].null_count() else {}
    return Answer(found.with_columns(AS_RESERVED), whole.height, unknown)


def _unjudged(whole: pl.DataFrame) -> dict[str, int]:
    """Return how many rows could not be judged, by reason, the most frequent first."""
    why = pl.col("why_not").fill_null(EMPTY_CELL)
    counts = whole.filter(pl.col("flagged").is_null()).group_by(why=why).len()
    return dict(counts.sort("len", "why", descending=[True, False]).iter_rows())


def _stack(answers: Sequence[Answer]) -> Answer:
    if len(answers) == 1:
        return answers[0]
    unknown: dict[str, int] = {}
    for answer in answers:
        for why, n in answer.unknown.items():
            unknown[why] = unknown.get(why, 0) + n
    return Answer(
        pl.concat([answer.found for answer in answers]),
        sum(answer.examined for answer in answers),
        dict(sorted(unknown.items(), key=lambda counted: (-counted[1], counted[0]))),
    )


def _what_failed(loaded: LoadedRule, error: BaseException) -> str:
    """Say what kind of error it was and where in the rule, without its text: that may hold a cell's value."""
    if isinstance(error, RuleDefect):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    name = loaded.origin.rsplit("/", maxsplit=1)[-1]
    lines = [frame.lineno for frame in frames if frame.filename.endswith(name)]
    where = f" at line {lines[-1]}" if lines else ""
    hint = ""
    if isinstance(error, pl.exceptions.ColumnNotFoundError):
        hint = "; a rule sees only the columns that its needs declare"
    elif isinstance(error, AttributeError) and "declare" in str(error):
        hint = f"; {error}"
    return f"{type(error).__name__}{where} of {loaded.origin}{hint}"


def _claim_facts(tables: Tables, answers: Iterable[Answer]) -> pl.DataFrame:
    """What the findings say of the claims behind them, for these claims only."""
    wanted = [claims_of(answer.found) for answer in answers if not answer.found.is_empty()]
    schema = {
        "claim_id": pl.String,
        "contract_id": pl.String,
        "deliverer_id": pl.String,
        "client_id": pl.String,
        "period": pl.String,
        "amount_pence": pl.Int64,
    }
    if not wanted or "claims" not in tables.frames:
        return pl.DataFrame(schema=schema)
    ids = pl.concat(wanted).unique().to_frame("claim_id")
    claims = tables.frames["claims"].select(*schema)
    behind = claims.join(ids.lazy(), on="claim_id", how="semi")
    return behind.collect(engine=engine_for(tables.rows["claims"]))


def _currencies(tables: Tables) -> pl.DataFrame:
    return tables.frames["contracts"].select("contract_id", "currency").collect(engine="in-memory")


def _outcome(loaded: LoadedRule, answer: Answer, facts: pl.DataFrame, currencies: pl.DataFrame) -> Outcome:
    """Turn an answer into findings, or say why there are none."""
    unknown = sum(answer.unknown.values())
    why = "; ".join(f"{n:,} {'row' if n == 1 else 'rows'}: {reason}" for reason, n in answer.unknown.items())
    if not answer.examined:
        return Outcome(loaded=loaded, status="not_applicable", reason="there is no row for it to examine")
    if unknown == answer.examined:
        return Outcome(
            loaded=loaded,
            status="not_assessable",
            reason=why,
            rows_examined=answer.examined,
            rows_not_assessable=unknown,
        )
    try:
        findings, flagged = assemble(loaded, answer.found, facts, currencies)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 - what a rule returned may fit neither message nor evidence
        return Outcome(loaded=loaded, status="failed", reason=_what_failed(loaded, error))
    return Outcome(
        loaded=loaded,
        status="assessed",
        reason=why,
        rows_examined=answer.examined,
        rows_not_assessable=unknown,
        findings=findings,
        flagged_claims=flagged,
    )
