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
from datetime import UTC, datetime, timedelta
from typing import NoReturn, TypeVar

import discord
from aiolimiter import AsyncLimiter

from adapters.discord.answering import BROKEN
from adapters.discord.callers import PLATFORM, account_of, standing_in, target_of
from adapters.discord.cards import Drawn, drawn_public
from adapters.discord.connection import DIRECT
from adapters.discord.sending import mark, mark_of, to_edit, to_send
from bot.cards import Card
from bot.errors import CannotPost, MessageGone, PostingError, PostLater
from bot.story.people import Person, Place

log = logging.getLogger("room37.discord")
T = TypeVar("T")

WAITS = (0.5, 1.0, 2.0, 4.0)
"""Seconds between tries of one message; discord.py does not try again after a 503 or a broken connection."""
LOOK_BACK = 1000
"""Messages that are looked through, the newest first and back to the post's own time, for a card whose fate is unknown."""
_SLACK = timedelta(minutes=5)
"""How far our clock and Discord's may be apart."""
RATE = 45.0
"""Requests a second that posting makes at most: Discord takes 50 from a bot, and answers of interactions do not count.
https://discord.com/developers/docs/topics/rate-limits#global-rate-limit"""
BURST = 5
"""Requests that may go at once after a pause."""
OLD_EDIT_SECONDS = 600.0
BUSY_SECONDS = 10.0

