"""A stop takes up nothing that nobody would finish."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.app import TABLE, build, open_database
from tests.clock import HandClock
from tests.rig import HandAlarms, Room, Wall, settings_for


async def test_no_card_is_claimed_behind_the_poster_s_back(tmp_path: Path) -> None:
    settings, wall, clock, alarms = settings_for(f"sqlite:///{tmp_path}/house.db"), Wall(), HandClock(), HandAlarms()
    await open_database(settings, clock)
    async with build(settings, wall, clock=clock, alarms=alarms, patience=30.0) as house:
        posting = asyncio.create_task(house.poster.run())
        room = Room(house, wall, clock, alarms, settings, TABLE)
        async for _ in house.inbox.typed(room.incoming("ada"), "/story new The Last Ferry"):
            pass
        await asyncio.sleep(0.05)  # the poster waits for company for its claim
        posting.cancel()
        await asyncio.gather(posting, return_exceptions=True)
    with closing(sqlite3.connect(tmp_path / "house.db")) as db:
        assert set(db.execute("SELECT state FROM posts")) == {("wanted",)}
