"""Rejected rows that are not like the rest are told, and rows rejected by chance are not."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import stats

from pbr_audit.remainder import Remainder, remainder
from pbr_audit.remainder.comparing import LEVEL, amount_made_out
from pbr_audit.rule import Needs, Rule
from pbr_audit.stats.unlike import difference, hypergeometric_upper_tail
from tests.unit.validating import csv, validated

SEED = 20161231
BOOKS = 2_000


def claim(number: int, **cells: str) -> dict[str, str]:
    return {"claim_id": f"K{number}", **cells}


def left(folder: Path, files: dict[str, str]) -> Remainder:
    return remainder(validated(folder / "data", files))


def rule(
    basis: str = "statistical", *, table: str = "claims", columns: tuple[str, ...] = ("claim_id",)
) -> Rule:
    return Rule(
        id="TST701",
        version=1,
        title="A rule",
        family="timing",
        severity="info",
        basis=basis,
        subject="provider",
        key=("provider_id",),
        by="whole",
        needs=Needs(required={table: columns}),
        message="A message.",
    )


def test_rejects_that_all_come_from_one_file_are_said_and_rules_of_distributions_have_no_answer(
    tmp_path: Path,
) -> None:
    north = csv(*(claim(number, tier="x" if number < 20 else "prime") for number in range(100)))
    south = csv(*(claim(number) for number in range(100, 400)))
    found = left(tmp_path, {"claims-north.csv": north, "claims-south.csv": south})
    why = (
        "claims: the 20 rejected rows are not like the rest: "
        "100 % are from claims-north.csv, of the accepted 21 %"
    )
    assert found.said == (
        f"{why}; rules that test how the rows of claims are distributed are not assessable",
    )
    assert found.why_not(rule()) == why
    assert found.why_not(rule("record")) is None
    assert found.why_not(rule(table="events")) is None


def test_no_sentence_holds_the_provider_or_the_month_that_it_is_about(tmp_path: Path) -> None:
    rows = [
        claim(
            number,
            provider_id="SECRET" if number % 10 == 0 else f"PR{number % 10}",
            outcome_date="2015-11-30" if number % 10 == 0 else f"2016-0{1 + number % 9}-03",
            tier="x" if number % 10 == 0 and number < 200 else "prime",
        )
        for number in range(400)
    ]
    (said,) = left(tmp_path, {"claims.csv": csv(*rows)}).said
    assert said == (
        "claims: the 20 rejected rows are not like the rest: 100 % are of one provider, of the accepted 5.3 %; "
        "100 % have outcome_date in one month, of the accepted 5.3 %; "
        "rules that test how the rows of claims are distributed are not assessable"
    )


@pytest.mark.parametrize(("side", "words"), [("low", "lowest 10 %"), ("high", "highest 10 %")])
def test_rejects_that_are_all_small_or_all_large_are_said(tmp_path: Path, side: str, words: str) -> None:
    rows = [
        claim(
            number,
            amount=f"{number + 1}.00",
            tier="x" if (number < 30 if side == "low" else number >= 370) else "prime",
        )
        for number in range(400)
    ]
    (said,) = left(tmp_path, {"claims.csv": csv(*rows)}).said
    assert f"100 % have an amount like the {words} of the accepted" in said


def test_dates_that_cannot_be_read_leave_only_rules_that_read_them_without_an_answer(tmp_path: Path) -> None:
    rows = [claim(number, outcome_date="" if number % 40 == 0 else "2016-07-14") for number in range(400)]
    found = left(tmp_path, {"claims.csv": csv(*rows)})
    why = (
        "claims: outcome_date is missing or unreadable in 10 rejected rows, 2.5 % of all, "
        "so nothing says that they are like the rest"
    )
    assert found.said == (
        f"{why}; rules that test how outcome_date and period are distributed are not assessable",
    )
    assert found.why_not(rule(columns=("claim_id", "outcome_date"))) == why
    assert found.why_not(rule(columns=("period",))) == why
    assert found.why_not(rule(columns=("claim_id", "amount_pence"))) is None


def test_fewer_than_ten_rows_say_nothing(tmp_path: Path) -> None:
    north = csv(*(claim(number, tier="x") for number in range(9)))
    south = csv(*(claim(number) for number in range(100, 400)))
    assert left(tmp_path, {"claims-north.csv": north, "claims-south.csv": south}).said == ()


def test_fewer_than_one_row_in_a_thousand_say_nothing(tmp_path: Path) -> None:
    north = csv(*(claim(number, tier="x") for number in range(10)))
    south = csv(*(claim(number) for number in range(100, 10_200)))
    assert left(tmp_path, {"claims-north.csv": north, "claims-south.csv": south}).said == ()


def test_a_part_that_has_lost_less_than_one_row_in_a_hundred_is_whole(tmp_path: Path) -> None:
    north = csv(*(claim(number, tier="x" if number < 10 else "prime") for number in range(2_000)))
    south = csv(*(claim(number) for number in range(2_000, 4_000)))
    assert left(tmp_path, {"claims-north.csv": north, "claims-south.csv": south}).said == ()


def test_a_file_that_was_sent_twice_takes_nothing_away(tmp_path: Path) -> None:
    once = csv(*(claim(number) for number in range(50)))
    south = csv(*(claim(number) for number in range(100, 400)))
    files = {"claims-1.csv": once, "claims-2.csv": once, "claims-3.csv": south}
    assert left(tmp_path, files).said == ()


def test_rows_that_were_corrected_since_take_nothing_away(tmp_path: Path) -> None:
    bad = csv(*(claim(number, tier="x") for number in range(20)))
    good = csv(*(claim(number) for number in range(100, 400)))
    lines = csv(*(claim(number) for number in range(20))).splitlines()
    named = [f"claims-1.csv,{row},{line}" for row, line in enumerate(lines[1:], start=2)]
    corrected = "\n".join([f"_file,_row,{lines[0]}", *named]) + "\n"
    files = {"claims-1.csv": bad, "claims-2.csv": good, "claims-corrected.csv": corrected}
    assert left(tmp_path, files).said == ()


def test_a_table_without_an_accepted_row_has_no_remainder(tmp_path: Path) -> None:
    assert left(tmp_path, {"claims.csv": csv(*(claim(number, tier="x") for number in range(30)))}).said == ()


def test_records_that_are_no_rows_leave_every_column_unknown(tmp_path: Path) -> None:
    table = validated(tmp_path / "data", {"claims.csv": csv(*(claim(number) for number in range(100)))})
    claims = table.tables["claims"]
    torn = pl.DataFrame(
        {
            "_source": [0] * 12,
            "_row": list(range(200, 212)),
            "_column": [None] * 12,
            "_reasons": [["has 2 cells"]] * 12,
        },
        schema_overrides={"_source": pl.UInt16, "_row": pl.UInt32, "_column": pl.List(pl.String)},
    )
    object.__setattr__(claims.rejects, "kept", torn.lazy())
    object.__setattr__(claims.counts, "rejected", 12)
    (said,) = remainder(table).said
    assert said.startswith(
        "claims: 12 records, 11 % of all, could not be read as rows; rules that test how the rows"
    )


@pytest.mark.parametrize(
    ("cells", "pence"),
    [
        (["12/04/2016 950.00", ""], 95_000),
        (["£1,234.50", "x"], 123_450),
        (["950.00", "950.00"], None),
        (["12.345", "2016"], None),
        (["a", None], None),
        (['K1,"12/04/2016 950.00",PR01'], 95_000),
    ],
)
def test_an_amount_is_made_out_where_there_is_one_and_only_one(
    cells: list[str | None], pence: int | None
) -> None:
    frame = pl.DataFrame([cells], schema=[f"c{at}" for at in range(len(cells))], orient="row")
    assert frame.cast(pl.String).select(amount_made_out(frame.columns)).to_series().to_list() == [pence]


def test_amounts_that_can_be_made_out_in_another_cell_show_that_the_small_ones_are_missing(
    tmp_path: Path,
) -> None:
    rows = [
        claim(
            number,
            amount="" if number < 40 else f"{number * 10}.00",
            outcome_date=f"14/07/2016 {number * 10 + 10}.00" if number < 40 else "2016-07-14",
        )
        for number in range(400)
    ]
    said = left(tmp_path, {"claims.csv": csv(*rows)}).said
    assert said[0] == (
        "claims: the 40 rejected rows are not like the rest: 100 % have an amount like the lowest 10 % of the "
        "accepted; rules that test how the rows of claims are distributed are not assessable"
    )
    assert [sentence.split(" is ")[0] for sentence in said[1:]] == ["claims: amount", "claims: outcome_date"]


@pytest.mark.parametrize(
    ("found", "rows", "of_category", "drawn"),
    [
        (5, 100, 20, 10),
        (0, 100, 20, 10),
        (10, 10_000, 12, 40),
        (11, 100, 10, 40),
        (3, 10, 8, 5),
        (900, 5_000, 2_000, 1_000),
    ],
)
def test_the_hypergeometric_tail_is_scipy_s(found: int, rows: int, of_category: int, drawn: int) -> None:
    tail = stats.hypergeom.sf(found - 1, rows, of_category, drawn)
    assert hypergeometric_upper_tail(found, rows, of_category, drawn) == pytest.approx(
        tail, rel=1e-9, abs=1e-300
    )


def books(rng: np.random.Generator) -> tuple[int, list[np.ndarray]]:
    """Return a number of rejected rows and the rows by category in some comparisons, as books have them."""
    rows = int(rng.integers(200, 50_000))
    rejected = max(10, int(rows * rng.uniform(0.001, 0.2)))
    files, providers, months = rng.integers(1, 20), rng.integers(2, 60), rng.integers(3, 36)
    weights = [rng.dirichlet(np.full(n, 0.7)) for n in (files, providers, months, 3)] + [np.full(10, 0.1)] * 2
    return rejected, [rng.multinomial(rows, weight) for weight in weights]


def test_rows_rejected_at_random_are_hardly_ever_said_to_be_unlike() -> None:
    """In 2,000 books, six comparisons each: at most 2 alarms by the level; none with this seed."""
    rng = np.random.default_rng(SEED)
    alarms = 0
    for _ in range(BOOKS):
        rejected, comparisons = books(rng)
        apart = [rng.multivariate_hypergeometric(whole, rejected) for whole in comparisons]
        alarms += any(
            difference(some, whole - some, LEVEL / len(comparisons))
            for some, whole in zip(apart, comparisons, strict=True)
        )
    assert alarms <= BOOKS * LEVEL


@pytest.mark.parametrize(
    ("rejected", "biased", "least_power"),
    # `biased` of ten rejected rows come from one file in ten, or from the lowest quarter; the others from all.
    [(10, 1.0, 0.99), (20, 0.7, 0.95), (40, 0.6, 0.99), (100, 0.5, 0.99)],
)
def test_rows_that_mostly_come_from_one_place_are_said_to_be_unlike(
    rejected: int, biased: float, least_power: float
) -> None:
    rng = np.random.default_rng(SEED)
    whole = np.full(10, 500)
    seen = 0
    for _ in range(500):
        from_one = rng.binomial(rejected, biased)
        apart = rng.multinomial(rejected - from_one, whole / whole.sum())
        apart[3] += from_one
        seen += difference(apart, whole - apart, LEVEL / 6) is not None
    assert seen / 500 >= least_power


def test_rows_spread_over_some_of_many_categories_are_said_to_be_unlike() -> None:
    """All small: the lowest three of ten tenths hold all sixty of them, none of these three the most."""
    rng = np.random.default_rng(SEED)
    whole = np.full(10, 500)
    seen = 0
    for _ in range(500):
        apart = np.zeros(10, dtype=np.int64)
        apart[:3] = rng.multinomial(60, [1 / 3] * 3)
        seen += difference(apart, whole - apart, LEVEL / 6) is not None
    assert seen == 500
