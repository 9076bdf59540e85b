"""What was done and found for clients: measurements, activities, events and checks."""

from typing import Any

import pandera.polars as pa
import polars as pl

from pbr_audit.tables.fields import choice, day, number, text


class Measurements(pa.DataFrameModel):
    """Every measured result, those that led to no claim too."""

    client_id: str = text("The registration.", "C00017", required=True)
    contract_id: str = text("A contract in the terms.", "CPA01", required=True)
    provider_id: str = text("Who delivers.", "SB01", required=True)
    outcome: str = text("An outcome's code in the contract's terms.", "JOB", required=True)
    measured_date: pl.Date = day("When it was measured.", "2016-07-14", required=True)
    measured_value: float = number("What was measured.", "182", required=True)
    final: str | None = choice(
        "Whether this is the last measurement; stopped_at_threshold: tracking ended when the threshold was"
        " reached, and such data cannot show clustering.",
        "true",
        ("true", "false", "stopped_at_threshold"),
        closed=False,
    )
    advisor_id: str | None = text("Who measured.", "A007")


class Activities(pa.DataFrameModel):
    """Contacts with clients."""

    client_id: str = text("The registration.", "C00017", required=True)
    provider_id: str = text("Who delivers.", "SB01", required=True)
    activity_date: pl.Date = day("The day of the contact.", "2016-03-01", required=True)
    activity_type: str | None = text("The kind of contact.", "interview")
    minutes: float | None = number("How long it took.", "45", unit="minutes")
    advisor_id: str | None = text("Who met the client.", "A007")


class Events(pa.DataFrameModel):
    """Facts that the commissioner holds from an independent source."""

    client_id: str = text("The registration.", "C00017", required=True)
    event: str = choice(
        "What happened.",
        "custody",
        ("death", "custody", "abroad", "benefit", "employment", "reoffence", "other"),
        required=True,
    )
    start_date: pl.Date = day("First day.", "2016-02-10", required=True)
    end_date: pl.Date | None = day("Last day; empty: still open.", "2016-04-22")
    value: float | None = number(
        "A figure that belongs to the event.", "73.10", unit="as the column unit says"
    )
    unit: str | None = text("The unit of the value.", "GBP a week")
    source: str | None = text("Who holds the record.", "prison register")


class Checks(pa.DataFrameModel):
    """What validation of single claims has found."""

    claim_id: str | None = text("The claim that was checked.", "CL000041")
    client_id: str | None = text("The registration that was checked.", "C00017")
    check_date: pl.Date = day("When it was checked.", "2016-10-03", required=True)
    method: str = text("How it was checked.", "employer telephoned", required=True)
    result: str = choice(
        "What was found.",
        "confirmed",
        ("confirmed", "contradicted", "untraced", "unable"),
        required=True,
        closed=False,
    )
    verified_value: float | None = number("The measured value that was verified.", "91")
    selected_by: str | None = choice(
        "How the claim was chosen for a check.", "random", ("random", "risk"), closed=False
    )
    probability: float | None = number(
        "The probability with which it was selected.", "0.05", unit="share, 0 to 1"
    )
    checker: str | None = text("Who checked.", "V03", sensitive=True)

    @pa.dataframe_check(error="claim_id: is missing, and so is client_id")
    def names_a_claim_or_a_client(cls, data: Any) -> Any:  # noqa: N805 - pandera makes it a class method
        """Refuse a check that names neither: it cannot be joined to anything."""
        return data.lazyframe.select(pl.col("claim_id").is_not_null() | pl.col("client_id").is_not_null())
