"""A flag is a question: no word that accuses stands in the package, the rules or the fixtures."""

import re

from tests.house.repository import texts

ACCUSING = re.compile(
    r"(?<![a-z])(?:fraud|cheat|suspicio|suspect|guilt|culprit|crook|scam|dishonest|swindl|decei[tv]|thie[fv]|theft"
    r"|stole|steal|liar|bogus|wrongdo|perpetrat)",
    re.IGNORECASE,
)


def test_no_text_of_the_program_accuses_anybody() -> None:
    accusing = [
        f"{name} line {number}"
        for name, text in texts("pbr_audit", "rules", "fixtures").items()
        for number, line in enumerate(f"{name}\n{text}".splitlines())
        if ACCUSING.search(line)
    ]
    assert accusing == []


def test_accusing_words_are_found_inside_identifiers_and_not_inside_other_words() -> None:
    assert ACCUSING.search("is_suspicious = True") is not None
    assert ACCUSING.search("a peculiar, familiar escheat") is None
