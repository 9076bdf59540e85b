"""A rule says the same whichever engine of Polars runs it: few rows are held in memory, many are streamed."""

import polars as pl
import pytest

from pbr_audit import views
from pbr_audit.packs import load_pack, shipped_rules
from pbr_audit.testing import find_cases, run_cases


def test_every_fixture_case_is_answered_alike_when_it_is_streamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "FEW_ROWS", -1)
    root = shipped_rules().parent / "fixtures" / "rules"
    with pl.Config():
        pl.Config.set_engine_affinity("streaming")
        results = list(run_cases(find_cases(root), root, load_pack()))
    assert views.engine_for(0) == "auto"
    assert {result.case.shown: result.differences for result in results if result.differences} == {}


@pytest.mark.parametrize(("rows", "engine"), [(0, "in-memory"), (50_000, "in-memory"), (50_001, "auto")])
def test_up_to_few_rows_are_held_in_memory(rows: int, engine: str) -> None:
    assert views.engine_for(rows) == engine
