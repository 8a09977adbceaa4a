"""Slack as a platform: what people use becomes calls, replies become private answers, public cards become messages.

`listeners` takes what comes, `deeds`, `submitting` and `happenings` read it, `serving` carries it out and answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from adapters.slack import listeners
from adapters.slack.answering import Answer
from adapters.slack.background import Background
from adapters.slack.callers import PLATFORM
from adapters.slack.cards import drawn_private
from adapters.slack.channels import Channels
from adapters.slack.connection import Connection
from adapters.slack.gate import Gate, open_gate
from adapters.slack.remembering import People
from adapters.slack.serving import Service
from bot.cards import Card, Reply, note
from bot.chat import Inbox
from bot.errors import CannotPost
from bot.ports import Clock, Vault
from bot.sentences import say
from bot.story.people import Place

_NOT_POSTED = {
    "not_in_channel": "not_there",
    "channel_not_found": "not_there",
    "is_archived": "archived",
    "restricted_action": "may_not_post",
    "restricted_action_read_only_channel": "may_not_post",
    "restricted_action_thread_only_channel": "may_not_post",
}
"""What somebody who used the bot there can be told of a channel that takes no cards."""


class Slack:
    """A ChatAdapter for Slack."""

    def __init__(self, connection: Connection, vault: Vault, clock: Clock) -> None:
        self._connection = connection
        self._vault = vault
        self._clock = clock
        self._gate: Gate | None = None
        self._channels: Channels | None = None
        self._ready = asyncio.Event()
        self.serving = asyncio.Event()
        """Set once deliveries are taken."""
        self.people = People()

    async def run(self, inbox: Inbox) -> None:
        """Serve until cancelled. Raises OperatorError for tokens that Slack refuses."""
        async with open_gate(self._connection, self._vault, self._clock) as gate, asyncio.TaskGroup() as group:
            self._gate = gate
            self._channels = Channels(gate.client, gate.session, history=self._connection.history)
            background = Background(group)
            gate.later, gate.went, gate.came = background.start, self.people.forget, partial(inbox.welcome, PLATFORM)
            listeners.register(Service(gate, inbox, group, self.people), background)
            await gate.check()
            self._ready.set()
            await gate.serve(self.serving)

    # ---- posting

    async def post(self, place: Place, card: Card, nonce: str) -> Sequence[str]:
        """Post a public card."""
        try:
            return await (await self._open()).post(place, card, nonce)
        except CannotPost as refused:
            await self._say_not_posted(place, refused)
            raise

    async def _say_not_posted(self, place: Place, refused: CannotPost) -> None:
        """Whoever used something there last is told what keeps the cards away, once, and nobody else."""
        door, key = self.people.memory.door(place.space, place.channel), _NOT_POSTED.get(refused.why)
        if key is None or door is None or self._gate is None:
            return
        if not self.people.memory.first_time((place.space, place.channel, key)):
            return
        client = await self._gate.client(place.space)
        said = note(say(f"slack.{key}", bot=await self._gate.name(place.space)))
        answer = Answer(client, self._gate.session, replace(door, own_card=False))
        if await answer.say(drawn_private(Reply.of(said)), over=False) == "lost":
            self.people.memory.unsaid(place.space, place.channel, key)

    async def edit(self, place: Place, refs: Sequence[str], card: Card) -> Sequence[str]:
        """Redraw a public card."""
        try:
            return await (await self._open()).edit(place, refs, card)
        except CannotPost as refused:
            await self._say_not_posted(place, refused)
            raise

    async def find(self, place: Place, card: Card, nonce: str) -> Sequence[str] | None:
        """Look for a card whose fate is unknown."""
        return await (await self._open()).find(place, card, nonce)

    async def remove(self, place: Place, refs: Sequence[str]) -> None:
        """Delete messages."""
        await (await self._open()).remove(place, refs)

    async def _open(self) -> Channels:
        await self._ready.wait()
        if self._channels is None:
            raise CannotPost("not connected")
        return self._channels
