"""A column of few different words is read by its words, with the same result."""

import polars as pl
import pytest

from pbr_audit.validate import words
from pbr_audit.validate.compiled import compile_pass
from pbr_audit.validate.words import LEAST_ROWS, read_by_word

NUMBER = pl.col("cell").cast(pl.Int64, strict=False).alias("value")


def many(*cells: str | None) -> pl.Series:
    return pl.Series("cell", list(cells) * LEAST_ROWS, dtype=pl.String)


def test_words_are_read_once_and_stand_where_they_stood() -> None:
    assert read_by_word(many("2", None, "1"), NUMBER).equals(  # type: ignore[union-attr]
        pl.Series("value", [2, None, 1] * LEAST_ROWS)
    )


def test_text_that_is_clean_is_handed_on_as_it_is() -> None:
    cells = many("a", "b")

    found = read_by_word(cells, pl.col("cell").str.strip_chars().alias("text"))

    assert found is not None
    assert found.equals(cells.alias("text"))


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(many("1", "x"), id="a word reads as null"),
        pytest.param(many(None), id="there are no words"),
        pytest.param(pl.Series("cell", ["1", "2"]), id="a few rows"),
        pytest.param(pl.Series("cell", range(LEAST_ROWS)).cast(pl.String), id="every row differs"),
        pytest.param(pl.Series("cell", [1] * LEAST_ROWS), id="no text"),
    ],
)
def test_other_columns_are_left_to_the_caller(cells: pl.Series) -> None:
    assert read_by_word(cells, NUMBER) is None


def test_the_pass_gives_the_same_by_word_and_by_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = pl.DataFrame(
        {
            "provider_id": pl.Series(range(LEAST_ROWS)).cast(pl.String),
            "name": many(" One", "Two ", "Three")[:LEAST_ROWS],
            "role": many("prime", "both", "owner", None, "")[:LEAST_ROWS],
            "sector": many("public", None)[:LEAST_ROWS],
            "succeeded_on": many("2016-01-05", None, "2016-02-29")[:LEAST_ROWS],
        }
    )
    compiled = compile_pass("providers", tuple(batch.schema.items()))
    numbered = batch.with_row_index("_row")

    by_word = compiled.judge(numbered).split()
    monkeypatch.setattr(words, "LEAST_ROWS", LEAST_ROWS + 1)
    by_cell = compiled.judge(numbered).split()

    assert by_word[0].equals(by_cell[0])
    assert by_word[1].equals(by_cell[1])
    assert by_word[0].height == 2 * LEAST_ROWS // 5
