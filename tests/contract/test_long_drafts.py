"""A machine's draft that is longer than a card can be read whole, wherever it is shown."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.recording import Recording
from bot.calls import Call
from bot.writing.briefs import Mode
from tests.contract.conftest import AnyRoom
from tests.discord_rig import DiscordRoom, open_discord_room
from tests.rig import Room, open_room
from tests.slack_rig import SlackRoom, open_slack_room


def long(paragraphs: int) -> str:
    """A draft in which each paragraph can be told from the others."""
    return "\n\n".join(f"Paragraph {n:03}. " + "The water was black and still. " * 9 for n in range(paragraphs))


def missing(shown: str, paragraphs: int) -> list[int]:
    """Paragraphs that cannot be read."""
    return [n for n in range(paragraphs) if f"Paragraph {n:03}." not in shown]


@contextlib.asynccontextmanager
async def writing(platform: str, folder: Path, text: str) -> AsyncIterator[AnyRoom]:
    url, writer = f"sqlite:///{folder}/house.db", Recording({Mode.CONTINUE: (text,)})
    async with contextlib.AsyncExitStack() as stack:
        room: AnyRoom
        if platform == "console":
            room = await stack.enter_async_context(open_room(url, writer=writer))
        elif platform == "discord":
            room = await stack.enter_async_context(open_discord_room(url, writer=writer))
        else:
            room = await stack.enter_async_context(open_slack_room(url, writer=writer))
        await room.says("ada", "/story new The Last Ferry")
        await room.says("ada", "/extend It began at the quay.")
        await room.says("ada", "/showrunner ai on")
        yield room


async def asks(room: AnyRoom, name: str) -> str:
    """Ask for a draft; gives all that this person can read once it has come, files too."""
    first = await room.says(name, "/assist continue")
    if isinstance(room, Room):
        return first
    async with asyncio.timeout(30):
        while not _is_whole(room, name):  # noqa: ASYNC110  # it takes the place of "Writing…"
            await asyncio.sleep(0.05)
    return _seen(room, name)


def _is_whole(room: DiscordRoom | SlackRoom, name: str) -> bool:
    """Whether the draft has come to its end: its buttons stand below all of it."""
    messages = room.person(name).sees(room.channel)
    return any(button.label.startswith("Show the room") for message in messages for button in message.buttons)


def _seen(room: DiscordRoom | SlackRoom, name: str) -> str:
    messages = room.person(name).sees(room.channel)
    files = [file.data.decode() for message in messages for file in message.files]
    return "\n\n".join([*(message.words for message in messages), *files])


@pytest.mark.parametrize(
    ("platform", "paragraphs"), [("console", 20), ("console", 80), ("discord", 20), ("discord", 80), ("slack", 20)]
)
async def test_all_of_a_long_draft_can_be_read(platform: str, paragraphs: int, tmp_path: Path) -> None:
    async with writing(platform, tmp_path, long(paragraphs)) as room:
        card = await asks(room, "ada")
        if platform == "console":
            assert missing(card, paragraphs), "a terminal's card shows the beginning"
            card = await room.presses("ada", "Read all")
        assert missing(card, paragraphs) == []


@pytest.mark.parametrize("platform", ["console", "discord", "slack"])
async def test_a_long_draft_that_was_shown_can_be_read_whole_by_everyone(platform: str, tmp_path: Path) -> None:
    async with writing(platform, tmp_path, long(20)) as room:
        await asks(room, "ada")
        await room.presses("ada", "Show the room")
        if isinstance(room, Room):
            (shown,) = [post for post in await room.look(lambda books: books.posts_last()) if post.kind == "proposal"]
            assert missing(await room.calls("ben", Call("assist-card read", {"text": shown.subject})), 20) == []
        else:
            assert missing(_seen(room, "ben"), 20) == []


@pytest.mark.parametrize("platform", ["console", "discord", "slack"])
async def test_all_of_a_long_draft_of_ones_own_can_be_read(platform: str, tmp_path: Path) -> None:
    async with writing(platform, tmp_path, "A line.") as room:
        await room.says("ada", "/stop")
        await room.says("ada", f"/extend {long(20)}")
        await room.says("ada", "/my drafts")
        shown = await room.presses("ada", "Open 1")
        while "Next" in room.buttons("ada"):
            shown += await room.presses("ada", "Next")
        assert missing(shown, 20) == []
