"""False discovery rates: the table of Benjamini and Hochberg's paper, and TreeBH's families of tests.

Storey's q-value, Fisher's, Stouffer's and the harmonic mean's combinations are in the reference and not in
the program: the tests of one provider share its claims, which the first three do not allow for.
"""

import numpy as np
import pytest

from pbr_audit.stats.multiplicity import (
    benjamini_hochberg,
    benjamini_yekutieli,
    cauchy_combination,
    selected_families,
    simes,
)
from tests.oracle.golden import golden, needs_golden


@needs_golden
def test_the_fifteen_p_values_of_the_paper_of_1995() -> None:
    case = golden("F1_bh1995")
    p, expected, tolerance = case["params"]["p"], case["expected"], case["tolerance"]["abs"]
    level = case["params"]["alpha"]
    for adjust, name in ((benjamini_hochberg, "BH"), (benjamini_yekutieli, "BY")):
        q = adjust(p)
        assert q == pytest.approx(expected["adjusted"][name], abs=tolerance)
        assert (q <= level).sum() == expected["n_reject"][name]
    assert simes(p) == pytest.approx(expected["simes"], abs=tolerance)


@needs_golden
def test_families_of_tests_are_selected_as_by_tree_bh() -> None:
    case = golden("F2_hierarchical_and_combination")
    expected, tolerance = case["expected"], case["tolerance"]["abs"]
    names = list(case["params"]["p"])
    p = np.array(list(case["params"]["p"].values()))
    found = selected_families(p.ravel(), np.repeat(np.arange(len(names)), p.shape[1]), 0.05)
    assert found.family_p == pytest.approx(list(expected["simes"].values()), abs=tolerance)
    assert found.family_q == pytest.approx(list(expected["family_BH"].values()), abs=tolerance)
    chosen = [name for name, selected in zip(names, found.selected, strict=True) if selected]
    assert chosen == expected["selected_families"]
    tests = [f"{name}{number}" for name in names for number in range(1, p.shape[1] + 1)]
    flagged = [test for test, flag in zip(tests, found.flagged, strict=True) if flag]
    assert flagged == expected["selected_hypotheses"]
    for adjust, flat in ((benjamini_hochberg, "flat_BH_selected"), (benjamini_yekutieli, "flat_BY_selected")):
        q = adjust(p.ravel())
        assert [test for test, value in zip(tests, q, strict=True) if value <= 0.05] == expected[flat]


@needs_golden
def test_the_cauchy_combination_of_each_family() -> None:
    case = golden("F2_hierarchical_and_combination")
    combined = {name: cauchy_combination(p) for name, p in case["params"]["p"].items()}
    assert combined == pytest.approx(case["expected"]["cauchy"], abs=case["tolerance"]["abs"])
