"""What the fuzzing of readers begins with: a few small files of each kind, and workbooks taken apart.

A workbook is a zip archive: bytes that change in one spoil a checksum and nothing else. So its parts stand
one after another in an input, and are packed when it is tried.
"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from pbr_audit.dataset.discovery import WORKBOOKS
from tests.unit.old_workbooks import xls, xlsb
from tests.unit.workbooks import ods, xlsx

PART = b"\0\1PART "
# The first byte of an input: how it is to be tried.
PLAIN, PACKED = b"\0", b"\1"
HEADER = ("claim_id", "client_id", "outcome_date", "amount")
LINES = (HEADER, ("C1", "Müller, A", "2016-03-31", "1234.50"), ("C2", 'an "x"', "31/03/2016", "£1,234.50"))
TEXTS = (
    "claim_id,client_id,amount\nC1,P1,400.00\nC2,P2,1200.00\n",
    'claim_id;client_id;amount\r\n"C1";"a;""b";"1 234,50"\r\n\r\nC2;"two\r\nlines";.\r\n',
    "Claims of a quarter\n\nclaim_id\tclient_id\tamount\nC1\tMüller\t[c]\n\nTotal\t\t400.00\nNotes: none\n",
    'sep=,\nclaim_id,client_id,amount\nC1,"open,400.00\nC2,P2\nC3,P3,400.00,x\nC4,\0,1\r\nC5,x "y",2\rC6,z\n',
    "claim_id,client_id,,Achieved,Achieved\n,,note,Q1,Q2\nC1,P1,x,1,2\n\ufeffC2,P2,,3,4\n",
)
JSON = (
    '{"claim_id":"C1","amount":1234.50,"paid":true}\n{"claim_id":"C2","amount":null,"more":[1,{"a":2}]}\n',
    '[{"claim_id":"C1","amount":"400.00"},{"claim_id":12345678901234567890},\n{"claim_id":"\\ud83d\\ude00"}]',
    '{"data":{"claims":[{"claim_id":"C1","claim_id":"C2"},{"claim_id":"C3",}]},"count":2}',
    '{"claim_id":"C1"}\nno json\n{"claim_id":"C2","amount":1e5}{"claim_id":"\\ud800"}\n[1]\n{"claim_id":"C3',
)
TOML = (
    (
        'standard = "0.1"\nname = "Q3"\nas_of = 2016-12-31\n[tables.claims]\nfiles = ["claims.csv"]\n'
        'sheet = "Claims"\n[tables.claims.columns]\nclaim_id = "Ref"\namount = { expr = "a - b" }\n'
        'tier = { value = "prime" }\n[tables.claims.formats]\noutcome_date = "day-first"\n'
        '[tables.claims.options]\nencoding = "cp1252"\nheader_row = 3\n'
    ),
    (
        'standard = "0.1"\n[contract]\nid = "CPA01"\ntitle = "Work"\ncommissioner = "D"\nprime_id = "PR01"\n'
        'start_date = 2014-06-01\nend_date = 2019-05-31\ncurrency = "GBP"\ncap = "12000000.00"\n'
        '[[outcome]]\ncode = "JOB"\nlabel = "Job"\nkind = "milestone"\nwindow_days = [182, 730]\n'
        'requires = ["ATT"]\n[[outcome.price]]\namount = "1200.00"\nfrom = 2015-04-01\n'
        '[[volume]]\noutcome = "JOB"\nfrom = 2016-04-01\nto = 2017-03-31\nallocation = 1200\n'
        "bands = [ { up_to = 1000, price_factor = 1.0 } ]\n"
        '[[supply_chain]]\nsubcontractor_id = "SB01"\nrate = 0.80\nfrom = 2014-06-01\nto = 2019-05-31\n'
    ),
)


def seeds(reader: str) -> Iterator[bytes]:
    """Give the inputs that the fuzzing of `reader` begins with."""
    if reader == "csv":
        for text in TEXTS:
            yield PLAIN + text.encode()
            yield PLAIN + text.encode("utf-16")
            yield PACKED + text.replace("\ufeff", "").encode("cp1252")
    elif reader in {"json", "toml"}:
        for at, text in enumerate(JSON if reader == "json" else TOML):
            yield bytes([at % 2]) + text.encode()
    elif reader == "parquet":
        yield from _parquet()
    else:
        yield from _workbooks(reader)


def _parquet() -> Iterator[bytes]:
    frame = pl.DataFrame(LINES[1:], schema=list(HEADER), orient="row")
    typed = frame.with_columns(
        pl.lit([1, 2]).alias("list"), pl.lit(b"x").alias("bytes"), pl.lit("a").cast(pl.Categorical).alias("c")
    )
    for one, compression in ((frame, "uncompressed"), (typed, "uncompressed"), (frame, "zstd")):
        stream = io.BytesIO()
        one.write_parquet(stream, compression=compression)  # type: ignore[arg-type]
        yield PLAIN + stream.getvalue()


def _workbooks(reader: str) -> Iterator[bytes]:
    lines = [*LINES, (None, 5.0, 42460.0, None), ("Total", None, None, 2469.0)]
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"claims.{reader}"
        if reader == "xlsx":
            xlsx(path, {"Claims": lines, "Notes": [("a note",)]})
        elif reader == "ods":
            ods(path, {"Claims": [tuple(cell or "" for cell in line) for line in lines]})
        elif reader == "xlsb":
            xlsb(path, lines)  # type: ignore[arg-type]
        else:
            xls(path, lines)  # type: ignore[arg-type]
        content = path.read_bytes()
    yield PLAIN + content
    if f".{reader}" in WORKBOOKS and zipfile.is_zipfile(io.BytesIO(content)):
        yield PACKED + unpacked(content)


def unpacked(content: bytes) -> bytes:
    """Return the parts of a zip archive, one after another."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(PART + name.encode() + b"\n" + archive.read(name) for name in archive.namelist())


def packed(parts: bytes) -> bytes:
    """Return the zip archive of parts that stand one after another."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for part in parts.split(PART)[1:]:
            name, _, content = part.partition(b"\n")
            shown = name.decode("utf-8", "replace").replace("\0", "")[:200]
            if shown and shown not in archive.NameToInfo:
                archive.writestr(shown, content)
    return stream.getvalue()
