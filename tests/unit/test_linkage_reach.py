"""What blocking reaches, on people so few that a pencil is enough."""

import polars as pl
import pytest

from pbr_audit.linkage import Policy, choose_policy, link
from pbr_audit.linkage.reach import Reach, reach
from tests.unit.linkage_people import people

KINDS = {
    "given_name": "given_name",
    "family_name": "family_name",
    "date_of_birth": "birth_date",
    "national_id": "national_id",
}


def with_keys(*keys: tuple[str, ...], most_in_block: int = 400) -> Policy:
    """Return a policy of these keys, which does not compare every pair however few there are."""
    chosen = choose_policy(KINDS)  # type: ignore[arg-type]
    return Policy(
        chosen.id, chosen.kinds, keys, most_in_block=most_in_block, least_pairs=1, pairs_a_record=40
    )


def truth(registered: pl.DataFrame) -> pl.DataFrame:
    """Return the true pairs."""
    ids = registered.select("truth", left="client_id")
    return ids.join(ids.rename({"left": "right"}), on="truth").filter(pl.col("left") < pl.col("right"))


def test_a_pair_is_reached_by_a_key_only_where_all_its_values_are_known_and_equal() -> None:
    registered = people(60)
    policy = with_keys(("national_id:national_id",), ("family_name", "birth_date"))
    found = reach(registered, link(registered, policy)[1], truth(registered))

    # Of the 20 who stand twice every second one keeps the number, and all but every third the family name;
    # nobody has given and family name exchanged.
    assert found.pairs == 20
    assert found.keys["found"].to_list() == [10, 13, 0]
    assert found.by_keys == (3, 11, 6, 0)
    assert found.keys["alone"].to_list() == [4, 7, 0]
    assert found.reached == 17


def test_a_block_that_was_too_large_reaches_nobody() -> None:
    registered = people(60)

    found = reach(
        registered, link(registered, with_keys(("birth_date__year",), most_in_block=1))[1], truth(registered)
    )

    assert found.reached == 0


def test_those_that_one_key_alone_found_speak_for_those_that_none_did() -> None:
    keys = pl.DataFrame({"key": ["a", "b"], "found": [6, 6], "alone": [4, 4]})

    assert Reach(keys, 10, (0, 8, 2), every_pair=False).missed_at_least == pytest.approx(8 * 7 / 6)
    assert Reach(keys, 10, (0, 8, 2), every_pair=True).missed_at_least == 0


def test_where_every_pair_was_compared_nothing_is_missed() -> None:
    registered = people(60)

    found = reach(registered, link(registered, choose_policy(KINDS))[1], truth(registered))  # type: ignore[arg-type]

    assert found.every_pair
    assert found.reached == found.pairs == 20
