"""One interaction's answer: exactly one first response in time, then edits; private, and safe to try again.

Discord wants a first response within 3 seconds. Work that takes longer than ACK_SECONDS is answered with "thinking"
(private, like the answer) and the answer is edited in. A callback whose connection broke is sent again: code 40060
then says that the first one arrived. https://discord.com/developers/docs/interactions/receiving-and-responding
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import aiohttp
import discord

from adapters.discord.callers import Asked
from adapters.discord.cards import Drawn
from adapters.discord.sending import to_edit, to_send

log = logging.getLogger("room37.discord")

ACK_SECONDS = 0.8
"""After this long an interaction is acknowledged whether or not its answer is there."""
AGAIN_SECONDS = 0.5
"""So long after Discord answered with a fault of its own is the next try."""
TRIES = 4
LATER_WAITS = (0.2, 1.0)
BROKEN = (aiohttp.ClientError, ConnectionError, TimeoutError)
"""What a request can end in without an answer; discord.py lets these through as they are."""

_UNKNOWN, _TAKEN, _BAD_TOKEN = 10062, 40060, 50027
Outcome = Literal["shown", "lost", "taken"]
"""`lost`: nobody saw it (too late), or nobody knows. `taken`: somebody else had answered this interaction already."""


@dataclass(frozen=True, slots=True)
class Sending:
    """Messages of an answer, and whether they take the place of the card that was pressed."""

    messages: Sequence[Drawn]
    over: bool = False


class Answer:
    """What is said to one interaction."""

    def __init__(self, asked: Asked, group: asyncio.TaskGroup, *, over: bool) -> None:
        self._asked = asked
        self._group = group
        self._over = over
        self._private = asked.guild_id is not None
        self._turn = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._tried = False
        self._below: list[discord.WebhookMessage] = []
        self.first: Literal["none", "thinking", "over", "message", "failed", "taken"] = "none"

    def begin(self) -> None:
        """Start the clock of the first response."""
        self._timer = asyncio.get_running_loop().call_later(ACK_SECONDS, self._late)

    def _late(self) -> None:
        self._group.create_task(self.hold())

    async def hold(self) -> None:
        """Acknowledge without an answer yet, unless there is one."""
        async with self._turn:
            if self.first != "none":
                return
            self.first = await self._respond(
                lambda: self._asked.response.defer(ephemeral=self._private, thinking=not self._over),
                "over" if self._over else "thinking",
            )

    async def form(self, modal: discord.ui.Modal) -> bool:
        """Open a form, if it may: it can only be the first response, and not to another form."""
        if self._asked.type is discord.InteractionType.modal_submit:
            return False
        self._stop()
        async with self._turn:
            if self.first != "none":
                return False
            self.first = await self._respond(lambda: self._asked.response.send_modal(modal), "message")
            return True

    async def say(self, sending: Sending) -> Outcome:
        """Show these messages: as the first response, or in the place of "thinking"."""
        self._stop()
        async with self._turn:
            if self.first == "taken":
                return "taken"
            if self.first == "failed":
                return "lost"
            first, *rest = sending.messages
            shown = await (
                self._open(first, over=sending.over and self._over)
                if self.first == "none"
                else self._put(first, over=sending.over)
            )
            await self._clear()
            for message in rest:
                if shown == "shown":
                    shown = await self._more(message)
            return shown

    async def grow(self, index: int, message: Drawn) -> None:
        """Show a piece of a growing text: the first in the place of what was answered, later ones below it."""
        async with self._turn:
            if index == 0:
                await self._edit(message)
            elif index <= len(self._below):
                below = self._below[index - 1]
                await self._later(lambda: below.edit(**to_edit(message)))
            else:
                await self._later(partial(self._add, message), once=True)

    async def _add(self, message: Drawn) -> None:
        sent = await self._asked.followup.send(**to_send(message), ephemeral=self._private, wait=True)
        self._below.append(sent)

    async def _clear(self) -> None:
        """Take away what a growing text rolled over into: the whole text has come."""
        while self._below:
            below = self._below.pop()
            await self._later(below.delete)

    async def _open(self, message: Drawn, *, over: bool) -> Outcome:
        def send() -> Awaitable[object]:
            if over:
                return self._asked.response.edit_message(**to_edit(message))
            return self._asked.response.send_message(**to_send(message), ephemeral=self._private)

        self.first = await self._respond(send, "message")
        if self.first == "taken":
            return "taken"
        return "shown" if self.first == "message" else "lost"

    async def _put(self, message: Drawn, *, over: bool) -> Outcome:
        """After a first response: "thinking" is edited; a pressed card is, when the answer is its new face."""
        if self.first == "over" and not over:
            return await self._more(message)
        return await self._edit(message)

    async def _edit(self, message: Drawn) -> Outcome:
        return await self._later(lambda: self._asked.edit_original_response(**to_edit(message)))

    async def _more(self, message: Drawn) -> Outcome:
        return await self._later(
            lambda: self._asked.followup.send(**to_send(message), ephemeral=self._private, wait=True), once=True
        )

    async def _respond(
        self, send: Callable[[], Awaitable[object]], sent: Literal["thinking", "over", "message"]
    ) -> Literal["thinking", "over", "message", "failed", "taken"]:
        """The first response, tried until it is known to have arrived or to be too late."""
        for _ in range(TRIES):
            try:
                await send()
                return sent
            except discord.InteractionResponded:
                return sent
            except discord.HTTPException as refused:
                if refused.code == _TAKEN:
                    return sent if self._tried else "taken"
                if refused.code == _UNKNOWN or refused.status < 500:
                    _note(refused)
                    return "failed"
                await asyncio.sleep(AGAIN_SECONDS)
            except discord.RateLimited as limited:
                await asyncio.sleep(min(limited.retry_after, AGAIN_SECONDS))
            except BROKEN as broken:
                log.info("an answer is sent again: %s", type(broken).__name__)
            except RuntimeError:
                if not self._closed:
                    raise
                return "failed"
            self._tried = True
        return "failed"

    async def _later(self, send: Callable[[], Awaitable[object]], *, once: bool = False) -> Outcome:
        """A change of what was answered. Repeating it does no harm, but for a further message (`once`): one whose fate
        is unknown is not sent again but counts as lost, so that it comes with the next answer, and says so."""
        for wait in (*LATER_WAITS, None):
            try:
                await send()
                return "shown"
            except discord.HTTPException as refused:
                if refused.status < 500:
                    _note(refused)
                    return "lost"
                log.info("an answer did not arrive: %s", refused.status)
            except (discord.RateLimited, *BROKEN) as broken:
                log.info("an answer did not arrive: %s", type(broken).__name__)
            except RuntimeError:
                if not self._closed:
                    raise
                return "lost"
            if once or wait is None:
                break
            await asyncio.sleep(wait)
        return "lost"

    @property
    def _closed(self) -> bool:
        """Whether the client was closed (it is being made anew): its requests end in a RuntimeError then."""
        return self._asked.client.is_closed()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def close(self) -> None:
        """The interaction is done with."""
        self._stop()


def _note(refused: discord.HTTPException) -> None:
    """Lateness is ordinary; anything else that Discord refuses is a defect of ours, named by code and field alone."""
    if refused.code in (_UNKNOWN, _BAD_TOKEN, 10008, 10015):
        log.info("an answer came too late: %s", refused.code)
    else:
        log.error("Discord refused an answer: %s %s", refused.status, refused.code)

