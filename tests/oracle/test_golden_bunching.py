"""Excess mass: R's `bunching` on its own example of 27,510 values with a kink at 10,000."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pbr_audit.stats.bunching import Bunching, excess_mass
from tests.oracle.golden import golden, needs_golden, table

BINS = 19  # on either side; R makes 20, and drops the last because it is only half as wide
POSITION = np.arange(-BINS, BINS + 1)


def histogram() -> NDArray[np.float64]:
    """Return the counts of bins 50 wide, the kink in the middle of its bin."""
    cells = table("bunching_data.csv")["kink_vector"]
    value = np.array([cell for cell in cells if cell != "NA"], dtype=np.float64)
    place = np.floor((value - 10_000 + 25) / 50)
    return np.array([(place == at).sum() for at in POSITION], dtype=np.float64)


def fitted(counts: NDArray[np.float64], *, degree: int, wide: int = 0, **how: Any) -> Bunching:
    found = excess_mass(counts, POSITION, np.abs(POSITION) <= wide, degree=degree, **how)
    assert found is not None
    return found


@needs_golden
@pytest.mark.parametrize(
    ("name", "degree", "wide"), [("kink_nocorrect", 9, 0), ("kink_poly4_excl_nocorrect", 4, 1)]
)
def test_the_excess_without_correction(name: str, degree: int, wide: int) -> None:
    case = golden("A6_bunching_kink")
    expected, tolerance = case["expected"][name], case["tolerance"]
    found = fitted(histogram(), degree=degree, wide=wide)
    assert float(found.excess) == pytest.approx(expected["B"], rel=tolerance["rel_B_uncorrected"])
    assert float(found.per_bin) == pytest.approx(expected["b"], rel=tolerance["rel_b_uncorrected"])


@needs_golden
@pytest.mark.parametrize(
    ("name", "degree", "wide", "rounds"),
    [
        ("kink_binv_median_poly9", 9, 0, None),
        ("kink_poly4", 4, 0, None),
        ("kink_poly4_excl", 4, 1, None),
        ("kink_rn_500", 9, 0, 500),
    ],
)
def test_the_excess_with_the_total_kept(name: str, degree: int, wide: int, rounds: int | None) -> None:
    case = golden("A6_bunching_kink")
    expected, tolerance = case["expected"][name], case["tolerance"]["rel_corrected"]
    columns = None if rounds is None else ((10_000 + 50 * POSITION) % rounds == 0)[:, None]
    found = fitted(histogram(), degree=degree, wide=wide, came_from="above", rounds=columns)
    assert float(found.excess) == pytest.approx(expected["B"], rel=tolerance)
    assert float(found.per_bin) == pytest.approx(expected["b"], rel=tolerance)


@needs_golden
def test_resampled_residuals_spread_as_in_the_reference_only_with_the_excess_among_them() -> None:
    # The reference resamples counterfactual less count in every bin, the one at the kink included, where that
    # is the excess itself: most of its standard deviation is the excess thrown into other bins.
    case = golden("A6_bunching_kink")
    expected, tolerance = case["expected"]["kink_boot"], case["tolerance"]["rel_boot_sd"]
    counts, world = histogram(), np.random.default_rng(1)
    residuals = fitted(counts, degree=4, came_from="above").counterfactual - counts
    found = fitted(counts + world.choice(residuals, size=(4_000, len(counts))), degree=4, came_from="above")
    assert found.excess.std(ddof=1) == pytest.approx(expected["B_sd"], rel=tolerance)
    assert found.per_bin.std(ddof=1) == pytest.approx(expected["b_sd"], rel=tolerance)

    others = np.delete(residuals, BINS)
    found = fitted(counts + world.choice(others, size=(4_000, len(counts))), degree=4, came_from="above")
    assert found.excess.std(ddof=1) < expected["B_sd"] / 5


@needs_golden
def test_resampled_clients_spread_as_counts_do() -> None:
    # Each value is a client of its own: about 990 values lie at the kink, so that its count alone varies by
    # 31.
    counts, world = histogram(), np.random.default_rng(2)
    total = int(counts.sum())
    drawn = world.multinomial(total, counts / total, size=4_000).astype(np.float64)
    found = fitted(drawn, degree=4, came_from="above")
    assert found.excess.std(ddof=1) == pytest.approx(counts[BINS] ** 0.5, rel=0.15)
