"""A batch after the pass: typed rows, and for each reason the rows that it is against."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from pbr_audit.validate.noticed import Noticed

REASONS = "_reasons"


@dataclass(frozen=True)
class Verdicts:
    """A batch, judged: its cells clean and typed, and a Boolean column for each reason that any row gets.

    `rejected` is None where every row is accepted. `otherwise` says whether there are cells that the
    standard's own forms do not read and another format would.
    """

    cleaned: pl.DataFrame
    typed: pl.DataFrame
    flags: pl.DataFrame
    rejected: pl.Series | None
    unreadable_amounts: int
    noticed: Noticed = field(default_factory=Noticed)
    otherwise: bool = False

    def split(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the accepted rows and the rejected ones, typed, these with their `_reasons`."""
        if self.rejected is None:
            none = pl.Series(REASONS, [], dtype=pl.List(pl.String))
            return self.typed, self.typed.clear().with_columns(none)
        refused = self.typed.filter(self.rejected).hstack([self.reasons(self.rejected)])
        return self.typed.filter(~self.rejected), refused

    def reasons(self, of: pl.Series) -> pl.Series:
        """Return the reasons of the rows where `of` is true: a list, empty for an accepted row."""
        if not self.flags.width:
            return pl.Series(REASONS, [[]], dtype=pl.List(pl.String)).new_from_index(0, int(of.sum()))
        said = pl.concat_list(pl.when(flag).then(pl.lit(flag)) for flag in self.flags.columns)
        return self.flags.filter(of).select(said.list.drop_nulls().alias(REASONS)).to_series()


def either(flags: Sequence[pl.Series]) -> pl.Series | None:
    """Return where any of `flags` is true; None for no flags."""
    if not flags:
        return None
    numbered = pl.DataFrame([flag.alias(str(position)) for position, flag in enumerate(flags)])
    return numbered.select(pl.any_horizontal(pl.all())).to_series()
