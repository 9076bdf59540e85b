"""A reviewer's view of two registrations: values beside each other, and what each field says."""

from datetime import date

import polars as pl

from pbr_audit.side_by_side import comparison_lines, pair_of, side_by_side

CLIENTS = pl.DataFrame(
    {
        "client_id": ["P1", "P2", "P3"],
        "contract_id": ["CPA01", "CPA01", "CPA01"],
        "given_name": ["Ada", "Adda", "Bea"],
        "family_name": ["Ashby", "Ashby", "Cole\x1b[2J"],
        "date_of_birth": [date(1980, 1, 2), date(1980, 2, 1), None],
        "postcode": ["XQ1 2AB", None, None],
    }
)
EVIDENCE = {
    "earlier_client_id": "P1",
    "p_same": 0.99999,
    "p_household": 0.00001,
    "p_neither": 0.0,
    "comparison": [
        {"field": "birth date", "level": "day and month exchanged", "bits": 9.04},
        {"field": "name", "level": "both very alike", "bits": 14.25},
    ],
}


def finding(**changes: object) -> dict[str, object]:
    return {
        "subject_type": "client",
        "subject_id": "P2",
        "client_ids": ["P1", "P2"],
        "evidence": EVIDENCE,
        **changes,
    }


def test_values_stand_side_by_side_with_what_each_field_says() -> None:
    assert side_by_side(finding(), CLIENTS).splitlines() == [
        "Side by side",
        "               P1          P2",
        "  name         Ada Ashby   Adda Ashby  both very alike           +14.2",
        "  birth date   1980-01-02  1980-02-01  day and month exchanged    +9.0",
        "  postcode     XQ1 2AB     -",
        "  contract id  CPA01       CPA01",
        "",
        "Probabilities: one person 0.9999, two of one household 0.0001, two strangers 0.0000",
        "Bits: each doubles the odds, above 0 for one person, below 0 for two.",
        "The values are read from the data set now and stand in no output of a run: do not copy them into one.",
    ]


def test_what_contradicts_and_what_holds_a_group_together_are_said() -> None:
    evidence = {**EVIDENCE, "split_why": "both have a national id, and not the same one", "bridge": True}
    text = side_by_side(finding(evidence=evidence), CLIENTS)
    assert "Not joined all the same: both have a national id, and not the same one." in text
    assert "This pair alone holds two groups of the person's registrations together." in text


def test_a_person_number_has_no_comparison() -> None:
    evidence = {"earlier_client_id": "P1", "p_same": 1.0, "how_sure": "by the source's person number"}
    text = side_by_side(finding(evidence=evidence), CLIENTS)
    assert "How sure: by the source's person number" in text
    assert "  name         Ada Ashby   Adda Ashby\n" in text


def test_a_sign_that_a_terminal_would_act_on_is_not_printed() -> None:
    text = side_by_side(finding(subject_id="P3", client_ids=["P1", "P3"]), CLIENTS)
    assert "Bea Cole?[2J" in text
    assert "\x1b" not in text


def test_a_client_who_is_not_in_the_data_set_is_named_by_number() -> None:
    assert side_by_side(finding(subject_id="P9"), CLIENTS) == (
        "The data set holds no accepted client P9: is it the one of this run?"
    )


def test_a_finding_about_a_claim_names_its_two_clients() -> None:
    about_a_claim = finding(subject_type="claim", subject_id="F1")
    assert pair_of(about_a_claim) == ("P1", "P2")
    assert pair_of(finding(subject_type="claim", subject_id="F1", client_ids=["P1", "P2", "P3"])) is None
    assert pair_of(finding(evidence={})) is None
    assert side_by_side(finding(evidence={}), CLIENTS) == "This finding is not about two registrations."


def test_the_comparison_goes_from_what_speaks_for_one_person_to_what_speaks_against() -> None:
    assert comparison_lines(EVIDENCE["comparison"]) == [  # type: ignore[arg-type]
        "  name          both very alike                               +14.2 bits",
        "  birth date    day and month exchanged                        +9.0 bits",
    ]
