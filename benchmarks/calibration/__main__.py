"""How often each statistical rule asks an honest provider, and how often one that did it, on invented books.

    .venv/bin/python -m benchmarks.calibration                       every rule, seed 9000, 100 books a line
    .venv/bin/python -m benchmarks.calibration --rules PBR5 --books 20 --providers 60 --people 1000
    .venv/bin/python -m benchmarks.calibration --run                 all rules on one book, corrected together

Seeds below 1,000 are for tuning a rule, those from 9,000 on for reporting it. A line for each rule, kind of
honest variety, number of providers, people at each, and share of providers that act: the share of books that
were assessed and of these with any flag, the mean false discovery proportion with its standard error, the
power (the share found of those that acted), and the mean of the smallest shift that the tests say they would
have seen. Ends with 1 where a proportion is above 0.05 by more than two standard errors. Known limits are
shown and not judged.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from pathlib import Path
from pkgutil import iter_modules
from zlib import crc32

import numpy as np
import polars as pl

from benchmarks.calibration.asking import Asked, asked, tests_after
from benchmarks.calibration.simulation import Simulation, provider_ids
from pbr_audit.engine import Answer
from pbr_audit.finding import FALSE_DISCOVERY_RATE
from pbr_audit.packs import load_pack
from pbr_audit.rule import LoadedRule

HEADER = ("rule", "kind", "prov.", "people", "acting", "books", "any", "fdp", "(se)", "power", "sees", "")
ROW = "{:8} {:14} {:>6} {:>7} {:>7} {:>6} {:>6} {:>6} {:>6} {:>6} {:>8} {}"
MIXED, PROVIDER = "all rules", "provider_id"


@dataclass(frozen=True)
class Seen:
    """What one book showed."""

    any_flag: bool
    false_share: float
    found: float
    sees: float


@dataclass(frozen=True)
class Ruled:
    """A rule and its simulation."""

    loaded: LoadedRule
    simulation: Simulation

    def draw(self, kind: str, size: tuple[int, int], rng: np.random.Generator) -> Asked:
        """Return the rule with an honest book of one kind."""
        simulation = self.simulation
        return asked(self.loaded, simulation.kinds[kind](rng, *size), simulation.params)


@dataclass(frozen=True)
class Settings:
    """How many books a line, from which seed, with which shares of the providers acting."""

    shares: Sequence[float]
    books: int
    seed: int


@dataclass(frozen=True)
class Cell:
    """What the books of one line are like; `acting` is a share of the providers."""

    rule_id: str
    kind: str
    providers: int
    people: int

    @property
    def size(self) -> tuple[int, int]:
        """Number of providers, and of people at each."""
        return self.providers, self.people


def simulations(beginnings: Sequence[str]) -> dict[str, Simulation]:
    """Return the simulations of every chapter in this folder whose rule's id begins so, by rule id."""
    made: dict[str, Simulation] = {}
    for found in iter_modules([str(Path(__file__).parent)]):
        if found.name != "__main__":
            module = import_module(f"benchmarks.calibration.{found.name}")
            made |= getattr(module, "SIMULATIONS", {})
    return {rule_id: made[rule_id] for rule_id in sorted(made) if rule_id.startswith(tuple(beginnings))}


def seen(tests: pl.DataFrame, subject: str, who: Sequence[str]) -> Seen:
    """Return what the corrected tests of a book showed, of which `who` acted."""
    discovered = tests.filter("discovered")
    right = discovered[subject].is_in(list(who)).sum()
    smallest = tests["smallest_seen"].drop_nulls().drop_nans().to_numpy()
    return Seen(
        any_flag=discovered.height > 0,
        false_share=(discovered.height - int(right)) / max(discovered.height, 1),
        found=len(set(who) & set(discovered[subject])) / len(who) if who else float("nan"),
        sees=float(smallest.mean()) if smallest.size else float("nan"),
    )


def acting_ids(ids: Sequence[str], share: float, rng: np.random.Generator) -> list[str]:
    """Return the ids of those that act, one at least where the share is above 0."""
    number = max(1, round(len(ids) * share)) if share else 0
    return sorted(rng.choice(sorted(ids), number, replace=False).tolist())


def one_rule(cell: Cell, rule: Ruled, run: Settings, why: list[str]) -> dict[float, list[Seen]]:
    """Return what books of one line showed, by the share that acts; the honest part is the same for each.

    `why` is given the reason for each book that the rule could not judge.
    """
    made: dict[float, list[Seen]] = {share: [] for share in run.shares}
    place = crc32(f"{cell.rule_id} {cell.kind}".encode())
    for book in range(run.books):
        rng = np.random.default_rng([run.seed, place, *cell.size, book])
        honest = rule.draw(cell.kind, cell.size, rng)
        first = honest.answer()
        if isinstance(first, str) or first.tests is None:
            why.append(str(first))
            continue
        tested = first.tests.filter(status="tested")
        ids = tested[rule.simulation.subject].drop_nulls().unique().to_list()
        for share in run.shares:
            if share and not (ids and honest.loaded.shift):
                continue
            who = acting_ids(ids, share, rng)
            given = honest.acting(who, rule.simulation.shift, rng) if who else honest
            answer = given.answer() if who else first
            if isinstance(answer, Answer):
                tests = tests_after({cell.rule_id: answer}, {cell.rule_id: given}, FALSE_DISCOVERY_RATE)
                made[share].append(seen(tests, rule.simulation.subject, who))
    return made


