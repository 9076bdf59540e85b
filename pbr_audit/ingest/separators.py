"""What stands between a file's cells: decided by looking at its first records."""

from collections import Counter
from dataclasses import dataclass
from itertools import islice

from pbr_audit.errors import InputError
from pbr_audit.ingest.records import Records

# In the order in which they win where the records speak for two of them alike.
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_RECORDS = 200
_DECLARED = "sep="


@dataclass(frozen=True)
class _Evidence:
    """How one delimiter divides the first records: `cells` is the most frequent width, `share` its share."""

    delimiter: str
    share: float
    cells: int
    header_fits: bool


def declared(first_line: str) -> str | None:
    """The delimiter that a first line `sep=;` declares, as spreadsheet programs write and read it."""
    line = first_line.rstrip("\r\n").strip('"')
    mark = line.removeprefix(_DECLARED)
    return mark if line.startswith(_DECLARED) and mark in DELIMITERS else None


def delimiter_of(text: str, where: str, option: str) -> str:
    """The delimiter that divides `text`, a file's first lines, into records of equal width.

    A comma for a table of one column. Raises InputError where two delimiters divide it equally well; `option`
    is where a person writes which one is meant.
    """
    found = [evidence for mark in DELIMITERS if (evidence := _evidence(text, mark)).cells > 1]
    if not found:
        return ","
    best = max(found, key=_rank)
    rivals = [other for other in found if _rank(other) == _rank(best)]
    if len(rivals) > 1:
        names = " and the ".join(DELIMITERS[rival.delimiter] for rival in rivals)
        raise InputError(
            f"{where}: the {names} divide its rows equally well; write which one separates the cells as "
            f"delimiter in audit.toml under {option}"
        )
    return best.delimiter


def _evidence(text: str, delimiter: str) -> _Evidence:
    records = Records(delimiter)
    widths = [
        len(records.cells(record))
        for record in islice(records.of(text, is_last=True), _RECORDS)
        if record.text and record.problem is None
    ]
    if not widths:
        return _Evidence(delimiter, 0.0, 0, header_fits=False)
    # Of two widths equally frequent the larger: a title above the table has one cell.
    cells, count = max(Counter(widths).items(), key=lambda item: (item[1], item[0]))
    return _Evidence(delimiter, count / len(widths), cells, header_fits=widths[0] == cells)


def _rank(evidence: _Evidence) -> tuple[float, bool, int]:
    return evidence.share, evidence.header_fits, evidence.cells
