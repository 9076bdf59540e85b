"""Draws the sample census of pseudopeople, in a Python of its own.

    python benchmarks/linkage/census.py OUT.parquet 1 2 3

pseudopeople 1.3 wants an older scipy than this project, so it cannot stand among its extras: `python -m
venv`, `pip install pseudopeople polars pyarrow`, and run this there. The census of Anytown (some 10,200
people) is drawn once for each seed, each time with other errors at pseudopeople's own rates, and the draws
are stacked.
"""

import sys
from pathlib import Path

import polars as pl

FACTS = ("first_name", "middle_initial", "last_name", "date_of_birth")
ADDRESS = ("street_number", "street_name", "unit_number", "zipcode")
DATE_PARTS = 3


def draw(seed: int) -> pl.DataFrame:
    """One draw, a record a person, with the truth in `person`; births are turned to year, month, day."""
    from pseudopeople import generate_decennial_census  # noqa: PLC0415 - not in the project's own Python

    census = pl.from_pandas(generate_decennial_census(seed=seed).astype("string"))
    part = pl.col("date_of_birth").str.split("/").list
    turned = pl.concat_str(part.get(2), part.get(0), part.get(1), separator="-")
    return census.with_columns(
        record_id=pl.format("d{}-{}", pl.lit(seed), pl.int_range(pl.len())),
        person="simulant_id",
        date_of_birth=pl.when(part.len() == DATE_PARTS).then(turned),
    ).select("record_id", "person", *FACTS, *ADDRESS, "sex")


if __name__ == "__main__":
    where, *seeds = sys.argv[1:]
    pl.concat([draw(int(seed)) for seed in seeds]).write_parquet(Path(where))
