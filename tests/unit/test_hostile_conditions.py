"""What a stranger's rule pack may not do: each of fixtures/hostile/conditions.toml is refused by name."""

import builtins
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from pbr_audit.errors import ConfigurationError
from pbr_audit.expression import compile_expression
from tests.unit.conditions import COLUMNS, HOSTILE, WHERE, each


def refusal(condition: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        compile_expression(condition, COLUMNS, where=WHERE)
    return str(caught.value)


@pytest.fixture
def nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What Polars and Python open a file or run SQL with fails here, and says that it was tried."""
    compile_expression("amount > 1", COLUMNS, where=WHERE)  # the SQL parser's own modules are loaded by now
    tried: list[str] = []

    def forbid(name: str) -> Callable[..., object]:
        def fail(*_: object, **__: object) -> object:
            tried.append(name)
            raise AssertionError(name)

        return fail

    for name in dir(pl):
        if name.startswith(("read_", "scan_")) or name in {"sql", "sql_expr", "SQLContext"}:
            monkeypatch.setattr(pl, name, forbid(f"polars.{name}"))
    monkeypatch.setattr(pl.DataFrame, "sql", forbid("DataFrame.sql"))
    monkeypatch.setattr(pl.LazyFrame, "sql", forbid("LazyFrame.sql"))
    monkeypatch.setattr(builtins, "open", forbid("open"))
    monkeypatch.setattr(os, "open", forbid("os.open"))
    monkeypatch.setattr(os, "system", forbid("os.system"))
    yield tried
    monkeypatch.undo()


def test_there_are_at_least_fifty_hostile_conditions_and_no_two_have_one_name() -> None:
    assert len(HOSTILE) >= 50
    assert len({case["name"] for case in HOSTILE}) == len(HOSTILE)


@each
def test_a_hostile_condition_is_refused_by_name(case: dict[str, str]) -> None:
    message = refusal(case["condition"])
    assert message.startswith(f"{WHERE}: {case['refused']}")
    # What, where, and what to do; one line.
    assert "; " in message
    assert "\n" not in message


@each
def test_a_refusal_quotes_no_more_of_a_condition_than_a_name(case: dict[str, str]) -> None:
    condition = case["condition"].strip()
    assert len(condition) < 20 or condition not in refusal(condition)


@each
def test_a_hostile_condition_opens_no_file_while_it_is_refused(
    case: dict[str, str], nothing_is_read: list[str]
) -> None:
    with pytest.raises(ConfigurationError):
        compile_expression(case["condition"], COLUMNS, where=WHERE)
    assert nothing_is_read == []


def test_an_honest_condition_opens_no_file_either(nothing_is_read: list[str]) -> None:
    compiled = compile_expression("regexp_like(outcome, '^J') and amount > 1", COLUMNS, where=WHERE)
    assert pl.DataFrame({"outcome": ["JOB"], "amount": [2]}).filter(compiled.expr).height == 1
    assert nothing_is_read == []


def test_the_parser_says_nothing_of_its_own(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        for case in HOSTILE:
            refusal(case["condition"])
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


# --- the hole that the two walls close -----------------------------------------------------------

READS_A_FILE = "amount in (select q from read_csv('FILE'))"


def test_polars_opens_a_file_that_a_text_names_while_it_only_reads_the_text(tmp_path: Path) -> None:
    """Why `polars.sql_expr` gets no condition: it opens the file before there is any data (Polars 2.1)."""
    there = tmp_path / "there.csv"
    there.write_text("q\n1\n", encoding="utf-8")
    absent = tmp_path / "absent.csv"
    pl.sql_expr(READS_A_FILE.replace("FILE", str(there)))
    with pytest.raises(FileNotFoundError):
        pl.sql_expr(READS_A_FILE.replace("FILE", str(absent)))


def test_polars_answers_from_a_file_that_a_text_names(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("q\n7\n", encoding="utf-8")
    condition = READS_A_FILE.replace("FILE", str(secret))
    claims = pl.DataFrame({"amount": [1, 7]})
    query = "select amount from self where CONDITION".replace("CONDITION", condition)
    assert claims.sql(query)["amount"].to_list() == [7]
    assert "a subquery (SELECT) is not allowed" in refusal(condition)
