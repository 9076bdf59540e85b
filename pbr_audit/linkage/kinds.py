"""What a column says about a person: its kind, and the usual names of columns of each kind."""

from collections.abc import Iterable
from typing import Final, Literal, get_args

Kind = Literal[
    "given_name",
    "family_name",
    "middle_name",
    "birth_date",
    "sex",
    "postcode",
    "national_id",
    "email",
    "phone",
    "account",
    "street",
    "house_number",
    "place",
    "attribute",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

# A person has one of these; of two columns with one such kind the first is taken.
SINGLE: Final[frozenset[Kind]] = frozenset(
    {"given_name", "family_name", "middle_name", "birth_date", "sex", "postcode", "street", "house_number"}
)
# What the members of a household have in common, and residents of one hostel as well.
SHARED_AT_HOME: Final[frozenset[Kind]] = frozenset(
    {"postcode", "street", "house_number", "place", "account", "phone", "email"}
)

_USUAL: Final[dict[Kind, tuple[str, ...]]] = {
    "given_name": ("given_name", "first_name", "forename", "firstname", "given"),
    "family_name": ("family_name", "surname", "last_name", "lastname", "family"),
    "middle_name": ("middle_name", "middle_initial"),
    "birth_date": ("date_of_birth", "dob", "birth_date", "born", "date_of_birth_hash"),
    "sex": ("sex", "gender"),
    "postcode": ("postcode", "post_code", "zipcode", "zip_code", "zip", "postcode_fake"),
    "national_id": (
        "national_id",
        "nino",
        "national_insurance_number",
        "pnc",
        "nhs_number",
        "soc_sec_id",
        "ssn",
    ),
    "email": ("email", "e_mail", "email_address"),
    "phone": ("phone", "telephone", "mobile", "phone_number"),
    "account": ("bank_account", "account", "iban", "bank"),
    "street": ("street", "street_name", "address_1"),
    "house_number": ("house_number", "street_number"),
    "place": ("suburb", "town", "city", "place"),
    "attribute": ("birth_place", "occupation"),
}


def value_name(column: str, kind: Kind) -> str:
    """Return the name of a column's prepared values: the kind alone where there is one column of it."""
    return kind if kind in SINGLE else f"{kind}:{column}"


def kinds_of(columns: Iterable[str]) -> dict[str, Kind]:
    """Return the kind of each column that bears a usual name; the others are left out.

    Blanks, hyphens and case do not matter. A column's values are not looked at.
    """
    usual = {name: kind for kind, names in _USUAL.items() for name in names}
    folded = {column: column.strip().lower().replace(" ", "_").replace("-", "_") for column in columns}
    return {column: usual[name] for column, name in folded.items() if name in usual}
