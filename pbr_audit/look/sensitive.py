"""Which columns hold what identifies a person or is nobody else's business: by header, and by values."""

import re
from collections.abc import Mapping

import polars as pl

from pbr_audit.tables.synonyms import plain

_OFFICIAL = "national or official numbers of people"
PRIVATE = "what is nobody else's business"
_NAMES = "names of people"
_WHO = "client|participant|customer|learner|patient|serviceuser|person|claimant|beneficiary|offender|tenant"
# Patterns of a folded header, and what its column then holds; the first that fits speaks.
_NAMED: tuple[tuple[str, str], ...] = (
    ("dob|dateofbirth|birth(?:date|day)|^born$|dateborn", "dates of birth"),
    ("email", "e-mail addresses"),
    ("phone|telno|^tel$|mobile(?:no|number|$)|contact(?:no|number)$|^fax", "telephone numbers"),
    ("postcode|postalcode|^zip(?:code)?$", "postcodes"),
    ("nino$|^ni(?:no|number|nbr)$|nationalinsurance|nationalid|^ssn$|socialsecurity", _OFFICIAL),
    ("nhs(?:no|number)|passport|drivinglicen[cs]e|^pnc|nomis|prison(?:no|number)|^brp", _OFFICIAL),
    ("bankaccount|accountno|accountnumber|sortcode|iban|bankdetails|^bic$|cardnumber", "bank accounts"),
    ("surname|lastname|firstname|forename|familyname|givenname|middlename|maidenname|fullname", _NAMES),
    (f"(?:{_WHO}|child|parent|pupil|student)s?name|^nameof(?:{_WHO})", _NAMES),
    ("preferredname|knownas|nextofkin|guardian|^name$|^contactname|^initials$|^signature$", _NAMES),
    ("address|street|houseno|housenumber", "addresses"),
    ("gender|^sex$|ethnic|^race$|religio|^faith$|belief|sexualorient|maritalstatus|pregnan", PRIVATE),
    ("disab|healthcondition|medical|diagnos|nationality|conviction|offence|vulnerab|safeguard", PRIVATE),
)
# What nearly every value of a column looks like, and what the column then holds.
_VALUES: tuple[tuple[str, str], ...] = (
    (r"^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$", "e-mail addresses"),
    (r"^(?i:[a-z]{1,2}[0-9][0-9a-z]? ?[0-9][a-z]{2})$", "postcodes"),
    (r"^(?i:[a-z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[a-d])$|^[0-9]{3}-[0-9]{2}-[0-9]{4}$", _OFFICIAL),
    (r"^(?:\+44|\(?0)[0-9 ()-]{8,14}[0-9]$|^\+[1-9][0-9 ()-]{7,16}[0-9]$", "telephone numbers"),
    (r"^\(?[2-9][0-9]{2}\)?[ -][0-9]{3}-[0-9]{4}$", "telephone numbers"),
    (r"^[0-9]{2}-[0-9]{2}-[0-9]{2}(?: [0-9]{8})?$", "bank accounts"),
    (r"^[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7} ?[A-Z0-9]{0,3}$", "bank accounts"),
    (r"^(?:(?i:mr|mrs|ms|miss|mx|dr)\.? )[\p{L}' -]+$", _NAMES),
    (
        r"^[0-9]+[a-zA-Z]?,? [\p{L}' ]+ (?i:street|st|road|rd|avenue|lane|close|drive|way|court)\b",
        "addresses",
    ),
)
# Two words with capitals, almost each value another: names, or names of firms.
_FULL_NAME = r"^\p{Lu}[\p{Ll}'-]+,? (?:\p{Lu}[.]? )?\p{Lu}[\p{L}'-]+$"
_PATTERNS = (*(pattern for pattern, _ in _VALUES), _FULL_NAME)
_NEARLY_ALL = 0.8
_FULL_NAMES_DIFFERENT = 0.5
_FEW = 3


def by_header(header: str) -> str | None:
    """What a column of this name holds that is sensitive: `postcodes`; None where the name says nothing."""
    folded = plain(header)
    return next((what for pattern, what in _NAMED if re.search(pattern, folded)), None)


def marks(word: pl.Expr) -> dict[str, pl.Expr]:
    """Whether a word looks like each kind of sensitive value; `held` reads their shares."""
    return {_mark(at): word.str.contains(pattern) for at, pattern in enumerate(_PATTERNS)}


def held(share: Mapping[str, float]) -> str | None:
    """What a column holds, by the shares of its rows with each of `marks`, `all_rows` and `different`."""
    if share["all_rows"] < _FEW:
        return None
    for at, (_, what) in enumerate(_VALUES):
        if share[_mark(at)] >= _NEARLY_ALL:
            return what
    many = share["different"] >= max(_FEW, share["all_rows"] * _FULL_NAMES_DIFFERENT)
    return "what look like names" if many and share[_mark(len(_VALUES))] >= _NEARLY_ALL else None


def _mark(at: int) -> str:
    return f"sensitive {at}"
