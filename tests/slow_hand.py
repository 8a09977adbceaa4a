"""A co-writer that takes its time: a word, a pause, a word."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from bot.errors import WriterError
from bot.writing.briefs import Brief, Capabilities, Written

TALE = "The lamp went out over the water. **Nobody** had told the captain. " * 6


class SlowHand:
    """A co-writer that writes a tale word by word, and may fail at a word."""

    def __init__(self, tale: str = TALE, *, pause: float = 0.2, fails_after: int = 0) -> None:
        self._tale = tale
        self._pause = pause
        self._fails_after = fails_after

    @property
    def capabilities(self) -> Capabilities:
        """Prose, on this machine."""
        return Capabilities(provider="recording", label="a slow hand", prose=True, ideas=True)

    async def write(self, brief: Brief) -> AsyncGenerator[str | Written, None]:
        """The tale."""
        for n, word in enumerate(self._tale.split(" ")):
            await asyncio.sleep(self._pause)
            if 0 < self._fails_after <= n:
                raise WriterError("assist.stop_broken", again=True)
            yield word + " "
        yield Written(text=self._tale.strip(), stop="end", model="a slow hand")

    async def answer(self, brief: Brief, schema: dict[str, Any]) -> dict[str, Any]:
        """It was not asked for that."""
        return {}
