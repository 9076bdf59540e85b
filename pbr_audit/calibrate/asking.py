"""Asks the statistical rules of books of one's own making, as a run would ask them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from pbr_audit.engine import Answer, Outcome, corrected, first_answer, what_failed, why_unasked
from pbr_audit.remainder import Remainder
from pbr_audit.rule import LoadedRule, NotAssessable, Params, View
from pbr_audit.views import Tables, engine_for, most_rows, view_for


class Failed(str):
    """Why a rule has no answer, where it raised what it ought not to; the text holds nothing of the data."""

    __slots__ = ()


@dataclass(frozen=True)
class Asker:
    """The rules with their parameters, and what every run is asked with."""

    rules: Mapping[str, LoadedRule]
    params: Mapping[str, Params]
    as_of: date | None
    seed: int
    level: float
    remainder: Remainder

    def only(self, rule_ids: Sequence[str]) -> "Asker":
        """Return the same with these rules alone."""
        return replace(self, rules={rule_id: self.rules[rule_id] for rule_id in rule_ids})

    def view(self, rule_id: str, tables: Tables) -> View:
        """Return what one rule is given."""
        return view_for(self.rules[rule_id].rule.needs, tables, as_of=self.as_of, seed=self.seed)

    def answers(self, tables: Tables) -> dict[str, Answer | str]:
        """Return each rule's answer before any correction, or why it has none."""
        return {rule_id: self.answer(rule_id, tables) for rule_id in self.rules}

    def answer(self, rule_id: str, tables: Tables) -> Answer | str:
        """Return one rule's answer before any correction, or why it has none."""
        unasked: Outcome | None = why_unasked(self.rules[rule_id], tables, self.remainder)
        if unasked is not None:
            return unasked.reason
        return self.answer_on(rule_id, self.view(rule_id, tables), tables)

    def answer_on(self, rule_id: str, view: View, tables: Tables) -> Answer | str:
        """Return one rule's answer on a view of `tables`, or why it has none, without a cell's value."""
        loaded = self.rules[rule_id]
        try:
            engine = engine_for(most_rows(loaded.rule.needs, tables))
            answer = first_answer(loaded, view, self.params[rule_id], engine=engine)
        except NotAssessable as why:
            return str(why)
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 - a panic in Polars is no Exception; it is reported
            return Failed(f"the rule failed: {what_failed(loaded, error)}")
        if answer.tests is None or not answer.tests["p_value"].count():
            reasons = "; ".join(answer.unknown) or "there is no row for it to examine"
            return f"none of its tests could be made: {reasons}"
        return answer

    def shifted(
        self, rule_id: str, tables: Tables, who: Sequence[str], share: float, rng: np.random.Generator
    ) -> Answer | str:
        """Return one rule's answer, had `who` done what it looks for to `share` of what they could have."""
        shift = self.rules[rule_id].shift
        assert shift is not None  # noqa: S101 - asked for only of rules that have one
        view = self.view(rule_id, tables)
        try:
            made = shift(view, who, share, self.params[rule_id], rng)
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 - it is reported, and the other rules go on
            return Failed(f"the rule failed: {what_failed(self.rules[rule_id], error)}")
        changed = {name: frame.lazy() for name, frame in made.items()}
        return self.answer_on(rule_id, replace(view, tables={**view.tables, **changed}), tables)

    def tests(self, answers: Mapping[str, Answer | str]) -> dict[str, pl.DataFrame]:
        """Return each rule's tests after one correction over all of them, by rule id."""
        given = {rule_id: answer for rule_id, answer in answers.items() if isinstance(answer, Answer)}
        after = corrected(given, {rule_id: self.rules[rule_id].rule for rule_id in given}, self.level)
        return {rule_id: one.tests for rule_id, one in after.items() if one.tests is not None}
