"""Small data sets on disk, validated through the front door: what the tests of validation share."""

from datetime import date
from pathlib import Path
from tempfile import mkdtemp

import polars as pl

from pbr_audit.dataset import open_dataset
from pbr_audit.terms import Terms
from pbr_audit.terms.terms import parse_terms
from pbr_audit.validate import Validated, ValidTable, validate

CLAIM = {
    "claim_id": "K1",
    "contract_id": "CPA01",
    "provider_id": "PR01",
    "tier": "prime",
    "client_id": "C1",
    "outcome": "JOB",
    "outcome_date": "2016-07-14",
    "submitted_date": "2016-08-02",
    "amount": "1200.00",
}


def terms(**currencies: str) -> Terms:
    """Return contracts by id with their currency, each with the milestone JOB and the cohort outcome BIN."""
    return parse_terms(
        (
            f"contracts/{contract}.toml",
            {
                "standard": "0.1",
                "contract": {
                    "id": contract,
                    "title": contract,
                    "prime_id": "PR01",
                    "start_date": date(2014, 6, 1),
                    "end_date": date(2019, 5, 31),
                    "currency": currency,
                },
                "outcome": [
                    {"code": "JOB", "kind": "milestone", "price": [{"amount": "1200.00"}]},
                    {
                        "code": "BIN",
                        "kind": "cohort",
                        "direction": "at_most",
                        "threshold": 0.0,
                        "baseline": 0.5,
                        "price": [{"amount": "1000.00"}],
                    },
                ],
            },
        )
        for contract, currency in currencies.items()
    )


def csv(*rows: dict[str, str]) -> str:
    """Write claims as CSV; each row is CLAIM with some cells changed, all with the columns of the first."""
    full = [CLAIM | row for row in rows]
    lines = [",".join(full[0]), *(",".join(row[name] for name in full[0]) for row in full)]
    return "\n".join(lines) + "\n"


def validated(folder: Path, files: dict[str, str], under: Terms | None = None) -> Validated:
    """Write `files` into a folder and validate it; the caller's rows and pence are accounted for."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    work = Path(mkdtemp(dir=folder.parent))
    result = validate(open_dataset(folder), terms(CPA01="GBP") if under is None else under, work)
    result.assert_complete()
    return result


def accepted(table: ValidTable, *columns: str) -> list[tuple[object, ...]]:
    """Return columns of the accepted rows in the order in which they were read."""
    return table.frame.sort("_source", "_row").select(columns).collect().rows()


def rejected(table: ValidTable) -> list[tuple[str, int, list[str]]]:
    """Return file, row and reasons of the rejected rows."""
    return [tuple(row) for row in table.rejects.frame.select("_file", "_row", "_reasons").collect().rows()]


def validated_claims(folder: Path, *rows: dict[str, str], under: Terms | None = None) -> ValidTable:
    return validated(folder, {"claims.csv": csv(*rows)}, under).tables["claims"]


def whole(table: ValidTable) -> pl.DataFrame:
    return table.frame.collect()
