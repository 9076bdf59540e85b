"""Keyed hashes: equal stays equal, exchanged shows as exchanged, and nothing of the value is in them."""

import base64
import hashlib
from datetime import date

import polars as pl
import pytest

from pbr_audit.linkage import CannotLink, are_pseudonyms, pseudonyms, pseudonyms_of_ids, ready, unpacked
from pbr_audit.linkage.prepare import VARIANTS

KEY = bytes(range(32))
OTHER = bytes(range(1, 33))


def hashed(values: list[str | None], kind: str = "given_name", key: bytes = KEY) -> list[str | None]:
    return pseudonyms(pl.Series("field", values, dtype=pl.String), kind, key).to_list()  # type: ignore[arg-type]


def hmac_by_hand(key: bytes, message: bytes) -> str:
    """RFC 2104 written out: the hash of the outer pad and the hash of the inner pad and the message."""
    block = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in block) + message).digest()
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in block) + inner).digest()
    return base64.urlsafe_b64encode(outer[:16]).decode().rstrip("=")


def test_the_hash_is_hmac_sha256_of_the_domain_and_the_normalised_value() -> None:
    [written] = hashed(["  Ada@Example.ORG "], "email")

    assert written is not None
    assert written.split(".")[:2] == ["k1", hmac_by_hand(KEY, b"email\0ada@example.org")]


def test_two_spellings_of_one_value_have_one_hash_and_two_keys_give_two() -> None:
    first, second = hashed(["Zoë", "ZOE "])

    assert first == second
    assert hashed(["Zoë"], key=OTHER) != [first]


def test_a_nickname_shares_its_formal_name_and_its_sound_but_not_its_hash() -> None:
    people = pl.DataFrame({"given_name": hashed(["Bob", "Robert"])})

    bob, robert = unpacked(people, {"given_name": "given_name"}).rows(named=True)

    assert bob["given_name"] != robert["given_name"] == bob["given_name__formal"]
    assert bob["given_name__sound"] == robert["given_name__sound"]


def test_exchanged_names_and_exchanged_day_and_month_can_still_be_seen() -> None:
    assert hashed(["Ada"])[0].split(".")[1] == hashed(["Ada"], "family_name")[0].split(".")[1]  # type: ignore[union-attr]
    days = pl.Series("born", [date(1990, 2, 3), date(1990, 3, 2)])

    kinds = {"born": "birth_date"}
    people = unpacked(pseudonyms(days, "birth_date", KEY).to_frame(), kinds)  # type: ignore[arg-type]

    assert people["born__exchanged"].to_list() == people["born"].to_list()[::-1]
    assert people["born__year"].n_unique() == 1


def test_one_word_in_two_fields_that_are_not_compared_has_two_hashes() -> None:
    assert hashed(["kent"], "postcode") != hashed(["kent"], "email")


def test_nothing_stays_nothing_and_what_normalises_to_nothing_becomes_nothing() -> None:
    assert hashed([None, "", " - ", "unknown"]) == [None, None, None, None]
    assert not are_pseudonyms(pl.Series([None], dtype=pl.String))


def test_taken_apart_every_variant_of_the_kind_has_its_column_and_plain_columns_stay() -> None:
    people = pl.DataFrame({"postcode": hashed(["ZZ1 1ZZ", None], "postcode"), "sex": ["F", "M"]})

    apart = unpacked(people, {"postcode": "postcode", "sex": "sex"})

    assert apart.columns == ["postcode", "sex", *(f"postcode__{name}" for name in VARIANTS["postcode"])]
    assert apart["postcode"].null_count() == apart["postcode__sector"].null_count() == 1
    assert apart["sex"].to_list() == ["F", "M"]


def test_hashes_are_told_from_values() -> None:
    assert are_pseudonyms(pl.Series(hashed(["Ada", None])))
    assert not are_pseudonyms(pl.Series([*hashed(["Ada"]), "Ada"]))
    assert not are_pseudonyms(pl.Series([1, 2]))


def test_an_id_is_hashed_as_it_stands_and_a_short_key_is_refused() -> None:
    ids = pl.Series("client_id", ["P-1", "P1", None])

    first, second, none = pseudonyms_of_ids(ids, "client_id", KEY)

    assert first == "k1." + hmac_by_hand(KEY, b"id client_id\0P-1")
    assert first != second
    assert none is None
    with pytest.raises(ValueError, match="5 bytes, and not 32"):
        pseudonyms_of_ids(ids, "client_id", b"short")


def test_hashes_and_plain_values_side_by_side_are_refused_with_the_plain_columns_named() -> None:
    people = pl.DataFrame(
        {"client_id": ["1"], "given_name": hashed(["Ada"]), "family_name": ["Example"], "email": [None]}
    )

    with pytest.raises(CannotLink) as refused:
        ready(people)

    assert str(refused.value) == (
        "Some of what tells a person is a keyed hash and some is plain (family_name): give all of it plain, or "
        "all of it hashed with one key."
    )


def test_hashed_people_are_ready_with_their_variants_and_a_policy_for_hashes() -> None:
    born = pseudonyms(pl.Series("date_of_birth_hash", [date(1990, 2, 3)]), "birth_date", KEY)
    people = pl.DataFrame({"client_id": ["1"], "family_name": hashed(["Ada"], "family_name")})

    made, policy = ready(people.with_columns(born))

    assert policy.hashed
    assert "date_of_birth_hash__month_day" in made.columns
    assert policy.kinds == {"family_name": "family_name", "date_of_birth_hash": "birth_date"}
