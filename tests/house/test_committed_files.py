"""What may stand in the repository: which top-level names, and no address or path of anybody's machine."""

import re

from tests.house.repository import texts, tracked

TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "LICENSE",
    "Makefile",
    "README.md",
    "benchmarks",
    "fixtures",
    "pbr_audit",
    "pyproject.toml",
    "requirements-dev.txt",
    "requirements.txt",
    "rules.lock",
    "rules",
    "tests",
}

# Put together here, so that this file passes its own test.
REGISTRY_HOSTS = tuple(
    ".".join(labels)
    for labels in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("anaconda", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("crates", "io"),
        ("golang", "org"),
        ("debian", "org"),
        ("jfrog", "io"),
    )
)
REGISTRY_HOST = re.compile("|".join(re.escape(host) for host in REGISTRY_HOSTS))

# Folders of one machine; below `pbr_audit/`, `rules/` and in the build files those of any machine.
OWN_FOLDERS = ("work", "root")
ANY_FOLDERS = (*OWN_FOLDERS, "tmp", "home", "Users", "private", "opt")
BUILD_AND_CODE = ("pbr_audit", "rules", "benchmarks", ".ci", "Makefile", "pyproject.toml", "README.md")


def absolute(folders: tuple[str, ...]) -> re.Pattern[str]:
    """Match a path that starts at one of `folders`, not a relative path that passes through one."""
    return re.compile(rf"(?<![\w.}}*])/(?:{'|'.join(folders)})/")


def places(pattern: re.Pattern[str], found: dict[str, str]) -> list[str]:
    return [
        f"{name} line {number}"
        for name, text in found.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_the_top_level_holds_the_agreed_names_and_nothing_more() -> None:
    assert {name.split("/")[0] for name in tracked()} - TOP_LEVEL == set()


def test_no_file_names_a_package_registry() -> None:
    assert places(REGISTRY_HOST, texts()) == []


def test_no_file_names_a_folder_of_the_machine_that_it_was_written_on() -> None:
    assert places(absolute(OWN_FOLDERS), texts()) == []


def test_no_code_names_an_absolute_folder() -> None:
    assert places(absolute(ANY_FOLDERS), texts(*BUILD_AND_CODE)) == []


def test_a_relative_path_through_a_folder_of_that_name_is_not_absolute() -> None:
    assert absolute(("data",)).search("contracts/data/claims.csv") is None
    assert absolute(("data",)).search("open('/data/claims.csv')") is not None
