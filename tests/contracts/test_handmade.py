"""The handmade contracts, against the answers that WORKINGS.md works out in pencil.

Every comparison goes both ways: a finding, a rejected row or a claim that the pencil does not have fails as a
missing one does.
"""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.run_output import Row, RunOutput, listed, pence, rows, run

FOLDER = Path(__file__).parents[2] / "fixtures" / "contracts" / "handmade"
EXPECTED: Mapping[str, Any] = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))
TABLES: Mapping[str, Any] = EXPECTED["tables"]
RULES: Mapping[str, Any] = EXPECTED["rules"]
# No terms say what HM09 is paid in.
CURRENCY = {"HM01": "GBP", "HM02": "EUR", "HM03": "GBP", "HM09": "unknown"}
CLAIM_FILES = ("claims-1-returns.csv", "claims-2-late.jsonl", "claims-3-more.csv")
CLAIM_RULES = [rule_id for rule_id, rule in RULES.items() if rule.get("subject_type") == "claim"]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> RunOutput:
    return run(FOLDER, tmp_path_factory.mktemp("handmade") / "out")


def in_pence(amounts: Mapping[str, str]) -> dict[str, int]:
    return {currency: pence(amount) for currency, amount in amounts.items()}


def without_zero(amounts: Mapping[str, int]) -> dict[str, int]:
    """Whether a currency without rows is left out or stands at 0 is not what these tests are about."""
    return {currency: amount for currency, amount in amounts.items() if amount}


def test_too_many_rejected_rows_end_the_run_with_its_own_exit_code(output: RunOutput) -> None:
    assert output.exit_code == EXPECTED["exit_code"]


@pytest.mark.parametrize("table", TABLES)
def test_every_row_read_is_accepted_or_rejected(output: RunOutput, table: str) -> None:
    counted = output.manifest["tables"][table]
    assert {name: counted[name] for name in ("read", "accepted", "rejected")} == {
        name: TABLES[table][name] for name in ("read", "accepted", "rejected")
    }


def test_no_other_table_is_read(output: RunOutput) -> None:
    assert set(output.manifest["tables"]) == set(TABLES)


@pytest.mark.parametrize("table", [name for name, table in TABLES.items() if "read_amount" in table])
@pytest.mark.parametrize("part", ["read", "accepted", "rejected"])
def test_pounds_and_euros_are_counted_apart(output: RunOutput, table: str, part: str) -> None:
    counted = output.manifest["tables"][table][f"{part}_pence"]
    assert without_zero(counted) == in_pence(TABLES[table][f"{part}_amount"])


@pytest.mark.parametrize("table", TABLES)
def test_every_rejected_row_is_listed_with_its_place_and_reasons(output: RunOutput, table: str) -> None:
    set_aside = output.rejects(table)
    expected = EXPECTED["rejects"].get(table, [])
    assert sorted((row["_file"], int(row["_row"]), reason_columns(row)) for row in set_aside) == sorted(
        (row["file"], row["row"], row["columns"]) for row in expected
    )


def reason_columns(row: Row) -> list[str]:
    """Each reason reads `column: what is wrong`."""
    return sorted(reason.split(":")[0] for reason in listed(row["_reasons"]))


def test_nothing_that_is_printed_holds_a_cell_s_value(output: RunOutput) -> None:
    printed = output.stdout + output.stderr
    for value in ("about 200", "sanctioned", "deceased", "2016-02-30", "Quillfeather", "1995-02-11"):
        assert value not in printed


def test_a_rejected_row_is_given_as_it_was_read(output: RunOutput) -> None:
    by_id = {row["claim_id"]: row for row in output.rejects("claims")}
    assert by_id["R-both"]["outcome_date"] == "soon"
    assert by_id["R-both"]["amount"] == "about 200"


@pytest.mark.parametrize("rule_id", RULES)
def test_coverage_says_what_each_rule_examined(output: RunOutput, rule_id: str) -> None:
    rule, covered = RULES[rule_id], output.coverage[rule_id]
    assert covered["status"] == rule["status"]
    if rule["status"] != "assessed":
        assert covered["reason"]
        return
    counts = (covered["rows_examined"], covered["rows_not_assessable"], covered["findings"])
    assert counts == (
        str(rule["rows_examined"]),
        str(rule["rows_not_assessable"]),
        str(len(rule["findings"])),
    )


def test_a_rule_that_needs_ten_providers_says_so(output: RunOutput) -> None:
    assert "10" in output.coverage["PBR701"]["reason"]


