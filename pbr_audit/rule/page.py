"""A rule's page: the text that a person reads before believing a finding.

It is the rule's docstring. Each heading stands alone on a line, underlined with hyphens.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType

from pbr_audit.errors import RulePackError

HEADINGS = (
    "What it flags",
    "Method",
    "Example",
    "Why ask",
    "Innocent explanations",
    "Not flagged",
    "Assumptions",
    "Ask for",
    "Source",
)
UNDERLINED = re.compile(r"^(?P<heading>[A-Z][^\n]*)\n-{3,}[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """The auditor's sentence at the top, the text below each heading, and the whole."""

    sentence: str
    sections: MappingProxyType[str, str]
    text: str

    def line(self, heading: str) -> str:
        """Return a section's text on one line, for a finding's columns."""
        return " ".join(self.sections[heading].split())


def read_page(text: str, where: str) -> Page:
    """Return the page in `text`; RulePackError where a heading is missing, unknown, out of order or empty."""
    text = text.strip()
    marks = list(UNDERLINED.finditer(text))
    found = tuple(mark["heading"].strip() for mark in marks)
    if found != HEADINGS:
        missing = [heading for heading in HEADINGS if heading not in found]
        wrong = [heading for heading in found if heading not in HEADINGS]
        what = (
            f"lacks {', '.join(missing)}"
            if missing
            else f"has a heading that no page has: {', '.join(wrong)}"
            if wrong
            else "has its headings twice or in another order"
        )
        raise RulePackError(f"{where}: the page {what}; the headings are {' · '.join(HEADINGS)}")
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    sections = {
        heading: text[mark.end() : end].strip() for heading, mark, end in zip(found, marks, ends, strict=True)
    }
    for heading, body in sections.items():
        if not body:
            raise RulePackError(f"{where}: the page says nothing under {heading}")
    sentence = text[: marks[0].start()].strip().split("\n\n")[0]
    if not sentence:
        raise RulePackError(f"{where}: the page does not begin with a sentence")
    return Page(" ".join(sentence.split()), MappingProxyType(sections), text)
