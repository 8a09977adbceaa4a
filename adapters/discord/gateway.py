"""discord.py's client: one connection to Discord's gateway, what Discord tells of itself there, and what people do."""

from __future__ import annotations

import asyncio
import logging
import sys
import traceback
from pathlib import Path
from typing import Any

import discord

from adapters.discord.callers import Asked
from adapters.discord.channels import Channels
from adapters.discord.connection import Connection
from adapters.discord.remembering import Lasting
from adapters.discord.serving import Service
from adapters.discord.suggesting import suggest
from adapters.discord.syncing import sync
from bot.chat import Inbox

log = logging.getLogger("room37.discord")


class Gateway(discord.AutoShardedClient):
    """One life of discord.py's client. It runs the shards it is given, else as many as Discord wants."""

    def __init__(
        self, connection: Connection, inbox: Inbox, group: asyncio.TaskGroup, lasting: Lasting,
        shards: frozenset[int] | None = None, of: int | None = None,
    ) -> None:  # fmt: skip
        given: dict[str, Any] = {} if shards is None else {"shard_ids": sorted(shards), "shard_count": of}
        super().__init__(
            **given,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            guild_ready_timeout=connection.ready_seconds,
            max_ratelimit_timeout=30.0,
        )
        self.channels = Channels(self)
        """Where public cards are posted."""
        self._inbox = inbox
        self._group = group
        self._guild = connection.guild
        self._lasting = lasting
        self._service = Service(self.channels, inbox, group, lasting)

    async def setup_hook(self) -> None:
        """Once logged in: bring the commands up to date."""
        self._lasting.ready.set()
        if not self.shard_ids or 0 in self.shard_ids:  # of several processes one keeps the commands
            self._group.create_task(self._sync())

    async def _sync(self) -> None:
        await sync(self, self._inbox.commands, self._guild)
        self._lasting.synced.set()

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """What broke and where, without what people wrote (an exception's message may hold it)."""
        kind, _, trace = sys.exc_info()
        where = traceback.extract_tb(trace)[-1] if trace is not None else None
        at = f"{Path(where.filename).name}:{where.lineno}" if where is not None else "?"
        log.error("an event failed: %s: %s at %s", event_method, kind.__name__ if kind else "?", at)

    # ---- what Discord tells of itself

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was taken out of a server; its rooms are kept."""
        log.warning("the bot was removed from the server %s; its rooms are kept", guild.id)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot came to a server, perhaps again."""
        self._lasting.rights.changed(str(guild.id), self._inbox)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server is there (again), after an outage or at a start; rights may have changed meanwhile."""
        self._lasting.rights.changed(str(guild.id), self._inbox)

    async def on_guild_role_update(self, _before: discord.Role, after: discord.Role) -> None:
        """Rights may have changed."""
        self._lasting.rights.changed(str(after.guild.id), self._inbox)

    async def on_member_update(self, _before: discord.Member, after: discord.Member) -> None:
        """The bot was given a role, or lost one. (Without a privileged intent Discord tells of no other member.)"""
        self._lasting.rights.changed(str(after.guild.id), self._inbox)

    async def on_guild_channel_update(self, _before: object, after: discord.abc.GuildChannel) -> None:
        """Rights may have changed."""
        self._lasting.rights.changed(str(after.guild.id), self._inbox)

    async def on_thread_update(self, _before: discord.Thread, after: discord.Thread) -> None:
        """A thread may have been unlocked."""
        if not after.locked:
            self._lasting.rights.changed(str(after.guild.id), self._inbox)

    # ---- what people do

    async def on_interaction(self, asked: Asked) -> None:
        """One use of a command, a button, a menu or a form."""
        if not self._lasting.memory.takes(asked.id):
            return
        with self._lasting.at_work.answering():
            if asked.type is discord.InteractionType.autocomplete:
                await suggest(asked, self._inbox)
            elif asked.type is not discord.InteractionType.ping:
                await self._service.serve(asked)
