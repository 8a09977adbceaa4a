"""The poster: makes public cards show what the database wants, once each, and redraws them in bursts.

A transaction only marks what is wanted. The poster claims wanted posts under a lease, draws them from the
database, posts or edits through the adapter, and records what is shown. A post whose fate is unknown after a crash
is looked for before it is made again; where nobody can look, it is not made twice. A place that takes no posts is
left alone for a while, longer each time, until somebody lets the bot in again (`welcome`); nothing is lost meanwhile.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from weakref import WeakValueDictionary

from bot.cards import Card
from bot.chat import ChatAdapter
from bot.errors import CannotPost, MessageGone, OperatorError, PostingError, PostLater
from bot.ports import Clock, Store
from bot.story.books import Books, Post
from bot.story.people import Place

log = logging.getLogger("room37.posting")

LEASE = timedelta(minutes=2)
"""After this long in doubt a post is reconciled."""
BATCH = 20
"""Posts claimed at once: no more than can be posted in half a lease at one a second."""
OLD = timedelta(hours=1)
"""Platforms ration edits of messages older than this (Discord: error 30046)."""
OLD_PACE = timedelta(minutes=10)
"""So often is an old card redrawn; its last form goes at once."""
FIRST_REST, LONGEST_REST = 60.0, 3600.0
"""Seconds that a place which refused a post is left alone: the first time, and at most."""
AGAIN = 5.0
"""Seconds until the next try when the database failed."""
_KNOWN_EDITS = 4096

IN_PLACE = frozenset({"house", "ballot", "scene"})
"""Kinds of posts that are put up anew when somebody deletes them; a deleted passage stays deleted."""

Draw = Callable[[Books, Post, datetime], Card | None]


@dataclass(frozen=True, slots=True)
class _Job:
    post: Post
    card: Card | None
    doubtful: bool


@dataclass(frozen=True, slots=True)
class _Claim:
    jobs: tuple[_Job, ...]
    again: datetime | None
    """When to look again for what could not be claimed now."""


@dataclass(slots=True)
class _Rest:
    until: float
    seconds: float


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
        serves: Callable[[Place], bool] = lambda _: True,
    ) -> None:
        self._store = store
        self._serves = serves
        self._adapter = adapter
        self.draw = draw
        self._clock = clock
        self._pace = pace_seconds
        self._lease = lease
        self._dirty: dict[Place, None] = {}
        self._locks: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()
        self._woken = asyncio.Event()
        self._rests: dict[Place, _Rest] = {}
        self._timers: dict[Place, asyncio.TimerHandle] = {}
        self._edited: OrderedDict[str, datetime] = OrderedDict()

    def wake(self, place: Place) -> None:
        """Something changed in this place's public cards."""
        if not self._serves(place):
            return
        rest = self._rests.get(place)
        if rest is not None and rest.until > asyncio.get_running_loop().time():
            self._wake_in(place, rest.until - asyncio.get_running_loop().time())
            return
        self._dirty[place] = None
        self._woken.set()

    def wake_all(self, places: Iterable[Place]) -> None:
        """What was left unposted, after a start."""
        for place in places:
            self.wake(place)

    def welcome(self, platform: str, space: str, channel: str = "") -> None:
        """The platform says that the bot may post there (again): what waits goes out now."""
        for place in [p for p in self._rests if (p.platform, p.space) == (platform, space)]:
            if channel in ("", place.channel):
                del self._rests[place]
                self.wake(place)

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
                    self._wake_in(place, AGAIN)
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
        """Show everything that is wanted in this place now, as far as the platform takes it."""
        lock = self._locks.setdefault(place, asyncio.Lock())
        async with lock:
            claim = await self._store.write(place, partial(self._claim, ()), later=True)
            while claim.jobs:
                shown = [await self._shown(place, job) for job in claim.jobs]
                stuck = place in self._rests or all(post.shown_rev < post.wanted_rev for post in shown)
                if stuck:
                    await self._store.write(place, partial(_save, shown), later=True)
                    return
                claim = await self._store.write(place, partial(self._claim, shown), later=True)
            if claim.again is not None:
                self._wake_in(place, (claim.again - self._clock.now()).total_seconds())

    def _claim(self, shown: Sequence[Post], books: Books) -> _Claim:
        """Note what was shown, and take what is wanted next, in one transaction."""
        if shown:
            books.posts_save(shown)
        now = self._clock.now()
        jobs: list[_Job] = []
        waits: list[datetime] = []
        for post in books.posts_wanted():
            if post.state == "posting" and post.lease_until is not None and post.lease_until > now:
                waits.append(post.lease_until)
                continue
            card = self.draw(books, post, now)
            if (until := self._too_early(post, card, now)) is not None:
                waits.append(until)
            elif len(jobs) < BATCH:
                claimed = replace(post, state="posting", lease_until=now + self._lease)
                jobs.append(_Job(claimed, card, post.state == "posting"))
        if jobs:
            books.posts_save([job.post for job in jobs])
        return _Claim(tuple(jobs), min(waits, default=None))

    def _too_early(self, post: Post, card: Card | None, now: datetime) -> datetime | None:
        """Until when an old card that was redrawn a short while ago waits; its last form, without buttons, never does."""
        last = self._edited.get(post.id)
        if card is None or not (card.actions or card.options) or not post.refs or last is None:
            return None
        old = post.shown_at is not None and now - post.shown_at > OLD
        return last + OLD_PACE if old and now - last < OLD_PACE else None

    async def _shown(self, place: Place, job: _Job) -> Post:
        """The post's row after a try; what could not be posted is wanted as before."""
        post = job.post
        try:
            done = await self._show(place, job)
        except MessageGone:
            if post.kind in IN_PLACE and job.card is not None and post.refs:
                return await self._shown(place, _Job(replace(post, refs=(), content_hash=""), job.card, False))
            return replace(post, state="gone", shown_rev=post.wanted_rev, lease_until=None)
        except PostLater as later:
            log.info("a %s waits %.0f s: %s", post.kind, later.seconds, later.why)
            self._rest(place, later.seconds, grow=False)
            if later.unsure:
                return replace(post, lease_until=self._clock.now())
            return replace(post, state="wanted", lease_until=None)
        except PostingError as error:
            self._rest(place, FIRST_REST, grow=True, why=error)
            return replace(post, state="wanted", lease_until=None)
        self._rests.pop(place, None)
        return done

    def _rest(self, place: Place, seconds: float, *, grow: bool, why: PostingError | None = None) -> None:
        """Leave a place alone for a while."""
        before = self._rests.get(place)
        if grow and before is not None:
            seconds = min(before.seconds * 2, LONGEST_REST)
        elif isinstance(why, CannotPost):
            log.warning("the bot may not post in %s/%s/%s: %s", place.platform, place.channel, place.thread, why.why)
        self._rests[place] = _Rest(asyncio.get_running_loop().time() + seconds, seconds)
        self._wake_in(place, seconds)

    def _wake_in(self, place: Place, seconds: float) -> None:
        if (timer := self._timers.pop(place, None)) is not None:
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._timers[place] = loop.call_later(max(seconds, 0.05) + 0.01, self._awake, place)

    def _awake(self, place: Place) -> None:
        self._timers.pop(place, None)
        self.wake(place)

    async def _show(self, place: Place, job: _Job) -> Post:
        post, card, now = job.post, job.card, self._clock.now
        if card is None:
            if post.refs:
                await self._adapter.remove(place, post.refs)
            return replace(post, state="gone", shown_rev=post.wanted_rev, lease_until=None)
        refs: Sequence[str] | None = post.refs
        if not refs and job.doubtful:
            refs = await self._adapter.find(place, card, _nonce(post))
            if refs is None:  # nobody can look: at most once
                log.warning("a %s may be missing in %s: nobody can look", post.kind, place.channel)
                return replace(post, state="doubtful", shown_rev=post.wanted_rev, lease_until=None)
        shown_at = post.shown_at
        if not refs:
            refs = await self._adapter.post(place, card, _nonce(post))
            shown_at = now()
        elif post.content_hash != card.digest:
            refs = await self._adapter.edit(place, refs, card)
            shown_at = now() if card.notify or shown_at is None else shown_at
            self._note_edit(post, now())
        return replace(
            post, state="shown", shown_rev=post.wanted_rev, refs=tuple(refs), lease_until=None,
            shown_at=shown_at, content_hash=card.digest,
        )  # fmt: skip

    def _note_edit(self, post: Post, at: datetime) -> None:
        self._edited[post.id] = at
        self._edited.move_to_end(post.id)
        while len(self._edited) > _KNOWN_EDITS:
            self._edited.popitem(last=False)

    def close(self) -> None:
        """No more waking by time."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()


def _nonce(post: Post) -> str:
    """The key that lets a platform drop a double: another one once the card was deleted and is put up anew."""
    if post.shown_at is None:
        return post.nonce
    return hashlib.sha256(f"{post.nonce}:{post.shown_at.isoformat()}".encode()).hexdigest()[: len(post.nonce)]


def _save(shown: Sequence[Post], books: Books) -> None:
    books.posts_save(shown)


__all__ = ["LEASE", "Draw", "Poster"]
