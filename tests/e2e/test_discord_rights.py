"""What the bot may not do somewhere: it does less, says so once to whom it concerns, and no text is lost by it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.story.people import Standing
from tests.discord_rig import DiscordRoom
from tests.e2e.test_discord_places import catch_up, codes, opened


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[DiscordRoom]:
    """A room with a story and a first passage."""
    async with opened(tmp_path) as found:
        yield found


LONG = "\n\n".join(f"Paragraph {n:03}. " + "The water was black and still. " * 12 for n in range(40))


def _in_order(room: DiscordRoom) -> list[int]:
    """The paragraphs that stand in the channel, as they come."""
    return [int(n) for message in room.wall.messages for n in re.findall(r"Paragraph (\d{3})\.", message.words)]


async def test_without_attach_files_a_long_passage_comes_whole_in_messages_and_it_is_said_once(room: DiscordRoom) -> None:
    room.server.overwrite(room.channel, room.server.bot, deny=["attach_files"])
    assert "Attach Files" not in await room.says("ben", "/extend A short one.")
    first = await room.says("ada", f"/extend {LONG}")
    assert "Attach Files" in first, "it concerns who wrote it"
    assert _in_order(room) == list(range(40))
    assert not any(message.files for message in room.wall.messages)
    assert "Attach Files" not in await room.says("ada", f"/extend {LONG}")
    keeper = Standing(keeper=True)
    assert "Attach Files" in await room.says("mod", "/extend The last one.", standing=keeper)
    assert "Attach Files" not in await room.says("mod", "/extend The very last.", standing=keeper)
    assert codes(room) == []


async def test_attach_files_that_goes_and_comes_unnoticed_loses_nothing(room: DiscordRoom) -> None:
    room.channel.overwrites[room.server.bot.id] = (0, 1 << 15)  # nobody tells the bot of either change
    await room.says("ada", f"/extend {LONG}")
    await catch_up(room)
    assert _in_order(room) == list(range(40))
    room.channel.overwrites.clear()
    await room.says("ben", f"/extend {LONG}")
    assert any(message.files for message in room.wall.messages)


async def test_missing_read_message_history_is_said_once_to_who_can_give_it(room: DiscordRoom) -> None:
    room.server.overwrite(room.channel, room.server.bot, deny=["read_message_history"])
    keeper = Standing(keeper=True)
    assert "Read Message History" not in await room.says("ben", "/extend A line.")
    assert "Read Message History" in await room.says("mod", "/extend Another.", standing=keeper)
    assert "Read Message History" not in await room.says("mod", "/extend A third.", standing=keeper)
