"""PBR907: payments for cohorts that the terms do not give."""

import numpy as np

from pbr_audit.money import PENCE_PER_POUND
from pbr_audit.simulate.families.family import mark_each
from pbr_audit.simulate.families.figures import FigureScene, PlantedFigures, published
from pbr_audit.simulate.spec import COHORT

MOST_SHARE = 0.4
LEAST_POUNDS = 3


def cohort_payment(scene: FigureScene) -> PlantedFigures:
    """Pay a cohort some per cent more or less than it earned, or something where it earned nothing."""
    figures = scene.figures
    mine = figures["role"] == COHORT
    rows = scene.pick(mine, MOST_SHARE * float(mine.mean()))
    due = figures["amount_pence"][rows]
    price = scene.setting.spec.outcomes[COHORT].prices[""] * PENCE_PER_POUND
    share = LEAST_POUNDS * PENCE_PER_POUND + scene.rng.uniform(
        0.01, 0.4, len(rows)
    ) * scene.strength * np.abs(due)
    up = scene.rng.random(len(rows)) < 0.7  # noqa: PLR2004
    other = np.where(up, due + share.astype(np.int64), due - share.astype(np.int64))
    # What is paid for nothing is as much as a cohort a few in a hundred better would have earned.
    unearned = (scene.rng.uniform(0.02, 0.08, len(rows)) * figures["cohort"][rows] * price).astype(np.int64)
    paid = np.where(due == 0, unearned, np.where(due > 0, np.maximum(other, 0), other))
    figures = figures.changed(rows, {"amount_pence": paid})
    return published(
        figures, [mark_each("PBR907", rows, "a cohort's payment that the terms do not give")], rows
    )
