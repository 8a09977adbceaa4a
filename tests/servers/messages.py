"""A strict Messages server on this machine, for tests of the co-writer: none of them may reach a real one.

It refuses what the real API of 2026-10-21 refuses (a key in the wrong header, prefill, sampling parameters,
wrong cache breakpoints, loose schemas), keeps every body it was sent, emulates the prefix cache, and breaks
on demand in every way that streams have been seen to break. One scripted thing answers one request, in order.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Self

from aiohttp import web

from tests.servers.messages_rules import RefusedError, check, filled
from tests.servers.prompt_cache import PromptCache, tokens_of

VERSION = "2026-10-21"
KEY = "test-key-of-the-loopback-server"

Fault = Literal[
    "status",  # an error status, as the API words it
    "error_event",  # an `event: error` within a stream that began with 200
    "drop",  # the socket is cut
    "stall",  # nothing more comes
    "corrupt",  # a chunk that is not JSON, or whatever `junk` says
    "early_eof",  # a clean end, without a stop reason
    "slow_headers",  # not even headers come
    "page",  # a proxy's web page instead of a stream
]

ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_HALF = b'{"type": "content_block_de'


@dataclass(frozen=True, slots=True)
class Scripted:
    """What one request gets: a text with its stop reason, or a fault after so many pieces of it."""

    text: str | None = None
    stop_reason: str | None = "end_turn"
    thinking: bool = True
    sparse: bool = False
    """As a local server answers: no counts of the cache, null ids, no pings."""
    fault: Fault | None = None
    after: int = 0
    status: int = 500
    error_type: str | None = None
    error_code: str | None = None
    message: str = "scripted"
    junk: bytes = _HALF
    headers: Mapping[str, str] = field(default_factory=dict)


class MessagesServer:
    """`async with MessagesServer() as server:`, then its `url`, `reply(...)`, `fault(...)` and `requests`."""

    def __init__(self, *, key: str = KEY) -> None:
        self.url = ""
        self.requests: list[dict[str, Any]] = []
        """The body of every request to /v1/messages, refused ones too."""
        self.refusals: list[str] = []
        """Why requests were refused; a test that expects none asserts that it is empty."""
        self.hung_up = asyncio.Event()
        """Set when a client goes away before its answer was complete."""
        self.cache = PromptCache()
        self._key = key
        self._script: deque[Scripted] = deque()
        self._never = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/v1/messages", self._messages)
        app.router.add_post("/v1/messages/count_tokens", self._count_tokens)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._never.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def reply(
        self, text: str, *, stop_reason: str | None = "end_turn", thinking: bool = True, sparse: bool = False
    ) -> None:
        """The next unscripted request is answered with this text."""
        self._script.append(Scripted(text=text, stop_reason=stop_reason, thinking=thinking, sparse=sparse))

    def fault(
        self,
        kind: Fault,
        *,
        text: str = "The ferry came in with nobody at the wheel.",
        after: int = 0,
        status: int = 500,
        error_type: str | None = None,
        error_code: str | None = None,
        message: str = "scripted",
        junk: bytes = _HALF,
        headers: Mapping[str, str] | None = None,
        times: int = 1,
    ) -> None:
        """The next requests (`times` of them) fail so, after that many pieces of the text."""
        scripted = Scripted(
            text=text,
            fault=kind,
            after=after,
            status=status,
            error_type=error_type,
            error_code=error_code,
            message=message,
            junk=junk,
            headers=headers or {},
        )
        self._script.extend([scripted] * times)

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._answer(request)
        except asyncio.CancelledError:
            self.hung_up.set()
            raise
        except ConnectionResetError:
            self.hung_up.set()
            return web.Response(status=499)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        try:
            body = await self._body(request)
            check(body)
        except RefusedError as refused:
            self.refusals.append(str(refused))
            return _error(refused.status, str(refused))
        script = self._script.popleft() if self._script else Scripted()
        if script.fault == "slow_headers":
            await self._never.wait()
        if script.fault == "status":
            return _error(script.status, script.message, script.error_type, script.error_code, script.headers)
        if script.fault == "page":
            return web.Response(
                text="<html><body>Sign in to the network</body></html>", content_type="text/html"
            )
        message = self._message(body, script)
        if not body.get("stream"):
            return web.json_response(message, headers={"request-id": f"req_{len(self.requests)}"})
        return await self._stream(request, message, script)

    async def _count_tokens(self, request: web.Request) -> web.StreamResponse:
        try:
            body = await self._body(request)
            check({"max_tokens": 1, **body})
        except RefusedError as refused:
            self.refusals.append(str(refused))
            return _error(refused.status, str(refused))
        return web.json_response({"input_tokens": tokens_of(body)})

    async def _body(self, request: web.Request) -> dict[str, Any]:
        body = await request.json()
        if request.path == "/v1/messages":
            self.requests.append(body)
        if request.headers.get("Authorization") != f"Bearer {self._key}":
            raise RefusedError("invalid bearer token", 401)
        if request.headers.get("anthropic-version") != VERSION:
            raise RefusedError(f"anthropic-version: only {VERSION} is served here")
        return dict(body)

    def _message(self, body: dict[str, Any], script: Scripted) -> dict[str, Any]:
        schema = body.get("output_config", {}).get("format", {}).get("schema")
        default = "The ferry came in." if schema is None else json.dumps(filled(schema))
        text = default if script.text is None else script.text
        content: list[dict[str, Any]] = (
            [{"type": "thinking", "thinking": "", "signature": "c2ln"}] if script.thinking else []
        )
        content.append({"type": "text", "text": text, "citations": None})
        thought = 40 if script.thinking else 0
        usage: dict[str, Any] = {
            "input_tokens": tokens_of(body),
            "output_tokens": thought + -(-len(text) // 4),
        }
        if not script.sparse:
            usage |= self.cache.count(body)
            usage["output_tokens_details"] = {"thinking_tokens": thought}
        return {
            "id": None if script.sparse else f"msg_{len(self.requests)}",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": content,
            "stop_reason": script.stop_reason,
            "stop_sequence": None,
            "usage": usage,
        }

    async def _stream(
        self, request: web.Request, message: dict[str, Any], script: Scripted
    ) -> web.StreamResponse:
        headers = {"Content-Type": "text/event-stream", "request-id": f"req_{len(self.requests)}"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        for number, (event, data) in enumerate(_events(message, sparse=script.sparse)):
            said = number - _before_text(message, sparse=script.sparse)
            if script.fault is not None and said >= script.after:
                return await self._break(request, response, script)
            await response.write(f"event: {event}\ndata: {json.dumps(data)}\n\n".encode())
        await response.write_eof()
        return response

    async def _break(
        self, request: web.Request, response: web.StreamResponse, script: Scripted
    ) -> web.StreamResponse:
        if script.fault == "drop":
            if request.transport is not None:
                request.transport.abort()
            return response
        if script.fault == "stall":
            await self._never.wait()
        elif script.fault == "corrupt":
            await response.write(b"event: content_block_delta\ndata: " + script.junk + b"\n\n")
        elif script.fault == "error_event":
            error = {
                "type": script.error_type or ERROR_TYPES.get(script.status, "api_error"),
                "message": script.message,
            }
            await response.write(
                f"event: error\ndata: {json.dumps({'type': 'error', 'error': error})}\n\n".encode()
            )
        await response.write_eof()
        return response


def pieces_of(text: str) -> list[str]:
    """A text as the server streams it: two pieces for every three words or so, spaces kept."""
    return [text[start : start + 9] for start in range(0, len(text), 9)]


def _before_text(message: dict[str, Any], *, sparse: bool) -> int:
    """How many events precede the first piece of text."""
    return 2 + (0 if sparse else 1) + (4 if len(message["content"]) > 1 else 0)


def _events(message: dict[str, Any], *, sparse: bool) -> list[tuple[str, dict[str, Any]]]:
    started = {
        **message,
        "content": [],
        "stop_reason": None,
        "usage": {**message["usage"], "output_tokens": 1},
    }
    events: list[dict[str, Any]] = [{"type": "message_start", "message": started}]
    if not sparse:
        events.append({"type": "ping"})
    for index, block in enumerate(message["content"]):
        if block["type"] == "thinking":
            deltas: list[dict[str, Any]] = [
                {"type": "thinking_delta", "thinking": "Not for readers."},
                {"type": "signature_delta", "signature": "c2ln"},
            ]
            empty = {"type": "thinking", "thinking": "", "signature": ""}
        else:
            deltas = [{"type": "text_delta", "text": piece} for piece in pieces_of(block["text"])]
            empty = {"type": "text", "text": ""}
        events.append({"type": "content_block_start", "index": index, "content_block": empty})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", "index": index})
    total = {
        name: message["usage"][name]
        for name in ("output_tokens", "output_tokens_details")
        if name in message["usage"]
    }
    delta = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    events += [{"type": "message_delta", "delta": delta, "usage": total}, {"type": "message_stop"}]
    return [(event["type"], event) for event in events]


def _error(
    status: int,
    message: str,
    kind: str | None = None,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    error: dict[str, Any] = {"type": kind or ERROR_TYPES.get(status, "api_error"), "message": message}
    if code is not None:
        error["details"] = {"error_code": code}
    body = {"type": "error", "error": error, "request_id": "req_refused"}
    return web.json_response(body, status=status, headers={"request-id": "req_refused", **(headers or {})})
