"""What scenes in a loopback Slack have in common: a room with a story, what one person reads, what was kept, a clean log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.story.books import Books
from tests.brisk import brisk
from tests.servers.slack import Seen, SlackServer
from tests.servers.slack.interactions import Interaction
from tests.slack_rig import SlackRoom, Transport, open_slack_room

WAITING = 60.0
"""How much faster than the clock time passes while people wait."""
WORDS = "The lamp went out over the water."


@asynccontextmanager
async def a_room(
    folder: Path, *, transport: Transport = "socket", history: bool = True, server: SlackServer | None = None
) -> AsyncIterator[SlackRoom]:
    """A room with a story."""
    url = f"sqlite:///{folder}/house.db"
    async with open_slack_room(url, transport=transport, history=history, server=server) as room:
        await room.says("ada", "/story new The Last Ferry")
        await room.says("ben", "/extend It began at the quay.")
        yield room


async def posted(room: SlackRoom) -> None:
    """Wait until the public cards are up to date, which takes as long as Slack and the adapter say."""
    with brisk(WAITING):
        await room.posted()


def starts(room: SlackRoom, name: str, line: str) -> Interaction:
    """`/room` with a line, without waiting for anything."""
    room.clock.pass_(milliseconds=1)
    return room.person(name).starts(room.channel, "/room", line)


def private(room: SlackRoom, name: str, *, direct: bool = False) -> list[Seen]:
    """What only this person sees: in the channel, or (`direct`) in their conversation with the bot."""
    where = room.server.dm(room.person(name)) if direct else room.channel
    return [seen for seen in room.person(name).sees(where) if seen.ephemeral or direct]


async def told(room: SlackRoom, name: str, line: str | Interaction, seconds: float = 20) -> str:
    """What a person reads that they did not read before; empty when nothing comes."""
    before = len(private(room, name))
    one = starts(room, name, line) if isinstance(line, str) else line
    with brisk(WAITING):
        try:
            await room.server.until(lambda: len(private(room, name)) > before, seconds)
        except TimeoutError:
            return ""
        await asyncio.sleep(3)
    assert not one.error, one.error
    return "\n".join(seen.top for seen in private(room, name)[before:])


async def quiet(seconds: float = 3) -> None:
    """Wait for what may still come."""
    with brisk(WAITING):
        await asyncio.sleep(seconds)


async def texts(room: SlackRoom) -> list[str]:
    """The passages of the room's story."""

    def read(books: Books) -> list[str]:
        story = books.snapshot().story
        return [version.text for _, version in books.passages(story.id)] if story is not None else []

    found: list[str] = await room.look(read)
    return found


async def done(room: SlackRoom, kind: str) -> int:
    """How many acts of this kind the room's books hold."""
    deeds: list[str] = await room.look(lambda books: [d.entry.kind for d in books.deeds(limit=200)])
    return deeds.count(kind)


def clean(log: pytest.LogCaptureFixture) -> None:
    """No traceback, no error, and none of what people wrote."""
    for record in log.records:
        assert record.exc_info is None, record.getMessage()
        assert record.levelno < logging.ERROR, record.getMessage()
        assert "lamp" not in record.getMessage()
