"""Advisers' rows: what counts in a month, and who is compared."""

from datetime import date

import polars as pl

from pbr_audit.rule.busy_months import busiest_months

START = date(2014, 1, 1)


def advisers(busy: list[date]) -> pl.DataFrame:
    """Return ten advisers with a client a day in January to March, and one with `busy` besides."""
    days = [date(2014, month, day) for month in (1, 2, 3) for day in (3, 10, 17, 24)]
    rows = [(f"A{number:02d}", day, 1) for number in range(11) for day in [*days, None]]
    rows += [("A10", day, busy.count(day)) for day in sorted(set(busy))]
    return pl.DataFrame(
        {
            "contract_id": "CPA01",
            "provider_id": "PR01",
            "advisor_id": [row[0] for row in rows],
            "began": START,
            "reached": pl.Series([row[1] for row in rows], dtype=pl.Date),
            "clients": [row[2] for row in rows],
        }
    )


def test_the_clients_of_a_month_s_busiest_day_count_as_one() -> None:
    row = busiest_months(advisers([date(2014, 3, 20)] * 6 + [date(2014, 3, 21)] * 3), 1.0, 3).row(
        10, named=True
    )
    assert row["period"] == "2014-03"
    assert (row["outcomes"], row["on_one_day"], row["counted"]) == (13, 6, 8)
    assert abs(row["effect"] * row["expected"] - row["counted"]) < 0.1


def test_colleagues_and_who_is_comparable_are_told() -> None:
    rows = busiest_months(advisers([]), 1.0, 3)
    assert rows["advisor_id"].to_list() == [f"A{number:02d}" for number in range(11)]
    assert set(rows["colleagues"]) == {10}
    assert rows["comparable"].all()
    assert not busiest_months(advisers([]), 1.0, 4)["comparable"].any()
    assert not busiest_months(advisers([]), 1_000.0, 3)["comparable"].any()


def test_a_picture_is_drawn_of_what_may_be_a_finding() -> None:
    quiet = busiest_months(advisers([]), 1.0, 3)
    assert quiet["picture"].null_count() == quiet.height
    busy = busiest_months(advisers([date(2014, 3, 1 + day % 28) for day in range(120)]), 1.0, 3)
    assert busy["picture"].is_not_null().to_list() == [False] * 10 + [True]
