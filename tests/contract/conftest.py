"""The rooms that the contract suite is played in: the same scenes on every platform, at a table's house rules."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.discord_rig import DiscordRoom, open_discord_room
from tests.rig import Room, open_room
from tests.slack_rig import SlackRoom, open_slack_room

AnyRoom = Room | DiscordRoom | SlackRoom


@contextlib.asynccontextmanager
async def opened(platform: str, folder: Path) -> AsyncIterator[AnyRoom]:
    """A room in a house of its own on this platform."""
    url = f"sqlite:///{folder}/house.db"
    if platform == "console":
        async with open_room(url) as at_table:
            yield at_table
    elif platform == "discord":
        async with open_discord_room(url) as in_channel:
            yield in_channel
    else:
        async with open_slack_room(url, transport="http" if platform == "slack-http" else "socket") as in_workspace:
            yield in_workspace


@pytest.fixture(params=["console", "discord", "slack-socket", "slack-http"])
async def room(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyRoom]:
    """A room on each platform in turn."""
    async with opened(request.param, tmp_path) as found:
        yield found


@pytest.fixture(params=["console", "discord", "slack-socket"])
async def read_room(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyRoom]:
    """A room on each platform in turn, for suites whose scenes are about what people read, not how it is delivered."""
    async with opened(request.param, tmp_path) as found:
        yield found


@pytest.fixture
async def table(tmp_path: Path) -> AsyncIterator[Room]:
    """A room in a terminal, for what only a terminal can be told: lines that no client of a platform would let pass."""
    async with open_room(f"sqlite:///{tmp_path}/house.db") as opened:
        yield opened
