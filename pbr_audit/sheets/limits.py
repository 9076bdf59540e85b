"""What the process that reads a workbook may use up: memory, processor time, disk."""

import sys
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
# A reader holds each cell of the block between the outermost ones in some 30 bytes.
MOST_CELLS = 50_000_000
MOST_INFLATED_BYTES = 2 << 30
MOST_MEMORY_BYTES = 4 << 30

_LEAST_MEMORY_BYTES = 768 * MIB
# Measured on ordinary workbooks: two bytes of memory and a tenth of a microsecond for each byte of XML.
_MEMORY_PER_INFLATED_BYTE = 8
_MEMORY_PER_CELL = 40
_LEAST_SECONDS = 20.0
_SECONDS_PER_INFLATED_BYTE = 0.5 / MIB


@dataclass(frozen=True)
class Limits:
    """Limits on one workbook, whatever its size."""

    cells: int = MOST_CELLS
    inflated_bytes: int = MOST_INFLATED_BYTES
    memory_bytes: int = MOST_MEMORY_BYTES
    seconds: float = _LEAST_SECONDS

    def seconds_for(self, inflated_bytes: int) -> float:
        """How long a workbook that unpacks to so many bytes may take for one answer."""
        return self.seconds + inflated_bytes * _SECONDS_PER_INFLATED_BYTE

    def memory_for(self, inflated_bytes: int, cells: int) -> int:
        """How many bytes the reader of such a workbook may address."""
        wanted = _LEAST_MEMORY_BYTES + inflated_bytes * _MEMORY_PER_INFLATED_BYTE + cells * _MEMORY_PER_CELL
        return min(wanted, self.memory_bytes)


def confine(memory_bytes: int, seconds: float) -> None:
    """Let this process use no more memory, processor time and disk; it may be called again with more.

    Where the system has no such limits (Windows) or does not keep to them (macOS, for memory) what is left is
    the look at the file beforehand, and the parent, who waits for each answer only so long.
    """
    try:
        import resource  # noqa: PLC0415  # not on Windows
    except ImportError:
        return
    # A dump of this process's memory would hold people's data; and nothing that it does needs a file.
    for kind, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(kind, (most, most))
    _lower(resource.RLIMIT_AS, memory_bytes)
    used = resource.getrusage(resource.RUSAGE_SELF)
    _lower(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + seconds) + 1)
    if sys.platform == "linux":
        _be_first_to_go()


def _lower(kind: int, most: int) -> None:
    """Set the limit that may be raised again, within the one that may not."""
    import resource  # noqa: PLC0415  # not on Windows

    _, hard = resource.getrlimit(kind)
    soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
    try:
        resource.setrlimit(kind, (soft, hard))
    except (OSError, ValueError):
        # macOS refuses limits below what a process already addresses.
        return


def _be_first_to_go() -> None:
    """Where the whole machine runs out of memory, this process is ended and not the parent."""
    try:
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    except OSError:
        return
