"""A rule's page as blocks that a template can set: paragraphs, lists, and text that keeps its line breaks."""

import re
from dataclasses import dataclass
from textwrap import dedent
from typing import Literal

from pbr_audit.rule import Page

ITEM = re.compile(r"^(?:[-*·]|\(?\d{1,2}[.)])\s+")
KEPT = re.compile(r"^(?:>>>|\.\.\.|\||```| {4,}|\t)")
NUMBERED = re.compile(r"^\(?\d")

Kind = Literal["paragraph", "list", "numbered", "kept"]


@dataclass(frozen=True)
class Block:
    """One block of a section: its lines of text are items of a list, or a single paragraph."""

    kind: Kind
    lines: tuple[str, ...]


def sections(page: Page) -> tuple[tuple[str, tuple[Block, ...]], ...]:
    """Return each heading of a page with the blocks below it."""
    return tuple((heading, blocks(text)) for heading, text in page.sections.items())


def blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks in `text`: parted by blank lines; lines with a number or dash are a list."""
    made: list[Block] = []
    for part in re.split(r"\n[ \t]*\n", text.strip("\n")):
        lines = part.rstrip().split("\n")
        if all(KEPT.match(line) for line in lines):
            made.append(Block("kept", (dedent(part.rstrip()),)))
            continue
        starts = [at for at, line in enumerate(lines) if ITEM.match(line.strip())]
        before = lines[: starts[0]] if starts else lines
        if before:
            made.append(Block("paragraph", (_line(before),)))
        if starts:
            kind: Kind = "numbered" if NUMBERED.match(lines[starts[0]].strip()) else "list"
            ends = [*starts[1:], len(lines)]
            items = (_line(lines[start:end]) for start, end in zip(starts, ends, strict=True))
            made.append(Block(kind, tuple(ITEM.sub("", item) for item in items)))
    return tuple(made)


def _line(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())
