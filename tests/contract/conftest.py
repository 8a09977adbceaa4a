"""The rooms that the contract suite is played in: the same scenes on every platform, at a table's house rules."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.discord_rig import DiscordRoom, open_discord_room
from tests.rig import Room, open_room

AnyRoom = Room | DiscordRoom


@pytest.fixture(params=["console", "discord"])
async def room(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyRoom]:
    """A room in a house of its own, on each platform in turn."""
    url = f"sqlite:///{tmp_path}/house.db"
    if request.param == "console":
        async with open_room(url) as at_table:
            yield at_table
    else:
        async with open_discord_room(url) as in_channel:
            yield in_channel


@pytest.fixture
async def table(tmp_path: Path) -> AsyncIterator[Room]:
    """A room in a terminal, for what only a terminal can be told: lines that no client of a platform would let pass."""
    async with open_room(f"sqlite:///{tmp_path}/house.db") as opened:
        yield opened
