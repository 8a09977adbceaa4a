"""No co-writer at all: a room for people only, which still answers somebody who asks for the machine."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from bot.errors import WriterError
from bot.writing.briefs import Brief, Capabilities, Written


class Silent:
    """The provider `none`: it has the port's shape, offers nothing, and says how to get a co-writer."""

    @property
    def capabilities(self) -> Capabilities:
        """Nothing, in a word that a card can show."""
        return Capabilities(provider="none", label="no co-writer")

    async def write(self, brief: Brief) -> AsyncGenerator[str | Written, None]:
        """Always WriterError."""
        pieces: tuple[str, ...] = ()
        for piece in pieces:  # what makes this an iterator, as the port has it
            yield piece
        raise WriterError("writer.none", again=False)

    async def answer(self, brief: Brief, schema: dict[str, Any]) -> dict[str, Any]:
        """Always WriterError."""
        raise WriterError("writer.none", again=False)
