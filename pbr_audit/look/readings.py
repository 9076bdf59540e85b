"""A column's values read as days or as figures, by what the whole column says about how they are written."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl

from pbr_audit.tables.formats import DAY_FIRST, DECIMAL_COMMA, MONTH_FIRST
from pbr_audit.validate.amounts import amount_forms
from pbr_audit.validate.dates import DAY_ONLY, EITHER, MONTH_ONLY, SELF_EVIDENT, SHORT_YEAR, date_forms
from pbr_audit.validate.evidence import AmountEvidence, DateEvidence, amount_evidence, date_evidence

_DATED = (SELF_EVIDENT, DAY_ONLY, MONTH_ONLY, EITHER, SHORT_YEAR)
_BY = {DAY_FIRST: ("by_day",), MONTH_FIRST: ("by_month",)}


@dataclass(frozen=True)
class Days:
    """The days of a column: how they are written, and each row's day where that can be told."""

    cells: pl.Series = field(repr=False)
    words: pl.DataFrame = field(repr=False)

    @cached_property
    def evidence(self) -> DateEvidence:
        """How the column's dates are written, a time of day allowed."""
        return date_evidence(self.cells, moments=True)

    @cached_property
    def has_times(self) -> bool:
        """Whether some have a time of day other than midnight."""
        return date_evidence(self.cells).unreadable > self.evidence.unreadable

    @cached_property
    def by_row(self) -> pl.Series:
        """Each row's Date; null where it cannot be told."""
        forms = date_forms(self.words["word"], moments=True)
        day = pl.coalesce("itself", *_BY.get(self.evidence.order() or "", ())).cast(pl.Date)
        return _by_row(self.cells, self.words["word"], forms.select(day.alias("value"))["value"])

    @property
    def span(self) -> tuple[date, date] | None:
        """First and last day; None where no row's day can be told."""
        first, last = self.by_row.min(), self.by_row.max()
        return (first, last) if isinstance(first, date) and isinstance(last, date) else None


@dataclass(frozen=True)
class Figures:
    """The figures of a column: how they are written, and each row's value where that can be told."""

    cells: pl.Series = field(repr=False)
    words: pl.DataFrame = field(repr=False)

    @cached_property
    def evidence(self) -> AmountEvidence:
        """How the column's figures are written."""
        return amount_evidence(self.cells)

    @cached_property
    def by_row(self) -> pl.Series:
        """Each row's figure, in pounds where it is money; null where it cannot be told."""
        name = "by_comma" if self.evidence.decimal() == DECIMAL_COMMA else "by_point"
        words = self.words["word"]
        return _by_row(self.cells, words, _read(words, name))


def are_dates(words: pl.Series) -> pl.Series:
    """Whether each word is written like a date, in whichever order."""
    return date_forms(words, moments=True)["form"].is_in(_DATED).fill_null(value=False)


def figures_of(words: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Whether each word is a `figure`, with or without a currency, and whether it is `whole` and no rate."""
    value = pl.select(pl.coalesce(_read(words, "by_point"), _read(words, "by_comma"))).to_series()
    whole = (value == value.floor()).fill_null(value=False) & ~words.str.contains("%", literal=True)
    return value.is_not_null().alias("figure"), whole.alias("whole")


def _read(words: pl.Series, name: str) -> pl.Series:
    number = amount_forms(words, "number", rate=True)[name]
    pounds = amount_forms(words, "money")[name].cast(pl.Float64) / 100
    return pl.select(pl.coalesce(number, pounds).alias("value")).to_series()


def _by_row(cells: pl.Series, words: pl.Series, values: pl.Series) -> pl.Series:
    meant = pl.DataFrame({"word": words, "value": values})
    return cells.alias("word").to_frame().join(meant, on="word", how="left", maintain_order="left")["value"]
