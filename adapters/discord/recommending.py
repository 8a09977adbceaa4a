"""How many shards Discord wants a bot to run."""

from __future__ import annotations

import discord

from adapters.discord.answering import BROKEN
from adapters.discord.connection import Connection
from adapters.discord.pointing import quiet
from bot.errors import OperatorError
from bot.markup import to_plain
from bot.sentences import say


async def recommended(connection: Connection) -> int:
    """How many shards Discord wants this bot to run. Raises OperatorError for a token that it refuses, and
    ConnectionError while it cannot be asked."""
    quiet()
    client = discord.Client(intents=discord.Intents(guilds=True), max_ratelimit_timeout=30.0)
    try:
        async with client:
            await client.login(connection.token)
            shards, _, _ = await client.http.get_bot_gateway()
    except discord.LoginFailure:
        raise OperatorError(to_plain(say("discord.bad_token"))) from None
    except (discord.DiscordException, *BROKEN) as broken:
        raise ConnectionError(type(broken).__name__) from None
    return int(shards)
