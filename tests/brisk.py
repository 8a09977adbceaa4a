"""An event loop whose waiting can be made short: time in which nothing happens passes `pace` times as fast.

Only waiting is shortened, work takes as long as it takes: while another thread of this process runs, could run or waits
for the disk (the database's do), time passes as it does for everybody; so that a machine under load does not make
timers of a test go off early, and minutes of backing off are over in a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import selectors
import threading
import time
from collections.abc import Iterator
from pathlib import Path

_SLICE = 0.002
"""Seconds after which it is looked again whether somebody works."""
_TASKS = Path("/proc/self/task")
_AT_WORK = (b"R", b"D")
"""Running or ready to run, and waiting for a disk: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html"""


def _somebody_works() -> bool:
    """Whether a thread of this process besides this one has something to do; never, where that cannot be known."""
    own = str(threading.get_native_id())
    for task in _TASKS.iterdir() if _TASKS.exists() else ():
        if task.name == own:
            continue
        with contextlib.suppress(OSError):
            stat = (task / "stat").read_bytes()
            if stat[stat.rindex(b")") + 2 :][:1] in _AT_WORK:
                return True
    return False


class _Selector(selectors.DefaultSelector):
    """Waits for a part of the time that it is asked to, and counts what it left out."""

    pace = 1.0
    gained = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready, waiting `timeout` seconds of the loop's time."""
        if self.pace == 1.0 or timeout is None or timeout <= 0:
            return super().select(timeout)
        left = timeout
        while left > 0:
            pace = 1.0 if _somebody_works() else self.pace
            began = time.monotonic()
            found = super().select(min(left / pace, _SLICE))
            waited = time.monotonic() - began
            self.gained += waited * (pace - 1.0)
            left -= waited * pace
            if found:
                return found
        return super().select(0)


class BriskLoop(asyncio.SelectorEventLoop):
    """asyncio's own loop over such a selector."""

    def __init__(self) -> None:
        self.selector = _Selector()
        super().__init__(self.selector)

    def time(self) -> float:
        """The loop's time: the machine's, and what waiting was shortened by."""
        return super().time() + self.selector.gained


@contextlib.contextmanager
def brisk(pace: float = 25.0) -> Iterator[None]:
    """Within it, waiting is over sooner. The running loop must be a BriskLoop."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, BriskLoop)
    before, loop.selector.pace = loop.selector.pace, pace
    try:
        yield
    finally:
        loop.selector.pace = before
