"""People made ready for comparison: sorted by id, each value normalised, with its variants beside it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.errors import InputError
from pbr_audit.linkage import normalise
from pbr_audit.linkage.at_once import at_once
from pbr_audit.linkage.coded import Coded, Step, Steps, Values, applied, encoded
from pbr_audit.linkage.kinds import Kind, value_name
from pbr_audit.linkage.policy import Policy

_PLAIN: Final[dict[Kind, Steps]] = {
    "given_name": normalise.NAME,
    "family_name": normalise.NAME,
    "middle_name": normalise.NAME,
    "birth_date": normalise.DAY,
    "sex": normalise.SEX,
    "postcode": normalise.CODE,
    "national_id": normalise.CODE,
    "email": normalise.EMAIL,
    "phone": normalise.PHONE,
    "account": normalise.CODE,
    "street": normalise.WORDS,
    "house_number": normalise.WORDS,
    "place": normalise.WORDS,
    "attribute": normalise.WORDS,
}
# Of a normalised value, what else is compared or blocked on. Both names have the same variants, so that
# names that were exchanged can be seen.
_OF_A_NAME: Final[dict[str, Step]] = {
    "formal": normalise.formal,
    "sound": lambda name: normalise.sound(normalise.formal(name)),
    "initial": lambda name: name.str.head(1),
}
VARIANTS: Final[dict[Kind, dict[str, Step]]] = {
    "given_name": _OF_A_NAME,
    "family_name": _OF_A_NAME,
    "birth_date": {
        "exchanged": normalise.exchanged,
        "year": lambda days: days.str.head(4),
        "month_day": lambda days: days.str.tail(4),
    },
    "postcode": {"sector": normalise.sector, "district": normalise.district},
    "email": {"figures": normalise.figures},
}
# Variants that stand for what can be seen in the texts themselves, where these are not hidden.
_OF_HASHES: Final = frozenset({"exchanged", "figures"})
# The value that a pair's two records must differ in, where the policy names one.
ACROSS: Final = "across"
_OWN: Final[frozenset[Kind]] = frozenset({"national_id", "email", "phone", "account"})
_NAMES: Final[tuple[Kind, Kind]] = ("given_name", "family_name")


@dataclass(frozen=True)
class Prepared:
    """People in the order of their ids: `ids` (String), and `values`, by name of value or variant."""

    ids: pl.Series
    values: Values

    @property
    def height(self) -> int:
        return len(self.ids)


def prepare(people: pl.DataFrame, policy: Policy) -> Prepared:
    """Normalise the policy's columns and sort by id, so that the order of rows decides nothing.

    Raises InputError where a column is missing, or an id is missing or stands twice.
    """
    _check(people, policy)
    ids, order = _in_order(people[policy.id])
    made = hashed_values(people, policy.kinds) if policy.hashed else plain_values(people, policy.kinds)
    if policy.across is not None:
        made[ACROSS] = encoded([people[policy.across]])[0]
    if order is not None:
        made = {name: value.ordered(order) for name, value in made.items()}
    return Prepared(ids, made)


def plain_values(
    people: pl.DataFrame, kinds: Mapping[str, Kind], *, without: Collection[str] = _OF_HASHES
) -> dict[str, Coded]:
    """Return each column's normalised values, and their variants but some, in the order of the rows."""
    names = [column for column, kind in kinds.items() if kind in _NAMES]
    # The names are the longest piece of work: first, so that no thread is left waiting for it.
    together: list[list[str]] = [names] if names else []
    alone = [[column] for column in kinds if column not in names]

    def forms(columns: list[str]) -> list[dict[str, Coded]]:
        if columns == names:
            return _names(people.select(columns))
        return [_forms(people[columns[0]], kinds[columns[0]], without)]

    found = at_once(forms, together + alone)
    by_column = dict(zip([*names, *(one for [one] in alone)], chain.from_iterable(found), strict=True))
    return {
        value_name(column, kind) + suffix: form
        for column, kind in kinds.items()
        for suffix, form in by_column[column].items()
    }


