"""Results for a build server: JUnit XML and GitHub's annotations. Neither holds a subject or an amount."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

LEVELS = ("error", "warning", "notice")


@dataclass(frozen=True)
class Check:
    """One thing that was tested: `suite` and `name`, and the sentence of its failure, or None."""

    suite: str
    name: str
    failure: str | None = None


def junit(checks: Sequence[Check], name: str) -> str:
    """Return the checks as JUnit XML, a suite for each `suite` in order, without any clock."""
    root = ET.Element("testsuites", name=name, tests=str(len(checks)), failures=str(_failures(checks)))
    for suite in dict.fromkeys(check.suite for check in checks):
        own = [check for check in checks if check.suite == suite]
        element = ET.SubElement(
            root, "testsuite", name=_clean(suite), tests=str(len(own)), failures=str(_failures(own))
        )
        for check in own:
            case = ET.SubElement(element, "testcase", classname=_clean(suite), name=_clean(check.name))
            if check.failure is not None:
                ET.SubElement(case, "failure", message=_clean(check.failure))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def github(level: str, title: str, sentence: str, file: str | None = None) -> str:
    """Return one workflow command of GitHub, which it shows beside `file` where one is named."""
    if level not in LEVELS:
        raise ValueError(f"an annotation is one of {', '.join(LEVELS)}")
    where = "" if file is None else f"file={_property(file)},"
    return f"::{level} {where}title={_property(title)}::{_data(sentence)}"


def _failures(checks: Sequence[Check]) -> int:
    return sum(check.failure is not None for check in checks)


def _clean(text: str) -> str:
    """Return text without the control characters that XML cannot hold."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
