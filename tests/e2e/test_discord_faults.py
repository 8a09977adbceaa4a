"""Whatever Discord and the network do: executed once, shown once, answered, nothing in the log, and the bot goes on.

The rows are those of the fault table of discord.py 2.7.1 as it was run: what it tries again by itself, what it lets
through, and what had its effect although the answer was lost.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.story.books import Books
from tests.brisk import brisk
from tests.discord_rig import DiscordRoom, open_discord_room
from tests.servers.discord import DiscordServer
from tests.servers.discord.interactions import Interaction

POSTS = "POST /channels/*/messages"
EDITS = "PATCH /channels/*/messages/*"
CALLBACKS = "POST /interactions/*/callback"
ANSWERS = "PATCH /webhooks/*/messages/@original"
WORDS = "The lamp went out over the water."

Meanwhile = Callable[[DiscordRoom], Awaitable[None]]
"""What happens between a person's command and its answer."""


@dataclass(frozen=True)
class Row:
    """One fault: what is broken before the commands, and what happens while they are carried out."""

    name: str
    route: str = ""
    status: int | None = None
    reset: bool = False
    after: bool = False
    times: int = 1
    retry_after: float = 1.0
    delay: float = 0.0
    slow: bool = False
    """The database takes so long that the answer comes after "thinking"."""
    meanwhile: Meanwhile | None = None
    lost: bool = False
    """The person gets the answer with their next one."""

    def arrange(self, server: DiscordServer) -> None:
        """Break what is to break."""
        if self.route:
            server.faults.add(
                self.route, times=self.times, status=self.status, reset=self.reset, delay=self.delay,
                when="after" if self.after else "before", retry_after=self.retry_after,
            )  # fmt: skip


async def _asked_to_reconnect(room: DiscordRoom) -> None:
    room.server.gateway.ask_to_reconnect()
    await room.server.gateway.back(60)


async def _invalid_but_resumable(room: DiscordRoom) -> None:
    room.server.gateway.invalidate(resumable=True)
    await room.server.gateway.back(60)


async def _session_over(room: DiscordRoom) -> None:
    room.server.gateway.invalidate(resumable=False)
    await room.server.gateway.back(60)


def _closed(code: int) -> Meanwhile:
    async def close(room: DiscordRoom) -> None:
        await room.server.gateway.close(code)
        await room.server.gateway.back(60)

    return close


async def _reset(room: DiscordRoom) -> None:
    room.server.gateway.reset()
    await room.server.gateway.back(60)


async def _gateway_down(room: DiscordRoom) -> None:
    room.server.faults.shut = 3
    room.server.gateway.reset()
    await room.server.gateway.back(300)


async def _too_old(room: DiscordRoom) -> None:
    """The bot thinks for longer than an interaction's token lives."""
    room.server.age(minutes=16)


ROWS = [
    *(Row(f"{status} before a post", POSTS, status) for status in (500, 502, 503, 504, 524)),
    *(Row(f"{status} after a post", POSTS, status, after=True) for status in (500, 502, 503, 504, 524)),
    Row("503 for longer than a post is tried", POSTS, 503, after=True, times=7),
    Row("reset before a post", POSTS, reset=True),
    Row("reset after a post", POSTS, reset=True, after=True),
    Row("resets for longer than a post is tried", POSTS, reset=True, after=True, times=7),
    Row("reset before an edit", EDITS, reset=True),
    Row("reset after an edit", EDITS, reset=True, after=True),
    Row("502 after an edit", EDITS, 502, after=True),
    Row("503 before an edit", EDITS, 503),
    Row("reset before a callback", CALLBACKS, reset=True),
    Row("reset after a callback", CALLBACKS, reset=True, after=True),
    Row("500 before a callback", CALLBACKS, 500),
    Row("502 after a callback", CALLBACKS, 502, after=True),
    Row("reset before a later answer", ANSWERS, reset=True, slow=True),
    Row("502 after a later answer", ANSWERS, 502, after=True, slow=True),
    Row("429 for a moment on a post", POSTS, 429, retry_after=1.5),
    Row("429 for long on a post", POSTS, 429, retry_after=75.0),
    Row("429 for a moment on an edit", EDITS, 429, retry_after=1.5),
    Row("429 for long on an edit", EDITS, 429, retry_after=75.0),
    Row("429 for a moment on a callback", CALLBACKS, 429, retry_after=0.4),
    Row("429 for long on a later answer", ANSWERS, 429, retry_after=600.0, slow=True),
    Row("op 7", meanwhile=_asked_to_reconnect),
    Row("op 9 true", meanwhile=_invalid_but_resumable),
    Row("op 9 false", meanwhile=_session_over),
    Row("close 4000", meanwhile=_closed(4000)),
    Row("close 1001", meanwhile=_closed(1001)),
    Row("reset of the socket", meanwhile=_reset),
    Row("gateway down during the reconnect", meanwhile=_gateway_down),
    Row("every callback too late", CALLBACKS, delay=4.0, times=4, lost=True),
    Row("an expired token", slow=True, meanwhile=_too_old, lost=True),
]


