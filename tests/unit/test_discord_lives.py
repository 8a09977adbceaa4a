"""Between two lives of discord.py's client nothing is posted by one that is not logged in."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from adapters.discord.client import Discord
from adapters.discord.connection import Connection
from bot.story.people import Place

PLACE = Place("discord", "1", "2")


class Channels:
    """Channels that note what is removed through them."""

    def __init__(self) -> None:
        self.removed: list[str] = []

    async def remove(self, _place: Place, refs: Any) -> None:
        self.removed += refs


def life(platform: Discord) -> Channels:
    """A new life of the client, not logged in yet."""
    channels = Channels()
    platform.client = cast(Any, SimpleNamespace(channels=channels))
    return channels


async def test_who_waits_while_the_client_is_made_anew_gets_the_one_that_is_logged_in() -> None:
    for steps in range(6):  # of the loop between the beginning of the wait and the end of the old life
        platform = Discord(Connection("t"))
        old, ready = life(platform), platform._lasting.ready  # what discord.py's client sets
        ready.set()
        posting = asyncio.create_task(platform.remove(PLACE, ("a",)))
        for _ in range(steps):
            await asyncio.sleep(0)
        ready.clear()
        new = life(platform)
        for _ in range(6):
            await asyncio.sleep(0)
        assert new.removed == []
        ready.set()
        await posting
        assert old.removed + new.removed == ["a"]
