"""A subject's share of special rows against the spread of honest ones, learnt in the middle and below.

As `shares_against_peers`, for conduct that can only raise a share: the spread and the tails of honest shares
are learnt together (`honest_shares`), and no degrees of freedom are laid down.
"""

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import Floats
from pbr_audit.stats.honest_shares import honest_shares
from pbr_audit.stats.peers import FEWEST_PEERS
from pbr_audit.stats.shares_against_peers import SharesAgainstPeers, clumping_within, rows_in_cells


def shares_against_honest_ones(
    subject: ArrayLike,
    provider: ArrayLike,
    cells: tuple[ArrayLike, ArrayLike],
    reached: ArrayLike,
    size: ArrayLike,
    *,
    least: float = 1.0,
) -> SharesAgainstPeers:
    """Return a one-sided test of each subject's share of special rows against the spread of honest ones.

    Rows, cells and answer are as in `shares_against_peers`. NaN where fewer than 10 providers have
    subjects of `least` rows or more.
    """
    from scipy.special import stdtrit  # noqa: PLC0415

    rows, owner = rows_in_cells(subject, provider, cells, reached, size)
    subjects = len(owner)
    total, count = rows.summed(rows.size, subjects), rows.summed(rows.reached, subjects)
    enough = total >= least
    compared = len(np.unique(owner[enough]))
    asked = enough & (compared >= FEWEST_PEERS)
    safe = np.where(enough, total, 1.0)
    usual = rows.summed(rows.size * rows.expected, subjects) / safe
    clumping = clumping_within(rows, count, total, usual)
    unsure = rows.summed(rows.size**2 * rows.error, subjects) / safe**2
    # As many independent rows would be as sure of the share and of what is expected.
    worth = 1 / (clumping / safe + unsure)
    found = honest_shares(count / safe * worth, worth, np.where(asked, usual, np.nan), owner)
    own_share = np.clip((count + 0.5) / (safe + 1), 0.0, 1.0)
    error = np.sqrt(own_share * (1 - own_share) / worth + found.spread**2)
    effect = count / safe - found.share
    width = stdtrit(found.df, 0.975) * error

    def known(values: Floats) -> Floats:
        return np.where(asked, values, np.nan)

    return SharesAgainstPeers(
        reached=count,
        size=total,
        share=found.share,
        spread=found.spread,
        clumping=known(clumping),
        effect=effect,
        low=effect - width,
        high=effect + width,
        excess=effect * total,
        excess_error=error * total,
        df=found.df,
        p_value=found.p_value,
        seen=found.seen,
        compared=np.full(subjects, float(compared)),
    )
