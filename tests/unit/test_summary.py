"""What a run prints, as a whole: every word of it is there for somebody to act on."""

from pathlib import Path

import pytest

from pbr_audit.audit import configuration, reading
from pbr_audit.reports import reading_summary, summary
from tests.unit.audits import CLAIMS, all_answers, audit_of, tiny_audit, write_dataset

SUMMARY = """\
Tiny & small
no as-of date; pbr-audit 0.1.0; 9 rules

A flag is a question, not an accusation: each has innocent explanations, on its rule's page.

Rows
  table   read  accepted  rejected
  claims     8         5         3

Amounts
  table        read   accepted  rejected
  claims  £3,143.50  £3,150.50    -£7.00
  claims  EUR 90.00  EUR 90.00  EUR 0.00

In each table, read = accepted + rejected: checked in rows and to the penny.

Rows set aside
  claims: 3 rows (37.5 % of those read), listed in rejects/claims.csv
    2  amount: is not an amount in pounds and pence (expected 1234.50)
    2  outcome_date: is missing
    2 amounts could not be read: counted as rows, not as pence

Claims accepted: live ones, which rules read; others are rejected, withdrawn, taken back, replaced
  tier   live     amount  others    amount
  prime     3  £2,850.50       1   £300.00
  prime     1  EUR 90.00       0  EUR 0.00

Findings: 6 of 4 rules, in 3 cases
  TST102  A title of TST102
          critical, 1 finding, 1 claim, £625.25 at risk
          check first: The payslip for TST102, e.g. the last one.
          gravest case: 31dad4461c3ebb986acd
  TST101  A title of TST101
          high, 3 findings, 3 claims, £1,650.50 and EUR 90.00 at risk
          check first: The payslip for TST101, e.g. the last one.
          gravest case: 31dad4461c3ebb986acd
  TST201  A title of TST201
          medium, 1 finding, 3 claims, £724.92 estimated
          check first: The payslip for TST201, e.g. the last one.
          gravest case: 23fec2772b8ca2924524
  TST601  A title of TST601
          info, 1 finding, 1 claim, £625.25 not claimed
          check first: The payslip for TST601, e.g. the last one.
          gravest case: 31dad4461c3ebb986acd

Amounts, each claim counted once; these lines and the currencies are never added together
                           claims     amount
  at risk on prime claims       2  £1,650.50
  at risk on prime claims       1  EUR 90.00
  under-claims                  1    £625.25
  estimate of TST201                 £724.92

2 statistical tests listed beforehand: 2 made, 0 abstained; 1 discovery, of which 0.05 may be chance
(5 in 100)
  Screening, where no flag is no clearance (fewer than 40 providers): TST201

Clear, with the rows examined
  TST301 (4 rows)

Rows that a rule could not judge
  TST102  1 row: a value that the rule needs is missing
  TST601  1 row: a value that the rule needs is missing

Rules without an answer, which is not the same as clear
  failed: ValueError of rules/tests/TST101.py: TST501
  not assessable: there are 2 providers, and it needs 10: TST401, TST402
  left out: not selected for this run: TST901

Remarks
  - claims: a remark"""

READING = """\
Tiny & small
contract terms: 2 contracts

Rows
  table   read  accepted  rejected
  claims     8         5         3

Amounts
  table        read   accepted  rejected
  claims  £3,143.50  £3,150.50    -£7.00
  claims  EUR 90.00  EUR 90.00  EUR 0.00

In each table, read = accepted + rejected: checked in rows and to the penny.

Rows set aside
  claims: 3 rows (37.5 % of those read)
    2  amount: is not an amount in pounds and pence (expected 1234.50)
    2  outcome_date: is missing
    2 amounts could not be read: counted as rows, not as pence"""


def test_the_summary_says_all_of_this_and_nothing_else(tmp_path: Path) -> None:
    assert summary(tiny_audit(tmp_path / "in")) == SUMMARY


def test_the_reading_alone_can_be_told(tmp_path: Path) -> None:
    dataset, terms = configuration(write_dataset(tmp_path / "in"))
    with reading(dataset, terms) as validated:
        assert reading_summary(dataset, terms, validated) == READING


def test_no_line_is_wider_than_a_hundred_columns(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "in")
    long_name = f'standard = "0.1"\nname = "{"A long name of a data set " * 9}"\n'
    (folder / "audit.toml").write_text(long_name, encoding="utf-8")
    assert max(map(len, summary(audit_of(folder, all_answers())).splitlines())) <= 100


@pytest.mark.parametrize("value", ["F1", "C1", "P2", "PR01", "CPA01", "twelve", "=1+1"])
def test_the_summary_holds_no_id_and_no_cell(tmp_path: Path, value: str) -> None:
    assert value not in summary(tiny_audit(tmp_path / "in")).split()


def test_without_findings_the_summary_says_so(tmp_path: Path) -> None:
    text = summary(tiny_audit(tmp_path / "in", CLAIMS.splitlines()[0] + "\n"))
    assert "\n\nFindings: none\n\n" in text
    assert "Amounts, each claim counted once" not in text
    assert "Rows set aside" not in text


def test_without_amounts_nothing_is_said_of_pennies(tmp_path: Path) -> None:
    (tmp_path / "providers.csv").write_text("provider_id,name,role\nPR01,A,prime\n", encoding="utf-8")
    dataset, terms = configuration(tmp_path)
    with reading(dataset, terms) as validated:
        text = reading_summary(dataset, terms, validated)
    assert text.endswith("\n\nIn each table, read = accepted + rejected: checked row by row.")
