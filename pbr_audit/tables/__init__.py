"""The tables of the claims standard: names, types and vocabularies, declared once as pandera models."""

from pbr_audit.tables.claims import claims_schema
from pbr_audit.tables.registry import TABLES, Column, Table

__all__ = ["TABLES", "Column", "Table", "claims_schema"]
