"""A rule's page is set as it was meant: paragraphs, lists, and lines that stay as they are."""

from pbr_audit.reports.answers import first_sentence
from pbr_audit.reports.rule_text import Block, blocks


def test_lines_of_a_paragraph_are_one_text_and_a_blank_line_ends_it() -> None:
    assert blocks("One\ntwo.\n\nThree.") == (
        Block("paragraph", ("One two.",)),
        Block("paragraph", ("Three.",)),
    )


def test_numbers_make_a_list_and_a_line_without_one_goes_on() -> None:
    assert blocks("1. one\n   more\n2. two\n(3) three") == (Block("numbered", ("one more", "two", "three")),)


def test_dashes_make_a_list_below_the_line_that_announces_it() -> None:
    assert blocks("These:\n- one\n- two") == (Block("paragraph", ("These:",)), Block("list", ("one", "two")))


def test_indented_text_and_demonstrations_keep_their_lines() -> None:
    assert blocks("Text.\n\n    a  b\n      c") == (
        Block("paragraph", ("Text.",)),
        Block("kept", ("a  b\n  c",)),
    )
    assert blocks("| a | b |\n| 1 | 2 |") == (Block("kept", ("| a | b |\n| 1 | 2 |",)),)


def test_a_year_at_the_beginning_of_a_line_is_no_number_of_a_list() -> None:
    assert blocks("It began in\n2016. Then it went on.") == (
        Block("paragraph", ("It began in 2016. Then it went on.",)),
    )


def test_a_sentence_ends_before_a_capital() -> None:
    assert first_sentence("The payslip, e.g. the last. Then more.") == "The payslip, e.g. the last."
    assert first_sentence("Is it so? (Or not.)") == "Is it so?"
    assert first_sentence("One alone") == "One alone"
