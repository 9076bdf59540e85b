"""Asks rules: each answers or says why it cannot; one that raises does not stop the others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from pbr_audit.engine.answering import first_answer, stacked, with_members
from pbr_audit.engine.correcting import corrected
from pbr_audit.engine.outcome import Answer, Outcome
from pbr_audit.engine.telling import Answers, outcomes, what_failed
from pbr_audit.finding import FALSE_DISCOVERY_RATE
from pbr_audit.remainder import WHOLE as NOTHING_MISSING
from pbr_audit.remainder import Remainder
from pbr_audit.rule import WHOLE, LoadedRule, NotAssessable, Params, View
from pbr_audit.shelves import Shelf, parts_of, shelves
from pbr_audit.views import (
    Tables,
    distinct_values,
    engine_for,
    missing,
    most_rows,
    view_for,
    without_terms,
)


@dataclass(frozen=True)
class _Asking:
    """What every rule of a run is asked with; `params` by rule id."""

    params: Mapping[str, Params]
    as_of: date | None
    seed: int
    level: float
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
    level: float = FALSE_DISCOVERY_RATE,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Outcome, ...]:
    """Run every selected rule on `tables`, in the order given, and return one outcome for each.

    `params` are overrides, rule id to name to value; `remainder` says which tables cannot stand for the
    whole. A rule that raises is `failed`; the others go on. `level` is the false discovery rate at which all
    statistical tests of the run are corrected together.
    """
    settings = {loaded.rule.id: loaded.rule.settings(params.get(loaded.rule.id)) for loaded in rules}
    answers: dict[str, Answer | Outcome] = {}
    for loaded in rules:
        if not selected(loaded.rule.id):
            answers[loaded.rule.id] = Outcome(
                loaded=loaded, status="disabled", reason="not selected for this run"
            )
        elif unasked := why_unasked(loaded, tables, remainder):
            answers[loaded.rule.id] = unasked
    asking = _Asking(settings, as_of, seed, level, progress)
    asked = [loaded for loaded in rules if loaded.rule.id not in answers]
    for shelf in shelves(asked, tables):
        in_turn = _one_by_one if shelf.by == WHOLE else _in_parts
        answers |= in_turn(shelf, tables, asking)
    answers |= _corrected(asked, answers, tables, asking)
    return outcomes(rules, answers, tables)


def why_unasked(loaded: LoadedRule, tables: Tables, remainder: Remainder) -> Outcome | None:
    """Return the outcome of a rule that these tables leave no question; None of one that can be asked."""
    if reason := remainder.why_not(loaded.rule) or missing(loaded.rule.needs, tables):
        return Outcome(loaded=loaded, status="not_assessable", reason=reason)
    if reason := without_terms(loaded.rule.needs, tables):
        return Outcome(loaded=loaded, status="not_applicable", reason=reason)
    return None


def _corrected(rules: Sequence[LoadedRule], answers: Answers, tables: Tables, asking: _Asking) -> Answers:
    """Return what one correction over all tests of `rules` leaves, with the claims behind it."""
    given = {rule_id: answer for rule_id, answer in answers.items() if isinstance(answer, Answer)}
    made = corrected(given, {loaded.rule.id: loaded.rule for loaded in rules}, asking.level)
    left: dict[str, Answer | Outcome] = {}
    for loaded in (loaded for loaded in rules if loaded.rule.id in made):
        answer = made[loaded.rule.id]
        if answer.tests is None:
            continue
        named = _guarded(loaded, asking.view(loaded, tables), tables, asking, answer)
        left[loaded.rule.id] = replace(named, tests=answer.tests) if isinstance(named, Outcome) else named
    return left


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
    return {rule_id: ended.get(rule_id) or stacked(answers) for rule_id, answers in so_far.items()}


def _by_itself(answer: Answer) -> Answer:
    """Return an answer that holds on to its own rows alone.

    Rows that are filtered keep all that their part held of texts and lists; writing them down leaves that.
    """
    file = BytesIO()
    answer.found.write_ipc(file)
    return replace(answer, found=pl.read_ipc(file.getvalue()))


def _guarded(
    loaded: LoadedRule, view: View, tables: Tables, asking: _Asking, corrected: Answer | None = None
) -> Answer | Outcome:
    """Ask one rule; whatever it raises becomes its outcome. A corrected answer is only asked for its claims.

    A statistical rule's tests are corrected when all rules have been asked, and its claims named then.
    """
    params = asking.params[loaded.rule.id]
    try:
        engine = engine_for(most_rows(loaded.rule.needs, tables))
        answer = corrected or first_answer(loaded, view, params, engine=engine)
        if corrected is None and answer.tests is not None:
            return answer
        return with_members(loaded, view, params, answer, engine=engine)
    except NotAssessable as why:
        return Outcome(loaded=loaded, status="not_assessable", reason=str(why))
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 - a panic in Polars is no Exception; it is reported as failed
        return Outcome(loaded=loaded, status="failed", reason=what_failed(loaded, error))
