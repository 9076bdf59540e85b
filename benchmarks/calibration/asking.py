"""One invented book asked as a run would ask it: the rule's view, its tests, and one correction over them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from benchmarks.calibration.simulation import Book
from pbr_audit.engine import Answer, corrected, first_answer
from pbr_audit.rule import LoadedRule, NotAssessable, Params, View
from pbr_audit.terms import parse_terms
from pbr_audit.toml_file import STANDARD
from pbr_audit.views import prepare, view_for

# What makes a claim live and the prime's, where the book is about something else.
CLAIMED = {"tier": pl.lit("prime").alias("tier"), "amount_pence": pl.lit(1000_00).alias("amount_pence")}
VERSION = {"standard": ".".join(map(str, STANDARD))}


@dataclass(frozen=True)
class Asked:
    """A rule with what it is given."""

    loaded: LoadedRule
    view: View
    params: Params

    def acting(self, who: Sequence[str], share: float, rng: np.random.Generator) -> "Asked":
        """Return the same, had `who` done what the rule looks for to `share` of what they could have."""
        assert self.loaded.shift is not None  # noqa: S101 - asked for only where the rule has one
        shifted = self.loaded.shift(self.view, who, share, self.params, rng)
        tables = {name: frame.lazy() for name, frame in shifted.items()}
        return replace(self, view=replace(self.view, tables={**self.view.tables, **tables}))

    def answer(self) -> Answer | str:
        """Return the rule's answer before any correction, or why it cannot judge the book."""
        try:
            return first_answer(self.loaded, self.view, self.params)
        except NotAssessable as why:
            return str(why)


def asked(loaded: LoadedRule, book: Book, params: Mapping[str, object]) -> Asked:
    """Return a rule with its view of a book."""
    contracts = [
        (f"contract {number}", VERSION | dict(terms)) for number, terms in enumerate(book.get("terms", []))
    ]
    frames: dict[str, pl.DataFrame] = {
        name: frame for name, frame in book.items() if name not in {"terms", "as_of"}
    }
    if "claims" in frames:
        absent = [default for name, default in CLAIMED.items() if name not in frames["claims"].columns]
        frames["claims"] = frames["claims"].with_columns(absent)
    tables = prepare(
        {name: frame.lazy() for name, frame in frames.items()},
        {name: frozenset(frame.columns) for name, frame in frames.items()},
        {name: frame.height for name, frame in frames.items()},
        parse_terms(contracts).frames(),
    )
    view = view_for(loaded.rule.needs, tables, as_of=_as_of(book), seed=0)
    return Asked(loaded, view, loaded.rule.settings(params))


def _as_of(book: Book) -> date | None:
    if "as_of" in book:
        day: date = book["as_of"]
        return day
    if "claims" not in book or "submitted_date" not in book["claims"].columns:
        return None
    latest: date | None = book["claims"]["submitted_date"].max()
    return latest


def tests_after(answers: Mapping[str, Answer], asked_of: Mapping[str, Asked], level: float) -> pl.DataFrame:
    """Return the tests of all answers after one correction, with what each discovered."""
    rules = {rule_id: one.loaded.rule for rule_id, one in asked_of.items()}
    after = corrected(answers, rules, level)
    return pl.concat([answer.tests for answer in after.values() if answer.tests is not None])
