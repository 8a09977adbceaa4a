"""The loopback Discord counts calls, breaks on demand, filters events, and can be driven from another process."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.servers.discord import TOKEN, DiscordServer
from tests.servers.discord.pointing import pointed_at
from tests.servers.discord.wire import packer
from tests.unit.discord_calls import Api, Json, calling
from tests.unit.discord_client import SmallBot, running

ROOT = Path(__file__).parents[2]
GUILDS, MEMBERS, MESSAGES, CONTENT, DMS = 1, 1 << 1, 1 << 9, 1 << 15, 1 << 12


# Rate limits


async def test_a_window_is_announced_used_up_and_begins_again() -> None:
    async with calling(limits="real", pace=0.02) as api:
        for left in (4, 3, 2, 1, 0):
            await api.post({"content": "x"})
            assert api.headers["X-RateLimit-Limit"] == "5"
            assert api.headers["X-RateLimit-Remaining"] == str(left)
        await api.post({"content": "x"})
        assert (api.status, api.body["global"], api.headers["X-RateLimit-Scope"]) == (429, False, "user")
        assert api.headers["Via"]
        assert float(api.headers["Retry-After"]) == api.body["retry_after"] <= 0.1
        assert [one.status for one in api.server.refused] == [429]
        await api.post({"content": "x"}, place=api.server.channel("other"))
        assert api.status == 200
        await asyncio.sleep(api.body.get("retry_after", 0.1))
        assert (await api.post({"content": "x"})).status == 200


async def test_interactions_are_free_of_the_global_limit() -> None:
    async with calling(limits="real", pace=100.0) as api:
        await api.sync()
        for _ in range(49):
            await api.call("GET", "/users/@me")
        await api.call("GET", "/gateway/bot")
        assert (api.status, api.body["global"]) == (429, True)
        assert (await api.answer(await api.begin(), 4, {"content": "x"})).status == 200


async def test_discord_py_keeps_to_the_windows_by_itself() -> None:
    async with DiscordServer(limits="real", pace=0.02) as server:
        story = server.channel("story")
        async with running(server) as bot:
            channel = bot.get_partial_messageable(story.id)
            await asyncio.gather(*(channel.send(str(number)) for number in range(12)))
            assert len(server.person("ada").sees(story)) == 12


# Faults


async def test_a_call_fails_before_or_after_its_effect() -> None:
    async with calling() as api:
        api.server.faults.add("POST /channels/*/messages", status=503)
        api.server.faults.add("POST /channels/*/messages", status=502, when="after", times=2)
        for status, seen in ((503, 0), (502, 1), (502, 2), (200, 3)):
            assert (await api.post({"content": "x"})).status == status
            assert len(api.ada.sees(api.story)) == seen
        assert len(api.server.faults.done) == 3
        assert api.server.refused == []


async def test_a_connection_is_cut_before_or_after_the_effect() -> None:
    async with calling() as api:
        for when, seen in (("before", 0), ("after", 1)):
            api.server.faults.add("POST *", reset=True, when="before" if when == "before" else "after")
            with pytest.raises(aiohttp.ClientError):
                await api.post({"content": "x"})
            assert len(api.ada.sees(api.story)) == seen


async def test_a_delay_makes_an_answer_late() -> None:
    async with calling(ack_seconds=0.03) as api:
        api.server.faults.add("POST /interactions/*/callback", delay=0.06)
        assert (await api.answer(await api.begin(), 4, {"content": "x"})).code == 10062


async def test_a_wait_can_be_imposed() -> None:
    async with calling() as api:
        api.server.faults.add("GET /users/@me", status=429, retry_after=45.0)
        await api.call("GET", "/users/@me")
        assert (api.status, api.body["retry_after"], api.headers["Via"]) == (429, 45.0, "1.1 loopback")


async def test_a_share_of_all_calls_fails_the_same_way_every_time() -> None:
    found: list[list[int]] = []
    for _ in range(2):
        async with calling() as api:
            api.server.faults.at_random(0.3, seed=5)
            found.append([(await api.call("GET", "/users/@me")).status for _ in range(40)])
            api.server.faults.clear()
            assert (await api.call("GET", "/users/@me")).status == 200
    assert found[0] == found[1]
    assert 4 <= sum(status >= 500 for status in found[0]) <= 20


async def test_an_interaction_can_come_twice() -> None:
    async with DiscordServer() as server:
        ada, story = server.person("ada"), server.channel("story")
        async with running(server):
            server.faults.duplicates = 1
            assert (await ada.command(story, "hello", name="Ada")).text == "Hello, Ada."
            await server.until(lambda: len(server.refused) == 1)
            assert server.refused[0].code == 40060
            assert len(ada.sees(story)) == 1


async def test_the_first_handshake_can_fail() -> None:
    async with DiscordServer() as server:
        server.faults.shut = 1
        with pointed_at(server):
            async with SmallBot() as bot:
                with pytest.raises(AttributeError):  # what discord.py 2.7.1 makes of it
                    await bot.start(TOKEN)


async def test_a_wrong_token_or_an_intent_that_is_off_keeps_the_bot_out() -> None:
    async with DiscordServer() as server:
        with pointed_at(server):
            async with SmallBot() as bot:
                with pytest.raises(discord.LoginFailure):
                    await bot.start("wrong")
            async with SmallBot(intents=discord.Intents.all()) as bot:
                with pytest.raises(discord.PrivilegedIntentsRequired):
                    await bot.start(TOKEN)
        assert server.gateway.closed == [4014]


async def test_the_constants_of_discord_py_are_put_back() -> None:
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, discord.Asset.BASE
    async with DiscordServer() as server:
        with pointed_at(server):
            assert server.api == Route.BASE
    assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, discord.Asset.BASE)


# The gateway


class Ear:
    """A websocket held by hand."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self.seen = 0

    async def say(self, op: int, **data: Any) -> None:
        await self._socket.send_json({"op": op, "d": data})

    async def hears(self) -> tuple[int, str | None, Json]:
        """The op, event and data of what comes next; a close is op -1 with its code."""
        received = await self._socket.receive(timeout=5)
        if received.type is not aiohttp.WSMsgType.TEXT:
            return -1, None, {"code": self._socket.close_code}
        told = json.loads(received.data)
        self.seen = told["s"] or self.seen
        return told["op"], told["t"], told["d"]

    async def waits_for(self, event: str) -> Json:
        """The data of the next such event."""
        while True:
            op, name, data = await self.hears()
            assert op != -1, data
            if name == event:
                return data

    async def identifies(self, intents: int = GUILDS | MESSAGES | DMS) -> Json:
        await self.say(2, token=TOKEN, intents=intents, properties={})
        return await self.waits_for("READY")


