"""Whatever Slack and the network do: executed once, shown once, answered, nothing in the log, and the bot goes on.

What Slack did although its answer was lost is not done again: a public card is found by its metadata, a private answer
whose fate is unknown comes with the person's next one.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.brisk import brisk
from tests.e2e.conftest import FULL
from tests.e2e.slack_scenes import WAITING, WORDS, a_room, clean, done, posted, private, starts, texts, told
from tests.servers.slack import SlackServer
from tests.slack_rig import SlackRoom

POSTS = "chat.postMessage"
EDITS = "chat.update"
ANSWERS = "hooks"
FORMS = "views.open"
Meanwhile = Callable[[SlackRoom], Awaitable[None]]
"""What happens between a person's command and its answer."""


@dataclass(frozen=True)
class Row:
    """One fault: what is broken before the commands, and what happens while they are carried out."""

    name: str
    route: str = ""
    status: int | None = None
    error: str = ""
    reset: bool = False
    after: bool = False
    times: int = 1
    retry_after: float = 1.0
    duplicates: int = 0
    slow: bool = False
    """The database takes so long that the answer comes after what happens meanwhile."""
    meanwhile: Meanwhile | None = None
    lost: bool = False
    """The person gets the answer with their next one."""

    def arrange(self, server: SlackServer) -> None:
        """Break what is to break."""
        server.faults.duplicates = self.duplicates
        if self.route:
            server.faults.add(
                self.route, times=self.times, status=self.status, error=self.error, reset=self.reset,
                when="after" if self.after else "before", retry_after=self.retry_after,
            )  # fmt: skip


async def _back(room: SlackRoom, seconds: float = 300) -> None:
    with brisk(WAITING):
        await room.server.sockets.back(seconds)


async def _refreshed(room: SlackRoom) -> None:
    await room.server.sockets.ask_to_leave("refresh_requested")
    await _back(room)


async def _warned(room: SlackRoom) -> None:
    await room.server.sockets.ask_to_leave("warning")
    await _back(room)


async def _closed(room: SlackRoom) -> None:
    await room.server.sockets.close()
    await _back(room)


async def _reset(room: SlackRoom) -> None:
    room.server.sockets.reset()
    await _back(room)


async def _shut(room: SlackRoom) -> None:
    room.server.faults.shut = 3
    room.server.sockets.reset()
    await _back(room)


async def _too_late(room: SlackRoom) -> None:
    """The bot thinks for longer than a response_url lives: the answer goes another way."""
    room.server.age(minutes=31)


ROWS = [
    *(Row(f"{status} before a post", POSTS, status) for status in (500, 502, 503, 504)),
    *(Row(f"{status} after a post", POSTS, status, after=True) for status in (500, 502, 503, 504)),
    Row("503 for long", POSTS, 503, after=True, times=4),
    Row("reset before a post", POSTS, reset=True),
    Row("reset after a post", POSTS, reset=True, after=True),
    Row("resets for long", POSTS, reset=True, after=True, times=4),
    Row("fatal_error after a post", POSTS, error="fatal_error", after=True),
    Row("ratelimited without a header", POSTS, error="ratelimited"),
    Row("429 for a moment on a post", POSTS, 429, retry_after=1.0),
    Row("429 for long on a post", POSTS, 429, retry_after=75.0),
    Row("429 for a moment on an edit", EDITS, 429, retry_after=1.0),
    Row("429 for long on an edit", EDITS, 429, retry_after=75.0),
    Row("reset before an edit", EDITS, reset=True),
    Row("reset after an edit", EDITS, reset=True, after=True),
    Row("502 after an edit", EDITS, 502, after=True),
    Row("503 before an edit", EDITS, 503),
    Row("429 on an answer", ANSWERS, 429, retry_after=1.0),
    Row("503 before an answer", ANSWERS, 503, lost=True),
    Row("reset after an answer", ANSWERS, reset=True, after=True, lost=True),
    Row("a response_url that is gone", ANSWERS, 404),
    Row("a response_url that is too old", slow=True, meanwhile=_too_late),
    Row("delivered twice", duplicates=1),
    Row("a refresh", meanwhile=_refreshed),
    Row("a warning", meanwhile=_warned),
    Row("a closed socket", meanwhile=_closed),
    Row("a reset of the socket", meanwhile=_reset),
    Row("new sockets refused", meanwhile=_shut),
]


@pytest.mark.parametrize("row", ROWS if FULL else ROWS[::4], ids=lambda row: row.name)
async def test_a_fault_loses_nothing_and_doubles_nothing(
    row: Row, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with a_room(tmp_path) as room:
        row.arrange(room.server)
        busy = asyncio.ensure_future(room.house.runner.write(lambda _: time.sleep(0.4))) if row.slow else None
        asked = starts(room, "ada", f"extend {WORDS}")
        if row.meanwhile is not None:
            await asyncio.sleep(0.1)
            await row.meanwhile(room)
        got = await told(room, "ada", asked) if not private(room, "ada")[1:] else private(room, "ada")[-1].top
        if busy is not None:
            await busy
        assert got.count("passage 2") == (0 if row.lost and not row.after else 1), got
        await posted(room)
        after = await told(room, "ada", "pitch A bell answers")
        assert "A bell answers" in after
        assert ("passage 2" in after) == row.lost, after
        assert "passage 2" not in await told(room, "ada", "help")
        await posted(room)
        assert (await texts(room)).count(WORDS) == 1
        assert await done(room, "pitch.added") == 1
        public = [message.words for message in room.wall.messages]
        assert sum(WORDS in words for words in public) == 1, public
        assert sum("It began at the quay." in words for words in public) == 1
        assert sum("A round is open" in words for words in public) == 1
        scene = [words for words in public if "scene 1" in words]
        assert len(scene) == 1
        assert "2 passages" in scene[0]
        assert WORDS in await told(room, "cy", "read")
    if row.route:
        assert room.server.faults.done, "nothing was broken"
    clean(caplog)


async def test_a_channel_without_the_bot_is_told_once_to_who_can_act_and_posted_when_it_is_let_in(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_room(tmp_path) as first:
        attic = first.server.channel("attic", bot=False)
        room = first.elsewhere("attic")
        await room.says("ada", "/story new The Attic")
        await room.says("ada", f"/extend {WORDS}")
        with brisk(WAITING):
            await asyncio.sleep(3)
        said = [seen for seen in room.person("ada").sees(attic) if seen.ephemeral and "/invite @room-37" in seen.words]
        assert len(said) == 1, [seen.words for seen in room.person("ada").sees(attic)]
        assert room.wall.messages == []
        room.server.joins(room.server.bot, attic)
        await posted(room)
        assert sum(WORDS in message.words for message in room.wall.messages) == 1
    clean(caplog)


async def test_without_history_a_doubtful_post_is_made_at_most_once_and_said_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_room(tmp_path, history=False) as room:
        room.server.faults.add(POSTS, reset=True, when="after")
        await told(room, "ada", f"extend {WORDS}")
        await posted(room)
        assert sum(WORDS in message.words for message in room.wall.messages) == 1
        assert sum("may be missing" in record.getMessage() for record in caplog.records) == 1
    clean(caplog)
