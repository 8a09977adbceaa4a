"""A co-writer's text that grows before one person's eyes, in their own conversation with the bot.

Below a message that was pressed Slack lets an app *stream*: text is appended and never taken back, a stream dies about
five minutes after it began, its reader can stop it, and it takes no edits while it is open. Where nothing can be replied
to (a slash command is no message), and once a stream is over, a message of ours is edited instead. Either way the
finished draft takes the place of what grew.

In a channel a draft is its asker's alone, and what one person alone sees cannot be edited: there nothing grows.
https://docs.slack.dev/reference/methods/chat.startStream
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.fitting import whole
from adapters.pausing import Newest, Pauses
from adapters.slack.asking import FAILED, code_of, limited, retry_after, tried
from adapters.slack.cards import drawn_growing
from adapters.slack.cutting import cut
from adapters.slack.guarding import escaped
from adapters.slack.limits import STREAM_TEXT
from adapters.slack.parts import PIECE
from bot.cards import Reply
from bot.commands import Growing
from bot.errors import PostingError
from bot.markup import to_plain
from bot.sentences import say

log = logging.getLogger("room37.slack")

PAUSE = 1.0
"""Seconds between two changes in a channel: https://docs.slack.dev/apis/web-api/rate-limits (about one message a second)."""
PATIENCE = 10.0
"""So long is Slack left alone at most before a growing text goes on."""
STATUS_SECONDS = 2.0
_OVER = frozenset({"message_not_in_streaming_state", "stopped_by_user"})
_HEAD = 400
"""Characters of a stream that are kept for the line above its text."""


@dataclass(frozen=True, slots=True)
class Grown:
    """A message in whose place the answer comes."""

    channel: str
    ts: str
    thread: str = ""


