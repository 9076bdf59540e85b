"""What two packs of rules say of one data set, held against each other finding by finding.

A finding's id is that of its query and subject, so that the same query in both packs is one line at most:
newly flagged (`+`), no longer flagged (`-`), or with another severity, amount or claims (`~`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pbr_audit.audit import Audit, Clock, audited, check_params, configuration, reading
from pbr_audit.engine import Outcome
from pbr_audit.money import to_text
from pbr_audit.packs import Pack
from pbr_audit.totals import Sum

# What of a finding is compared; wording and evidence may be improved without a word here.
COMPARED = ("severity", "period", "amount_at_risk_pence", "amount_estimate_pence", "claims")
SIGNS = {"added": "+", "gone": "-", "changed": "~"}


@dataclass(frozen=True)
class RuleChange:
    """One rule in both packs: None where a pack does not have it.

    `lines` has a row for each finding that differs: `sign`, `finding_id`, `subject_type`, `subject_id`, and
    old and new of what is compared. `sums` are the claims that its findings name and their pence,
    by currency.
    """

    rule_id: str
    title: str
    versions: tuple[int | None, int | None]
    answers: tuple[str, str]
    lines: pl.DataFrame
    sums: tuple[Mapping[str, Sum], Mapping[str, Sum]]

    @property
    def differs(self) -> bool:
        """Tell whether anything that a reviewer has to know is different; a version alone is not."""
        return bool(self.lines.height) or self.answers[0] != self.answers[1]

    def count(self, sign: str) -> int:
        """Return how many findings have this sign."""
        return self.lines.filter(sign=sign).height


@dataclass(frozen=True)
class Difference:
    """All rules of both packs, by id, and the amounts at risk of both runs by currency, each claim once."""

    rules: tuple[RuleChange, ...]
    at_risk: tuple[Mapping[str, Sum], Mapping[str, Sum]]

    @property
    def changes(self) -> tuple[RuleChange, ...]:
        """The rules whose answer differs."""
        return tuple(rule for rule in self.rules if rule.differs)

    def table(self) -> pl.DataFrame:
        """Return every finding that differs, a row each, money as text `1234.50`."""
        frames = [rule.lines.with_columns(rule_id=pl.lit(rule.rule_id)) for rule in self.changes]
        if not frames:
            return pl.DataFrame(schema={"sign": pl.String, "rule_id": pl.String, "finding_id": pl.String})
        rows = pl.concat(frames)
        money = [name for name in rows.columns if "_pence" in name]
        return rows.select(
            "sign",
            "rule_id",
            pl.all().exclude("sign", "rule_id", *money),
            *(to_text(pl.col(name)).alias(name.replace("_pence", "")) for name in money),
        )


def compare(old: Pack, new: Pack, path: Path, *, as_of: date | None = None, seed: int = 0) -> Difference:
    """Audit the data set at `path` with both packs, read once, and return where their findings differ.

    Raises PbrAuditError where the data set or its configuration is wrong.
    """
    dataset, terms = configuration(path)
    check_params(new, dataset)
    with reading(dataset, terms) as validated:
        audits = [
            audited(
                dataset,
                terms,
                validated,
                pack,
                selected=lambda _: True,
                as_of=as_of or dataset.as_of,
                seed=seed,
                clock=Clock(),
            )
            for pack in (old, new)
        ]
        return difference(*audits)


def difference(old: Audit, new: Audit) -> Difference:
    """Hold two audits of one data set against each other."""
    before, after = ({outcome.loaded.rule.id: outcome for outcome in audit.outcomes} for audit in (old, new))
    return Difference(
        tuple(
            _rule_change(rule_id, (before.get(rule_id), after.get(rule_id)), (old, new))
            for rule_id in sorted({*before, *after})
        ),
        (old.totals.at_risk, new.totals.at_risk),
    )


def _rule_change(
    rule_id: str, outcomes: tuple[Outcome | None, Outcome | None], audits: tuple[Audit, Audit]
) -> RuleChange:
    old, new = (_compared(rule_id, audit) for audit in audits)
    known = outcomes[1] or outcomes[0]
    versions = [None if outcome is None else outcome.loaded.rule.version for outcome in outcomes]
    return RuleChange(
        rule_id=rule_id,
        title=known.loaded.rule.title if known else "",
        versions=(versions[0], versions[1]),
        answers=(_answer(outcomes[0]), _answer(outcomes[1])),
        lines=_lines(old, new),
        sums=(audits[0].totals.by_rule.get(rule_id, {}), audits[1].totals.by_rule.get(rule_id, {})),
    )


def _answer(outcome: Outcome | None) -> str:
    if outcome is None:
        return "not there"
    return outcome.status.replace("_", " ") + (f": {outcome.reason}" if outcome.reason else "")


def _compared(rule_id: str, audit: Audit) -> pl.DataFrame:
    """Return a rule's findings as they are compared: claims with their amounts as one text."""
    amounts = (
        audit.flagged_claims.filter(rule_id=rule_id)
        .sort("claim_id")
        .with_columns(claim=pl.concat_str("claim_id", pl.col("amount_pence").fill_null(-1), separator=" "))
        .group_by("finding_id")
        .agg(claims=pl.col("claim").str.join("|"))
    )
    return (
        audit.findings.filter(rule_id=rule_id)
        .join(amounts, on="finding_id", how="left")
        .select("finding_id", "subject_type", "subject_id", *COMPARED)
    )


def _lines(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    both = old.join(new, on="finding_id", how="full", suffix="_new")
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_new")) for name in COMPARED)
    sign = (
        pl.when(pl.col("finding_id").is_null())
        .then(pl.lit(SIGNS["added"]))
        .when(pl.col("finding_id_new").is_null())
        .then(pl.lit(SIGNS["gone"]))
        .when(~same)
        .then(pl.lit(SIGNS["changed"]))
    )
    either = ("finding_id", "subject_type", "subject_id")
    return (
        both.with_columns(sign=sign)
        .filter(pl.col("sign").is_not_null())
        .select(
            "sign",
            *(pl.coalesce(name, f"{name}_new").alias(name) for name in either),
            *(
                pl.col(name if age == "old" else f"{name}_new").alias(f"{name}_{age}")
                for name in COMPARED
                for age in ("old", "new")
            ),
        )
        .sort("sign", "subject_id", "finding_id")
    )
