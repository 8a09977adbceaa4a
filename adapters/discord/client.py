"""Discord as a platform: interactions become calls, replies become private answers, public cards become messages.

Nothing depends on a view or a modal that is kept in memory: each is stopped before it is sent, and what people press
is read from the raw interaction, so that a button works after a restart. The bot asks for no privileged intent.

`gateway` takes what comes, `wishes` reads it, `serving` carries it out and answers; `channels` posts.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import discord

from adapters.discord.answering import BROKEN
from adapters.discord.callers import PLATFORM
from adapters.discord.channels import Channels
from adapters.discord.connection import Connection
from adapters.discord.division import Division
from adapters.discord.gateway import Gateway
from adapters.discord.once import once
from adapters.discord.pointing import quiet
from adapters.discord.remembering import Lasting
from adapters.ending import ended
from bot.cards import Card
from bot.chat import Inbox
from bot.errors import CannotPost, OperatorError, PostLater
from bot.markup import to_plain
from bot.sentences import say
from bot.story.people import Place

log = logging.getLogger("room37.discord")

RESTART_SECONDS = (1.0, 5.0, 15.0, 60.0)
"""Between attempts to connect again, the last one for ever; discord.py gives up when the first handshake fails."""
FINISH_SECONDS = 3.0
"""So long a client that shall run other shards may finish answers: later ones would come too late anyway."""
READY_SECONDS = 30.0
"""So long a post waits until the bot is logged in, before it is left for a while."""


class Discord:
    """A ChatAdapter for Discord."""

    def __init__(self, connection: Connection, division: Division | None = None) -> None:
        self._connection = connection
        self._division = division
        self._lasting = Lasting()
        self.synced = self._lasting.synced
        """Set once the commands at Discord are the registry's."""
        self.client: Gateway | None = None

    async def run(self, inbox: Inbox) -> None:
        """Serve until cancelled; reconnects by itself. Raises OperatorError for a token that Discord refuses."""
        once()
        await self._look_back(inbox)
        async with asyncio.TaskGroup() as group:
            attempt = 0
            try:
                while True:
                    began = asyncio.get_running_loop().time()
                    if not await self._serve(inbox, group):
                        attempt = 0
                        continue
                    if asyncio.get_running_loop().time() - began > RESTART_SECONDS[-1]:
                        attempt = 0
                    await asyncio.sleep(RESTART_SECONDS[min(attempt, len(RESTART_SECONDS) - 1)])
                    attempt += 1
            finally:
                await self._lasting.at_work.break_off()

    async def _look_back(self, inbox: Inbox) -> None:
        """What the process before this one did last: whoever says it once more had no answer."""
        try:
            before = await inbox.before_us()
        except OperatorError as broken:
            log.warning("what was done before the start is not known: %s", broken)
            return
        self._lasting.memory.unheard.before_us(call for call in before if call.place.platform == PLATFORM)

    async def _serve(self, inbox: Inbox, group: asyncio.TaskGroup) -> bool:
        """One life of discord.py's client; gives whether it ended by itself, not because it shall run other shards."""
        quiet()
        share = await self._division.some() if self._division is not None else (None, None)
        self.client = client = Gateway(self._connection, inbox, group, self._lasting, *share)
        try:
            async with client:
                return await self._lives(client)
        except discord.LoginFailure:
            raise OperatorError(to_plain(say("discord.bad_token"))) from None
        except discord.PrivilegedIntentsRequired:
            raise OperatorError(to_plain(say("discord.bad_intents"))) from None
        except (discord.DiscordException, AttributeError, LookupError, TypeError, ValueError, *BROKEN) as broken:
            # AttributeError: the first handshake failed (https://github.com/Rapptz/discord.py/issues/10520); the others:
            # an event that discord.py cannot read ends its client
            log.warning("Discord cannot be reached (%s); trying again", type(broken).__name__)
        finally:
            self._lasting.ready.clear()
        return True

    async def _lives(self, client: discord.Client) -> bool:
        """Run the client until it ends, or until other shards are to be run: then what it is at is finished first.

        The client is closed before it is waited for: while a shard connects anew discord.py keeps a cancellation to itself
        (discord/shard.py, 2.7.1), and then waits for an event that only closing brings.
        """
        running = asyncio.create_task(client.start(self._connection.token))
        ends: set[asyncio.Task[None]] = {running}
        changing = asyncio.create_task(self._division.changed()) if self._division is not None else None
        if changing is not None:
            ends.add(changing)
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                await running
                return True
            await self._lasting.at_work.finish(FINISH_SECONDS)
            return False
        finally:
            for task in ends:
                task.cancel()
            await client.close()
            await ended(ends)

    # ---- posting

    async def post(self, place: Place, card: Card, nonce: str) -> Sequence[str]:
        """Post a public card."""
        return await (await self._open(place)).post(place, card, nonce)

    async def edit(self, place: Place, refs: Sequence[str], card: Card) -> Sequence[str]:
        """Redraw a public card."""
        return await (await self._open(place)).edit(place, refs, card)

    async def find(self, place: Place, card: Card, nonce: str) -> Sequence[str] | None:
        """Look for a card whose fate is unknown."""
        return await (await self._open(place)).find(place, card, nonce)

    async def remove(self, place: Place, refs: Sequence[str]) -> None:
        """Delete messages."""
        await (await self._open(place)).remove(place, refs)

    async def _open(self, place: Place) -> Channels:
        """The channels, once the bot is logged in. Raises CannotPost where it was seen that the bot may not write."""
        if lacking := self._lasting.rights.lacking(place):
            raise CannotPost(lacking)
        if self._division is not None and not self._division.holds(place):
            raise PostLater("another process runs its shard", 1.0)
        try:
            async with asyncio.timeout(READY_SECONDS):
                while not self._lasting.ready.is_set():  # again: another life may have begun while we were woken
                    await self._lasting.ready.wait()
        except TimeoutError:
            raise PostLater("not logged in", 1.0) from None
        if self.client is None:
            raise CannotPost("not logged in")
        return self.client.channels


__all__ = ["Discord"]