def whole_run(rules: Mapping[str, Ruled], size: tuple[int, int], run: Settings) -> dict[float, list[Seen]]:
    """Return what books of all rules showed whose tests were corrected together; the same providers act.

    A rule about contracts is asked of honest ones.
    """
    made: dict[float, list[Seen]] = {share: [] for share in run.shares}
    for book in range(run.books):
        rng = np.random.default_rng([run.seed, crc32(MIXED.encode()), *size, book])
        honest: dict[str, Asked] = {}
        for rule_id, rule in rules.items():
            kinds = [name for name in rule.simulation.kinds if name not in rule.simulation.failures]
            honest[rule_id] = rule.draw(kinds[book % len(kinds)], size, rng)
        for share in run.shares:
            who = acting_ids(provider_ids(size[0]), share, rng)
            given = {
                rule_id: one.acting(who, rules[rule_id].simulation.shift, rng)
                if who and one.loaded.shift and rules[rule_id].simulation.subject == PROVIDER
                else one
                for rule_id, one in honest.items()
            }
            answers = {rule_id: one.answer() for rule_id, one in given.items()}
            there = {rule_id: answer for rule_id, answer in answers.items() if isinstance(answer, Answer)}
            if there:
                tests = tests_after(there, given, FALSE_DISCOVERY_RATE)
                made[share].append(seen(tests, PROVIDER, who))
    return made


def shown(cell: Cell, share: float, rows: Sequence[Seen], *, failure: bool) -> tuple[str, bool]:
    """Return one line of the table, and whether it misses the bar."""
    if not rows:
        return ROW.format(*_names(cell, share), 0, *[""] * 5, "not assessable"), False
    any_flag, wrong, found, sees = (
        np.array([getattr(row, name) for row in rows], dtype=np.float64)
        for name in ("any_flag", "false_share", "found", "sees")
    )
    level = FALSE_DISCOVERY_RATE
    spread = wrong.std(ddof=1) if len(rows) > 1 else 0.0
    error = max(spread, (level * (1 - level)) ** 0.5) / len(rows) ** 0.5
    missed = bool(not failure and wrong.mean() > level + 2 * error)
    known = sees[~np.isnan(sees)]
    numbers = [any_flag.mean(), wrong.mean(), error, found.mean(), known.mean() if known.size else np.nan]
    figures = ["" if np.isnan(number) else f"{number:.3f}" for number in numbers]
    mark = "known limit" if failure else ("MISSED" if missed else "")
    return ROW.format(*_names(cell, share), len(rows), *figures, mark), missed


def _names(cell: Cell, share: float) -> tuple[str, str, int, int, str]:
    return cell.rule_id, cell.kind, cell.providers, cell.people, f"{share:.0%}"


def lines(wanted: argparse.Namespace) -> Iterator[tuple[str, bool]]:
    """Yield the lines of the table, each with whether it misses the bar."""
    pack = load_pack()
    made = simulations(wanted.rules).items()
    rules = {rule_id: Ruled(loaded, sim) for rule_id, sim in made if (loaded := pack.get(rule_id))}
    run = Settings(wanted.acting, wanted.books, wanted.seed)
    if wanted.run:
        for size in product(wanted.providers or (20, 60, 200), wanted.people or (100, 300, 1_000)):
            for share, rows in whole_run(rules, size, run).items():
                yield shown(Cell(MIXED, "in turn", *size), share, rows, failure=False)
        return
    for rule_id, rule in rules.items():
        sim = rule.simulation
        kinds = [kind for kind in sim.kinds if kind in (wanted.kinds or sim.kinds)]
        sizes = product(kinds, wanted.providers or sim.providers, wanted.people or sim.people)
        for cell in (Cell(rule_id, *size) for size in sizes):
            why: list[str] = []
            for share, rows in one_rule(cell, rule, run, why).items():
                line, missed = shown(cell, share, rows, failure=cell.kind in sim.failures)
                yield line if rows else f"{line}: {why[-1] if why else 'nobody could act'}", missed


def main() -> int:
    """Print the table; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=9000)
    parser.add_argument("--books", type=int, default=100)
    parser.add_argument("--rules", nargs="+", default=[""], help="beginnings of rule ids")
    parser.add_argument("--kinds", nargs="+", default=[])
    parser.add_argument("--providers", nargs="+", type=int, default=[])
    parser.add_argument("--people", nargs="+", type=int, default=[])
    parser.add_argument("--acting", nargs="+", type=float, default=[0.0, 0.05, 0.1])
    parser.add_argument("--run", action="store_true", help="all rules' books, corrected together")
    print(ROW.format(*HEADER))
    missed = 0
    for text, misses in lines(parser.parse_args()):
        print(text, flush=True)
        missed += misses
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
