"""Public cards in channels: posted once, edited in place, found again, taken away; Discord's refusals translated.

Every message of a card carries a nonce of its own with `enforce_nonce`, so that a try whose answer was lost can be
repeated within minutes without a double. https://discord.com/developers/docs/resources/message#create-message
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import NoReturn, TypeVar

import discord

from adapters.discord.answering import BROKEN
from adapters.discord.callers import account_of, target_of
from adapters.discord.cards import Drawn, drawn_public
from adapters.discord.sending import mark, mark_of, to_edit, to_send
from bot.cards import Card
from bot.errors import CannotPost, MessageGone, PostingError, PostLater
from bot.story.people import Place

log = logging.getLogger("room37.discord")
T = TypeVar("T")

WAITS = (0.5, 1.0, 2.0, 4.0)
"""Seconds between tries of one message; discord.py does not try again after a 503 or a broken connection."""
LOOK_BACK = 100
"""Messages that are looked through for a card whose fate is unknown."""
OLD_EDIT_SECONDS = 600.0
BUSY_SECONDS = 10.0

_NO_CHANNEL, _NO_MESSAGE = 10003, 10008
_NO_ACCESS, _NO_PERMISSION = 50001, 50013
_ARCHIVED, _LOCKED = 50083, 160005
_OLD_EDITS = 30046
_NONCE = 25


class Channels:
    """The bot's own messages in the channels that are rooms."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def post(self, place: Place, card: Card, nonce: str) -> Sequence[str]:
        """Post a card as one or more messages; gives their ids."""
        refs = []
        for index, drawn in enumerate(drawn_public(card, plain=card.notify or card.plain)):
            refs.append(await self._send(place, drawn, _nonce(nonce, index), card.ping if index == 0 else ""))
        return tuple(refs)

    async def edit(self, place: Place, refs: Sequence[str], card: Card) -> Sequence[str]:
        """Redraw a card's messages; more are posted, or those too many removed, when its length changed."""
        drawn = drawn_public(card, plain=card.notify or card.plain)
        for index, (ref, message) in enumerate(zip(refs, drawn, strict=False)):
            await self._edit(place, ref, _calling(message, card.ping if index == 0 else ""))
        kept = list(refs[: len(drawn)])
        for index, message in enumerate(drawn[len(refs) :], len(refs)):
            kept.append(await self._send(place, message, _nonce(refs[0], index), ""))
        await self.remove(place, refs[len(drawn) :])
        return tuple(kept)

    async def find(self, place: Place, card: Card, nonce: str) -> Sequence[str] | None:
        """The messages of a card that was perhaps posted, the first ones at least; None when nobody can look."""
        wanted = drawn_public(card, plain=card.notify or card.plain)
        nonces = {_nonce(nonce, index): index for index in range(len(wanted))}
        marks = {mark(drawn): index for index, drawn in reversed(list(enumerate(wanted)))}
        found: dict[int, str] = {}
        me = self._client.user
        try:
            async for message in self._channel(place).history(limit=LOOK_BACK):
                if me is None or message.author.id != me.id:
                    continue
                index = nonces.get(str(message.nonce), marks.get(mark_of(message.content, message.components)))
                if index is not None:
                    found.setdefault(index, str(message.id))
        except discord.Forbidden:
            return None
        except (discord.HTTPException, discord.RateLimited, *BROKEN) as error:
            _translated(error, unsure=True)
        whole: list[str] = []
        while len(whole) in found:
            whole.append(found[len(whole)])
        return tuple(whole)

    async def remove(self, place: Place, refs: Sequence[str]) -> None:
        """Delete messages; those that are gone already do not matter."""
        for ref in refs:
            message = self._channel(place).get_partial_message(int(ref))
            try:
                await self._tried(message.delete)
            except MessageGone:
                continue

    def _channel(self, place: Place) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(target_of(place))

    async def _send(self, place: Place, drawn: Drawn, nonce: str, ping: str) -> str:
        """One message. It mentions nobody but the one person whom the card calls up."""
        called = account_of(ping) if ping else None
        drawn = _calling(drawn, ping)

        def send() -> Awaitable[discord.Message]:
            arguments = to_send(drawn)
            if called is not None and not drawn.v2:
                arguments["allowed_mentions"] = discord.AllowedMentions(
                    everyone=False, roles=False, replied_user=False, users=[discord.Object(called)]
                )
            return self._channel(place).send(**arguments, nonce=nonce)

        return str((await self._tried(send)).id)

    async def _edit(self, place: Place, ref: str, drawn: Drawn) -> None:
        message = self._channel(place).get_partial_message(int(ref))

        def send() -> Awaitable[object]:
            return message.edit(**to_edit(drawn))

        try:
            await self._tried(send)
        except _Archived:
            await self._wake(place)
            await self._tried(send)

    async def _wake(self, place: Place) -> None:
        """Take a thread out of the archive, so that its cards can be edited."""
        try:
            await self._client.http.edit_channel(target_of(place), archived=False)
        except discord.HTTPException as refused:
            raise CannotPost(f"archived thread: {refused.code}") from None

    async def _tried(self, send: Callable[[], Awaitable[T]]) -> T:
        """The result of one request, tried again while the fault may pass. Raises a PostingError."""
        for wait in (*WAITS, None):
            try:
                return await send()
            except discord.RateLimited as limited:
                raise PostLater("rate limit", limited.retry_after) from None
            except (discord.DiscordServerError, *BROKEN) as fault:
                if wait is None:
                    raise PostLater(f"no answer: {type(fault).__name__}", BUSY_SECONDS, unsure=True) from None
                await asyncio.sleep(wait)
            except discord.HTTPException as refused:
                _translated(refused, unsure=False)
        raise PostLater("no answer", BUSY_SECONDS, unsure=True)


def _calling(drawn: Drawn, ping: str) -> Drawn:
    """The message with the name of the one person whom it calls up before it; whether that pings is the sender's."""
    called = account_of(ping) if ping and not drawn.v2 else None
    return drawn if called is None else replace(drawn, content=f"<@{called}> {drawn.content}")


class _Archived(PostingError):
    """The thread of the message is in the archive."""


def _translated(error: Exception, *, unsure: bool) -> NoReturn:
    """Discord's refusal as what it means for the poster; its text is not repeated, it may quote people's words."""
    if not isinstance(error, discord.HTTPException):
        raise PostLater(type(error).__name__, BUSY_SECONDS, unsure=unsure) from None
    if error.code == _NO_MESSAGE:
        raise MessageGone("deleted") from None
    if error.code == _ARCHIVED:
        raise _Archived("archived thread") from None
    if error.code == _OLD_EDITS:
        raise PostLater("edits of old messages are rationed", OLD_EDIT_SECONDS) from None
    if error.code in (_NO_CHANNEL, _NO_ACCESS, _NO_PERMISSION, _LOCKED):
        raise CannotPost(f"code {error.code}") from None
    if error.status >= 500:
        raise PostLater(f"status {error.status}", BUSY_SECONDS, unsure=unsure) from None
    log.error("Discord refused a card: %s %s", error.status, error.code)
    raise CannotPost(f"status {error.status}, code {error.code}") from None


def _nonce(nonce: str, index: int) -> str:
    """The nonce of a card's message: the post's own for the first, others made from it; at most 25 characters."""
    if index == 0:
        return nonce[:_NONCE]
    return hashlib.sha256(f"{nonce}:{index}".encode()).hexdigest()[:_NONCE]
