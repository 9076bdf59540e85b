"""A finding's id is the same in every run, and different for every subject."""

from pbr_audit.finding import finding_id


def test_the_id_is_the_first_twenty_hex_digits_of_a_digest_that_anyone_can_recompute() -> None:
    # printf '[1,"PBR202","CPA01","claim",["CL1"]]' | sha256sum
    assert finding_id("PBR202", "CPA01", "claim", ["CL1"]) == "8852b33adc1f3c29b828"


def test_a_period_is_part_of_the_id_only_where_it_is_given() -> None:
    without = finding_id("PBR902", "AE", "provider", ["RF4"])
    assert finding_id("PBR902", "AE", "provider", ["RF4"], "2016-Q3") != without
    assert finding_id("PBR902", "AE", "provider", ["RF4"], None) == without


def test_keys_that_read_alike_when_joined_are_kept_apart() -> None:
    joined = {
        finding_id("PBR301", "CPA01", "client", key)
        for key in (["a|b", "c"], ["a", "b|c"], ["a|b|c"], ["a", "b", "c"], ["a", None, "b", "c"])
    }
    assert len(joined) == 5


def test_letters_outside_ascii_are_hashed_as_utf_8() -> None:
    assert finding_id("PBR301", "CPA01", "client", ["Zoë"]) != finding_id(
        "PBR301", "CPA01", "client", ["Zoe"]
    )
