"""Many tests at once: what share of the flags is to be expected by chance alone.

NaN marks a test that abstained, in every function: it leaves the number of tests and stays NaN.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def benjamini_hochberg(p_values: ArrayLike) -> Floats:
    """Return the q-value of each p-value: the smallest false discovery rate at which it would be flagged.

    One dimension, in the order given. NaN marks a test that abstained: it is left out of the number of
    tests and stays NaN. Holds under independence or positive dependence of the tests. Source: Benjamini and
    Hochberg (1995), step-up, as adjusted p-values.
    """
    p = np.asarray(p_values, dtype=np.float64)
    if p.size == 1:
        return np.minimum(p, 1.0)  # most questions of a run have one test, and there are thousands
    tested = ~np.isnan(p)
    order = np.argsort(p[tested], kind="stable")
    count = order.size
    stepped = p[tested][order] * count / np.arange(1, count + 1)
    # A larger p-value never has a smaller q-value, and none is above 1.
    running = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0)
    adjusted = np.empty(count)
    adjusted[order] = running
    q = np.full(p.shape, np.nan)
    q[tested] = adjusted
    return q


def benjamini_yekutieli(p_values: ArrayLike) -> Floats:
    """Return q-values that hold whatever the dependence between the tests: m tests pay 1 + 1/2 + … + 1/m.

    One dimension, in the order given; never above 1. Source: Benjamini and Yekutieli (2001).
    """
    p = np.asarray(p_values, dtype=np.float64)
    count = int((~np.isnan(p)).sum())
    harmonic = float((1.0 / np.arange(1, count + 1)).sum())
    return np.minimum(benjamini_hochberg(p) * harmonic, 1.0)


def simes(p_values: ArrayLike) -> float:
    """Return one p-value for "none of these is real": the smallest p·m/rank.

    One dimension; NaN where every test abstained. Holds under independence and positive dependence, as the
    tests of one provider on the same claims are. Source: Simes (1986). It is the smallest q-value of
    Benjamini and Hochberg.
    """
    q = benjamini_hochberg(p_values)
    return float(np.nanmin(q)) if (~np.isnan(q)).any() else float("nan")


def cauchy_combination(p_values: ArrayLike) -> float:
    """Return one p-value for several tests of the same claims: the mean of their Cauchy deviates.

    One dimension; NaN where every test abstained. Nearly exact for small results under any dependence, where
    Fisher's sum of logarithms is far too small. Source: Liu and Xie (2020).
    """
    p = np.asarray(p_values, dtype=np.float64)
    p = p[~np.isnan(p)]
    if not p.size:
        return float("nan")
    mean = float(np.tan((0.5 - p) * np.pi).mean())
    return float(0.5 - np.arctan(mean) / np.pi)


@dataclass(frozen=True)
class Selected:
    """What was flagged among families of tests, a family being one provider's.

    `names` (F) are the families that had a test, sorted; `family_p` (F) and `family_q` (F) their Simes p- and
    q-values, `selected` (F) those at or below the level. `q_values` (N) and `flagged` (N) are of the single
    tests, in the order given: a test is flagged where its family is selected and its q-value, which allows
    for the selection, is at or below the level. The q-value of a test in a family that was not selected is
    NaN: it was not asked.
    """

    names: NDArray[np.int64]
    family_p: Floats
    family_q: Floats
    selected: Flags
    q_values: Floats
    flagged: Flags


def selected_families(
    p_values: ArrayLike, family: ArrayLike, level: float, branch: ArrayLike | None = None
) -> Selected:
    """Return which families, and which tests within them, are flagged at a false discovery rate of `level`.

    `p_values` (N), `family` and `branch` (N, whole numbers); a family's tests of one branch, such as those
    that one rule makes of a provider, are one question to it. Without `branch` every test is a question of
    its own. Three floors: Simes within each question, and over a family's questions; Benjamini and Hochberg
    over the m families that have a test; over the questions of each of the R that were selected, at
    level·R/m; and within a question that was, at that times the share of the family's questions that were.
    So a rule with forty tests of a provider takes no more from the others than a rule with one. Holds the
    mean false share of each floor, within what was selected above it, at `level`. Source: TreeBH
    (Bogomolov, Peterson, Benjamini and Sabatti, 2021); for two floors Benjamini and Bogomolov (2014).
    """
    p = np.asarray(p_values, dtype=np.float64)
    group = np.asarray(family, dtype=np.int64)
    question = np.arange(p.size) if branch is None else np.asarray(branch, dtype=np.int64)
    rows = _rows_of(group, ~np.isnan(p))
    names = np.array(list(rows), dtype=np.int64)
    asked = {name: _Family.of(p[at], question[at]) for name, at in rows.items()}
    family_p = np.array([one.p for one in asked.values()], dtype=np.float64)
    family_q = benjamini_hochberg(family_p)
    selected: Flags = family_q <= level
    # Told on the scale of `level`, so that one comparison serves for families and for tests.
    widened = len(names) / max(int(selected.sum()), 1)
    q_values = np.full(p.shape, np.nan)
    for name in names[selected].tolist():
        q_values[rows[name]] = asked[name].q_values(level, widened)
    return Selected(names, family_p, family_q, selected, q_values, q_values <= level)


def _rows_of(groups: NDArray[np.int64], tested: Flags) -> dict[int, NDArray[np.intp]]:
    """Return the rows of each group that has a test, by group, sorted."""
    order = np.flatnonzero(tested)[np.argsort(groups[tested], kind="stable")]
    names, first = np.unique(groups[order], return_index=True)
    return dict(zip(names.tolist(), np.split(order, first[1:]), strict=True)) if names.size else {}


@dataclass(frozen=True)
class _Family:
    """A family's tested rows by question, the q-values within each, and the questions' own p-values."""

    rows: list[NDArray[np.intp]]
    within: list[Floats]
    question_p: Floats

    @classmethod
    def of(cls, p: Floats, question: NDArray[np.int64]) -> "_Family":
        rows = list(_rows_of(question, ~np.isnan(p)).values())
        within = [benjamini_hochberg(p[at]) for at in rows]
        return cls(rows, within, np.array([q.min() for q in within], dtype=np.float64))

    @property
    def p(self) -> float:
        return simes(self.question_p)

    def q_values(self, level: float, widened: float) -> Floats:
        """Return the q-value of each test of the family, on the scale of `level`; never above 1."""
        question_q = benjamini_hochberg(self.question_p) * widened
        # How many are selected with each question: at `level`, or at its own q-value where that is above.
        with_it = (question_q <= np.maximum(question_q, level)[:, None]).sum(axis=1)
        widening = widened * question_q.size / with_it
        q_values = np.empty(sum(at.size for at in self.rows))
        for at, within, whole, factor in zip(self.rows, self.within, question_q, widening, strict=True):
            # A test counts only where its question does.
            q_values[at] = np.minimum(np.maximum(within * factor, whole), 1.0)
        return q_values


def selected_confidence(selected: int, tests: int, level: float = 0.05) -> float:
    """Return the confidence that intervals of the `selected` need, so that `level` of them miss on one side.

    1 - 2·level·R/m, R selected of m tests, two-sided: of intervals told only because they were selected,
    ordinary ones miss too often. With nothing selected, that of one. Source: Benjamini and Yekutieli
    (2005), false coverage rate.
    """
    return 1 - 2 * level * max(selected, 1) / max(tests, selected, 1)
