"""From files to accepted and rejected rows, with every reason and to the penny."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pbr_audit.errors import InputError
from pbr_audit.tables import claims_schema
from pbr_audit.terms import Terms
from pbr_audit.validate import Counts, IncompleteError, validate_frames
from tests.unit.validating import CLAIM, accepted, csv, rejected, terms, validated, validated_claims


def test_a_good_row_is_accepted_with_its_types(tmp_path: Path) -> None:
    claims = validated_claims(tmp_path / "data", {})

    assert accepted(claims, "claim_id", "outcome_date", "amount_pence", "_source", "_row") == [
        ("K1", date(2016, 7, 14), 120000, 0, 2)
    ]
    assert rejected(claims) == []
    assert claims.columns == (frozenset(CLAIM) - {"amount"}) | {"amount_pence"}
    assert [source.shown for source in claims.sources] == ["claims.csv"]
    assert claims.rows_by_source == (1,)


def test_every_reason_against_a_row_is_given(tmp_path: Path) -> None:
    claims = validated_claims(
        tmp_path / "data",
        {"claim_id": "K1"},
        {
            "claim_id": "",
            "tier": "Prime",
            "outcome": " ",
            "outcome_date": "mid-July",
            "submitted_date": "",
            "amount": "£5 or so",
        },
    )

    assert rejected(claims) == [
        (
            "claims.csv",
            3,
            [
                "claim_id: is missing",
                "tier: is not one of prime, subcontractor",
                "outcome: is missing",
                "outcome_date: is not a date (expected YYYY-MM-DD)",
                "submitted_date: is missing",
                "amount: is not an amount in pounds and pence (expected 1234.50)",
            ],
        )
    ]
    assert (claims.counts.read, claims.counts.accepted, claims.counts.rejected) == (2, 1, 1)
    assert claims.counts.unreadable_amounts == 1


def test_a_rejected_row_stands_as_it_was_read(tmp_path: Path) -> None:
    claims = validated_claims(tmp_path / "data", {"amount": " 12 00 ", "tier": " prime "})

    row = claims.rejects.frame.collect().row(0, named=True)

    assert (row["_file"], row["_sheet"], row["_row"]) == ("claims.csv", None, 2)
    assert (row["amount"], row["tier"]) == (" 12 00 ", " prime ")
    assert set(row) == {"_file", "_sheet", "_row", "_column", "_reasons", *CLAIM}
    assert row["_column"] == ["amount"]


def test_reasons_are_counted_most_frequent_first(tmp_path: Path) -> None:
    claims = validated_claims(
        tmp_path / "data",
        {"claim_id": "K1", "amount": ""},
        {"claim_id": "K2", "amount": "", "tier": "x"},
        {"claim_id": "K3"},
        {"claim_id": "K3", "outcome": "ATT"},
    )

    assert claims.rejects.reasons().rows() == [
        ("amount: is missing", 2),
        ("claim_id: repeats with different contents", 2),
        ("tier: is not one of prime, subcontractor", 1),
    ]


def test_text_is_trimmed_and_an_empty_status_is_submitted(tmp_path: Path) -> None:
    claims = validated_claims(
        tmp_path / "data",
        {"claim_id": " K1 ", "status": ""},
        {"claim_id": "K2", "status": " paid "},
    )

    assert accepted(claims, "claim_id", "status") == [("K1", "submitted"), ("K2", "paid")]


def test_implausible_values_and_dangling_ids_are_accepted(tmp_path: Path) -> None:
    claims = validated_claims(
        tmp_path / "data",
        {
            "amount": "-99999999.99",
            "outcome_date": "1066-10-14",
            "employment_type": "zero hours",
            "contract_id": "NONE",
        },
    )

    assert accepted(claims, "amount_pence", "employment_type") == [(-9999999999, "zero hours")]


def test_a_client_is_required_but_for_a_cohort(tmp_path: Path) -> None:
    claims = validated_claims(
        tmp_path / "data",
        {"claim_id": "K1", "client_id": "", "cohort": "2014", "outcome": "BIN"},
        {"claim_id": "K2", "client_id": "", "cohort": "", "outcome": "BIN"},
        {"claim_id": "K3", "client_id": "", "cohort": "2014", "outcome": "JOB"},
        {"claim_id": "K4", "client_id": "", "cohort": "2014", "outcome": "NEW"},
        {"claim_id": "K5", "client_id": "", "cohort": "", "outcome": "NEW"},
    )

    assert accepted(claims, "claim_id") == [("K1",), ("K2",), ("K4",)]
    assert rejected(claims) == [
        ("claims.csv", 4, ["client_id: is missing"]),
        ("claims.csv", 6, ["client_id: is missing"]),
    ]


def test_each_set_of_contracts_has_its_own_verdict(tmp_path: Path) -> None:
    row = {"client_id": "", "cohort": "", "outcome": "BIN"}

    under_other = validated_claims(tmp_path / "other", row, under=terms(CPA02="GBP"))
    under_its_own = validated_claims(tmp_path / "own", row)

    assert (under_other.counts.accepted, under_its_own.counts.accepted) == (0, 1)


def test_cohort_claims_need_no_column_for_clients(tmp_path: Path) -> None:
    row = {name: cell for name, cell in CLAIM.items() if name != "client_id"} | {"outcome": "BIN"}
    text = ",".join(row) + "\n" + ",".join(row.values()) + "\n"

    claims = validated(tmp_path / "data", {"claims.csv": text}).tables["claims"]

    assert accepted(claims, "claim_id") == [("K1",)]


def test_without_any_cohort_the_column_for_clients_is_required(tmp_path: Path) -> None:
    row = {name: cell for name, cell in CLAIM.items() if name != "client_id"}
    text = ",".join(row) + "\n" + ",".join(row.values()) + "\n"

    with pytest.raises(InputError) as caught:
        validated(tmp_path / "data", {"claims.csv": text}, Terms(()))

    assert str(caught.value).startswith("claims.csv: the required column client_id is missing; ")


def test_a_check_names_a_claim_or_a_client(tmp_path: Path) -> None:
    text = (
        "claim_id,client_id,check_date,method,result\n"
        "K1,,2016-10-03,visit,confirmed\n"
        ",C1,2016-10-03,visit,confirmed\n"
        ",,2016-10-03,visit,confirmed\n"
    )

    checks = validated(tmp_path / "data", {"checks.csv": text}).tables["checks"]

    assert len(accepted(checks, "method")) == 2
    assert rejected(checks) == [("checks.csv", 4, ["claim_id: is missing, and so is client_id"])]


def test_files_with_different_columns_are_one_table(tmp_path: Path) -> None:
    claims = validated(
        tmp_path / "data",
        {
            "claims/a.csv": csv({"claim_id": "K1", "advisor_id": "A1"}),
            "claims/b.csv": csv({"claim_id": "K2", "paid_amount": "7"}),
        },
    ).tables["claims"]

    assert accepted(claims, "claim_id", "advisor_id", "paid_amount_pence", "_source") == [
        ("K1", "A1", None, 0),
        ("K2", None, 700, 1),
    ]
    assert {"advisor_id", "paid_amount_pence"} <= claims.columns


def test_a_header_without_rows_is_an_empty_table(tmp_path: Path) -> None:
    claims = validated(tmp_path / "data", {"claims.csv": ",".join(CLAIM) + "\n"}).tables["claims"]

    assert claims.counts == Counts("claims", 0, 0, 0, {"GBP": 0}, {"GBP": 0}, None, 0)
    assert claims.frame.collect().height == 0
    assert "amount_pence" in claims.frame.collect_schema()


def test_pence_are_counted_by_currency_and_never_together(tmp_path: Path) -> None:
    claims = validated_claims(
        tmp_path / "data",
        {"claim_id": "K1", "amount": "1.00"},
        {"claim_id": "K2", "amount": "2.00", "contract_id": "CPA02"},
        {"claim_id": "K3", "amount": "4.00", "contract_id": "CPA02", "tier": "x"},
        {"claim_id": "K4", "amount": "8.00", "contract_id": "UNKNOWN"},
        {"claim_id": "K5", "amount": "half", "contract_id": "CPA01"},
        under=terms(CPA01="GBP", CPA02="EUR"),
    )

    assert claims.counts.read_pence == {"": 800, "EUR": 600, "GBP": 100}
    assert claims.counts.accepted_pence == {"": 800, "EUR": 200, "GBP": 100}
    assert claims.counts.rejected_pence == {"EUR": 400, "GBP": 0}


def test_a_single_currency_covers_contracts_that_the_terms_do_not_know(tmp_path: Path) -> None:
    claims = validated_claims(tmp_path / "data", {"contract_id": "UNKNOWN"})

    assert claims.counts.read_pence == {"GBP": 120000}


def test_without_terms_pence_have_no_currency(tmp_path: Path) -> None:
    claims = validated_claims(tmp_path / "data", {}, under=Terms(()))

    assert claims.counts.read_pence == {"": 120000}


def test_a_table_without_amounts_counts_no_pence(tmp_path: Path) -> None:
    text = "provider_id,name,role\nPR01,One,prime\n"

    providers = validated(tmp_path / "data", {"providers.csv": text}).tables["providers"]

    assert providers.counts == Counts("providers", 1, 1, 0, None, None, None, 0)


def test_the_largest_amounts_are_added_up_without_wrapping_round(tmp_path: Path) -> None:
    most = "9999999999999999.99"
    rows = [{"claim_id": f"K{number}", "amount": most} for number in range(20)]

    claims = validated_claims(tmp_path / "data", *rows)

    assert claims.counts.read_pence == {"GBP": 20 * 999_999_999_999_999_999}


def test_rows_that_went_missing_stop_the_run() -> None:
    counts = Counts("claims", 3, 1, 1, None, None, None, 0)

    with pytest.raises(IncompleteError) as caught:
        counts.assert_complete()

    assert str(caught.value) == (
        "claims: 1 rows accepted and 1 rejected are not the 3 that were read; "
        "this is a fault of the program, please report it"
    )


def test_pence_that_went_missing_stop_the_run() -> None:
    counts = Counts("claims", 1, 1, 0, {"GBP": 100}, {"EUR": 100}, None, 0)

    with pytest.raises(IncompleteError) as caught:
        counts.assert_complete()

    assert str(caught.value) == (
        "claims: the pence accepted and rejected do not add up to the pence read; "
        "this is a fault of the program, please report it"
    )


def test_tables_in_memory_go_through_the_same_pass(tmp_path: Path) -> None:
    frame = pl.DataFrame([CLAIM, CLAIM | {"claim_id": "K2", "tier": "x"}])

    claims = validate_frames({"claims": frame}, terms(CPA01="GBP"), tmp_path).tables["claims"]

    assert accepted(claims, "claim_id", "amount_pence", "_row") == [("K1", 120000, 2)]
    assert rejected(claims) == [("claims", 3, ["tier: is not one of prime, subcontractor"])]


def test_a_table_in_memory_without_a_required_column_is_refused(tmp_path: Path) -> None:
    frame = pl.DataFrame([CLAIM]).drop("tier")

    with pytest.raises(InputError) as caught:
        validate_frames({"claims": frame}, terms(CPA01="GBP"), tmp_path)

    assert str(caught.value) == "claims: the required column tier is missing; add it"


def test_a_cell_of_an_expression_that_is_no_number_has_its_own_reason(tmp_path: Path) -> None:
    files = {
        "figures.csv": "org,attendances,breaches\nRXX,100,7\nRYY,100,many\nRZZ,,7\n",
        "audit.toml": (
            'standard = "0.1"\n'
            "[tables.performance]\n"
            'files = ["figures.csv"]\n'
            "[tables.performance.columns]\n"
            'contract_id = { value = "AE" }\n'
            'provider_id = "org"\n'
            'period = { value = "2016-07" }\n'
            'outcome = { value = "4H" }\n'
            'cohort_size = "attendances"\n'
            'achieved = { expr = "attendances - breaches" }\n'
        ),
    }

    performance = validated(tmp_path / "data", files).tables["performance"]

    assert accepted(performance, "provider_id", "cohort_size", "achieved") == [("RXX", 100, 93)]
    assert rejected(performance) == [
        ("figures.csv", 3, ["achieved: column breaches (needed for achieved) is not a number"]),
        ("figures.csv", 4, ["cohort_size: is missing", "achieved: is missing"]),
    ]


def canary_rows() -> tuple[list[str], str]:
    """A file of claims in which every cell of every column is wrong or rejected, and holds a canary."""
    from pbr_audit.tables import TABLES  # noqa: PLC0415 - the one test that needs them

    columns = list(TABLES["claims"].columns)
    canaries = [f"CANARY-{number}" for number, _ in enumerate(columns)]
    other = [f"CANARY-X{number}" for number, _ in enumerate(columns)]
    same_id = [canaries[0], *other[1:]]
    lines = [",".join(columns), ",".join(canaries), ",".join(same_id), ",".join(canaries)]
    return [*canaries, *other], "\n".join(lines) + "\n"


def test_no_reason_and_no_summary_holds_a_cell(tmp_path: Path) -> None:
    canaries, text = canary_rows()

    claims = validated(tmp_path / "data", {"claims.csv": text}).tables["claims"]
    said = [str(claims.counts), repr(claims.rejects), str(claims.rejects.reasons().rows())]
    said += [reason for _, _, reasons in rejected(claims) for reason in reasons]

    assert claims.counts.rejected == 3
    assert [canary for canary in canaries if any(canary in sentence for sentence in said)] == []


def test_no_error_holds_a_cell(tmp_path: Path) -> None:
    canaries, text = canary_rows()
    with pytest.raises(InputError) as caught:
        validated(tmp_path / "data", {"claims.csv": text.replace("tier", "stage", 1)})

    assert "CANARY" not in repr(caught.value)
    assert "CANARY" not in repr(caught.value.__cause__)
    assert [canary for canary in canaries if canary in str(caught.value)] == []


def test_no_reason_and_no_sentence_about_a_torn_file_holds_a_cell(tmp_path: Path) -> None:
    _, text = canary_rows()
    header, *rows = text.splitlines()
    torn = {
        "ragged": "\n".join([header, *rows, rows[0] + ",CANARY-EXTRA"]),
        "stray quote": "\n".join([header, rows[0].replace("CANARY-3", 'CANARY-3"')]),
    }

    for name, content in torn.items():
        claims = validated(tmp_path / name, {"claims.csv": content}).tables["claims"]
        reasons = [reason for _, _, of_row in rejected(claims) for reason in of_row]
        assert claims.counts.rejected == claims.counts.read == content.count("\n"), name
        assert [said for said in (*reasons, *claims.said) if "CANARY" in said] == [], name


def test_one_contracts_cohorts_say_nothing_about_the_claims_of_another_run() -> None:
    first = claims_schema(frozenset(), frozenset({("HM01", "BIN")}))
    second = claims_schema(frozenset({("HM01", "BIN")}), frozenset({("HM01", "BIN")}))
    assert first is not second
    assert (len(first.checks), len(second.checks)) == (1, 1)


def test_identical_rows_stay_identical_beside_a_repeated_row_with_an_unreadable_cell(tmp_path: Path) -> None:
    """The other file has no unreadable cell, so its rows are held against values alone."""
    unreadable = CLAIM | {"claim_id": "K2", "outcome_date": "never"}
    claims = validated(
        tmp_path / "data",
        {"claims-1.csv": csv(CLAIM, unreadable, unreadable), "claims-2.csv": csv(CLAIM)},
    ).tables["claims"]

    assert accepted(claims, "claim_id") == [("K1",)]
    reasons = {tuple(row["_reasons"]) for row in claims.rejects.frame.collect().to_dicts()}
    assert ("claim_id: repeats an identical row (first at claims-1.csv row 2)",) in reasons