def test_no_other_rule_finds_anything(output: RunOutput) -> None:
    found = Counter(row["rule_id"] for row in output.findings)
    assert found == {
        rule_id: len(rule["findings"]) for rule_id, rule in RULES.items() if rule.get("findings")
    }


@pytest.mark.parametrize("rule_id", CLAIM_RULES)
def test_the_findings_on_claims_are_those_of_the_pencil(output: RunOutput, rule_id: str) -> None:
    found = {
        row["subject_id"]: {
            "contract": row["contract_id"],
            "provider": row["provider_id"],
            "period": row["period"],
            "clients": listed(row["client_ids"]),
            "amount": row["amount_at_risk"],
            "claims": output.claims_of(row),
        }
        for row in output.of_rule(rule_id)
    }
    expected = {
        finding["subject"]: {key: value for key, value in finding.items() if key != "subject"}
        for finding in RULES[rule_id]["findings"]
    }
    assert found == expected


def test_the_published_figures_that_cannot_be_are_those_of_the_pencil(output: RunOutput) -> None:
    found = sorted(
        (row["contract_id"], row["provider_id"], row["period"]) for row in output.of_rule("PBR902")
    )
    expected = RULES["PBR902"]["findings"]
    assert found == sorted((row["contract"], row["provider"], row["period"]) for row in expected)


@pytest.mark.parametrize("rule_id", [rule_id for rule_id, rule in RULES.items() if "findings" in rule])
def test_each_finding_is_of_the_catalogue_s_kind(output: RunOutput, rule_id: str) -> None:
    named = ("family", "severity", "subject_type", "amount_basis")
    expected = {name: RULES[rule_id][name] for name in named if name in RULES[rule_id]}
    for row in output.of_rule(rule_id):
        assert {name: row[name] for name in expected} == expected
        assert row["status"] == "new"


def test_a_published_figure_puts_no_amount_on_any_claim(output: RunOutput) -> None:
    for row in output.of_rule("PBR902"):
        assert row["amount_at_risk"] == ""
        assert output.claims_of(row) == {}


def test_a_finding_lists_the_claims_that_flagged_claims_lists(output: RunOutput) -> None:
    for row in output.findings:
        assert listed(row["claim_ids"]) == sorted(output.claims_of(row))
        assert listed(row["client_ids"]) == sorted(listed(row["client_ids"]))


def test_a_flagged_claim_repeats_its_finding_s_family_and_severity(output: RunOutput) -> None:
    findings = {row["finding_id"]: row for row in output.findings}
    for row in output.flagged_claims:
        finding = findings[row["finding_id"]]
        for column in ("rule_id", "family", "severity"):
            assert row[column] == finding[column]


def test_each_finding_has_an_id_of_its_own(output: RunOutput) -> None:
    assert len({row["finding_id"] for row in output.findings}) == len(output.findings)


def test_each_finding_carries_its_innocent_explanation_and_its_question(output: RunOutput) -> None:
    for row in output.findings:
        assert row["message"]
        assert row["innocent_explanation"]
        assert row["ask_for"]
        json.loads(row["evidence"])


@pytest.mark.parametrize(("tier", "line"), [("prime", "at_risk"), ("subcontractor", "at_risk_subcontractor")])
def test_each_claim_counts_once_at_its_largest_amount(output: RunOutput, tier: str, line: str) -> None:
    of_tier = {
        row["claim_id"]: CURRENCY[row["contract_id"]]
        for name in CLAIM_FILES
        for row in claim_rows(name)
        if row["tier"] == tier
    }
    largest: dict[str, int] = {}
    for row in output.flagged_claims:
        if row["claim_id"] in of_tier and row["family"] != "under-claim":
            largest[row["claim_id"]] = max(largest.get(row["claim_id"], 0), pence(row["amount"]))
    at_risk: Counter[str] = Counter()
    for claim_id, amount in largest.items():
        at_risk[of_tier[claim_id]] += amount
    assert at_risk == in_pence(EXPECTED[line])
    totals = output.manifest["totals"][line]
    assert {unit: sums["pence"] for unit, sums in totals.items()} == at_risk


def claim_rows(name: str) -> Iterator[Mapping[str, str]]:
    """Yield every claim of a file as it stands there, the rejected ones too."""
    if name.endswith(".jsonl"):
        yield from map(json.loads, (FOLDER / name).read_text(encoding="utf-8").splitlines())
    else:
        yield from rows(FOLDER / name)
