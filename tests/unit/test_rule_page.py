"""A page has all of its headings, each with something below it."""

import pytest

from pbr_audit.errors import RulePackError
from pbr_audit.rule import HEADINGS, read_page


def page(headings: tuple[str, ...] = HEADINGS, body: str = "Some text.") -> str:
    sections = "\n\n".join(f"{heading}\n{'-' * len(heading)}\n{body}" for heading in headings)
    return f"An auditor's sentence\nover two lines.\n\n{sections}\n"


def test_a_page_is_a_sentence_and_its_sections() -> None:
    read = read_page(page(body="1. one\n2. two"), "rule.py")
    assert read.sentence == "An auditor's sentence over two lines."
    assert tuple(read.sections) == HEADINGS
    assert read.sections["Not flagged"] == "1. one\n2. two"
    assert read.line("Ask for") == "1. one 2. two"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (page(HEADINGS[1:]), "the page lacks What it flags"),
        (page((*HEADINGS, "More")), "the page has a heading that no page has: More"),
        (page(HEADINGS[::-1]), "the page has its headings twice or in another order"),
        (page((*HEADINGS, "Source")), "the page has its headings twice or in another order"),
    ],
)
def test_headings_are_complete_and_in_order(text: str, what: str) -> None:
    with pytest.raises(RulePackError) as refused:
        read_page(text, "rules/x.py")
    assert str(refused.value) == f"rules/x.py: {what}; the headings are {' · '.join(HEADINGS)}"


def test_a_section_without_text_is_refused() -> None:
    with pytest.raises(RulePackError) as refused:
        read_page(page(body=""), "rules/x.py")
    assert str(refused.value) == "rules/x.py: the page says nothing under What it flags"


def test_a_page_without_its_sentence_is_refused() -> None:
    with pytest.raises(RulePackError) as refused:
        read_page(page().split("\n\n", 1)[1], "rules/x.py")
    assert str(refused.value) == "rules/x.py: the page does not begin with a sentence"
