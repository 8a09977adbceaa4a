"""How the loopback Slack reaches an unmodified Bolt, breaks off, repeats itself, and comes back."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler

from tests.servers.slack import SlackServer
from tests.unit.slack_app import MANIFEST, SmallApp, over_http, over_socket

Json = dict[str, Any]
Pair = tuple[SlackServer, SmallApp]


async def served(**settings: Any) -> AsyncIterator[Pair]:
    async with SlackServer(**settings) as server:
        server.install(MANIFEST)
        running = over_http if settings.get("delivery") == "http" else over_socket
        async with running(server) as app:
            yield server, app


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    async for one in served():
        yield one


@pytest.fixture
async def hasty() -> AsyncIterator[Pair]:
    """A Slack that waits half a second for an acknowledgement, and hardly at all before it repeats an event."""
    async for one in served(ack_seconds=0.5, retry_waits=(0.01,)):
        yield one


@pytest.fixture
async def signed() -> AsyncIterator[Pair]:
    async for one in served(delivery="http", retry_waits=(0.01,)):
        yield one


# Websockets that end


async def refresh(server: SlackServer) -> None:
    await server.sockets.ask_to_leave("refresh_requested")


async def warning(server: SlackServer) -> None:
    await server.sockets.ask_to_leave("warning")


async def disabled(server: SlackServer) -> None:
    await server.sockets.ask_to_leave("link_disabled")


async def closed(server: SlackServer) -> None:
    await server.sockets.close()


async def reset(server: SlackServer) -> None:
    server.sockets.reset()


async def refused(server: SlackServer) -> None:
    server.faults.shut = 1
    await server.sockets.close()


@pytest.mark.parametrize("broken", [refresh, warning, disabled, closed, reset, refused])
async def test_the_app_comes_back_from_every_break(
    pair: Pair, broken: Callable[[SlackServer], Awaitable[None]]
) -> None:
    server, _ = pair
    ada, story = server.person("ada"), server.channel("story")
    await broken(server)
    await server.sockets.back()
    answer = await ada.command(story, "/room", "hello")
    assert (answer.failed, answer.words) == ("", "Hello, @ada.")
    assert server.sockets.strange == []


async def test_events_of_a_break_are_delivered_after_it(pair: Pair) -> None:
    server, app = pair
    ada, story = server.person("ada"), server.channel("story")
    await server.sockets.close()
    await server.until(lambda: not server.sockets.connections)
    ada.says(story, "During.")
    await server.sockets.back()
    await server.until(lambda: [event["text"] for event in app.heard] == ["During."])


async def test_several_websockets_take_turns(pair: Pair) -> None:
    server, app = pair
    ada, story = server.person("ada"), server.channel("story")
    async with over_socket(server) as second:
        assert len(server.sockets.connections) == 2
        for number in range(4):
            ada.says(story, str(number))
        await server.until(lambda: len(app.heard) == len(second.heard) == 2)


async def test_without_a_websocket_a_command_is_not_dispatched() -> None:
    async with SlackServer() as server:
        answer = await server.person("ada").command(server.channel("story"), "/room")
        assert answer.failed == "dispatch_failed"


# Acknowledgements that do not come


async def test_a_lost_acknowledgement_is_a_timeout_for_people_and_a_repeat_for_events(hasty: Pair) -> None:
    server, app = hasty
    ada, story = server.person("ada"), server.channel("story")
    server.faults.lost_acks = 1
    assert (await ada.command(story, "/room", "hello")).failed == "operation_timeout"
    server.faults.lost_acks = 2
    ada.says(story, "Twice more.")
    await server.until(lambda: len(app.heard) == 3)
    tries = [headers.get("x-slack-retry-num") for headers in app.headers]
    assert tries == [["0"], ["1"], ["2"]]
    assert app.headers[1]["x-slack-retry-reason"] == ["timeout"]
    await server.deliveries.quiet()
    assert server.deliveries.unheard == []


async def test_bolt_loses_the_acknowledgement_of_a_listener_that_fails_right_after_it(hasty: Pair) -> None:
    server, _ = hasty
    answer = await server.person("ada").command(server.channel("story"), "/room", "broken")
    assert (answer.failed, answer.interaction.messages) == ("operation_timeout", [])


async def test_what_the_app_does_not_listen_to_is_never_acknowledged(hasty: Pair) -> None:
    server, _ = hasty
    server.service.manifest = type(server.service.manifest)()
    assert (
        await server.person("ada").command(server.channel("story"), "/other")
    ).failed == "operation_timeout"
    server.event({"type": "team_join", "user": {}})
    await server.deliveries.quiet()
    assert [one["event"]["type"] for one in server.deliveries.unheard] == ["team_join"]


async def test_duplicates_reach_the_app_twice_and_look_the_same(pair: Pair) -> None:
    server, app = pair
    server.faults.duplicates = 1
    server.person("ada").says(server.channel("story"), "Once.")
    await server.until(lambda: len(app.heard) == 2)
    assert app.heard[0] == app.heard[1]


# Signed requests


async def test_bad_stale_and_missing_signatures_are_turned_away(signed: Pair) -> None:
    server, _ = signed
    ada, story = server.person("ada"), server.channel("story")
    assert await server.signed.verify()
    for kind in ("bad", "stale", "none"):
        server.faults.signatures = kind
        assert (await ada.command(story, "/room", "hello")).failed == "http_service_error"
    server.faults.clear()
    assert (await ada.command(story, "/room", "hello")).words == "Hello, @ada."
    assert server.signed.statuses[-4:] == [401, 401, 401, 200]
    assert await server.signed.replay() == 200


async def test_events_by_request_are_repeated_with_their_number(signed: Pair) -> None:
    server, app = signed
    server.faults.lost_acks = 1
    server.person("ada").says(server.channel("story"), "Twice.")
    await server.until(lambda: len(app.heard) == 2)
    assert (app.headers[1]["x-slack-retry-num"], app.headers[1]["x-slack-retry-reason"]) == (
        ["1"],
        ["http_timeout"],
    )


# Calls that break


@pytest.mark.parametrize(("when", "posts"), [("before", 1), ("after", 2)])
async def test_a_reset_is_tried_again_and_doubles_what_had_its_effect(
    pair: Pair, when: Any, posts: int
) -> None:
    server, app = pair
    ada, story = server.person("ada"), server.channel("story")
    server.faults.add("chat.postMessage", reset=True, when=when)
    await app.client.chat_postMessage(channel=story.id, text="Once.")
    assert len(ada.sees(story)) == posts
    assert server.faults.done == ["chat.postMessage"]


async def test_errors_on_demand_and_rate_limits_reach_the_sdk(pair: Pair) -> None:
    server, app = pair
    story = server.channel("story")
    server.faults.add("chat.*", error="fatal_error")
    with pytest.raises(SlackApiError, match="fatal_error"):
        await app.client.chat_postMessage(channel=story.id, text="x")
    server.faults.add("chat.*", status=502, when="after")
    with pytest.raises(SlackApiError):
        await app.client.chat_postMessage(channel=story.id, text="x")
    assert len(server.person("ada").sees(story)) == 1
    server.faults.add("chat.*", status=429, retry_after=2)
    with pytest.raises(SlackApiError) as limited:
        await app.client.chat_postMessage(channel=story.id, text="x")
    response: Any = limited.value.response
    assert (response.status_code, response.headers["Retry-After"]) == (429, "2")
    server.faults.add("chat.*", status=429, retry_after=0.1, delay=0.01)
    app.client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    await app.client.chat_postMessage(channel=story.id, text="x")


async def test_a_share_of_calls_fails_by_the_dice_of_a_seed() -> None:
    runs: list[list[str]] = []
    for _ in range(2):
        async with SlackServer() as server, aiohttp.ClientSession() as session:
            server.faults.at_random(0.05, seed=7)
            answers = []
            for _ in range(60):
                async with session.post(f"{server.api}api.test") as answer:
                    answers.append(str(answer.status))
            runs.append(answers)
    assert runs[0] == runs[1] and 1 <= sum(one != "200" for one in runs[0]) <= 8


async def test_a_file_goes_through_the_sdk_in_three_steps(pair: Pair) -> None:
    server, app = pair
    ada, story = server.person("ada"), server.channel("story")
    await app.client.files_upload_v2(
        channel=story.id,
        content="The end.",
        filename="story.md",
        alt_txt="The story",
        initial_comment="Here.",
    )
    seen = ada.sees(story)[0]
    assert (seen.words, seen.files[0].data) == ("Here.\nstory.md (The story)", b"The end.")
    assert server.refused == []


async def test_a_stream_goes_through_the_sdk(pair: Pair) -> None:
    server, app = pair
    ada, story = server.person("ada"), server.channel("story")
    said = ada.mentions(story, "continue")
    stream = await app.client.chat_stream(
        channel=story.id,
        thread_ts=said.message.ts,
        recipient_team_id=server.house.id,
        recipient_user_id=ada.user.id,
        buffer_size=4,
    )
    for word in ("The fog ", "came ", "in."):
        await stream.append(markdown_text=word)
    await stream.stop()
    assert [seen.text for seen in ada.sees(story, thread=said)][1:] == ["The fog came in."]
    assert server.refused == []


# As a process of its own


async def test_a_bench_in_another_process_fires_commands_and_reads_the_times() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.servers.slack", "--record"), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    where = json.loads(await process.stdout.readline())

    async with aiohttp.ClientSession() as session:

        async def control(do: str, **asked: Any) -> Any:
            async with session.post(where["control"], json={"do": do, **asked}) as answer:
                return await answer.json()

        await control("install", manifest=MANIFEST)
        server: Any = type(
            "There", (), {"api": where["api"], "connected": staticmethod(lambda: control("connected"))}
        )
        async with over_socket(server):
            fired = await control(
                "fire", command="/room", text="hello {n}", channels=["a", "b"], count=20, rate=200
            )
            assert (len(fired["acked_ms"]), len(fired["done_ms"]), fired["failed"]) == (20, 20, 0)
            await control("fire", command="/room", text="card", finish=False)
            await control("age", seconds=1)
            pressed: Json = {}
            for _ in range(100):
                pressed = await control("press", label="Turn the page", count=1)
                if "error" not in pressed:
                    break
                await asyncio.sleep(0.01)
            assert pressed["failed"] == 0
            assert "Page 2" in (await control("sees"))["words"][0]
            assert (await control("refused"))["refused"] == []
            assert any(
                entry.get("method") == "chat.postMessage" for entry in (await control("record"))["record"]
            )
        await control("stop")
    assert await process.wait() == 0
