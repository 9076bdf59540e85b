"""`pbr-audit import moj-crs`: what it writes, what it refuses, and what a run finds in the real supply chain."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from pbr_audit.terms import load_terms
from tests.cli.command_line import Command, command

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "moj_crs"
ON_BOTH_SIDES = {
    "BWC",
    "CATCH_22_CHARITY_LTD",
    "CHANGE_GROW_LIVE_LTD",
    "COMMUNITY_LED_INIT",
    "FOUNDATION",
    "LINCS_ACTION_TRUST",
    "NACRO",
    "SHELTER",
    "THE_FORWARD_TRUST",
    "THE_GROWTH_COMPANY_LTD",
    "THIRTEEN_HOUSING_GROUP",
    "TOGETHER_WOMEN_PROJECT",
    "WILLOWDENE",
    "WOMEN_IN_PRISON",
}
DEFINITION: dict[str, Any] = {
    "contract_reference": "MADE_1",
    "contract_type_id": "PWB",
    "region": {"nps_region_code": None, "pcc_region_code": "madeshire"},
    "scheduling": {"hide_before": "2021-01-01", "hide_after": "2023-12-31T23:59:00+00"},
    "providers": {"prime_provider_code": "ALDER", "subcontractor_codes": ["BIRCH", "CEDAR"]},
    "intervention_title": 'A "made-up" service in Madeshire',
}
WRITTEN = """\
standard = "0.1"
# From a.json, contract type PWB, region madeshire.
# The source has no prices, no outcomes, no shares of referrals or of the price: none stands here.

[contract]
id = "MADE_1"
title = "A \\"made-up\\" service in Madeshire"
prime_id = "ALDER"
# The source has no dates of the contract. This is the day before which the service is not offered
# to those who refer people to it (scheduling.hide_before).
start_date = 2021-01-01
# The day after which the service is not offered any more (scheduling.hide_after).
end_date = 2023-12-31

[[supply_chain]]
subcontractor_id = "BIRCH"

