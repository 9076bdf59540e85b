"""The process that reads one workbook: it answers its parent's questions until the parent hangs up.

Questions come as lines of JSON, answers go as frames. The first question names the file and the limits; every
answer is a message, or `{"refused": sentence}`, after which the process ends. Rows and columns are numbered
from 1 in questions and answers, as the spreadsheet shows them.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from pbr_audit.sheets.book import Book, SheetCells
from pbr_audit.sheets.cell_text import Line
from pbr_audit.sheets.frames import Message, send
from pbr_audit.sheets.limits import Limits, confine
from pbr_audit.sheets.refusal import TOO_LARGE, Refusal

# Rows of a message: some 50,000 cells.
_MESSAGE_CELLS = 50_000
_MESSAGE_ROWS = 2_000
OUT_OF_MEMORY = f"needs more memory to be read than a workbook of its size should; {TOO_LARGE}"


def main() -> None:
    """Answer on standard output what is asked on standard input."""
    answers = sys.stdout.buffer
    questions = map(json.loads, sys.stdin.buffer)
    try:
        _converse(questions, answers)
    except Refusal as refusal:
        send(answers, {"refused": str(refusal)})
    except MemoryError:
        send(answers, {"refused": OUT_OF_MEMORY})
    except BrokenPipeError:
        # The parent wants no more of it.
        sys.exit(0)


def _converse(questions: Iterator[Message], answers: BinaryIO) -> None:
    opening = next(questions)
    limits = Limits(**opening["limits"])
    confine(limits.memory_for(0, 0), limits.seconds)
    book = Book(opening["path"], limits)
    send(answers, {"sheets": book.sheets, "seconds": book.seconds})
    for question in questions:
        for message in _answers(book, question):
            send(answers, message)


def _answers(book: Book, question: Message) -> Iterator[Message]:
    sheet = book.sheet(question["sheet"])
    match question["ask"]:
        case "filled":
            yield {"filled": any(True for _ in sheet.lines())}
        case "first":
            yield {"first": sheet.first(question["rows"]), "merged": sheet.merged}
        case "columns":
            yield {"columns": sorted(_filled_columns(sheet, question["below"]))}
        case "rows":
            yield from _rows(sheet, question["below"], question["columns"])
        case _:
            raise ValueError


def _filled_columns(sheet: SheetCells, below: int) -> set[int]:
    """The columns that hold something under a row, formulas without a result too."""
    filled: set[int] = set()
    for row, line in sheet.lines(below):
        filled.update(column for column, cell in enumerate(line, start=1) if cell is not None)
        filled.update(sheet.not_calculated(row))
    return filled


def _rows(sheet: SheetCells, below: int, columns: list[int]) -> Iterator[Message]:
    """The rows under a row that hold anything in these columns, in parts: their numbers and cells."""
    at_most = max(1, min(_MESSAGE_ROWS, _MESSAGE_CELLS // max(1, len(columns))))
    asked = frozenset(columns)
    for part in _parts(_within(sheet, below, asked), at_most):
        across = list(zip(*(line for _, line in part), strict=True))
        empty = [None] * len(part)
        yield {
            "rows": [row for row, _ in part],
            "cells": [across[column - 1] if column <= len(across) else empty for column in columns],
            "not_calculated": [row for row, _ in part if asked.intersection(sheet.not_calculated(row))],
        }
    yield {"end": True, "long": list(sheet.long_numbers.items())}


def _within(sheet: SheetCells, below: int, columns: frozenset[int]) -> Iterator[tuple[int, Line]]:
    for row, line in sheet.lines(below):
        cells = (line[column - 1] for column in columns if column <= len(line))
        if any(cell is not None for cell in cells) or not columns.isdisjoint(sheet.not_calculated(row)):
            yield row, line


def _parts(lines: Iterable[tuple[int, Line]], at_most: int) -> Iterator[list[tuple[int, Line]]]:
    part: list[tuple[int, Line]] = []
    for numbered in lines:
        part.append(numbered)
        if len(part) == at_most:
            yield part
            part = []
    if part:
        yield part