@asynccontextmanager
async def _room(folder: Path) -> AsyncIterator[DiscordRoom]:
    """A room with a story, in which public cards come when they come."""
    async with open_discord_room(f"sqlite:///{folder}/house.db") as room:
        await room.says("ada", "/story new The Last Ferry")
        await room.says("ben", "/extend It began at the quay.")
        room.settles = False
        with brisk():
            yield room


def _slow(room: DiscordRoom, seconds: float = 0.12) -> asyncio.Future[None]:
    """Keep the one writer of the database busy, for seconds of this machine's."""
    return asyncio.ensure_future(room.house.runner.write(lambda _: time.sleep(seconds)))


async def _texts(room: DiscordRoom) -> list[str]:
    def read(books: Books) -> list[str]:
        story = books.snapshot().story
        assert story is not None
        return [version.text for _, version in books.passages(story.id)]

    found: list[str] = await room.look(read)
    return found


async def _done(room: DiscordRoom, kind: str) -> int:
    deeds: list[str] = await room.look(lambda books: [d.entry.kind for d in books.deeds(limit=200)])
    return deeds.count(kind)


async def _seen(room: DiscordRoom, interaction: Interaction) -> str:
    """What the person read on the answer; empty when there was none."""
    answer = await room.answer_to(interaction)
    if answer.failed:
        await asyncio.sleep(5)  # the person sits there for a moment
        return ""
    try:
        await answer.finished(60)
    except TimeoutError:
        return ""
    return "\n".join(one.words for one in (answer.message, *answer.followups))


def _clean(log: pytest.LogCaptureFixture) -> None:
    """No traceback, no error, and none of what people wrote."""
    for record in log.records:
        assert record.exc_info is None, record.getMessage()
        assert record.levelno < logging.ERROR, record.getMessage()
        assert "lamp" not in record.getMessage()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_a_fault_loses_nothing_and_doubles_nothing(
    row: Row, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with _room(tmp_path) as room:
        row.arrange(room.server)
        busy = _slow(room) if row.slow else None
        asked = room.starts("ada", f"/extend {WORDS}")
        if row.meanwhile is not None:
            await asyncio.sleep(1.5 if row.slow else 0.3)
            await row.meanwhile(room)
        told = await _seen(room, asked)
        if busy is not None:
            await busy
        if row.lost:
            assert "passage 2" not in told
        else:
            assert told.count("passage 2") == 1, told
        await room.posted()
        after = await _seen(room, room.starts("ada", "/pitch A bell answers"))
        assert "A bell answers" in after
        assert ("passage 2" in after) == row.lost, after
        assert "passage 2" not in await _seen(room, room.starts("ada", "/help"))
        await room.posted()
        assert (await _texts(room)).count(WORDS) == 1
        assert await _done(room, "pitch.added") == 1
        public = [message.words for message in room.wall.messages]
        assert sum(WORDS in words for words in public) == 1, public
        assert sum("It began at the quay." in words for words in public) == 1
        assert sum("A round is open" in words for words in public) == 1
        scene = [words for words in public if "Scene 1" in words]
        assert len(scene) == 1
        assert "2 passages" in scene[0]
        assert WORDS in await _seen(room, room.starts("cy", "/read"))
    if row.route:
        assert room.server.faults.done, "nothing was broken"
    _clean(caplog)
