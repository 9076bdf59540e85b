"""How often is the test wrong? Books of the user's own data in which nobody acted, and in which some did."""

from pbr_audit.calibrate.result import (
    OWN_VARIETY,
    PERMUTED,
    Alarm,
    Calibrated,
    Calibration,
    Power,
    Rate,
    percent,
)
from pbr_audit.calibrate.run import calibrate

__all__ = [
    "OWN_VARIETY",
    "PERMUTED",
    "Alarm",
    "Calibrated",
    "Calibration",
    "Power",
    "Rate",
    "calibrate",
    "percent",
]
