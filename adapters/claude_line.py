"""The wire to a Messages server: the only module that imports the anthropic SDK, and the end of its failures.

It is imported at the first request (1.7 s, 34 MB), never at start. The SDK's raw stream is read rather than
its accumulating helper, because a local server leaves out fields that the helper needs. Streams that break
raise nothing, or errors of httpx2 and json that are not the SDK's own; all of them end here, as a sentence.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import anthropic
import httpx2

from adapters.claude_request import Ended, Patience, Progress
from bot.errors import WriterError

log = logging.getLogger(__name__)

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_BROKEN = (
    anthropic.AnthropicError,
    httpx2.HTTPError,
    httpx2.StreamError,
    httpx2.InvalidURL,
    OSError,  # TimeoutError included: our own deadlines
    ValueError,  # a chunk that is not JSON, or not UTF-8
    RecursionError,  # a chunk that is nothing but brackets
)
"""Everything that a request has been seen to die of."""

_BY_STATUS = {
    401: "bad_key",
    403: "not_permitted",
    404: "not_found",
    408: "slow",
    413: "too_long",
    429: "busy",
    504: "slow",
    529: "overloaded",
}
_BY_KIND = {
    "authentication_error": "bad_key",
    "permission_error": "not_permitted",
    "not_found_error": "not_found",
    "request_too_large": "too_long",
    "rate_limit_error": "busy",
    "overloaded_error": "overloaded",
    "timeout_error": "slow",
    "api_error": "server_failed",
    "invalid_request_error": "rejected",
}
"""Names in the catalogue, after `writer.`."""

_PASSING = frozenset({"busy", "overloaded", "slow", "server_failed"})
"""What trying again may help against."""

_COUNTS = (
    "input_tokens",
    "output_tokens",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
)
_MOST_QUOTED = 200
"""Characters of a server's own words in a sentence for people."""


