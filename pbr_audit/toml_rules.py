"""Rules without Python: a header, a table, and a condition in SQL, for people who do not program.

`[evidence]` names further expressions over the row; they stand in the finding's evidence, and `when` and the
message may read them: `what = "case when achieved > cohort_size then 'more achieved than ...' end"`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from pbr_audit.expression import Compiled, Scalar, compile_expression
from pbr_audit.rule import (
    WHOLE,
    LoadedRule,
    Needs,
    Param,
    Params,
    Rule,
    View,
    fields,
    in_force,
    read_page,
)
from pbr_audit.toml_file import parse_model, read_toml
from pbr_audit.views import is_split, schema_of

# How a table is found from the one that a rule examines: its key here, and in the table that is joined.
NATURAL_KEYS: Mapping[str, tuple[str, ...]] = {
    "clients": ("client_id",),
    "providers": ("provider_id",),
    "employers": ("employer_id",),
    "contracts": ("contract_id",),
    "outcomes": ("contract_id", "outcome"),
}
# The day on which a row's outcome has to find its terms in force.
DAYS: Mapping[str, str] = {"claims": "outcome_date", "measurements": "measured_date"}
IN_FORCE = ("from_date", "to_date")
STANDING = ("contract_id", "provider_id", "client_id", "period", "claim_id")


class TomlParam(BaseModel):
    """A parameter as a TOML rule writes it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    value: int | float | str
    unit: str
    why: str
    low: float | None = None
    high: float | None = None


class TomlRule(BaseModel):
    """A TOML rule's file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    version: int
    title: str
    family: str
    severity: str
    basis: str
    subject: str
    key: tuple[str, ...]
    table: str
    when: str
    message: str
    page: str
    by: str | None = None
    join: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    at_risk: str = "amount_pence"
    claims: str = "prime"
    live_only: bool = True
    about_a_period: bool = False
    evidence: dict[str, str] = Field(default_factory=dict)
    params: dict[str, TomlParam] = Field(default_factory=dict)


def load_toml_rule(path: Path, *, origin: str, chapter: str, digest: str) -> LoadedRule:
    """Return the rule in a TOML file; errors are sentences that name the file and the key."""
    text = parse_model(TomlRule, read_toml(path), origin)
    params = {
        name: Param(p.value, unit=p.unit, why=p.why, low=p.low, high=p.high)
        for name, p in text.params.items()
    }
    types = _types(text, origin)
    defaults = {name: param.value for name, param in params.items()}
    by_default = _compiled(text, types, defaults, origin)
    if by_default.when.dtype != pl.Boolean:
        _refuse(origin, "when is not a condition; it has to be true or false for each row")
    needs = _needs(text, by_default.all(), types, origin)
    rule = Rule(
        id=text.id,
        version=text.version,
        title=text.title,
        family=text.family,
        severity=text.severity,
        basis=text.basis,
        subject=text.subject,
        key=text.key,
        by=_by(text),
        needs=needs,
        message=text.message,
        params=params,
        about_a_period=text.about_a_period,
    )

    def flag(view: View, p: Params) -> pl.LazyFrame:
        values = p.as_dict()
        # Most runs leave the parameters as they are, and reading SQL takes longer than a few rows do.
        compiled = by_default if values == defaults else _compiled(text, types, values, origin)
        added = {"flagged": compiled.when.expr}
        if compiled.at_risk is not None:
            added["at_risk_pence"] = compiled.at_risk.expr
        shown = {name: made.expr for name, made in compiled.shown.items()}
        rows = _joined(view, text).with_columns(**shown)
        told = _told_once(rows.with_columns(**added), text)
        # A claim's provider is who delivered, which the engine knows; the table's own is who submitted.
        return told.drop("provider_id", strict=False) if text.table == "claims" else told

    return LoadedRule(
        rule=rule,
        page=read_page(text.page, origin),
        origin=origin,
        chapter=chapter,
        digest=digest,
        flag=flag,
    )


@dataclass(frozen=True)
class _Compiled:
    """A rule's expressions under one set of parameters; `at_risk` only where it reads claims."""

    shown: Mapping[str, Compiled]
    when: Compiled
    at_risk: Compiled | None

    def all(self) -> tuple[Compiled, ...]:
        return (self.when, *self.shown.values(), *([self.at_risk] if self.at_risk else ()))


def _compiled(
    text: TomlRule, types: Mapping[str, pl.DataType], params: Mapping[str, Scalar], origin: str
) -> _Compiled:
    shown = _evidence(text, types, params, origin)
    known = {**types, **{name: made.dtype for name, made in shown.items()}}
    when = compile_expression(text.when, known, params=params, where=f"{origin}: when")
    at_risk = None
    if text.table == "claims":
        at_risk = compile_expression(text.at_risk, types, params=params, where=f"{origin}: at_risk")
    return _Compiled(shown, when, at_risk)


