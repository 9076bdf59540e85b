"""pbr_audit.linkage on one table of people, in a process of its own.

`python -m benchmarks.linkage.run_ours FOLDER` reads and writes what `run_splink` does: `ours.links.parquet`
(left, right, score: the log-odds of P(same) in bits), `ours.clusters.parquet` (clusters at 0.95, split where
identifiers conflict), `ours.json`. The policy is the automatic one of the columns; nothing here knows which
data set it has. With `trained` in the job a saved model is loaded and only scores.
"""

import json
import sys
from pathlib import Path

import polars as pl

from benchmarks.linkage.clock import Laps
from benchmarks.linkage.datasets import ID
from pbr_audit.linkage import Model, Policy, choose_policy, clusters, kinds_of, link, score
from pbr_audit.linkage.blocks import rows_of
from pbr_audit.linkage.training import compared_pairs

AT = 0.95


def main(folder: Path) -> None:
    """Links as the job says."""
    job = json.loads((folder / "job.json").read_text())
    laps = Laps()
    people = pl.read_parquet(folder / "people.parquet")
    kinds = kinds_of([c for c in people.columns if c not in {ID, job["across"]}])
    policy = choose_policy(kinds, id=ID, across=job["across"])
    laps.end("load")
    if job["trained"]:
        scored = score(people, Model.load(folder / "ours.model.json"))
        laps.end("score")
    else:
        model, scored = link(people, policy, seed=job["seed"])
        laps.end("train and score")
    found = clusters(scored, people, at=AT)
    laps.end("cluster")
    cost = laps.as_record()
    if job["trained"]:
        (folder / "ours.trained.json").write_text(json.dumps(cost))
        return
    model.save(folder / "ours.model.json")
    found.people.select("id", cluster_id="person").write_parquet(folder / "ours.clusters.parquet")
    chance = pl.col("p_same").clip(1e-15, 1 - 1e-15)
    links = scored.pairs.select("left", "right", score=(chance / (1 - chance)).log(2))
    links.write_parquet(folder / "ours.links.parquet")
    told = {
        **cost,
        "compared": scored.compared,
        "household": model.has_household,
        "expected_matches": round(model.expected_matches),
        "split": found.split.height,
        "not_compared": int(scored.blocks["pairs_not_compared"].sum()),
    }
    told["compared_right"] = _compared_right(people, policy, folder)
    (folder / "ours.json").write_text(json.dumps(told))


def _compared_right(people: pl.DataFrame, policy: Policy, folder: Path) -> int:
    """How many of the compared pairs are one person's; blocked once more, after the time was taken."""
    truth = pl.read_parquet(folder / "truth.parquet").sort(ID)["person"]
    left, right = rows_of(compared_pairs(people, policy).blocked.pairs)
    return int((truth.gather(left) == truth.gather(right)).sum())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
