"""One process among those that serve a house: it looks after what the dead left, wakes for cards that others wanted, and
takes its share of Discord's shards."""

from __future__ import annotations

import asyncio
import logging

from adapters.discord.connection import Connection
from adapters.discord.division import Division
from bot.app.house import House
from bot.errors import OperatorError
from bot.ports import Clock
from memory.processes import HouseProcesses, Seen
from memory.shards import LEASE, ShardRows

log = logging.getLogger("room37")

LOOK_SECONDS = 1.0
"""Between two looks at the other processes, and at what is wanted in public."""
ANEW_SECONDS = 30.0
"""So often everything that is wanted is looked at again, not only what is new: who tried it may have gone."""
MOST = 2000
"""Places looked at, at most, those that want a card since shortest first."""
ASK_SECONDS = 10.0
"""Between tries to learn from Discord how many shards there shall be."""


class Shards:
    """This process's share of Discord's shards."""

    def __init__(
        self, rows: ShardRows, division: Division, connection: Connection, clock: Clock, count: int
    ) -> None:
        self._rows = rows
        self._division = division
        self._connection = connection
        self._clock = clock
        self._count = count
        self._sure_until = 0.0

    async def count(self) -> None:
        """Learn how many shards there shall be, if nobody set it. Raises OperatorError for a token that Discord refuses."""
        from adapters.discord.recommending import recommended  # noqa: PLC0415  # only where Discord is served

        while not self._count:
            try:
                self._count = await recommended(self._connection)
            except ConnectionError as broken:
                log.warning("Discord cannot be asked for its shards (%s); trying again", broken)
                await asyncio.sleep(ASK_SECONDS)

    async def divide(self, me: str, seen: Seen) -> bool:
        """Take or give back shards; gives whether this process runs others now. Raises OperatorError."""
        if not self._count:
            return False
        living = {process.id: process.started_at for process in seen.living if "discord" in process.platforms}
        share = await self._rows.share(me, living, self._count, self._clock.now())
        self._sure_until = asyncio.get_running_loop().time() + LEASE.total_seconds() * 0.4
        if not self._division.run(share.numbers, share.of):
            return False
        log.info("this process runs %d of %d shards of Discord", len(share.numbers), share.of)
        return True

    def unsure(self) -> None:
        """The database cannot be asked. Before others may take the shards, they are let go."""
        if self._division.numbers and asyncio.get_running_loop().time() > self._sure_until:
            log.warning("Discord is left to other processes until the database is there again")
            self._division.run(frozenset(), self._division.of)


class Sharing:
    """The look around, again and again."""

    def __init__(self, processes: HouseProcesses, house: House, clock: Clock, shards: Shards | None) -> None:
        self._processes = processes
        self._house = house
        self._clock = clock
        self._shards = shards
        self._known: dict[object, str] = {}
        self._anew_at = 0.0

    async def run(self) -> None:
        """Until cancelled. Raises OperatorError for a token that Discord refuses."""
        async with asyncio.TaskGroup() as group:
            if self._shards is not None:
                group.create_task(self._shards.count())
            while True:
                try:
                    await self._look()
                except OperatorError as error:
                    log.warning("the other processes cannot be seen: %s", error)
                    if self._shards is not None:
                        self._shards.unsure()
                await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        seen = await self._processes.look()
        changed = self._shards is not None and await self._shards.divide(self._processes.me.id, seen)
        if seen.buried:
            log.warning("%d processes are gone; what they held is taken over", len(seen.buried))
            await self._house.sweep()  # what only they would have woken for
        now = asyncio.get_running_loop().time()
        if changed or seen.buried or now >= self._anew_at:
            self._known.clear()
            self._anew_at = now + ANEW_SECONDS
        elif len(seen.living) == 1:
            return
        for place, mark in await self._house.rows.owed(self._clock.now(), limit=MOST):
            if self._known.get(place) != mark:
                self._known[place] = mark
                self._house.poster.wake(place)
