"""Two processes on one database: they share Discord's shards, post each card once, and one takes over from the other."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest

from bot.settings import Transport
from tests.fleet import discord_fleet, guild_on, slack_fleet
from tests.servers.discord import DiscordServer
from tests.servers.discord.people import Person
from tests.servers.discord.things import Channel
from tests.servers.slack import SlackServer

pytestmark = pytest.mark.timeout(240)
FULL = bool(os.environ.get("ROOM37_FULL"))
OWNERS = "SELECT count(DISTINCT owner) FROM shards WHERE owner <> ''"


async def _says(who: Person, channel: Channel, command: str, **options: str) -> str:
    answer = await who.command(channel, command, **options)
    assert not answer.failed
    return (await answer.finished(30)).words


def _seen(who: Person, channel: Channel, words: str) -> int:
    return sum(words in message.words for message in who.sees(channel) if not message.ephemeral)


async def test_two_processes_share_the_shards_and_one_takes_over_what_the_other_had_begun(url: str, tmp_path: Path) -> None:
    if url.startswith("sqlite") and not FULL:
        pytest.skip("the full run plays this on a file too")
    async with DiscordServer(nonce_seconds=0.0) as server, discord_fleet(tmp_path, url, server, 2) as fleet:
        guilds = [guild_on(server, shard, 2) for shard in (0, 1)]
        channels = [server.channel("story", guild=guild) for guild in guilds]
        ada, ben = [server.person(name, guild=guild, permissions=["manage_channels"]) for name, guild in zip(("ada", "ben"), guilds, strict=True)]
        await fleet.start(1)
        await fleet.serving()
        await fleet.start(2)
        await fleet.gives(OWNERS, (2,))
        await fleet.serving()
        for who, channel in ((ada, channels[0]), (ben, channels[1])):
            assert "is open" in await _says(who, channel, "story new", title="The Last Ferry")
            assert "as passage 1" in await _says(who, channel, "extend", text="Fog took the pier.")
        await fleet.posted()
        server.faults.add("POST /channels/*/messages", times=1000, delay=0.3)  # so that a kill falls into a post
        begun = len(server.faults.done)
        first = ada.starts(channels[0], "extend", text="A bell rang twice.")
        second = ben.starts(channels[1], "extend", text="Nobody rang it.")
        await fleet.until(lambda: first.acknowledged.is_set() and second.acknowledged.is_set() and len(server.faults.done) > begun)
        await fleet.ends(1, signal.SIGKILL)
        await fleet.gives(OWNERS, (1,))
        await fleet.serving()
        server.faults.clear()
        for who, channel in ((ada, channels[0]), (ben, channels[1])):
            assert "passage" in await _says(who, channel, "extend", text="Then it was morning.")
        await fleet.posted()
        for who, channel, line in ((ada, channels[0], "A bell rang twice."), (ben, channels[1], "Nobody rang it.")):
            stored = await fleet.rows(f"SELECT count(*) FROM passage_versions WHERE text = '{line}'")  # noqa: S608
            assert stored == [(_seen(who, channel, line),)] == [(1,)]
            assert _seen(who, channel, "Fog took the pier.") == 1
            assert _seen(who, channel, "Then it was morning.") == 1
        assert await fleet.rows("SELECT count(*) FROM processes") == [(1,)]
        assert await fleet.ends(2, signal.SIGTERM) == 0
        assert await fleet.rows("SELECT count(*) FROM processes") == [(0,)]
        assert "Traceback" not in fleet.log(1) + fleet.log(2)


async def test_with_one_shard_the_second_process_stands_by_and_takes_over(url: str, tmp_path: Path) -> None:
    if url.startswith("postgresql") and not FULL:
        pytest.skip("the full run plays this on a server too")
    async with DiscordServer(nonce_seconds=0.0) as server, discord_fleet(tmp_path, url, server, 1) as fleet:
        ada, channel = server.person("ada", permissions=["manage_channels"]), server.channel("story")
        await fleet.start(1)
        await fleet.serving()
        await fleet.start(2)
        await fleet.gives("SELECT count(*) FROM processes", (2,))
        assert "is open" in await _says(ada, channel, "story new", title="The Last Ferry")
        assert server.gateway.identified == 1
        await fleet.posted()
        await fleet.ends(1, signal.SIGTERM)
        await fleet.until(lambda: server.gateway.identified == 2)
        await fleet.serving()
        assert "as passage 1" in await _says(ada, channel, "extend", text="Fog took the pier.")
        await fleet.posted()
        assert _seen(ada, channel, "Fog took the pier.") == 1
        assert _seen(ada, channel, "The Last Ferry") >= 1


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_server_that_drops_every_connection_is_waited_for(url: str, tmp_path: Path) -> None:
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    async with DiscordServer(nonce_seconds=0.0) as server, discord_fleet(tmp_path, url, server, 1) as fleet:
        ada, channel = server.person("ada", permissions=["manage_channels"]), server.channel("story")
        await fleet.start(1)
        await fleet.start(2)
        await fleet.serving()
        assert "is open" in await _says(ada, channel, "story new", title="The Last Ferry")
        lines = 0
        for _ in range(3):
            await fleet.rows(cut)
            for _ in range(3):
                told = await _says(ada, channel, "extend", text=f"Line {lines} of the night.")
                lines += "as passage" in told
        assert lines
        await fleet.posted()
        stored = await fleet.rows("SELECT text FROM passage_versions ORDER BY id")
        assert [_seen(ada, channel, text) for (text,) in stored] == [1] * len(stored)
        assert await fleet.rows("SELECT count(DISTINCT owner), min(state) FROM posts") == [(1, "shown")]
        for number in (1, 2):
            assert await fleet.ends(number, signal.SIGTERM) == 0


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_two_processes_serve_slack_behind_any_balancer(url: str, tmp_path: Path, transport: Transport) -> None:
    if (transport == "http") != url.startswith("sqlite") and not FULL:
        pytest.skip("the full run plays every pair")
    ports = [_free_port(), _free_port()]
    async with SlackServer(delivery=transport, ack_seconds=12.0) as server, slack_fleet(tmp_path, url, server, transport, ports) as fleet:
        ada, channel = server.person("ada"), server.channel("story")
        for number in (0, 1):
            await fleet.start(number)
        await fleet.gives("SELECT count(*) FROM processes", (2,))

        async def says(line: str, to: int) -> str:
            server.request_url = f"http://127.0.0.1:{ports[to]}/slack/events"
            async with asyncio.timeout(60):
                while True:
                    answer = await ada.command(channel, "/room", line)
                    if not answer.failed:
                        await answer.finished(30)
                        return answer.words
                    await asyncio.sleep(0.5)  # that process is still starting

        assert "is open" in await says("story new The Last Ferry", 0)
        for n in range(6):
            assert f"as passage {n + 1}" in await says(f"extend Line {n} of the night.", n % 2)
        await fleet.posted()
        await says("extend What the dead one took down.", 0)
        await fleet.ends(0, signal.SIGKILL)
        assert "as passage 8" in await says("extend The last line of the night.", 1)
        await fleet.gives("SELECT count(*) FROM processes", (1,))
        await fleet.posted()
        seen = [message.words for message in ada.sees(channel)]
        for text in (*(f"Line {n} of the night." for n in range(6)), "What the dead one took down.", "The last line of the night."):
            assert sum(text in words for words in seen) == 1, text
        assert await fleet.ends(1, signal.SIGTERM) == 0
        assert "Traceback" not in fleet.log(0) + fleet.log(1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
