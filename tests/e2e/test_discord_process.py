"""`room37 run` as a process: it starts, registers what differs, ends cleanly, and may be killed at any instant."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.discord_process import Bot, killed, open_story, prepared
from tests.servers.discord import TOKEN

WRONG = "not-the-token-of-anyone"  # that is the point
KILLS = 20 if os.environ.get("ROOM37_FULL") else 2


def _puts(bot: Bot) -> int:
    return sum(one.get("method") == "PUT" and one["path"].endswith("/commands") for one in bot.server.record)


async def test_it_starts_registers_only_what_differs_and_ends_with_status_0(tmp_path: Path) -> None:
    async with prepared(tmp_path) as bot:
        await open_story(bot)
        assert _puts(bot) == 1
        late = bot.server.person("ben").starts(bot.server.channel("story"), "extend", text="The last line of the night.")
        await late.acknowledged.wait()
        assert await bot.ends(signal.SIGTERM) == 0
        await bot.start()
        await bot.posted()
        seen = [one.raw["content"] for one in bot.server.person("ada").sees(bot.server.channel("story"))]
        assert sum("The last line of the night." in content for content in seen) == 1
        told = await bot.server.person("ada").command(bot.server.channel("story"), "read")
        assert "The last line of the night." in (await told.finished(30)).words
        assert _puts(bot) == 1
        assert await bot.ends(signal.SIGTERM) == 0
        assert "Traceback" not in bot.log
        assert TOKEN not in bot.log
        assert "last line" not in bot.log


async def test_sigterm_ends_it_although_discord_is_away_and_a_post_waits(tmp_path: Path) -> None:
    async with prepared(tmp_path) as bot:
        await open_story(bot)
        bot.server.faults.add("POST /channels/*/messages", times=99, status=503)
        bot.server.faults.shut = 99
        asked = bot.server.person("ada").starts(bot.server.channel("story"), "extend", text="It waits.")
        await asked.acknowledged.wait()
        bot.server.gateway.reset()
        await bot.server.until(lambda: bot.server.faults.shut < 99, 30)
        assert await bot.ends(signal.SIGTERM) == 0
        bot.server.faults.clear()
        await bot.start()
        await bot.posted()
        seen = [one.raw["content"] for one in bot.server.person("ada").sees(bot.server.channel("story"))]
        assert sum("It waits." in content for content in seen) == 1
        assert "Traceback" not in bot.log


@pytest.mark.timeout(3_600)
async def test_what_is_killed_at_any_instant_loses_and_doubles_nothing(tmp_path: Path) -> None:
    report = await killed(tmp_path, KILLS, seed=37)
    assert report.acknowledged >= KILLS


@pytest.mark.timeout(60)
async def test_a_bad_token_and_no_token_are_said_and_end_it(tmp_path: Path) -> None:
    async with prepared(tmp_path) as bot:
        wrong, none = await asyncio.gather(bot.room37("run", token=WRONG), bot.room37("run", token=""))
        assert wrong[0] == none[0] == 1
        assert "Discord does not know this token" in wrong[1]
        assert "not-the-token" not in wrong[1]
        assert "There is nothing to serve" in none[1]
        assert "Traceback" not in wrong[1] + none[1]


async def test_the_doctor_says_what_discord_says_and_what_is_wrong_there(tmp_path: Path) -> None:
    async with prepared(tmp_path) as bot:
        await open_story(bot)
        assert await bot.ends(signal.SIGTERM) == 0
        bad, good, told = await asyncio.gather(
            bot.room37("doctor", "--discord", token=WRONG),
            bot.room37("doctor", "--discord"),
            bot.room37("manifest", "discord"),
        )
        assert bad[0] == 1
        assert "Discord does not know this token" in bad[1]
        assert "not-the-token" not in bad[1]
        assert good[0] == 0, good[1]
        for said in ("logged in as room", "Install link: https://discord.com/", "in sync", "Servers: 1.", "Rooms looked at: 1.", "none are needed"):
            assert said in good[1], said
        assert told[0] == 0
        assert "Privileged" in told[1] or "privileged" in told[1]
        bot.server.remove_channel(bot.server.channel("story"))
        closed = await bot.room37("doctor", "--discord")
        assert closed[0] == 1
        assert "cannot be reached (code 10003)" in closed[1]
        bot.server.remove_bot()
        lonely = await bot.room37("doctor", "--discord", "--json")
        assert lonely[0] == 1
        assert "on no server yet" in lonely[1]
        for _, printed in (bad, good, told, closed, lonely):
            assert TOKEN not in printed
            assert "Traceback" not in printed
            assert "Ferry" not in printed
