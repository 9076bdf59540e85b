"""What a reader has to know before the findings, in sentences without data."""

from pathlib import Path

from pbr_audit.dataset import DataSet
from pbr_audit.remarks import remarks
from tests.unit.worlds import default_terms, no_terms, world

DATASET = DataSet(root=Path(), name="test")


def test_a_clean_data_set_needs_no_remark() -> None:
    assert remarks(DATASET, default_terms(), world(claims="| claim_id |\n| C1 |")) == ()


def test_an_empty_table_is_remarked_on() -> None:
    tables = world(claims="| claim_id |\n| C1 |", events="| client_id |")
    assert remarks(DATASET, default_terms(), tables) == (
        "events: holds no accepted rows; rules that need it are not assessable",
    )


def test_claims_that_the_terms_do_not_know_are_counted() -> None:
    tables = world(
        claims="| claim_id | contract_id | outcome |\n| C1 | CPA01 | JIB |\n| C2 | CPA9 | JOB |\n| C3 | CPA01 | JOB |"
    )
    assert remarks(DATASET, default_terms(), tables) == (
        "claims: 1 row names a contract that no file in contracts/ describes; add its terms, or correct "
        "contract_id",
        "claims: 1 row names an outcome that the contract's terms do not define; add the outcome to the "
        "contract's file, or correct the column outcome",
    )


def test_claims_without_any_terms_are_remarked_on_once() -> None:
    tables = world(terms=no_terms(), claims="| claim_id |\n| C1 |")
    assert remarks(DATASET, no_terms(), tables) == (
        "claims: there are no contract terms (contracts/*.toml), so no rule can hold a claim against its contract",
    )


def test_published_figures_that_look_rounded_are_remarked_on() -> None:
    rows = "\n".join(f"| PR{n} | {95 + 10 * n} | {7 * n} | {1000 * n}.00 |" for n in range(1, 15))
    tables = world(performance=f"| provider_id | cohort_size | achieved | amount |\n{rows}")
    assert remarks(DATASET, default_terms(), tables) == (
        "performance: all figures in cohort_size are multiples of 5, so they look rounded; a test that takes them as exact may mislead",
        "performance: all figures in amount are multiples of 1,000, so they look rounded (or are multiples of a price); a test that takes them as exact may mislead",
    )
