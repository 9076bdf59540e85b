"""The missing rows of a table beside the accepted ones: counted by file, by word, by month and by tenth."""

from collections.abc import Sequence

import polars as pl

from pbr_audit.remainder.words import GROUPS, QUANTITIES, Counted, in_words
from pbr_audit.stats.unlike import difference
from pbr_audit.tables import TABLES
from pbr_audit.validate import ValidTable
from pbr_audit.validate.rejects import TYPED
from pbr_audit.validate.spool import SOURCE

# The chance, for one table, of a difference where there is none.
LEVEL = 0.001
LEAST_LOSS = 0.01
MONTHS = ("outcome_date", "submitted_date", "referral_date", "measured_date", "activity_date", "start_date")
TENTHS = tuple(tenth / 10 for tenth in range(1, 10))
AMOUNT = "amount_pence"
MADE_OUT = r'(?:^|[\s£,;"])(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})\.[0-9]{2}(?:[\s,;"]|$)'


def differences(table: ValidTable, missing: pl.LazyFrame, least_rows: int) -> list[str]:
    """Return in what the missing rows, as the rejects keep them, differ from the accepted ones, in words.

    A comparison for which fewer than `least_rows` of them are known is left out.
    """
    values = _values(missing)
    there = [name for name in values.columns if name in table.columns]
    compared = {SOURCE: pl.col(SOURCE).cast(pl.String)}
    compared |= {name: _word(table, name) for name in GROUPS if name in there}
    compared |= {name: pl.col(name).dt.strftime("%Y-%m") for name in MONTHS if name in there}
    edges = {name: _edges(table, name) for name in QUANTITIES if name in there}
    compared |= {name: _tenth(name, of_name) for name, of_name in edges.items() if of_name}
    shown = [source.shown for source in table.sources]
    said = []
    for name, category in compared.items():
        counted = _counted(table, values, category.alias("category"))
        if counted.apart.sum() < least_rows or counted.loss < LEAST_LOSS:
            continue
        found = difference(counted.apart, counted.rest, LEVEL / len(compared))
        if found is not None:
            said.append(in_words(name, found, counted, shown))
    return said


def _word(table: ValidTable, name: str) -> pl.Expr:
    """Return the words of a column; those for which a row was rejected tell nothing of whose row it was."""
    column = TABLES[table.counts.table].columns[name]
    return pl.when(pl.col(name).is_in(column.choices)).then(pl.col(name)) if column.closed else pl.col(name)


def _values(missing: pl.LazyFrame) -> pl.DataFrame:
    """Return the typed values of the missing rows, an amount as far as it can be made out, and the source."""
    schema = missing.collect_schema()
    typed = {name.removeprefix(TYPED): pl.col(name) for name in schema if name.startswith(TYPED)}
    if AMOUNT in typed:
        texts = [name for name, dtype in schema.items() if dtype == pl.String and not name.startswith(TYPED)]
        typed[AMOUNT] = typed[AMOUNT].fill_null(amount_made_out(texts))
    return missing.select(SOURCE, **typed).collect()


def _counted(table: ValidTable, missing: pl.DataFrame, category: pl.Expr) -> Counted:
    """Count the missing and the accepted rows by category, in the order of the categories."""
    apart, rest = (
        frame.select(category).drop_nulls().group_by("category").len(name=part).collect()
        for part, frame in (("apart", missing.lazy()), ("rest", table.frame))
    )
    both = apart.join(rest, on="category", how="full", coalesce=True).sort("category")
    numbers = both.select(pl.col("apart", "rest").fill_null(0).cast(pl.Int64))
    return Counted(
        numbers["apart"].to_numpy(), numbers["rest"].to_numpy(), both["category"].to_list(), missing.height
    )


def _edges(table: ValidTable, name: str) -> list[float]:
    """Return the different tenths of the accepted values."""
    tenths = (pl.col(name).quantile(tenth).alias(str(tenth)) for tenth in TENTHS)
    return sorted({float(edge) for edge in table.frame.select(tenths).collect().row(0) if edge is not None})


def _tenth(name: str, edges: Sequence[float]) -> pl.Expr:
    """Return in which tenth a value lies, as one digit; null for no value."""
    above = pl.sum_horizontal((pl.col(name) > edge).cast(pl.Int32) for edge in edges)
    return pl.when(pl.col(name).is_not_null()).then(above.cast(pl.String))


def amount_made_out(texts: Sequence[str]) -> pl.Expr:
    """Return the one amount that stands in some cell of these columns, in pence; null for none or several.

    For telling whether the missing rows are small ones, and for nothing else.
    """
    # Two line ends: what ends one amount cannot begin the next.
    text = pl.concat_str(pl.lit(""), *(pl.col(name).fill_null("") for name in texts), separator="\n\n")
    found = text.str.extract_all(MADE_OUT)
    only = pl.when(found.list.len() == 1).then(found.list.first())
    return only.str.replace_all(r"[^0-9]", "").cast(pl.Int64, strict=False)
