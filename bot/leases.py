"""Leases on posts: renewed while posts wait for their turn, so that no other process takes what is only slow."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.errors import OperatorError
from bot.ports import Clock, Store
from bot.story.books import Books
from bot.story.people import Place

log = logging.getLogger("room37.posting")


@dataclass(slots=True)
class Held:
    """Posts of a pass, as far as they are still this process's."""

    ids: set[str]
    clock: Clock
    until: datetime | None
    """Later than this nothing is begun: the lease may be over before it is done. None where nobody else posts."""

    def still(self, post: str) -> bool:
        """Whether this post may be posted now."""
        return post in self.ids and (self.until is None or self.clock.now() <= self.until)


@contextlib.asynccontextmanager
async def held(
    store: Store, clock: Clock, place: Place, ids: Sequence[str], owner: str, lease: timedelta
) -> AsyncIterator[Held]:
    """Hold these posts of a place, which `owner` has just claimed, until the block ends; "" is the only process there is.

    They are renewed each quarter of a lease. When the database cannot be reached for three of them, no more is begun.
    """
    if not owner:
        yield Held(set(ids), clock, None)
        return
    mine = Held(set(ids), clock, clock.now() + lease * 0.75)
    quarter = lease.total_seconds() / 4
    renewing: list[asyncio.Task[None]] = []

    async def renew() -> None:
        while True:
            until = clock.now() + lease
            try:
                left = await store.write(place, partial(_renewed, ids, owner, until))
            except OperatorError as error:
                log.warning("a lease was not renewed: %s", error)
            else:
                mine.ids &= set(left)
                mine.until = until - lease / 4
            await asyncio.sleep(quarter)

    timer = asyncio.get_running_loop().call_later(quarter, lambda: renewing.append(asyncio.create_task(renew())))
    try:
        yield mine
    finally:
        timer.cancel()
        for task in renewing:
            task.cancel()
            await asyncio.wait({task})


def _renewed(ids: Sequence[str], owner: str, until: datetime, books: Books) -> Sequence[str]:
    return books.posts_renew(ids, owner, until)
