"""Clients and referrals: who was offered to a provider, and who was registered."""

import pandera.polars as pa
import polars as pl

from pbr_audit.tables.fields import Moment, choice, day, moment, number, text

RISK = "share, 0 to 1; higher is harder"


class Clients(pa.DataFrameModel):
    """One row for each registration; the same person may hold several."""

    client_id: str = text("The registration's own number.", "C00017", required=True, unique=True)
    person_ref: str | None = text(
        "The source's own person number: equal means the same person.", "P88120", sensitive=True
    )
    contract_id: str = text("A contract in the terms.", "CPA01", required=True)
    provider_id: str = text("Who delivers.", "SB01", required=True)
    given_name: str | None = text("Given name, plain or a keyed hash.", "Ada", sensitive=True)
    family_name: str | None = text("Family name, plain or a keyed hash.", "Example", sensitive=True)
    date_of_birth: pl.Date | None = day("Date of birth.", "1990-02-28", sensitive=True)
    date_of_birth_hash: str | None = text(
        "Date of birth as a keyed hash, which a column of dates cannot hold.",
        "k1.2AFD6ZWjI2OtaC7NHmbAgg",
        sensitive=True,
    )
    sex: str | None = text("Sex, as the source records it.", "F", sensitive=True)
    postcode: str | None = text("Postcode, plain or a keyed hash.", "ZZ1 1ZZ", sensitive=True)
    national_id: str | None = text("National identifier, plain or a keyed hash.", "QQ123456C", sensitive=True)
    email: str | None = text("E-mail address, plain or a keyed hash.", "ada@example.org", sensitive=True)
    phone: str | None = text("Telephone number, plain or a keyed hash.", "01632960001", sensitive=True)
    bank_account: str | None = text(
        "Bank account, plain or a keyed hash.", "00-00-00 00000000", sensitive=True
    )
    group: str | None = text("Payment group.", "18-24")
    cohort: str | None = text("The cohort that the client is counted in.", "2014-A")
    advisor_id: str | None = text("The client's adviser.", "A007")
    area: str | None = text("Where the client is served.", "Northtown")
    referral_date: pl.Date | None = day("When the client was referred.", "2015-11-02")
    start_date: pl.Date | None = day("When the client started; empty: never started.", "2015-11-16")
    recorded_at: Moment | None = moment("When the registration was keyed in.", "2015-11-16T14:05:00")
    end_date: pl.Date | None = day("When the client left.", "2016-11-15")
    end_reason: str | None = choice(
        "Why the client left.",
        "completed",
        ("completed", "excluded", "withdrew", "moved", "ill_health", "died", "transferred", "other"),
    )
    risk_score: float | None = number(
        "How unlikely the client is to reach the paid outcome unaided (reoffending: the OGRS probability).",
        "0.35",
        unit=RISK,
    )


class Referrals(pa.DataFrameModel):
    """One row for each person offered to a provider, taken on or not."""

    referral_id: str = text("The referral's own number.", "R000204", required=True, unique=True)
    contract_id: str = text("A contract in the terms.", "CPA01", required=True)
    provider_id: str = text("Who was offered the person.", "SB01", required=True)
    client_id: str | None = text("The registration; empty until registered.", "C00017")
    referrer_id: str | None = text("Who referred.", "JC042")
    area: str | None = text("Where the person would be served.", "Northtown")
    score_date: pl.Date | None = day("When the risk score was made.", "2015-10-30")
    referral_date: pl.Date = day("When the person was offered.", "2015-11-02", required=True)
    decision: str = choice(
        "What the provider decided.",
        "accepted",
        ("accepted", "rejected", "withdrawn", "pending"),
        required=True,
    )
    decision_date: pl.Date | None = day("When it decided.", "2015-11-06")
    reason: str | None = text("Why, in the source's words.", "no capacity")
    group: str | None = text("Payment group.", "18-24")
    risk_score: float | None = number(
        "How unlikely the person is to reach the paid outcome unaided.", "0.35", unit=RISK
    )