_NO_CHANNEL, _NO_MESSAGE = 10003, 10008
_NO_ACCESS, _NO_PERMISSION, _NO_DIRECT = 50001, 50013, 50007
_ARCHIVED, _LOCKED = 50083, 160005
_OLD_EDITS = 30046
_NONCE = 25
_IN = "/"
"""Between the channel of somebody's direct messages and the id of a message in it."""
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Channels:
    """The bot's own messages in the channels that are rooms."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._fileless: set[Place] = set()
        self._limit = AsyncLimiter(BURST, BURST / RATE)

    async def post(self, place: Place, card: Card, nonce: str) -> Sequence[str]:
        """Post a card as one or more messages; gives their ids. What cannot go as a file goes as more messages.

        A card for a single person goes into their direct messages.
        """
        if card.to:
            return await self._direct(place, card, nonce)
        refs: list[str] = []
        for index, drawn in enumerate(self._drawn(place, card)):
            try:
                refs.append(await self._send(place, drawn, _nonce(nonce, index), card.ping if index == 0 else ""))
            except PostingError as error:
                without = self._needs_no_files(place, drawn, error)
                if not refs and without:
                    return await self.post(place, card, nonce)
                if not refs:
                    raise
                seconds = error.seconds if isinstance(error, PostLater) else BUSY_SECONDS
                raise PostLater(f"cut off: {error.why}", seconds, unsure=True) from None  # the beginning stands there
        return tuple(refs)

    async def _direct(self, place: Place, card: Card, nonce: str) -> Sequence[str]:
        """A direct message, sent once. Raises MessageGone when its person takes none, or does not see the place any more.

        https://discord.com/developers/docs/resources/user#create-dm
        """
        account = account_of(card.to)
        if account is None:
            raise MessageGone("nobody of Discord")
        try:
            there = await self._tried(lambda: standing_in(self._client, place, Person.of(card.to)))
            if there is None and place.space != DIRECT:
                raise MessageGone("not there any more")
            channel = await self._tried(lambda: self._client.create_dm(discord.Object(account)))
            refs = await self.post(Place(PLATFORM, DIRECT, str(channel.id)), replace(card, to=""), nonce)
            return tuple(f"{channel.id}{_IN}{ref}" for ref in refs)
        except CannotPost as refused:
            raise MessageGone(refused.why) from None
        except PostLater as later:
            raise PostLater(later.why, later.seconds, unsure=later.unsure, alone=True) from None

    async def edit(self, place: Place, refs: Sequence[str], card: Card) -> Sequence[str]:
        """Redraw a card's messages; more are posted, or those too many removed, when its length changed."""
        if card.to:
            there = [_there(place, ref) for ref in refs]
            edited = await self.edit(there[0][0], [own for _, own in there], replace(card, to=""))
            return tuple(f"{there[0][0].channel}{_IN}{ref}" for ref in edited)
        drawn = self._drawn(place, card)
        try:
            return await self._redraw(place, refs, card, drawn)
        except CannotPost as error:
            if not any(self._needs_no_files(place, message, error) for message in drawn):
                raise
            return await self._redraw(place, refs, card, self._drawn(place, card))

    async def _redraw(self, place: Place, refs: Sequence[str], card: Card, drawn: Sequence[Drawn]) -> Sequence[str]:
        for index, (ref, message) in enumerate(zip(refs, drawn, strict=False)):
            await self._edit(place, ref, _calling(message, card.ping if index == 0 else ""))
        kept = list(refs[: len(drawn)])
        for index, message in enumerate(drawn[len(refs) :], len(refs)):
            kept.append(await self._send(place, message, _nonce(refs[0], index), ""))
        await self.remove(place, refs[len(drawn) :])
        return tuple(kept)

    async def find(self, place: Place, card: Card, nonce: str) -> Sequence[str] | None:
        """The messages of a card that was perhaps posted, the first ones at least; None when nobody can look."""
        if card.to:
            return None
        wanted = self._drawn(place, card)
        nonces = {_nonce(nonce, index): index for index in range(len(wanted))}
        marks = {mark(drawn): index for index, drawn in reversed(list(enumerate(wanted)))}
        found: dict[int, str] = {}
        me, since = self._client.user, _since(nonce)
        try:
            async for message in self._channel(place).history(limit=LOOK_BACK if since else LOOK_BACK // 10):
                if since is not None and message.created_at < since - _SLACK:
                    break
                if me is None or message.author.id != me.id:
                    continue
                index = nonces.get(str(message.nonce), marks.get(mark_of(message.content, message.components)))
                if index is not None:
                    found.setdefault(index, str(message.id))
        except (discord.HTTPException, discord.RateLimited, RuntimeError, *BROKEN) as error:
            if isinstance(error, discord.Forbidden) and error.code == _NO_PERMISSION:
                return None
            self._translated(error, unsure=True)
        if not found and not self._may_look(place):
            return None
        whole: list[str] = []
        while len(whole) in found:
            whole.append(found[len(whole)])
        return tuple(whole)

    async def remove(self, place: Place, refs: Sequence[str]) -> None:
        """Delete messages; those that are gone already do not matter."""
        for ref in refs:
            where, own = _there(place, ref)
            message = self._channel(where).get_partial_message(int(own))
            try:
                await self._awake(where, message.delete)
            except MessageGone:
                continue

    def attaches(self, place: Place) -> None:
        """The bot may attach files there (again)."""
        self._fileless.discard(place)

    def _drawn(self, place: Place, card: Card) -> list[Drawn]:
        """The card's messages, without files where the bot may attach none."""
        channel = self._client.get_channel(int(place.channel))
        files = place not in self._fileless
        if isinstance(channel, discord.abc.GuildChannel):
            files = files and channel.permissions_for(channel.guild.me).attach_files
        return drawn_public(card, plain=card.notify or card.plain, files=files)

    def _needs_no_files(self, place: Place, drawn: Drawn, error: PostingError) -> bool:
        """Whether a message may have been refused for its file alone; from now on the place gets none."""
        if not isinstance(error, CannotPost) or not drawn.handouts or place in self._fileless:
            return False
        self._fileless.add(place)
        return True

    def _may_look(self, place: Place) -> bool:
        """Whether what Discord shows of the past is all: without Read Message History it shows nothing, and no error.

        https://discord.com/developers/docs/resources/message#get-channel-messages
        """
        if place.space == DIRECT:
            return True
        channel = self._client.get_channel(int(place.channel))
        if not isinstance(channel, discord.abc.GuildChannel):
            raise PostLater("its server is not known yet", BUSY_SECONDS, unsure=True)
        return channel.permissions_for(channel.guild.me).read_message_history

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

        try:
            return str((await self._tried(send)).id)
        except CannotPost as refused:
            raise CannotPost(refused.why, alone=refused.alone or bool(drawn.handouts)) from None  # perhaps only its file

    async def _edit(self, place: Place, ref: str, drawn: Drawn) -> None:
        message = self._channel(place).get_partial_message(int(ref))

        def send() -> Awaitable[object]:
            return message.edit(**to_edit(drawn))

        try:
            await self._awake(place, send)
        except PostLater as later:  # Discord rations edits apart from posts
            raise PostLater(later.why, later.seconds, unsure=later.unsure, alone=True) from None

    async def _awake(self, place: Place, send: Callable[[], Awaitable[T]]) -> T:
        """The result of one request about a message, whose thread is taken out of the archive if it must be."""
        try:
            return await self._tried(send)
        except _Archived:
            await self._wake(place)
            return await self._tried(send)

    async def _wake(self, place: Place) -> None:
        """Take a thread out of the archive, so that its cards can be edited."""
        await self._tried(lambda: self._client.http.edit_channel(target_of(place), archived=False))

    async def _tried(self, send: Callable[[], Awaitable[T]]) -> T:
        """The result of one request, tried again while the fault may pass. Raises a PostingError."""
        for wait in (*WAITS, None):
            try:
                async with self._limit:
                    return await send()
            except (discord.DiscordServerError, *BROKEN) as fault:
                if wait is None:
                    raise PostLater(f"no answer: {type(fault).__name__}", BUSY_SECONDS, unsure=True) from None
                await asyncio.sleep(wait)
            except (discord.HTTPException, discord.RateLimited, RuntimeError) as refused:
                self._translated(refused, unsure=False)
        raise PostLater("no answer", BUSY_SECONDS, unsure=True)

    def _translated(self, error: Exception, *, unsure: bool) -> NoReturn:
        """Discord's refusal as what it means for the poster; its text is not repeated, it may quote people's words."""
        if isinstance(error, discord.RateLimited):
            raise PostLater("rate limit", error.retry_after, unsure=unsure) from None
        if isinstance(error, RuntimeError) and not self._client.is_closed():
            raise error
        if not isinstance(error, discord.HTTPException):  # the connection broke, or its client is being replaced
            raise PostLater(type(error).__name__, BUSY_SECONDS, unsure=True) from None
        if error.code == _NO_MESSAGE:
            raise MessageGone("deleted") from None
        if error.code == _ARCHIVED:
            raise _Archived("archived thread") from None
        if error.code == _OLD_EDITS:
            raise PostLater("edits of old messages are rationed", OLD_EDIT_SECONDS, alone=True) from None
        if error.code in (_NO_CHANNEL, _NO_ACCESS, _NO_PERMISSION, _NO_DIRECT, _LOCKED):
            raise CannotPost(f"code {error.code}") from None
        if error.status >= 500 or error.status == 429:
            raise PostLater(f"status {error.status}", BUSY_SECONDS, unsure=unsure) from None
        log.error("Discord refused a card: %s %s", error.status, error.code)
        raise CannotPost(f"status {error.status}, code {error.code}", alone=True) from None


def _there(place: Place, ref: str) -> tuple[Place, str]:
    """Where a message stands, and its id: in the place, or in somebody's direct messages."""
    channel, direct, own = ref.partition(_IN)
    return (Place(PLATFORM, DIRECT, channel), own) if direct else (place, ref)


def _calling(drawn: Drawn, ping: str) -> Drawn:
    """The message with the name of the one person whom it calls up before it; whether that pings is the sender's."""
    called = account_of(ping) if ping and not drawn.v2 else None
    return drawn if called is None else replace(drawn, content=f"<@{called}> {drawn.content}")


class _Archived(PostingError):
    """The thread of the message is in the archive."""


def _since(nonce: str) -> datetime | None:
    """When a post was first wanted: its nonce is the end of a ULID; None for that of a card that was put up anew."""
    digits = [_CROCKFORD.find(c) for c in nonce[:9]]
    if len(nonce) != _NONCE or min(digits) < 0:
        return None
    made = 0
    for digit in digits:
        made = made * 32 + digit
    return datetime.fromtimestamp(made / 1000, UTC)


def _nonce(nonce: str, index: int) -> str:
    """The nonce of a card's message: the post's own for the first, others made from it; at most 25 characters."""
    if index == 0:
        return nonce[:_NONCE]
    return hashlib.sha256(f"{nonce}:{index}".encode()).hexdigest()[:_NONCE]
