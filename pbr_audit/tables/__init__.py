"""The tables of the claims standard: names, types and vocabularies, declared once as pandera models."""

from pbr_audit.tables._pandera import READY as _READY
from pbr_audit.tables.claims import claims_schema
from pbr_audit.tables.registry import TABLES, Column, Further, Table, table_of

assert _READY  # noqa: S101 - imported for what it does, and first

__all__ = ["TABLES", "Column", "Further", "Table", "claims_schema", "table_of"]
