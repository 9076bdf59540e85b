"""Validation: typed tables and rejected rows; read = accepted + rejected, in rows and in pence."""

from pbr_audit.validate.counts import Counts, IncompleteError
from pbr_audit.validate.judging import Contracts, Reading
from pbr_audit.validate.rejects import Rejects
from pbr_audit.validate.run import (
    AUDITED,
    Validated,
    ValidTable,
    require_covariates,
    validate,
    validate_frames,
    validate_table,
)

__all__ = [
    "AUDITED",
    "Contracts",
    "Counts",
    "IncompleteError",
    "Reading",
    "Rejects",
    "ValidTable",
    "Validated",
    "require_covariates",
    "validate",
    "validate_frames",
    "validate_table",
]
