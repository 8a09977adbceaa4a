"""How Slack says no: one word, sometimes with what was needed, and a list that points at each wrong field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]
Path = tuple[str | int, ...]


class Refused(Exception):
    """A call that Slack would refuse, in its own word."""

    def __init__(
        self, error: str, *, status: int = 200, retry_after: float | None = None, **more: object
    ) -> None:
        messages = more.get("errors")
        super().__init__(error if not isinstance(messages, list) else f"{error}: {'; '.join(messages)}")
        self.error = error
        self.status = status
        self.retry_after = retry_after
        self.body: Json = {"ok": False, "error": error, **more}
        if isinstance(messages, list):
            self.body["response_metadata"] = {"messages": [f"[ERROR] {one}" for one in messages]}


def missing(*names: str) -> Refused:
    """A call without an argument that it needs."""
    return Refused("invalid_arguments", errors=[f"missing required field: {name}" for name in names])


class Problems:
    """What is wrong with blocks or a view, field by field."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, path: Path, words: str) -> None:
        """One more problem, at that field."""
        self.found.append(f"{words} [json-pointer:/{'/'.join(str(step) for step in path)}]")

    def check(self, error: str) -> None:
        """Raise under that word if anything was wrong."""
        if self.found:
            raise Refused(error, errors=self.found)

    def length(self, path: Path, text: str, most: int, least: int = 1) -> None:
        """A text is too long or too short."""
        if len(text) < least:
            self.add(path, f"must be more than {least - 1} characters")
        if len(text) > most:
            self.add(path, f"must be less than {most + 1} characters")

    def count(self, path: Path, things: Sequence[object], most: int, least: int = 1) -> None:
        """A list is too long or too short."""
        if len(things) < least:
            self.add(path, f"no fewer than {least} items allowed")
        if len(things) > most:
            self.add(path, f"no more than {most} items allowed")
