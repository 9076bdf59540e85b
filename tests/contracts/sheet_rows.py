"""Which rows of a sheet hold anything: counted from the XML itself, by none of the program's code.

A cell of nothing but blanks holds nothing, unless its blanks are marked to be kept.
"""

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

_SPACE_MARK = "}"


def filled_rows(path: Path, sheet: str) -> set[int]:
    """Return the numbers of the rows, from 1, of an XLSX, XLSM or ODS file in which a cell holds anything."""
    with zipfile.ZipFile(path) as archive:
        names = {name.replace("\\", "/").casefold(): name for name in archive.namelist()}
        if "content.xml" in names:
            return set(_ods_rows(_parsed(archive, names["content.xml"]), sheet))
        return set(_xlsx_rows(archive, names, sheet))


def _parsed(archive: zipfile.ZipFile, part: str) -> ET.Element:
    return ET.fromstring(archive.read(part))  # noqa: S314  # files of a collection that is known


def _xlsx_rows(archive: zipfile.ZipFile, names: dict[str, str], sheet: str) -> Iterator[int]:
    def part(name: str) -> ET.Element:
        return _parsed(archive, names[name.lstrip("/").replace("\\", "/").casefold()])

    offices = [
        _attribute(found, "Target") for found in part("_rels/.rels") if "/officeDocument" in _type(found)
    ]
    book = next(target for target in offices if target.endswith("workbook.xml")).lstrip("/")
    folder, file = posixpath.split(book)
    targets = {
        _attribute(found, "Id"): _attribute(found, "Target") for found in part(f"{folder}/_rels/{file}.rels")
    }
    relation = next(
        value
        for found in _named(part(book), "sheet")
        if _attribute(found, "name") == sheet
        for key, value in found.attrib.items()
        if key.endswith("}id")
    )
    shared_name = next((name for name in names if name.endswith("sharedstrings.xml")), None)
    shared = [_text(found) for found in _named(part(shared_name), "si")] if shared_name else []
    target = targets[relation].replace("\\", "/")
    place = target if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
    number = 0
    for row in _named(part(place), "row"):
        number = int(row.get("r", number + 1))
        if any(_holds(cell, shared) for cell in row if _local(cell) == "c"):
            yield number


def _holds(cell: ET.Element, shared: list[str]) -> bool:
    value = "".join(found.text or "" for found in cell if _local(found) == "v")
    if cell.get("t") == "s" and value.strip():
        return bool(shared[int(value)])
    formula = any(_local(found) == "f" for found in cell)
    inline = "".join(_text(found) for found in cell if _local(found) == "is")
    never_calculated = formula and not value.strip() and cell.get("t") != "str"
    return bool(value.strip() or inline) or cell.get("t") == "e" or never_calculated


def _ods_rows(content: ET.Element, sheet: str) -> Iterator[int]:
    number = 1
    for table in _named(content, "table"):
        if _attribute(table, "name") != sheet:
            continue
        for row in _named(table, "table-row"):
            repeated = int(_attribute(row, "number-rows-repeated") or 1)
            cells = [cell for cell in row if _local(cell) in {"table-cell", "covered-table-cell"}]
            if any(_ods_holds(cell) for cell in cells):
                yield from range(number, number + repeated)
            number += repeated


def _ods_holds(cell: ET.Element) -> bool:
    kind = _attribute(cell, "value-type")
    shown = any(_text(found).strip() for found in cell if _local(found) == "p")
    return (
        bool(kind and kind != "string")
        or bool(kind and shown)
        or bool(not kind and _attribute(cell, "formula"))
    )


def _named(element: ET.Element, local: str) -> list[ET.Element]:
    return [found for found in element.iter() if _local(found) == local]


def _local(element: ET.Element) -> str:
    return str(element.tag).rpartition(_SPACE_MARK)[2]


def _attribute(element: ET.Element, local: str) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == local), "")


def _type(element: ET.Element) -> str:
    return _attribute(element, "Type")


def _text(element: ET.Element) -> str:
    """The text that is shown: that of phonetic hints is not, nor blanks that are not marked to be kept."""
    if _local(element) in {"rPh", "annotation"}:
        return ""
    own = element.text or ""
    if _local(element) == "t" and _attribute(element, "space") != "preserve":
        own = own.strip()
    return own + "".join(_text(found) + (found.tail or "").strip() for found in element)
