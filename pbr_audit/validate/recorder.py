"""pandera's own check objects as Polars expressions.

A check of pandera on Polars is a function that is handed a LazyFrame and calls `select(expression)` on it.
Handed a recorder instead, it gives the expression away: so the models stay the only list of checks.
"""

from functools import partial
from typing import Any, cast

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData


class UnsupportedCheckError(TypeError):
    """A model holds a check that is not one expression; a fault of the model, found before any data is."""


class _Selected:
    """What a check returns: the one expression that it selected."""

    def __init__(self, expression: pl.Expr) -> None:
        self.expression = expression


class _Recorder:
    """Stands in for the LazyFrame; anything but `select` of one expression is refused by its absence."""

    def select(self, expression: pl.Expr) -> _Selected:
        return _Selected(expression)


def expression_of(check: pa.Check, column: str = "*") -> pl.Expr:
    """Return the expression by which `check` passes a row: true, false, or null where it cannot say.

    Raises UnsupportedCheckError for checks by element or by group, for warnings, and for those that look at a
    whole column at once.
    """
    if check.element_wise or check.groupby is not None or check.raise_warning or check._check_fn is None:  # noqa: SLF001
        raise UnsupportedCheckError(_refusal(check, column, "only checks that select one expression compile"))
    # pandera's own backend binds the arguments in this way.
    function = partial(check._check_fn, **check._check_kwargs)  # noqa: SLF001
    recorder = cast("Any", _Recorder())
    try:
        selected = function(PolarsData(recorder, column))
    except (AttributeError, TypeError) as error:
        raise UnsupportedCheckError(
            _refusal(check, column, "it does more than select one expression")
        ) from error
    if not isinstance(selected, _Selected):
        raise UnsupportedCheckError(_refusal(check, column, "it does not return what it selected"))
    return selected.expression


def failing(check: pa.Check, column: str = "*") -> pl.Expr:
    """Return where `check` fails, never null: a null passes unless the check was told not to ignore nulls."""
    passes = expression_of(check, column)
    return passes.fill_null(value=bool(check.ignore_na)).not_()


def _refusal(check: pa.Check, column: str, why: str) -> str:
    where = "the whole row" if column == "*" else f"column {column}"
    return f"the check {check.name} on {where} cannot be compiled: {why}"
