"""A TOML rule: a condition in SQL, three answers, joined tables, and sentences for what does not fit."""

from pathlib import Path

import pytest

from pbr_audit.engine import Outcome, run
from pbr_audit.errors import RulePackError
from pbr_audit.packs import load_folder
from pbr_audit.rule import LoadedRule
from pbr_audit.testing.scaffold import PAGE
from tests.unit.worlds import world

HEADER = """
id = "ABC1234"
version = 1
title = "A rule"
family = "validity"
severity = "high"
basis = "record"
subject = "claim"
key = ["claim_id"]
table = "claims"
message = "The measure is {measured_value:number}."
"""


def loaded(tmp_path: Path, body: str, header: str = HEADER) -> LoadedRule:
    path = tmp_path / "rules" / "drafts" / "ABC1234_a_rule.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    top, mark, params = body.partition("[params")
    path.write_text(f'{header}{top}\npage = """\n{PAGE}"""\n{mark}{params}', encoding="utf-8")
    (rule,) = load_folder(tmp_path / "rules", trust_code=False)
    return rule


def outcome(
    tmp_path: Path, body: str, *, params: dict[str, object] | None = None, claims: str, clients: str = ""
) -> Outcome:
    rule = loaded(tmp_path, body)
    (made,) = run(
        [rule],
        world(claims=claims, clients=clients) if clients else world(claims=claims),
        selected=lambda _: True,
        params={"ABC1234": params or {}},
        as_of=None,
        seed=0,
    )
    return made


CLAIMS = """
| claim_id | client_id | measured_value |
| F1       | P1        | 100            |
| C1       | P2        | 200            |
| N1       | P3        | -              |
"""


def test_true_flags_false_is_clear_and_null_is_not_assessable(tmp_path: Path) -> None:
    made = outcome(tmp_path, 'when = "measured_value < 182"', claims=CLAIMS)
    assert (made.rows_examined, made.rows_not_assessable) == (3, 1)
    assert made.findings.select("subject_id", "amount_at_risk_pence", "message").rows() == [
        ("F1", 1200_00, "The measure is 100.")
    ]


def test_a_parameter_stands_in_the_condition_and_may_be_overridden(tmp_path: Path) -> None:
    body = """when = "measured_value < :least"
at_risk = "amount_pence / 2"
[params.least]
value = 100
unit = "days"
why = "the contract's own"
"""
    assert outcome(tmp_path, body, claims=CLAIMS).findings.height == 0
    made = outcome(tmp_path, body, params={"least": 250}, claims=CLAIMS)
    assert made.findings.select("subject_id", "amount_at_risk_pence").rows() == [
        ("C1", 600_00),
        ("F1", 600_00),
    ]


EVIDENCE = """when = "what is not null"
optional = ["measured_value"]
evidence.what = "case when measured_value < :least then 'too few days' when client_id = 'P3' then 'P3' end"
[params.least]
value = 182
unit = "days"
why = "the contract's own"
"""


def test_evidence_is_computed_and_the_condition_and_the_message_may_read_it(tmp_path: Path) -> None:
    header = HEADER.replace("The measure is {measured_value:number}.", "There is this: {what}.")
    rule = loaded(tmp_path, EVIDENCE, header)
    assert set(rule.rule.needs.required["claims"]) >= {"claim_id", "client_id"}
    assert rule.rule.needs.optional["claims"] == ("measured_value", "period")
    (made,) = run(
        [rule],
        world(claims=CLAIMS),
        selected=lambda _: True,
        params={"ABC1234": {"least": 150}},
        as_of=None,
        seed=0,
    )
    assert made.findings.select("subject_id", "message").rows() == [
        ("F1", "There is this: too few days."),
        ("N1", "There is this: P3."),
    ]
    assert '"what":"too few days"' in made.findings["evidence"][0]
    assert (made.rows_examined, made.rows_not_assessable) == (3, 0)


def test_evidence_may_not_take_the_name_of_a_column(tmp_path: Path) -> None:
    with pytest.raises(RulePackError) as refused:
        loaded(tmp_path, EVIDENCE.replace("what", "outcome"))
    assert str(refused.value) == (
        "rules/drafts/ABC1234_a_rule.toml: evidence.outcome is a column of claims; give it another name"
    )


def test_rows_of_one_subject_are_one_finding_that_tells_of_the_first(tmp_path: Path) -> None:
    claims = """
    | claim_id | client_id | measured_value |
    | F2       | P1        | 100            |
    | F1       | P1        | 90             |
    | C1       | P2        | 200            |
    """
    header = HEADER.replace('key = ["claim_id"]', 'key = ["client_id"]').replace('"claim"', '"client"')
    rule = loaded(tmp_path, 'when = "measured_value < 182"', header)
    (made,) = run([rule], world(claims=claims), selected=lambda _: True, params={}, as_of=None, seed=0)
    assert made.status == "assessed"
    assert made.findings.select("subject_id", "claim_ids", "amount_at_risk_pence", "message").rows() == [
        ("P1", ["F1", "F2"], 2400_00, "The measure is 90.")
    ]


def test_needs_follow_from_what_the_condition_reads(tmp_path: Path) -> None:
    rule = loaded(tmp_path, 'when = "measured_value < 182 and advisor_id is null"\noptional = ["advisor_id"]')
    assert rule.rule.needs.required["claims"] == (
        "amount_pence",
        "claim_id",
        "contract_id",
        "measured_value",
        "provider_id",
    )
    assert "advisor_id" in rule.rule.needs.optional["claims"]


def test_a_joined_table_is_read_by_its_name_and_adds_no_rows(tmp_path: Path) -> None:
    body = 'join = ["clients", "outcomes"]\nwhen = "clients.\\"group\\" = \'18-24\' and outcomes.kind = \'milestone\'"'
    made = outcome(
        tmp_path,
        body,
        claims=CLAIMS,
        clients="| client_id | group |\n| P1 | 18-24 |\n| P2 | 25+ |",
    )
    assert made.findings["subject_id"].to_list() == ["F1"]
    assert (made.rows_examined, made.rows_not_assessable) == (3, 1)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ('when = "measured_value"', "when is not a condition; it has to be true or false for each row"),
        ('when = "measure < 182"', "measure"),
        (
            'when = "measured_value < 182"\njoin = ["events"]',
            "join names events; these can be joined: clients",
        ),
        ('when = "measured_value < 182"\nwhat = 1', "what"),
        ("when = \"a in (select q from read_csv('x'))\"", "when"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_files_name(tmp_path: Path, body: str, sentence: str) -> None:
    with pytest.raises(RulePackError) as refused:
        loaded(tmp_path, body)
    said = str(refused.value)
    assert said.startswith("rules/drafts/ABC1234_a_rule.toml")
    assert sentence in said


def test_a_table_that_the_standard_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulePackError, match="the table claim is not in the standard"):
        loaded(tmp_path, 'when = "1 = 1"', HEADER.replace('"claims"', '"claim"'))


def test_a_claims_provider_is_who_delivered_not_who_submitted(tmp_path: Path) -> None:
    claims = "| claim_id | provider_id | subcontractor_id | measured_value |\n| F1 | PR01 | SB01 | 100 |"
    made = outcome(tmp_path, "when = \"measured_value < 182 and provider_id = 'PR01'\"", claims=claims)
    assert made.findings["provider_id"].to_list() == ["SB01"]
