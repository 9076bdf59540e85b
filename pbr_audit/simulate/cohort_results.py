"""Published results of cohorts that are paid for as a whole: rates against a baseline, and the payment."""

import numpy as np
from scipy.special import bdtr

from pbr_audit.money import PENCE_PER_POUND
from pbr_audit.simulate.chain import CONTRACTS
from pbr_audit.simulate.columns import MISSING, Columns, Floats, Ints
from pbr_audit.simulate.days import quarter_first_day
from pbr_audit.simulate.protections import (
    BUDGET_CONTRACT,
    SIGNIFICANCE,
    deduction_pounds,
    local_pounds,
    tests_significance,
)
from pbr_audit.simulate.setting import Setting
from pbr_audit.simulate.spec import COHORT

YEARS = 5
FIRST_YEAR = 2015
FEWEST, MOST = 150, 600
# How far a rate lies from its baseline, and how often on the better side.
NEAREST, FARTHEST, BETTER_SHARE = 0.012, 0.11, 0.7
RELEASE_LAG_DAYS = 500


def cohort_figures(setting: Setting) -> Columns:
    """Return a published row for each year of each link of the supply chain, paid as the terms say.

    The contract that has a budget publishes none, so that its periods are all quarters.
    """
    rng = setting.rng("cohort results")
    chain, terms = setting.chain, setting.spec.outcomes[COHORT]
    links = np.flatnonzero(chain.link_contract != BUDGET_CONTRACT)
    contract = np.repeat(chain.link_contract[links], YEARS)
    count = len(contract)
    year = np.tile(FIRST_YEAR + np.arange(YEARS), len(links))
    cohort = rng.integers(FEWEST, MOST, count)
    apart = rng.uniform(NEAREST, FARTHEST, count)
    better = np.where(rng.random(count) < BETTER_SHARE, apart, -apart)
    sign = -1.0 if terms.direction == "at_most" else 1.0
    baseline = terms.baseline or 0.0
    achieved = np.round((baseline + sign * better) * cohort).astype(np.int64)
    quarter = (year - 1970) * 4
    figures = Columns(
        {
            "contract": contract,
            "provider": np.repeat(chain.link_provider[links], YEARS),
            "quarter": quarter,
            "role": np.full(count, COHORT),
            "started": np.full(count, MISSING),
            "excluded": np.full(count, MISSING),
            "achieved": achieved,
            "amount_pence": cohort_pence(setting, contract, achieved, cohort),
            "cohort": cohort,
            "expected": np.where(rng.random(count) < 0.5, baseline, np.nan),  # noqa: PLR2004
            "target": np.full(count, np.nan),
            "release": quarter_first_day(quarter + 4) + RELEASE_LAG_DAYS,
            "planned": np.full(count, MISSING),
            "month": np.zeros(count, dtype=np.int64),
            "second": np.zeros(count, dtype=np.bool_),
        }
    )
    return figures.taken(np.lexsort((figures["provider"], contract)))


def cohort_pence(setting: Setting, contract: Ints, achieved: Ints, cohort: Ints) -> Ints:
    """Return what the terms pay for cohorts, in pence; below nothing where more is deducted."""
    terms = setting.spec.outcomes[COHORT]
    sign = -1.0 if terms.direction == "at_most" else 1.0
    baseline = terms.baseline or 0.0
    improvement = sign * (achieved / cohort - baseline)
    price = np.array([local_pounds(terms.prices[""], each) for each in range(CONTRACTS)]) * PENCE_PER_POUND
    taken = np.array([deduction_pounds(terms, each) for each in range(CONTRACTS)]) * PENCE_PER_POUND
    tested = np.array([tests_significance(each) for each in range(CONTRACTS)])[contract]
    significant = _chance(achieved, cohort, baseline, np.sign(improvement) * sign) <= SIGNIFICANCE
    earned = np.where(
        (improvement > 0) & (~tested | significant), improvement * cohort * price[contract], 0.0
    )
    deducted = np.where((improvement < 0) & tested & significant, improvement * cohort * taken[contract], 0.0)
    return np.round(earned + deducted).astype(np.int64)


def _chance(achieved: Ints, cohort: Ints, baseline: float, side: Floats) -> Floats:
    """Return the chance of a count so far up (side 1) or down (side -1), were the baseline the truth."""
    low = bdtr(achieved.astype(float), cohort, baseline)
    high = 1.0 - bdtr(achieved - 1.0, cohort, baseline)
    return np.asarray(np.where(side > 0, high, low), dtype=np.float64)
