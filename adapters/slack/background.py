"""Work that goes on behind an acknowledgement: each for itself, so that none that fails ends the others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar

from adapters.slack.asking import FAILED
from bot.errors import OperatorError, PostingError, UserError

log = logging.getLogger("room37.slack")
T = TypeVar("T")


async def became(work: Awaitable[T]) -> T | BaseException:
    """What became of work: its result, or what ended it. Cancellation passes through."""
    (found,) = await asyncio.gather(work, return_exceptions=True)
    return found


class Background:
    """Tasks in a group that somebody awaits."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self._group = group

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it; what broke is said without what people wrote."""
        if not self.start(_said(work)):
            work.close()

    def start(self, work: Coroutine[Any, Any, None]) -> bool:
        """Do it; what breaks ends the service. False when that ends already, so that nothing is begun any more."""
        try:
            self._group.create_task(work)
        except RuntimeError:  # https://docs.python.org/3/library/asyncio-task.html#task-groups
            work.close()
            return False
        return True

    def task(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Do what fails in no way of its own, and give its task."""
        return self._group.create_task(work)


async def _said(work: Coroutine[Any, Any, None]) -> None:
    fault = await became(work)
    if isinstance(fault, UserError | PostingError):
        log.info("a delivery came to nothing: %s", type(fault).__name__)
    elif isinstance(fault, (OperatorError, *FAILED)):
        log.warning("a delivery failed: %s", type(fault).__name__)
    elif fault is not None:
        log.error("a delivery broke: %s", type(fault).__name__)
