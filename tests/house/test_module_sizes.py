"""A file is one noun: 60 to 250 lines are the aim, and 300 the limit."""

from tests.house.repository import texts

LIMIT_LINES = 300
# path: why it is one noun all the same
LONGER: dict[str, str] = {}


def module_lines() -> dict[str, int]:
    return {
        name: len(text.splitlines())
        for name, text in texts("pbr_audit", "rules").items()
        if name.endswith(".py")
    }


def test_every_module_keeps_to_the_limit() -> None:
    over = {name: lines for name, lines in module_lines().items() if lines > LIMIT_LINES}
    assert {name: lines for name, lines in over.items() if name not in LONGER} == {}


def test_every_exception_is_still_needed() -> None:
    lines = module_lines()
    assert [name for name in LONGER if lines.get(name, 0) <= LIMIT_LINES] == []
