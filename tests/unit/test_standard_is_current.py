"""The generated standard is what the models say, and the models say what the standard's page says."""

import json
import re
from pathlib import Path

import pytest

from pbr_audit.tables import TABLES
from pbr_audit.tables.descriptor import FOLDER, descriptors

PAGE = Path(__file__).parents[3] / "shared" / "standard.md"
CODE = re.compile(r"`([a-z_]+)(\*?)`(\*?)")


def test_the_generated_files_are_current() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir() if path.is_file()}

    assert written == descriptors(), "run: python -m pbr_audit.tables.descriptor"


def test_generating_twice_gives_the_same_text() -> None:
    assert descriptors() == descriptors()


def test_every_schema_of_the_data_package_is_generated() -> None:
    generated = descriptors()

    package = json.loads(generated["datapackage.json"])

    assert [resource["schema"] for resource in package["resources"]] == [
        f"{name}.schema.json" for name in TABLES
    ]
    assert {resource["schema"] for resource in package["resources"]} <= generated.keys()


def test_the_schema_of_claims_carries_its_constraints() -> None:
    schema = json.loads(descriptors()["claims.schema.json"])
    fields = {field["name"]: field for field in schema["fields"]}

    assert schema["primaryKey"] == ["claim_id"]
    assert fields["claim_id"]["constraints"] == {"required": True, "unique": True}
    assert fields["tier"]["constraints"] == {"required": True, "enum": ["prime", "subcontractor"]}
    assert fields["employment_type"]["knownValues"] == ["employed", "self_employed", "other"]
    assert "constraints" not in fields["employment_type"]
    assert fields["client_id"]["requiredUnless"] == "the outcome's kind is cohort"


def _columns_of_the_page() -> dict[str, list[tuple[str, bool]]]:
    """Each table's columns and required marks, in the page's order."""
    if not PAGE.exists():
        pytest.skip("the page of the standard is not beside this checkout")
    text = PAGE.read_text(encoding="utf-8")
    tables = text[text.index("## Tables") : text.index("## Contract terms")]
    sections = re.split(r"^\*\*([a-z_]+)\*\*[:,]", tables, flags=re.MULTILINE)[1:]
    return {
        name: _of_a_table(body) if "| --- |" in body else _of_a_sentence(body)
        for name, body in zip(sections[::2], sections[1::2], strict=True)
    }


def _of_a_table(body: str) -> list[tuple[str, bool]]:
    rows = [line.split("|")[1] for line in body.splitlines() if line.startswith("| ")][2:]
    cells = [cell.strip() for row in rows for cell in row.split(",")]
    return [(cell.rstrip("*"), cell.endswith("*")) for cell in cells]


def _of_a_sentence(body: str) -> list[tuple[str, bool]]:
    # A column's own words and remarks stand in brackets behind it.
    names = CODE.findall(re.sub(r"\([^()]*\)", "", body))
    return [(name, bool(inside or behind)) for name, inside, behind in names]


def test_columns_and_required_marks_are_those_of_the_page() -> None:
    ours = {
        table.name: [(column.name, column.required) for column in table.columns.values()]
        for table in TABLES.values()
    }

    theirs = _columns_of_the_page()

    # The page lets a date of birth be a keyed hash, and a column of dates cannot hold one.
    ours["clients"].remove(("date_of_birth_hash", False))
    # The cohort's format is this project's own addition: the field has none.
    del ours["cohort"]
    assert list(ours) == list(theirs)
    for name, columns in theirs.items():
        assert ours[name] == columns, name
