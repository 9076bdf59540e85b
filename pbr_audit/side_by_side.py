"""Two registrations side by side, as a reviewer at a terminal sees them: values, and what each field says.

The one place that shows what is in the cells of a person's record: they are read from the data set on the
auditor's own disk when they are asked for, and written nowhere.
"""

from collections.abc import Mapping, Sequence
from math import ceil, floor
from typing import Any, Final

import polars as pl

# The client's columns by what linkage calls the comparison; a name is compared as a whole.
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("given_name", "family_name"),
    "given name": ("given_name",),
    "family name": ("family_name",),
    "birth date": ("date_of_birth", "date_of_birth_hash"),
    "sex": ("sex",),
    "postcode": ("postcode",),
    "national id": ("national_id",),
    "phone": ("phone",),
    "email": ("email",),
    "bank account": ("bank_account",),
}
ALSO: Final = ("contract_id", "provider_id", "referral_date", "start_date", "end_date")
WIDEST: Final = 34
NOT_THERE: Final = "-"
WARNING: Final = (
    "The values are read from the data set now and stand in no output of a run: do not copy them into one."
)


def pair_of(finding: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the earlier and the later registration that a finding holds together; None where it has none."""
    earlier = _evidence(finding).get("earlier_client_id")
    later = [client for client in finding["client_ids"] if client != earlier]
    if finding["subject_type"] == "client":
        later = [finding["subject_id"]]
    return (earlier, later[0]) if earlier and len(later) == 1 else None


def comparison_lines(steps: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a line for each field that was compared: what was found, and what it says in bits."""
    return [
        f"  {step['field']:<14}{step['level']:<44}{step['bits']:>+7.1f} bits"
        for step in sorted(steps, key=lambda step: (-step["bits"], step["field"]))
    ]


def side_by_side(finding: Mapping[str, Any], clients: pl.DataFrame) -> str:
    """Return the two registrations of a finding, a field a line, with level and bits where it was compared.

    `clients` are the accepted clients; a registration that is no longer among them is said to be missing.
    """
    pair = pair_of(finding)
    if pair is None:
        return "This finding is not about two registrations."
    records = [_record(clients, client) for client in pair]
    if missing := [client for client, record in zip(pair, records, strict=True) if not record]:
        return f"The data set holds no accepted client {' or '.join(missing)}: is it the one of this run?"
    evidence = _evidence(finding)
    steps = {step["field"]: step for step in evidence.get("comparison") or ()}
    compared = [name for name in FIELDS if name in steps]
    covered = {column for name in compared for column in FIELDS[name]}
    plain = [name for name in FIELDS if name not in steps and not covered & {*FIELDS[name]}]
    rows: list[tuple[str, ...]] = [("", *pair, "", "")]
    for name in [*compared, *plain]:
        step = steps.get(name)
        said = (step["level"], f"{step['bits']:+.1f}") if step else ("", "")
        rows.append((name, *(_value(record, FIELDS[name]) for record in records), *said))
    rows += [
        (name.replace("_", " "), *(_value(record, (name,)) for record in records), "", "") for name in ALSO
    ]
    told = [row for row in rows if set(row[1:3]) != {NOT_THERE}]
    return "\n".join(["Side by side", *_aligned(told), "", *_sureness(evidence), WARNING])


def _evidence(finding: Mapping[str, Any]) -> Mapping[str, Any]:
    found = finding.get("evidence")
    return found if isinstance(found, Mapping) else {}


def _record(clients: pl.DataFrame, client_id: str) -> Mapping[str, Any]:
    found = clients.filter(pl.col("client_id") == client_id).to_dicts()
    return found[0] if found else {}


def _value(record: Mapping[str, Any], columns: Sequence[str]) -> str:
    """Return what stands in the columns; a sign that a terminal would act on is shown as a question mark."""
    parts = [str(record[name]) for name in columns if record.get(name) is not None]
    text = "".join(letter if letter.isprintable() else "?" for letter in " ".join(parts)) or NOT_THERE
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(4)]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        lines.append(f"  {'  '.join(cells)}  {row[4]:>6}".rstrip())
    return lines


def _sureness(evidence: Mapping[str, Any]) -> list[str]:
    """Return the probabilities in words."""
    names = {"p_same": "one person", "p_household": "two of one household", "p_neither": "two strangers"}
    if any(evidence.get(name) is None for name in names):
        return ["How sure: " + str(evidence.get("how_sure") or "not said")]
    # Rounded towards doubt: no pair is certain.
    same, *others = (evidence[name] * 10_000 for name in names)
    rounded = (floor(same) / 10_000, *(ceil(share) / 10_000 for share in others))
    shares = ", ".join(f"{label} {share:.4f}" for label, share in zip(names.values(), rounded, strict=True))
    lines = [
        f"Probabilities: {shares}",
        "Bits: each doubles the odds, above 0 for one person, below 0 for two.",
    ]
    if evidence.get("split_why"):
        lines.append(f"Not joined all the same: {evidence['split_why']}.")
    if evidence.get("bridge"):
        lines.append("This pair alone holds two groups of the person's registrations together.")
    return lines
