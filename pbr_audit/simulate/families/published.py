"""PBR902: published figures that cannot be."""

import numpy as np

from pbr_audit.simulate.columns import Bools
from pbr_audit.simulate.families.figures import FigureScene, PlantedFigures, mark_kinds, published

ABOVE, NO_MONTH, NEGATIVE = range(3)
NAMES = ("achieved above the cohort", "a month that does not exist", "negative count")


def impossible_figures(scene: FigureScene) -> PlantedFigures:
    """Make some published rows impossible; a contract whose amounts are added up keeps its periods."""
    figures = scene.figures
    # One amount twice in a row, for one number achieved, would become one for two numbers.
    fits = scene.by_quarter & ~scene.budgeted & ~scene.released_twice & ~_like_a_neighbour(scene)
    rows = scene.pick(fits)
    kind = scene.rng.integers(0, len(NAMES), len(rows))
    excess = 1 + (scene.rng.exponential(5.0, len(rows)) * scene.strength).astype(np.int64)
    achieved = np.select(
        [kind == ABOVE, kind == NEGATIVE],
        [figures["cohort"][rows] + excess, -excess],
        figures["achieved"][rows],
    )
    month = np.where(kind == NO_MONTH, 13 + scene.rng.integers(0, 3, len(rows)), 0)
    figures = figures.changed(rows, {"achieved": achieved, "month": month})
    return published(figures, mark_kinds("PBR902", rows, kind, NAMES), rows)


def _like_a_neighbour(scene: FigureScene) -> Bools:
    """Whether the row before or after, of the same series, has the same amount."""
    amount, series = scene.figures["amount_pence"], scene.series
    same = (amount[1:] == amount[:-1]) & (series[1:] == series[:-1])
    return np.asarray(np.append(same, [False]) | np.append([False], same))
