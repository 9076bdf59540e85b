"""Providers and employers: the organisations on the two sides of an outcome."""

import pandera.polars as pa
import polars as pl

from pbr_audit.tables.fields import choice, day, text


class Providers(pa.DataFrameModel):
    """Primes and subcontractors, with who owns them and who took over from them."""

    provider_id: str = text("The provider's code.", "PR01", required=True, unique=True)
    name: str = text("The provider's name.", "Example Works Ltd", required=True)
    role: str = choice(
        "Its place in the supply chain.", "prime", ("prime", "subcontractor", "both"), required=True
    )
    sector: str | None = choice(
        "What kind of organisation it is.",
        "voluntary",
        ("private", "voluntary", "public", "social_enterprise"),
        closed=False,
    )
    org_id: str | None = text("An org-id.guide identifier.", "GB-COH-00000000")
    parent_id: str | None = text("The organisation that owns it.", "PR09")
    succeeded_by: str | None = text("The provider that took over its clients.", "PR02")
    succeeded_on: pl.Date | None = day("When that was.", "2016-04-01")


class Employers(pa.DataFrameModel):
    """Employers that claims name."""

    employer_id: str = text("The employer's code.", "E0102", required=True, unique=True)
    name: str | None = text("The employer's name.", "Example Foods Ltd")
    org_id: str | None = text("An org-id.guide identifier.", "GB-COH-00000001")
    parent_id: str | None = text("The organisation that owns it.", "E0100")
    phone: str | None = text("Telephone number.", "01632960002", sensitive=True)
    email: str | None = text("E-mail address.", "office@example.org", sensitive=True)
    area: str | None = text("Where it is.", "Northtown")
