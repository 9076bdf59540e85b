"""What a column's cells say about how its dates and figures are written, counted; and what that decides.

A format is decided by cells that are valid in one way only, and refused where there are none or where they
contradict each other. Counts add up, so neither batches, row order nor the number of files change a decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from pbr_audit.tables.formats import DAY_FIRST, DECIMAL_COMMA, DECIMAL_POINT, MONTH_FIRST, YEAR_FIRST
from pbr_audit.validate import amounts, dates
from pbr_audit.validate.shorthand import symbols, unmarked

# Beside the formats that audit.toml may name: nothing decides, or the cells contradict each other.
UNDECIDED, MIXED = "undecided", "mixed"
_PERCENT = 100


@dataclass(frozen=True)
class DateEvidence:
    """How many cells are written in which way; blank cells and shorthand are not counted.

    `year_first` counts what needs no order (a year first, a month's name), `day_only` and `month_only` what
    is valid in one order only, `either` what is valid in both, `serial` what may be a spreadsheet's day
    number.
    """

    year_first: int = 0
    day_only: int = 0
    month_only: int = 0
    either: int = 0
    serial: int = 0
    unreadable: int = 0

    def __add__(self, other: "DateEvidence") -> "DateEvidence":
        """Add count to count."""
        return DateEvidence(
            year_first=self.year_first + other.year_first,
            day_only=self.day_only + other.day_only,
            month_only=self.month_only + other.month_only,
            either=self.either + other.either,
            serial=self.serial + other.serial,
            unreadable=self.unreadable + other.unreadable,
        )

    def decided(self) -> str:
        """Return the format that the cells decide, or UNDECIDED or MIXED.

        Day numbers alone decide nothing: they may count from 1900 or from 1904.
        """
        if (self.day_only and self.month_only) or (
            self.serial and (self.day_only or self.month_only or self.either)
        ):
            return MIXED
        if self.day_only or self.month_only:
            return DAY_FIRST if self.day_only else MONTH_FIRST
        return UNDECIDED if self.either or self.serial or not self.year_first else YEAR_FIRST

    def order(self) -> str | None:
        """Return `year-first`, `day-first` or `month-first`; None where nothing decides, or too much does."""
        decided = self.decided()
        return None if decided in {UNDECIDED, MIXED} else decided

    def sentence(self, where: str) -> str:
        """Say what was decided and by what: `claims.csv, outcome_date: read as day-first; ...`."""
        decided = self.decided()
        if decided == MIXED:
            return f"{where}: {_contradiction(self)}, so none of them is read"
        if decided == UNDECIDED:
            return f"{where}: {_indecision(self)}"
        if decided == YEAR_FIRST:
            return f"{where}: read as year-first, or by the month's name"
        only = self.day_only or self.month_only
        return f"{where}: read as {decided}; {_share(only, _total(self))} of the values are valid only so"


@dataclass(frozen=True)
class AmountEvidence:
    """How many cells are written in which way; blank cells and shorthand are not counted.

    `plain` counts what is alike by point and by comma, `point_only` and `comma_only` what is valid by one of
    them only, `either` what means two different figures (1,234). `currencies` counts cells with each sign or
    code, `negative` those with a minus or in brackets.
    """

    plain: int = 0
    point_only: int = 0
    comma_only: int = 0
    either: int = 0
    unreadable: int = 0
    negative: int = 0
    currencies: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "AmountEvidence") -> "AmountEvidence":
        """Add count to count."""
        one, two = self.currencies, other.currencies
        signs = {name: one.get(name, 0) + two.get(name, 0) for name in sorted({*one, *two})}
        return AmountEvidence(
            plain=self.plain + other.plain,
            point_only=self.point_only + other.point_only,
            comma_only=self.comma_only + other.comma_only,
            either=self.either + other.either,
            unreadable=self.unreadable + other.unreadable,
            negative=self.negative + other.negative,
            currencies=signs,
        )

    def decided(self) -> str:
        """Return the format that the cells decide, or UNDECIDED or MIXED."""
        if self.point_only and self.comma_only:
            return MIXED
        if self.comma_only:
            return DECIMAL_COMMA
        return UNDECIDED if self.either and not self.point_only else DECIMAL_POINT

    def decimal(self) -> str | None:
        """Return `decimal-point` or `decimal-comma`; None where nothing decides, or too much does."""
        decided = self.decided()
        return None if decided in {UNDECIDED, MIXED} else decided

    def sentence(self, where: str) -> str:
        """Say what was decided and by what: `claims.csv, amount: read with a decimal comma; ...`."""
        decided = self.decided()
        if decided == MIXED:
            return (
                f"{where}: {_values(self.point_only)} valid only with a decimal point and "
                f"{self.comma_only:,} only with a decimal comma, so that what could be either is not read"
            )
        if decided == UNDECIDED:
            return f"{where}: nothing decides between a decimal point and a decimal comma"
        read = f"{where}: read with a {decided.replace('-', ' ')}"
        only = self.comma_only or self.point_only
        if not only:
            return f"{where}: read as plain figures, with the signs around them"
        return f"{read}; {_share(only, _total(self))} of the values are valid only so"


Evidence = DateEvidence | AmountEvidence


def date_evidence(cells: pl.Series, *, moments: bool = False) -> DateEvidence:
    """Count how the dates of a column of text are written; with `moments` they may have a time of day."""
    return dates_in(words_of(cells), moments=moments)


def amount_evidence(cells: pl.Series, kind: amounts.Kind = "money", *, rate: bool = False) -> AmountEvidence:
    """Count how the figures of a column of text are written; `rate` where percentages belong there."""
    return amounts_in(words_of(cells), kind, rate=rate)


def words_of(cells: pl.Series) -> pl.DataFrame:
    """Return each `word` of a column once, trimmed, and how many `cells` hold it; no blanks or shorthand."""
    counted = cells.alias("word").drop_nulls().value_counts(name="cells")
    word = pl.col("word").str.strip_chars()
    return counted.with_columns(word).filter((pl.col("word") != "") & symbols(pl.col("word")).is_null())


def dates_in(words: pl.DataFrame, *, moments: bool) -> DateEvidence:
    """Count how words (see `words_of`) are written as dates."""
    forms = _by_form(words, dates.date_forms(words["word"], moments=moments)["form"])
    return DateEvidence(
        year_first=forms.pop(dates.SELF_EVIDENT, 0),
        day_only=forms.pop(dates.DAY_ONLY, 0),
        month_only=forms.pop(dates.MONTH_ONLY, 0),
        either=forms.pop(dates.EITHER, 0),
        serial=forms.pop(dates.SERIAL, 0),
        unreadable=sum(forms.values()),
    )


def amounts_in(words: pl.DataFrame, kind: amounts.Kind, *, rate: bool) -> AmountEvidence:
    """Count how words (see `words_of`) are written as figures."""
    figures = words.with_columns(unmarked(pl.col("word"))[0])
    found = amounts.amount_forms(figures["word"], kind, rate=rate)
    forms = _by_form(words, found["form"])
    counted = found.with_columns(words["cells"]).filter(pl.col("form").is_not_null())
    below = counted.filter((pl.col("by_point") < 0) | (pl.col("by_comma") < 0))
    signs = counted.drop_nulls("currency").group_by("currency").agg(pl.col("cells").sum()).sort("currency")
    return AmountEvidence(
        plain=forms.pop(amounts.NEUTRAL, 0),
        point_only=forms.pop(amounts.POINT_ONLY, 0),
        comma_only=forms.pop(amounts.COMMA_ONLY, 0),
        either=forms.pop(amounts.EITHER, 0),
        unreadable=sum(forms.values()),
        negative=int(below["cells"].sum()),
        currencies=dict(signs.iter_rows()),
    )


def _by_form(words: pl.DataFrame, forms: pl.Series) -> dict[str | None, int]:
    counted = words.with_columns(forms.alias("form")).group_by("form").agg(pl.col("cells").sum())
    return {form: int(cells) for form, cells in counted.iter_rows()}


def readable(evidence: Evidence) -> int:
    """Return how many cells are written as some date or figure."""
    return _total(evidence) - evidence.unreadable


def _total(evidence: Evidence) -> int:
    counted = vars(evidence).items()
    return sum(count for name, count in counted if name not in {"negative", "currencies"})


def _share(some: int, of: int) -> str:
    """Return a share in whole per cent, never rounded to all or to nothing."""
    percent = _PERCENT * some / of
    if 0 < percent < 1:
        return "less than 1 %"
    return f"{_PERCENT if some == of else min(round(percent), _PERCENT - 1)} %"


def _contradiction(found: DateEvidence) -> str:
    if found.day_only and found.month_only:
        return (
            f"{_values(found.day_only)} valid only as day-first and {found.month_only:,} only as month-first"
        )
    written = found.day_only + found.month_only + found.either
    return f"{_values(found.serial)} a spreadsheet's day numbers and {written:,} written as dates"


def _values(count: int) -> str:
    return "1 value is" if count == 1 else f"{count:,} values are"


def _indecision(found: DateEvidence) -> str:
    if found.either:
        return "nothing decides between day-first and month-first"
    if found.serial:
        return "holds a spreadsheet's day numbers, and nothing says whether they count from 1900 or from 1904"
    return "holds no dates"
