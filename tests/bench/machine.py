"""What a bench prints before its figures: machine, versions, when."""

from __future__ import annotations

import os
import platform
import sqlite3
from datetime import UTC, datetime
from importlib.metadata import version


def heading(name: str) -> str:
    """One paragraph that says where figures come from."""
    model = next(
        (line.split(":", 1)[1].strip() for line in _cpuinfo() if line.startswith("model name")),
        platform.machine(),
    )
    libraries = ", ".join(f"{lib} {version(lib)}" for lib in ("sqlalchemy", "aiosqlite"))
    return (
        f"{name}, {datetime.now(UTC):%Y-%m-%d}\n{os.cpu_count()} cores, {model}; Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {libraries}"
    )


def _cpuinfo() -> list[str]:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123  # a file of the kernel's
            return file.read().splitlines()
    except OSError:
        return []


def quantile(values: list[float], q: float) -> float:
    """The q-quantile (nearest rank) of some figures."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]
