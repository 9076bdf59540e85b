"""What a function of a condition was called with, and the sentences about what it cannot take."""

from dataclasses import dataclass

import polars as pl

from pbr_audit.errors import ConfigurationError
from pbr_audit.expression.kinds import DAYS, NUMBERS, Kind, Typed, common, unlike


@dataclass(frozen=True, slots=True)
class Arguments:
    """What one call was given; `take` and its kin check an argument and raise a sentence."""

    function: str
    parts: tuple[Typed, ...]
    where: str

    def wrong(self, message: str) -> ConfigurationError:
        return ConfigurationError(f"{self.where}: {self.function}: {message}")

    def take(self, index: int, allowed: frozenset[Kind], expected: str) -> Typed:
        """The argument at `index`, of one of the kinds `allowed`."""
        part = self.parts[index]
        if part.kind not in allowed | {Kind.NULL}:
            raise self.wrong(f"{part.says}; {self.function} takes {expected} here")
        return part

    def text(self, index: int = 0) -> pl.Expr:
        return self.take(index, frozenset({Kind.TEXT}), "text").cast(Kind.TEXT)

    def number(self, index: int = 0) -> Typed:
        return self.take(index, NUMBERS, "a number")

    def day(self, index: int = 0) -> pl.Expr:
        part = self.take(index, DAYS, "a date")
        return part.cast(Kind.DATE) if part.kind == Kind.NULL else part.expr

    def written_text(self, index: int) -> str:
        """A text literal: what stands here must be known before the data is."""
        part = self.parts[index]
        if not part.written or not isinstance(part.constant, str):
            raise self.wrong(
                f"argument {index + 1} must be a text literal; write it in single quotation marks"
            )
        return part.constant

    def count(self, index: int, low: int, high: int) -> int:
        """A whole number that is written in the condition or given as a parameter."""
        value = self.parts[index].constant
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.wrong(f"argument {index + 1} must be fixed; write a whole number from {low} to {high}")
        return value

    def result(self, expr: pl.Expr, kind: Kind, *, times: int = 1, growth: float = 1.0) -> Typed:
        """The call's value; `expr` holds its arguments `times` over; a text grows by at most `growth`."""
        weight = times * (1 + sum(part.weight for part in self.parts)) + 1
        longest = max((part.growth for part in self.parts), default=1.0)
        return Typed(expr, kind, f"{self.function}(...)", weight, growth=longest * growth)

    def together(self) -> Kind:
        """The kind that all arguments share."""
        kind = common(self.parts)
        if kind is None:
            one, other = unlike(self.parts)
            raise self.wrong(f"{one.says} and {other.says}; give it values of one kind")
        return kind
