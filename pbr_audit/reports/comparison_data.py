"""The numbers behind a comparison's page as open data: CSV tables, one JSON, and a descriptor."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from io import BytesIO
from typing import Any, Final

import polars as pl

from pbr_audit.compare import Comparison
from pbr_audit.protecting import EXACT_DIGITS, Protection
from pbr_audit.reports.comparison_page import comparison_html, measure_titles
from pbr_audit.reports.comparison_shown import (
    BalanceLine,
    CheckLine,
    CurvePoint,
    FunnelLine,
    ResultLine,
    Shown,
    shown,
)
from pbr_audit.reports.comparison_words import headline, match
from pbr_audit.reports.formats import write_csv
from pbr_audit.reports.manifest import versions

TABLES: Final[Mapping[str, tuple[str, type]]] = {
    "results": ("Each measure, with its difference, its 95 % limits and its answer.", ResultLine),
    "checks": ("The difference with everybody weighted instead of some matched.", CheckLine),
    "funnel": ("How many people are left at each stage, and why others are out.", FunnelLine),
    "balance": ("Means or shares of each covariate, and differences in standard deviations.", BalanceLine),
    "survival": ("The share without an event by day (Kaplan and Meier), with 95 % limits.", CurvePoint),
}
TYPES: Final = {"str": "string", "int": "integer", "float": "number"}
DTYPES: Final[Mapping[str, pl.DataType]] = {
    "string": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
}
UNITS: Final = {"rate": "share, 0 to 1", "frequency": "events a person", "time": "days"}


def published(found: Comparison, protection: Protection) -> dict[str, bytes]:
    """Return every file of a comparison by its name; the same comparison gives the same bytes.

    Unprotected, the pairs are among them: who was matched to whom is for nobody outside.
    """
    figures = shown(found, protection)
    tables = _tables(figures)
    files = {f"{name}.csv": _csv(table) for name, table in tables.items()}
    files["comparison.json"] = _json(
        {**_about(found, figures), **{k: v.to_dicts() for k, v in tables.items()}}
    )
    files["datapackage.json"] = _json(_descriptor(found, figures))
    if not protection.on:
        files["pairs.csv"] = _csv(_pairs(found))
    files["comparison.html"] = comparison_html(found, figures).encode()
    return files


def _tables(figures: Shown) -> dict[str, pl.DataFrame]:
    rows: dict[str, Sequence[Any]] = {
        "results": figures.results,
        "checks": figures.checks,
        "funnel": figures.funnel,
        "balance": figures.balance,
        "survival": figures.curves,
    }
    return {
        name: pl.DataFrame(
            [asdict(line) for line in rows[name]],
            schema={field: DTYPES[kind] for field, kind in _fields(of).items()},
        )
        for name, (_, of) in TABLES.items()
    }


def _fields(of: type) -> dict[str, str]:
    """Return the fields of a line with their kinds in the descriptor's words."""
    return {
        field.name: TYPES[getattr(field.type, "__name__", str(field.type)).split(" | ")[0]]
        for field in fields(of)
    }


def _csv(table: pl.DataFrame) -> bytes:
    file = BytesIO()
    write_csv(table, file)
    return file.getvalue()


def _pairs(found: Comparison) -> pl.DataFrame:
    names, scores = found.groups.people["person_id"], found.groups.propensity.round(EXACT_DIGITS)
    mine, theirs = found.groups.treated, found.groups.pool
    return pl.DataFrame(
        {
            "treated": names[mine.tolist()],
            "matched": names[theirs.tolist()],
            "propensity_treated": scores[mine],
            "propensity_matched": scores[theirs],
        }
    )


def _about(found: Comparison, figures: Shown) -> dict[str, Any]:
    settings = found.settings
    first = headline(found, figures)
    return {
        "name": found.cohort.dataset.name,
        "versions": versions(),
        "answer": {"measure": first.title, "answer": first.answer, "said": first.text},
        "match": match(found),
        "covariates": dict(found.cohort.covariates),
        "caliper_sd": settings.caliper_sd,
        "least_pairs": settings.least_pairs,
        "days": settings.days,
        "small_numbers": figures.protection.stated,
        "is_protected": figures.protection.on,
        "measures": measure_titles(found),
        "units": {**UNITS, "value": settings.words.unit or "as the source says"},
    }


def _descriptor(found: Comparison, figures: Shown) -> dict[str, Any]:
    return {
        "name": "matched-comparison",
        "title": f"{found.cohort.dataset.name}: a matched comparison",
        "description": figures.protection.stated,
        "resources": [
            {
                "name": name,
                "path": f"{name}.csv",
                "profile": "tabular-data-resource",
                "description": said,
                "format": "csv",
                "encoding": "utf-8",
                "schema": {
                    "fields": [{"name": field, "type": kind} for field, kind in _fields(of).items()],
                    "missingValues": [""],
                },
            }
            for name, (said, of) in TABLES.items()
        ],
    }


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
