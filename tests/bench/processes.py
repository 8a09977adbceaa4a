"""Processes that a bench starts and measures: what they used of the processor and of memory, and what they complained of."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Running:
    """A process under measurement."""

    pid: int
    stderr: Path

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of processor so far: utime and stime of /proc/PID/stat, all threads together."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * _TICK_MS

    @property
    def memory_mb(self) -> float:
        """Resident memory."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    @property
    def complaints(self) -> list[str]:
        """Lines of its log that are worth a look: tracebacks, errors and warnings.

        One warning is none: discord.py notes in another thread when a heartbeat was sent, and a loopback server has
        answered before that, so that it seems to be a whole interval behind.
        """
        lines = self.stderr.read_text("utf-8", "replace").splitlines()
        lines = [line for line in lines if "websocket is 41." not in line]
        return [line for line in lines if line.startswith(("Traceback", "ERROR", "WARNING", "CRITICAL"))]


@asynccontextmanager
async def running(
    module: str, arguments: Sequence[str], environ: Mapping[str, str], folder: Path
) -> AsyncIterator[Running]:
    """A module of this repository as a process, until the block ends; then it is told to stop, and must.

    ROOM37_BENCH_PYTHON (words before `-m`) lets somebody run it under a profiler.
    """
    stderr = folder / f"{module}.stderr"
    python = os.environ.get("ROOM37_BENCH_PYTHON", "").split() or [sys.executable]
    with stderr.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *python, "-m", module, *arguments, cwd=folder, stdout=errors, stderr=errors,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(REPOSITORY), **environ},
        )  # fmt: skip
        try:
            yield Running(process.pid, stderr)
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), 15)
