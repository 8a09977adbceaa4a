"""The provider's prefix cache, emulated, so that a test can see whether a prompt's layout is served from it.

Rules as documented: a prefix must be byte for byte the same, for the same model, thinking, effort and format;
it is stored at each breakpoint that has 512 tokens or more before it; a breakpoint finds what was stored up
to 20 blocks before it. Four characters are taken for a token. Nothing expires by time, only by `forget`.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

LEAST = 512
"""Tokens; a shorter prefix is never stored, and no error says so."""
LOOK_BACK = 20
"""Blocks that a breakpoint looks back over."""
CHARACTERS_A_TOKEN = 4


class PromptCache:
    """Prefixes seen, and for how long they were meant to last."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def forget(self, life: str) -> None:
        """Let the entries of this lifetime ("5m" or "1h") expire."""
        self._kept = {prefix: kept for prefix, kept in self._kept.items() if kept != life}

    def count(self, body: dict[str, Any]) -> dict[str, Any]:
        """The usage of this request, and remember its prefixes."""
        blocks = _flat(body)
        sums: list[int] = []
        prefixes: list[str] = []
        running = hashlib.sha256(
            json.dumps(
                [body["model"], body.get("thinking"), body.get("output_config")], sort_keys=True
            ).encode()
        )
        for role, block in blocks:
            running.update(json.dumps([role, block["text"]]).encode())
            prefixes.append(running.hexdigest())
            sums.append((sums[-1] if sums else 0) + tokens_in(block["text"]))
        marks = [
            (index, block["cache_control"].get("ttl", "5m"))
            for index, (_, block) in enumerate(blocks)
            if "cache_control" in block
        ]
        marks = [(index, life) for index, life in marks if sums[index] >= LEAST]
        hit = max(
            (
                earlier
                for index, _ in marks
                for earlier in range(max(0, index - LOOK_BACK + 1), index + 1)
                if prefixes[earlier] in self._kept
            ),
            default=-1,
        )
        read = sums[hit] if hit >= 0 else 0
        written = {"1h": 0, "5m": 0}
        reached = read
        for index, life in marks:
            if sums[index] > reached:
                written[life] += sums[index] - reached
                reached = sums[index]
            self._kept.setdefault(prefixes[index], life)
        total = sums[-1] if sums else 0
        return {
            "input_tokens": total - reached,
            "cache_read_input_tokens": read,
            "cache_creation_input_tokens": written["1h"] + written["5m"],
            "cache_creation": {
                "ephemeral_5m_input_tokens": written["5m"],
                "ephemeral_1h_input_tokens": written["1h"],
            },
        }


def tokens_in(text: str) -> int:
    """About how many tokens a text is."""
    return -(-len(text) // CHARACTERS_A_TOKEN)


def tokens_of(body: dict[str, Any]) -> int:
    """About how many tokens a request's prompt is."""
    return sum(tokens_in(block["text"]) for _, block in _flat(body))


def _flat(body: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    parts = [("system", body.get("system", []))] + [
        (turn["role"], turn["content"]) for turn in body["messages"]
    ]
    return [
        (role, block)
        for role, content in parts
        for block in ([{"type": "text", "text": content}] if isinstance(content, str) else content)
    ]
