"""The loopback Messages server is as strict as the real one: what passes against it must mean something."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.servers.messages import KEY, VERSION, MessagesServer
from tests.servers.messages_rules import filled

HEADERS = {"Authorization": f"Bearer {KEY}", "anthropic-version": VERSION}


@pytest.fixture
async def server() -> AsyncIterator[MessagesServer]:
    async with MessagesServer() as running:
        yield running


def body(*turns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"model": "m", "max_tokens": 10, "messages": list(turns) or [said("user", "Go on.")], **more}


def said(role: str, *texts: str, keep: str | None = None) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = [{"type": "text", "text": text} for text in texts]
    if keep:
        blocks[-1]["cache_control"] = {"type": "ephemeral", "ttl": keep}
    return {"role": role, "content": blocks}


async def post(
    server: MessagesServer, sent: dict[str, Any], *, path: str = "", headers: dict[str, str] = HEADERS
) -> tuple[int, dict[str, Any]]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{server.url}/v1/messages{path}", json=sent, headers=headers) as answer,
    ):
        return answer.status, await answer.json()


async def test_a_plain_request_is_answered_after_a_thinking_block(server: MessagesServer) -> None:
    server.reply("The lamp went out.")
    status, message = await post(server, body())
    assert status == 200
    assert [block["type"] for block in message["content"]] == ["thinking", "text"]
    assert message["content"][1]["text"] == "The lamp went out."
    assert message["stop_reason"] == "end_turn"
    assert server.requests == [body()]


@pytest.mark.parametrize(
    "headers",
    [
        {"anthropic-version": VERSION},
        {"x-api-key": KEY, "anthropic-version": VERSION},
        {**HEADERS, "Authorization": "Bearer no"},
    ],
)
async def test_only_a_bearer_key_opens_the_door(server: MessagesServer, headers: dict[str, str]) -> None:
    status, answer = await post(server, body(), headers=headers)
    assert (status, answer["error"]["type"]) == (401, "authentication_error")


async def test_an_older_version_of_the_api_is_refused(server: MessagesServer) -> None:
    status, _ = await post(server, body(), headers={**HEADERS, "anthropic-version": "2023-06-01"})
    assert status == 400


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (body(temperature=1.0), "temperature"),
        (body(top_k=5), "top_k"),
        (body(prefill=True), "Extra inputs"),
        (body(said("user", "Go"), said("assistant", "Once")), "prefilling"),
        (body(said("assistant", "Once"), said("user", "Go")), "first message"),
        (body(said("user", " \n")), "non-whitespace"),
        (body(*(said("user", "Go", keep="5m") for _ in range(5))), "maximum of 4"),
        (body(said("user", "Go", keep="5m"), said("user", "Go", keep="1h")), "must not come after"),
        (body(said("user", "Go", keep="1d")), "unknown type or ttl"),
        (body(output_config={"format": {"schema": {"type": "object"}}}), "additionalProperties"),
        (body(max_tokens=0), "max_tokens"),
    ],
)
async def test_what_the_real_api_refuses_is_refused_in_its_shape(
    server: MessagesServer, sent: dict[str, Any], words: str
) -> None:
    status, answer = await post(server, sent)
    assert status == 400
    assert answer["type"] == "error"
    assert answer["error"]["type"] == "invalid_request_error"
    assert words in answer["error"]["message"]
    assert server.refusals == [answer["error"]["message"]]


async def test_four_breakpoints_with_the_longer_ones_first_are_taken(server: MessagesServer) -> None:
    turns = [said("user", "Go", keep="1h"), said("assistant", "So", keep="1h"), said("user", "On", keep="5m")]
    status, _ = await post(server, body(*turns, system=said("user", "Be brief.", keep="1h")["content"]))
    assert status == 200


async def test_tokens_are_counted_without_writing_anything(server: MessagesServer) -> None:
    asked = {"model": "m", "messages": [said("user", "x" * 400)]}
    assert await post(server, asked, path="/count_tokens") == (200, {"input_tokens": 100})
    assert server.requests == []


async def test_a_repeated_prefix_is_read_from_the_cache_and_only_the_tail_is_new(
    server: MessagesServer,
) -> None:
    system = said("user", "a" * 4000, keep="1h")["content"]
    _, first = await post(server, body(said("user", "b" * 40), system=system))
    _, second = await post(server, body(said("user", "c" * 80), system=system))
    assert first["usage"]["cache_creation"]["ephemeral_1h_input_tokens"] == 1000
    assert first["usage"]["input_tokens"] == 10
    assert second["usage"]["cache_read_input_tokens"] == 1000
    assert second["usage"]["cache_creation_input_tokens"] == 0
    assert second["usage"]["input_tokens"] == 20


async def test_a_changed_prefix_or_model_or_effort_is_not_in_the_cache(server: MessagesServer) -> None:
    system = said("user", "a" * 4000, keep="1h")["content"]
    await post(server, body(system=system))
    for changed in (
        body(system=said("user", "a" * 3999 + "b", keep="1h")["content"]),
        {**body(system=system), "model": "other"},
        body(system=system, output_config={"effort": "low"}),
    ):
        _, answer = await post(server, changed)
        assert answer["usage"]["cache_read_input_tokens"] == 0


async def test_a_prefix_under_512_tokens_is_never_kept(server: MessagesServer) -> None:
    system = said("user", "a" * 2044, keep="1h")["content"]
    for _ in range(2):
        _, answer = await post(server, body(system=system))
        assert answer["usage"]["cache_read_input_tokens"] == 0
        assert answer["usage"]["cache_creation_input_tokens"] == 0


async def test_a_breakpoint_looks_back_twenty_blocks_and_no_further(server: MessagesServer) -> None:
    first = ["a" * 4000]
    for added, read in ((19, 1000), (20, 0)):
        server.cache.forget("5m")
        await post(server, body(said("user", *first, keep="5m")))
        _, answer = await post(server, body(said("user", *first, *["b"] * added, keep="5m")))
        assert answer["usage"]["cache_read_input_tokens"] == read


async def test_what_expires_is_written_again(server: MessagesServer) -> None:
    system = said("user", "a" * 4000, keep="1h")["content"]
    turns = body(
        said("user", "b" * 4000, keep="5m"), said("assistant", "So"), said("user", "On"), system=system
    )
    await post(server, turns)
    server.cache.forget("5m")
    _, answer = await post(server, turns)
    assert answer["usage"]["cache_read_input_tokens"] == 1000
    assert answer["usage"]["cache_creation"] == {
        "ephemeral_1h_input_tokens": 0,
        "ephemeral_5m_input_tokens": 1000,
    }


def test_a_schema_is_filled_with_the_plainest_value_that_fits() -> None:
    schema = {
        "type": "object",
        "properties": {
            "verdict": {"enum": ["keep", "cut"]},
            "score": {"type": "integer"},
            "why": {"type": "array", "items": {"type": "string"}},
        },
    }
    assert filled(schema) == {"verdict": "keep", "score": 1, "why": ["a ferry"]}
