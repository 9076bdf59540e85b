"""Which pairs are compared: records that agree in all the values of a key, each pair once.

A pair is one unsigned number of 64 bits, the lower row in its upper half, so that a sort makes pairs unique.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.linkage.at_once import at_once
from pbr_audit.linkage.coded import Values
from pbr_audit.linkage.policy import Policy
from pbr_audit.linkage.prepare import ACROSS, Prepared

Pairs = NDArray[np.uint64]
Rows = NDArray[np.uint32]
Flags = NDArray[np.bool_]

_HALF: Final = np.uint64(32)
_LOWER: Final = np.uint64(0xFFFFFFFF)
# What a number of 64 bits has room for.
_BITS: Final = 64
_LAST: Final = np.uint64(2**64 - 1)
_LARGEST: Final = 2**63
_SWAP: Final = "given_name = family_name exchanged"
EVERY_PAIR: Final = "every pair"


@dataclass(frozen=True)
class Blocked:
    """Pairs to compare, sorted and unique, and the report of each key.

    `report`: key, blocks, pairs, capped_blocks, capped_records, pairs_not_compared (under this key alone;
    another key may have found them), used.
    """

    pairs: Pairs
    report: pl.DataFrame


@dataclass(frozen=True)
class _Groups:
    """The blocks of two rows and more of a key: rows in the order of their blocks, and where these begin.

    `sizes` are those of all blocks of two and more; rows and starts are of those alone that hold no more than
    the policy's `most_in_block`, and are `None` where their pairs are more than any budget.
    """

    key: str
    sizes: NDArray[np.int64]
    most: int
    rows: Rows | None = None
    starts: NDArray[np.int64] | None = None

    @property
    def kept(self) -> NDArray[np.int64]:
        return self.sizes[self.sizes <= self.most]

    @property
    def capped(self) -> NDArray[np.int64]:
        return self.sizes[self.sizes > self.most]


def rows_of(pairs: Pairs) -> tuple[Rows, Rows]:
    """Return the lower and the higher row of each pair."""
    return (pairs >> _HALF).astype(np.uint32), (pairs & _LOWER).astype(np.uint32)


def packed(left: NDArray[np.integer], right: NDArray[np.integer]) -> Pairs:
    """Return pairs of rows as numbers, the lower row first."""
    low = np.minimum(left, right).astype(np.uint64)
    return np.asarray((low << _HALF) | np.maximum(left, right).astype(np.uint64))


def block(prepared: Prepared, policy: Policy) -> Blocked:
    """Find the pairs to compare, under each key of the policy that the limits allow.

    Keys are taken in their order while the pairs stay within the policy's budget; one that does not fit is
    left out, and the next is tried. Where all pairs fit, all are compared.
    """
    n = prepared.height
    budget = max(policy.pairs_a_record * n, policy.least_pairs)
    if n * (n - 1) // 2 <= budget // 4:
        pairs = _every_pair(n)
        return Blocked(_differing(pairs, prepared, policy), _report([_line(EVERY_PAIR, 1, len(pairs))]))
    keys = [key for key in policy.keys if set(key) <= set(prepared.values)]
    chosen: list[_Groups] = []
    lines: list[dict[str, object]] = []
    places = np.arange(n, dtype=np.uint32)
    grouped = partial(_groups, prepared.values, places, most=policy.most_in_block, budget=budget)
    for groups in at_once(grouped, keys):
        count = _pairs_in(groups.kept)
        if count > budget:
            lines.append(_line(groups.key, len(groups.sizes), 0, left_out=_pairs_in(groups.sizes)))
            continue
        budget -= count
        chosen.append(groups)
        lines.append(_line(groups.key, len(groups.kept), count, capped=groups.capped))
    found = at_once(_within, chosen)
    swapped = _exchanged_names(prepared.values)
    if swapped is not None:
        found.append(swapped)
        lines.append(_line(_SWAP, len(swapped), len(swapped)))
    return Blocked(_differing(_unique(found), prepared, policy), _report(lines))


def _groups(values: Values, places: Rows, key: tuple[str, ...], *, most: int, budget: int) -> _Groups:
    name = " + ".join(key)
    if len(key) == 1:
        sizes = values[key[0]].counts[1:]
        groups = _Groups(name, sizes[sizes > 1], most)
        if _pairs_in(groups.kept) > budget:
            return groups
    rows, starts = _blocks(*_keyed(values, key, len(places)), places)
    sizes = np.diff(np.append(starts, len(rows)))
    groups = _Groups(name, sizes, most)
    if _pairs_in(groups.kept) > budget:
        return groups
    return replace(groups, rows=rows, starts=starts[sizes <= most])


def _keyed(values: Values, key: tuple[str, ...], records: int) -> tuple[NDArray[np.uint64], Flags]:
    """Return for each row one number for its values of a key, and whether it has all of them."""
    numbers, known = np.zeros(records, dtype=np.uint64), np.ones(records, dtype=np.bool_)
    combinations = 1
    for name in key:
        codes, distinct = values[name].codes, len(values[name].texts) + 1
        combinations *= distinct
        if combinations >= _LARGEST:
            numbers, combinations = _ranked(numbers), records * distinct
        numbers *= np.uint64(distinct)
        numbers += codes
        known &= codes > 0
    return (numbers if combinations >> (_BITS - records.bit_length()) == 0 else _ranked(numbers)), known


def _ranked(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Number the distinct numbers from 0."""
    return np.unique(numbers, return_inverse=True)[1].astype(np.uint64)


