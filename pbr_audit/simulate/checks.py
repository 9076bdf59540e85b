"""What validation of single claims found: an invented payer's checks of measured outcomes.

Honest claims are confirmed, verified to be as measured or better, or cannot be checked; a first look that
fell short was followed by a second that confirmed.
"""

import numpy as np

from pbr_audit.simulate.chain import CUT_DAY
from pbr_audit.simulate.columns import Array, Columns, Floats, Ints
from pbr_audit.simulate.days import working_day
from pbr_audit.simulate.setting import Setting
from pbr_audit.simulate.spec import ROLES

RESULTS = ("confirmed", "contradicted", "untraced", "unable")
CONFIRMED, CONTRADICTED, UNTRACED, UNABLE = range(4)
METHODS = ("employer telephoned", "record matched", "document asked for")
CHECKED_SHARE = 0.08
# What an honest check finds: all right, the figure itself, more than claimed, a second look, or nothing.
PLAIN, FIGURE, BETTER, AGAIN, NOTHING = range(5)
SHARES = (0.35, 0.25, 0.15, 0.10, 0.15)
PROBABILITY = 0.05


def build_checks(setting: Setting, claims: Columns, block: int) -> Columns:
    """Return the checks; a row names its claim by its place in `claims`."""
    rng = setting.rng("checks", block)
    checked = ~np.isnan(claims["measured"]) & (rng.random(claims.height) < CHECKED_SHARE)
    rows = np.flatnonzero(checked)
    kind = np.searchsorted(np.cumsum(SHARES)[:-1], rng.random(len(rows)), side="right")
    measured, sign = claims["measured"][rows], better_sign(setting)[claims["role"][rows]]
    value = np.select([kind == FIGURE, kind == BETTER], [measured, measured + sign * 7], np.nan)
    value = np.where(value < 0, 0.0, value)
    result = np.where(kind == NOTHING, UNTRACED + rng.integers(0, 2, len(rows)), CONFIRMED)
    day = _days(rng, claims, rows)
    first = rows[kind == AGAIN]
    short = np.maximum(claims["measured"][first] - sign[kind == AGAIN] * 5, 0.0)
    return check_rows(rng, rows, day, result, value).followed_by(
        check_rows(rng, first, day[kind == AGAIN] - 1, np.full(len(first), CONTRADICTED), short)
    )


def better_sign(setting: Setting) -> Floats:
    """Return, by role, 1 where more is better and -1 where less is."""
    sign = np.ones(ROLES)
    for role, terms in setting.spec.outcomes.items():
        sign[role] = -1.0 if terms.direction == "at_most" else 1.0
    return sign


def _days(rng: np.random.Generator, claims: Columns, rows: Ints) -> Ints:
    """Return days after the submission, and so late enough that a first look may stand before them."""
    day = working_day(claims["submitted"][rows] + 20 + rng.integers(0, 60, len(rows)))
    return np.asarray(np.maximum(np.minimum(day, CUT_DAY), claims["day"][rows] + 1))


def check_rows(rng: np.random.Generator, rows: Ints, day: Ints, result: Ints, value: Array) -> Columns:
    """Return one check of each claim."""
    count = len(rows)
    return Columns(
        {
            "claim": rows,
            "day": day,
            "result": result,
            "value": value,
            "method": rng.integers(0, len(METHODS), count),
            "by_risk": rng.random(count) < 0.3,  # noqa: PLR2004
        }
    )
