"""Splink's settings for each data set: those of Splink's own demonstrations where it has one for that set.

FEBRL 1 to 3 follow its febrl3 demonstration, FEBRL 4 its febrl4 one (the detailed model), fake_1000 the one
of accuracy from a column of labels, historical_50k the one of 50,000 synthetic records, the census the one
of pseudopeople's census and ACS. The registrations have none; theirs follow the same habits. What differs
from a demonstration is said beside it. The number of random pairs for u is the demonstration's, and a
million for the registrations.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import splink.comparison_library as cl
from splink import ColumnExpression, block_on

Rule = Any  # Splink ships no types


@dataclass(frozen=True)
class SplinkPlan:
    """What Splink is told.

    `certain` are rules that hold for a `recall` of the matches (they give the prior), `u_pairs` random pairs
    are looked at for u, EM runs once a rule of `training`; `concat` are two columns to be joined by a space.
    """

    comparisons: Sequence[Any]
    blocking: Sequence[Rule]
    certain: Sequence[Rule]
    recall: float
    u_pairs: float
    training: Sequence[Rule]
    concat: tuple[str, str] | None = None
    link_type: str = "dedupe_only"


def plan(name: str) -> SplinkPlan:
    return _PLANS[name]()


def _febrl() -> SplinkPlan:
    return SplinkPlan(
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
            _exact("street_number"),
            _exact("postcode"),
        ],
        blocking=[block_on(x) for x in ("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode")],
        certain=[
            block_on("soc_sec_id"),
            block_on("given_name", "surname", "date_of_birth"),
            "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth",
        ],
        recall=0.9,
        u_pairs=1e6,
        training=[block_on("date_of_birth"), block_on("postcode")],
    )


def _febrl4() -> SplinkPlan:
    return SplinkPlan(
        comparisons=[
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            _exact("street_number"),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        ],
        blocking=[
            block_on("given_name", "surname"),
            "l.given_name = r.surname and l.surname = r.given_name",
            block_on("date_of_birth"),
            block_on("soc_sec_id"),
            block_on("state", "address_1"),
            block_on("street_number", "address_1"),
            block_on("postcode"),
        ],
        certain=[block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")],
        recall=0.8,
        u_pairs=1e6,
        training=[block_on("date_of_birth"), block_on("postcode")],
        link_type="link_only",
    )


def _fake_1000() -> SplinkPlan:
    near = "levenshtein(r.dob, l.dob) <= 1"
    return SplinkPlan(
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            _exact("city"),
            cl.EmailComparison("email"),
        ],
        blocking=[block_on(x) for x in ("first_name", "surname", "dob", "email")],
        certain=[
            f"l.first_name = r.first_name and {near}",
            f"l.surname = r.surname and {near}",
            "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2",
            block_on("email"),
        ],
        recall=0.7,
        u_pairs=1e6,
        training=[block_on("dob"), block_on("email"), block_on("first_name", "surname")],
    )


def _historical_50k() -> SplinkPlan:
    area = "substr(postcode,1,3)"
    return SplinkPlan(
        comparisons=[
            cl.ForenameSurnameComparison(
                "first_name", "surname", forename_surname_concat_col_name="both_names"
            ),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode"),
            _exact("birth_place"),
            _exact("occupation"),
        ],
        blocking=[
            block_on("substr(first_name,1,3)", "substr(surname,1,4)"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode", "first_name"),
            block_on("postcode", "surname"),
            block_on("dob", "birth_place"),
            block_on(area, "dob"),
            block_on(area, "first_name"),
            block_on(area, "surname"),
            block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
        ],
        certain=[
            block_on("first_name", "surname", "dob"),
            block_on("substr(first_name,1,2)", "surname", "substr(postcode,1,2)"),
            block_on("dob", "postcode"),
        ],
        recall=0.6,
        u_pairs=1e7,
        training=[block_on("first_name", "surname"), block_on("dob")],
        concat=("first_name", "surname"),
    )


def _census() -> SplinkPlan:
    """As the demonstration, without its blocking on age (these draws have none), sex and initial."""
    address = ColumnExpression("street_number || ' ' || street_name")
    return SplinkPlan(
        comparisons=[
            cl.NameComparison("first_name", jaro_winkler_thresholds=[0.9]).configure(
                term_frequency_adjustments=True
            ),
            _exact("middle_initial"),
            cl.NameComparison("last_name", jaro_winkler_thresholds=[0.9]).configure(
                term_frequency_adjustments=True
            ),
            cl.DamerauLevenshteinAtThresholds("date_of_birth", [1]),
            cl.DamerauLevenshteinAtThresholds(address, [1, 2]),
            cl.ExactMatch("sex"),
        ],
        blocking=[
            block_on(x) for x in ("first_name", "last_name", "date_of_birth", "street_name", "street_number")
        ],
        certain=[
            block_on("first_name", "last_name", "date_of_birth"),
            block_on("first_name", "last_name", "street_number", "street_name"),
        ],
        recall=0.8,
        u_pairs=1e6,
        training=[block_on("date_of_birth"), block_on("last_name")],
    )


def _registrations() -> SplinkPlan:
    swapped = "l.given_name = r.family_name and l.family_name = r.given_name"
    return SplinkPlan(
        comparisons=[
            cl.ForenameSurnameComparison(
                "given_name", "family_name", forename_surname_concat_col_name="both_names"
            ),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True),
            cl.PostcodeComparison("postcode"),
            cl.DamerauLevenshteinAtThresholds("national_id", [1, 2]),
            cl.ExactMatch("sex"),
            _exact("bank_account"),
            _exact("phone"),
            cl.EmailComparison("email"),
        ],
        blocking=[
            block_on("national_id"),
            block_on("bank_account"),
            block_on("phone"),
            block_on("email"),
            block_on("family_name", "date_of_birth"),
            block_on("given_name", "date_of_birth"),
            block_on("date_of_birth", "postcode"),
            block_on("family_name", "postcode"),
            block_on("given_name", "postcode"),
            block_on("given_name", "family_name", "substr(date_of_birth,1,4)"),
            f"{swapped} and substr(l.date_of_birth,1,4) = substr(r.date_of_birth,1,4)",
        ],
        certain=[
            block_on("national_id"),
            block_on("given_name", "family_name", "date_of_birth"),
        ],
        recall=0.8,
        u_pairs=1e6,
        training=[
            block_on("given_name", "family_name", "substr(date_of_birth,1,4)"),
            block_on("date_of_birth", "postcode"),
            block_on("national_id"),
        ],
        concat=("given_name", "family_name"),
    )


def _names_and_dates() -> SplinkPlan:
    return SplinkPlan(
        comparisons=[
            cl.ForenameSurnameComparison(
                "given_name", "family_name", forename_surname_concat_col_name="both_names"
            ),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True),
        ],
        blocking=[
            block_on("family_name", "date_of_birth"),
            block_on("given_name", "date_of_birth"),
            block_on("given_name", "family_name", "substr(date_of_birth,1,4)"),
        ],
        certain=[block_on("given_name", "family_name", "date_of_birth")],
        recall=0.7,
        u_pairs=1e6,
        training=[block_on("given_name", "family_name"), block_on("date_of_birth")],
        concat=("given_name", "family_name"),
    )


def _exact(column: str) -> Any:
    return cl.ExactMatch(column).configure(term_frequency_adjustments=True)


_PLANS: dict[str, Callable[[], SplinkPlan]] = {
    "febrl": _febrl,
    "febrl4": _febrl4,
    "fake_1000": _fake_1000,
    "historical_50k": _historical_50k,
    "census": _census,
    "registrations": _registrations,
    "names_and_dates": _names_and_dates,
}
