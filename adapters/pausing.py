"""Text that grows in front of people, on whichever platform: the newest of it, one change in flight, a pause apart."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

_CHANNELS = 1024


class Pauses:
    """When each channel was changed last."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._free: OrderedDict[Hashable, float] = OrderedDict()

    async def wait(self, channel: Hashable) -> None:
        """Wait for the channel's next place, and take it: a pause after whatever was really done last."""
        while (wait := self._free.get(channel, 0.0) - asyncio.get_running_loop().time()) > 0:  # noqa: ASYNC110  # of many that wait one goes on
            await asyncio.sleep(wait)  # somebody else may have been quicker: then once more
        self._free[channel] = asyncio.get_running_loop().time() + self._pause
        self._free.move_to_end(channel)
        while len(self._free) > _CHANNELS:
            self._free.popitem(last=False)


class Newest:
    """A text that is shown as it grows. `grow` never waits; the last text that it was given is always shown."""

    def __init__(self, show: Callable[[str], Awaitable[None]], group: asyncio.TaskGroup) -> None:
        self._show = show
        self._group = group
        self._text = self._shown = ""
        self._running: asyncio.Task[None] | None = None

    def grow(self, text: str) -> None:
        """All of the text so far."""
        self._text = text
        if self._running is None or self._running.done():
            self._running = self._group.create_task(self._draw())

    def again(self) -> None:
        """What was shown last did not arrive: show the newest text once more. To be called while it is being shown."""
        self._shown = ""

    async def rest(self) -> None:
        """Wait until nothing is being shown any more; what comes next takes the text's place."""
        if self._running is not None:
            await self._running

    async def _draw(self) -> None:
        while self._shown != self._text:
            self._shown = self._text
            await self._show(self._shown)
