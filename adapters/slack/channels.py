"""Public cards in channels: posted once, edited in place, found again, taken away.

Slack drops no doubles by itself: a post carries metadata that names it, and where its fate is unknown it is looked for
in the channel's history before it is posted again; without the history scopes nobody can look, and it is not.
https://docs.slack.dev/messaging/message-metadata

A card's refs are the timestamps of its messages, and behind them the files that hold what was too long for one, each
with a digest, so that a text that is taken back or changed is taken back or changed there too.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.asking import tried
from adapters.slack.cards import Drawn, Handout, drawn_public
from adapters.slack.handing import share, uploaded
from adapters.slack.shortening import said
from bot.cards import Card
from bot.errors import CannotPost, MessageGone, PostingError, PostLater
from bot.story.people import Person, Place

EVENT = "room37_card"
"""The type of our messages' metadata."""
LOOK_BACK = 100
MEMBERS = 1000
"""Members of a channel that are asked for at once."""
_BEGUN = 1024
_OF = ":"
"""Between a file's id and the digest of its text."""
_IN = "/"
"""Between the channel of somebody's direct messages and the timestamp of a message in it."""
Clients = Callable[[str], Awaitable[AsyncWebClient]]
"""The client of a workspace."""


class Channels:
    """The bot's own messages in the channels that are rooms."""

    def __init__(self, clients: Clients, session: aiohttp.ClientSession, *, history: bool) -> None:
        self._clients = clients
        self._history = history
        self._session = session
        self._begun: OrderedDict[str, Sequence[str]] = OrderedDict()
        """What stands there of cards whose posting broke off, by nonce."""

    async def post(self, place: Place, card: Card, nonce: str) -> Sequence[str]:
        """Post a card as one or more messages; gives its refs. One that was broken off goes on where it stopped.

        One for a single person goes into their direct messages.
        """
        if card.to:
            return await self._direct(place, card, nonce)
        begun = self._begun.get(nonce, ())
        refs = await self._go_on(place, drawn_public(card), nonce, begun)
        return await self.edit(place, refs, card) if begun else refs

    async def _direct(self, place: Place, card: Card, nonce: str) -> Sequence[str]:
        """A direct message, sent once; a person's id is their channel.

        Raises MessageGone when they cannot be reached, or are not in the room's channel any more.

        https://docs.slack.dev/reference/methods/chat.postMessage#channels
        """
        person, refs = Person.of(card.to).user, []
        there = Place(place.platform, place.space, person)
        try:
            if not await self._is_in(place, person):
                raise MessageGone("not there any more")
            for index, message in enumerate(drawn_public(replace(card, to=""))):
                channel, ts = await self._said(there, message, f"{nonce}.{index}")
                refs.append(f"{channel}{_IN}{ts}")
            return tuple(refs)
        except CannotPost as refused:
            raise MessageGone(refused.why) from None
        except PostLater as later:
            raise PostLater(later.why, later.seconds, unsure=later.unsure, alone=True) from None

    async def _is_in(self, place: Place, person: str) -> bool:
        """Whether somebody is in a channel. https://docs.slack.dev/reference/methods/conversations.members"""
        client, cursor = await self._clients(place.space), ""
        while True:
            ask = partial(client.conversations_members, channel=place.channel, limit=MEMBERS, cursor=cursor)
            answer: Any = await tried(ask, repeatable=True)
            if person in (answer.get("members") or ()):
                return True
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return False

    async def edit(self, place: Place, refs: Sequence[str], card: Card) -> Sequence[str]:
        """Redraw a card's messages; more are posted, or those too many removed, when its length changed."""
        if card.to:
            there = [_there(place, ref) for ref in refs]
            edited = await self.edit(there[0][0], [own for _, own in there], replace(card, to=""))
            return tuple(f"{there[0][0].channel}{_IN}{ref}" for ref in edited)
        drawn = drawn_public(card)
        client = await self._clients(place.space)
        messages, files = _messages(refs), _files(refs)
        for index, (ref, message) in enumerate(zip(messages, drawn, strict=False)):
            _, drawn[index] = await said(partial(_updated, client, place.channel, ref), message)
        kept = list(messages[: len(drawn)])
        for index, message in enumerate(drawn[len(messages) :], len(messages)):
            ts, drawn[index] = await said(partial(self._send, place, f"{messages[0]}.{index}"), message)
            kept.append(ts)
        wanted = [(kept[index], handout) for index, message in enumerate(drawn) for handout in message.handouts]
        have = {ref.partition(_OF)[2]: ref for ref in files}
        now = [have.get(_digest(handout)) or await self._hand_out(place, ts, handout) for ts, handout in wanted]
        await self.remove(place, [*messages[len(drawn) :], *(ref for ref in files if ref not in now)])
        return (*kept, *now)

    async def find(self, place: Place, card: Card, nonce: str) -> Sequence[str] | None:
        """The messages of a card that was perhaps posted, completed if it was begun; None when nobody can look."""
        if card.to or not self._history:
            return None
        client = await self._clients(place.space)
        drawn = drawn_public(card)
        wanted = {f"{nonce}.{index}": index for index in range(len(drawn))}
        found: dict[int, str] = {}
        try:
            latest = await self._latest(client, place)
        except (CannotPost, MessageGone):
            return None
        for message in latest:
            metadata = message.get("metadata") or {}
            payload = metadata.get("event_payload") or {}
            if metadata.get("event_type") == EVENT and payload.get("nonce") in wanted:
                found.setdefault(wanted[payload["nonce"]], str(message.get("ts")))
        whole: list[str] = []
        while len(whole) in found:
            whole.append(found[len(whole)])
        files = _files(self._begun.get(nonce, ()))
        return await self._go_on(place, drawn, nonce, [*whole, *files]) if whole else ()

    async def _latest(self, client: AsyncWebClient, place: Place, thread: str = "") -> list[dict[str, Any]]:
        """The latest messages of a channel, or of a thread."""
        below = thread or place.thread

        async def ask() -> Any:
            about: dict[str, Any] = {"channel": place.channel, "limit": LOOK_BACK, "include_all_metadata": True}
            if below:
                return await client.conversations_replies(ts=below, **about)
            return await client.conversations_history(**about)

        answer = await tried(ask, repeatable=True)
        messages: list[dict[str, Any]] = answer.get("messages") or []
        return messages

    async def remove(self, place: Place, refs: Sequence[str]) -> None:
        """Delete messages and files; those that are gone already do not matter, those that Slack keeps do."""
        client = await self._clients(place.space)
        for ref in [*_files(refs), *_messages(refs)]:
            try:
                where, own = _there(place, ref)
                await tried(partial(_deleted, client, where.channel, own), repeatable=True)
            except MessageGone:
                continue

    async def _go_on(self, place: Place, drawn: list[Drawn], nonce: str, begun: Sequence[str]) -> Sequence[str]:
        """A card's refs once all of it stands there; what stands there already (`begun`) is kept when it breaks off."""
        refs = list(begun)
        try:
            for index, message in enumerate(drawn[len(_messages(begun)) :], len(_messages(begun))):
                ts, drawn[index] = await said(partial(self._send, place, f"{nonce}.{index}"), message)
                refs.append(ts)
            messages, have = _messages(refs), {ref.partition(_OF)[2] for ref in refs}
            for ts, message in zip(messages, drawn, strict=False):
                there = await self._there(place, ts) if message.handouts and self._history and ts in begun else {}
                for handout in message.handouts:
                    if _digest(handout) in have:
                        continue
                    found = there.get(handout.name)
                    refs.append(_ref(found, handout) if found else await self._hand_out(place, ts, handout))
        except PostingError:
            self._begun[nonce] = tuple(refs)
            while len(self._begun) > _BEGUN:
                self._begun.popitem(last=False)
            raise
        self._begun.pop(nonce, None)
        return tuple(refs)

    async def _there(self, place: Place, ts: str) -> dict[str, str]:
        """The files below a message, by name: a post that was cut off may have brought some."""
        client = await self._clients(place.space)
        below = await self._latest(client, place, place.thread or ts)
        return {str(file.get("name")): str(file.get("id")) for message in below for file in message.get("files") or ()}

    async def _hand_out(self, place: Place, ts: str, handout: Handout) -> str:
        """One file below a message."""
        client = await self._clients(place.space)
        file = await uploaded(client, self._session, handout)
        await share(client, file, handout, place.channel, place.thread or ts)
        return _ref(file, handout)

    async def _send(self, place: Place, nonce: str, drawn: Drawn) -> str:
        """One message; its timestamp."""
        _, ts = await self._said(place, drawn, nonce)
        return ts

    async def _said(self, place: Place, drawn: Drawn, nonce: str) -> tuple[str, str]:
        """One message: the channel that it stands in, and its timestamp."""
        client = await self._clients(place.space)
        arguments: dict[str, Any] = {"channel": place.channel, "text": drawn.text, "blocks": drawn.blocks}
        if place.thread:
            arguments["thread_ts"] = place.thread
        answer: Any = await tried(
            lambda: client.chat_postMessage(
                **arguments,
                metadata={"event_type": EVENT, "event_payload": {"nonce": nonce}},
                unfurl_links=False,
                unfurl_media=False,
            ),
            repeatable=False,
        )
        return str(answer.get("channel") or place.channel), str(answer["ts"])


def _there(place: Place, ref: str) -> tuple[Place, str]:
    """Where a message stands, and its timestamp: in the place, or in somebody's direct messages."""
    channel, direct, own = ref.partition(_IN)
    return (replace(place, channel=channel, thread=""), own) if direct else (place, ref)


async def _updated(client: AsyncWebClient, channel: str, ref: str, drawn: Drawn) -> None:
    """One message redrawn."""
    await tried(lambda: client.chat_update(channel=channel, ts=ref, text=drawn.text, blocks=drawn.blocks), repeatable=True)


async def _deleted(client: AsyncWebClient, channel: str, ref: str) -> None:
    """One message or file deleted."""
    file, of, _ = ref.partition(_OF)
    if of:
        await client.files_delete(file=file)
    else:
        await client.chat_delete(channel=channel, ts=ref)


def _messages(refs: Iterable[str]) -> list[str]:
    return [ref for ref in refs if _OF not in ref]


def _files(refs: Iterable[str]) -> list[str]:
    return [ref for ref in refs if _OF in ref]


def _digest(handout: Handout) -> str:
    return hashlib.sha256(handout.text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _ref(file: str, handout: Handout) -> str:
    return f"{file}{_OF}{_digest(handout)}"
