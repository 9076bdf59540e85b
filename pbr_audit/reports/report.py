"""report.html: the whole audit in one file that asks the network for nothing and runs no script."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import polars as pl

from pbr_audit.audit import Audit
from pbr_audit.reports.amounts import amount, amounts, claims_in_order, currency_of, in_order, pence_of
from pbr_audit.reports.answers import Found, rules_with_findings, worst_first
from pbr_audit.reports.bars import pictures
from pbr_audit.reports.case_lines import case_lines
from pbr_audit.reports.figures import limits, strength
from pbr_audit.reports.manifest import versions
from pbr_audit.reports.picture import pictures_of
from pbr_audit.reports.reading import tables_read
from pbr_audit.reports.rule_text import sections
from pbr_audit.reports.statistics_told import statistics_told
from pbr_audit.reports.waterfall import steps

if TYPE_CHECKING:
    from jinja2 import Environment

FINDINGS_SHOWN = 200
# Drawing one takes some hundredths of a second; the numbers of the others are in the evidence.
PICTURES_SHOWN = 20
CASES_SHOWN = 200
STATUS = {
    "assessed": "assessed",
    "not_assessable": "not assessable",
    "not_applicable": "not applicable",
    "disabled": "left out",
    "failed": "failed",
}


@dataclass(frozen=True)
class FindingsOfRule:
    """A rule, and the rows of its gravest findings; `more` are in findings.csv only."""

    found: Found
    rows: tuple[Mapping[str, Any], ...]
    more: int


def report_html(audit: Audit, inputs: Sequence[Mapping[str, object]]) -> str:
    """Return the report's text; `inputs` are the files that were read, as the manifest has them.

    Every value in it is escaped; the same audit gives the same text.
    """
    style = (files("pbr_audit.reports") / "templates" / "report.css").read_text(encoding="utf-8")
    by_rule = tuple(_of_rule(found, audit) for found in rules_with_findings(audit))
    titles = {loaded.rule.id: loaded.rule.title for loaded in audit.pack.rules}
    cases = case_lines(audit, CASES_SHOWN)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            style=style,
            style_digest=b64encode(sha256(style.encode()).digest()).decode(),
            audit=audit,
            tables=tables_read(audit.validated),
            totals=audit.totals,
            claims=claims_in_order(audit.totals),
            tests=statistics_told(audit),
            coverage=audit.coverage.sort("rule_id").to_dicts(),
            titles=titles,
            by_rule=by_rule,
            shown={row["finding_id"] for rule in by_rule for row in rule.rows},
            pictures=pictures([rule.found for rule in by_rule]),
            cases=cases,
            more_cases=len(audit.cases) - len(cases),
            inputs=inputs,
            versions=versions(),
        )
    )


def _of_rule(found: Found, audit: Audit) -> FindingsOfRule:
    """Return a rule's findings, each with its amount in words."""
    findings = audit.findings.filter(pl.col("rule_id") == found.loaded.rule.id)
    currency = currency_of(audit.terms)
    rows = worst_first(findings).head(FINDINGS_SHOWN).to_dicts()
    for at, row in enumerate(rows):
        pence = row["amount_at_risk_pence"]
        estimated = pence is None and row["amount_estimate_pence"] is not None
        pence = row["amount_estimate_pence"] if estimated else pence
        row["amount"] = "" if pence is None else amount(pence, currency(row["contract_id"]))
        row["estimated"] = estimated
        row["limits"] = limits(row, currency(row["contract_id"])) if estimated else ""
        row["strength"] = strength(row)
        row["steps"] = steps(row["evidence"])
        row["pictures"] = pictures_of(row["evidence"]) if at < PICTURES_SHOWN else ()
    return FindingsOfRule(found, tuple(rows), findings.height - len(rows))


def environment() -> "Environment":
    """Return what the templates are filled with: values escaped, and none of them missing in silence."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - only a report needs it

    made = Environment(
        loader=PackageLoader("pbr_audit.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "number": "{:,}".format,
        "count": _count,
        "amounts": amounts,
        "pence_of": pence_of,
        "status": STATUS.__getitem__,
        "sections": sections,
        "amount": amount,
        "in_order": in_order,
    }
    return made


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
