"""The bot's commands at Discord, brought up to date when they differ from the registry's, not at every start.

Discord allows 200 creations a day and server, and every change takes a moment to reach people's clients.
https://discord.com/developers/docs/interactions/application-commands#registering-a-command
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from typing import Any, cast

import discord

from adapters.discord.answering import BROKEN
from adapters.discord.commands import digest, payload
from bot.commands import Commands

log = logging.getLogger("room37.discord")

AGAIN_SECONDS = (2.0, 10.0, 60.0, 300.0)
"""Between tries to register, the last one for ever: without its commands nobody can use the bot."""


async def sync(client: discord.Client, commands: Commands, guild: str) -> bool:
    """Register the commands where they differ, trying again until Discord takes them; gives whether they had to be.

    A refusal (what we send is at fault) is said and ends it.
    """
    wanted = payload(commands)
    for attempt in itertools.count():
        try:
            if digest(await registered(client, guild)) == digest(wanted):
                return False
            await _register(client, guild, wanted)
        except discord.RateLimited as limited:
            log.warning("the commands are registered later: rate limit")
            await asyncio.sleep(limited.retry_after)
            continue
        except (discord.HTTPException, *BROKEN) as broken:
            if isinstance(broken, discord.HTTPException) and broken.status < 500 and broken.status != 429:
                log.error("the commands could not be registered: %s %s", broken.status, broken.code)
                return False
            log.warning("the commands are registered later: %s", type(broken).__name__)
        else:
            log.info("the commands were registered")
            return True
        await asyncio.sleep(AGAIN_SECONDS[min(attempt, len(AGAIN_SECONDS) - 1)])
    return False


async def registered(client: discord.Client, guild: str) -> list[dict[str, Any]]:
    """The commands that Discord holds for this bot."""
    app = client.application_id or 0
    found = (
        await client.http.get_guild_commands(app, int(guild))
        if guild
        else await client.http.get_global_commands(app)
    )
    return cast(list[dict[str, Any]], found)


async def _register(client: discord.Client, guild: str, wanted: list[dict[str, Any]]) -> None:
    app = client.application_id or 0
    sent = cast(Any, wanted)  # discord.py types its payload more narrowly than Discord documents it
    if guild:
        await client.http.bulk_upsert_guild_commands(app, int(guild), sent)
    else:
        await client.http.bulk_upsert_global_commands(app, sent)
