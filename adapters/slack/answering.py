"""One interaction's private answer in Slack: a form while its trigger lives, else messages that only the caller sees.

A trigger opens one form within 3 seconds. What a slash command or a press is answered with goes to its `response_url`
(five times in 30 minutes), which reaches people in channels that the bot is not in, and can redraw the private card that
was pressed; where there is none, to `chat.postEphemeral`. https://docs.slack.dev/interactivity/handling-user-interaction
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.accounts import is_direct
from adapters.slack.asking import BROKEN, code_of, retry_after
from adapters.slack.cards import Drawn

log = logging.getLogger("room37.slack")

USES = 5
"""How often a `response_url` may be used."""
WAITS = (0.3, 1.0)
Outcome = Literal["shown", "lost"]


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


class Answer:
    """What is said to one interaction."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession, door: Door) -> None:
        self._client = client
        self._session = session
        self._door = door
        self._uses = 0

    async def form(self, view: dict[str, Any]) -> bool:
        """Open a form; false when the trigger is too old or was used."""
        if not self._door.trigger:
            return False
        try:
            await self._client.views_open(trigger_id=self._door.trigger, view=view)
        except SlackApiError as refused:
            code = code_of(refused)
            if code not in ("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "ratelimited"):
                log.error("Slack refused a form: %s", code)
            return False
        except BROKEN as broken:
            log.info("a form did not open: %s", type(broken).__name__)
            return False
        return True

    async def say(self, messages: Sequence[Drawn], *, over: bool) -> Outcome:
        """Show these messages to the caller alone; `over` lets the first take the place of the card that was pressed."""
        outcome: Outcome = "lost"
        for index, message in enumerate(messages):
            replaces = over and index == 0 and self._door.own_card
            outcome = await self._show(message, replaces=replaces)
            if outcome == "lost":
                return "lost"
            await self._hand_out(message)
        return outcome

    async def _show(self, message: Drawn, *, replaces: bool) -> Outcome:
        if self._door.response_url and self._uses < USES:
            self._uses += 1
            if await self._respond(message, replaces=replaces):
                return "shown"
        return await self._post(message)

    async def _respond(self, message: Drawn, *, replaces: bool) -> bool:
        body = {
            "response_type": "ephemeral", "replace_original": replaces, "text": message.text, "blocks": message.blocks,
        }  # fmt: skip
        for wait in (*WAITS, None):
            try:
                async with self._session.post(self._door.response_url, json=body) as response:
                    if response.status < 300:
                        return True
                    if response.status < 500 and response.status != 429:
                        log.info("a response_url was refused: %s", response.status)
                        return False
            except BROKEN as broken:
                log.info("an answer is sent again: %s", type(broken).__name__)
            if wait is not None:
                await asyncio.sleep(wait)
        return False

    async def _post(self, message: Drawn) -> Outcome:
        """Below the channel's messages, to the caller alone; in a direct message, as an ordinary one."""
        arguments: dict[str, Any] = {"channel": self._door.channel, "text": message.text, "blocks": message.blocks}
        if self._door.thread:
            arguments["thread_ts"] = self._door.thread
        for wait in (*WAITS, None):
            try:
                if is_direct(self._door.channel):
                    await self._client.chat_postMessage(**arguments, unfurl_links=False, unfurl_media=False)
                else:
                    await self._client.chat_postEphemeral(user=self._door.user, **arguments)
                return "shown"
            except SlackApiError as refused:
                if code_of(refused) not in ("ratelimited", "service_unavailable", "internal_error", "fatal_error"):
                    log.info("an answer could not be shown: %s", code_of(refused))
                    return "lost"
                await asyncio.sleep(min(retry_after(refused), 5.0))
            except BROKEN:
                pass
            if wait is not None:
                await asyncio.sleep(wait)
        return "lost"

    async def _hand_out(self, message: Drawn) -> None:
        """Files go to the caller's own conversation with the bot: nothing else in Slack is private to one person."""
        for handout in message.handouts:
            try:
                opened: Any = await self._client.conversations_open(users=self._door.user)
                await self._client.files_upload_v2(
                    channel=opened["channel"]["id"], content=handout.text, filename=handout.name, title=handout.name,
                    alt_txt=handout.about,
                )  # fmt: skip
            except (SlackApiError, *BROKEN) as fault:
                log.warning("a file could not be handed over: %s", type(fault).__name__)
