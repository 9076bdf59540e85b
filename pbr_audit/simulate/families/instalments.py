"""PBR903: amounts that stay the same while results change."""

import numpy as np

from pbr_audit.simulate.columns import Bools, Ints
from pbr_audit.simulate.families.family import PLANTED, Mark
from pbr_audit.simulate.families.figures import FigureScene, PlantedFigures, published

LEAST_PERIODS, MOST_PERIODS = 3, 5


def flat_amounts(scene: FigureScene) -> PlantedFigures:
    """Publish one amount, as planned, for three to five quarters with another number achieved in each."""
    figures = scene.figures
    begins, length = _runs(scene)
    rows = (
        np.repeat(begins, length)
        + np.arange(int(length.sum()))
        - np.repeat(np.cumsum(length) - length, length)
    )
    act = np.repeat(np.arange(len(begins)), length)
    # The amount of the run's best quarter, so that every run has one above nothing.
    amount = np.zeros(len(begins), dtype=np.int64)
    np.maximum.at(amount, act, figures["amount_pence"][rows])
    figures = figures.changed(rows, {"amount_pence": amount[act], "planned": amount[act]})
    kind = "one amount while results change"
    first = Mark("PBR903", PLANTED, begins, np.arange(len(begins)), kind)
    return published(figures, [first], rows)


def _runs(scene: FigureScene) -> tuple[Ints, Ints]:
    """Return first rows and lengths of runs, a period apart at least, in series that were released once."""
    figures, series = scene.figures, scene.series
    again = np.unique(series[scene.released_twice])
    usable = scene.free & scene.by_quarter & ~scene.budgeted & ~np.isin(series, again)
    # A run's neighbours have another amount, so that it is as long as it was made.
    length = np.minimum(LEAST_PERIODS + scene.rng.poisson(0.5 * scene.strength, figures.height), MOST_PERIODS)
    begins: list[int] = []
    lengths: list[int] = []
    taken_until = -1
    for row in np.flatnonzero(usable):
        size = int(length[row])
        if row <= taken_until or not _fits(scene, usable, series, int(row), size):
            continue
        begins.append(int(row))
        lengths.append(size)
        taken_until = int(row) + size
    order = np.sort(scene.rng.permutation(len(begins))[: scene.acts])
    return np.array(begins, dtype=np.int64)[order], np.array(lengths, dtype=np.int64)[order]


def _fits(scene: FigureScene, usable: Bools, series: Ints, row: int, size: int) -> bool:
    """Whether a run may begin at a row: quarters without a gap, and not one number achieved throughout."""
    figures = scene.figures
    span = slice(row, row + size)
    if row + size > figures.height or series[row + size - 1] != series[row] or not usable[span].all():
        return False
    quarters, achieved = figures["quarter"][span], figures["achieved"][span]
    together = quarters[-1] - quarters[0] == size - 1
    amount = int(figures["amount_pence"][span].max())
    around = [place for place in (row - 1, row + size) if 0 <= place < figures.height]
    apart = all(figures["amount_pence"][place] != amount or series[place] != series[row] for place in around)
    return bool(together and amount > 0 and achieved.min() != achieved.max() and apart)
