"""PBR904, 905: published amounts above their plan or what is left of a budget, or in another unit."""

import numpy as np

from pbr_audit.money import PENCE_PER_POUND
from pbr_audit.simulate.columns import MISSING, Ints
from pbr_audit.simulate.families.family import DRAGGED, Mark, mark_each
from pbr_audit.simulate.families.figures import FigureScene, PlantedFigures, mark_kinds, published
from pbr_audit.simulate.protections import budget_pounds

UNITS = (100, 1_000, 10_000, 100_000)
NAMES = ("a figure in a smaller unit", "a figure in a larger unit")
LEAST_OTHERS = 4
# What is divided stays so large that rounding to a penny does not matter.
LEAST_PENCE, LEAST_FOR_THOUSAND = 200_000, 2_000_000


def above_plan(scene: FigureScene) -> PlantedFigures:
    """Publish more than was planned, by a penny or by a third; and once more than is left of a budget."""
    figures = scene.figures
    planned = figures["planned"] != MISSING
    rows = scene.pick(
        scene.by_quarter & ~scene.budgeted & ~scene.released_twice & planned & (figures["amount_pence"] > 0)
    )
    share = scene.rng.uniform(0, 0.35, len(rows)) * scene.strength
    excess = np.maximum(1, (figures["planned"][rows] * share).astype(np.int64))
    figures = figures.changed(rows, {"amount_pence": figures["planned"][rows] + excess})
    last = _last_of_budget(scene) if scene.acts else np.empty(0, dtype=np.int64)
    figures = figures.changed(last, {"amount_pence": _beyond(scene, last), "planned": _beyond(scene, last)})
    marks = [
        mark_each("PBR904", rows, "amount above the plan"),
        mark_each("PBR904", last, "amounts above the budget", first_act=len(rows)),
    ]
    return published(figures, marks, np.concatenate([rows, last]))


def _last_of_budget(scene: FigureScene) -> Ints:
    """Return the last row by period, provider and outcome of the contract with a budget, where it is free."""
    figures = scene.figures
    rows = np.flatnonzero(scene.budgeted)
    latest = rows[figures["quarter"][rows] == figures["quarter"][rows].max(initial=0)]
    # Outcomes of one provider are ordered by their codes, in which the attachment comes before the main one
    # in one world and after it in the other; so it is the last provider's only row that is taken.
    mine = latest[figures["provider"][latest] == figures["provider"][latest].max(initial=0)]
    codes = [scene.setting.spec.outcomes[int(role)].code for role in figures["role"][mine]]
    chosen = mine[np.argsort(codes)[-1:]] if len(mine) else mine
    return np.asarray(chosen[scene.free[chosen]])


def _beyond(scene: FigureScene, last: Ints) -> Ints:
    """Return an amount with which the budget is passed by a little, in the row that is counted last."""
    amounts = scene.figures["amount_pence"]
    spent = int(amounts[scene.budgeted].sum()) - amounts[last]
    budget = budget_pounds(scene.setting.config.claims) * PENCE_PER_POUND
    return np.asarray(budget - spent + 12_300)


def another_unit(scene: FigureScene) -> PlantedFigures:
    """Publish pence for pounds or pounds for thousands, or the other way round."""
    figures = scene.figures
    held = figures["planned"] != MISSING
    amount, achieved = figures["amount_pence"], figures["achieved"]
    known = scene.by_quarter & (amount > 0) & (achieved > 0)
    series = scene.series
    names, place = np.unique(series, return_inverse=True)
    once = known & ~figures["second"]
    others = np.bincount(place, weights=once, minlength=len(names))[place] - 1
    steady = held & _near_plan(scene)
    # Where no plan says what to expect, the price of an outcome in this and the other periods has to.
    once_only = ~np.isin(series, series[figures["second"]])
    usual = _near_usual(scene, known) & (others >= LEAST_OTHERS + 1) & ~held & once_only
    once_here = known & ~scene.budgeted & ~scene.released_twice
    unplanned = scene.pick_series(once_here & usual)[: scene.acts // 5]
    rows = np.sort(np.concatenate([unplanned, scene.pick(once_here & steady)[: scene.acts - len(unplanned)]]))
    unit = np.array(UNITS)[scene.rng.integers(0, len(UNITS), len(rows))]
    large = amount[rows] >= LEAST_PENCE
    shrunk = large & (scene.rng.random(len(rows)) < 0.6)  # noqa: PLR2004
    unit = np.where(shrunk, np.where(amount[rows] < LEAST_FOR_THOUSAND, 100, np.minimum(unit, 1_000)), unit)
    value = np.where(shrunk, amount[rows] // unit, amount[rows] * unit)
    figures = figures.changed(rows, {"amount_pence": value})
    above = np.flatnonzero(~shrunk & held[rows])
    marks = mark_kinds("PBR905", rows, shrunk.astype(np.int64), NAMES)
    marks.append(Mark("PBR904", DRAGGED, rows[above], above, NAMES[0]))
    # In a series without plans every other period says what is usual, so that no other act may change it.
    around = np.flatnonzero(np.isin(series, series[unplanned]))
    return published(figures, marks, np.union1d(rows, around))


def _near_plan(scene: FigureScene) -> np.ndarray:
    """Whether a row's amount is within a few in a hundred of its plan."""
    figures = scene.figures
    return np.asarray(figures["planned"] * 100 <= figures["amount_pence"] * 104)


def _near_usual(scene: FigureScene, known: np.ndarray) -> np.ndarray:
    """Whether a row's amount an outcome is close to the median of the rest of its series."""
    figures, series = scene.figures, scene.series
    near = np.zeros(figures.height, dtype=np.bool_)
    each = figures["amount_pence"] / np.maximum(figures["achieved"], 1)
    order = np.argsort(series, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(series[order])) + 1):
        mine = rows[known[rows]]
        for row in mine:
            others = each[mine[mine != row]]
            if len(others):
                near[row] = abs(each[row] / float(np.median(others)) - 1) <= 0.03  # noqa: PLR2004
    return near