[[supply_chain]]
subcontractor_id = "CEDAR"
"""


@pytest.fixture
def pbr_audit(capsys: pytest.CaptureFixture[str]) -> Command:
    return command(capsys)


def write(folder: Path, **definitions: object) -> Path:
    folder.mkdir()
    for name, definition in definitions.items():
        (folder / f"{name}.json").write_text(json.dumps(definition), encoding="utf-8")
    return folder


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in DEFINITION.items() if name != key}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_contract_is_written_as_the_source_has_it(pbr_audit: Command, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = pbr_audit("import", "moj-crs", write(tmp_path / "in", a=DEFINITION), "--out", out)
    assert ran.code == 0
    assert ran.out == (
        f"{out}: 1 contracts, 1 primes, 2 subcontractors, 2 links between them. Next: pbr-audit run {out}\n"
    )
    assert (out / "contracts" / "MADE_1.toml").read_text(encoding="utf-8") == WRITTEN
    assert (out / "providers.csv").read_text(encoding="utf-8") == (
        "provider_id,name,role\nALDER,ALDER,prime\nBIRCH,BIRCH,subcontractor\nCEDAR,CEDAR,subcontractor\n"
    )


def test_an_end_that_the_source_does_not_give_is_said_to_be_open(pbr_audit: Command, tmp_path: Path) -> None:
    open_ended = DEFINITION | {"scheduling": {"hide_before": "2021-01-01", "hide_after": None}}
    out = tmp_path / "out"
    assert pbr_audit("import", "moj-crs", write(tmp_path / "in", a=open_ended), "--out", out).code == 0
    text = (out / "contracts" / "MADE_1.toml").read_text(encoding="utf-8")
    assert (
        "# The source gives no end (scheduling.hide_after is null). This day stands for an open end,\n"
        "# so far away that no rule takes anything to come after it.\n"
        "end_date = 2099-12-31\n"
    ) in text


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ([], "is not a JSON object in UTF-8; export the contract definition anew"),
        (
            without("providers"),
            "providers is missing or not an object; export the contract definition anew",
        ),
        (
            without("contract_reference"),
            "contract_reference is missing or not a code of letters, digits, _ and -; correct the file",
        ),
        (
            DEFINITION | {"contract_reference": "../../secret"},
            "contract_reference is missing or not a code of letters, digits, _ and -; correct the file",
        ),
        (
            DEFINITION | {"providers": {"prime_provider_code": "ALDER", "subcontractor_codes": ["B", "B"]}},
            "providers.subcontractor_codes names one code twice; correct the file",
        ),
        (
            DEFINITION | {"providers": {"prime_provider_code": "ALDER"}},
            "providers.subcontractor_codes is missing or not a list; export the contract definition anew",
        ),
        (
            DEFINITION | {"scheduling": {"hide_before": None, "hide_after": None}},
            "scheduling.hide_before is empty; a contract needs its first day",
        ),
        (
            DEFINITION | {"scheduling": {"hide_before": "2021-02-30", "hide_after": None}},
            "scheduling.hide_before is not a date (expected YYYY-MM-DD); correct the file",
        ),
        (
            DEFINITION | {"scheduling": {"hide_before": "2021-01-01"}},
            "scheduling.hide_after is missing; export the contract definition anew",
        ),
        (
            DEFINITION | {"scheduling": {"hide_before": "2021-01-01", "hide_after": "2020-01-01"}},
            "scheduling.hide_after is before scheduling.hide_before; correct one of them",
        ),
        (
            DEFINITION | {"intervention_title": "two\nlines"},
            "intervention_title is not one line of at most 200 characters",
        ),
    ],
)
def test_a_file_that_is_no_definition_is_one_sentence(
    pbr_audit: Command, tmp_path: Path, definition: object, said: str
) -> None:
    folder = write(tmp_path / "in", bad=definition, good=DEFINITION)
    ran = pbr_audit("import", "moj-crs", folder, "--out", tmp_path / "out")
    assert (ran.code, ran.err) == (2, f"pbr-audit: bad.json: {said}\n")
    assert not (tmp_path / "out").exists()


def test_every_bad_file_is_named(pbr_audit: Command, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", a=DEFINITION, b=DEFINITION, c=without("region"))
    (folder / "d.json").write_text("[" * 100_000, encoding="utf-8")
    ran = pbr_audit("import", "moj-crs", folder, "--out", tmp_path / "out")
    assert ran.err == (
        "pbr-audit: b.json: has the contract_reference of a.json too\n"
        "c.json: region is missing or not an object; export the contract definition anew\n"
        "d.json: is not a JSON object in UTF-8; export the contract definition anew\n"
    )


def test_a_folder_without_definitions_and_one_that_is_in_use(pbr_audit: Command, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    ran = pbr_audit("import", "moj-crs", empty, "--out", tmp_path / "out")
    assert (ran.code, ran.err) == (
        2,
        f"pbr-audit: {empty}: holds no .json files; name the folder of the contract definitions\n",
    )
    used = write(tmp_path / "in", a=DEFINITION)
    ran = pbr_audit("import", "moj-crs", used, "--out", used)
    assert (ran.code, ran.err) == (
        2,
        f"pbr-audit: {used}: is there already and not empty; name a new folder\n",
    )


def test_a_data_set_of_contracts_and_providers_alone_is_audited(pbr_audit: Command, tmp_path: Path) -> None:
    swapped = DEFINITION | {
        "contract_reference": "MADE_2",
        "providers": {"prime_provider_code": "BIRCH", "subcontractor_codes": ["ALDER"]},
    }
    data, out = tmp_path / "data", tmp_path / "out"
    pbr_audit("import", "moj-crs", write(tmp_path / "in", a=DEFINITION, b=swapped), "--out", data)
    ran = pbr_audit("run", data, "--out", out)
    assert ran.code == 0
    assert (
        "there is no table of claims, results or published figures, so only the contracts' supply chains "
        "could be looked at; add the tables that were to be audited, if there are any"
    ) in " ".join(ran.out.split())
    assert {row["subject_id"] for row in read(out / "findings.csv")} == {
        "ALDER/on both sides",
        "BIRCH/on both sides",
        "ALDER/each other's with BIRCH",
    }
    assert pbr_audit("validate", data).code == 0


def test_providers_without_a_supply_chain_are_nothing_to_audit(pbr_audit: Command, tmp_path: Path) -> None:
    alone = DEFINITION | {"providers": {"prime_provider_code": "ALDER", "subcontractor_codes": []}}
    data = tmp_path / "data"
    pbr_audit("import", "moj-crs", write(tmp_path / "in", a=alone), "--out", data)
    assert pbr_audit("run", data, "--out", tmp_path / "out").code == 3


@pytest.mark.skipif(not REAL.is_dir(), reason="the shared contract definitions are not beside the project")
def test_the_real_supply_chain(pbr_audit: Command, tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    ran = pbr_audit("import", "moj-crs", REAL, "--out", data)
    assert "196 contracts, 46 primes, 107 subcontractors, 343 links between them" in ran.out
    paths = sorted((data / "contracts").glob("*.toml"))
    terms = load_terms(paths, [path.name for path in paths])
    assert len(terms.contracts) == 196
    assert len({contract.header.prime_id for contract in terms.contracts}) == 46
    edges = [(c.id, link.subcontractor_id) for c in terms.contracts for link in c.supply_chain]
    assert (len(edges), len(set(edges)), len({code for _, code in edges})) == (343, 343, 107)
    roles = [row["role"] for row in read(data / "providers.csv")]
    assert (len(roles), roles.count("both")) == (139, 14)
    assert pbr_audit("run", data, "--out", out).code == 0
    found = read(out / "findings.csv")
    both = {row["provider_id"] for row in found if row["subject_id"].endswith("/on both sides")}
    assert both == ON_BOTH_SIDES
    assert {row["subject_id"] for row in found} - {f"{code}/on both sides" for code in both} == {
        "NACRO/each other's with SHELTER"
    }
    coverage = {row["rule_id"]: row for row in read(out / "coverage.csv")}
    assert coverage["PBR807"]["status"] == "assessed"
