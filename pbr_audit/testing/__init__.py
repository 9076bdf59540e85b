"""Rule regression: fixture cases, run and compared by finding."""

from pbr_audit.testing.case import Case, read_case
from pbr_audit.testing.run import Result, find_cases, run_case, run_cases, tables_of, updated

__all__ = ["Case", "Result", "find_cases", "read_case", "run_case", "run_cases", "tables_of", "updated"]
