"""Whatever is raised ends as a sentence and a code, and no error's own text is shown."""

import re
import subprocess
import sys

import click
import polars as pl
import pytest

from pbr_audit.cli.guard import guarded
from pbr_audit.errors import Exit, PbrAuditError, worst
from tests.house.repository import ROOT


def raising(error: BaseException) -> int:
    def call() -> None:
        raise error

    return guarded(call)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (PbrAuditError("claims.csv: is empty"), 2, "pbr-audit: claims.csv: is empty\n"),
        (
            FileNotFoundError(2, "No such file or directory", "x.csv"),
            2,
            "pbr-audit: x.csv: No such file or directory\n",
        ),
        (
            KeyboardInterrupt(),
            130,
            "pbr-audit: interrupted; files that were being written have been left as they were\n",
        ),
        (click.exceptions.Exit(0), 0, ""),
        (BrokenPipeError(), 0, ""),
        (SystemExit(1), 0, ""),
    ],
)
def test_each_error_has_its_code_and_its_sentence(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert raising(error) == code
    assert capsys.readouterr().err == said


@pytest.mark.parametrize("error", [ValueError("J Smith"), pl.exceptions.PanicException("J Smith")])
def test_an_error_inside_the_program_shows_where_and_never_what(
    error: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    assert raising(error) == 2
    said = capsys.readouterr().err
    assert "Smith" not in said
    assert f"an error inside the program ({type(error).__name__})" in said
    assert re.search(r"tests/cli/test_guard\.py line \d+ in call", said)


def test_a_reader_that_closes_the_pipe_gets_no_complaint() -> None:
    command = f"{sys.executable} -m pbr_audit schema | head -1"
    ran = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stderr == ""


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        (set(), Exit.RAN),
        ({Exit.RAN, Exit.FINDINGS}, Exit.FINDINGS),
        ({Exit.FINDINGS, Exit.NOT_FULLY_AUDITABLE}, Exit.NOT_FULLY_AUDITABLE),
        ({Exit.NOT_FULLY_AUDITABLE, Exit.REGRESSED}, Exit.REGRESSED),
        ({Exit.REGRESSED, Exit.RULE_FAILED}, Exit.RULE_FAILED),
        (set(Exit), Exit.CONFIGURATION),
    ],
)
def test_where_several_codes_apply_the_standards_order_decides(codes: set[Exit], code: Exit) -> None:
    assert worst(codes) == code
