"""One policy from the columns that exist; blocks and what they leave out; models read and written."""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pbr_audit.errors import ConfigurationError
from pbr_audit.linkage import (
    Model,
    Policy,
    blocks,
    choose_policy,
    clusters,
    from_splink,
    kinds_of,
    link,
    score,
    to_splink,
    train,
)
from pbr_audit.linkage.blocks import block, rows_of
from pbr_audit.linkage.prepare import prepare
from pbr_audit.simulate.registry import Habits, registrations
from tests.unit.linkage_people import people

KINDS = kinds_of(people(1).columns)
ROOT = Path(__file__).parents[2]


def policy_of(tmp_path: Path, text: str) -> Policy:
    path = tmp_path / "linkage.toml"
    path.write_text(text, encoding="utf-8")
    return Policy.from_toml(path)


def test_a_policy_written_and_read_is_the_same(tmp_path: Path) -> None:
    policy = choose_policy(KINDS)
    assert policy_of(tmp_path, policy.to_toml()) == policy


def test_what_a_policy_file_leaves_out_is_chosen(tmp_path: Path) -> None:
    text = 'id = "ref"\nhousehold = "off"\n[kinds]\nfirst = "given_name"\nborn = "birth_date"\n'
    found = policy_of(tmp_path, text)
    assert found.household == "off"
    assert found.keys == choose_policy({"first": "given_name", "born": "birth_date"}).keys


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('id = "a"', "linkage.toml needs `id`, and [kinds] with the kind of each column."),
        (
            'id = "a"\n[kinds]\nb = "shoe_size"',
            "linkage.toml: shoe_size is no kind of column; there are given_name,",
        ),
        (
            'id = "a"\nspeed = 3\n[kinds]\nb = "national_id"',
            "linkage.toml: speed is no setting of a linkage policy.",
        ),
        (
            'id = "a"\nmost_in_block = 0\n[kinds]\nb = "national_id"',
            "linkage.toml: most_in_block is a whole number of at least 1.",
        ),
        ("id = ", "linkage.toml is not a readable TOML file."),
    ],
)
def test_a_slip_in_a_policy_gets_a_sentence(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        policy_of(tmp_path, text)
    assert str(raised.value).startswith(sentence)


def test_a_block_gives_each_of_its_pairs_once_and_one_that_is_too_large_is_told() -> None:
    frame = pl.DataFrame(
        {"id": [str(number) for number in range(6)], "number": ["aa1", "aa1", "aa1", "bb2", "bb2", None]}
    )
    kinds = {"number": "national_id"}
    policy = Policy(id="id", kinds=kinds, keys=(("national_id:number",),), most_in_block=2, least_pairs=1)  # type: ignore[arg-type]
    found = block(prepare(frame, policy), policy)
    low, high = rows_of(found.pairs)
    assert list(zip(low.tolist(), high.tolist(), strict=True)) == [(3, 4)]
    assert found.report.row(0, named=True) == {
        "key": "national_id:number",
        "blocks": 1,
        "pairs": 1,
        "capped_blocks": 1,
        "capped_records": 3,
        "pairs_not_compared": 3,
        "used": True,
    }


@pytest.mark.parametrize("largest", [2**63, 20])
def test_blocks_hold_each_pair_that_agrees_in_all_of_a_key(
    largest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With 20 no two values fit into one number, as with keys of ten million records: they are ranked.
    monkeypatch.setattr(blocks, "_LARGEST", largest)
    rng = np.random.default_rng(3)
    texts = ["aa1", "bb2", "cc3", "dd4", None]
    columns = {name: [texts[at] for at in rng.integers(0, 5, 200)] for name in ("one", "two")}
    frame = pl.DataFrame({"id": [f"{row:03d}" for row in range(200)], **columns})
    policy = Policy(
        id="id",
        kinds={"one": "national_id", "two": "national_id"},
        keys=(("national_id:one", "national_id:two"),),
        least_pairs=4_000,
    )
    rows = list(zip(columns["one"], columns["two"], strict=True))
    expected = [
        (left, right)
        for left, right in itertools.combinations(range(200), 2)
        if rows[left] == rows[right] and None not in rows[left]
    ]
    found = block(prepare(frame, policy), policy)
    assert list(zip(*(side.tolist() for side in rows_of(found.pairs)), strict=True)) == expected
    assert found.report["pairs"].to_list() == [len(expected)]


def test_a_key_that_makes_too_many_pairs_is_left_out_and_told() -> None:
    frame = people(300)
    policy = choose_policy(KINDS)
    narrow = Policy(**{**policy.__dict__, "least_pairs": 1, "pairs_a_record": 1})
    report = block(prepare(frame, narrow), narrow).report
    assert report.filter(pl.col("used"))["pairs"].sum() <= frame.height
    left_out = report.filter(~pl.col("used"))
    assert left_out.height > 0
    assert left_out.filter(pl.col("pairs_not_compared") == 0).height == 0


def test_no_pair_is_compared_within_one_source() -> None:
    frame = people(300).with_columns(source=pl.col("client_id").str.tail(1).is_in(["0", "1"]).cast(pl.String))
    _, scored = link(frame, choose_policy(KINDS, across="source"))
    sources = dict(frame.select("client_id", "source").iter_rows())
    assert scored.pairs.height > 0
    assert all(
        sources[one] != sources[other] for one, other in scored.pairs.select("left", "right").iter_rows()
    )


def test_where_nobody_is_registered_twice_nobody_is_joined() -> None:
    frame = registrations(3_000, seed=5, habits=Habits(again=0.0))
    model, scored = link(frame, choose_policy(kinds_of(frame.columns)))
    assert model.has_household
    assert clusters(scored, frame).people["size"].max() == 1


def test_with_names_and_dates_alone_there_is_no_household_class() -> None:
    frame = registrations(3_000, seed=5).select("client_id", "given_name", "family_name", "date_of_birth")
    assert not train(frame, choose_policy(kinds_of(frame.columns))).has_household


def test_a_model_of_another_version_is_refused() -> None:
    text = train(people(50), choose_policy(KINDS)).to_json()
    older = json.dumps({**json.loads(text), "linkage_model": 0})
    with pytest.raises(
        ConfigurationError, match="is of version 0, and this program reads version 1: train it"
    ):
        Model.from_json(older)


def test_a_model_that_went_through_splinks_json_scores_alike() -> None:
    frame = people(200)
    policy = Policy(**{**choose_policy(KINDS).__dict__, "household": "off"})
    model, scored = link(frame, policy)
    again = from_splink(json.dumps(to_splink(model)), policy, frame)
    assert again.expected_matches == pytest.approx(model.expected_matches)
    found, expected = score(frame, again).pairs, scored.pairs
    assert found.select("left", "right").equals(expected.select("left", "right"))
    assert found["weight_bits"].to_list() == pytest.approx(expected["weight_bits"].to_list())


def test_a_level_of_splinks_that_is_not_compared_here_is_named() -> None:
    frame = people(50)
    policy = choose_policy(KINDS)
    settings = to_splink(train(frame, policy))
    settings["comparisons"][1]["comparison_levels"][1]["label_for_charts"] = "Sounds like it"
    with pytest.raises(
        ConfigurationError, match="birth_date has a level that linkage does not compare: Sounds"
    ):
        from_splink(settings, policy, frame)


RUN = """
import sys
from pbr_audit.linkage import choose_policy, clusters, kinds_of, link
from tests.unit.linkage_people import people
frame = people(300)
model, scored = link(frame, choose_policy(kinds_of(frame.columns)))
found = clusters(scored, frame)
print(model.to_json(), scored.pairs.write_csv(), found.people.write_csv(), found.edges.write_csv())
"""


def test_threads_and_hash_seed_decide_nothing() -> None:
    def told(threads: str, hash_seed: str) -> str:
        chosen = {**os.environ, "POLARS_MAX_THREADS": threads, "PYTHONHASHSEED": hash_seed}
        ran = subprocess.run(
            [sys.executable, "-c", RUN], cwd=ROOT, env=chosen, capture_output=True, text=True, check=True
        )
        return ran.stdout

    assert told("1", "1") == told("4", "77")
