"""A jump in a density: rddensity on the incomes of Manacorda, Miguel and Vigorito, as R's package has it.

Most of its incomes are not the only ones of their value, so that a rule would not ask here. The test looks
at two hundredths on either side and finds fewer values above; the nearest values alone show more of them
above: how far a test looked is a part of its answer.
"""

import pytest

from pbr_audit.stats.density import density_jump, is_continuous
from tests.oracle.golden import golden, needs_golden


@needs_golden
def test_the_jump_in_government_transfers() -> None:
    pytest.importorskip("rddensity", reason="rddensity, an extra, is not installed")
    incomes = pytest.importorskip("causaldata.gov_transfers_density", reason="causaldata is not installed")
    case = golden("A3_rddensity_gov_transfers")
    expected, tolerance = case["expected"], case["tolerance"]["rel"]
    values = incomes.load_pandas().data[case["params"]["column"]].to_numpy(dtype=float)
    assert not is_continuous(values)
    assert density_jump(values, case["params"]["c"]) is None

    found = density_jump(values, case["params"]["c"], ties_allowed=True)
    assert found is not None
    assert found.t == pytest.approx(expected["T"], rel=tolerance)
    assert found.p_two_sided == pytest.approx(expected["p"], rel=tolerance)
    assert found.bandwidth == pytest.approx((expected["h_left"], expected["h_right"]), rel=tolerance)
    assert found.density == pytest.approx((expected["f_left"], expected["f_right"]), rel=tolerance)
    assert found.error == pytest.approx(expected["se_diff"], rel=tolerance)
    assert found.within == (expected["effN_left"], expected["effN_right"])
    assert found.p_more > 0.99
