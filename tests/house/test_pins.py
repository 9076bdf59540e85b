"""The pin files: everything pinned, everything hashed, no address."""

import re
import tomllib
from typing import Any

import pytest

from tests.house.repository import ROOT

RUNTIME = "requirements.txt"
DEV = "requirements-dev.txt"
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)", re.MULTILINE)


def normal(name: str) -> str:
    """Return a distribution's name as installers compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(file: str) -> dict[str, str]:
    text = (ROOT / file).read_text(encoding="utf-8")
    return {normal(pin["name"]): pin["version"] for pin in PIN.finditer(text)}


def asked_for(file: str) -> list[str]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = list(project["project"]["dependencies"])
    if file == DEV:
        asked += [*project["project"]["optional-dependencies"]["dev"], *project["build-system"]["requires"]]
    return [normal(re.split(r"[\[<>=!~ ;]", requirement)[0]) for requirement in asked]


@pytest.mark.parametrize("file", [RUNTIME, DEV])
def test_no_pin_file_holds_an_address(file: str) -> None:
    assert "://" not in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("file", [RUNTIME, DEV])
def test_every_pin_has_a_hash(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ")
    assert [line.split()[0] for line in text.splitlines() if "--hash=sha256:" not in line] == []


@pytest.mark.parametrize("file", [RUNTIME, DEV])
def test_every_requirement_is_pinned(file: str) -> None:
    assert [name for name in asked_for(file) if name not in pins(file)] == []


def test_the_developers_pins_are_the_users_pins_and_more() -> None:
    runtime = pins(RUNTIME)
    dev = pins(DEV)
    assert {name: dev.get(name) for name in runtime} == runtime
