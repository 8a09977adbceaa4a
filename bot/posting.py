"""The poster: makes public cards show what the database wants, once each, and redraws them in bursts.

A transaction only marks what is wanted. The poster claims wanted posts under a lease, draws them from the
database, posts or edits through the adapter, and records what is shown. A post whose fate is unknown after a crash
is looked for by its nonce before it is made again; where nobody can look, it is not made twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from weakref import WeakValueDictionary

from bot.cards import Card
from bot.chat import ChatAdapter
from bot.errors import OperatorError
from bot.ports import Clock, Store
from bot.story.books import Books, Post
from bot.story.people import Place

log = logging.getLogger("room37.posting")

LEASE = timedelta(minutes=2)
"""After this long in doubt a post is reconciled."""

Draw = Callable[[Books, Post, datetime], Card | None]


@dataclass(frozen=True, slots=True)
class _Job:
    post: Post
    card: Card | None
    doubtful: bool


class Poster:
    """One poster for all rooms of a process; one pass at a time in each room."""

    def __init__(
        self,
        store: Store,
        adapter: ChatAdapter,
        draw: Draw,
        clock: Clock,
        *,
        pace_seconds: float = 0.0,
        lease: timedelta = LEASE,
    ) -> None:
        self._store = store
        self._adapter = adapter
        self.draw = draw
        self._clock = clock
        self._pace = pace_seconds
        self._lease = lease
        self._dirty: dict[Place, None] = {}
        self._locks: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()
        self._woken = asyncio.Event()

    def wake(self, place: Place) -> None:
        """Something changed in this place's public cards."""
        self._dirty[place] = None
        self._woken.set()

    async def run(self) -> None:
        """Post what is wanted until cancelled; each room at most once per pace, rooms beside each other."""
        async with asyncio.TaskGroup() as group:
            busy: set[Place] = set()

            async def serve(place: Place) -> None:
                try:
                    await self.settle(place)
                    await asyncio.sleep(self._pace)
                except OperatorError as error:
                    log.warning("posting waits: %s", error)
                    await asyncio.sleep(5)
                    self.wake(place)
                finally:
                    busy.discard(place)
                    self._woken.set()

            while True:
                await self._woken.wait()
                self._woken.clear()
                for place in [p for p in self._dirty if p not in busy]:
                    del self._dirty[place]
                    busy.add(place)
                    group.create_task(serve(place))

    async def settle(self, place: Place) -> None:
        """Show everything that is wanted in this place now."""
        lock = self._locks.setdefault(place, asyncio.Lock())
        async with lock:
            while jobs := await self._store.write(place, self._claim):
                shown = [await self._show(place, job) for job in jobs]
                await self._store.write(place, partial(_save, shown))

    def _claim(self, books: Books) -> Sequence[_Job]:
        now = self._clock.now()
        jobs = []
        for post in books.posts_wanted():
            if post.state == "posting" and post.lease_until is not None and post.lease_until > now:
                continue
            claimed = replace(post, state="posting", lease_until=now + self._lease)
            jobs.append(_Job(claimed, self.draw(books, post, now), post.state == "posting"))
        if jobs:
            books.posts_save([job.post for job in jobs])
        return jobs

    async def _show(self, place: Place, job: _Job) -> Post:
        post, card = job.post, job.card
        if card is None:
            if post.refs:
                await self._adapter.remove(place, post.refs)
            return replace(post, state="gone", shown_rev=post.wanted_rev, lease_until=None)
        refs: Sequence[str] | None = post.refs
        if not refs and job.doubtful:
            refs = await self._adapter.find(place, card, post.nonce)
            if refs is None:  # nobody can look: at most once
                return replace(post, state="doubtful", shown_rev=post.wanted_rev, lease_until=None)
        shown_at = post.shown_at
        if not refs:
            refs = await self._adapter.post(place, card, post.nonce)
            shown_at = self._clock.now()
        elif post.content_hash != card.digest:
            refs = await self._adapter.edit(place, refs, card)
            shown_at = self._clock.now() if card.notify or shown_at is None else shown_at
        return replace(
            post, state="shown", shown_rev=post.wanted_rev, refs=tuple(refs), lease_until=None,
            shown_at=shown_at, content_hash=card.digest,
        )  # fmt: skip


def _save(shown: Sequence[Post], books: Books) -> None:
    books.posts_save(shown)
