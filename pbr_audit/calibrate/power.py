"""How often a provider that acts is found: books in which some are made to do what a rule looks for."""

from collections.abc import Callable, Sequence

import numpy as np

from pbr_audit.calibrate.asking import Asker, Failed
from pbr_audit.calibrate.moving import Moving
from pbr_audit.calibrate.result import Power, Rate
from pbr_audit.engine import Answer

SHARES = (0.1, 0.2, 0.4, 0.6)
ACTING = 0.05
NOBODY = "no provider could be tested"


def powers(
    asker: Asker, moving: Moving, books: int, keep: float, progress: Callable[[str], None]
) -> dict[str, tuple[Power, ...] | str]:
    """Return by rule how often a provider was found that acted, for each share; or why nobody could act.

    Of the rules that have a `shift` alone. One rule at a time has providers that act; its tests are
    corrected together with those of all others on the same book. Where the rule then cannot judge the book,
    those that acted are not found.
    """
    made: dict[str, tuple[Power, ...] | str] = {
        rule_id: tuple(Power(share, Rate(0, 0)) for share in SHARES)
        for rule_id, loaded in asker.rules.items()
        if loaded.shift is not None
    }
    for book in range(books if made else 0):
        progress(f"book {book + 1} of {books} in which some act")
        rng = np.random.default_rng([asker.seed, 3, book])
        tables = moving.book(rng, keep)
        answers = asker.answers(tables)
        for rule_id, so_far in made.items():
            who = _who(answers[rule_id], rng)
            if not who or isinstance(so_far, str):
                continue
            more: list[Power] = []
            for power in so_far:
                after = asker.shifted(rule_id, tables, who, power.share, rng)
                if isinstance(after, Failed):
                    made[rule_id] = str(after)
                    break
                found = _found(asker, {**answers, rule_id: after}, rule_id) & set(who)
                more.append(
                    Power(power.share, Rate(power.found.count + len(found), power.found.of + len(who)))
                )
            else:
                made[rule_id] = tuple(more)
    return {
        rule_id: powers if isinstance(powers, str) or powers[0].found.of else NOBODY
        for rule_id, powers in made.items()
    }


def _found(asker: Asker, answers: dict[str, Answer | str], rule_id: str) -> set[str]:
    tests = asker.tests(answers).get(rule_id)
    return set() if tests is None else set(tests.filter("discovered")["provider_id"].drop_nulls())


def _who(answer: Answer | str, rng: np.random.Generator) -> Sequence[str]:
    """Return one provider in twenty of those that were tested, one at least; none where none was."""
    if isinstance(answer, str) or answer.tests is None:
        return []
    tested = answer.tests.drop_nulls("p_value")["provider_id"].drop_nulls().unique().sort()
    number = min(tested.len(), max(1, round(tested.len() * ACTING)))
    return sorted(rng.choice(tested.to_numpy(), number, replace=False).tolist()) if number else []
