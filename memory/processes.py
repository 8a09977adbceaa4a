"""The processes that serve one house: who is there, and what becomes of what a dead one held.

What it held is free at once: cards that it was posting are looked for before they are posted again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, delete, select, update

from bot.errors import OperatorError
from bot.ports import Clock
from bot.story.moments import Ids
from memory import tables as t
from memory.alive import Alive
from memory.engine import Runner

DEAD_AFTER = 3.0
"""Seconds for which a lock must be free before its process counts as dead. What it had sent to a platform has arrived by
then, and a connection to the database that broke was made anew."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process that serves this house."""

    id: str
    platforms: tuple[str, ...]
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look around found."""

    living: tuple[Process, ...]
    """Everybody who is there, oneself too, the longest there first."""
    buried: tuple[str, ...] = ()
    """Processes that were found dead just now."""


class HouseProcesses:
    """One process among those of a house."""

    def __init__(
        self, runner: Runner, alive: Alive, clock: Clock, platforms: Collection[str], *, dead_after: float = DEAD_AFTER
    ) -> None:
        self._runner = runner
        self._alive = alive
        self._clock = clock
        self._dead_after = dead_after
        self._free_since: dict[str, float] = {}
        now = clock.now()
        self.me = Process(Ids(None).new(now), tuple(sorted(platforms)), now)

    async def look(self) -> Seen:
        """Say that this process is there, and see who else is. Raises OperatorError when the database cannot say."""
        taken = await self._alive.hold(self.me.id)
        rows = await self._runner.read(_all)
        if taken or self.me not in rows:
            await self._runner.write(self._join)
            rows = [*(row for row in rows if row.id != self.me.id), self.me]
        held = await self._alive.among([row.id for row in rows if row.id != self.me.id]) | {self.me.id}
        now = asyncio.get_running_loop().time()
        self._free_since = {row.id: self._free_since.get(row.id, now) for row in rows if row.id not in held}
        dead = [id_ for id_, since in self._free_since.items() if now - since >= self._dead_after]
        for process in dead:
            await self._runner.write(partial(_bury, process, self._clock.now()))
        return Seen(tuple(row for row in rows if row.id not in dead), tuple(dead))

    def _join(self, connection: Connection) -> None:
        connection.execute(delete(t.processes).where(t.processes.c.id == self.me.id))
        row = {"id": self.me.id, "platforms": " ".join(self.me.platforms), "started_at": self.me.started_at}
        connection.execute(t.processes.insert(), row)

    async def leave(self) -> None:
        """Give everything back. What is under way to a platform may still arrive, so it is looked for a little later."""
        until = self._clock.now() + timedelta(seconds=self._dead_after)
        with contextlib.suppress(OperatorError):
            await self._runner.write(partial(_bury, self.me.id, until))
        await self._alive.close()


def _all(connection: Connection) -> list[Process]:
    """Every row, the longest there first."""
    c = t.processes.c
    found = connection.execute(select(c.id, c.platforms, c.started_at).order_by(c.started_at, c.id))
    return [Process(row.id, tuple(row.platforms.split()), row.started_at) for row in found]


def _bury(process: str, until: datetime, connection: Connection) -> None:
    """Free what a process held: its cards are in doubt from `until` on, its shards are anybody's."""
    p, s = t.posts.c, t.shards.c
    connection.execute(update(t.posts).where(p.owner == process, p.lease_until.is_not(None)).values(owner="", lease_until=until))
    connection.execute(update(t.shards).where(s.owner == process).values(owner="", lease_until=until))
    connection.execute(delete(t.processes).where(t.processes.c.id == process))
