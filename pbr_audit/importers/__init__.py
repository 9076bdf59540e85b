"""Data that others publish, turned into data sets of the standard; nothing is invented on the way."""

from pbr_audit.importers.moj_crs import Imported, import_moj_crs
from pbr_audit.importers.new_folder import write_new

__all__ = ["Imported", "import_moj_crs", "write_new"]