def _evidence(
    text: TomlRule, types: Mapping[str, pl.DataType], params: Mapping[str, Scalar], origin: str
) -> dict[str, Compiled]:
    """Compile what `[evidence]` names; a name that the table has already is refused."""
    if taken := sorted(set(text.evidence) & set(types)):
        _refuse(origin, f"evidence.{taken[0]} is a column of {text.table}; give it another name")
    return {
        name: compile_expression(source, types, params=params, where=f"{origin}: evidence.{name}")
        for name, source in text.evidence.items()
    }


def _told_once(rows: pl.LazyFrame, text: TomlRule) -> pl.LazyFrame:
    """Give the flagged rows of one subject the evidence of the first of them, in the order of their figures.

    A condition judges rows, a finding is about a subject: two published rows for one period are one query.
    """
    subject = [*text.key, *(["period"] if text.about_a_period else [])]
    columns = rows.collect_schema().names()
    own = {*subject, *STANDING, "flagged", "at_risk_pence"}
    told = [name for name in columns if name not in own]
    if not told or "claim_id" in text.key:
        return rows
    flagged = rows.filter("flagged").sort(columns, nulls_last=True)
    others = rows.filter(pl.col("flagged").not_() | pl.col("flagged").is_null())
    return pl.concat([flagged.with_columns(pl.col(told).first().over(subject)), others])


def _refuse(origin: str, what: str) -> None:
    from pbr_audit.errors import RulePackError  # noqa: PLC0415

    raise RulePackError(f"{origin}: {what}")


def _by(text: TomlRule) -> str:
    """The column that the rows may be split on, where the file does not say: what joined tables share."""
    if text.by is not None:
        return text.by
    split = [other for other in text.join if is_split(other)]
    if len(split) == 1:
        return NATURAL_KEYS[split[0]][0]
    return "claim_id" if text.table == "claims" and not split else WHOLE


def _types(text: TomlRule, origin: str) -> dict[str, pl.DataType]:
    """Column to type of the rows that the condition is asked about; joined columns are `table.column`."""
    try:
        types = dict(schema_of(text.table))
    except KeyError:
        _refuse(origin, f"the table {text.table} is not in the standard")
    for other in text.join:
        if other not in NATURAL_KEYS:
            _refuse(origin, f"join names {other}; these can be joined: {', '.join(sorted(NATURAL_KEYS))}")
        if not set(NATURAL_KEYS[other]) <= set(types):
            _refuse(origin, f"{text.table} has no {', '.join(NATURAL_KEYS[other])} to find {other} by")
        if other == "outcomes" and text.table not in DAYS:
            _refuse(origin, f"{text.table} has no day to find the terms in force by")
        types |= {f"{other}.{name}": dtype for name, dtype in schema_of(other).items()}
    return types


def _needs(text: TomlRule, expressions: Iterable[Compiled], types: Mapping[str, Any], origin: str) -> Needs:
    """The columns that the expressions, the message and the key read; they need no second list."""
    read = {name for made in expressions for name in made.columns} | {
        *fields(text.message, origin),
        *text.key,
    }
    read -= set(text.evidence)
    read |= {"period"} if text.about_a_period else set()
    asked = frozenset(read)
    read |= {name for name in STANDING if name in types and text.table in {"claims", "performance"}}
    read |= {_by(text)} & set(types)
    for other in text.join:
        read |= set(NATURAL_KEYS[other])
    if "outcomes" in text.join:
        read |= {DAYS[text.table], *(f"outcomes.{name}" for name in IN_FORCE)}
    required: dict[str, list[str]] = {text.table: []}
    optional: dict[str, list[str]] = {}
    for name in sorted(read):
        if name not in types:
            _refuse(origin, f"{name} is no column of {text.table}{' or what it joins' if text.join else ''}")
        table, _, column = name.rpartition(".")
        kind = (
            optional if name in text.optional or (name in STANDING[2:4] and name not in asked) else required
        )
        kind.setdefault(table or text.table, []).append(column)
    for other in text.join:
        required.setdefault(other, []).extend(
            key for key in NATURAL_KEYS[other] if key not in required.get(other, [])
        )
    return Needs(
        required={table: tuple(names) for table, names in required.items()},
        optional={table: tuple(names) for table, names in optional.items()},
        claims=text.claims,  # type: ignore[arg-type]
        live_only=text.live_only,
    )


def _joined(view: View, text: TomlRule) -> pl.LazyFrame:
    rows: pl.LazyFrame = getattr(view, text.table)
    for other in text.join:
        keys = NATURAL_KEYS[other]
        right: pl.LazyFrame = getattr(view, other)
        renamed = right.rename(lambda name, other=other: f"{other}.{name}")  # type: ignore[misc]
        rows = rows.join(
            renamed,
            left_on=keys,
            right_on=[f"{other}.{key}" for key in keys],
            how="left",
            coalesce=False,
        )
        if other == "outcomes":
            rows = rows.filter(in_force(DAYS[text.table], *(f"outcomes.{name}" for name in IN_FORCE)))
    return rows
