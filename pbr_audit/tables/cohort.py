"""The cohort of a matched comparison: people offered a programme, and others to hold them against."""

import pandera.polars as pa
import polars as pl

from pbr_audit.tables.fields import choice, count, day, number, text

YES_OR_NO = ("true", "false")
# How files write yes and no, beside the standard's own words.
YES_AND_NO = {
    written: meant
    for meant, words in {"true": ("1", "1.0", "yes", "y", "t"), "false": ("0", "0.0", "no", "n", "f")}.items()
    for word in (meant, *words)
    for written in (word, word.capitalize(), word.upper())
    if written not in YES_OR_NO
}
DAYS = "days from index_date"


class Cohort(pa.DataFrameModel):
    """One row for each person, treated or of the pool; covariates are further columns (see audit.toml)."""

    person_id: str = text(
        "The person's number in this exchange, which says nothing of the person to anybody else.",
        "T00412",
        required=True,
        unique=True,
    )
    treated: str = choice(
        "Whether the person was in the programme; false: one of the pool that it is compared with.",
        "true",
        YES_OR_NO,
        required=True,
    )
    index_date: pl.Date | None = day(
        "The day from which outcomes count: release, the start of a sentence, or the start of the programme.",
        "2014-05-12",
    )
    found_in_records: str | None = choice(
        "Whether the person was found in the records that hold the outcome; empty: yes.", "true", YES_OR_NO
    )
    in_scope: str | None = choice(
        "Whether the person belongs into the comparison (a sentence in the period, followed for long enough);"
        " empty: yes.",
        "true",
        YES_OR_NO,
    )
    had_event: str | None = choice(
        "Whether the outcome happened within a year (a proven reoffence, a job).", "false", YES_OR_NO
    )
    events: int | None = count("How many times it happened within a year.", "0", unit="events")
    days_to_event: int | None = count(
        "When it happened first; empty: not while the person was followed.", "203", unit=DAYS
    )
    days_followed: int | None = count(
        "How long the person was followed, whether or not it happened.", "365", unit=DAYS
    )
    measured_value: float | None = number(
        "Another measure of the outcome, such as earnings.", "8420.50", unit="as audit.toml says"
    )
