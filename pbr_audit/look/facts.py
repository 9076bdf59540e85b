"""What can be said of a column without saying what is in it: how full, how many different, what kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import polars as pl

from pbr_audit.look import sensitive
from pbr_audit.look.readings import Days, Figures, are_dates, figures_of
from pbr_audit.validate.shorthand import symbols

Kind = Literal["empty", "date", "amount", "number", "whole number", "yes or no", "text"]

# A column is of a kind where so much of it is; the rest are slips, which a run rejects one by one.
NEARLY_ALL = 0.9
# The kind is told by the most frequent of the different values, up to so many.
_TOLD_BY = 300
# A number does not begin with a nought before another digit; a code does.
_CODE = r"^0[0-9]|^[A-Za-z]{3}[0-9]+$|^[0-9]+[A-Za-z]{3}$"
_PENCE = r"[.,][0-9]{2}\)?-?$"
_MONEY_SIGN = "[\u00a3\u20ac$]|^[A-Za-z]{3} ?[0-9]|[0-9] ?[A-Za-z]{3}$"
_YES_OR_NO = ("y", "n", "yes", "no", "true", "false", "t", "f")


@dataclass(frozen=True)
class Facts:
    """A source's column; `words` are its different values (`word`, `rows`): never shown, and not in the repr.

    `shorthand` counts cells that hold a symbol for a missing figure; they are not among the `filled`.
    """

    header: str
    place: int
    rows: int
    filled: int
    distinct: int
    shorthand: Mapping[str, int]
    kind: Kind
    sensitive: str | None
    words: pl.DataFrame = field(repr=False)
    cells: pl.Series = field(repr=False)

    @property
    def is_key(self) -> bool:
        """Whether each row has a value, and each another one."""
        return self.filled == self.rows == self.distinct and self.rows > 0

    @cached_property
    def days(self) -> Days | None:
        """The days of a column of dates."""
        return Days(self.cells, self.words) if self.kind == "date" else None

    @cached_property
    def figures(self) -> Figures | None:
        """The figures of a column of amounts or numbers."""
        return Figures(self.cells, self.words) if self.kind in ("amount", "number", "whole number") else None


def facts_of(frame: pl.DataFrame) -> tuple[Facts, ...]:
    """Look at the columns of a source; typed ones (Parquet) are looked at as they would be written.

    All columns are told by a few passes over all their different values: a file may have thousands of them.
    """
    cells = frame.select(_as_text(name, dtype) for name, dtype in frame.schema.items())
    counts = [
        column.alias("word")
        .drop_nulls()
        .value_counts(name="rows")
        .with_columns(place=pl.lit(place, dtype=pl.UInt32))
        for place, column in enumerate(cells, start=1)
    ]
    if not counts:
        return ()
    words = pl.concat(counts).with_columns(symbol=symbols(pl.col("word")))
    told = _told(words.filter(pl.col("symbol").is_null()))
    words = words.sort("place", "rows", "word", descending=[False, True, False])
    parts = words.partition_by("place", as_dict=True, include_key=False)
    none = words.clear().drop("place")
    return tuple(
        _facts(column, place, parts.get((place,), none), told.get(place))
        for place, column in enumerate(cells, start=1)
    )


def _as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.String:
        text = pl.col(name).str.strip_chars()
        return pl.when(text != "").then(text).alias(name)
    if dtype.is_nested() or dtype in {pl.Binary, pl.Object}:
        return pl.lit(None, dtype=pl.String).alias(name)
    return pl.col(name).cast(pl.String)


@dataclass(frozen=True)
class _Told:
    """The kind of a column's values, and what they hold that is sensitive."""

    kind: Kind
    sensitive: str | None


def _told(words: pl.DataFrame) -> dict[int, _Told]:
    """By place; `words` are `place`, `word` and `rows`, without shorthand."""
    some = words.filter(pl.col("rows").rank("ordinal", descending=True).over("place") <= _TOLD_BY)
    word = pl.col("word")
    has_digit = some["word"].str.contains("[0-9]")
    digits = some.filter(has_digit).with_columns(
        are_dates(some.filter(has_digit)["word"]).alias("date"), *figures_of(some.filter(has_digit)["word"])
    )
    marked = pl.concat([digits, some.filter(~has_digit)], how="diagonal").with_columns(
        pl.col("date", "figure", "whole").fill_null(value=False),
        code=word.str.contains(_CODE) & ~word.str.contains(_PENCE),
        pence=word.str.contains(_PENCE),
        sign=word.str.contains(_MONEY_SIGN),
        yes_or_no=word.str.to_lowercase().is_in(_YES_OR_NO),
        **sensitive.marks(word),
    )
    names = [name for name in marked.columns if name not in {"place", "word", "rows", "symbol"}]
    rows = pl.col("rows").sum()
    shares = marked.group_by("place").agg(
        rows.alias("all_rows"),
        pl.len().alias("different"),
        *((pl.col(name) * pl.col("rows")).sum() / rows for name in names),
    )
    return {int(row["place"]): _Told(_kind(row), sensitive.held(row)) for row in shares.iter_rows(named=True)}


def _kind(share: Mapping[str, float]) -> Kind:
    if share["yes_or_no"] == 1:
        return "yes or no"
    if share["date"] >= NEARLY_ALL:
        return "date"
    if share["figure"] < NEARLY_ALL or share["code"] > 0:
        return "text"
    if share["pence"] >= NEARLY_ALL or share["sign"] >= 1 / 2:
        return "amount"
    return "whole number" if share["whole"] >= share["figure"] else "number"


def _facts(cells: pl.Series, place: int, words: pl.DataFrame, told: _Told | None) -> Facts:
    plain = words.filter(pl.col("symbol").is_null()).select("word", "rows")
    short = words.filter(pl.col("symbol").is_not_null())
    shorthand = short.group_by("symbol").agg(pl.col("rows").sum()).sort("symbol") if short.height else short
    if short.height:
        cells = (
            cells.to_frame()
            .select(pl.when(~pl.col(cells.name).is_in(short["word"].to_list())).then(cells.name))
            .to_series()
        )
    return Facts(
        header=cells.name,
        place=place,
        rows=cells.len(),
        filled=int(plain["rows"].sum()),
        distinct=plain.height,
        shorthand={str(symbol): int(rows) for symbol, rows in shorthand.select("symbol", "rows").iter_rows()},
        kind=told.kind if told is not None else "empty",
        sensitive=sensitive.by_header(cells.name) or (told.sensitive if told is not None else None),
        words=plain,
        cells=cells,
    )
