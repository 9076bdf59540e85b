"""The evidence of a finding as a reader is given it: amounts in pounds, keys sorted, valid JSON."""

import json
import math
from decimal import Decimal

import polars as pl

from pbr_audit.reports.columns import PENCE

ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def evidence_out(evidence: pl.Series) -> pl.Series:
    """Return evidence (JSON objects as text) with each `…_pence` as text `1234.50` under its outside name."""
    return evidence.map_elements(_written, return_dtype=pl.String, skip_nulls=True)


def _written(text: str) -> str:
    return ENCODER.encode(_outside(json.loads(text)))


def _outside(value: object) -> object:
    if isinstance(value, dict):
        told = (_told(key, value) for key in value)
        return {key: _outside(member) for key, member in sorted(told)}
    if isinstance(value, list):
        return [_outside(member) for member in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _told(key: str, among: dict[str, object]) -> tuple[str, object]:
    value, outside = among[key], key.removesuffix(PENCE)
    if outside == key or outside in among or not (value is None or isinstance(value, int)):
        return key, value
    return outside, None if value is None else f"{Decimal(value).scaleb(-2):.2f}"
