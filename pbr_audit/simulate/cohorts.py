"""Claims for whole cohorts: a year's reoffending rate against the baseline, paid by reoffence avoided."""

import numpy as np
import polars as pl

from pbr_audit.money import PENCE_PER_POUND
from pbr_audit.simulate.chain import CONTRACTS
from pbr_audit.simulate.claim_table import claim_ids
from pbr_audit.simulate.contracts import contract_id
from pbr_audit.simulate.naming import provider_id
from pbr_audit.simulate.protections import local_pounds
from pbr_audit.simulate.setting import Setting
from pbr_audit.simulate.spec import COHORT
from pbr_audit.tables import TABLES

YEARS = 3
# Numbers above those of any client's claim.
FIRST_NUMBER = 990_000_000


def cohort_claims(setting: Setting) -> pl.DataFrame | None:
    """Return a claim for each contract's year that did better than the baseline; None without them."""
    if COHORT not in setting.spec.outcomes:
        return None
    terms = setting.spec.outcomes[COHORT]
    rng = setting.rng("cohorts")
    price = {number: local_pounds(terms.prices[""], number) for number in range(CONTRACTS)}
    rows = []
    for contract in range(CONTRACTS):
        for year in range(YEARS):
            people = int(rng.integers(150, 600))
            better = float(rng.normal(0.03, 0.02))
            avoided = round(better * people)
            if avoided > 0:
                first_year = setting.chain.starts[contract].year + 1 + year
                rows.append((contract, first_year, avoided * price[contract] * PENCE_PER_POUND))
    numbers = FIRST_NUMBER + np.arange(len(rows))
    schema = TABLES["claims"].typed_schema
    frame = pl.DataFrame(
        {
            "claim_id": claim_ids(numbers),
            "contract_id": [contract_id(setting.spec, contract) for contract, _, _ in rows],
            "provider_id": [provider_id(int(setting.chain.prime_of[contract])) for contract, _, _ in rows],
            "tier": ["prime"] * len(rows),
            "cohort": [f"{year}-A" for _, year, _ in rows],
            "outcome": [terms.code] * len(rows),
            "outcome_date": [f"{year + 1}-03-01" for _, year, _ in rows],
            "submitted_date": [f"{year + 1}-04-12" for _, year, _ in rows],
            "amount_pence": [pence for _, _, pence in rows],
            "status": ["submitted"] * len(rows),
        }
    )
    return frame.with_columns(pl.col("outcome_date", "submitted_date").str.to_date()).cast(
        {name: schema[name] for name in frame.columns}
    )
