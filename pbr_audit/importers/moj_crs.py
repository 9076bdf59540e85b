"""The Ministry of Justice's commissioned rehabilitative services: one JSON file a contract.

Source: the contract definitions of the ministry's interventions service (github.com, ministryofjustice/
hmpps-interventions-service). They name the prime and its subcontractors by code, the region and the days on
which a service is offered; they have no prices, outcomes, shares, names or owners, and none is made up here.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pbr_audit.errors import InputError, UsageError

# Stands for an end that the source does not give; see the comment in each contract's file.
OPEN_END = date(2099, 12, 31)
# A code or reference is a file's name and a text in quotes without more ado.
CODE = re.compile(r"[A-Za-z0-9_-]{1,100}")
DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(T.*)?")
LONGEST_TITLE = 200
EXPECTED = {"dict": "an object", "list": "a list", "str": "a text"}
AUDIT_TOML = """\
standard = "0.1"
name = "Commissioned rehabilitative services, Ministry of Justice: contracts and their supply chains"
# Made by `pbr-audit import moj-crs`. The source gives codes and no names of the organisations, so that
# providers.csv repeats each code as the name. Roles are read off the contracts: prime, subcontractor or both.
"""


@dataclass(frozen=True)
class Imported:
    """A data set ready to be written: file's name to text, and what it holds."""

    files: Mapping[str, str]
    contracts: int
    primes: int
    subcontractors: int
    links: int


@dataclass(frozen=True)
class _Contract:
    """What one file of the source says."""

    file: str
    reference: str
    kind: str | None
    title: str
    region: str | None
    prime: str
    subcontractors: tuple[str, ...]
    first: date
    last: date | None


class _BadFileError(Exception):
    """Why a file cannot be imported, as the rest of a sentence that begins with its name."""


def import_moj_crs(folder: Path) -> Imported:
    """Return the data set that the JSON files in `folder` make.

    Raises UsageError where there are none, and InputError with one sentence for each file that is not a
    contract definition; then nothing is imported.
    """
    paths = sorted(folder.glob("*.json")) if folder.is_dir() else []
    if not paths:
        raise UsageError(f"{folder}: holds no .json files; name the folder of the contract definitions")
    contracts: list[_Contract] = []
    problems: list[str] = []
    seen: dict[str, str] = {}
    for path in paths:
        try:
            contract = _contract(path)
        except _BadFileError as error:
            problems.append(f"{path.name}: {error}")
            continue
        if contract.reference in seen:
            problems.append(f"{path.name}: has the contract_reference of {seen[contract.reference]} too")
        seen.setdefault(contract.reference, path.name)
        contracts.append(contract)
    if problems:
        raise InputError("\n".join(problems))
    primes = {contract.prime for contract in contracts}
    below = {code for contract in contracts for code in contract.subcontractors}
    files = {
        "audit.toml": AUDIT_TOML,
        "providers.csv": _providers(primes, below),
        **{f"contracts/{c.reference}.toml": "\n".join(_toml(c)) + "\n" for c in contracts},
    }
    links = sum(len(contract.subcontractors) for contract in contracts)
    return Imported(files, len(contracts), len(primes), len(below), links)


