"""Claude, or any server that speaks the Messages API, as a co-writer: the Writer port over the anthropic SDK.

What is fragile lives in two neighbours: `claude_request` (a brief as a request) and `claude_line` (the SDK
and its failures). Here a stream becomes a Written: only a stop reason that says so makes a text complete.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from adapters.claude_request import Ended, Patience, Thinking, in_schema, in_words, request_of
from adapters.prices import DEAREST, cost, price_of
from bot.errors import OperatorError, WriterError
from bot.settings import PRICES, Effort, Price
from bot.writing.briefs import Brief, Capabilities, Written

if TYPE_CHECKING:  # not a circle: the SDK takes 1.7 s to import, and only a machine that is used pays for it
    from adapters.claude_line import Line

ANTHROPIC = "https://api.anthropic.com"

Stop = Literal["end", "length", "refusal", "broken"]

_STOPS: Mapping[str | None, Stop] = {
    "end_turn": "end",
    "stop_sequence": "end",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refusal",
}
"""Any other stop reason, and none, is a text that broke off."""

_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


class Claude:
    """A remote co-writer: plain values in, a connection at the first request, and shows its key to nobody."""

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str | None = None,
        model: str = "claude-sonnet-5-5",
        effort: Effort | None = None,
        thinking: Thinking | None = None,
        prices: Mapping[str, Price] = PRICES,
        unknown_price: Price = DEAREST,
        patience: Patience = Patience(),  # noqa: B008 - frozen: one value for all is one value
        schema: bool = True,
    ) -> None:
        """`schema=False` is for servers without `output_config.format` (llama.cpp's): they get it in words.

        Raises OperatorError for a key that cannot be sent (it is not quoted) and for an address that is none.
        """
        key = api_key.strip()
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise OperatorError(
                "The co-writer's key holds characters that no key has. Copy it again into ANTHROPIC_API_KEY."
            )
        address = (base_url or ANTHROPIC).strip().rstrip("/").removesuffix("/v1")  # the SDK adds /v1 itself
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise OperatorError(
                "The co-writer's base_url is not an address. "
                "Write it like https://api.anthropic.com, or leave it out."
            )
        self._key = key or "none"  # a local server asks for no key, but the SDK insists on one
        self._address = address
        self._model = model
        self._effort = effort
        self._thinking = thinking
        self._prices = prices
        self._unknown_price = unknown_price
        self._patience = patience
        self._capabilities = Capabilities(
            provider="claude",
            label=model,
            prose=True,
            ideas=True,
            schema=schema,
            remote=True,
            host=parts.hostname,
        )
        self._opening = asyncio.Lock()
        self._line: Line | None = None

    @property
    def capabilities(self) -> Capabilities:
        """What it can do, and to whom text goes; known without a network call."""
        return self._capabilities

    async def write(self, brief: Brief) -> AsyncGenerator[str | Written, None]:
        """Stream the text, as the port says. A WriterError that was not free has `values["cost_micros"]`."""
        request = request_of(brief, model=self._model, effort=self._effort, thinking=self._thinking)
        line = await self._connected()
        async with aclosing(line.ask(request)) as pieces:
            async for piece in pieces:
                yield piece if isinstance(piece, str) else self._written(piece)

    async def answer(self, brief: Brief, schema: dict[str, Any]) -> dict[str, Any]:
        """A JSON object with the schema's required keys and types, asked for in the way this server knows."""
        request = request_of(brief, model=self._model, effort=self._effort, thinking=self._thinking)
        line = await self._connected()
        asked = (
            in_schema(request, line.strict(schema))
            if self._capabilities.schema
            else in_words(request, schema)
        )
        async with aclosing(line.ask(asked)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Ended):
                    return _answered(self._written(piece), schema)
        raise WriterError("writer.broke_off", host=self._capabilities.host)

    async def aclose(self) -> None:
        """Let go of the connections; a later request opens them again."""
        line, self._line = self._line, None
        if line is not None:
            await line.aclose()

    async def _connected(self) -> Line:
        async with self._opening:
            if self._line is None:
                # In a thread: the import would stop every room for seconds.
                self._line = await asyncio.to_thread(self._connect)
            return self._line

    def _connect(self) -> Line:
        from adapters.claude_line import Line  # noqa: PLC0415 - see above: the SDK is imported at first use

        return Line(api_key=self._key, base_url=self._address, patience=self._patience)

    def _written(self, ended: Ended) -> Written:
        """The end as the port has it. Raises WriterError when there is no text to give."""
        stop: Stop = _STOPS.get(ended.stop_reason, "broken")
        price = price_of(ended.model, self._prices, price_of(self._model, self._prices, self._unknown_price))
        # What broke off was never counted to its end, so its text is: three characters a token errs upwards.
        counted = ended.usage.output_tokens
        output = max(counted, len(ended.text) // 3) if stop == "broken" else counted
        micros = cost(replace(ended.usage, output_tokens=output), price)
        if not ended.text.strip() and stop != "refusal":
            raise _nothing(ended, stop, micros, self._capabilities.host)
        return Written(
            text=ended.text,
            stop=stop,
            model=ended.model,
            usage=ended.usage,
            cost_micros=micros,
            request_id=ended.request_id,
        )


def _nothing(ended: Ended, stop: Stop, micros: int, host: str) -> WriterError:
    if stop == "broken":
        trouble = ended.trouble or WriterError("writer.broke_off", host=host)
    elif stop == "length":
        trouble = WriterError("writer.no_room")
    else:
        trouble = WriterError("writer.empty")
    if micros:
        trouble.values["cost_micros"] = micros
    return trouble


def _answered(written: Written, schema: dict[str, Any]) -> dict[str, Any]:
    """The JSON object of a text; a model without schemas may wrap it in words or a fence."""
    spent: dict[str, Any] = {"cost_micros": written.cost_micros}
    if written.stop == "refusal":
        raise WriterError("writer.refused", again=False, **spent)
    if written.stop != "end":
        raise WriterError("writer.answer_cut", **spent)
    first, last = written.text.find("{"), written.text.rfind("}")
    try:
        found = json.loads(written.text[first : last + 1])
    except ValueError:
        found = None
    if not isinstance(found, dict) or not _fits(found, schema):
        raise WriterError("writer.not_json", **spent)
    return found


def _fits(value: object, schema: Mapping[str, Any]) -> bool:
    """Whether types, required keys and enums are as asked; finer wishes are the caller's to check."""
    if "enum" in schema and value not in schema["enum"]:
        return False
    kind = schema.get("type")
    if kind in ("integer", "number") and isinstance(value, bool):  # Python counts True as 1
        return False
    if isinstance(kind, str) and not isinstance(value, _KINDS.get(kind, object)):
        return False
    if isinstance(value, dict):
        inside: Mapping[str, Any] = schema.get("properties", {})
        return all(key in value for key in schema.get("required", ())) and all(
            _fits(value[key], inside[key]) for key in inside if key in value
        )
    if isinstance(value, list) and "items" in schema:
        return all(_fits(item, schema["items"]) for item in value)
    return True
