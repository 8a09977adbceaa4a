"""What is being answered: discord.py runs each interaction in a task that nobody else awaits, so they are noted here."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any


class AtWork:
    """The tasks that answer interactions now."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """While an interaction is answered, in the task that does it."""
        here = {task} if (task := asyncio.current_task()) is not None else set()
        self._tasks |= here
        try:
            yield
        finally:
            self._tasks -= here

    async def finish(self, seconds: float) -> None:
        """Let what is being answered come to its end, but wait no longer than this."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def break_off(self) -> None:
        """Break off what is being answered, before the house closes its books: what is undone stays on the desk."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
