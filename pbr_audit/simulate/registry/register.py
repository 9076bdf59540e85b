"""A register of clients as a source would hold it, at any size, and beside it who is who.

People are invented block by block, so that the memory needed beyond the table itself does not grow with it;
nobody in one block lives with anybody in another, but hostels and day centres are the same in all.
"""

from collections.abc import Iterator

import numpy as np
import polars as pl

from pbr_audit.errors import UsageError
from pbr_audit.simulate import rendering as as_
from pbr_audit.simulate.columns import MISSING, Columns, Ints
from pbr_audit.simulate.identifiers import (
    AREA_PAIRS,
    INWARD_CODES,
    NATIONAL_NUMBERS,
    NATIONAL_PREFIXES,
    NATIONAL_STEP,
)
from pbr_audit.simulate.registry.habits import USUAL, Habits
from pbr_audit.simulate.registry.histories import CONTRACTS, PRIMES, PROVIDERS_A_PRIME, histories
from pbr_audit.simulate.registry.names import FAMILIES, GIVEN
from pbr_audit.simulate.registry.population import NO_ABODE_CODE, RELATIONS, population
from pbr_audit.simulate.registry.slips import drawn, slipped, told
from pbr_audit.simulate.seeds import generator

BLOCK_PEOPLE = 200_000
MOST_PEOPLE = 20_000_000
CLIENT_DIGITS = 8
DISTRICTS = 99
NO_ABODE_POSTCODE = "ZZ99 3VZ"
# One contract's system writes names in capitals, another's postcodes without a space.
CAPITALS_CONTRACT, CLOSED_CONTRACT = 2, 3


def registrations(n_people: int, seed: int, *, habits: Habits = USUAL) -> pl.DataFrame:
    """Invent a register of `n_people` people; some registered more than once, so it has more rows.

    Columns of the standard's clients: `client_id`, `contract_id`, `provider_id`, `given_name`, `family_name`,
    `date_of_birth` (a date), `sex`, `postcode`, `national_id`, `email`, `phone`, `bank_account`,
    `referral_date`, `start_date`, `end_date`. And the truth: `person` and `household` (numbers), `relation`
    (how the person stands to others), `slips` (what went wrong, or has changed, by name, joined with `|`).
    The rows of a block of people stand in no order.

    Raises UsageError where there are fewer than 1 or more than 20 million people.
    """
    return pl.concat(list(register_blocks(n_people, seed, habits=habits))).rechunk()


def register_blocks(n_people: int, seed: int, *, habits: Habits = USUAL) -> Iterator[pl.DataFrame]:
    """Yield the same register in parts, as it is invented."""
    if not 1 <= n_people <= MOST_PEOPLE:
        raise UsageError(f"a register has from 1 to {MOST_PEOPLE:,} people")
    numbered = 0
    for block, first in enumerate(range(0, n_people, BLOCK_PEOPLE)):
        rng = generator(seed, "register", block)
        count = min(BLOCK_PEOPLE, n_people - first)
        people = population(rng, first, count, n_people, habits)
        rows = histories(rng, people, n_people, habits)
        rows = rows.taken(rng.permutation(rows.height))
        yield _table(rng, rows, numbered, habits)
        numbered += rows.height


