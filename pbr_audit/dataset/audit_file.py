"""`audit.toml`: what a person says about a data set, held to the standard's tables and columns."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from pbr_audit.dataset.comparing import Comparing, CovariateKind, CovariateName, further_of
from pbr_audit.dataset.model import ColumnSource, Constant, Expression, Header, OneOf, Options, Scalar
from pbr_audit.errors import ConfigurationError
from pbr_audit.finding import FALSE_DISCOVERY_RATE
from pbr_audit.tables import TABLES, Further, Table, table_of
from pbr_audit.tables.formats import FORMATS
from pbr_audit.toml_file import did_you_mean, parse_model, read_toml, require_standard

Text = Annotated[str, Field(min_length=1)]
# The tables whose further columns somebody reads: `pbr-audit compare`, and rules about who was chosen.
COMPARED = ("cohort", "referrals")
Several = Annotated[tuple[Text, ...], Field(min_length=1)]


def _a_list(written: object) -> object:
    # Of a table in its place, the general sentence would ask for [[two brackets]].
    if not isinstance(written, tuple):
        raise ValueError("has to be a list of headers in square brackets")  # noqa: TRY004 - pydantic's own
    return written


Headers = Annotated[Several, BeforeValidator(_a_list)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Computed(_Section):
    """`{ expr = "..." }` or `{ value = ... }`, in place of a source's header."""

    expr: Text | None = None
    value: Scalar | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Computed":
        if (self.expr is None) == (self.value is None):
            raise ValueError('has to be { expr = "..." } or { value = ... }')
        return self


class FileOptions(_Section):
    """`[tables.X.options]`."""

    delimiter: Literal[",", ";", "\t", "|"] | None = None
    encoding: Literal["utf-8", "utf-16", "cp1252", "latin-1"] | None = None
    header_row: Annotated[int, Field(ge=1)] | None = None
    header_rows: Annotated[int, Field(ge=1, le=3)] | None = None


class TableSection(_Section):
    """`[tables.X]`; without `files`, those that are named like the table."""

    files: Several | None = None
    sheet: Text | None = None
    columns: Mapping[str, Text | Computed | Headers] = Field(default_factory=dict)
    values: Mapping[str, Mapping[str, Text]] = Field(default_factory=dict)
    formats: Mapping[str, Text] = Field(default_factory=dict)
    covariates: Mapping[CovariateName, CovariateKind] = Field(default_factory=dict)
    options: FileOptions = FileOptions()

    def sources(self) -> dict[str, ColumnSource]:
        """Where each standard column that is named here comes from."""
        return {column: _source(written) for column, written in self.columns.items()}

    def further(self) -> Further:
        """The covariates, as columns beyond the standard's."""
        return further_of(self.covariates)

    def reading(self) -> Options:
        written = self.options
        return Options(
            delimiter=written.delimiter,
            encoding=written.encoding,
            header_row=written.header_row,
            header_rows=written.header_rows,
        )


class Select(_Section):
    """`[select]`."""

    rules: tuple[Text, ...] = ()


class LinkageSection(_Section):
    """`[linkage]`: files beside `audit.toml` that say how one person's registrations are found."""

    policy: Text | None = None
    model: Text | None = None


class StatisticsSection(_Section):
    """`[statistics]`: of what statistical rules find, the share that may be chance."""

    false_discovery_rate: Annotated[float, Field(ge=0.001, le=0.5)] = FALSE_DISCOVERY_RATE


class AuditFile(_Section):
    """The whole file; which rules and parameters there are is not known here."""

    standard: str
    name: Text | None = None
    as_of: date | None = None
    contracts: tuple[Text, ...] | None = None
    tables: Mapping[str, TableSection] = Field(default_factory=dict)
    select: Select = Select()
    params: Mapping[str, Mapping[str, Scalar]] = Field(default_factory=dict)
    linkage: LinkageSection = LinkageSection()
    statistics: StatisticsSection = StatisticsSection()
    comparison: Comparing = Comparing()


def read_audit_file(path: Path) -> AuditFile:
    """Read an `audit.toml`; ConfigurationError, a line for each key that does not fit."""
    data = require_standard(read_toml(path), path.name)
    audit_file = parse_model(AuditFile, data, path.name)
    problems = [
        f"{path.name}: {problem}"
        for name, section in audit_file.tables.items()
        for problem in _problems(name, section)
    ]
    if problems:
        raise ConfigurationError("\n".join(problems))
    return audit_file


def _source(written: str | Computed | tuple[str, ...]) -> ColumnSource:
    if isinstance(written, str):
        return Header(written)
    if isinstance(written, tuple):
        return OneOf(written)
    return Expression(written.expr) if written.expr is not None else Constant(_given(written.value))


def _given(value: Scalar | None) -> Scalar:
    if value is None:
        raise ValueError
    return value


def _problems(name: str, section: TableSection) -> Iterator[str]:
    if name not in TABLES:
        yield f"tables.{name} is not a table of the standard; {did_you_mean(name, list(TABLES))}"
        return
    if section.covariates and name not in COMPARED:
        yield (
            f"tables.{name}.covariates names what nobody compares; covariates are named of "
            f"{' and '.join(COMPARED)}"
        )
    for column in section.covariates:
        if column in TABLES[name].columns:
            yield f"tables.{name}.covariates.{column} is a column of {name} already; leave it out"
    table = table_of(name, section.further())
    named: dict[str, Mapping[str, Any]] = {
        "columns": section.columns,
        "values": section.values,
        "formats": section.formats,
    }
    for key, columns in named.items():
        for column in columns:
            if column not in table.columns:
                yield (
                    f"tables.{name}.{key}.{column} is not a column of {name}; "
                    f"{did_you_mean(column, list(table.columns))}"
                )
    for column, words in section.values.items():
        yield from _unknown_words(table, column, words)
    for column, written in section.formats.items():
        yield from _unknown_format(table, column, written, section)


def _unknown_words(table: Table, column: str, words: Mapping[str, Any]) -> Iterator[str]:
    """What a source's words are mapped to has to be in the column's vocabulary, where that is closed."""
    known = table.columns.get(column)
    if known is None or not known.closed:
        return
    if any(word not in known.choices for word in words.values()):
        yield (
            f"tables.{table.name}.values.{column} maps to a word that the column does not have; "
            f"its words are {', '.join(known.choices)}"
        )


def _unknown_format(table: Table, column: str, written: str, section: TableSection) -> Iterator[str]:
    """How a column is written has to be a format of its kind, and there have to be cells that are read."""
    if column not in table.columns:
        return
    key, known = f"tables.{table.name}.formats.{column}", FORMATS.get(table.columns[column].kind, ())
    if not known:
        yield f"{key} says how text is written, and text is read as it stands; leave it out"
    elif written not in known:
        yield f"{key} is not a format of the column; {did_you_mean(written, known)}"
    elif isinstance(section.columns.get(column), Computed):
        yield f"{key} says how cells are written, and audit.toml computes the column; leave it out"
