"""The table of checks of single claims."""

import numpy as np
import polars as pl

from pbr_audit.simulate import rendering as as_
from pbr_audit.simulate.block import Block
from pbr_audit.simulate.checks import METHODS, PROBABILITY, RESULTS
from pbr_audit.simulate.claim_table import claim_ids


def checks_table(block: Block) -> pl.DataFrame:
    """Return the checks of single claims."""
    rows = block.checks
    return pl.DataFrame(
        {
            "claim_id": claim_ids(block.claims["number"][rows["claim"]]),
            "check_date": as_.dates(rows["day"]),
            "method": as_.words(METHODS, rows["method"]),
            "result": as_.words(RESULTS, rows["result"]),
            "verified_value": as_.numbers(rows["value"]),
            "selected_by": as_.words(("random", "risk"), rows["by_risk"].astype(np.int64)),
            "probability": as_.numbers(np.where(rows["by_risk"], np.nan, PROBABILITY)),
        }
    )
