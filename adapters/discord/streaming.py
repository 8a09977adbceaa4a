"""Text that grows in front of people: edits coalesced to the newest text, one in flight, at least a pause apart.

Discord takes about five edits in five seconds a channel, so that an edit waits PAUSE seconds after the one before it,
whoever's text it is. What no longer fits rolls into a further message at a paragraph's end; a piece is never cut
inside a grapheme, and a mark that is open at the cut is closed there and opened again.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from adapters.discord.growing import pieces, visible

PAUSE = 1.2
"""Seconds between two edits in a channel."""
_CHANNELS = 1024

Show = Callable[[int, str], Awaitable[None]]
"""Show this text as the message of this index, making it where there is none yet."""


class Pauses:
    """When each channel was edited last."""

    def __init__(self, pause: float = PAUSE) -> None:
        self._pause = pause
        self._free: OrderedDict[int, float] = OrderedDict()

    async def wait(self, channel: int) -> None:
        """Wait for the channel's next place, and take it: a pause after whatever was really done last."""
        while (wait := self._free.get(channel, 0.0) - asyncio.get_running_loop().time()) > 0:  # noqa: ASYNC110  # of many that wait one goes on
            await asyncio.sleep(wait)  # somebody else may have been quicker: then once more
        self._free[channel] = asyncio.get_running_loop().time() + self._pause
        self._free.move_to_end(channel)
        while len(self._free) > _CHANNELS:
            self._free.popitem(last=False)


class Stream:
    """One growing text in one channel. `grow` never waits; the last text that it was given is always shown."""

    def __init__(self, channel: int, show: Show, pauses: Pauses, group: asyncio.TaskGroup) -> None:
        self._channel = channel
        self._show = show
        self._pauses = pauses
        self._group = group
        self._text = ""
        self._shown: list[str] = []
        self._running: asyncio.Task[None] | None = None

    def grow(self, text: str) -> None:
        """All of the text so far."""
        self._text = text
        if self._running is None or self._running.done():
            self._running = self._group.create_task(self._draw())

    async def rest(self) -> None:
        """Wait until nothing is being shown any more; what comes next takes the text's place."""
        if self._running is not None:
            await self._running

    async def _draw(self) -> None:
        """Show what is new, the newest text each time, until all of it stands there."""
        while (now := pieces(visible(self._text))) != self._shown:
            for index, piece in enumerate(now):
                if index < len(self._shown) and self._shown[index] == piece:
                    continue
                await self._pauses.wait(self._channel)
                await self._show(index, piece)
                self._shown[index : index + 1] = [piece]
            del self._shown[len(now) :]
