"""scipy, networkx, statsmodels and pandas are imported by a run only where an enabled rule needs them."""

import subprocess
import sys
from pathlib import Path

import pytest

from pbr_audit.packs import load_pack
from tests.cli.command_line import write_dataset
from tests.house.repository import ROOT

ONLY_WHERE_NEEDED = ("scipy", "networkx", "statsmodels", "pandas")
# Record rules that follow owners from one organisation to another.
ON_THE_GRAPH_OF_OWNERS = {"PBR406", "PBR807"}
LOOK = """
import sys
from pbr_audit.cli import cli
try:
    cli.main(args=sys.argv[1:], standalone_mode=False)
finally:
    print("LOADED", *(name for name in %r if name in sys.modules), file=sys.stderr)
"""


def loaded_by(*arguments: str) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-c", LOOK % (ONLY_WHERE_NEEDED,), *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stderr.splitlines()[-1].split()[1:]


def test_a_run_of_rules_without_statistics_imports_none_of_them(tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path / "data")
    rules = [loaded.rule for loaded in load_pack().rules]
    plain = [
        rule.id
        for rule in rules
        if rule.basis in {"arithmetic", "contract", "record"} and rule.id not in ON_THE_GRAPH_OF_OWNERS
    ]
    assert {"PBR101", "PBR202", "PBR301", "PBR803", "PBR902"} <= set(plain)
    selected = [word for rule_id in plain for word in ("--select", rule_id)]
    assert loaded_by("run", str(dataset), "--out", str(tmp_path / "out"), *selected) == []


@pytest.mark.parametrize(("select", "needed"), [("PBR701", "scipy"), ("PBR807", "networkx")])
def test_a_rule_brings_what_it_needs(select: str, needed: str, tmp_path: Path) -> None:
    demo = ROOT / "fixtures" / "contracts" / "demo"
    arguments = ("run", str(demo), "--out", str(tmp_path / "out"), "--select", select, "--max-rejects", "1")
    assert loaded_by(*arguments) == [needed]
