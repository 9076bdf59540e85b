"""Headers as people write them, folded; none of them names two columns of a table."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from pbr_audit.tables import TABLES
from pbr_audit.tables.synonyms import DOUBTFUL, SYNONYMS, plain
from tests.house.repository import ROOT

WRITTEN: Path = ROOT / "pbr_audit" / "tables" / "synonyms.toml"


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Client ID", "clientid"),
        ("client_id", "clientid"),
        ("  CLIENT-Id. ", "clientid"),
        ("Amount claimed (£)", "amountclaimed"),
        ("Claim #", "claimno"),
        ("% achieved", "percentachieved"),
        ("\uff23\uff4c\uff49\uff45\uff4e\uff54\u3000\uff29\uff24", "clientid"),
        ("Référence", "reference"),
        ("Номер договора", "номердоговора"),
        ("顧客番号", "顧客番号"),
        ("]] = \n '", ""),
    ],
)
def test_case_blanks_punctuation_and_accents_do_not_count(written: str, folded: str) -> None:
    assert plain(written) == folded


def test_every_table_and_column_of_the_list_is_one_of_the_standard() -> None:
    written = tomllib.loads(WRITTEN.read_text(encoding="utf-8"))
    doubtful = written.pop("doubtful")
    unknown = [
        f"{table}.{column}"
        for part in (written, doubtful)
        for table, columns in part.items()
        for column in columns
        if table not in TABLES or column not in TABLES[table].columns
    ]
    assert unknown == []


def test_a_column_answers_to_its_own_name() -> None:
    assert SYNONYMS["claims"]["claim_id"][0] == "claimid"
    assert all(
        plain(column) in SYNONYMS[table][column] for table in TABLES for column in TABLES[table].columns
    )


@pytest.mark.parametrize("table", list(TABLES))
def test_no_sure_header_names_two_columns_of_a_table(table: str) -> None:
    headers = Counter(header for column in SYNONYMS[table].values() for header in column)
    assert [header for header, times in headers.items() if times > 1 or not header] == []


@pytest.mark.parametrize("table", list(TABLES))
def test_a_doubtful_header_is_no_sure_one(table: str) -> None:
    sure = {header for column in SYNONYMS[table].values() for header in column}
    assert sorted({header for column in DOUBTFUL[table].values() for header in column} & sure) == []
