"""Which of Discord's shards this process runs: all that its client and its posts have to know of other processes."""

from __future__ import annotations

import asyncio

from adapters.discord.connection import DIRECT
from bot.story.people import Place


class Division:
    """The shards of this process, as they are now; whoever divides them says so with `run`."""

    def __init__(self) -> None:
        self.numbers: frozenset[int] = frozenset()
        self.of = 0
        self._changed = asyncio.Event()

    def run(self, numbers: frozenset[int], of: int) -> bool:
        """Run these shards of so many from now on; gives whether that is a change."""
        if (numbers, of) == (self.numbers, self.of):
            return False
        self.numbers, self.of = numbers, of
        self._changed.set()
        return True

    async def some(self) -> tuple[frozenset[int], int]:
        """The shards to run, once there are any. Changes after this are told by `changed`."""
        while not self.numbers:
            await self._changed.wait()
            self._changed.clear()
        self._changed.clear()
        return self.numbers, self.of

    async def changed(self) -> None:
        """Wait until other shards are to be run than `some` gave."""
        await self._changed.wait()

    def holds(self, place: Place) -> bool:
        """Whether a place is on a shard of this process; direct messages are on the first.

        https://docs.discord.com/developers/events/gateway#sharding-sharding-formula
        """
        if not self.of:
            return False
        shard = 0 if place.space == DIRECT else (int(place.space) >> 22) % self.of
        return shard in self.numbers
