"""How often PBR701 flags somebody among honest providers, as its page says."""

import numpy as np
import polars as pl
import pytest

from tests.rules.pack import shipped

BOOKS, PROVIDERS = 300, 20


def share_of_books_with_a_flag(spread: float) -> float:
    """Return how many of the simulated books flag somebody; shares differ by a standard deviation `spread`."""
    loaded = shipped().get("PBR701")
    assert loaded is not None
    assert loaded.decide is not None
    draw = np.random.default_rng(701)
    mean = 7 / 91
    flagged = 0
    for _ in range(BOOKS):
        outcomes = draw.integers(20, 400, PROVIDERS)
        shares = np.full(PROVIDERS, mean)
        if spread:
            size = mean * (1 - mean) / spread**2 - 1
            shares = draw.beta(mean * size, (1 - mean) * size, PROVIDERS)
        measures = pl.DataFrame(
            {
                "contract_id": ["CPA01"] * PROVIDERS,
                "provider_id": [f"PR{number:02d}" for number in range(PROVIDERS)],
                "outcomes": outcomes,
                "last_days_outcomes": draw.binomial(outcomes, shares),
            }
        )
        flagged += bool(loaded.decide(measures, loaded.rule.settings())["flagged"].any())
    return flagged / BOOKS


def test_by_chance_alone_about_one_book_in_twenty_has_a_flag() -> None:
    assert share_of_books_with_a_flag(0) == pytest.approx(0.05, abs=0.025)


def test_honest_variety_trips_it_in_most_books_which_is_why_it_only_informs() -> None:
    assert share_of_books_with_a_flag(0.027) == pytest.approx(0.77, abs=0.05)
