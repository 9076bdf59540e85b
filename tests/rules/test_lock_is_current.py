"""No rule's version, parameters or behaviour is another than `rules.lock` says."""

from pathlib import Path

from pbr_audit.testing.lock import LOCK, against, lock_text, observed, read_lock
from tests.rules.pack import shipped

ROOT = Path(__file__).parents[2]


def test_the_lock_is_what_the_rules_do() -> None:
    lock = read_lock(ROOT / LOCK)
    assert list(against(lock, observed(ROOT, shipped()))) == []
    assert lock_text(lock) == (ROOT / LOCK).read_text(encoding="utf-8")