def _table(rng: np.random.Generator, rows: Columns, first: int, habits: Habits) -> pl.DataFrame:
    """Return registrations as a table, with their slips made."""
    people, slips = slipped(rng, _about_people(rows), drawn(rng, rows.height, habits))
    lived = [
        pl.when(pl.Series(rows[name])).then(pl.lit(f"|{says}")).otherwise(pl.lit(""))
        for name, says in (
            ("moved", "moved"),
            ("renamed", "family name changed"),
            ("new_phone", "another telephone"),
            ("new_email", "another e-mail"),
            ("new_account", "another account"),
        )
    ]
    contract = pl.Series(rows["contract"])
    prime = rows["contract"] % PRIMES
    number = rows["provider"] % PROVIDERS_A_PRIME
    return people.select(
        as_.numbered("C", first + np.arange(rows.height), CLIENT_DIGITS).alias("client_id"),
        as_.words([f"CPA{number + 1:02d}" for number in range(CONTRACTS)], rows["contract"]).alias(
            "contract_id"
        ),
        pl.Series(
            "provider_id",
            as_.words(
                [
                    f"PR{prime + 1:02d}" if number == 0 else f"SB{prime * PROVIDERS_A_PRIME + number:03d}"
                    for prime in range(PRIMES)
                    for number in range(PROVIDERS_A_PRIME)
                ],
                prime * PROVIDERS_A_PRIME + number,
            ),
        ),
        *(
            pl.when(contract == CAPITALS_CONTRACT)
            .then(pl.col(name).str.to_uppercase())
            .otherwise(name)
            .alias(name)
            for name in ("given_name", "family_name")
        ),
        "date_of_birth",
        "sex",
        pl.when(contract == CLOSED_CONTRACT)
        .then(pl.col("postcode").str.replace_all(" ", "", literal=True))
        .otherwise("postcode")
        .alias("postcode"),
        "national_id",
        "email",
        "phone",
        "bank_account",
        *(as_.dates(rows[f"{name}_day"]).alias(f"{name}_date") for name in ("referral", "start", "end")),
        pl.Series("person", rows["person"]),
        pl.Series("household", rows["household"]),
        as_.words(RELATIONS, rows["relation"]).alias("relation"),
        pl.concat_str(told(slips), *lived).str.strip_prefix("|").alias("slips"),
    )


def _about_people(rows: Columns) -> pl.DataFrame:
    """Return what is true of people, in the standard's columns."""
    return pl.DataFrame(
        {
            "given_name": as_.words(GIVEN, rows["given"]),
            "family_name": as_.words(FAMILIES, rows["family"]),
            "date_of_birth": as_.dates(rows["birth_day"]),
            "sex": as_.words(("M", "F"), rows["female"].astype(np.int64)),
            "postcode": _postcodes(rows["postcode"]),
            "national_id": _national_ids(rows["national"] * NATIONAL_STEP % NATIONAL_NUMBERS),
            "email": _mailboxes(rows),
            "phone": _numbered("000", rows["phone"], 387_420_489),
            "bank_account": _numbered("00-00-00 ", rows["account"], 244_140_623),
        }
    )


def _postcodes(places: Ints) -> pl.Series:
    known = np.where(places < 0, 0, places)
    # Neighbouring numbers lie far apart, so that a small register too has streets in many areas.
    area, rest = known % len(AREA_PAIRS), known // len(AREA_PAIRS)
    text = pl.DataFrame(
        {
            "area": as_.words(AREA_PAIRS, area),
            "district": rest // len(INWARD_CODES) % DISTRICTS + 1,
            "inward": as_.words(INWARD_CODES, rest % len(INWARD_CODES)),
            "known": pl.Series(places != MISSING),
            "abode": pl.Series(places != NO_ABODE_CODE),
        }
    )
    whole = pl.concat_str("area", pl.col("district").cast(pl.String), pl.lit(" "), "inward")
    written = pl.when("abode").then(whole).otherwise(pl.lit(NO_ABODE_POSTCODE))
    return text.select(pl.when("known").then(written)).to_series()


def _national_ids(numbers: Ints) -> pl.Series:
    return (
        pl.DataFrame(
            {
                "prefix": as_.words(NATIONAL_PREFIXES, numbers // 4_000_000),
                "digits": numbers // 4 % 1_000_000,
                "suffix": as_.words(tuple("ABCD"), numbers % 4),
            }
        )
        .select(pl.concat_str("prefix", pl.col("digits").cast(pl.String).str.zfill(6), "suffix"))
        .to_series()
    )


def _mailboxes(rows: Columns) -> pl.Series:
    """Return addresses that bear the name of who opened the mailbox."""
    frame = pl.DataFrame(
        {
            "given": as_.words(GIVEN, rows["email_given"]),
            "family": as_.words(FAMILIES, rows["email_family"]),
            "number": rows["email"],
        }
    )
    return frame.select(
        pl.concat_str(
            pl.col("given").str.to_lowercase(),
            pl.lit("."),
            pl.col("family").str.to_lowercase(),
            pl.col("number").cast(pl.String),
            pl.lit("@example.org"),
        )
    ).to_series()


def _numbered(prefix: str, numbers: Ints, step: int) -> pl.Series:
    """Return numbers that nobody has, nine digits long, far apart for people who live together.

    `step` has no divisor in common with their count, so that no two become one.
    """
    mixed = np.where(numbers == MISSING, MISSING, numbers * step % 10**9)
    return as_.numbered(prefix, mixed, 9)
