"""The figures of a statistical finding in words: its estimate with limits, its effect, and how sure it is."""

import json
from collections.abc import Mapping
from typing import Any

from pbr_audit.reports.amounts import amount

# A p-value smaller than this is told as below it: no model of honest providers is known so far out.
SMALLEST_TOLD = 0.0001


def limits(row: Mapping[str, Any], currency: str) -> str:
    """Return between which amounts a finding's estimate lies, and of what; "" where it has no limits."""
    low, high = row["amount_low_pence"], row["amount_high_pence"]
    if low is None or high is None:
        return ""
    told = f"{amount(low, currency)} to {amount(high, currency)}, allowing for the selection"
    claims, pence = row["population_claims"], row["population_amount_pence"]
    if claims is None or pence is None:
        return told
    return f"{told}; of {claims:,} claims for {amount(pence, currency)}"


def strength(row: Mapping[str, Any]) -> str:
    """Return effect, interval, p, q and the number of providers compared; "" for a finding without a test."""
    if row["p_value"] is None:
        return ""
    parts = []
    if row["effect"] is not None:
        interval = (
            "" if row["effect_low"] is None else f" (95 %: {_short(row['effect_low'])} to {_high(row)})"
        )
        parts.append(f"effect {_short(row['effect'])}{interval}")
    parts.append(f"p {_share(row['p_value'])}")
    if row["q_value"] is not None:
        parts.append(f"q {_share(row['q_value'])}")
    compared = json.loads(row["evidence"] or "{}").get("providers_compared")
    if isinstance(compared, int):
        parts.append(f"{compared:,} providers compared")
    return " · ".join(parts)


def _high(row: Mapping[str, Any]) -> str:
    return "no limit" if row["effect_high"] is None else _short(row["effect_high"])


def _short(figure: float) -> str:
    """Return a figure to three digits, without an exponent."""
    rounded = float(f"{figure:.3g}")
    return f"{rounded:,.0f}" if rounded.is_integer() else f"{rounded:,}"


def _share(figure: float) -> str:
    return f"below {SMALLEST_TOLD:.4f}" if figure < SMALLEST_TOLD else f"{figure:.2g}"
