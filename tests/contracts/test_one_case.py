"""What a run asks about one provider's choice of people, from several rules and tables, is one case."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pbr_audit.audit import Audit, audit

FIRST_DAY = date(2015, 1, 1)
PROVIDERS = [*(f"S{number:02d}" for number in range(1, 13)), "PR01"]
PEOPLE = 240
CHOOSES, PRIME, PROMISED = "S01", "PR01", "SB99"
TERMS = """standard = "0.1"
[contract]
id = "CPA01"
title = "An invented contract"
commissioner = "An invented department"
prime_id = "PR01"
start_date = 2014-06-01
end_date = 2019-05-31
currency = "GBP"
[[outcome]]
code = "JOB"
label = "Job outcome"
kind = "milestone"
window_days = [0, 365]
minimum_contacts = 2
[[outcome.price]]
amount = "1200.00"
""" + "".join(f'[[supply_chain]]\nsubcontractor_id = "{sub}"\nrate = 0.8\n' for sub in PROVIDERS[:-1])
PROMISE = f'[[supply_chain]]\nsubcontractor_id = "{PROMISED}"\nrate = 0.8\npromised_share = 0.3\n'


def people() -> pl.DataFrame:
    """Return everybody referred, with what became of them.

    The prime's own are the easier ones. S01 refuses its hardest third, meets the harder of the others once,
    and excludes most of those without a job late in their year; nobody else chooses.
    """
    rng = np.random.default_rng(20261123)
    provider = np.repeat(PROVIDERS, PEOPLE)
    n = len(provider)
    chooses, own = provider == CHOOSES, provider == PRIME
    risk = (rng.random(n) * np.where(own, 0.4, 1.0)).round(3)
    job = rng.random(n) < 0.4
    put_out = ~job & (rng.random(n) < np.where(chooses, 0.8, 0.15))
    return pl.DataFrame(
        {
            "client_id": [f"P{number}" for number in range(n)],
            "provider_id": provider,
            "risk_score": risk,
            "accepted": np.where(chooses, risk < 2 / 3, rng.random(n) < 0.75),
            "day": rng.integers(0, 540, n),
            "contacts": np.where(chooses & (risk > 0.4), 1, 2 + rng.poisson(6, n)),
            "job": job,
            "put_out": put_out,
        }
    ).with_columns(start_date=pl.lit(FIRST_DAY) + pl.duration(days="day"), contract_id=pl.lit("CPA01"))


def write(folder: Path) -> Path:
    everybody = people()
    clients = everybody.filter("accepted")
    job = clients.filter("job")
    decision = pl.when("accepted").then(pl.lit("accepted")).otherwise(pl.lit("rejected"))
    after = pl.col("start_date") + pl.duration(days=pl.int_range(pl.len()).over("client_id") * 5)
    achieved = job["start_date"] + timedelta(days=120)
    key = ["contract_id", "provider_id"]
    tables = {
        "referrals": everybody.select(
            "client_id",
            *key,
            "risk_score",
            referral_id="client_id",
            referral_date="start_date",
            decision=decision,
        ),
        "clients": clients.select(
            "client_id",
            *key,
            "risk_score",
            "start_date",
            end_date=pl.when("put_out").then(pl.col("start_date") + pl.duration(days=300)),
            end_reason=pl.when("put_out").then(pl.lit("excluded")),
        ),
        "activities": clients.select(
            "client_id", "provider_id", "start_date", pl.lit(0).repeat_by("contacts")
        )
        .explode("literal")
        .select("client_id", "provider_id", activity_date=after, activity_type=pl.lit("meeting")),
        "claims": job.select(
            "client_id",
            "contract_id",
            claim_id=pl.concat_str(pl.lit("C"), "client_id"),
            provider_id=pl.lit(PRIME),
            tier=pl.lit("prime"),
            subcontractor_id=pl.when(pl.col("provider_id") != PRIME).then("provider_id"),
            outcome=pl.lit("JOB"),
            outcome_date=achieved,
            submitted_date=achieved,
            amount=pl.lit("1200.00"),
        ),
        "performance": pl.DataFrame(
            {
                "contract_id": ["CPA01"],
                "provider_id": [CHOOSES],
                "period": ["2015-Q1"],
                "outcome": ["JOB"],
                "cohort_size": [60],
                "achieved": [30],
                "started": [100],
                "excluded": [10],
            }
        ),
    }
    (folder / "contracts").mkdir(parents=True)
    (folder / "contracts" / "CPA01.toml").write_text(TERMS + PROMISE, encoding="utf-8")
    (folder / "audit.toml").write_text('standard = "0.1"\nas_of = 2018-12-31\n', encoding="utf-8")
    for name, table in tables.items():
        table.write_csv(folder / f"{name}.csv")
    return folder


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audit]:
    with audit(write(tmp_path_factory.mktemp("one_case") / "data"), select=("PBR6", "PBR8")) as made:
        yield made


def case_of(found: Audit, rule_id: str, provider_id: str) -> pl.DataFrame:
    """Return the findings of the case in which a rule's finding about a provider lies."""
    of_rule = found.findings.filter(rule_id=rule_id, provider_id=provider_id)["finding_id"]
    assert len(of_rule), f"{rule_id} asks nothing of {provider_id}"
    (case,) = {case.case_id: case for case in found.cases if of_rule[0] in case.finding_ids}.values()
    return found.findings.filter(pl.col("finding_id").is_in(case.finding_ids))


def test_who_was_refused_left_alone_put_out_and_not_counted_is_one_case(found: Audit) -> None:
    case = case_of(found, "PBR601", CHOOSES)
    assert {"PBR601", "PBR602", "PBR603", "PBR604", "PBR606"} <= set(case["rule_id"])
    assert set(case["provider_id"]) == {CHOOSES}
    assert case.filter(rule_id="PBR606").height == found.findings.filter(rule_id="PBR606").height > 1


def test_what_a_prime_kept_and_what_it_promised_is_one_case_and_not_the_subcontractors(found: Audit) -> None:
    case = case_of(found, "PBR805", PRIME)
    assert {"PBR805", "PBR806"} <= set(case["rule_id"])
    assert set(case["provider_id"]) == {PRIME, PROMISED}
    assert "PBR806" not in set(case_of(found, "PBR601", CHOOSES)["rule_id"])


def test_the_amount_of_the_case_is_that_of_its_claims_without_service(found: Audit) -> None:
    finding = found.findings.filter(rule_id="PBR601", provider_id=CHOOSES)["finding_id"][0]
    (case,) = [case for case in found.cases if finding in case.finding_ids]
    without = found.flagged_claims.filter(rule_id="PBR606")
    assert dict(case.at_risk_pence) == {"GBP": 1200_00 * without.height}
