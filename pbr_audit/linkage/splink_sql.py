"""Each level of a comparison as the condition that Splink puts to DuckDB.

The columns are those of `variants`: normalised values, `field` and `field__variant`. Distances differ in one
thing: DuckDB lets a sign be put between two that were exchanged, and linkage does not.
"""

from collections.abc import Mapping

from pbr_audit.linkage import levels, names
from pbr_audit.linkage.compare import NAME, Comparison
from pbr_audit.linkage.kinds import Kind, value_name

_ELSE = "ELSE"


def conditions(comparison: Comparison, kinds: Mapping[str, Kind]) -> list[str]:
    """Return the condition of each level, by level; `kinds` says which column holds which kind."""
    columns = {value_name(column, kind): column for column, kind in kinds.items()}
    if comparison.field == NAME:
        return _names(columns["given_name"], columns["family_name"])
    column = columns[comparison.field]
    left, right = f'"{column}_l"', f'"{column}_r"'
    between = _between(comparison.labels, column, left, right)
    return [f"{left} IS NULL OR {right} IS NULL", _ELSE, *between, f"{left} = {right}"]


def _between(labels: tuple[str, ...], column: str, left: str, right: str) -> list[str]:
    slips = f"damerau_levenshtein({left}, {right}) <= "
    if labels is levels.BORN_LABELS:
        return _born(column, left, right)
    if labels is levels.POSTCODE_LABELS:
        return [_same(f"{column}__district"), _same(f"{column}__sector"), f"{slips}1"]
    if labels is levels.CODE_LABELS:
        return [f"{slips}2", f"{slips}1"]
    if labels is levels.EMAIL_LABELS:
        return [f"{_same(f'{column}__figures')} AND {slips}2"]
    return [f"jaro_winkler_similarity({left}, {right}) >= {levels.WORD_ALIKE}"] if len(labels) > 3 else []  # noqa: PLR2004


def _born(column: str, left: str, right: str) -> list[str]:
    """Return the levels between *differs* and *same*, the most remote first."""
    parts = [
        (
            f"CAST(substr({left}, {at}, {length}) AS INTEGER)",
            f"CAST(substr({right}, {at}, {length}) AS INTEGER)",
        )
        for at, length in ((1, 4), (5, 2), (7, 2))
    ]
    (y1, y2), (m1, m2), (d1, d2) = parts
    apart = f"abs(({y1} - {y2}) * 365.25 + ({m1} - {m2}) * 30.44 + ({d1} - {d2}))"
    equal = " + ".join(f"CAST({one} = {other} AS INTEGER)" for one, other in parts)
    return [
        *(f"{apart} <= {days}" for days in (3653, 366, 31)),
        f"{equal} = 2",
        f"damerau_levenshtein({left}, {right}) <= 1",
        f'"{column}__exchanged_l" = {right}',
    ]


def _names(given: str, family: str) -> list[str]:
    """Return the conditions of the joint comparison, by its level."""
    given_is, family_is = _given_category(given), _category(family)
    knows_given = f'"{given}_l" IS NOT NULL AND "{given}_r" IS NOT NULL'
    knows_family = f'"{family}_l" IS NOT NULL AND "{family}_r" IS NOT NULL'
    both = f"{knows_given} AND {knows_family}"
    found = [f"NOT ({knows_given}) AND NOT ({knows_family})"]
    for level in range(1, len(names.LABELS)):
        if level == names.EXCHANGED:
            found.append(f"{both} AND {_exchanged(given, family)}")
        elif level in names.BOTH:
            combined = [
                f"(({given_is}) = {g} AND ({family_is}) = {f})"
                for g in range(names.GIVEN_CATEGORIES)
                for f in range(names.FAMILY_CATEGORIES)
                if names.BOTH[g, f] == level
            ]
            found.append(f"{both} AND ({' OR '.join(combined)})")
        else:
            alone, is_given = (
                (names.FAMILY_ALONE, False) if level in names.FAMILY_ALONE else (names.GIVEN_ALONE, True)
            )
            categories = ", ".join(str(at) for at, one in enumerate(alone) if one == level)
            known = knows_given if is_given else knows_family
            found.append(
                f"NOT ({both}) AND {known} AND ({given_is if is_given else family_is}) IN ({categories})"
            )
    found[1] = _ELSE
    return found


def _category(column: str, before: str = "") -> str:
    likeness = f'jaro_winkler_similarity("{column}_l", "{column}_r")'
    very, alike, remote = names.LIKENESSES
    return (
        f"CASE WHEN {_same(column)} THEN 4 {before}WHEN {likeness} >= {very} THEN 3"
        f" WHEN {likeness} >= {alike} THEN 2 WHEN {likeness} >= {remote} THEN 1 ELSE 0 END"
    )


def _given_category(column: str) -> str:
    short = f'(length("{column}_l") = 1 OR length("{column}_r") = 1)'
    return _category(
        column,
        f"WHEN {_same(f'{column}__formal')} THEN 5 WHEN {_same(f'{column}__initial')} AND {short} THEN 6 ",
    )


def _exchanged(given: str, family: str) -> str:
    alike = names.LIKENESSES[1]
    crossed = [
        f'("{one}__formal_l" = "{other}__formal_r" OR "{one}__initial_l" = "{other}__initial_r" AND'
        f' jaro_winkler_similarity("{one}_l", "{other}_r") >= {alike})'
        for one, other in ((given, family), (family, given))
    ]
    return " AND ".join(crossed)


def _same(column: str) -> str:
    return f'"{column}_l" = "{column}_r"'
