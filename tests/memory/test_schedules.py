"""Schedules in the database: reckoned in batches, and asked once whoever sweeps."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from bot.story.zones import version
from memory import migrate
from memory import tables as t
from tests.clock import HandClock
from tests.rig import open_room


def _ages(connection: Connection) -> None:
    """As an older list of zones had reckoned it, all three hours late."""
    for at, table in ((t.schedules.table.c.next_at, t.schedules.table), (t.dues.c.at_utc, t.dues)):
        for row in connection.execute(select(table.c.id, at)).all():
            connection.execute(table.update().where(table.c.id == row[0]).values({at.name: row[1] + timedelta(hours=3)}))
    connection.execute(t.schedules.table.update().values(reckoned_with="1999a"))


async def test_schedules_of_many_rooms_are_reckoned_anew_behind_a_sweep(url: str) -> None:
    async with open_room(url) as hall:
        rooms = [hall.elsewhere(f"room-{n}") for n in range(5)]
        for room in rooms:
            await room.says("ada", "/story new Many")
            for hour in (18, 19, 20):
                await room.says("ada", f"/prompt schedule {hour}:00 Europe/Berlin daily")
        expected = await hall.house.rows.next_due()
        await migrate.on_connection(url, _ages)
        assert len(await hall.house.rows.unreckoned_places(version(), hall.clock.now())) == 5
        await hall.house.inbox.sweep()
        assert await hall.house.rows.unreckoned_places(version(), hall.clock.now()) == []
        assert await hall.house.rows.next_due() == expected
        revision = await rooms[0].look(lambda books: books.snapshot().room.revision)
        hall.clock.pass_(hours=-2)
        assert len(await hall.house.rows.unreckoned_places(version(), hall.clock.now())) == 5
        await hall.house.inbox.sweep()
        assert await hall.house.rows.unreckoned_places(version(), hall.clock.now()) == []
        assert await rooms[0].look(lambda books: books.snapshot().room.revision) == revision


async def test_two_houses_that_sweep_at_once_ask_each_date_once(url: str) -> None:
    clock = HandClock()
    async with open_room(url, clock=clock) as one, open_room(url, clock=clock) as two:
        for n in range(6):
            room = one.elsewhere(f"room-{n}")
            await room.says("ada", "/story new Shared")
            for minute in range(3):
                await room.says("ada", f"/prompt schedule 18:0{minute} Europe/Berlin daily")
        for _ in range(4):
            clock.pass_(hours=12)
            await asyncio.gather(one.house.inbox.sweep(), two.house.inbox.sweep())

        def counted(connection: Connection) -> Any:
            p = t.prompts.table.c
            rows = connection.execute(select(p.schedule_id, p.day, func.count()).group_by(p.schedule_id, p.day)).all()
            acts = connection.execute(select(t.ledger.c.subjects).where(t.ledger.c.kind == "prompt.asked")).scalars().all()
            posts = connection.execute(select(t.posts.c.subject).where(t.posts.c.kind == "prompt")).scalars().all()
            return rows, Counter(acts), Counter(posts)

        rows, acts, posts = await migrate.on_connection(url, counted)
    assert {row[2] for row in rows} == {1}
    assert len(rows) == 6 * 3 * 2
    assert set(acts.values()) == {1} == set(posts.values())
