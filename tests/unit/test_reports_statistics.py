"""What a reader is told of the statistical tests: how many, who abstained and why, what may be chance."""

from dataclasses import replace

import polars as pl
import pytest

from pbr_audit.audit import Audit
from pbr_audit.finding import TESTS_SCHEMA
from pbr_audit.reports.report import report_html
from pbr_audit.reports.statistics_told import RulesTests, statistics_told
from pbr_audit.reports.summary import summary
from tests.unit.audits import tiny_audit


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    return tiny_audit(tmp_path_factory.mktemp("tests") / "in")


def with_tests(audit: Audit, *rows: dict[str, object]) -> Audit:
    return replace(audit, tests=pl.DataFrame(rows, schema=dict(TESTS_SCHEMA)))


ABSTAINED = {"rule_id": "TST201", "status": "abstained", "discovered": False}


def test_a_rules_tests_are_counted_with_its_most_frequent_reasons(audit: Audit) -> None:
    rows = [ABSTAINED | {"reason": reason} for reason in "aaabbccd"]
    made = {"rule_id": "TST201", "status": "tested", "discovered": True, "providers_compared": 50}
    told = statistics_told(with_tests(audit, *rows, made, made | {"providers_compared": 40}))
    assert told.rules == (
        RulesTests(
            rule_id="TST201",
            title="A title of TST201",
            made=2,
            abstained=8,
            discoveries=2,
            false_leads=0.1,
            reasons=(("a", 3), ("b", 2), ("c", 2)),
            more_reasons=1,
            providers=(40, 50),
        ),
    )
    assert (told.made, told.abstained, told.discoveries, told.false_leads, told.screening) == (
        2,
        8,
        2,
        0.1,
        (),
    )
    assert told.rules[0].listed == 10


def test_a_rule_that_made_no_test_says_why(audit: Audit) -> None:
    row = {"rule_id": "TST201", "status": "not_assessable", "reason": "9 providers", "discovered": False}
    made = with_tests(audit, row)
    told = statistics_told(made)
    assert (told.made, told.abstained, told.rules[0].reasons) == (0, 0, (("9 providers", 1),))
    assert "listed beforehand" not in summary(made)
    page = report_html(made, [])
    assert "None of them is a discovery. That is not innocence" in page
    assert "<td>9 providers</td>" in page


def test_without_statistical_rules_nothing_is_said_of_tests(audit: Audit) -> None:
    page = report_html(with_tests(audit), [])
    assert "Statistical tests" not in page
    assert "beforehand" not in summary(with_tests(audit))


def test_the_page_tells_what_may_be_chance_and_who_is_only_screened(audit: Audit) -> None:
    page = report_html(audit, [])
    assert "Of the 1 discovery, up to 5 in 100 may be chance on average: 0.05 to be expected here." in page
    assert "fewer than 40 providers could be compared by TST201." in page
