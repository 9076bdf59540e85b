"""A rule imports Polars, dates and what the package offers to rules; no rule imports a rule, or the disk."""

import ast

import pytest

from tests.house.repository import texts

ALLOWED = ("polars", "datetime", "pbr_audit.rule", "pbr_audit.stats", "pbr_audit.linkage")


def foreign_imports(source: str) -> list[str]:
    """Return the modules that `source` imports and a rule may not, in the order of the file."""
    imported: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            imported.append("." * node.level + (node.module or ""))
    return [
        name for name in imported if not any(name == may or name.startswith(f"{may}.") for may in ALLOWED)
    ]


def test_every_shipped_rule_imports_only_what_a_rule_may() -> None:
    rules = {name: text for name, text in texts("rules").items() if name.endswith(".py")}
    foreign = {name: foreign_imports(text) for name, text in rules.items()}
    assert {name: imports for name, imports in foreign.items() if imports} == {}


@pytest.mark.parametrize(
    ("source", "foreign"),
    [
        ("import polars as pl", []),
        ("from datetime import date", []),
        ("from pbr_audit.rule import Needs, Rule", []),
        ("from pbr_audit.stats.funnel import limits", []),
        ("import os", ["os"]),
        ("def flag():\n    from pathlib import Path", ["pathlib"]),
        ("from pbr_audit import engine", ["pbr_audit"]),
        ("from pbr_audit.ruleset import x", ["pbr_audit.ruleset"]),
        ("from . import PBR101_price", ["."]),
        ("import polars, polarsish", ["polarsish"]),
    ],
)
def test_imports_are_told_apart(source: str, foreign: list[str]) -> None:
    assert foreign_imports(source) == foreign
