"""What a run prints: plain text that can be read aloud, with no claim's and no client's id."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pbr_audit
from pbr_audit.audit import Audit
from pbr_audit.dataset import DataSet
from pbr_audit.engine import SCREENED_BELOW
from pbr_audit.remainder import remainder
from pbr_audit.reports.amounts import amount, claims_in_order, in_order
from pbr_audit.reports.answers import (
    Found,
    NoAnswer,
    clear_rules,
    partly_assessed,
    rules_with_findings,
    rules_without_answer,
)
from pbr_audit.reports.reading import TableRead, tables_read
from pbr_audit.reports.statistics_told import RunsTests, statistics_told
from pbr_audit.reports.text_lines import wrapped
from pbr_audit.terms import Terms
from pbr_audit.totals import ClaimsLine, Sum, Totals
from pbr_audit.validate import Validated

REASONS_SHOWN = 10
QUESTION = "A flag is a question, not an accusation: each has innocent explanations, on its rule's page."
STATUS = {
    "failed": "failed",
    "not_assessable": "not assessable",
    "not_applicable": "not applicable",
    "disabled": "left out",
}


def summary(audit: Audit) -> str:
    """Return what a run has to say for itself, at most 100 columns wide, without a line break at the end."""
    found = rules_with_findings(audit)
    as_of = f"as of {audit.as_of}" if audit.as_of else "no as-of date"
    sections = [
        [
            wrapped("", audit.dataset.name),
            f"{as_of}; pbr-audit {pbr_audit.__version__}; {len(audit.pack.rules)} rules",
        ],
        [QUESTION],
        *_reading(tables_read(audit.validated), listed=True),
        _claims(claims_in_order(audit.totals)),
        _findings(audit, found),
        _totals(audit.totals),
        _tests(statistics_told(audit)),
        *_answers(audit),
        _remarks(audit.remarks),
    ]
    return _text(sections)


def reading_summary(dataset: DataSet, terms: Terms, validated: Validated) -> str:
    """Return what was read and set aside, where no rule has run."""
    contracts = f"contract terms: {_count(len(terms.contracts), 'contract')}"
    return _text(
        [
            [wrapped("", dataset.name), contracts],
            *_reading(tables_read(validated), listed=False),
            _remarks([*dataset.skipped, *validated.said, *remainder(validated).said]),
        ]
    )


def _text(sections: Iterable[Sequence[str]]) -> str:
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def _reading(tables: Sequence[TableRead], *, listed: bool) -> Iterator[list[str]]:
    """Tell what was read; `listed` where the rejected rows are written to files."""
    rows = [
        (table.name, f"{c.read:,}", f"{c.accepted:,}", f"{c.rejected:,}")
        for table in tables
        for c in (table.counts,)
    ]
    pounds = [
        (
            table.name,
            amount(pence.read, currency),
            amount(pence.accepted, currency),
            amount(pence.rejected, currency),
        )
        for table in tables
        for currency, pence in table.pence.items()
    ]
    yield ["Rows", *_columns([("table", "read", "accepted", "rejected"), *rows])]
    if pounds:
        yield ["Amounts", *_columns([("table", "read", "accepted", "rejected"), *pounds])]
    exact = "in rows and to the penny" if pounds else "row by row"
    yield [f"In each table, read = accepted + rejected: checked {exact}."]
    aside = [line for table in tables if table.counts.rejected for line in _rejects(table, listed=listed)]
    if aside:
        yield ["Rows set aside", *aside]


def _rejects(table: TableRead, *, listed: bool) -> Iterator[str]:
    where = f", listed in {table.rejects_file}" if listed else ""
    rows = _count(table.counts.rejected, "row")
    yield wrapped("  ", f"{table.name}: {rows} ({table.rejected_in_words}){where}")
    width = len(f"{table.reasons[0][1]:,}")
    for reason, number in table.reasons[:REASONS_SHOWN]:
        yield wrapped(f"    {number:>{width},}  ", reason)
    if (more := len(table.reasons) - REASONS_SHOWN) > 0:
        yield f"    and {_count(more, 'reason')} more"
    if unreadable := table.counts.unreadable_amounts:
        yield f"    {_count(unreadable, 'amount')} could not be read: counted as rows, not as pence"


def _claims(lines: Sequence[ClaimsLine]) -> list[str]:
    rows = [
        (
            line.tier,
            f"{line.live.claims:,}",
            amount(line.live.pence or 0, line.currency),
            f"{line.others.claims:,}",
            amount(line.others.pence or 0, line.currency),
        )
        for line in lines
    ]
    if not rows:
        return []
    return [
        "Claims accepted: live ones, which rules read; others are rejected, withdrawn, taken back, replaced",
        *_columns([("tier", "live", "amount", "others", "amount"), *rows]),
    ]


def _findings(audit: Audit, found: Sequence[Found]) -> list[str]:
    if not found:
        return ["Findings: none"]
    total = f"{audit.findings.height:,}"
    lines = [f"Findings: {total} of {_count(len(found), 'rule')}, in {_count(len(audit.cases), 'case')}"]
    for rule in found:
        claims = [_count(rule.claims, "claim")] if rule.claims else []
        facts = (rule.severity, _count(rule.findings, "finding"), *claims, rule.amount)
        lines += [
            wrapped(f"  {rule.loaded.rule.id}  ", rule.loaded.rule.title),
            wrapped(" " * 10, ", ".join(facts)),
            wrapped(" " * 10, f"check first: {rule.check_first}"),
            f"{' ' * 10}gravest case: {rule.gravest_case}",
        ]
    return lines


def _totals(totals: Totals) -> list[str]:
    rows = [
        *_sums("at risk on prime claims", totals.at_risk),
        *_sums("at risk on subcontractors' claims", totals.at_risk_subcontractor),
        *_sums("under-claims", totals.under_claims),
        *_sums("under-claims of subcontractors", totals.under_claims_subcontractor),
        *(
            (f"estimate of {rule_id}", "", amount(by_currency[currency], currency))
            for rule_id, by_currency in totals.estimates.items()
            for currency in in_order(by_currency)
        ),
    ]
    if not rows:
        return []
    return [
        "Amounts, each claim counted once; these lines and the currencies are never added together",
        *_columns([("", "claims", "amount"), *rows]),
    ]


def _sums(name: str, sums: Mapping[str, Sum]) -> Iterator[tuple[str, str, str]]:
    for currency in in_order(sums):
        line = sums[currency]
        yield name, f"{line.claims:,}", "none" if line.pence is None else amount(line.pence, currency)


def _tests(told: RunsTests) -> list[str]:
    """Tell how many statistical tests there were, and what of their discoveries may be chance."""
    if not told.made + told.abstained:
        return []
    listed = f"{_count(told.made + told.abstained, 'statistical test')} listed beforehand"
    chance = f"of which {told.false_leads:.3g} may be chance ({told.level * 100:.3g} in 100)"
    found = _count(told.discoveries, "discovery", "discoveries")
    line = f"{listed}: {told.made:,} made, {told.abstained:,} abstained; {found}" + (
        f", {chance}" if told.discoveries else ""
    )
    screens = ", ".join(told.screening)
    few = f"Screening, where no flag is no clearance (fewer than {SCREENED_BELOW} providers): {screens}"
    return [wrapped("", line), *([wrapped("  ", few)] if screens else [])]


def _answers(audit: Audit) -> Iterator[list[str]]:
    if clear := clear_rules(audit):
        ids = ", ".join(f"{o.loaded.rule.id} ({_count(o.rows_examined, 'row')})" for o in clear)
        yield ["Clear, with the rows examined", wrapped("  ", ids)]
    if partly := partly_assessed(audit):
        reasons = (wrapped(f"  {o.loaded.rule.id}  ", o.reason) for o in partly)
        yield ["Rows that a rule could not judge", *reasons]
    if without := rules_without_answer(audit):
        yield ["Rules without an answer, which is not the same as clear", *map(_no_answer, without)]


def _no_answer(group: NoAnswer) -> str:
    return wrapped("  ", f"{STATUS[group.status]}: {group.reason}: {', '.join(group.rule_ids)}")


def _remarks(remarks: Sequence[str]) -> list[str]:
    return ["Remarks", *(wrapped("  - ", remark) for remark in remarks)] if remarks else []


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Align cells: the first column to the left, the others to the right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  ".join(
            [
                "",
                f"{row[0]:<{widths[0]}}",
                *(f"{cell:>{w}}" for cell, w in zip(row[1:], widths[1:], strict=True)),
            ]
        )
        for row in rows
    ]


def _count(number: int, noun: str, several: str = "") -> str:
    return f"{number:,} {noun if number == 1 else several or f'{noun}s'}"
