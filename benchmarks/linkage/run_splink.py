"""Splink on one table of people, in a process of its own: `python -m benchmarks.linkage.run_splink FOLDER`.

Reads `people.parquet` and `job.json` from the folder; writes `splink.links.parquet` (left, right, score: the
match probability's log-odds in bits), `splink.clusters.parquet` (its own clusters at 0.95), and
`splink.json` (CPU, wall, memory, pairs compared). With `trained` in the job, the time of a second linker that
loads the first one's model and only scores is told too.
"""

import json
import logging
import sys
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from splink import DuckDBAPI, Linker, SettingsCreator
from splink.internals.exceptions import EMTrainingException

from benchmarks.linkage.clock import Laps
from benchmarks.linkage.datasets import ID
from benchmarks.linkage.splink_settings import SplinkPlan, plan

AT = 0.95
LEAST_PROBABILITY = 0.001


def main(folder: Path) -> None:
    """Runs Splink as the job says."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    job = json.loads((folder / "job.json").read_text())
    told = plan(job["settings"])
    laps = Laps()
    if job["trained"]:
        linker = _linker(folder, told, str(folder / "splink.model.json"))
        laps.end("load")
    else:
        linker = _linker(folder, told, _settings(told))
        laps.end("load")
        try:
            _train(linker, told, job["seed"])
        except (ValueError, EMTrainingException):
            # Where its certain rules find no pair the prior is 0, and Splink takes its logarithm; a rule to
            # train by that finds none it refuses.
            (folder / "splink.json").write_text(
                json.dumps({"failed": "could not be trained: too few pairs agree"})
            )
            return
        laps.end("train")
    scored = linker.inference.predict(threshold_match_probability=LEAST_PROBABILITY)
    laps.end("score")
    grouped = linker.clustering.cluster_pairwise_predictions_at_threshold(
        scored, threshold_match_probability=AT
    )
    laps.end("cluster")
    cost = laps.as_record()
    if job["trained"]:
        (folder / "splink.trained.json").write_text(json.dumps(cost))
        return
    linker.misc.save_model_to_json(str(folder / "splink.model.json"), overwrite=True)
    grouped.as_duckdbpyrelation().project(f'"{ID}" as id, cluster_id').to_parquet(
        str(folder / "splink.clusters.parquet")
    )
    pairs = f'"{ID}_l" as left, "{ID}_r" as right, match_weight as score'
    scored.as_duckdbpyrelation().project(pairs).to_parquet(str(folder / "splink.links.parquet"))
    compared = _compared(linker, folder)
    (folder / "splink.json").write_text(json.dumps({**cost, **compared}))


def _linker(folder: Path, told: SplinkPlan, settings: Any) -> Any:
    con = duckdb.connect()
    people = con.read_parquet(str(folder / "people.parquet"))
    if told.concat is not None:
        first, second = told.concat
        people = people.project(f"*, {first} || ' ' || {second} as both_names")
    api = DuckDBAPI(connection=con)
    if told.link_type == "dedupe_only":
        return Linker(api.register(people), settings)
    sides = [people.filter(f"source = 'table {i}'").to_arrow_table() for i in (0, 1)]
    return Linker(
        [api.register(side, dataset_display_name=f"s{i}") for i, side in enumerate(sides)], settings
    )


def _settings(told: SplinkPlan) -> Any:
    return SettingsCreator(
        link_type=told.link_type,
        unique_id_column_name=ID,
        comparisons=list(told.comparisons),
        blocking_rules_to_generate_predictions=list(told.blocking),
        retain_matching_columns=False,
    )


def _train(linker: Any, told: SplinkPlan, seed: int) -> None:
    linker.training.estimate_probability_two_random_records_match(list(told.certain), recall=told.recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=told.u_pairs, seed=seed)
    for rule in told.training:
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True
        )


def _compared(linker: Any, folder: Path) -> dict[str, int]:
    """How many pairs its blocking lets through, and how many of them are one person's."""
    blocked = linker.inference.compute_blocked_pairs_for_predict().as_duckdbpyrelation().to_arrow_table()
    pairs = pl.DataFrame(pl.from_arrow(blocked))
    truth = pl.read_parquet(folder / "truth.parquet")
    for side in ("l", "r"):
        # Where two tables are linked, a table's name stands before the id.
        key = pl.col(f"join_key_{side}").cast(pl.String).str.replace("^.*-__-", "")
        pairs = pairs.with_columns(key.alias(ID)).join(truth.rename({"person": side}), on=ID).drop(ID)
    return {"compared": pairs.height, "compared_right": int((pairs["l"] == pairs["r"]).sum())}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
