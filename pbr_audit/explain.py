"""What a person asks about rules and findings, answered as text."""

import json
from pathlib import Path
from textwrap import fill
from typing import Any

import polars as pl

from pbr_audit.audit import configuration, reading
from pbr_audit.errors import UsageError
from pbr_audit.finding import ID_DIGITS
from pbr_audit.packs import Pack
from pbr_audit.people import LINKS
from pbr_audit.rule import LoadedRule
from pbr_audit.rule.page import UNDERLINED
from pbr_audit.side_by_side import comparison_lines, pair_of, side_by_side
from pbr_audit.views import Tables, missing, without_terms

WIDTH = 100
LEAST_DIGITS = 4
COMPARISON = "comparison"


def rule_list(pack: Pack) -> str:
    """Return one line for each rule: id, severity, family, title."""
    rows = [(r.rule.id, r.rule.severity, r.rule.family, r.rule.title) for r in pack.rules]
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    return "\n".join(
        f"{row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]:<{widths[2]}}  {row[3]}" for row in rows
    )


def catalogue(pack: Pack) -> str:
    """Return the rules as a Markdown page: a table to find one by, then every page."""
    lines = [
        "# The rules",
        "",
        "Written by `pbr-audit rules list --catalogue` from the rules themselves; change those, then this.",
        "",
        "| rule | asks about | family | severity | basis |",
        "| --- | --- | --- | --- | --- |",
    ]
    for loaded in pack.rules:
        rule = loaded.rule
        link = f"[{rule.id}](#{rule.id.lower()})"
        lines.append(f"| {link} | {rule.title} | {rule.family} | {rule.severity} | {rule.basis} |")
    for loaded in pack.rules:
        heading, facts, page, params = _parts(loaded)
        lines += ["", f'<a id="{loaded.rule.id.lower()}"></a>', "", f"## {heading}", "", facts, ""]
        lines.append(_below(page))
        lines += ["", "### Parameters", "", *(f"- {param}" for param in params)] if params else []
    return "\n".join(lines) + "\n"


def _below(page: str) -> str:
    """Return a page's text with its underlined headings as headings of the third level."""
    return UNDERLINED.sub(r"### \g<heading>", page)


def coverage_text(pack: Pack, tables: Tables) -> str:
    """Return for each rule whether these tables allow it, and what is missing where they do not."""
    lines = []
    for loaded in pack.rules:
        rule = loaded.rule
        if reason := missing(rule.needs, tables):
            answer = f"not assessable: {reason}"
        elif reason := without_terms(rule.needs, tables):
            answer = f"not applicable: {reason}"
        else:
            absent = [
                f"{table}.{name}"
                for table, names in rule.needs.optional.items()
                if table != LINKS
                for name in names
                if name not in tables.columns.get(table, frozenset())
            ]
            answer = "can be assessed" + (f" (without {', '.join(absent)})" if absent else "")
            if LINKS in rule.needs.tables() and tables.why_no_links is not None:
                answer += f"; registrations cannot be linked: {tables.why_no_links}"
        lines.append(f"{rule.id}  {rule.title}\n        {answer}")
    return "\n".join(lines)


def explain(what: str, pack: Pack, out: Path, dataset: Path | None = None) -> str:
    """Return the page of the rule `what`, or the finding of the run in `out` whose id begins so.

    Where a finding holds two registrations together, they are read from `dataset` and shown.
    """
    loaded = pack.get(what.upper())
    if loaded is not None:
        return rule_page(loaded)
    if LEAST_DIGITS <= len(what) <= ID_DIGITS and set(what) <= set("0123456789abcdef"):
        found = finding_of(what, out)
        return "\n".join([_finding(found, pack), *_pair(found, dataset)])
    raise UsageError(
        f"{what} is neither a rule's id (see `pbr-audit rules list`) nor a finding's id "
        f"(at least its first {LEAST_DIGITS} digits)"
    )


