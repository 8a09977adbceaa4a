"""Ending tasks of libraries that may keep a cancellation to themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

AGAIN_SECONDS = 1.0
"""After this long a task that has not ended is told once more."""


async def ended(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel these tasks, again and again until all of them are done; what they end in is nobody's concern any more.

    One cancellation may be lost: `asyncio.wait_for` (Python 3.11) gives its result instead of raising when what it waited
    for is done in the same turn of the loop, and discord.py, which then finds its session closed, tries again for ever
    (`launch_shard`, discord/shard.py, 2.7.1).
    """
    left = {task for task in tasks if not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=AGAIN_SECONDS)
    for task in tasks:
        if not task.cancelled():
            task.exception()
