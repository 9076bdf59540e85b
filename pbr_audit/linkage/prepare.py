"""People made ready for comparison: sorted by id, each value normalised, with its variants beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from pbr_audit.errors import InputError
from pbr_audit.linkage import normalise
from pbr_audit.linkage.kinds import Kind, value_name
from pbr_audit.linkage.policy import Policy

_PLAIN: Final[dict[Kind, normalise.Step]] = {
    "given_name": normalise.name,
    "family_name": normalise.name,
    "middle_name": normalise.name,
    "sex": lambda text: normalise.plain(text).str.head(1),
    "postcode": normalise.code,
    "national_id": normalise.code,
    "email": normalise.email,
    "phone": normalise.phone,
    "account": normalise.code,
    "street": normalise.words,
    "house_number": normalise.words,
    "place": normalise.words,
    "attribute": normalise.words,
}
# Of a normalised value, what else is compared or blocked on.
VARIANTS: Final[dict[Kind, dict[str, normalise.Step]]] = {
    "given_name": {
        "formal": normalise.formal,
        "sound": lambda name: normalise.sound(normalise.formal(name)),
        "initial": lambda name: name.str.head(1),
    },
    "family_name": {"sound": normalise.sound},
    "birth_date": {
        "exchanged": normalise.exchanged,
        "year": lambda days: days.str.head(4),
        "month_day": lambda days: days.str.tail(4),
    },
    "postcode": {"sector": normalise.sector, "district": normalise.district},
}


@dataclass(frozen=True)
class Prepared:
    """People in the order of their ids: `ids` (String), and `values`, text, one column a value or variant."""

    ids: pl.Series
    values: pl.DataFrame

    @property
    def height(self) -> int:
        return self.values.height


def prepare(people: pl.DataFrame, policy: Policy) -> Prepared:
    """Normalise the policy's columns and sort by id, so that the order of rows decides nothing.

    Raises InputError where a column is missing, or an id is missing or stands twice.
    """
    ordered = _ordered(people, policy)
    made: dict[str, pl.Series] = {}
    for column, kind in policy.kinds.items():
        base = value_name(column, kind)
        for suffix, series in _forms(ordered, column, kind, hashed=policy.hashed):
            made[base + suffix] = series
    if policy.across is not None:
        made[ACROSS] = ordered[policy.across].cast(pl.String)
    return Prepared(ordered[policy.id].cast(pl.String), pl.DataFrame(made))


# The column that a pair's two records must differ in, where the policy names one.
ACROSS: Final = "across"


def variants(people: pl.DataFrame, kinds: Mapping[str, Kind]) -> pl.DataFrame:
    """Return each column's normalised values and their variants, in the order of the rows.

    Columns are named `field` and `field__variant`. A keyed hash of each, with one key, is what linkage can
    still compare of people whose identity must not be seen.
    """
    found: dict[str, pl.Series] = {}
    for column, kind in kinds.items():
        for suffix, series in _forms(people, column, kind, hashed=False):
            found[column + suffix] = series
    return pl.DataFrame(found)


def _forms(people: pl.DataFrame, column: str, kind: Kind, *, hashed: bool) -> list[tuple[str, pl.Series]]:
    if hashed:
        known = [
            f"__{variant}" for variant in VARIANTS.get(kind, {}) if f"{column}__{variant}" in people.columns
        ]
        return [(suffix, people[column + suffix].cast(pl.String)) for suffix in ("", *known)]
    base = normalise.day(people[column]) if kind == "birth_date" else _plain(people[column], _PLAIN[kind])
    return [
        ("", base),
        *(
            (f"__{variant}", normalise.by_distinct(base, step))
            for variant, step in VARIANTS.get(kind, {}).items()
        ),
    ]


def _plain(values: pl.Series, step: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    return normalise.by_distinct(values.cast(pl.String), step)


def _ordered(people: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    wanted = [policy.id, *policy.kinds, *([policy.across] if policy.across else [])]
    missing = [column for column in wanted if column not in people.columns]
    if missing:
        raise InputError(f"The people to link have no column {', '.join(missing)}, which the policy names.")
    ids = people[policy.id]
    if ids.null_count() or ids.n_unique() != people.height:
        raise InputError(
            f"The people to link need an id each: in the column {policy.id} one is missing or stands twice."
        )
    order = ids.cast(pl.String).arg_sort()
    return people[order]
