"""A tiny audit for the tests of what a run leaves behind: one file of claims, a rule for each answer."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from pbr_audit.audit import Audit, Clock, audited, configuration, reading
from pbr_audit.packs import make_pack
from pbr_audit.rule import HEADINGS, LoadedRule, Needs, NotAssessable, Params, View, read_page
from tests.unit.worlds import a_rule

CLAIMS = """\
claim_id,contract_id,provider_id,tier,client_id,outcome,outcome_date,submitted_date,amount,status
C1,CPA01,PR01,prime,P1,JOB,2016-05-02,2016-05-09,1200.00,paid
F1,CPA01,PR01,prime,P2,JOB,2016-05-03,2016-05-09,1250.50,paid
F2,CPA01,PR01,prime,P2,ATT,2016-05-04,2016-05-09,400.00,
F3,CPA02,PR02,prime,P3,JOB,2016-06-04,2016-06-09,90.00,
X1,CPA01,PR01,prime,P4,JOB,2016-05-05,2016-05-09,300.00,withdrawn
R1,CPA01,PR01,prime,P5,JOB,2016-05-06,2016-05-09,twelve,
R2,CPA01,PR01,prime,P6,JOB,,2016-05-09,=1+1,
R3,CPA01,PR01,prime,P7,JOB,,2016-05-09,-7.00,
"""
CONTRACT = """\
standard = "0.1"
[contract]
id = "{id}"
title = "An invented contract"
prime_id = "PR01"
start_date = 2014-06-01
end_date = 2019-05-31
currency = "{currency}"
[[outcome]]
code = "JOB"
kind = "milestone"
[[outcome.price]]
amount = "1200.00"
[[outcome]]
code = "ATT"
kind = "attachment"
[[outcome.price]]
amount = "400.00"
"""
NEEDS = Needs(required={"claims": ("claim_id", "client_id", "provider_id", "amount_pence")})
FLAGGED = pl.col("claim_id").str.starts_with("F")


def flags_f(view: View, p: Params) -> pl.LazyFrame:
    return view.claims.select(
        "claim_id", flagged=FLAGGED, at_risk_pence="amount_pence", asked_pence="amount_pence", share=0.25
    )


def flags_half(view: View, p: Params) -> pl.LazyFrame:
    half = (pl.col("amount_pence") // 2).alias("at_risk_pence")
    unknown = pl.when(pl.col("claim_id") != "C1").then(pl.col("claim_id") == "F1")
    return view.claims.select("claim_id", half, flagged=unknown)


def tests_providers(view: View, p: Params) -> pl.LazyFrame:
    """Return each provider, PR01 with two and a half claims too many."""
    return (
        view.claims.group_by("provider_id")
        .agg(
            flagged=pl.lit(value=True),
            contract_id=pl.lit("CPA01"),
            excess_claims=pl.lit(2.5),
            excess_error=pl.lit(0.5),
            excess_df=pl.lit(10.0),
            effect=pl.lit(1.5),
            effect_high=pl.lit(float("inf")),
            providers_compared=pl.lit(12),
            smallest_seen=pl.lit(0.25),
        )
        .with_columns(p_value=pl.when(provider_id="PR01").then(0.001).otherwise(0.5))
    )


def names_their_claims(view: View, found: pl.LazyFrame, p: Params) -> pl.LazyFrame:
    claims = view.claims.join(found, on="provider_id", how="semi")
    return claims.select("provider_id", "claim_id", at_risk_pence=pl.lit(None, dtype=pl.Int64))


def finds_nothing(view: View, p: Params) -> pl.LazyFrame:
    return view.claims.select("claim_id", flagged=pl.lit(value=False), at_risk_pence=0)


def cannot_tell(view: View, p: Params) -> pl.LazyFrame:
    raise NotAssessable("there are 2 providers, and it needs 10")


def raises(view: View, p: Params) -> pl.LazyFrame:
    raise ValueError("P2")


def page_for(rule_id: str) -> str:
    said = {
        "Ask for": f"The payslip for {rule_id}, e.g. the last one. Then the ledger.",
        "Not flagged": "1. A <b>first</b> exclusion\n   over two lines.\n2. A second one.",
        "Example": "Three claims:\n\n    F1 flagged\n    C1 clear",
    }
    sections = (f"{heading}\n{'-' * len(heading)}\n{said.get(heading, 'Some text.')}" for heading in HEADINGS)
    return "The claim is asked about.\n\n" + "\n\n".join(sections) + "\n"


def rule(rule_id: str, flag: Callable[[View, Params], pl.LazyFrame] | None, **header: object) -> LoadedRule:
    made = a_rule(NEEDS, flag=flag, id=rule_id, title=f"A title of {rule_id}")
    return replace(
        made,
        rule=replace(made.rule, **header),  # type: ignore[arg-type]
        page=read_page(page_for(rule_id), rule_id),
        digest=rule_id.encode().hex(),
    )


def all_answers() -> list[LoadedRule]:
    """Return one rule for each answer that a rule may give."""
    about_a_provider = {
        "basis": "statistical",
        "subject": "provider",
        "key": ("provider_id",),
        "severity": "medium",
        "estimates": True,
    }
    estimating = replace(
        rule("TST201", None, message="{provider_id} stands out.", **about_a_provider),
        measure=tests_providers,
        decide=lambda measures, p: measures.sort("provider_id"),
        members=names_their_claims,
    )
    return [
        rule("TST101", flags_f, message="The claim asks {asked_pence:money}."),
        rule("TST102", flags_half, severity="critical"),
        estimating,
        rule("TST301", finds_nothing),
        rule("TST401", cannot_tell),
        rule("TST402", cannot_tell),
        rule("TST501", raises),
        rule("TST601", flags_half, family="under-claim", severity="info"),
        rule("TST901", finds_nothing),
    ]


def write_dataset(folder: Path, claims: str = CLAIMS, currencies: Sequence[str] = ("GBP", "EUR")) -> Path:
    """Write claims and a contract CPA01, CPA02 … for each currency into `folder`."""
    (folder / "contracts").mkdir(parents=True)
    (folder / "claims.csv").write_text(claims, encoding="utf-8")
    for number, currency in enumerate(currencies, start=1):
        terms = CONTRACT.format(id=f"CPA0{number}", currency=currency)
        (folder / "contracts" / f"{number}.toml").write_text(terms, encoding="utf-8")
    (folder / "audit.toml").write_text('standard = "0.1"\nname = "Tiny & small"\n', encoding="utf-8")
    return folder


def audit_of(folder: Path, rules: Sequence[LoadedRule]) -> Audit:
    """Audit `folder` with these rules, TST9xx left out, as `pbr_audit.audit` does with a pack from disk."""
    dataset, terms = configuration(folder)
    pack = make_pack(rules)
    with reading(dataset, terms) as validated:
        made = audited(
            dataset,
            terms,
            validated,
            pack,
            selected=lambda rule_id: not rule_id.startswith("TST9"),
            as_of=None,
            seed=7,
            clock=Clock(),
        )
    return replace(made, remarks=("claims: a remark",), as_of=None, timings={"rules": 0.5})


def tiny_audit(folder: Path, claims: str = CLAIMS, currencies: Sequence[str] = ("GBP", "EUR")) -> Audit:
    """Return the audit of a data set written into `folder`, with a rule for each answer."""
    return audit_of(write_dataset(folder, claims, currencies), all_answers())
