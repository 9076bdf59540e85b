"""The standard as others read it: Frictionless Table Schemas, a Data Package, and a page for people.

All of it is generated from the models into `pbr_audit/standard/`; a test keeps the files current. To write
them anew: `python -m pbr_audit.tables.descriptor`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pbr_audit.tables.page import page
from pbr_audit.tables.registry import TABLES, Column, Table

VERSION = "0.1"
FOLDER = Path(__file__).parent.parent / "standard"

# Frictionless' own default for a datetime asks for an offset, which this standard rejects.
_TYPES: Mapping[str, Mapping[str, str]] = {
    "text": {"type": "string"},
    "choice": {"type": "string"},
    "date": {"type": "date"},
    "datetime": {"type": "datetime", "format": "%Y-%m-%dT%H:%M:%S"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "money": {"type": "number"},
}


def descriptors() -> dict[str, str]:
    """Return the text of every generated file by its name; the same bytes each time."""
    schemas = {f"{table.name}.schema.json": _json(table_schema(table)) for table in TABLES.values()}
    return {"datapackage.json": _json(data_package()), **schemas, "standard.md": page(VERSION)}


def table_schema(table: Table) -> dict[str, Any]:
    """Return the Frictionless Table Schema of one table."""
    keys = [column.name for column in table.columns.values() if column.unique]
    schema: dict[str, Any] = {
        "title": table.name,
        "description": table.description,
        "fields": [_field(column) for column in table.columns.values()],
        "missingValues": [""],
    }
    return schema | ({"primaryKey": keys} if keys else {})


def data_package() -> dict[str, Any]:
    """Return the Data Package: every table as a CSV file beside its schema."""
    return {
        "name": "payment-by-results-claims",
        "title": "Claims of payment-by-results contracts",
        "version": VERSION,
        "resources": [
            {
                "name": table.name.replace("_", "-"),
                "path": f"{table.name}.csv",
                "profile": "tabular-data-resource",
                "description": table.description,
                "format": "csv",
                "encoding": "utf-8",
                "schema": f"{table.name}.schema.json",
            }
            for table in TABLES.values()
        ],
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.required and column.unless is None:
        constraints["required"] = True
    if column.unique:
        constraints["unique"] = True
    if column.closed:
        constraints["enum"] = list(column.choices)
    field: dict[str, Any] = {
        "name": column.name,
        **_TYPES[column.kind],
        "description": column.description,
        "unit": column.unit,
        "example": column.example,
    }
    if column.choices and not column.closed:
        field["knownValues"] = list(column.choices)
    if column.unless is not None:
        field["requiredUnless"] = column.unless
    if column.default is not None:
        field["default"] = column.default
    if column.sensitive:
        field["sensitive"] = True
    return field | ({"constraints": constraints} if constraints else {})


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _write() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, text in descriptors().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    _write()
