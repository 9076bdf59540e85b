"""How the cells of a column may be written, in the words of `[tables.X.formats]` in audit.toml."""

from collections.abc import Mapping

YEAR_FIRST, DAY_FIRST, MONTH_FIRST = "year-first", "day-first", "month-first"
EXCEL_1900, EXCEL_1904 = "excel-1900", "excel-1904"
DECIMAL_POINT, DECIMAL_COMMA = "decimal-point", "decimal-comma"

_OF_DATES = (YEAR_FIRST, DAY_FIRST, MONTH_FIRST, EXCEL_1900, EXCEL_1904)
_OF_FIGURES = (DECIMAL_POINT, DECIMAL_COMMA)
# By the kind of column; text and words are read as they stand.
FORMATS: Mapping[str, tuple[str, ...]] = {
    "date": _OF_DATES,
    "datetime": _OF_DATES,
    "money": _OF_FIGURES,
    "number": _OF_FIGURES,
    "integer": _OF_FIGURES,
}
