"""What the real Messages API refuses, and what a schema asks for: the strictness of the loopback server."""

from __future__ import annotations

from typing import Any

_SAMPLING = ("temperature", "top_p", "top_k")
_KNOWN = frozenset(
    {
        "model",
        "max_tokens",
        "messages",
        "system",
        "stream",
        "thinking",
        "output_config",
        "metadata",
        "stop_sequences",
    }
)


class RefusedError(Exception):
    """A request that the real API would refuse, with the status and the words of the refusal."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def check(body: dict[str, Any]) -> None:
    """Refuse what the real API refuses."""
    for name in _SAMPLING:
        if name in body:
            raise RefusedError(f"{name}: sampling parameters are not supported by this version")
    if unknown := sorted(set(body) - _KNOWN):
        raise RefusedError(f"{unknown[0]}: Extra inputs are not permitted")
    if (
        not isinstance(body.get("model"), str)
        or not isinstance(body.get("max_tokens"), int)
        or body["max_tokens"] < 1
    ):
        raise RefusedError("model and max_tokens are required")
    messages = body.get("messages")
    if not messages or messages[0]["role"] != "user":
        raise RefusedError("messages: the first message must be the user's")
    if any(message["role"] not in ("user", "assistant") for message in messages):
        raise RefusedError("messages: unexpected role")
    if messages[-1]["role"] == "assistant":
        raise RefusedError("messages: prefilling the assistant's turn is not supported for this model")
    blocks = blocks_of(body)
    if any(not block["text"].strip() for block in blocks):
        raise RefusedError("messages: text content blocks must contain non-whitespace text")
    _check_breakpoints([block["cache_control"] for block in blocks if "cache_control" in block])
    schema = body.get("output_config", {}).get("format", {}).get("schema")
    if schema is not None:
        _check_schema(schema)


def _check_breakpoints(marks: list[dict[str, str]]) -> None:
    if len(marks) > 4:
        raise RefusedError(f"A maximum of 4 blocks with cache_control may be provided. Found {len(marks)}.")
    lives = [mark.get("ttl", "5m") for mark in marks]
    if any(mark.get("type") != "ephemeral" for mark in marks) or set(lives) - {"5m", "1h"}:
        raise RefusedError("cache_control: unknown type or ttl")
    if lives != sorted(lives):  # "1h" sorts before "5m"
        raise RefusedError(
            "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block"
        )


def _check_schema(schema: dict[str, Any]) -> None:
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        raise RefusedError(
            "output_config.format.schema: 'additionalProperties' must be explicitly set to false"
        )
    if found := {"minimum", "maximum", "minLength", "maxLength"} & set(schema):
        raise RefusedError(f"output_config.format.schema: {min(found)} is not supported")
    for inner in [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]:
        _check_schema(inner)


def blocks_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Every text block of a request in the order of the prompt: system, then messages."""
    blocks: list[dict[str, Any]] = []
    for content in [body.get("system", []), *(message["content"] for message in body["messages"])]:
        blocks += [{"type": "text", "text": content}] if isinstance(content, str) else content
    return blocks


def filled(schema: dict[str, Any]) -> Any:
    """The plainest value that fits a schema."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return filled(schema["anyOf"][0])
    kind = schema.get("type")
    if kind == "object":
        return {name: filled(inner) for name, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [filled(schema.get("items", {"type": "string"}))]
    plain: dict[str | None, Any] = {"integer": 1, "number": 1.5, "boolean": True, "null": None}
    return plain.get(kind, "a ferry")
