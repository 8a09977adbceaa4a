"""Told to stop while the co-writer writes, the bot leaves at once, without a complaint, and the request stays on the desk."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket

from bot.errors import WriterError
from bot.writing.briefs import Brief, Capabilities, Written
from tests.discord_rig import open_discord_room


class Slow:
    """A co-writer that is asked and does not answer until its own house closes; then it fails, as a cut connection does."""

    def __init__(self) -> None:
        self.asked, self.closed = asyncio.Event(), asyncio.Event()
        self.capabilities = Capabilities("deck", "Slow")

    async def write(self, brief: Brief) -> AsyncGenerator[str | Written, None]:
        self.asked.set()
        await self.closed.wait()
        if self.closed.is_set():
            raise WriterError("writer.none")
        yield ""

    async def answer(self, brief: Brief, schema: dict[str, Any]) -> dict[str, Any]:
        return {}


    async def aclose(self) -> None:
        self.closed.set()


async def test_a_stop_while_the_co_writer_writes_is_quiet(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    slow = Slow()
    async with open_discord_room(f"sqlite:///{tmp_path}/house.db", writer=slow) as room:
        await room.says("ada", "/story new Stopped")
        asked = room.person("ada").starts(room.channel, "assist", mode="continue")
        await slow.asked.wait()
        await asyncio.wait_for(asked.acknowledged.wait(), 3)
    await asyncio.sleep(0.1)
    assert not caplog.records
    with sqlite3.connect(tmp_path / "house.db") as db:
        states = [state for (state,) in db.execute("SELECT state FROM desk ORDER BY id")]
    db.close()
    assert states == ["done", "working"]


async def test_a_stop_while_a_shard_connects_anew_is_a_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    again = asyncio.Event()

    async def connects(*_: Any, **__: Any) -> None:
        again.set()
        await asyncio.Event().wait()

    async with asyncio.timeout(30):  # of a stop that never ends
        async with open_discord_room(f"sqlite:///{tmp_path}/house.db") as room:
            await room.says("ada", "/story new Stopped")
            monkeypatch.setattr(DiscordWebSocket, "from_client", connects)
            room.server.gateway.reset()
            await again.wait()
