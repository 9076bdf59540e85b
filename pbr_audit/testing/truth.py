"""Findings held against the truth of a simulated world: what was found of what was planted, by claim.

A rule is asked about its subjects: a finding on a claim counts for that claim alone, not for the others that
it names beside it. `planted` and `dragged` subjects have to be found; `bystander` ones may be, and count
neither way.
"""

from dataclasses import dataclass

import polars as pl

TO_BE_FOUND = ("planted", "dragged")


@dataclass(frozen=True)
class Score:
    """One rule's findings against what was planted for it; `missed` and `extra` are subjects, sorted."""

    rule_id: str
    acts: int
    to_find: int
    found: int
    flagged: int
    missed: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def recall(self) -> float:
        """The share of what was planted that was found; 1 where nothing was planted."""
        return self.found / self.to_find if self.to_find else 1.0

    @property
    def precision(self) -> float:
        """The share of what was flagged that was planted, bystanders aside; 1 where nothing was flagged."""
        return self.found / (self.found + len(self.extra)) if self.found or self.extra else 1.0


def scores(findings: pl.DataFrame, truth: pl.DataFrame, rule_ids: list[str]) -> tuple[Score, ...]:
    """Return a score for each of `rule_ids`; `truth` is a simulated world's table of planted acts."""
    flagged = _subjects(findings)
    made = []
    for rule_id in rule_ids:
        planted = truth.filter(rule_id=rule_id)
        to_find = set(planted.filter(pl.col("role").is_in(TO_BE_FOUND))["subject_id"])
        bystanders = set(planted["subject_id"]) - to_find
        subjects = set(flagged.filter(rule_id=rule_id)["subject"])
        made.append(
            Score(
                rule_id=rule_id,
                acts=planted.filter(role="planted")["act"].n_unique(),
                to_find=len(to_find),
                found=len(subjects & to_find),
                flagged=len(subjects),
                missed=tuple(sorted(to_find - subjects)),
                extra=tuple(sorted(subjects - to_find - bystanders)),
            )
        )
    return tuple(made)


def _subjects(findings: pl.DataFrame) -> pl.DataFrame:
    """Return rule and subject as the truth names it: the finding's own, or a published row's four keys.

    A finding about published figures has provider, contract and outcome in its subject, and its period beside
    them; or behind them, where one series may give several findings.
    """
    parts = pl.col("subject_id").str.split("/")
    outcome, behind = parts.list.get(2, null_on_oob=True), parts.list.get(3, null_on_oob=True)
    published = pl.concat_str(
        "contract_id", "provider_id", pl.coalesce("period", behind), outcome, separator="|"
    )
    about_figures = (pl.col("subject_type") != "claim") & outcome.is_not_null()
    # One that names no contract or period is about something else, and named by its own subject.
    subject = pl.coalesce(pl.when(about_figures).then(published), "subject_id")
    # A finding about a provider's day is judged by the claims behind it.
    behind = (pl.col("subject_type") != "claim") & (pl.col("claim_ids").list.len() > 0)
    subjects = pl.when(behind).then("claim_ids").otherwise(pl.concat_list(subject))
    return findings.select("rule_id", subject=subjects).explode("subject", empty_as_null=True)