@asynccontextmanager
async def listening(server: DiscordServer, query: str = "v=10&encoding=json") -> AsyncIterator[Ear]:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{server.gateway_url}?{query}") as socket,
    ):
        yield Ear(socket)


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server


@pytest.mark.parametrize(
    ("op", "data", "code"),
    [
        (2, {"token": "wrong", "intents": 1}, 4004),
        (2, {"token": TOKEN, "intents": 1 << 40}, 4013),
        (2, {"token": TOKEN}, 4013),
        (2, {"token": TOKEN, "intents": CONTENT}, 4014),
        (2, {"token": TOKEN, "intents": MEMBERS}, 4014),
        (2, {"token": TOKEN, "intents": 1, "shard": [2, 2]}, 4010),
        (3, {}, 4003),
        (77, {}, 4001),
        (6, {"token": "wrong", "session_id": "x", "seq": 1}, 4004),
    ],
)
async def test_what_is_wrong_is_answered_with_its_close_code(
    server: DiscordServer, op: int, data: Json, code: int
) -> None:
    async with listening(server) as ear:
        assert (await ear.hears())[0] == 10
        await ear.say(op, **data)
        assert await ear.hears() == (-1, None, {"code": code})


async def test_only_this_version_of_the_gateway_is_served(server: DiscordServer) -> None:
    async with listening(server, "v=6") as ear:
        assert await ear.hears() == (-1, None, {"code": 4012})


async def test_who_identifies_twice_or_resumes_from_the_future_is_closed(server: DiscordServer) -> None:
    async with listening(server) as ear:
        await ear.identifies()
        await ear.say(2, token=TOKEN, intents=1)
        await ear.waits_for("GUILD_CREATE")
        assert (await ear.hears())[2] == {"code": 4005}
    async with listening(server) as ear:
        session = (await ear.identifies())["session_id"]
        server.gateway.reset()
        async with listening(server) as second:
            await second.hears()
            await second.say(6, token=TOKEN, session_id=session, seq=99)
            assert (await second.hears())[2] == {"code": 4007}