def hashed_values(people: pl.DataFrame, kinds: Mapping[str, Kind]) -> dict[str, Coded]:
    """Return columns and their variants as they stand: keyed hashes, that are the same or are not."""
    found: dict[str, pl.Series] = {}
    for column, kind in kinds.items():
        for variant in ("", *(f"__{variant}" for variant in VARIANTS.get(kind, {}))):
            if column + variant in people.columns:
                found[value_name(column, kind) + variant] = people[column + variant]
    joint = [name for name in found if name.startswith((*_NAMES, "birth_date"))]
    made = dict(
        zip(joint, encoded([found[name] for name in joint], opaque=True) if joint else [], strict=True)
    )
    return {
        name: made[name] if name in made else encoded([series], opaque=True)[0]
        for name, series in found.items()
    }


def variants(people: pl.DataFrame, kinds: Mapping[str, Kind]) -> pl.DataFrame:
    """Return each column's normalised values and their variants, in the order of the rows.

    Columns are named `field` and `field__variant`. A keyed hash of each, with one key, is what linkage can
    still compare of people whose identity must not be seen.
    """
    values = plain_values(people, kinds, without=())
    found: dict[str, pl.Series] = {}
    for column, kind in kinds.items():
        for suffix in ("", *(f"__{variant}" for variant in VARIANTS.get(kind, {}))):
            value = values[value_name(column, kind) + suffix]
            texts = pl.concat([pl.Series("value", [None], dtype=pl.String), value.texts.alias("value")])
            found[column + suffix] = texts.gather(value.codes)
    return pl.DataFrame(found)


def _names(people: pl.DataFrame) -> list[dict[str, Coded]]:
    """Return the forms of each column of names, which share their texts: exchanged names can be seen."""
    columns = encoded(people.get_columns())
    plain = Coded(np.concatenate([one.codes for one in columns]), columns[0].texts).mapped(_plain_name)
    forms = {"": plain} | {f"__{variant}": plain.made(step) for variant, step in _OF_A_NAME.items()}
    return [
        {
            suffix: Coded(form.codes[part * people.height : (part + 1) * people.height], form.texts)
            for suffix, form in forms.items()
        }
        for part in range(len(columns))
    ]


def _plain_name(texts: pl.Series) -> pl.Series:
    return applied(normalise.plain(texts), *normalise.NAME)


def _forms(values: pl.Series, kind: Kind, without: Collection[str]) -> dict[str, Coded]:
    """Return a column's normalised values, and their variants but some."""
    plain = _normalised(values, kind)
    steps = {name: step for name, step in VARIANTS.get(kind, {}).items() if name not in without}
    return {"": plain} | {f"__{name}": plain.made(step) for name, step in steps.items()}


def _normalised(values: pl.Series, kind: Kind) -> Coded:
    if values.dtype in {pl.Date, pl.Datetime}:
        # Through a number: five times quicker than by a format.
        days = values.to_frame("day").select(
            pl.col("day").dt.year() * 10_000
            + pl.col("day").dt.month().cast(pl.Int32) * 100
            + pl.col("day").dt.day()
        )
        return encoded([days.to_series().cast(pl.String).str.zfill(8)])[0]
    if kind in _OWN:
        # Nearly every record has another one: numbered once, after they are normalised.
        return encoded([applied(normalise.plain(values), *_PLAIN[kind])])[0]
    return encoded([values])[0].mapped(lambda texts: applied(normalise.plain(texts), *_PLAIN[kind]))


def _in_order(ids: pl.Series) -> tuple[pl.Series, NDArray[np.integer] | None]:
    """Return the ids as text in their order, and the rows in it; no rows where they stand in it already."""
    texts = ids.cast(pl.String)
    if texts.is_sorted():
        rows = None
    else:
        rows = texts.arg_sort().to_numpy()
        texts = texts[rows]
    if texts.null_count() or (texts == texts.shift()).any():
        raise InputError(
            f"The people to link need an id each: in the column {ids.name} one is missing or stands twice."
        )
    return texts, rows


def _check(people: pl.DataFrame, policy: Policy) -> None:
    wanted = [policy.id, *policy.kinds, *([policy.across] if policy.across else [])]
    missing = [column for column in wanted if column not in people.columns]
    if missing:
        raise InputError(f"The people to link have no column {', '.join(missing)}, which the policy names.")
