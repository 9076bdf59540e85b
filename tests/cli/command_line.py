"""The command line, run in this process, and a small data set to run it on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pbr_audit.cli import cli
from pbr_audit.cli.guard import guarded
from pbr_audit.testing.case import DEFAULT_TERMS

CLAIMS = """\
claim_id,contract_id,provider_id,tier,client_id,outcome,outcome_date,submitted_date,amount
F1,CPA01,PR01,prime,P1,JOB,2016-05-03,2016-05-09,1200.00
C1,CPA01,PR01,prime,P2,JOB,2016-05-02,2016-05-09,1200.00
"""
# Without a claim for the attachment, a job outcome that required it would be a query of its own.
TERMS = DEFAULT_TERMS.replace('requires = ["ATT"]\n', "")
EVENTS = """\
client_id,event,start_date
P1,death,2016-05-02
"""


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


Command = Callable[..., Ran]


def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Return a function that runs `pbr-audit` with its arguments."""

    def run(*arguments: str | Path) -> Ran:
        words = [str(argument) for argument in arguments]
        code = guarded(lambda: cli.main(args=words, prog_name="pbr-audit", standalone_mode=False))
        said = capsys.readouterr()
        assert "Traceback" not in said.err + said.out
        return Ran(code, said.out, said.err)

    return run


def write_dataset(folder: Path, **files: str) -> Path:
    """Write a data set with one claim after a client's death; `files` add or replace (`claims_csv="…"`)."""
    texts = {
        "claims.csv": CLAIMS,
        "events.csv": EVENTS,
        "contracts/CPA01.toml": f'standard = "0.1"\n{TERMS}',
    }
    texts |= {name.replace("_csv", ".csv"): text for name, text in files.items()}
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