def _contract(path: Path) -> _Contract:
    try:
        data = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise _BadFileError("is not a JSON object in UTF-8; export the contract definition anew")
    providers, scheduling = (_section(data, key) for key in ("providers", "scheduling"))
    subcontractors = _value(providers, "providers.subcontractor_codes", list)
    codes = tuple(_code(code, "providers.subcontractor_codes") for code in subcontractors)
    if len(set(codes)) < len(codes):
        raise _BadFileError("providers.subcontractor_codes names one code twice; correct the file")
    title = _value(data, "intervention_title", str).strip()
    if not title.isprintable() or not 0 < len(title) <= LONGEST_TITLE:
        raise _BadFileError(f"intervention_title is not one line of at most {LONGEST_TITLE} characters")
    first = _day(scheduling, "scheduling.hide_before")
    if first is None:
        raise _BadFileError("scheduling.hide_before is empty; a contract needs its first day")
    last = _day(scheduling, "scheduling.hide_after")
    if last is not None and last < first:
        raise _BadFileError("scheduling.hide_after is before scheduling.hide_before; correct one of them")
    region = [code for code in _section(data, "region").values() if isinstance(code, str)]
    kind = data.get("contract_type_id")
    return _Contract(
        file=path.name,
        reference=_code(data.get("contract_reference"), "contract_reference"),
        kind=kind if isinstance(kind, str) and CODE.fullmatch(kind) else None,
        title=title,
        region=region[0] if region and CODE.fullmatch(region[0]) else None,
        prime=_code(providers.get("prime_provider_code"), "providers.prime_provider_code"),
        subcontractors=codes,
        first=first,
        last=last,
    )


def _section(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    section: Mapping[str, Any] = _value(data, key, dict)
    return section


def _value(data: Mapping[str, Any], key: str, kind: type[Any]) -> Any:
    """Return what stands under the last part of a dotted key, or say that it is not there as it should be."""
    value = data.get(key.rpartition(".")[2])
    if not isinstance(value, kind):
        expected = EXPECTED[kind.__name__]
        raise _BadFileError(f"{key} is missing or not {expected}; export the contract definition anew")
    return value


def _code(code: Any, key: str) -> str:
    if not isinstance(code, str) or not CODE.fullmatch(code):
        raise _BadFileError(f"{key} is missing or not a code of letters, digits, _ and -; correct the file")
    return code


def _day(scheduling: Mapping[str, Any], key: str) -> date | None:
    """Return the day of a date, or of a date and time; None where it is null."""
    name = key.rpartition(".")[2]
    if name not in scheduling:
        raise _BadFileError(f"{key} is missing; export the contract definition anew")
    value = scheduling[name]
    if value is None:
        return None
    found = DAY.fullmatch(value) if isinstance(value, str) else None
    try:
        if found:
            return date.fromisoformat(found[1])
    except ValueError:
        pass
    raise _BadFileError(f"{key} is not a date (expected YYYY-MM-DD); correct the file")


def _providers(primes: set[str], below: set[str]) -> str:
    """Return providers.csv: each organisation once, in the order of the codes."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(("provider_id", "name", "role"))
    for code in sorted(primes | below):
        role = "both" if code in primes & below else "prime" if code in primes else "subcontractor"
        writer.writerow((code, code, role))
    return written.getvalue()


def _toml(contract: _Contract) -> Iterator[str]:
    """Yield the lines of a contract's file."""
    yield 'standard = "0.1"'
    facts: Sequence[str] = [
        f"# From {contract.file}",
        *([f"contract type {contract.kind}"] if contract.kind else []),
        *([f"region {contract.region}"] if contract.region else []),
    ]
    yield ", ".join(facts) + "."
    yield "# The source has no prices, no outcomes, no shares of referrals or of the price: none stands here."
    yield ""
    yield "[contract]"
    yield f'id = "{contract.reference}"'
    yield f"title = {json.dumps(contract.title, ensure_ascii=False)}"
    yield f'prime_id = "{contract.prime}"'
    yield "# The source has no dates of the contract. This is the day before which the service is not offered"
    yield "# to those who refer people to it (scheduling.hide_before)."
    yield f"start_date = {contract.first}"
    if contract.last is None:
        yield "# The source gives no end (scheduling.hide_after is null). This day stands for an open end,"
        yield "# so far away that no rule takes anything to come after it."
    else:
        yield "# The day after which the service is not offered any more (scheduling.hide_after)."
    yield f"end_date = {contract.last or OPEN_END}"
    for code in contract.subcontractors:
        yield ""
        yield "[[supply_chain]]"
        yield f'subcontractor_id = "{code}"'
