"""Discord's shards, divided among the processes of a house by leases.

Who has least takes what is free, so that shares stay even; who has two more than another gives one back, once the other
has been there for a while (a process that falls over again and again moves nothing).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from memory import tables as t
from memory.engine import Runner
from memory.nouns import insert_for

LEASE = timedelta(seconds=60)
"""So long others wait for a shard whose process cannot reach the database."""
STEADY = timedelta(seconds=30)
"""So long a process must have been there before others give shards back for it."""
PATIENCE = timedelta(seconds=10)
"""So long a free shard waits for the process that has least; then anybody takes it."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One shard's row. `lease_until` of a free one is when it became free."""

    number: int
    owner: str
    lease_until: datetime | None


@dataclass(frozen=True, slots=True)
class Share:
    """What one process runs."""

    numbers: frozenset[int] = frozenset()
    of: int = 0
    """How many shards there are in all."""


class ShardRows:
    """The shards of one database."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    async def known(self) -> int:
        """How many shards there are; 0 before the first division."""
        return await self._runner.read(lambda connection: len(_rows(connection, lock=False)[0]))

    async def share(self, me: str, living: Mapping[str, datetime], count: int, now: datetime) -> Share:
        """The share of this process from now on. `living` are all that serve Discord and when each came; `count` is how
        many shards there shall be (0: as many as there are), which counts only while nobody runs any."""

        def work(connection: Connection) -> Share:
            rows, of = _rows(connection, lock=True)
            if count and count != of and not any(row.owner in living for row in rows):
                rows, of = _made(connection, self._runner.dialect, count, now)
            after = divided(rows, me, living, now)
            for row in after:
                if row not in rows:
                    values = {"owner": row.owner, "lease_until": row.lease_until}
                    connection.execute(update(t.shards).where(t.shards.c.number == row.number).values(values))
            return Share(frozenset(row.number for row in after if row.owner == me), of)

        return await self._runner.write(work)


def divided(rows: Sequence[Shard], me: str, living: Mapping[str, datetime], now: datetime) -> list[Shard]:
    """The shards after this process took or gave back what is fair, and renewed the leases that are half over."""
    after = [_freed(row, now) if row.owner and _is_free(row, me, living, now) else row for row in rows]
    counts = {process: sum(row.owner == process for row in after) for process in {*living, me}}
    least = min((n for process, n in counts.items() if process != me), default=len(rows))
    for at, row in enumerate(after):
        waited = row.lease_until is None or now - row.lease_until >= PATIENCE
        if not row.owner and (counts[me] <= least or waited):
            after[at] = replace(row, owner=me, lease_until=now + LEASE)
            counts[me] += 1
    steady = [counts[process] for process, came in living.items() if process != me and now - came >= STEADY]
    surplus = (counts[me] - min(steady)) // 2 if steady else 0
    mine = [at for at, row in enumerate(after) if row.owner == me]
    for at in mine[len(mine) - max(surplus, 0) :]:
        after[at] = _freed(after[at], now)
    return [_renewed(row, now) if row.owner == me else row for row in after]


def _is_free(row: Shard, me: str, living: Mapping[str, datetime], now: datetime) -> bool:
    return row.owner != me and (row.owner not in living or row.lease_until is None or row.lease_until <= now)


def _freed(row: Shard, now: datetime) -> Shard:
    return replace(row, owner="", lease_until=now)


def _renewed(row: Shard, now: datetime) -> Shard:
    soon = row.lease_until is None or row.lease_until - now < LEASE / 2
    return replace(row, lease_until=now + LEASE) if soon else row


def _rows(connection: Connection, *, lock: bool) -> tuple[list[Shard], int]:
    """All shards in order, and how many there are said to be."""
    c = t.shards.c
    query = select(c.number, c.of, c.owner, c.lease_until).order_by(c.number)
    found = connection.execute(query.with_for_update() if lock else query).all()
    return [Shard(row.number, row.owner, row.lease_until) for row in found], found[0].of if found else 0


def _made(connection: Connection, dialect: str, count: int, now: datetime) -> tuple[list[Shard], int]:
    """So many shards, all free; another process that makes them at the same time makes the same."""
    connection.execute(delete(t.shards).where(t.shards.c.of != count))
    rows = [{"number": n, "of": count, "owner": "", "lease_until": None} for n in range(count)]
    connection.execute(insert_for(dialect)(t.shards).on_conflict_do_nothing(), rows)
    return _rows(connection, lock=True)
