"""Reads files one after another and writes what became of each, a line of JSON a file; run as a program.

Its own process, so that a reader that ends it, or takes more memory than it may, is seen from outside.
"""

import json
import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from pbr_audit.dataset import Constant, DataSet, TableInput
from pbr_audit.errors import PbrAuditError
from pbr_audit.ingest import batches
from pbr_audit.terms.terms import parse_terms
from pbr_audit.validate import validate

# Whatever the columns of a file are, a row of it is a row of published figures with these.
FIGURES: dict[str, str | int] = {
    "contract_id": "X",
    "provider_id": "X",
    "period": "2016",
    "outcome": "X",
    "cohort_size": 1,
    "achieved": 0,
}


def became_of(path: Path) -> dict[str, object]:
    """Read one file and validate it as published figures."""
    table = TableInput(
        "performance", (path,), columns={name: Constant(value) for name, value in FIGURES.items()}
    )
    dataset = DataSet(path.parent, "odd files", tables={"performance": table})
    start = perf_counter()
    try:
        parts = list(batches(table, dataset))
        with TemporaryDirectory() as work:
            validated = validate(dataset, parse_terms([]), Path(work))
            validated.assert_complete()
            counts = validated.tables["performance"].counts
    except PbrAuditError as error:
        return {"refused": str(error), "seconds": perf_counter() - start}
    return {
        "rows": [row for part in parts for row in part.frame["_row"].to_list()],
        "aside": [row for part in parts if part.aside is not None for row in part.aside["_row"].to_list()],
        "said": [sentence for part in parts for sentence in part.said],
        "counts": [counts.read, counts.accepted, counts.rejected],
        "seconds": perf_counter() - start,
    }


def main() -> None:
    """Read the files that standard input names, one a line."""
    unit = 1 if sys.platform == "darwin" else 1024
    for line in sys.stdin:
        found = became_of(Path(line.rstrip("\n")))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
        sys.stdout.write(json.dumps(found | {"path": line.rstrip("\n"), "peak_bytes": peak}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
