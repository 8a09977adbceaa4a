"""Alarms over APScheduler: one job at the earliest instant asked for, and a sweep once a minute. Never the truth."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler


class WakingAlarms:
    """Wakes the sweep. A late or lost alarm costs at most a minute: the sweep reads the database."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._earliest: datetime | None = None
        self._sweep: Callable[[], Awaitable[None]] | None = None

    def start(self, sweep: Callable[[], Awaitable[None]]) -> None:
        """Begin to wake this sweep; inside a running event loop."""
        self._sweep = sweep
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns when a sweep outlasts a minute: the next one waits
        self._scheduler.add_job(
            self._wake, "interval", minutes=1, id="sweep", coalesce=True, max_instances=1, misfire_grace_time=None
        )
        self._scheduler.start()

    def wake_at(self, at: datetime) -> None:
        """Wake the sweep at this instant, or earlier; the earliest instant asked for wins."""
        if self._sweep is None or (self._earliest is not None and self._earliest <= at):
            return
        self._earliest = at
        self._scheduler.add_job(
            self._wake, "date", run_date=at, id="next", replace_existing=True, coalesce=True, misfire_grace_time=None
        )

    async def _wake(self) -> None:
        self._earliest = None
        if self._sweep is not None:
            await self._sweep()

    def stop(self) -> None:
        """No more waking."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


class NoAlarms:
    """For transcripts and tools: time is moved by hand, so nobody needs waking."""

    def wake_at(self, at: datetime) -> None:
        """Nothing: whoever moves the clock sweeps."""
