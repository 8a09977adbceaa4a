"""Text that grows in front of people: edits coalesced to the newest text, one in flight, at least a pause apart.

Discord takes about five edits in five seconds a channel, so that an edit waits PAUSE seconds after the one before it,
whoever's text it is. What no longer fits rolls into a further message at a paragraph's end; a piece is never cut
inside a grapheme, and a mark that is open at the cut is closed there and opened again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from adapters.discord.growing import pieces, visible
from adapters.pausing import Newest, Pauses

PAUSE = 1.2
"""Seconds between two edits in a channel."""

Show = Callable[[int, str], Awaitable[None]]
"""Show this text as the message of this index, making it where there is none yet."""


class Stream(Newest):
    """One growing text in one channel. `grow` never waits; the last text that it was given is always shown."""

    def __init__(self, channel: int, show: Show, pauses: Pauses, group: asyncio.TaskGroup) -> None:
        super().__init__(self._draw_pieces, group)
        self._channel = channel
        self._show_piece = show
        self._pauses = pauses
        self._pieces: list[str] = []

    async def _draw_pieces(self, text: str) -> None:
        """Show what is new of it."""
        now = pieces(visible(text))
        for index, piece in enumerate(now):
            if index < len(self._pieces) and self._pieces[index] == piece:
                continue
            await self._pauses.wait(self._channel)
            await self._show_piece(index, piece)
            self._pieces[index : index + 1] = [piece]
        del self._pieces[len(now) :]
