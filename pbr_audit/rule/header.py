"""A rule's header: what it is called, what it needs, and which numbers it may be tuned by.

A header is a value. It is checked when it is made, so that a pack with a slip in it does not load: a rule
that is left out in silence would be a false clean bill.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from pbr_audit.errors import ConfigurationError, RulePackError
from pbr_audit.finding import BASES, FAMILIES, SEVERITIES, SUBJECTS

type_names = {"str": "text", "int": "a whole number", "float": "a number"}
ID_FORM = re.compile(r"^[A-Z]{3,6}\d{3,4}$")
WHOLE = "whole"
STATISTICAL = "statistical"


class NotAssessable(Exception):
    """Raised by a rule that cannot judge the data set that it was given; the text is the reason."""


@dataclass(frozen=True, kw_only=True)
class Param:
    """A number (or a word) that a rule may be tuned by, with unit, bounds and the reason for its value."""

    value: int | float | str = field(kw_only=False)
    unit: str
    why: str
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        """Refuse a parameter without a reason, or one that is outside its own bounds."""
        if not self.why.strip():
            raise RulePackError("a parameter has no reason; say in `why` where its value comes from")
        self.checked(self.value, "the default of a parameter")

    def checked(self, value: object, where: str) -> int | float | str:
        """Return `value` if it may stand in this parameter's place, else raise ConfigurationError."""
        kind = type(self.value)
        if kind is float and type(value) is int:
            value = float(value)
        if not isinstance(value, int | float | str) or type(value) is not kind:
            raise ConfigurationError(f"{where} is not {type_names[kind.__name__]}")
        if not isinstance(value, str):
            if self.low is not None and value < self.low:
                raise ConfigurationError(f"{where} is below its lowest value, {self.low:g} {self.unit}")
            if self.high is not None and value > self.high:
                raise ConfigurationError(f"{where} is above its highest value, {self.high:g} {self.unit}")
        return value


class Params:
    """A rule's parameters in one run, read as attributes: `p.last_days`."""

    def __init__(self, values: Mapping[str, int | float | str]) -> None:
        """Hold `values`, name to value."""
        self._values = MappingProxyType(dict(values))

    def __getattr__(self, name: str) -> Any:
        """Return the parameter `name`."""
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(f"the rule has no parameter {name}") from None

    def as_dict(self) -> dict[str, int | float | str]:
        """Return name to value, for the manifest."""
        return dict(self._values)


Columns = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Needs:
    """The tables and columns that a rule reads; it is handed these and nothing else.

    `claims` and `live_only` say which claims: a rule reads live claims of the prime tier unless its page
    says otherwise. `holds` names a value that a required column has to hold at least once, table to column to
    value: events without a single death do not say that nobody died. `distinct` names columns whose distinct
    values over the whole data set the rule may ask for, from any part of it: `view.distinct_events`.
    `covariates` names tables of which the rule also reads what audit.toml calls covariates, columns beyond
    the standard's: `view.covariates("referrals")` are their names.
    """

    required: Columns
    optional: Columns = field(default_factory=dict)
    claims: Literal["prime", "subcontractor", "both"] = "prime"
    live_only: bool = True
    holds: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    distinct: Columns = field(default_factory=dict)
    covariates: tuple[str, ...] = ()

    def tables(self) -> tuple[str, ...]:
        """Return every table named, required ones first, each once."""
        return tuple(dict.fromkeys((*self.required, *self.optional)))

    def columns(self, table: str) -> tuple[str, ...]:
        """Return the columns of `table` that the rule may read, each once."""
        return tuple(dict.fromkeys((*self.required.get(table, ()), *self.optional.get(table, ()))))


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a rule is. `key` names the output columns that identify its subject.

    `by` is the column on which the rule's rows may be split without changing its answer, or `"whole"`.
    `message` is a sentence with output columns in braces: `{outcome_date}`, `{price_pence:money}`,
    `{share:percent}`. With `about_a_period` the period is part of a finding's identity. `estimates` says of a
    statistical rule that the engine may turn its excess of claims into an estimate in pounds.
    """

    id: str
    version: int
    title: str
    family: str
    severity: str
    basis: str
    subject: str
    key: tuple[str, ...]
    by: str
    needs: Needs
    message: str
    params: Mapping[str, Param] = field(default_factory=dict)
    about_a_period: bool = False
    estimates: bool = False

    def __post_init__(self) -> None:
        """Refuse a header that no finding could be made from."""
        for name, value, allowed in (
            ("family", self.family, FAMILIES),
            ("severity", self.severity, SEVERITIES),
            ("basis", self.basis, BASES),
            ("subject", self.subject, SUBJECTS),
        ):
            if value not in allowed:
                raise RulePackError(f"{self.id}: {name} is {value}; it has to be one of {', '.join(allowed)}")
        if not ID_FORM.match(self.id):
            raise RulePackError(f"{self.id}: a rule's id is three to six capitals and three or four digits")
        if self.version < 1:
            raise RulePackError(f"{self.id}: versions count from 1")
        if not self.key:
            raise RulePackError(f"{self.id}: key is empty; name the columns that identify the subject")
        if not self.needs.required:
            raise RulePackError(f"{self.id}: needs no table; a rule has to read something")
        if self.estimates and self.basis != STATISTICAL:
            raise RulePackError(
                f"{self.id}: estimates is said of a rule that is not statistical; its amounts stand on claims"
            )

    def settings(self, overrides: Mapping[str, object] | None = None) -> Params:
        """Return the parameters of one run, `overrides` (from audit.toml or a fixture) over the defaults."""
        values: dict[str, int | float | str] = {name: param.value for name, param in self.params.items()}
        for name, value in (overrides or {}).items():
            if name not in self.params:
                known = ", ".join(sorted(self.params)) or "none"
                raise ConfigurationError(f"{self.id} has no parameter {name}; its parameters: {known}")
            values[name] = self.params[name].checked(value, f"the parameter {name} of {self.id}")
        return Params(values)
