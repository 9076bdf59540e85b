"""The books of one data set, asked: how often somebody is asked about, and how often one who acted is.

Three kinds of books. In *permuted* ones every client changes places, so that providers differ by chance
alone. In those with the providers' *own variety* a part of the clients stays, and with them a part of how
honest providers differ here, in its own shape; providers that the run itself asks about are left out. In
those where *some act*, one provider in twenty of the second kind is made to do what a rule looks for.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from pbr_audit.audit import (
    check_params,
    configuration,
    latest_submission,
    people_of,
    reading,
    selection,
    tables_of,
)
from pbr_audit.calibrate.asking import Asker
from pbr_audit.calibrate.moving import Moving, moving_of
from pbr_audit.calibrate.power import ACTING, powers
from pbr_audit.calibrate.result import OWN_VARIETY, PERMUTED, Alarm, Calibrated, Calibration, Power, Rate
from pbr_audit.engine import Answer
from pbr_audit.errors import ConfigurationError
from pbr_audit.packs import load_pack
from pbr_audit.remainder import remainder
from pbr_audit.rule import STATISTICAL, LoadedRule
from pbr_audit.views import Tables

# Half of the variance between providers is left where so many of their clients stay.
KEEP = 0.7
SMALL = 0.05
# Power needs fewer books: each holds several providers that act, and the interval is told.
POWER_BOOKS_IN, FEWEST_POWER_BOOKS = 10, 10
# What share of the clients stays.
KINDS = {PERMUTED: 0.0, OWN_VARIETY: KEEP}
NO_CLIENTS = "its figures name no client, so that none can be moved between providers"
UNMOVED = "moving clients between providers changes nothing that it looks at"
NO_SHIFT = "the rule does not say what its tables would be had somebody acted"
Progress = Callable[[str], None]


def calibrate(
    path: Path,
    *,
    books: int = 200,
    seed: int = 0,
    as_of: date | None = None,
    rules: Iterable[Path] = (),
    trust_code: bool = False,
    select: Iterable[str] = (),
    progress: Progress = lambda _: None,
) -> Calibration:
    """Return how often the statistical rules ask about somebody in books made of the data set at `path`.

    `books` of each of the two kinds in which nobody acted; the same seed gives the same books. `rules`,
    `trust_code` and `select` are those of a run. Raises PbrAuditError where a run would, and where no rule
    that is selected is statistical.
    """
    dataset, terms = configuration(path)
    pack = load_pack(rules, trust_code=trust_code)
    selected = selection(pack, tuple(select) or dataset.select)
    check_params(pack, dataset)
    asked = [one for one in pack.rules if selected(one.rule.id) and one.rule.basis == STATISTICAL]
    if not asked:
        raise ConfigurationError("no rule that is selected is statistical, so there is nothing to calibrate")
    progress("reading and validating")
    with reading(dataset, terms) as validated:
        people = people_of(validated, dataset, asked, seed=seed, progress=progress)
        tables = tables_of(validated, terms, asked, people)
        asker = Asker(
            rules={one.rule.id: one for one in asked},
            params={one.rule.id: one.rule.settings(dataset.params.get(one.rule.id)) for one in asked},
            as_of=as_of or dataset.as_of or latest_submission(tables),
            seed=seed,
            level=dataset.false_discovery_rate,
            remainder=remainder(validated),
        )
        return _calibration(dataset.name, tables, asker, books, progress)


def _calibration(name: str, tables: Tables, asker: Asker, books: int, progress: Progress) -> Calibration:
    progress("asking of the data themselves")
    moving = moving_of(tables)
    real = asker.answers(tables)
    why_not = _why_not(asker, real, moving)
    left = asker.only([rule_id for rule_id in asker.rules if rule_id not in why_not])
    found = asker.tests(real).values()
    out = sorted({name for one in found for name in one.filter("discovered")["provider_id"].drop_nulls()})
    others = moving.without(out)
    alarms: dict[str, _Counts] = {}
    for kind, of in ((PERMUTED, moving), (OWN_VARIETY, others)) if left.rules else ():
        alarms[kind] = _books(left, of, books, kind, progress)
    power_books = max(books // POWER_BOOKS_IN, min(books, FEWEST_POWER_BOOKS))
    power = powers(left, others, power_books, KEEP, progress)
    return Calibration(
        name=name,
        books=books,
        power_books=power_books,
        seed=asker.seed,
        level=asker.level,
        units=moving.units,
        alone=moving.alone,
        strata=moving.strata,
        providers=moving.names.len(),
        left_out=len(out),
        keep=KEEP,
        acting=ACTING,
        rules=tuple(_of_rule(one, why_not, alarms, power) for one in asker.rules.values()),
        run=tuple((kind, counts.whole()) for kind, counts in alarms.items()),
    )


def _why_not(asker: Asker, real: Mapping[str, Answer | str], moving: Moving) -> dict[str, str]:
    """Return why rules cannot be asked of books in which clients have changed places, by rule id."""
    why = {rule_id: answer for rule_id, answer in real.items() if isinstance(answer, str)}
    for rule_id, loaded in asker.rules.items():
        if rule_id not in why and not set(loaded.rule.needs.tables()) & set(moving.rows):
            why[rule_id] = NO_CLIENTS
    left = [rule_id for rule_id in asker.rules if rule_id not in why]
    if left:
        tables = moving.book(np.random.default_rng([asker.seed, 0]))
        for rule_id in left:
            answer, before = asker.answer(rule_id, tables), real[rule_id]
            if isinstance(answer, Answer) and _same(answer, before):
                why[rule_id] = UNMOVED
    return why


def _same(one: Answer, other: Answer | str) -> bool:
    if isinstance(other, str) or one.tests is None or other.tests is None:
        return False
    # Several p-values are 1 where a gate is shut, whatever was measured.
    columns = ("contract_id", "subject_id", "period", "p_value", "effect")
    return one.tests.select(columns).sort(columns).equals(other.tests.select(columns).sort(columns))


@dataclass
class _Counts:
    """Of the books so far, by rule: those assessed, those with a query, the tests, the small p-values."""

    books: int = 0
    any_asking: int = 0
    assessed: Counter[str] = field(default_factory=Counter)
    asking: Counter[str] = field(default_factory=Counter)
    tests: Counter[str] = field(default_factory=Counter)
    small: Counter[str] = field(default_factory=Counter)

    def add(self, tests: Mapping[str, pl.DataFrame]) -> None:
        """Count one book's tests."""
        self.books += 1
        self.any_asking += any(one["discovered"].any() for one in tests.values())
        for rule_id, one in tests.items():
            self.assessed[rule_id] += 1
            self.asking[rule_id] += bool(one["discovered"].any())
            self.tests[rule_id] += int(one["p_value"].count())
            self.small[rule_id] += int((one["p_value"] <= SMALL).sum())

    def of(self, rule_id: str) -> Alarm:
        """Return one rule's counts."""
        return Alarm(
            Rate(self.asking[rule_id], self.assessed[rule_id]), Rate(self.small[rule_id], self.tests[rule_id])
        )

    def whole(self) -> Alarm:
        """Return the whole run's counts."""
        return Alarm(
            Rate(self.any_asking, self.books), Rate(sum(self.small.values()), sum(self.tests.values()))
        )


def _books(asker: Asker, moving: Moving, books: int, kind: str, progress: Progress) -> _Counts:
    counts = _Counts()
    for book in range(books):
        progress(f"book {book + 1} of {books} in which nobody acted and {kind}")
        tables = moving.book(_stream(asker.seed, kind, book), KINDS[kind])
        counts.add(asker.tests(asker.answers(tables)))
    return counts


def _stream(seed: int, kind: str, book: int) -> np.random.Generator:
    return np.random.default_rng([seed, 1 + list(KINDS).index(kind), book])


def _of_rule(
    loaded: LoadedRule,
    why_not: Mapping[str, str],
    alarms: Mapping[str, _Counts],
    power: Mapping[str, tuple[Power, ...] | str],
) -> Calibrated:
    rule_id = loaded.rule.id
    if rule_id in why_not:
        return Calibrated(rule_id, loaded.rule.title, why_not[rule_id])
    made = power.get(rule_id, NO_SHIFT)
    return Calibrated(
        rule_id,
        loaded.rule.title,
        None,
        tuple((kind, counts.of(rule_id)) for kind, counts in alarms.items()),
        () if isinstance(made, str) else made,
        made if isinstance(made, str) else None,
    )
