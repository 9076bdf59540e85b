"""Statistics for rules: pure functions on arrays, each with its shape, its assumptions and its source.

One idea a module: exact · multiplicity · resampling · peers (the spread of honest providers) ·
unpaid_side (that spread below the centre alone) · honest_shares (the same, for shares) ·
overdispersed (shares) · case_mix and rates · funnel ·
counts (negative binomial) · cusum; at a threshold heaps (which round numbers), hole_and_pile (against
peers), frandsen and windows (discrete), density and mccrary (continuous), bunching (size), jump (published
histograms); digits · runs (equal neighbours) · alike (pairs with the same) · given_mix (shares, for a mix of
places) · selection · rounded · unlike.

scipy is imported inside the functions, so that a run without a statistical rule never loads it.
"""

from pbr_audit.stats.exact import binomial_upper_tail, clopper_pearson, poisson_tails, rate_tails
from pbr_audit.stats.multiplicity import benjamini_hochberg

__all__ = ["benjamini_hochberg", "binomial_upper_tail", "clopper_pearson", "poisson_tails", "rate_tails"]