async def test_a_session_that_is_over_cannot_be_resumed(server: DiscordServer) -> None:
    async with listening(server) as ear:
        await ear.hears()
        await ear.say(6, token=TOKEN, session_id="gone", seq=1)
        assert (await ear.hears())[0] == 9


async def test_missed_events_are_replayed_in_order(server: DiscordServer) -> None:
    ada, story = server.person("ada"), server.channel("story")
    async with listening(server) as ear:
        session = (await ear.identifies())["session_id"]
        await ear.waits_for("GUILD_CREATE")
        await server.gateway.close(4000)
        for number in range(3):
            ada.says(story, f"<@{server.bot.id}> {number}")
        async with listening(server) as second:
            await second.hears()
            await second.say(6, token=TOKEN, session_id=session, seq=ear.seen)
            told = [(await second.waits_for("MESSAGE_CREATE"))["content"][-1] for _ in range(3)]
            assert told == ["0", "1", "2"]
            await second.waits_for("RESUMED")


async def test_a_client_that_says_goodbye_ends_its_session(server: DiscordServer) -> None:
    async with listening(server) as ear:
        await ear.identifies()
    await server.until(lambda: not server.gateway.sessions)


@pytest.mark.parametrize(
    ("text", "hidden"), [("plain", True), ("<@bot>", False)], ids=["what people say", "what names the bot"]
)
async def test_content_is_blank_without_the_intent(server: DiscordServer, text: str, hidden: bool) -> None:
    ada, story = server.person("ada"), server.channel("story")
    async with listening(server) as ear:
        await ear.identifies()
        said = text.replace("bot", str(server.bot.id))
        ada.says(story, said, files=[("a.txt", b"x")])
        told = await ear.waits_for("MESSAGE_CREATE")
        assert (told["content"], bool(told["attachments"])) == (("", False) if hidden else (said, True))
        assert told["author"]["username"] == "ada"
        assert "user" not in told["member"]
        ada.says(server.dm(ada), "Alone.")
        assert (await ear.waits_for("MESSAGE_CREATE"))["content"] == "Alone."


async def test_content_is_whole_with_the_intent() -> None:
    async with DiscordServer(privileged=("message_content",)) as server, listening(server) as ear:
        await ear.identifies(GUILDS | MESSAGES | CONTENT)
        server.person("ada").says(server.channel("story"), "Shown.")
        assert (await ear.waits_for("MESSAGE_CREATE"))["content"] == "Shown."


async def test_events_come_only_to_who_asked_for_them(server: DiscordServer) -> None:
    ada, story = server.person("ada"), server.channel("story")
    async with listening(server) as ear:
        await ear.identifies(DMS)
        ada.says(story, "Not heard.")
        ada.says(server.dm(ada), "Heard.")
        assert (await ear.waits_for("MESSAGE_CREATE"))["content"] == "Heard."


async def test_people_places_and_the_bot_come_and_go() -> None:
    async with DiscordServer(privileged=("members",)) as server, listening(server) as ear:
        await ear.identifies(GUILDS | MEMBERS | MESSAGES)
        ada, story = server.person("ada"), server.channel("story")
        assert (await ear.waits_for("GUILD_MEMBER_ADD"))["user"]["username"] == "ada"
        assert (await ear.waits_for("CHANNEL_CREATE"))["name"] == "story"
        server.gives(ada, server.role("pen"))
        assert (await ear.waits_for("GUILD_ROLE_CREATE"))["role"]["name"] == "pen"
        assert len((await ear.waits_for("GUILD_MEMBER_UPDATE"))["roles"]) == 1
        server.thread("Aside", story, ada)
        assert (await ear.waits_for("THREAD_CREATE"))["name"] == "Aside"
        said = ada.edits(ada.says(story, "One."), "Two.")
        await ear.waits_for("MESSAGE_UPDATE")
        ada.deletes(said)
        await ear.waits_for("MESSAGE_DELETE")
        server.leaves(ada)
        await ear.waits_for("GUILD_MEMBER_REMOVE")
        server.remove_channel(story)
        await ear.waits_for("CHANNEL_DELETE")
        await ear.say(8, guild_id=str(server.house.id), query="", limit=0, nonce="n")
        chunk = await ear.waits_for("GUILD_MEMBERS_CHUNK")
        assert {one["user"]["username"] for one in chunk["members"]} == {"keeper", "room"}
        server.remove_bot()
        await ear.waits_for("GUILD_DELETE")
        assert server.service.world.may(server.bot, server.channel("story")) == 0


