"""A council's export in which every amount under £1,000 is fused with its date: no cliff is made of that."""

from decimal import Decimal

import pytest

from pbr_audit.audit import audit
from pbr_audit.remainder import WHOLE
from tests.contracts.run_output import RunOutput, run
from tests.house.repository import ROOT

FIXTURE = ROOT / "fixtures" / "ingest" / "fused_amounts"
PAYMENTS, FUSED = 540, 198
UNLIKE = "claims: the 198 rejected rows are not like the rest: 100 % have an amount like the lowest 10 % of the accepted"


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> RunOutput:
    return run(FIXTURE, tmp_path_factory.mktemp("fused") / "out")


def test_the_fused_rows_are_rejected_each_with_its_reasons_and_as_it_was_read(output: RunOutput) -> None:
    assert output.exit_code == 3
    claims = output.manifest["tables"]["claims"]
    assert (claims["read"], claims["accepted"], claims["rejected"]) == (PAYMENTS, PAYMENTS - FUSED, FUSED)
    rejects = output.rejects("claims")
    assert len(rejects) == FUSED
    for row in rejects:
        assert row["_column"] == "Paid On|Amount"
        assert "outcome_date: is not a date" in row["_reasons"]
        assert "amount: is missing" in row["_reasons"]
        assert row["Amount"] == ""
        assert Decimal(row["Paid On"].split()[1]) < 1000


def test_what_is_left_has_a_cliff_that_the_whole_has_not(output: RunOutput) -> None:
    left = FIXTURE / "payments.csv"
    amounts = [line.split(",")[-1] for line in left.read_text(encoding="utf-8").splitlines()[1:]]
    accepted = sorted(Decimal(amount) for amount in amounts if amount)
    assert accepted[0] >= 1000
    above = sum(amount < 1500 for amount in accepted)
    below = sum(Decimal(row["Paid On"].split()[1]) >= 500 for row in output.rejects("claims"))
    assert (below, above) == (136, 113)


def test_the_run_says_that_the_rejected_are_not_like_the_rest(output: RunOutput) -> None:
    assert any(remark.startswith(UNLIKE) for remark in output.manifest["remarks"])
    report = (output.folder / "report.html").read_text(encoding="utf-8")
    for text in (report, " ".join(output.stdout.split())):
        assert UNLIKE in text


def test_no_rule_tests_a_distribution_of_the_claims_that_are_left() -> None:
    with audit(FIXTURE) as result:
        statistical = {
            outcome.loaded.rule.id: (outcome.status, outcome.reason)
            for outcome in result.outcomes
            if outcome.loaded.rule.basis == "statistical" and "claims" in outcome.loaded.rule.needs.tables()
        }
    assert statistical
    assert {status for status, _ in statistical.values()} == {"not_assessable"}
    assert statistical["PBR701"][1].startswith(UNLIKE)


def test_without_this_check_a_distribution_would_have_been_tested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pbr_audit.audit.remainder", lambda _: WHOLE)
    with audit(FIXTURE) as result:
        status = {outcome.loaded.rule.id: outcome.status for outcome in result.outcomes}
    assert status["PBR701"] == "assessed"
