"""The pairs are MatchIt's on public data: the 614 people of the job-training programme (LaLonde, 1986)."""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from pbr_audit.compare import compare, reading
from pbr_audit.stats.nearest import nearest
from pbr_audit.stats.paired import paired_means, unpaired_means
from tests.oracle.golden import golden, needs_golden

GIVEN: dict[str, Any] = json.loads(
    (Path(__file__).parent / "matchit_lalonde.json").read_text(encoding="utf-8")
)


def test_all_185_pairs_are_those_of_matchit() -> None:
    assert len(GIVEN["treated"]) == 185
    assert nearest(GIVEN["treated"], GIVEN["pool"]).tolist() == GIVEN["matched"]


def test_the_matched_estimate_is_that_of_matchit() -> None:
    found = paired_means(GIVEN["outcome_treated"], np.take(GIVEN["outcome_pool"], GIVEN["matched"]))

    assert found.estimate == pytest.approx(GIVEN["estimate"], rel=1e-12)


def test_the_113_pairs_within_the_caliper_are_those_of_matchit() -> None:
    caliper = 0.2 * float(np.std(GIVEN["treated"] + GIVEN["pool"], ddof=1))

    found = nearest(GIVEN["treated"], GIVEN["pool"], caliper).tolist()

    assert caliper == pytest.approx(GIVEN["caliper"], rel=1e-12)
    assert sum(place >= 0 for place in found) == 113
    assert found == GIVEN["matched_within_caliper"]


AUDIT = """standard = "0.1"
name = "Job training"
[tables.cohort.columns]
person_id = "id"
treated = "treat"
measured_value = "re78"
[tables.cohort.covariates]
age = "number"
educ = "number"
race = "category"
married = "number"
nodegree = "number"
re74 = "number"
re75 = "number"
[comparison]
caliper_sd = 5
"""
# MatchIt's own figures, asked anew where R and MatchIt are installed; otherwise the tests say so and skip.
ASKED = """
suppressMessages(library(MatchIt)); data(lalonde, package = "MatchIt")
write.csv(cbind(id = rownames(lalonde), lalonde), commandArgs(TRUE)[1], row.names = FALSE)
f <- treat ~ age + educ + race + married + nodegree + re74 + re75
before <- summary(matchit(f, lalonde, method = "nearest"))$sum.all
ps <- glm(f, binomial, lalonde)$fitted.values
l <- lalonde[order(rownames(lalonde), method = "radix"), ]  # of equals, the first by number
l <- l[order(-ps[rownames(l)]), ]; p <- ps[rownames(l)]
m <- matchit(f, l, distance = abs(outer(p, p, "-")), m.order = "data")$match.matrix
gap <- l[rownames(m), "re78"] - l[m[, 1], "re78"]
w <- ifelse(lalonde$treat == 1, 1, ps / (1 - ps))
att <- coef(lm(re78 ~ treat, lalonde, weights = w))[2]
ratio <- sapply(c("age", "re74"), function(x) var(l[rownames(m), x]) / var(l[m[, 1], x]))
cat(sprintf("%.15g", c(mean(gap), sd(gap) / sqrt(185), att, ratio, before[-1, "Std. Mean Diff."])), sep = "\n")
"""


@cache
def asked(file: Path) -> list[float]:
    """Write MatchIt's data to `file`; return the paired difference, its error, the weighted one, ratios, balance."""
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed, so MatchIt cannot be asked")
    ran = subprocess.run(
        ["Rscript", "-e", ASKED, str(file)], capture_output=True, text=True, check=False, timeout=120
    )
    if ran.returncode != 0:
        pytest.skip("R is installed without MatchIt")
    return [float(line) for line in ran.stdout.split()]


def test_balance_and_estimates_are_those_of_matchit_and_lm(tmp_path: Path) -> None:
    theirs = asked(tmp_path / "cohort.csv")
    (tmp_path / "audit.toml").write_text(AUDIT, encoding="utf-8")

    with reading(tmp_path) as cohort:
        found = compare(cohort)

    ours = [line.before for line in found.balance.lines]
    assert ours == pytest.approx(theirs[5:], rel=1e-6)
    ratios = {line.column.name: line.spread_ratio for line in found.balance.lines}
    assert [ratios["age"], ratios["re74"]] == pytest.approx(theirs[3:5], rel=1e-9)
    value = found.results[0]
    assert value.found.pairs == 185
    assert (value.found.estimate, value.found.se) == pytest.approx(theirs[:2], rel=1e-9)
    assert value.checks is not None
    assert value.checks["everybody, weighted to the treated"].estimate == pytest.approx(theirs[2], rel=1e-6)
    # What is known of these data: without matching the programme seems to do harm.
    assert value.unmatched is not None
    assert value.unmatched.estimate == pytest.approx(-635.026, abs=0.001)


@needs_golden
def test_the_experiment_has_its_published_effect() -> None:
    data = pytest.importorskip("causaldata", reason="the experiment's data come with causaldata")
    case = golden("B3_nsw_experimental")
    people = pl.DataFrame(data.nsw_mixtape.load_pandas().data.to_dict("list"))
    treated, others = (people.filter(treat=arm)["re78"].to_numpy() for arm in (1, 0))

    found = unpaired_means(treated, others)

    assert len(treated) + len(others) == case["expected"]["n"]
    assert found.estimate == pytest.approx(case["expected"]["ate"], rel=1e-9)
    assert found.se == pytest.approx(case["expected"]["se_HC2"], rel=1e-9)
