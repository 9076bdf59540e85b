"""What a process has used so far: CPU seconds of all its threads, wall seconds, and its highest memory."""

import resource
from pathlib import Path
from time import perf_counter, process_time


class Laps:
    """CPU and wall seconds of named steps, one after the other."""

    def __init__(self) -> None:
        self.steps: dict[str, dict[str, float]] = {}
        self._cpu, self._wall = process_time(), perf_counter()

    def end(self, step: str) -> None:
        """Ends the step that began when the last one ended."""
        cpu, wall = process_time(), perf_counter()
        self.steps[step] = {"cpu": round(cpu - self._cpu, 2), "wall": round(wall - self._wall, 2)}
        self._cpu, self._wall = cpu, wall

    def as_record(self) -> dict[str, object]:
        """The steps, their sums, and the highest memory of the process so far in GB."""
        total = {kind: round(sum(s[kind] for s in self.steps.values()), 2) for kind in ("cpu", "wall")}
        return {"steps": self.steps, **total, "peak_gb": round(_peak_gb(), 3)}


def _peak_gb() -> float:
    """Of this program alone: `getrusage` begins with what the process had that started it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    found = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(found.split()[1]) * 1024 / 1e9
