"""PBR604, 906: cohorts smaller than those who started, and cohorts that shrank between two releases."""

import numpy as np

from pbr_audit.simulate.columns import Ints
from pbr_audit.simulate.families.family import DRAGGED, Mark, mark_each
from pbr_audit.simulate.families.figures import FigureScene, PlantedFigures, published

ALLOWED_SHARE = 0.02


def _loss(scene: FigureScene, whole: Ints, room: Ints, usual: float) -> Ints:
    """Return how many to take out of a cohort: more than is allowed of `whole`, at most `room`."""
    least = np.floor(ALLOWED_SHARE * whole).astype(np.int64) + 1
    lost: Ints = np.minimum(
        room, least + (scene.rng.exponential(usual, len(whole)) * scene.strength).astype(np.int64)
    )
    return lost


def _room(scene: FigureScene) -> Ints:
    """Return how many may leave each cohort while it holds all who achieved."""
    return np.asarray(scene.figures["cohort"] - scene.figures["achieved"])


def lost_starters(scene: FigureScene) -> PlantedFigures:
    """Publish a cohort from which some who started are missing, and nobody says that they were excluded."""
    figures = scene.figures
    allowed = np.floor(ALLOWED_SHARE * np.maximum(figures["started"], 0)) + 1
    fits = scene.by_quarter & ~scene.released_twice & (_room(scene) >= allowed)
    rows = scene.pick(fits)
    loss = _loss(scene, figures["started"][rows], _room(scene)[rows], 2.0)
    figures = figures.changed(rows, {"cohort": figures["cohort"][rows] - loss})
    return published(figures, [mark_each("PBR604", rows, "starters missing from the cohort")], rows)


def restated_cohort(scene: FigureScene) -> PlantedFigures:
    """Publish a smaller cohort in the second release; half of the time nobody is said to be excluded."""
    figures = scene.figures
    # What the first release held: the row before, as releases of one figure stand together.
    first = np.maximum(np.arange(figures.height) - 1, 0)
    before = figures["cohort"][first]
    room = figures["cohort"] - figures["achieved"]
    least = np.floor(ALLOWED_SHARE * before) + 1 + np.maximum(figures["cohort"] - before, 0)
    rows = scene.pick(figures["second"] & (room >= least))
    loss = least[rows].astype(np.int64) + (scene.rng.exponential(2.0, len(rows)) * scene.strength).astype(
        np.int64
    )
    loss = np.minimum(loss, room[rows])
    told = scene.rng.random(len(rows)) < 0.5  # noqa: PLR2004
    figures = figures.changed(
        rows,
        {
            "cohort": figures["cohort"][rows] - loss,
            "excluded": figures["excluded"][rows] + np.where(told, loss, 0),
        },
    )
    kind = "cohort smaller in the second release"
    started, left = figures["started"][rows], figures["cohort"][rows] + figures["excluded"][rows]
    short = np.flatnonzero(started - left > ALLOWED_SHARE * started)
    marks = [mark_each("PBR906", rows, kind), Mark("PBR604", DRAGGED, rows[short], short, kind)]
    return published(figures, marks, rows)
