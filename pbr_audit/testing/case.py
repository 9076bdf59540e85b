"""A fixture case: one sentence, small tables, and exactly what a rule has to say of them."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, model_validator

from pbr_audit.dataset.comparing import CovariateKind, CovariateName, further_of
from pbr_audit.errors import ConfigurationError
from pbr_audit.people import LINKS
from pbr_audit.tables import TABLES, Further
from pbr_audit.tables import table_of as with_further
from pbr_audit.terms import Terms, parse_terms
from pbr_audit.testing.links_text import links_of
from pbr_audit.testing.piped import read_piped
from pbr_audit.toml_file import STANDARD, parse_model, read_toml

DEFAULT_TERMS = """
[contract]
id = "CPA01"
title = "An invented contract"
commissioner = "An invented department"
prime_id = "PR01"
start_date = 2014-06-01
end_date = 2019-05-31
currency = "GBP"

[[outcome]]
code = "ATT"
label = "Attachment"
kind = "attachment"
[[outcome.price]]
amount = "400.00"

[[outcome]]
code = "JOB"
label = "Job outcome"
kind = "milestone"
requires = ["ATT"]
[[outcome.price]]
amount = "1200.00"

[[outcome]]
code = "SUS"
label = "Sustainment"
kind = "sustainment"
requires = ["JOB"]
interval_days = 28
[[outcome.price]]
amount = "215.00"

[[supply_chain]]
subcontractor_id = "SB01"
rate = 0.80
"""

# What a required cell holds where the case is about something else; `{row}` counts from 1.
DEFAULT_CELLS = {
    "claim_id": "C{row}",
    "client_id": "P{row}",
    "referral_id": "R{row}",
    "employer_id": "E{row}",
    "contract_id": "CPA01",
    "provider_id": "PR01",
    "tier": "prime",
    "outcome": "JOB",
    "outcome_date": "2016-05-02",
    "submitted_date": "2016-05-02",
    "amount": "1200.00",
    "referral_date": "2016-01-04",
    "decision": "accepted",
    "measured_date": "2016-05-02",
    "measured_value": "182",
    "activity_date": "2016-02-01",
    "event": "other",
    "start_date": "2016-05-01",
    "name": "Provider {row}",
    "role": "prime",
    "check_date": "2016-06-01",
    "method": "telephone",
    "result": "confirmed",
    "period": "2016-Q2",
    "cohort_size": "100",
    "achieved": "50",
    "count": "1",
    "person_id": "T{row}",
    "treated": "true",
}


# A heading of no table's: how often the row stands there.
TIMES = "times"


class Expect(BaseModel):
    """What a case expects: findings as a piped table, or an answer, and how many rows were looked at.

    `why` is the reason that coverage shows for the rows that could not be judged beside others that were.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    findings: str | None = None
    answer: str | None = None
    examined: int | None = None
    not_assessable: int = 0
    why: str | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Expect":
        if (self.findings is None) == (self.answer is None):
            message = 'expects either findings or an answer ("clear", "not assessable: …")'
            raise ValueError(message)
        return self


class CaseFile(BaseModel):
    """A case as its file says it; `covariates` are a table's columns beyond the standard's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: str
    terms: str | tuple[str, ...] = DEFAULT_TERMS
    params: dict[str, int | float | str] = Field(default_factory=dict)
    tables: dict[str, str] = Field(default_factory=dict)
    covariates: dict[str, dict[CovariateName, CovariateKind]] = Field(default_factory=dict)
    expect: Expect
    seed: int = 0


@dataclass(frozen=True)
class Case:
    """A case ready to run; `rule_id` is what its folder's name begins with.

    `links` is the table of links between clients, where the case has one; of all other tables `tables` has
    the text of each cell.
    """

    path: Path
    shown: str
    rule_id: str
    file: CaseFile
    terms: Terms
    tables: dict[str, pl.DataFrame]
    links: pl.DataFrame | None = None

    @property
    def further(self) -> dict[str, Further]:
        """The covariates by table."""
        return {name: further_of(named) for name, named in self.file.covariates.items()}


def read_case(path: Path, root: Path) -> Case:
    """Return the case in a file; ConfigurationError names file and key."""
    shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    file = parse_model(CaseFile, read_toml(path), shown)
    texts = {name: text for name, text in file.tables.items() if name != LINKS}
    links = file.tables.get(LINKS)
    return Case(
        path=path,
        shown=shown,
        rule_id=path.parent.name.split("_")[0],
        file=file,
        terms=_terms(file.terms, shown),
        tables={
            name: table_of(name, text, shown, further_of(file.covariates.get(name, {})))
            for name, text in texts.items()
        },
        links=None if links is None else links_of(links, f"{shown}: tables.{LINKS}"),
    )


def _terms(texts: str | tuple[str, ...], shown: str) -> Terms:
    """Return the terms in a case: the text of one contract file, or of several."""
    return _default_terms() if texts == DEFAULT_TERMS else terms_of(texts, f"{shown}: terms")


@cache
def _default_terms() -> Terms:
    return terms_of(DEFAULT_TERMS, "the default terms")


def terms_of(texts: str | tuple[str, ...], where: str) -> Terms:
    """Return the terms in the text of one contract file, or of several, without its `standard` line."""
    files = []
    for text in (texts,) if isinstance(texts, str) else texts:
        try:
            files.append((where, {"standard": ".".join(map(str, STANDARD))} | tomllib.loads(text)))
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError(f"{where}: is not TOML") from error
    return parse_terms(files)


def table_of(name: str, text: str, shown: str, further: Further = ()) -> pl.DataFrame:
    """Return a table as text, with `further` columns; required ones that a case leaves out are filled in."""
    where = f"{shown}: tables.{name}"
    if name not in TABLES:
        raise ConfigurationError(f"{where}: the standard has no such table; it has {', '.join(TABLES)}")
    columns = with_further(name, further).columns
    header, rows = _repeated(*read_piped(text, where), where)
    if strangers := [heading for heading in header if heading not in columns]:
        raise ConfigurationError(f"{where}: {name} has no column {strangers[0]}")
    filled = [column.name for column in columns.values() if column.required and column.name not in header]
    cells = [
        (*row, *(_filled(name, at, header, row) for name in filled)) for at, row in enumerate(rows, start=1)
    ]
    return pl.DataFrame(cells, schema=dict.fromkeys((*header, *filled), pl.String), orient="row")


def _repeated(
    header: list[str], rows: list[list[str | None]], where: str
) -> tuple[list[str], list[list[str | None]]]:
    """Return each row as many times as its cell under `times` says: a histogram for a statistical rule."""
    if TIMES not in header:
        return header, rows
    at = header.index(TIMES)
    made = []
    for number, row in enumerate(rows, start=1):
        times = row[at]
        if times is None or not times.isdecimal():
            raise ConfigurationError(f"{where} row {number}: {TIMES} is not a whole number")
        made += [row[:at] + row[at + 1 :]] * int(times)
    return header[:at] + header[at + 1 :], made


def _filled(name: str, at: int, header: Sequence[str], row: Sequence[str | None]) -> str | None:
    """Return what stands in a required column that the case leaves out."""
    if name == "submitted_date" and "outcome_date" in header:
        return row[header.index("outcome_date")]
    return DEFAULT_CELLS[name].format(row=at)
