"""Many rooms have something to say at once: the bot stays below Discord's limit by itself."""

from __future__ import annotations

import asyncio

from adapters.discord.channels import Channels
from bot.cards import note
from bot.story.people import Place
from tests.servers.discord import DiscordServer
from tests.unit.discord_client import running

ROOMS = 130
"""More than twice what Discord takes from a bot in a second."""


async def test_posting_in_many_channels_at_once_is_never_refused() -> None:
    async with DiscordServer(limits="real") as server, running(server) as bot:
        channels = Channels(bot)
        rooms = [server.channel(f"room-{n}") for n in range(ROOMS)]

        async def post(n: int) -> None:
            place = Place("discord", str(server.house.id), str(rooms[n].id))
            await channels.post(place, note(f"The prompt of room {n}."), f"{n:025}")

        await asyncio.gather(*(post(n) for n in range(ROOMS)))
        assert [refusal for refusal in server.refused if refusal.status == 429] == []
        assert [len(room.messages) for room in rooms] == [1] * ROOMS