def rule_page(loaded: LoadedRule) -> str:
    """Return a rule's header and page."""
    heading, facts, page, params = _parts(loaded)
    lines = [heading, "=" * len(heading), facts, "", page]
    if params:
        lines += ["", "Parameters", "----------", *(f"  {param}" for param in params)]
    return "\n".join(lines)


def _parts(loaded: LoadedRule) -> tuple[str, str, str, list[str]]:
    """Return a rule's heading, the facts of its header, its page and its parameters."""
    rule = loaded.rule
    params = [
        f"{name} = {param.value} {param.unit}: {param.why}" for name, param in sorted(rule.params.items())
    ]
    facts = f"{rule.severity} · {rule.family} · basis: {rule.basis} · version {rule.version}"
    return f"{rule.id}  {rule.title}", facts, loaded.page.text, params


def finding_of(digits: str, out: Path) -> dict[str, Any]:
    """Return the finding of the run in `out` whose id begins with `digits`; UsageError where none does."""
    path = out / "findings.jsonl"
    if not path.is_file():
        raise UsageError(f"{out}: holds no findings.jsonl; name the folder of a run with --out")
    with path.open(encoding="utf-8") as lines:
        found = [row for row in map(json.loads, lines) if row["finding_id"].startswith(digits)]
    if not found:
        raise UsageError(f"{path}: holds no finding whose id begins with these digits")
    if len(found) > 1:
        raise UsageError(f"{path}: {len(found)} findings' ids begin with these digits; give more of them")
    finding: dict[str, Any] = found[0]
    if isinstance(finding.get("evidence"), str):
        finding["evidence"] = json.loads(finding["evidence"])
    return finding


def _pair(finding: dict[str, Any], dataset: Path | None) -> list[str]:
    """Return the finding's two registrations side by side, or how to see them; nothing where it has none."""
    if pair_of(finding) is None:
        return []
    if dataset is None:
        return [
            "",
            "To see the two registrations side by side, add --data with the data set that was audited.",
        ]
    opened, terms = configuration(dataset)
    with reading(opened, terms) as validated:
        clients = validated.tables.get("clients")
        ids = pl.col("client_id").is_in(finding["client_ids"])
        frame = pl.DataFrame() if clients is None else clients.frame.filter(ids).collect()
    return ["", side_by_side(finding, frame)]


def _finding(row: dict[str, Any], pack: Pack) -> str:
    loaded = pack.get(row["rule_id"])
    title = loaded.rule.title if loaded else "a rule that is not in this pack"
    lines = [
        f"Finding {row['finding_id']}",
        f"{row['rule_id']}  {title} ({row['severity']})",
        "",
        fill(row["message"], WIDTH),
        "",
    ]
    for label, name in (
        ("Subject", "subject_id"),
        ("Contract", "contract_id"),
        ("Provider", "provider_id"),
        ("Period", "period"),
        ("Amount at risk", "amount_at_risk"),
        ("Estimate", "amount_estimate"),
        ("Effect", "effect"),
        ("p-value", "p_value"),
        ("q-value", "q_value"),
    ):
        if row.get(name) is not None:
            lines.append(f"{label}: {row[name]}")
    for label, name in (("Claims", "claim_ids"), ("Clients", "client_ids")):
        if row.get(name):
            lines.append(fill(f"{label}: {', '.join(row[name])}", WIDTH, subsequent_indent="  "))
    evidence = dict(row.get("evidence") or {})
    steps = evidence.pop(COMPARISON, None) or ()
    lines += ["", "Evidence", *(f"  {name}: {value}" for name, value in sorted(evidence.items()))]
    if steps:
        lines += ["", "Field by field, for one person (+) or for two strangers (-)", *comparison_lines(steps)]
    lines += ["", "Innocent explanations", fill(row["innocent_explanation"], WIDTH)]
    lines += ["", "Ask for", fill(row["ask_for"], WIDTH)]
    lines += ["", f"A finding is a question. The rule's page: pbr-audit explain {row['rule_id']}"]
    return "\n".join(lines)
