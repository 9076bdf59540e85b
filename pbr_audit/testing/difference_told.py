"""The difference between two packs as lines for a terminal, and as annotations without anybody's data."""

from collections.abc import Iterator, Mapping

from pbr_audit.money import shown
from pbr_audit.testing.difference import COMPARED, Difference, RuleChange
from pbr_audit.totals import Sum


def told(result: Difference, *, subjects: bool, most: int) -> Iterator[str]:
    """Yield the difference as lines of text; subjects are shown only where the reader asked for them.

    At most `most` findings are listed for each rule, and the rest counted.
    """
    if not result.changes:
        yield "No rule's answer differs."
    for rule in result.changes:
        yield f"{rule.rule_id} {rule.title}{_version(rule)}"
        if rule.answers[0] != rule.answers[1]:
            yield f"  {rule.answers[0]} -> {rule.answers[1]}"
        counts = (rule.count("+"), rule.count("-"), rule.count("~"))
        yield "  + {:,} newly flagged, - {:,} no longer flagged, ~ {:,} changed".format(*counts)
        yield from _sums("  claims named", rule.sums)
        for line in rule.lines.head(most).iter_rows(named=True):
            yield f"  {_finding(line, subjects=subjects)}"
        if rule.lines.height > most:
            yield f"  and {rule.lines.height - most:,} more"
    yield from _sums("at risk in all, each claim once", result.at_risk)


def _version(rule: RuleChange) -> str:
    old, new = rule.versions
    if old == new:
        return f" (version {old} in both)"
    said = ["none" if version is None else str(version) for version in (old, new)]
    return f" (version {said[0]} -> {said[1]})"


def _sums(what: str, sums: tuple[Mapping[str, Sum], Mapping[str, Sum]]) -> Iterator[str]:
    for currency in sorted({*sums[0], *sums[1]}):
        old, new = (side.get(currency, Sum(0, 0)) for side in sums)
        pence = " -> ".join(shown(side.pence or 0, currency or "unknown") for side in (old, new))
        yield f"{what}: {old.claims:,} -> {new.claims:,}; {pence}"


def _finding(line: Mapping[str, object], *, subjects: bool) -> str:
    words = [str(line["sign"]), str(line["finding_id"])]
    words.append(f"{line['subject_type']} {line['subject_id']}" if subjects else str(line["subject_type"]))
    age = "old" if line["sign"] == "-" else "new"
    if line["sign"] != "~":
        return " ".join([*words, str(line[f"severity_{age}"]), _amount(line[f"amount_at_risk_pence_{age}"])])
    for name in COMPARED:
        before, now = line[f"{name}_old"], line[f"{name}_new"]
        if before == now:
            continue
        if name == "claims":
            words.append("claims behind it")
        elif "_pence" in name:
            words.append(f"{_amount(before)} -> {_amount(now)}")
        else:
            words.append(f"{name} {before} -> {now}")
    return " ".join(words)


def _amount(pence: object) -> str:
    return shown(pence) if isinstance(pence, int) else "no amount"


def annotations(result: Difference) -> Iterator[tuple[str, str]]:
    """Yield a title and a sentence for each rule that differs: counts only, no subject and no amount."""
    for rule in result.changes:
        counts = (rule.count("+"), rule.count("-"), rule.count("~"))
        sentence = "{:,} newly flagged, {:,} no longer flagged, {:,} changed".format(*counts)
        if rule.answers[0] != rule.answers[1]:
            sentence += f"; {rule.answers[0]} -> {rule.answers[1]}"
        yield f"{rule.rule_id}{_version(rule)}", sentence