class Growth:
    """What one person sees while the co-writer writes for them; without a channel nothing grows."""

    def __init__(
        self, client: AsyncWebClient, pauses: Pauses, group: asyncio.TaskGroup, *, channel: str, below: str
    ) -> None:
        self._client = client
        self._pauses = pauses
        self._newest = Newest(self._show, group)
        self._channel = channel
        self._below = below
        """The message to reply to; empty where there is none."""
        self._label = self._ts = ""
        self._mode: Literal["none", "stream", "edit", "still"] = "none"
        self._open = self._ending = False
        """A stream is open; the answer is there."""
        self._sent = 0
        self.grown: Grown | None = None
        """Where the answer goes, once all is said."""

    async def follow(
        self, outs: AsyncIterator[Growing | Reply], otherwise: Callable[[Growing], Awaitable[None]]
    ) -> Reply | None:
        """The reply, while what grows until then is shown; where it cannot be, `otherwise` says so once."""
        reply: Reply | None = None
        begun = False
        async for out in outs:
            if isinstance(out, Reply):
                reply = out
                continue
            if not begun:
                begun = True
                if not await self._begin(out.label):
                    await otherwise(out)
            if self._mode != "none":
                self._newest.grow(out.text)
        await self._end()
        return reply

    async def think(self) -> None:
        """Say that something is being thought about, where Slack has a line for that."""
        if self._channel and self._below:
            await self._status(to_plain(say("slack.thinking")))

    async def _begin(self, label: str) -> bool:
        """Make the message that is to grow; false where the bot cannot write."""
        self._label = label
        if not self._channel:
            return False
        if self._below and await self._start():
            return True
        drawn = drawn_growing(label, "")
        try:
            answer: Any = await tried(
                lambda: self._client.chat_postMessage(
                    channel=self._channel, thread_ts=self._below or None, text=drawn.text, blocks=drawn.blocks,
                    unfurl_links=False, unfurl_media=False,
                ),
                repeatable=False,
            )  # fmt: skip
        except PostingError as refused:
            log.info("a text does not grow there: %s", refused)
            return False
        self._ts, self._mode = str(answer["ts"]), "edit"
        return True

    async def _end(self) -> None:
        """Nothing grows any more: the answer comes in the place of what grew, if there is any."""
        self._ending = True
        await self._newest.rest()
        if self._mode != "none":
            await self._stop()
            self.grown = Grown(self._channel, self._ts, self._below)
        elif self._channel and self._below:
            await self._status("")

    # ---- as a stream

    async def _start(self) -> bool:
        try:
            answer: Any = await self._client.chat_startStream(
                channel=self._channel, thread_ts=self._below, markdown_text=f"_{escaped(self._said())}_\n\n"
            )
        except FAILED as refused:  # perhaps it began: then it stands there empty, and Slack ends it
            log.info("a text does not stream: %s", _why(refused))
            return False
        self._ts, self._mode, self._open = str(answer["ts"]), "stream", True
        return True

    async def _append(self, text: str) -> None:
        """What is new of the text. An append whose fate is unknown is not repeated: the text is edited in from then on."""
        ready = whole(text)[: STREAM_TEXT - _HEAD]
        new = escaped(ready[self._sent :])
        if not new or len(escaped(ready)) > STREAM_TEXT - _HEAD:
            return
        try:
            await self._client.chat_appendStream(channel=self._channel, ts=self._ts, markdown_text=new)
            self._sent = len(ready)
        except SlackApiError as refused:
            if limited(refused):
                await asyncio.sleep(min(retry_after(refused), PATIENCE))
                self._newest.again()
            elif code_of(refused) == "stopped_by_user":
                self._mode = "still"
            else:
                log.info("a stream ended: %s", code_of(refused))
                await self._leave_stream()
        except FAILED as broken:
            log.info("a stream is given up: %s", type(broken).__name__)
            await self._leave_stream()

    async def _leave_stream(self) -> None:
        await self._stop()
        self._mode = "edit"
        self._newest.again()

    async def _stop(self) -> None:
        """End the stream, so that its message can be edited; one that is over already needs no ending."""
        if not self._open:
            return
        self._open = False

        async def once() -> None:
            try:
                await self._client.chat_stopStream(channel=self._channel, ts=self._ts)
            except SlackApiError as refused:
                if code_of(refused) not in _OVER:
                    raise

        try:
            await tried(once, repeatable=True)
        except PostingError as refused:
            log.info("a stream could not be ended: %s", refused)

    # ---- as edits

    async def _edit(self, text: str) -> None:
        shown = whole(text)
        first = cut(shown, PIECE, PIECE, pieces_most=1)[0] if shown else ""
        drawn = drawn_growing(self._label, first if first == shown else first + "…")
        try:
            await self._client.chat_update(channel=self._channel, ts=self._ts, text=drawn.text, blocks=drawn.blocks)
        except SlackApiError as refused:
            if limited(refused):
                await asyncio.sleep(min(retry_after(refused), PATIENCE))
                self._newest.again()
            else:
                log.info("a growing text is not shown any more: %s", code_of(refused))
                self._mode = "still"
        except FAILED as broken:  # the next edit, or the answer, brings all of it
            log.info("a growing text was not shown: %s", type(broken).__name__)

    async def _show(self, text: str) -> None:
        if not self._ending:
            await self._pauses.wait(self._channel)
        if self._ending:  # the answer brings all of it
            return
        if self._mode == "stream":
            await self._append(text)
        elif self._mode == "edit":
            await self._edit(text)

    # ---- words

    async def _status(self, words: str) -> None:
        """The line under a conversation; without it nothing is lost."""
        try:
            async with asyncio.timeout(STATUS_SECONDS):
                await self._client.assistant_threads_setStatus(
                    channel_id=self._channel, thread_ts=self._below, status=words
                )
        except FAILED as refused:
            log.info("no status is shown: %s", _why(refused))

    def _said(self) -> str:
        return to_plain(say("slack.growing", label=self._label))


def _why(refused: BaseException) -> str:
    return code_of(refused) if isinstance(refused, SlackApiError) else type(refused).__name__