class Line:
    """One client, its patience and its translation of failures. It holds the key and never shows it."""

    def __init__(self, *, api_key: str, base_url: str, patience: Patience) -> None:
        host = urlsplit(base_url).hostname or base_url
        # A proxy of the environment cannot reach a server on this machine, so it is passed by.
        mounts = {f"all://{host}": None} if host in LOOPBACK else {}
        self._host = host
        self._key = api_key
        self._patience = patience
        self._client = anthropic.AsyncAnthropic(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,  # the SDK honours `retry-after` without a cap and retries spent limits; see `ask`
            timeout=httpx2.Timeout(patience.first_byte, connect=patience.connect),
            http_client=anthropic.DefaultAsyncHttpxClient(mounts=mounts),
            open_telemetry=False,  # story text goes to the model's host alone, whatever the environment says
        )

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._client.close()

    def strict(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema as the API takes it: closed objects, and limits that it does not know told in words."""
        return anthropic.transform_schema(schema)

    async def ask(self, request: dict[str, Any]) -> AsyncGenerator[str | Ended, None]:
        """Pieces of text as they come, then one Ended. It tries again only while nothing has been shown."""
        now = asyncio.get_running_loop().time
        deadline = now() + self._patience.overall
        retries = 0
        while True:
            progress = Progress(model=request["model"])
            failure: Exception | None = None
            stream: anthropic.AsyncStream[Any] | None = None
            try:
                async with asyncio.timeout_at(deadline):
                    stream = await self._client.messages.create(**request, stream=True)
                progress.request_id = stream.response.headers.get("request-id", "")
                # Headers are here: from now on a read may take as long as the gap between two pieces.
                stream.response.request.extensions.get("timeout", {})["read"] = self._patience.between
                while True:
                    async with asyncio.timeout_at(deadline):
                        event = await anext(stream, None)
                    if event is None:
                        break
                    if piece := _read(event, progress):
                        progress.pieces.append(piece)
                        yield piece
            except _BROKEN as error:
                failure = error
            finally:
                if stream is not None:
                    with suppress(*_BROKEN):
                        await stream.close()
            wait = None if progress.pieces else self._wait(failure, retries, begun=progress.begun)
            if wait is None or now() + wait >= deadline:
                yield progress.ended(self._trouble(failure, progress))
                return
            retries += 1
            await asyncio.sleep(wait)

    def _wait(self, failure: Exception | None, retries: int, *, begun: bool) -> float | None:
        """Seconds until the next attempt; None when it would be of no use, or be paid for twice."""
        if failure is None or retries >= self._patience.retries or isinstance(failure, TimeoutError):
            return None
        wait = min(self._patience.backoff * 2.0**retries, 8.0)
        if isinstance(failure, anthropic.APIStatusError):
            again = failure.type == "overloaded_error" or failure.status_code in (408, 409, 429)
            if not (again or failure.status_code >= 500) or _is_spent(failure):
                return None
            wait = max(wait, _asked_wait(failure))
            return wait if wait <= self._patience.longest_wait else None
        dropped = (anthropic.APIConnectionError, httpx2.NetworkError, httpx2.ProtocolError)
        return wait if isinstance(failure, dropped) and not begun else None

    def _trouble(self, failure: Exception | None, progress: Progress) -> WriterError | None:
        """What people are told, and one line for the operator.

        The failure itself goes no further: its text may quote the request, and its request holds the key.
        """
        if failure is None:
            if progress.begun:
                return None
            return WriterError("writer.not_understood", again=False, host=self._host)
        kind, status = type(failure).__name__, getattr(failure, "status_code", "")
        request_id = getattr(failure, "request_id", None) or progress.request_id or "unknown"
        log.warning("co-writer at %s: %s %s, request %s", self._host, kind, status, request_id)
        return self._sentence(failure)

    def _sentence(self, failure: Exception) -> WriterError:
        if isinstance(failure, anthropic.APIStatusError):
            return self._refusal(failure)
        if isinstance(failure, (anthropic.APITimeoutError, httpx2.TimeoutException, TimeoutError)):
            return WriterError("writer.slow", host=self._host)
        if isinstance(failure, (anthropic.APIConnectionError, httpx2.InvalidURL)):
            return WriterError("writer.unreachable", host=self._host)
        return WriterError("writer.broke_off", host=self._host)

    def _refusal(self, failure: anthropic.APIStatusError) -> WriterError:
        """By status, else by kind: an error within a stream that began well has the status 200."""
        status, kind = failure.status_code, str(failure.type)
        otherwise = "rejected" if 400 <= status < 500 else "server_failed"
        name = "spent" if _is_spent(failure) else _BY_STATUS.get(status) or _BY_KIND.get(kind, otherwise)
        wait = round(_asked_wait(failure))
        if name == "busy" and wait:
            return WriterError("writer.busy_until", n=wait, host=self._host)
        reason = self._reason(failure) if name in ("rejected", "not_found") else ""
        return WriterError(f"writer.{name}", again=name in _PASSING, host=self._host, reason=reason)

    def _reason(self, failure: anthropic.APIStatusError) -> str:
        """The server's own words, on one line, cut, and without the key should it quote it."""
        words = " ".join(str(failure.api_message or f"status {failure.status_code}").split())
        words = words.replace(self._key, "(key)")
        return words if len(words) <= _MOST_QUOTED else words[: _MOST_QUOTED - 1] + "…"


def _is_spent(failure: anthropic.APIStatusError) -> bool:
    """A spend limit or missing credit: only who pays can help, so it is never tried again."""
    code = failure.error_code or ""
    named = any(word in code for word in ("spend_limit", "billing"))
    return named or failure.status_code == 402 or failure.type == "billing_error"


def _asked_wait(failure: anthropic.APIStatusError) -> float:
    """Seconds that the server asks to wait, a day at most; 0 when it does not say so in seconds."""
    try:
        return min(max(0.0, float(failure.response.headers.get("retry-after", "0"))), 86_400.0)
    except ValueError:
        return 0.0


def _read(event: object, progress: Progress) -> str:
    """Take in one event and return the text it brings, if any. Thinking is counted and shown to nobody."""
    kind = getattr(event, "type", None)
    if kind == "message_start":
        message = getattr(event, "message", None)
        progress.begun = True
        progress.model = _words(message, "model") or progress.model
        progress.message_id = _words(message, "id")
        _count(getattr(message, "usage", None), progress)
    elif kind == "message_delta":
        stop_reason = _words(getattr(event, "delta", None), "stop_reason")
        progress.stop_reason = stop_reason or progress.stop_reason
        _count(getattr(event, "usage", None), progress)
    elif kind == "content_block_start":
        block = getattr(event, "content_block", None)
        return _words(block, "text") if _words(block, "type") == "text" else ""
    elif kind == "content_block_delta":
        delta = getattr(event, "delta", None)
        return _words(delta, "text") if _words(delta, "type") == "text_delta" else ""
    return ""


def _words(thing: object, name: str) -> str:
    """A field that should be text: the SDK does not check what a server puts there."""
    found = getattr(thing, name, None)
    return found if isinstance(found, str) else ""


def _count(usage: object, progress: Progress) -> None:
    found = {name: getattr(usage, name, None) for name in _COUNTS}
    lifetimes = getattr(usage, "cache_creation", None)
    found["5m"] = getattr(lifetimes, "ephemeral_5m_input_tokens", None)
    found["1h"] = getattr(lifetimes, "ephemeral_1h_input_tokens", None)
    found["thinking_tokens"] = getattr(getattr(usage, "output_tokens_details", None), "thinking_tokens", None)
    progress.counts.update({name: count for name, count in found.items() if isinstance(count, int)})
