"""What a run leaves behind: its files, its printed summary and its report. Nothing is decided here."""

from pbr_audit.reports.folder import check_out
from pbr_audit.reports.manifest import Manifest
from pbr_audit.reports.summary import reading_summary, summary
from pbr_audit.reports.writing import write

__all__ = ["Manifest", "check_out", "reading_summary", "summary", "write"]
