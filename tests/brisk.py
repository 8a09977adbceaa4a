"""An event loop whose waiting can be made short: time in which nothing happens passes `pace` times as fast.

Only waiting is shortened, work takes as long as it takes; so that a machine under load does not make timers of a
test go off early, and minutes of backing off are over in a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import selectors
import time
from collections.abc import Iterator


class _Selector(selectors.DefaultSelector):
    """Waits for a part of the time that it is asked to, and counts what it left out."""

    pace = 1.0
    gained = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready, waiting `timeout` seconds of the loop's time."""
        if self.pace == 1.0 or timeout == 0:
            return super().select(timeout)
        began = time.monotonic()
        found = super().select(None if timeout is None else timeout / self.pace)
        self.gained += (time.monotonic() - began) * (self.pace - 1.0)
        return found


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
