"""Published aggregates: performance by period, and histograms of scores. Either is a whole data set alone."""

import pandera.polars as pa
import polars as pl

from pbr_audit.tables.fields import Money, count, day, money, number, text

PEOPLE = "people, or what the source counts"
RATE = "rate, 0 to 1"


class Performance(pa.DataFrameModel):
    """Published aggregates, the watchdog's input."""

    contract_id: str = text("A contract, or the name of the published series.", "CPA01", required=True)
    provider_id: str = text("Whose figures these are.", "PR01", required=True)
    period: str = text("The period: a quarter, a month or a year.", "2016-Q3", required=True)
    outcome: str = text("An outcome's code, or the name of the measure.", "JOB", required=True)
    cohort_size: int = count("How many could have reached the outcome.", "412", unit=PEOPLE, required=True)
    achieved: int = count("How many reached it.", "97", unit=PEOPLE, required=True)
    expected: float | None = number(
        "The rate to be expected: the baseline, or adjusted for case mix.", "0.22", unit=RATE
    )
    target: float | None = number("The rate that is aimed at.", "0.25", unit=RATE)
    started: int | None = count("How many started.", "430", unit=PEOPLE)
    excluded: int | None = count("How many were taken out of the cohort.", "18", unit=PEOPLE)
    release_date: pl.Date | None = day("When the figures were published.", "2016-11-24")
    amount: Money | None = money("What was paid for the period.", "116400.00")
    planned_amount: Money | None = money("What was planned for the period.", "120000.00")


class ScoreCounts(pa.DataFrameModel):
    """A published histogram, for a threshold check where no rows are published."""

    contract_id: str = text("A contract, or the name of the published series.", "CPA01", required=True)
    provider_id: str | None = text("Whose figures these are; empty: everybody's.", "PR01")
    outcome: str = text("An outcome's code, or the name of the measure.", "READ", required=True)
    measured_value: float = number("The value that is counted.", "32", required=True)
    count: int = count("How many have this value.", "5120", unit=PEOPLE, required=True)
