"""One interaction's private answer in Slack: a form while its trigger lives, else messages that only the caller sees.

A trigger opens one form within 3 seconds. What a slash command or a press is answered with goes to its `response_url`
(five times in 30 minutes), which reaches people in channels that the bot is not in, and can redraw the private card that
was pressed; where there is none, to `chat.postEphemeral`; where the bot is not, to the caller's own conversation with it.
An answer whose fate is unknown is not sent again, so that nobody reads it twice: it comes with their next one.
https://docs.slack.dev/interactivity/handling-user-interaction
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.accounts import is_direct
from adapters.slack.asking import FAILED, TOO_LONG, code_of, limited, passing, retry_after, tried
from adapters.slack.cards import Drawn
from adapters.slack.handing import share, uploaded
from adapters.slack.presence import own_direct
from adapters.slack.shortening import said
from adapters.slack.streaming import Grown
from bot.errors import CannotPost, PostingError

log = logging.getLogger("room37.slack")

USES = 5
"""How often a `response_url` may be used."""
WAITS = (0.3, 1.0)
Outcome = Literal["shown", "lost"]
_NOT_THERE = frozenset(
    {"channel_not_found", "not_in_channel", "user_not_in_channel", "is_archived", "restricted_action", "no_permission"}
)
"""Slack's words for a channel in which the caller cannot be answered."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where an answer can go."""

    channel: str
    user: str
    thread: str = ""
    response_url: str = ""
    trigger: str = ""
    own_card: bool = False
    """What was pressed is a card that only its presser sees: the answer may take its place."""
    pressed: str = ""
    """The message that was pressed, if everybody there sees it: it can be replied to."""


class Answer:
    """What is said to one interaction."""

    def __init__(
        self, client: AsyncWebClient, session: aiohttp.ClientSession, door: Door, grown: Grown | None = None
    ) -> None:
        self._client = client
        self._session = session
        self._door = door if grown is None else replace(door, thread=grown.thread, response_url="")
        self._grown = grown
        """A message of ours whose place the first message takes: a text that grew until now."""
        self._uses = 0

    async def form(self, view: dict[str, Any]) -> bool:
        """Open a form; false when the trigger is too old or was used."""
        if not self._door.trigger:
            return False
        try:
            await self._client.views_open(trigger_id=self._door.trigger, view=view)
        except SlackApiError as refused:
            code = code_of(refused)
            late = code in ("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id")
            log.log(logging.INFO if late or passing(refused) else logging.ERROR, "Slack refused a form: %s", code)
            return False
        except FAILED as broken:
            log.info("a form did not open: %s", type(broken).__name__)
            return False
        return True

    async def say(self, messages: Sequence[Drawn], *, over: bool) -> Outcome:
        """Show these messages to the caller alone; `over` lets the first take the place of the card that was pressed."""
        outcome: Outcome = "lost"
        for index, message in enumerate(messages):
            replaces = over and index == 0 and self._door.own_card
            try:
                outcome, taken = await said(partial(self._show, replaces=replaces), message)
            except CannotPost:
                return "lost"
            if outcome == "lost" or not await self._hand_out(taken):
                return "lost"
        return outcome

    async def _show(self, message: Drawn, *, replaces: bool) -> Outcome:
        """One message. Raises CannotPost for one that Slack finds too long."""
        if self._grown is not None:
            grown, self._grown = self._grown, None
            if await self._in_place(message, grown):
                return "shown"
        if self._door.response_url and self._uses < USES:
            self._uses += 1
            outcome = await self._respond(message, replaces=replaces)
            if outcome is not None:
                return outcome
        return await self._post(message)

    async def _in_place(self, message: Drawn, grown: Grown) -> bool:
        """Whether a message that stands there could be made to say this."""
        try:
            await tried(
                lambda: self._client.chat_update(
                    channel=grown.channel, ts=grown.ts, text=message.text, blocks=message.blocks
                ),
                repeatable=True,
            )
        except PostingError as refused:
            log.info("an answer does not stand where its text grew: %s", refused)
            return False
        return True

    async def _respond(self, message: Drawn, *, replaces: bool) -> Outcome | None:
        """By the response_url; None when it takes nothing (any more), so that another way is open."""
        body = {
            "response_type": "ephemeral", "replace_original": replaces, "text": message.text, "blocks": message.blocks,
        }  # fmt: skip
        for wait in (*WAITS, None):
            try:
                async with self._session.post(self._door.response_url, json=body) as response:
                    if response.status < 300:
                        return "shown"
                    if response.status >= 500 and not replaces:
                        log.info("an answer may be lost: %s", response.status)
                        return "lost"
                    if response.status < 500 and response.status != 429:
                        log.info("a response_url was refused: %s", response.status)
                        return None
            except aiohttp.ClientConnectorError as broken:  # nothing was sent
                log.info("an answer is sent again: %s", type(broken).__name__)
            except FAILED as broken:
                log.info("an answer may be lost: %s", type(broken).__name__)
                if not replaces:
                    return "lost"
            if wait is not None:
                await asyncio.sleep(wait)
        return "lost" if replaces else None

    async def _post(self, message: Drawn) -> Outcome:
        """Below the channel's messages, to the caller alone; where that cannot be, in a direct message."""
        channel, thread = self._door.channel, self._door.thread
        for wait in (*WAITS, None):
            try:
                if not channel:
                    channel, thread = await own_direct(self._client, self._door.user), ""
                await self._send(message, channel, thread)
                return "shown"
            except aiohttp.ClientConnectorError:  # nothing was sent
                pass
            except SlackApiError as refused:
                if limited(refused):
                    await asyncio.sleep(min(retry_after(refused), 5.0))
                elif channel and not is_direct(channel) and code_of(refused) in _NOT_THERE:
                    channel = ""
                elif code_of(refused) in TOO_LONG:
                    raise CannotPost(code_of(refused)) from None
                else:
                    log.info("an answer could not be shown: %s", code_of(refused))
                    return "lost"
            except FAILED as broken:
                log.info("an answer may be lost: %s", type(broken).__name__)
                return "lost"
            if wait is not None and channel:
                await asyncio.sleep(wait)
        return "lost"

    async def _send(self, message: Drawn, channel: str, thread: str) -> None:
        arguments: dict[str, Any] = {"channel": channel, "text": message.text, "blocks": message.blocks}
        if thread:
            arguments["thread_ts"] = thread
        if is_direct(channel):
            await self._client.chat_postMessage(**arguments, unfurl_links=False, unfurl_media=False)
        else:
            await self._client.chat_postEphemeral(user=self._door.user, **arguments)

    async def _hand_out(self, message: Drawn) -> bool:
        """Files go to the caller's own conversation with the bot: nothing else in Slack is private to one person."""
        for handout in message.handouts:
            try:
                file = await uploaded(self._client, self._session, handout)
                await share(self._client, file, handout, await own_direct(self._client, self._door.user))
            except (PostingError, *FAILED) as fault:
                log.warning("a file could not be handed over: %s", type(fault).__name__)
                return False
        return True
