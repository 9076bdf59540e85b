"""Keyed hashes in the place of what tells a person: equal values stay equal, and nothing can be read.

A field becomes one text, `k1.` and the hash of its normalised value, then those of its variants in a fixed
order, each cut to 128 bits and parted by points; a variant that the value does not have is empty. The hash is
HMAC-SHA256 (RFC 2104, FIPS 180-4) under a key of 256 bits. Whoever has the key can find out whose hash one is
by trying names, and of variants with few values (an initial, a year) the frequent ones can be guessed without
it: pseudonymised data are still personal data.
"""

import base64
import hmac
import re
from collections.abc import Mapping
from typing import Final

import polars as pl

from pbr_audit.linkage.kinds import Kind
from pbr_audit.linkage.prepare import VARIANTS, variants

KEY_BYTES: Final = 32
SCHEME: Final = "k1"
# 128 of the 256 bits, in 22 characters: two of a billion values would meet once in 10^20 tables.
KEPT_BYTES: Final = 16
_PART: Final = r"(?:[A-Za-z0-9_-]{22})?"
_PATTERN: Final = rf"^{SCHEME}\.[A-Za-z0-9_-]{{22}}(?:\.{_PART})*$"
# Values of one domain are hashed alike, so that they can be held against each other: a given name that
# stands in the place of the family name, a day in the place of the month.
_DOMAINS: Final[Mapping[str, str]] = {
    "given_name": "name",
    "given_name__formal": "name",
    "family_name": "name",
    "family_name__formal": "name",
    "given_name__initial": "initial",
    "family_name__initial": "initial",
    "given_name__sound": "sound",
    "family_name__sound": "sound",
    "birth_date__exchanged": "birth_date",
}


def is_pseudonym(text: str) -> bool:
    """Tell whether a text is a keyed hash as this module writes them."""
    return re.match(_PATTERN, text) is not None


def are_pseudonyms(values: pl.Series) -> bool:
    """Tell whether there are values, and all of them are keyed hashes as this module writes them."""
    there = values.drop_nulls()
    return values.dtype == pl.String and bool(len(there)) and bool(there.str.contains(_PATTERN).all())


def pseudonyms(values: pl.Series, kind: Kind, key: bytes) -> pl.Series:
    """Return the keyed hash of each value of `kind`, with those of its variants; null where nothing is left.

    Values are normalised first, as linkage does, so that two spellings of one value have one hash. Raises
    ValueError where the key is not of 256 bits, as `pseudonyms_of_ids` does.
    """
    distinct = values.unique().drop_nulls().sort()
    forms = variants(pl.DataFrame({"": distinct}), {"": kind})
    hashed = [
        _hashed(forms[name], _DOMAINS.get(kind + name, kind + name), key).fill_null("")
        for name in forms.columns
    ]
    written = pl.DataFrame(hashed).select(
        pl.when(pl.nth(0) != "").then(pl.concat_str(pl.lit(SCHEME), pl.all(), separator="."))
    )
    return values.replace_strict(distinct, written.to_series(), default=None, return_dtype=pl.String).alias(
        values.name
    )


def pseudonyms_of_ids(ids: pl.Series, domain: str, key: bytes) -> pl.Series:
    """Return the keyed hash of each id as it stands; ids of one domain are hashed alike."""
    hashed = _hashed(ids, f"id {domain}", key)
    return (
        hashed.to_frame(ids.name)
        .select(pl.concat_str(pl.lit(SCHEME), pl.all(), separator="."))
        .to_series()
        .alias(ids.name)
    )


def unpacked(people: pl.DataFrame, kinds: Mapping[str, Kind]) -> pl.DataFrame:
    """Return `people` with keyed hashes taken apart: `field`, and `field__variant` beside it, null for none.

    Columns that hold no keyed hashes stay as they are.
    """
    parts: list[pl.Series] = []
    for column, kind in kinds.items():
        if are_pseudonyms(people[column]):
            names = [column, *(f"{column}__{variant}" for variant in VARIANTS.get(kind, {}))]
            split = people[column].str.split(".").list
            parts += [
                _nothing_is_null(split.get(at + 1, null_on_oob=True), name) for at, name in enumerate(names)
            ]
    return people.with_columns(parts)


def _nothing_is_null(texts: pl.Series, name: str) -> pl.Series:
    return texts.to_frame(name).select(pl.when(pl.col(name) != "").then(pl.col(name))).to_series()


def _hashed(values: pl.Series, domain: str, key: bytes) -> pl.Series:
    """Return the hash of each value in a domain, done once for each distinct value."""
    distinct = values.unique().drop_nulls()
    prefix = f"{domain}\0".encode()
    hashes = [_hash(key, prefix + value.encode()) for value in distinct]
    return values.replace_strict(distinct, hashes, default=None, return_dtype=pl.String)


def _hash(key: bytes, message: bytes) -> str:
    if len(key) != KEY_BYTES:
        raise ValueError(f"the key has {len(key)} bytes, and not {KEY_BYTES}")
    cut = hmac.digest(key, message, "sha256")[:KEPT_BYTES]
    return base64.urlsafe_b64encode(cut).decode().rstrip("=")
