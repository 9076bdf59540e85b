"""The same claims give the same findings, in whatever way somebody has written them down.

Left out is what nobody could tell: dates of which no day is above the twelfth are written year-first, and
what is no Windows-1252, or would be UTF-8 as well, is written as UTF-8.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pbr_audit.audit import audit
from tests.generative.writings import (
    DAY_FIRST,
    ISO,
    KINDS,
    MONTH_FIRST,
    PLAIN,
    POUNDS,
    TYPED,
    Cell,
    File,
    Pence,
    Row,
    Writing,
    write,
)

EXAMPLES = 60
CONTRACT = """\
standard = "0.1"
[contract]
id = "CPA01"
title = "An invented contract"
prime_id = "PR01"
start_date = 2014-06-01
end_date = 2019-05-31
currency = "GBP"
[[outcome]]
code = "JOB"
kind = "milestone"
window_days = [30, 200]
claim_within_days = 60
requires = ["ATT"]
[[outcome.price]]
amount = "1200.00"
[[outcome]]
code = "ATT"
kind = "attachment"
[[outcome.price]]
amount = "400.00"
"""
FIRST = date(2015, 1, 1)
DATES = st.integers(0, 500).map(lambda days: FIRST + timedelta(days=days))
PENCE = st.one_of(st.sampled_from([120_000, 40_000]), st.integers(-100, 2_000_000)).map(Pence)
# A letter of every kind that readers have stumbled over; no line ends, which not every format can hold.
LETTERS = "aZ09éüßñ£€“”ŁΩж漢字😀'\"`,;|=+-@#%&<>[]{}()/\\. "
TEXTS = st.text(LETTERS, max_size=12).map(str.strip).filter(bool)
CLAIM_IDS = st.one_of(st.integers(0, 30).map(lambda number: f"{number:03}"), TEXTS)


def mostly(good: st.SearchStrategy[Any], *bad: Cell) -> st.SearchStrategy[Cell]:
    """Give a good cell nine times in ten."""
    return st.integers(0, 9).flatmap(lambda at: st.sampled_from(bad) if at == 0 else good)


ROWS: st.SearchStrategy[Row] = st.fixed_dictionaries(
    {
        "claim_id": CLAIM_IDS,
        "contract_id": st.just("CPA01"),
        "provider_id": st.sampled_from(["PR01", "PR02"]),
        "tier": mostly(st.just("prime"), "primary", None),
        "client_id": mostly(st.sampled_from(["P1", "P2", "007"]), None),
        "outcome": st.sampled_from(["JOB", "ATT"]),
        "outcome_date": mostly(DATES, "soon", None, "2016-02-30"),
        "submitted_date": mostly(DATES, "31st of May"),
        "amount": mostly(PENCE, "twelve", None, "12.345"),
        "status": mostly(st.sampled_from(["paid", "submitted", None, "withdrawn"]), "maybe"),
        "evidence_ref": st.one_of(
            st.none(), TEXTS, st.sampled_from(["[c]", "007", "1E5", "NA", "-", "null"])
        ),
    }
)


def tables() -> st.SearchStrategy[list[Row]]:
    """Give some claims, among them rows that stand there twice."""
    rows = st.lists(ROWS, min_size=1, max_size=14)
    return rows.flatmap(
        lambda own: st.lists(st.sampled_from(own), max_size=2).map(lambda again: [*own, *map(dict, again)])
    )


FILES = st.builds(
    File,
    kind=st.sampled_from(KINDS),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    quote_all=st.booleans(),
)
WRITINGS = st.builds(
    Writing,
    files=st.lists(FILES, min_size=1, max_size=3).map(tuple),
    places=st.lists(st.integers(0, 2), max_size=16).map(tuple),
    order=st.lists(st.integers(0, 99), max_size=16).map(tuple),
    columns=st.permutations(
        ["claim_id", "provider_id", "outcome_date", "submitted_date", "amount", "status", "evidence_ref"]
    ).map(tuple),
    dates=st.sampled_from([ISO, DAY_FIRST, MONTH_FIRST, TYPED]),
    money=st.sampled_from([PLAIN, POUNDS, TYPED]),
)


def found(rows: Sequence[Row], writing: Writing) -> Mapping[str, Any]:
    """Audit claims written so: what was counted, and what was found."""
    with TemporaryDirectory() as root:
        folder = Path(root)
        (folder / "contracts").mkdir()
        (folder / "contracts" / "CPA01.toml").write_text(CONTRACT, encoding="utf-8")
        write(folder, "claims", rows, writing)
        with audit(folder) as done:
            counts = done.validated.tables["claims"].counts
            return {
                "rows": (counts.read, counts.accepted, counts.rejected),
                "pence": (counts.read_pence, counts.accepted_pence, counts.rejected_pence),
                "unreadable": counts.unreadable_amounts,
                "findings": done.findings.sort("finding_id").to_dicts(),
                "flagged": done.flagged_claims.sort(done.flagged_claims.columns).to_dicts(),
            }


@settings(max_examples=EXAMPLES)
@given(tables(), WRITINGS)
def test_the_same_claims_give_the_same_findings(rows: list[Row], writing: Writing) -> None:
    assert found(rows, writing) == found(rows, Writing())
