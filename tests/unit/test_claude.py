"""The co-writer over the wire: what it sends, what it makes of what comes back, and how it fails."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from adapters.claude import ANTHROPIC, Claude
from adapters.claude_request import Patience
from adapters.prices import DEAREST, FREE, cost
from bot.errors import OperatorError, WriterError
from bot.settings import PRICES
from bot.writing.briefs import Block, Brief, Mode, Turn, Usage, Written
from tests.servers.messages import KEY, MessagesServer, pieces_of

CALM = Patience(connect=10, first_byte=10, between=10, overall=20, retries=0, backoff=0.0)
Hire = Callable[..., Claude]
PRIVATE = "Tobin keeps the lantern under the third bench."
SCHEMA = {
    "type": "object",
    "properties": {"verdict": {"enum": ["keep", "cut"]}, "score": {"type": "integer"}},
    "required": ["verdict", "score"],
}


@pytest.fixture
async def server() -> AsyncIterator[MessagesServer]:
    async with MessagesServer() as running:
        yield running


@pytest.fixture
async def claude(server: MessagesServer) -> AsyncIterator[Hire]:
    """Make a co-writer that talks to the server; its connections are let go at the end of the test."""
    made: list[Claude] = []

    def hire(patience: Patience = CALM, **more: Any) -> Claude:
        made.append(Claude(**{"api_key": KEY, "base_url": server.url, "patience": patience, **more}))
        return made[-1]

    yield hire
    for writer in made:
        await writer.aclose()


def brief(*turns: Turn, system: tuple[Block, ...] = (), max_tokens: int = 400) -> Brief:
    return Brief(Mode.CONTINUE, system, turns or (user(PRIVATE, "Go on."),), max_tokens=max_tokens)


def user(*texts: str) -> Turn:
    return Turn("user", tuple(Block(text) for text in texts))


async def read(writer: Claude, asked: Brief | None = None) -> tuple[list[str], Written]:
    """The pieces and the end, which must be one, and last."""
    items = [item async for item in writer.write(asked or brief())]
    *pieces, end = items
    assert isinstance(end, Written)
    texts = [piece for piece in pieces if isinstance(piece, str)]
    assert len(texts) == len(pieces)
    assert "".join(texts) == end.text
    return texts, end


async def failing(writer: Claude, asked: Brief | None = None) -> WriterError:
    with pytest.raises(WriterError) as caught:
        await read(writer, asked)
    assert caught.value.sentence
    return caught.value


# What it is


def test_importing_the_adapter_does_not_import_the_sdk() -> None:
    check = "import sys, adapters.claude; sys.exit('anthropic' in sys.modules or 'httpx2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_it_says_to_whom_text_goes_without_a_network_call() -> None:
    writer = Claude(api_key="k", model="claude-opus-5-5")
    assert writer.capabilities.host == "api.anthropic.com"
    assert writer.capabilities.label == "claude-opus-5-5"
    assert writer.capabilities.remote
    assert Claude(api_key="", base_url="http://127.0.0.1:8080/v1").capabilities.host == "127.0.0.1"


@pytest.mark.parametrize("key", ["sk-secret\r\nx-evil: 1", "sk-secret clé", "sk-secret two"])
def test_a_key_that_cannot_be_sent_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(OperatorError) as caught:
        Claude(api_key=key)
    assert "sk-secret" not in str(caught.value)
    assert "ANTHROPIC_API_KEY" in str(caught.value)


@pytest.mark.parametrize("address", ["localhost:8080", "ftp://example.org", "http://", "somewhere"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(OperatorError, match="base_url"):
        Claude(api_key="k", base_url=address)


async def test_the_key_is_in_no_representation(server: MessagesServer, claude: Hire) -> None:
    writer = claude()
    await read(writer)
    assert KEY not in repr(writer) + str(writer) + repr(writer.capabilities)
    await writer.aclose()


# What it sends


async def test_a_text_comes_in_pieces_and_ends_in_one_written(server: MessagesServer, claude: Hire) -> None:
    server.reply("The ferry came in with nobody at the wheel.")
    pieces, end = await read(claude(model="claude-sonnet-5-5"))
    assert pieces == pieces_of("The ferry came in with nobody at the wheel.")
    assert (end.stop, end.model, end.request_id) == ("end", "claude-sonnet-5-5", "req_1")
    assert end.usage == Usage(input_tokens=14, output_tokens=51, thinking_tokens=40)
    assert end.cost_micros == 14 * 2 + 51 * 10


async def test_a_request_holds_the_brief_and_nothing_that_the_api_refuses(
    server: MessagesServer, claude: Hire
) -> None:
    asked = brief(user("One."), Turn("assistant", (Block("Ok."),)), user("Two."), system=(Block("Rules."),))
    await read(claude(model="m"), asked)
    text = {"type": "text"}
    assert server.requests == [
        {
            "model": "m",
            "max_tokens": 400,
            "stream": True,
            "system": [{**text, "text": "Rules."}],
            "messages": [
                {"role": "user", "content": [{**text, "text": "One."}]},
                {"role": "assistant", "content": [{**text, "text": "Ok."}]},
                {"role": "user", "content": [{**text, "text": "Two."}]},
            ],
        }
    ]
    assert server.refusals == []


async def test_effort_and_thinking_are_sent_only_when_they_are_set(
    server: MessagesServer, claude: Hire
) -> None:
    await read(claude(effort="low", thinking="between_tools"))
    assert server.requests[0]["output_config"] == {"effort": "low"}
    assert server.requests[0]["thinking"] == {"type": "between_tools"}


async def test_the_stable_prefix_is_served_from_the_cache_and_charged_so(
    server: MessagesServer, claude: Hire
) -> None:
    system = (Block("r" * 2400, keep="1h"), Block("s" * 1600, keep="1h"))
    turns = (Turn("user", (Block("p" * 2000, keep="5m"),)), Turn("assistant", (Block("So."),)))
    writer = claude(model="claude-sonnet-5-5")
    _, first = await read(writer, brief(*turns, user("x" * 40), system=system))
    _, second = await read(writer, brief(*turns, user("y" * 80), system=system))
    assert first.usage.cache_write_1h_tokens == 1000
    assert first.usage.cache_write_5m_tokens == 500
    assert second.usage.cache_read_tokens == 1500
    assert second.usage.cache_write_1h_tokens == second.usage.cache_write_5m_tokens == 0
    assert first.cost_micros == 11 * 2 + 1000 * 4 + 500 * 2.5 + first.usage.output_tokens * 10
    assert second.cost_micros == 21 * 2 + 1500 * 0.1 + second.usage.output_tokens * 10
    assert server.refusals == []


async def test_more_wishes_than_four_keep_the_last_four_breakpoints(
    server: MessagesServer, claude: Hire
) -> None:
    system = tuple(Block(f"s{n}", keep="1h") for n in range(4))
    asked = brief(Turn("user", (Block("p", keep="5m"), Block("q", keep="5m"), Block("tail"))), system=system)
    await read(claude(), asked)
    sent = server.requests[0]["system"] + server.requests[0]["messages"][0]["content"]
    lives = [block.get("cache_control", {}).get("ttl") for block in sent]
    assert lives == [None, None, "1h", "1h", "5m", "5m", None]


async def test_an_hour_after_five_minutes_becomes_five_minutes(server: MessagesServer, claude: Hire) -> None:
    asked = brief(Turn("user", (Block("p", keep="5m"), Block("q", keep="1h"), Block("tail"))))
    await read(claude(), asked)
    sent = server.requests[0]["messages"][0]["content"]
    assert [block.get("cache_control", {}).get("ttl") for block in sent] == ["5m", "5m", None]


async def test_blocks_without_a_visible_character_are_left_out(server: MessagesServer, claude: Hire) -> None:
    await read(claude(), brief(user(" ", "Go on."), system=(Block("\n"),)))
    assert server.refusals == []
    assert "system" not in server.requests[0]
    assert server.requests[0]["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "Go on."}]}
    ]


async def test_an_answer_is_never_begun_for_the_model(server: MessagesServer, claude: Hire) -> None:
    with pytest.raises(ValueError, match="user's turn"):
        await read(claude(), brief(user("Go."), Turn("assistant", (Block("Once"),))))
    assert server.requests == []


# How it ends


@pytest.mark.parametrize(
    ("reason", "stop"),
    [
        ("end_turn", "end"),
        ("stop_sequence", "end"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("refusal", "refusal"),
        ("pause_turn", "broken"),
        ("something_new", "broken"),
        (None, "broken"),
    ],
)
async def test_only_a_stop_reason_makes_a_text_complete(
    server: MessagesServer, claude: Hire, reason: str | None, stop: str
) -> None:
    server.reply("The lamp went out.", stop_reason=reason)
    _, end = await read(claude())
    assert (end.text, end.stop) == ("The lamp went out.", stop)


async def test_a_refusal_without_a_word_is_a_refusal(server: MessagesServer, claude: Hire) -> None:
    server.reply("", stop_reason="refusal")
    pieces, end = await read(claude())
    assert (pieces, end.text, end.stop) == ([], "", "refusal")


@pytest.mark.parametrize(("reason", "key"), [("end_turn", "writer.empty"), ("max_tokens", "writer.no_room")])
async def test_no_text_is_a_failure_that_says_what_it_cost(
    server: MessagesServer, claude: Hire, reason: str, key: str
) -> None:
    server.reply("", stop_reason=reason)
    error = await failing(claude(model="claude-sonnet-5-5"))
    assert error.key == key
    assert error.values["cost_micros"] == 14 * 2 + 40 * 10


@pytest.mark.parametrize("fault", ["drop", "stall", "corrupt", "early_eof", "error_event"])
async def test_a_stream_that_breaks_gives_the_text_received_so_far(
    server: MessagesServer, claude: Hire, fault: Any
) -> None:
    server.fault(fault, text=PRIVATE, after=3, status=529)
    writer = claude(replace(CALM, between=0.3, retries=2))
    _, end = await read(writer)
    assert end.stop == "broken"
    assert end.text == "".join(pieces_of(PRIVATE)[:3])
    assert end.cost_micros > 0
    assert len(server.requests) == 1, "what people have seen is not written a second time"


async def test_a_stall_is_noticed_by_its_own_limit_and_not_by_the_one_for_the_first_byte(
    server: MessagesServer, claude: Hire, caplog: pytest.LogCaptureFixture
) -> None:
    server.fault("stall", text=PRIVATE, after=3)
    await read(claude(replace(CALM, first_byte=60, between=0.3, overall=8)))
    assert "ReadTimeout" in caplog.text, "the deadline for everything logs a TimeoutError"


@pytest.mark.parametrize(
    "junk",
    [
        b"5",
        b"[1]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"type": "content_block_delta", "index": 9, "delta": null}',
        b'{"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": 5}}',
        b'{"type": "message_delta", "delta": {"stop_reason": ["end_turn"]}, "usage": {"output_tokens": "x"}}',
    ],
    ids=["number", "list", "bytes", "brackets", "nulls", "number-as-text", "list-as-reason"],
)
async def test_no_chunk_however_odd_loses_the_text_before_it(
    server: MessagesServer, claude: Hire, junk: bytes
) -> None:
    server.fault("corrupt", text=PRIVATE, after=3, junk=junk)
    _, end = await read(claude())
    assert (end.stop, end.text) == ("broken", "".join(pieces_of(PRIVATE)[:3]))


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        ("drop", "writer.broke_off"),
        ("stall", "writer.slow"),
        ("corrupt", "writer.broke_off"),
        ("early_eof", "writer.broke_off"),
        ("error_event", "writer.overloaded"),
        ("slow_headers", "writer.slow"),
        ("page", "writer.not_understood"),
    ],
)
async def test_a_stream_that_breaks_before_any_text_is_a_sentence(
    server: MessagesServer, claude: Hire, fault: Any, key: str
) -> None:
    server.fault(fault, status=529)
    error = await failing(claude(replace(CALM, between=0.3, first_byte=0.3)))
    assert error.key == key
    assert error.again == (key != "writer.not_understood")


async def test_the_deadline_for_everything_holds_while_pieces_still_may_come(
    server: MessagesServer, claude: Hire, caplog: pytest.LogCaptureFixture
) -> None:
    server.fault("stall", text=PRIVATE, after=2)
    _, end = await read(claude(replace(CALM, overall=0.5)))
    assert (end.stop, end.text) == ("broken", "".join(pieces_of(PRIVATE)[:2]))
    assert "TimeoutError" in caplog.text
    assert "ReadTimeout" not in caplog.text


async def test_an_answer_that_had_begun_is_not_paid_for_twice(server: MessagesServer, claude: Hire) -> None:
    server.fault("drop", times=2)
    assert (await failing(claude(replace(CALM, retries=2)))).key == "writer.broke_off"
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "more", "key", "again"),
    [
        (400, {}, "writer.rejected", False),
        (401, {}, "writer.bad_key", False),
        (402, {}, "writer.spent", False),
        (400, {"error_code": "workspace_spend_limit_reached"}, "writer.spent", False),
        (429, {"error_code": "enforced_spend_limit_reached"}, "writer.spent", False),
        (403, {}, "writer.not_permitted", False),
        (404, {}, "writer.not_found", False),
        (408, {}, "writer.slow", True),
        (413, {}, "writer.too_long", False),
        (422, {"error_type": "invalid_request_error"}, "writer.rejected", False),
        (429, {}, "writer.busy", True),
        (429, {"headers": {"retry-after": "7"}}, "writer.busy_until", True),
        (429, {"headers": {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}}, "writer.busy", True),
        (500, {}, "writer.server_failed", True),
        (504, {}, "writer.slow", True),
        (529, {}, "writer.overloaded", True),
    ],
)
async def test_each_refusal_of_the_server_has_its_sentence(
    server: MessagesServer, claude: Hire, status: int, more: dict[str, Any], key: str, again: bool
) -> None:
    server.fault("status", status=status, **more)
    error = await failing(claude())
    assert (error.key, error.again) == (key, again)


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("rate_limit_error", "writer.busy"),
        ("api_error", "writer.server_failed"),
        ("authentication_error", "writer.bad_key"),
        ("invalid_request_error", "writer.rejected"),
    ],
)
async def test_an_error_within_a_stream_is_read_by_its_kind(
    server: MessagesServer, claude: Hire, kind: str, key: str
) -> None:
    server.fault("error_event", error_type=kind)
    assert (await failing(claude())).key == key


async def test_a_port_that_nobody_listens_on_is_said_to_be_out_of_reach(claude: Hire) -> None:
    with socket.socket() as taken:  # bound and not listening: refused, and nobody else can take it meanwhile
        taken.bind(("127.0.0.1", 0))
        error = await failing(claude(base_url=f"http://127.0.0.1:{taken.getsockname()[1]}"))
    assert error.key == "writer.unreachable"
    assert "127.0.0.1" in error.sentence


async def test_key_problems_are_for_whoever_runs_the_bot(server: MessagesServer, claude: Hire) -> None:
    for status in (401, 402, 403, 404):
        server.fault("status", status=status)
        assert "hoever runs the bot" in (await failing(claude())).sentence


async def test_the_servers_reason_is_quoted_on_one_line_and_cut(server: MessagesServer, claude: Hire) -> None:
    server.fault("status", status=400, message=f"prompt\nis *too* long {KEY} " + "x" * 500)
    sentence = (await failing(claude())).sentence
    assert "prompt is \\*too\\* long (key) xxx" in sentence
    assert len(sentence) < 400
    assert KEY not in sentence


@pytest.mark.parametrize("fault", ["status", "error_event", "corrupt", "drop"])
async def test_neither_the_key_nor_the_story_is_in_an_error_or_a_log(
    server: MessagesServer, claude: Hire, fault: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server.fault(fault, status=401, message=f"bad key {KEY}", text=PRIVATE)
    error = await failing(claude())
    shown = f"{error!r} {error} {error.values} {caplog.text}"
    assert error.__cause__ is None
    assert error.__context__ is None
    assert KEY not in shown
    assert PRIVATE not in shown
    assert "co-writer at 127.0.0.1" in caplog.text


# Trying again


@pytest.mark.parametrize("status", [408, 409, 429, 500, 529])
async def test_a_passing_failure_is_tried_again(server: MessagesServer, claude: Hire, status: int) -> None:
    server.fault("status", status=status, times=2)
    server.reply("There.")
    _, end = await read(claude(replace(CALM, retries=2)))
    assert (end.text, len(server.requests)) == ("There.", 3)


async def test_a_failure_that_lasts_is_given_up_after_the_set_number_of_tries(
    server: MessagesServer, claude: Hire
) -> None:
    server.fault("status", status=529, times=9)
    assert (await failing(claude(replace(CALM, retries=2)))).key == "writer.overloaded"
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, None), (401, None), (404, None), (413, None), (429, "enforced_spend_limit_reached")],
)
async def test_what_another_try_cannot_mend_is_tried_once(
    server: MessagesServer, claude: Hire, status: int, code: str | None
) -> None:
    server.fault("status", status=status, error_code=code)
    await failing(claude(replace(CALM, retries=2)))
    assert len(server.requests) == 1


async def test_an_overloaded_stream_is_tried_again_while_nothing_has_been_shown(
    server: MessagesServer,
    claude: Hire,
) -> None:
    server.fault("error_event", status=529)
    server.reply("There.")
    _, end = await read(claude(replace(CALM, retries=1)))
    assert end.text == "There."


async def test_slow_headers_are_tried_again(server: MessagesServer, claude: Hire) -> None:
    server.fault("slow_headers")
    server.reply("There.")
    _, end = await read(claude(replace(CALM, retries=1, first_byte=0.3)))
    assert end.text == "There."


@pytest.mark.parametrize(("asked", "said"), [("5", 5), ("3600", 3600), ("inf", 86_400)])
async def test_a_server_that_asks_for_a_long_wait_does_not_get_it(
    server: MessagesServer, claude: Hire, asked: str, said: int
) -> None:
    server.fault("status", status=429, headers={"retry-after": asked})
    error = await failing(claude(replace(CALM, retries=2, longest_wait=1)))
    assert error.key == "writer.busy_until"
    assert f"{said} seconds" in error.sentence
    assert len(server.requests) == 1


async def test_a_wait_that_outlasts_the_deadline_ends_with_what_was_wrong(
    server: MessagesServer, claude: Hire
) -> None:
    server.fault("status", status=429, headers={"retry-after": "15"})
    writer = claude(replace(CALM, retries=2, overall=10))
    assert (await failing(writer)).key == "writer.busy_until"
    assert len(server.requests) == 1


# Letting go


async def test_closing_the_iterator_stops_the_request(server: MessagesServer, claude: Hire) -> None:
    server.fault("stall", text=PRIVATE, after=2)
    async with aclosing(claude().write(brief())) as pieces:
        async for piece in pieces:
            assert piece == pieces_of(PRIVATE)[0]
            break
    await asyncio.wait_for(server.hung_up.wait(), 10)


async def test_cancelling_passes_through_and_closes_the_socket(server: MessagesServer, claude: Hire) -> None:
    server.fault("stall", text=PRIVATE, after=1)
    begun = asyncio.Event()

    async def reader() -> None:
        async with aclosing(claude().write(brief())) as pieces:
            async for _ in pieces:
                begun.set()

    task = asyncio.create_task(reader())
    await asyncio.wait_for(begun.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(server.hung_up.wait(), 10)


async def test_cancelling_while_no_headers_have_come_closes_the_socket(
    server: MessagesServer, claude: Hire
) -> None:
    server.fault("slow_headers")
    task = asyncio.create_task(read(claude(replace(CALM, retries=2))))
    while not server.requests:  # noqa: ASYNC110 - the server has no event for "a request has come"
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(server.hung_up.wait(), 10)
    assert len(server.requests) == 1


async def test_a_reader_that_is_slow_between_pieces_is_not_interrupted_by_the_deadline(
    server: MessagesServer,
    claude: Hire,
) -> None:
    server.reply("One two three four five six.")
    pieces = claude(replace(CALM, overall=0.5)).write(brief())
    async with aclosing(pieces):
        assert await anext(pieces) == "One two t"
        await asyncio.sleep(0.6)  # the deadline passes here; it must not cancel this task
        rest = [piece async for piece in pieces]
    assert isinstance(rest[-1], Written)


async def test_after_closing_a_later_request_opens_a_new_line(server: MessagesServer, claude: Hire) -> None:
    writer = claude()
    await writer.aclose()
    await read(writer)
    await writer.aclose()
    _, end = await read(writer)
    assert end.stop == "end"
    await writer.aclose()


async def test_two_rooms_can_ask_at_once(server: MessagesServer, claude: Hire) -> None:
    writer = claude()
    ends = await asyncio.gather(*(read(writer) for _ in range(8)))
    assert [end.stop for _, end in ends] == ["end"] * 8
    await writer.aclose()


# Other servers


async def test_a_local_server_that_leaves_fields_out_will_do(claude: Hire) -> None:
    async with MessagesServer(key="none") as local:
        local.reply("There.", thinking=False, sparse=True)
        writer = claude(api_key="", base_url=f"{local.url}/v1/", model="SmolLM2", unknown_price=FREE)
        _, end = await read(writer)
    assert (end.text, end.stop, end.cost_micros) == ("There.", "end", 0)
    assert end.usage == Usage(input_tokens=14, output_tokens=2)


async def test_a_model_without_a_price_is_charged_at_the_dearest(
    server: MessagesServer, claude: Hire
) -> None:
    _, end = await read(claude(model="claude-next"))
    assert end.cost_micros == cost(end.usage, DEAREST) > cost(end.usage, PRICES["claude-opus-5-5"])


async def test_prices_come_from_configuration(server: MessagesServer, claude: Hire) -> None:
    writer = claude(model="claude-next", prices={"claude-next": PRICES["claude-haiku-5-5"]})
    _, end = await read(writer)
    assert end.cost_micros == cost(end.usage, PRICES["claude-haiku-5-5"])


async def test_nothing_but_the_given_address_is_ever_connected_to(
    server: MessagesServer, claude: Hire, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: list[str] = []
    connect = socket.socket.connect

    def noted(self: socket.socket, address: Any) -> None:
        reached.append(f"{address[0]}:{address[1]}")
        connect(self, address)

    def never(*asked: Any, **more: Any) -> Any:
        raise AssertionError(f"looked up {asked[0]}")

    monkeypatch.setattr(socket.socket, "connect", noted)
    monkeypatch.setattr(socket, "getaddrinfo", never)
    for name in ("ANTHROPIC_BASE_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://proxy.invalid:9")
    await read(claude())
    assert set(reached) == {server.url.removeprefix("http://")}
    assert ANTHROPIC not in reached


# Answers


async def test_an_answer_is_asked_for_by_the_servers_own_means(server: MessagesServer, claude: Hire) -> None:
    answer = await claude(effort="low").answer(brief(), SCHEMA)
    assert answer == {"verdict": "keep", "score": 1}
    config = server.requests[0]["output_config"]
    assert config["effort"] == "low"
    assert config["format"]["schema"]["additionalProperties"] is False
    assert server.refusals == []


async def test_a_server_without_schemas_is_asked_in_words(server: MessagesServer, claude: Hire) -> None:
    server.reply('Certainly!\n```json\n{"verdict": "cut", "score": 3}\n```', sparse=True)
    answer = await claude(schema=False).answer(brief(), SCHEMA)
    assert answer == {"verdict": "cut", "score": 3}
    assert "output_config" not in server.requests[0]
    assert '"verdict"' in server.requests[0]["messages"][-1]["content"][-1]["text"]


@pytest.mark.parametrize(
    "text",
    [
        "I would keep it.",
        '["keep"]',
        '{"verdict": "keep"}',
        '{"verdict": "maybe", "score": 1}',
        '{"verdict": "keep", "score": "1"}',
        '{"verdict": "keep", "score": true}',
        '{"verdict": "keep", "score": 1',
    ],
)
async def test_an_answer_that_does_not_fit_is_a_failure(
    server: MessagesServer, claude: Hire, text: str
) -> None:
    server.reply(text)
    with pytest.raises(WriterError) as caught:
        await claude().answer(brief(), SCHEMA)
    assert caught.value.key == "writer.not_json"
    assert caught.value.sentence


@pytest.mark.parametrize(
    ("reason", "key"),
    [("max_tokens", "writer.answer_cut"), (None, "writer.answer_cut"), ("refusal", "writer.refused")],
)
async def test_an_answer_that_was_cut_or_refused_is_a_failure(
    server: MessagesServer, claude: Hire, reason: str | None, key: str
) -> None:
    server.reply(json.dumps({"verdict": "keep", "score": 1}), stop_reason=reason)
    with pytest.raises(WriterError) as caught:
        await claude().answer(brief(), SCHEMA)
    assert caught.value.key == key
    assert caught.value.sentence
