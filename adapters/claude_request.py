"""A brief as a request of the Messages API, and the values that travel between `claude` and `claude_line`.

Nothing here knows the SDK. Three rules of the API shape it: at most four cache breakpoints; those that last
an hour stand before those that last five minutes; the last turn is the user's, as no answer can be begun for
the model.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.errors import WriterError
from bot.settings import Effort
from bot.writing.briefs import Block, Brief, Turn, Usage

MOST_BREAKPOINTS = 4
"""https://platform.claude.com/docs/en/build-with-claude/prompt-caching"""

Thinking = Literal["adaptive", "between_tools", "disabled"]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a room waits, in seconds, and how often it asks again. The SDK's own waits have no cap."""

    connect: float = 5.0
    first_byte: float = 60.0
    """Until the server begins to answer, for each attempt."""
    between: float = 45.0
    """Between two pieces of an answer that has begun; pings count, so thinking in silence is no stall."""
    overall: float = 240.0
    """For everything: attempts, waits between them, and the whole text."""
    retries: int = 2
    backoff: float = 0.5
    """Before the first new attempt; doubled for each further one, at most 8."""
    longest_wait: float = 20.0
    """A server that asks for a longer wait is reported as busy at once: nobody stares at a frozen card."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a request ended: what came, what it used, and why it stopped (None when the server never said)."""

    text: str
    stop_reason: str | None
    model: str
    request_id: str
    usage: Usage
    trouble: WriterError | None = None
    """What broke it off, as a sentence; None when the stream was read to its end."""


@dataclass(slots=True)
class Progress:
    """What has been read of one answer so far. Servers differ in what they leave out: all has a default."""

    model: str = ""
    message_id: str = ""
    request_id: str = ""
    stop_reason: str | None = None
    begun: bool = False
    pieces: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    """The provider's counts by their names; later ones replace earlier ones (they are totals)."""

    def ended(self, trouble: WriterError | None = None) -> Ended:
        """These readings as a value. Cache writes of an untold lifetime are taken for the dearer kind."""
        count = self.counts.get
        written = max(count("cache_creation_input_tokens", 0), count("5m", 0) + count("1h", 0))
        usage = Usage(
            input_tokens=count("input_tokens", 0),
            cache_write_5m_tokens=count("5m", 0),
            cache_write_1h_tokens=written - count("5m", 0),
            cache_read_tokens=count("cache_read_input_tokens", 0),
            output_tokens=count("output_tokens", 0),
            thinking_tokens=count("thinking_tokens", 0),
        )
        request_id = self.request_id or self.message_id
        return Ended("".join(self.pieces), self.stop_reason, self.model, request_id, usage, trouble)


def request_of(
    brief: Brief, *, model: str, effort: Effort | None, thinking: Thinking | None
) -> dict[str, Any]:
    """The body of a streamed request. Raises ValueError for a brief that does not end in a user's turn."""
    turns = [turn for turn in (_without_blanks(turn) for turn in brief.turns) if turn.blocks]
    if not turns or turns[-1].role != "user":
        raise ValueError("a brief ends with the user's turn")
    system = _without_blanks(Turn("user", brief.system)).blocks
    marks = iter(_marks([*system] + [block for turn in turns for block in turn.blocks]))
    body: dict[str, Any] = {"model": model, "max_tokens": brief.max_tokens}
    if system:
        body["system"] = [_block(block, next(marks)) for block in system]
    body["messages"] = [
        {"role": turn.role, "content": [_block(block, next(marks)) for block in turn.blocks]}
        for turn in turns
    ]
    if effort is not None:
        body["output_config"] = {"effort": effort}
    if thinking is not None:
        body["thinking"] = {"type": thinking}
    return body


def in_schema(body: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The same request for a JSON answer, by the API's own means."""
    wanted = {"format": {"type": "json_schema", "schema": schema}}
    return {**body, "output_config": {**body.get("output_config", {}), **wanted}}


def in_words(body: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The same request for a JSON answer, asked in words at its end: llama.cpp ignores the API's means."""
    shape = json.dumps(schema, sort_keys=True)
    words = f"Answer with one JSON object that fits this schema, and nothing else:\n{shape}"
    *before, last = body["messages"]
    asked = {**last, "content": [*last["content"], {"type": "text", "text": words}]}
    return {**body, "messages": [*before, asked]}


def _without_blanks(turn: Turn) -> Turn:
    """The API refuses text blocks without a visible character."""
    return Turn(turn.role, tuple(block for block in turn.blocks if block.text.strip()))


def _marks(blocks: list[Block]) -> list[str | None]:
    """The lifetime of each block's breakpoint: the last four wishes, and never an hour after five minutes.

    The last ones serve best: a hit at a later breakpoint covers all that stands before it.
    """
    marks: list[str | None] = [block.keep for block in blocks]
    wished = [index for index, mark in enumerate(marks) if mark]
    for index in wished[:-MOST_BREAKPOINTS]:
        marks[index] = None
    short = False
    for index in wished[-MOST_BREAKPOINTS:]:
        if short:
            marks[index] = "5m"
        short = marks[index] == "5m"
    return marks


def _block(block: Block, mark: str | None) -> dict[str, Any]:
    sent: dict[str, Any] = {"type": "text", "text": block.text}
    if mark is not None:
        sent["cache_control"] = {"type": "ephemeral", "ttl": mark}
    return sent
