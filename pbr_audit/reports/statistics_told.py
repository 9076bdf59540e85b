"""The statistical tests of a run as a reader is told of them: how many, who abstained, what may be chance."""

from dataclasses import dataclass

import polars as pl

from pbr_audit.audit import Audit
from pbr_audit.engine import SCREENED_BELOW

REASONS_SHOWN = 3


@dataclass(frozen=True)
class RulesTests:
    """The tests of one rule; `reasons` say why some abstained, the most frequent first, with their number.

    `providers` are the fewest and the most that a test compared with, None where the tests do not say.
    """

    rule_id: str
    title: str
    made: int
    abstained: int
    discoveries: int
    false_leads: float
    reasons: tuple[tuple[str, int], ...]
    more_reasons: int
    providers: tuple[int, int] | None

    @property
    def listed(self) -> int:
        """All tests of the list that was fixed beforehand."""
        return self.made + self.abstained

    @property
    def screens(self) -> bool:
        """Whether some tests compared too few providers to clear anybody."""
        return self.providers is not None and self.providers[0] < SCREENED_BELOW


@dataclass(frozen=True)
class RunsTests:
    """The tests of all rules, corrected together at a false discovery rate of `level`."""

    level: float
    rules: tuple[RulesTests, ...]

    @property
    def made(self) -> int:
        """Tests that gave a p-value."""
        return sum(rule.made for rule in self.rules)

    @property
    def abstained(self) -> int:
        """Tests that could not be made."""
        return sum(rule.abstained for rule in self.rules)

    @property
    def discoveries(self) -> int:
        """Tests that the correction left as findings."""
        return sum(rule.discoveries for rule in self.rules)

    @property
    def false_leads(self) -> float:
        """How many of the discoveries are to be expected by chance, at most."""
        return round(self.level * self.discoveries, 4)

    @property
    def screening(self) -> tuple[str, ...]:
        """Rules of which a test compared too few providers to clear anybody."""
        return tuple(rule.rule_id for rule in self.rules if rule.screens)


def statistics_told(audit: Audit) -> RunsTests:
    """Return what there is to say of the run's tests, rules that could make one first, then by id."""
    titles = {loaded.rule.id: loaded.rule.title for loaded in audit.pack.rules}
    told = tuple(
        _of_rule(str(rule_id), titles[str(rule_id)], tests, audit.dataset.false_discovery_rate)
        for (rule_id,), tests in audit.tests.group_by("rule_id", maintain_order=True)
    )
    return RunsTests(audit.dataset.false_discovery_rate, told)


def _of_rule(rule_id: str, title: str, tests: pl.DataFrame, level: float) -> RulesTests:
    abstained = tests.filter(status="abstained")
    untold = tests.filter(~pl.col("status").is_in(["tested", "abstained"]))
    why = pl.concat([abstained, untold]).select(why=pl.col("reason").fill_null("not asked"))
    reasons = why.group_by("why").len().sort("len", "why", descending=[True, False]).rows()
    compared = tests["providers_compared"].drop_nulls()
    discoveries = int(tests["discovered"].sum())
    return RulesTests(
        rule_id=rule_id,
        title=title,
        made=tests.filter(status="tested").height,
        abstained=abstained.height,
        discoveries=discoveries,
        false_leads=round(level * discoveries, 4),
        reasons=tuple((str(reason), int(number)) for reason, number in reasons[:REASONS_SHOWN]),
        more_reasons=max(len(reasons) - REASONS_SHOWN, 0),
        providers=(int(compared.min()), int(compared.max())) if compared.len() else None,  # type: ignore[arg-type]
    )