def unpacked_zlib() -> Callable[[bytes], str]:
    stream = zlib.decompressobj()
    return lambda data: stream.decompress(data).decode()


def unpacked_zstd() -> Callable[[bytes], str]:
    """Raw blocks need no more than their three bytes of header (RFC 8878, 3.1.1.2)."""
    first = True

    def unpack(data: bytes) -> str:
        nonlocal first
        if first:
            assert data[:6] == bytes.fromhex("28b52ffd0038")
            data, first = data[6:], False
        text = b""
        while data:
            header = int.from_bytes(data[:3], "little")
            assert header & 7 == 0, "a raw block that is not the last"
            text, data = text + data[3 : 3 + (header >> 3)], data[3 + (header >> 3) :]
        return text.decode()

    return unpack


@pytest.mark.parametrize(("kind", "unpack"), [("zlib-stream", unpacked_zlib), ("zstd-stream", unpacked_zstd)])
def test_each_packed_message_can_be_read_at_once(
    kind: str, unpack: Callable[[], Callable[[bytes], str]]
) -> None:
    pack, read = packer(kind), unpack()
    for text in ("{}", "ä" * 300_000, "the end"):
        packed = pack(text)
        assert isinstance(packed, bytes)
        assert read(packed) == text


# From another process


async def control(session: aiohttp.ClientSession, url: str, **asked: Any) -> Json:
    async with session.post(f"{url}/control", json=asked) as answer:
        found: Json = await answer.json()
        assert answer.status == 200, found
        return found


async def test_a_bench_drives_people_over_a_second_door() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.servers.discord", "--record", cwd=ROOT, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        where = json.loads(await process.stdout.readline())

        class There:
            api, gateway_url, cdn = where["api"], where["gateway"], where["cdn"]

        with pointed_at(There()):
            async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as tasks, SmallBot() as bot:
                run = tasks.create_task(bot.start(where["token"]))
                await bot.up.wait()
                await control(session, where["url"], do="connected")
                options = {"name": "Ada"}
                fire = {"do": "fire", "command": "hello", "options": options}
                burst = await control(session, where["url"], **fire, count=20)
                steady = await control(session, where["url"], **fire, count=5, rate=500)
                assert (len(burst["acked_ms"]), len(steady["done_ms"]), burst["failed"]) == (20, 5, 0)
                await control(session, where["url"], do="fire", command="card")
                pressed = await control(session, where["url"], do="press", label="Pitch", count=3)
                assert len(pressed["acked_ms"]) == 3
                await control(session, where["url"], do="says", text="Hello.")
                seen = await control(session, where["url"], do="sees")
                assert seen["words"][0] == "Hello, Ada."
                record = (await control(session, where["url"], do="record"))["record"]
                assert {entry["way"] for entry in record} == {"rest", "gateway", "bot"}
                assert (await control(session, where["url"], do="refused"))["refused"] == []
                await bot.close()
                await run
                await control(session, where["url"], do="stop")
        assert await asyncio.wait_for(process.wait(), 10) == 0
    finally:
        if process.returncode is None:
            process.kill()


async def test_the_record_is_json_and_tells_what_was_sent() -> None:
    async with calling() as api:
        await api.post({"content": "Kept."}, [("a.txt", b"12")])
        entry = next(one for one in json.loads(json.dumps(api.server.record)) if one["way"] == "rest")
        assert (entry["method"], entry["status"], entry["body"]["content"]) == ("POST", 200, "Kept.")
        assert entry["files"] == [["a.txt", 2]]
        assert entry["answer"] == api.body["id"]


async def test_files_are_fetched_where_the_message_says(server: DiscordServer) -> None:
    async with aiohttp.ClientSession() as session:
        api = Api(server, session)
        await api.post({"attachments": [{"id": 0, "description": "two"}]}, [("a.txt", b"12")])
        one = api.body["attachments"][0]
        assert (one["filename"], one["size"], one["description"]) == ("a.txt", 2, "two")
        async with session.get(one["url"]) as answer:
            assert await answer.read() == b"12"
        async with session.get(one["url"] + "x") as answer:
            assert answer.status == 404
