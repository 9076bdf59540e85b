"""Score pairs: how likely each is one person, two of one household, or neither."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.linkage.blocks import Pairs, rows_of
from pbr_audit.linkage.coded import Values
from pbr_audit.linkage.compare import Comparison, levels_of
from pbr_audit.linkage.em import HOUSEHOLD, RANDOM, SAME, Floats, joint_logs
from pbr_audit.linkage.model import Model
from pbr_audit.linkage.policy import Policy
from pbr_audit.linkage.prepare import Prepared
from pbr_audit.linkage.training import Compared, compared_pairs, trained

# Which pairs are listed; the others are counted.
LISTED_SAME: Final = 0.01
LISTED_HOUSEHOLD: Final = 0.5


@dataclass(frozen=True)
class Scored:
    """Scored pairs of people.

    `pairs`: left, right (ids, left before right), p_same, p_household, p_neither (0 to 1, adding up to 1),
    weight_bits (base-2 logarithm of the likelihood ratio of one person against all else, the prior left
    out), pattern; sorted by left and right. `blocks`: the report of each key (see `Blocked`). `compared` is
    the number of pairs that were compared. `prepared` are the people as they were compared.
    """

    pairs: pl.DataFrame
    blocks: pl.DataFrame
    compared: int
    model: Model
    prepared: Prepared = field(repr=False)


def score(people: pl.DataFrame, model: Model) -> Scored:
    """Score the pairs of people with a trained model.

    Raises InputError where the policy's columns are not there or ids are not unique.
    """
    return scored(compared_pairs(people, model.policy), model)


def link(people: pl.DataFrame, policy: Policy, seed: int = 0) -> tuple[Model, Scored]:
    """Train on people and score them, comparing once."""
    compared = compared_pairs(people, policy)
    model = trained(compared, policy, seed)
    return model, scored(compared, model)


def scored(compared: Compared, model: Model) -> Scored:
    """Score compared pairs."""
    wanted = _worth_scoring(compared, model)
    pairs, patterns = compared.blocked.pairs[wanted], compared.distinct[compared.places[wanted]]
    logs = class_logs(compared.prepared.values, pairs, patterns, model)
    chance, bits = posterior(logs, model.shares(compared.prepared.height))
    listed = (chance[SAME] >= LISTED_SAME) | (chance[HOUSEHOLD] >= LISTED_HOUSEHOLD)
    left, right = rows_of(pairs[listed])
    ids = compared.prepared.ids
    frame = pl.DataFrame(
        {
            "left": ids[left],
            "right": ids[right],
            "p_same": chance[SAME][listed],
            "p_household": chance[HOUSEHOLD][listed],
            "p_neither": chance[RANDOM][listed],
            "weight_bits": bits[listed],
            "pattern": patterns[listed],
        }
    )
    return Scored(frame, compared.blocked.report, len(compared.blocked.pairs), model, compared.prepared)


def class_logs(values: Values, pairs: Pairs, patterns: NDArray[np.int64], model: Model) -> Floats:
    """Return the log likelihood of each pair by class, shape (3, pairs), rarity of values included.

    Without a household class its row is minus infinity.
    """
    distinct, inverse = np.unique(patterns, return_inverse=True)
    tables = [list(one) for one in model.tables]
    base = joint_logs(levels_of(distinct, model.compared), tables, np.ones(len(tables)))
    logs = np.full((3, len(pairs)), -np.inf)
    logs[: len(tables)] = base[:, inverse]
    rows, _ = rows_of(pairs)
    for comparison, level in zip(model.compared, levels_of(patterns, model.compared), strict=True):
        for agreed, names in comparison.agrees.items():
            at = np.flatnonzero(level == agreed)
            for name in names if len(at) else ():
                codes = values[name].codes[rows[at]]
                ratio = model.frequencies[name].log_ratio(values[name].of(codes))
                logs[RANDOM, at] += ratio
                logs[HOUSEHOLD, at] += _at_home(ratio, comparison)
    return logs


def posterior(logs: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """Return the probability of each class, shape (3, pairs), and the weight of evidence in bits."""
    prior = np.full(3, -np.inf)
    prior[: len(shares)] = np.log(shares)
    joint = logs + prior[:, None]
    others = np.logaddexp(joint[RANDOM], joint[HOUSEHOLD])
    odds = joint[SAME] - others
    total = np.logaddexp(joint[SAME], others)
    prior_odds = prior[SAME] - np.logaddexp(prior[RANDOM], prior[HOUSEHOLD])
    chance: Floats = np.exp(joint - total)
    bits: Floats = (odds - prior_odds) / np.log(2)
    return chance, bits


def _at_home(ratio: Floats, comparison: Comparison) -> Floats:
    """A value that many share, a hostel's postcode, is shared by households more often still.

    Whatever else two of one household have in common, they have whether it is rare or not: a father gives his
    son his own name.
    """
    return np.maximum(ratio, 0.0) if comparison.at_home else np.zeros_like(ratio)


def _worth_scoring(compared: Compared, model: Model) -> NDArray[np.intp]:
    """Return the places of pairs that may be listed, were all their values as rare as can be."""
    taken = levels_of(compared.distinct, model.compared)
    logs = np.full((3, len(compared.distinct)), -np.inf)
    logs[: len(model.tables)] = joint_logs(
        taken, [list(one) for one in model.tables], np.ones(len(model.tables))
    )
    shares = model.shares(compared.prepared.height)
    plain, _ = posterior(logs, shares)
    for comparison, level in zip(model.compared, taken, strict=True):
        for agreed, names in comparison.agrees.items():
            least = sum(min(model.frequencies[name].least_log_ratio, 0.0) for name in names)
            logs[RANDOM, level == agreed] += least
    best, _ = posterior(logs, shares)
    keep = (best[SAME] >= LISTED_SAME) | (plain[HOUSEHOLD] >= LISTED_HOUSEHOLD / 2)
    return np.flatnonzero(keep[compared.places])
