"""What a rule does, as figures that a lock can hold: over its cases, and over whole data sets.

Behaviour is which findings there are, how severe, with what amounts on which claims, and what was not
assessable; sentences, evidence and the code that makes them may change freely.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pbr_audit.audit import Clock, audited, configuration, reading
from pbr_audit.engine import Outcome
from pbr_audit.packs import Pack
from pbr_audit.testing.run import Result

DIGEST_DIGITS = 12


@dataclass(frozen=True)
class Behaviour:
    """Findings, the pence that they put on claims, a digest of all that is behaviour, and one of the inputs.

    Two behaviours can be held against each other only where their inputs are the same.
    """

    findings: int
    pence: int
    digest: str
    inputs: str

    def as_dict(self) -> dict[str, int | str]:
        """Return the figures under their names in the lock."""
        return {
            "findings": self.findings,
            "pence": self.pence,
            "digest": self.digest,
            "inputs": self.inputs,
        }


def of_outcome(outcome: Outcome, inputs: str) -> Behaviour:
    """Return the behaviour of one rule on `inputs`, which stand for themselves by their digest."""
    head = f"{outcome.status} {outcome.reason} {outcome.rows_not_assessable}"
    return Behaviour(
        outcome.findings.height,
        int(outcome.flagged_claims["amount_pence"].sum() or 0),
        _digest("\n".join([head, *sorted(_lines(outcome))])),
        inputs,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_DIGITS]


def _lines(outcome: Outcome) -> list[str]:
    amounts = (
        outcome.flagged_claims.sort("claim_id")
        .select(
            "finding_id", claim=pl.concat_str("claim_id", "amount_pence", separator="=", ignore_nulls=True)
        )
        .group_by("finding_id")
        .agg(claims=pl.col("claim").str.join(" "))
    )
    columns = ("finding_id", "severity", "amount_at_risk_pence", "amount_estimate_pence", "claims")
    rows = outcome.findings.join(amounts, on="finding_id", how="left").select(columns).rows()
    return [" ".join("-" if cell is None else str(cell) for cell in row) for row in rows]


def over_cases(results: Iterable[Result]) -> dict[str, dict[str, Behaviour]]:
    """Return by rule id the behaviour on each of its cases, by the case's name."""
    by_rule: dict[str, dict[str, Behaviour]] = {}
    for result in results:
        file = result.case.file
        given = f"{file.terms} {sorted(file.params.items())} {sorted(file.tables.items())} {file.seed}"
        given += f" {sorted(file.covariates.items())}" if file.covariates else ""
        behaviour = of_outcome(result.outcome, _digest(given))
        by_rule.setdefault(result.case.rule_id, {})[result.case.path.stem] = behaviour
    return by_rule


def over_data_set(path: Path, pack: Pack) -> dict[str, Behaviour]:
    """Return the behaviour of each rule of `pack` on the data set at `path`, by rule id."""
    dataset, terms = configuration(path)
    with reading(dataset, terms) as validated:
        outcomes = audited(
            dataset,
            terms,
            validated,
            pack,
            selected=lambda _: True,
            as_of=dataset.as_of,
            seed=0,
            clock=Clock(),
        ).outcomes
    files = [*dataset.contracts, *(file for table in dataset.tables.values() for file in table.files)]
    if dataset.configuration is not None:
        files.append(dataset.configuration)
    given = [f"{dataset.shown(file)} {hashlib.sha256(file.read_bytes()).hexdigest()}" for file in files]
    inputs = _digest("\n".join(sorted(given)))
    return {outcome.loaded.rule.id: of_outcome(outcome, inputs) for outcome in outcomes}