def _blocks(numbers: NDArray[np.uint64], known: Flags, places: Rows) -> tuple[Rows, NDArray[np.int64]]:
    """Return the rows that share their number with others, block by block, and where each block begins.

    A number and its row are made one number, and the whole sorted: that takes an eighth of the time of
    sorting places by it.
    """
    bits = np.uint64(len(places).bit_length())
    numbers <<= bits
    numbers |= places
    numbers[~known] = _LAST
    numbers.sort()
    numbers = numbers[: np.count_nonzero(known)]
    as_before = (numbers[1:] ^ numbers[:-1]) >> bits == 0
    shared = np.zeros(len(numbers), dtype=np.bool_)
    shared[1:] = as_before
    begins = ~shared
    shared[:-1] |= as_before
    rows = numbers[shared] & ((np.uint64(1) << bits) - np.uint64(1))
    return rows.astype(np.uint32), np.flatnonzero(begins[shared])


def _within(groups: _Groups) -> Pairs:
    """Return every pair of two rows of one block."""
    if groups.rows is None or groups.starts is None:
        raise ValueError("The pairs of this key were only counted.")
    starts, sizes = groups.starts, groups.kept
    place = np.repeat(starts, sizes) + count_up(sizes)
    after = np.repeat(starts + sizes, sizes) - place - 1
    left = np.repeat(place, after)
    right = left + 1 + count_up(after)
    # Rows of one block stand in their order: the left one is the lower.
    return np.asarray((groups.rows[left].astype(np.uint64) << _HALF) | groups.rows[right])


def _pairs_in(sizes: NDArray[np.int64]) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def count_up(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return 0, 1, … for each of the lengths, one after another."""
    ends = np.cumsum(lengths)
    return np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - lengths, lengths)


def _every_pair(n: int) -> Pairs:
    left, right = np.triu_indices(n, 1)
    return packed(left, right)


def _exchanged_names(values: Values) -> Pairs | None:
    """Pair records whose given and family names are each other's, short forms undone, born in one year."""
    needed = ("given_name__formal", "family_name__formal", "birth_date__year")
    if not set(needed) <= set(values):
        return None
    given, family, year = (values[name].codes for name in needed)
    distinct = len(values["given_name__formal"].texts) + 1
    # Only who has for a given name somebody's family name, and the other way round.
    as_family, as_given = (np.bincount(codes, minlength=distinct) > 0 for codes in (family, given))
    rows = np.flatnonzero(
        (given > 0) & (family > 0) & (year > 0) & (given != family) & as_family[given] & as_given[family]
    )
    names = pl.DataFrame({"row": rows, "given": given[rows], "family": family[rows], "year": year[rows]})
    joined = names.join(
        names, left_on=["given", "family", "year"], right_on=["family", "given", "year"], suffix="_right"
    )
    joined = joined.filter(pl.col("row") < pl.col("row_right"))
    return packed(joined["row"].to_numpy(), joined["row_right"].to_numpy())


def _unique(found: list[Pairs]) -> Pairs:
    pairs = np.concatenate(found) if found else np.empty(0, np.uint64)
    pairs.sort()
    return pairs[np.r_[True, pairs[1:] != pairs[:-1]]] if len(pairs) else pairs


def _differing(pairs: Pairs, prepared: Prepared, policy: Policy) -> Pairs:
    if policy.across is None:
        return pairs
    source = prepared.values[ACROSS].codes
    left, right = rows_of(pairs)
    return np.asarray(pairs[source[left] != source[right]])


def _line(
    key: str, blocks: int, pairs: int, *, capped: NDArray[np.int64] | None = None, left_out: int = 0
) -> dict[str, object]:
    too_large = np.empty(0, dtype=np.int64) if capped is None else capped
    return {
        "key": key,
        "blocks": blocks,
        "pairs": pairs,
        "capped_blocks": len(too_large),
        "capped_records": int(too_large.sum()),
        "pairs_not_compared": left_out + _pairs_in(too_large),
        "used": not left_out,
    }


def _report(lines: list[dict[str, object]]) -> pl.DataFrame:
    counts = dict.fromkeys(
        ("blocks", "pairs", "capped_blocks", "capped_records", "pairs_not_compared"), pl.Int64
    )
    return pl.DataFrame(lines, schema={"key": pl.String, **counts, "used": pl.Boolean}, orient="row")
