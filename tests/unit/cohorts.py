"""Cohorts for the tests of the matched comparison: invented people, alike but for what is planted."""

from pathlib import Path

import numpy as np
import polars as pl

AUDIT = """standard = "0.1"
name = "Mentoring through the gate"
[tables.cohort.covariates]
age = "number"
sex = "category"
convictions = "number"
"""


def people(
    seed: int = 1,
    *,
    treated: int = 200,
    pool: int = 1_500,
    effect: float = 0.0,
    chooses: float = 0.5,
    unseen: float = 0.0,
    curved: float = 0.0,
) -> pl.DataFrame:
    """Return a cohort in which the treated are older and less convicted, so that they reoffend less anyway.

    `effect` moves the log odds of reoffending of the treated; `chooses` says how unlike the groups are, and
    `unseen` how much of that nobody recorded. `curved`: the very young and the very old reoffend more, and
    more of them are treated, which a straight line in age does not see.
    """
    rng = np.random.default_rng(seed)
    n = treated + pool
    in_programme = np.arange(n) < treated
    age = np.round(
        rng.normal(32 + 4 * chooses * in_programme, 8 * (1 + curved * in_programme), n).clip(18, 70)
    )
    convictions = rng.poisson(np.where(in_programme, 6 - 2 * chooses, 6.0))
    man = rng.random(n) < np.where(in_programme, 0.85 - 0.1 * chooses, 0.85)
    hidden = rng.normal(0, 1, n) - unseen * in_programme
    odds = (
        -0.4 - 0.04 * (age - 32) + 0.08 * (convictions - 6) + 0.3 * man + 0.7 * hidden + effect * in_programme
    )
    odds += curved * ((age - 32) / 8) ** 2
    rate = np.exp(odds) / 300
    days = np.ceil(rng.exponential(1 / rate))
    had = days <= 365
    events = np.where(had, 1 + rng.poisson(0.8, n), 0)
    return pl.DataFrame(
        {
            "person_id": [f"{'T' if t else 'P'}{place:06d}" for place, t in enumerate(in_programme)],
            "treated": np.where(in_programme, "true", "false"),
            "found_in_records": np.where(rng.random(n) < 0.04, "false", "true"),
            "had_event": np.where(had, "1", "0"),
            "events": events,
            "days_to_event": pl.Series([int(d) if h else None for d, h in zip(days, had, strict=True)]),
            "days_followed": np.full(n, 365),
            "age": age.astype(int),
            "sex": np.where(man, "M", "F"),
            "convictions": convictions,
        }
    )


def written(folder: Path, cohort: pl.DataFrame, audit: str = AUDIT) -> Path:
    """Write a data set into `folder` and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    cohort.write_csv(folder / "cohort.csv")
    (folder / "audit.toml").write_text(audit, encoding="utf-8")
    return folder
