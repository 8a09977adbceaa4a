"""The poster: makes public cards show what the database wants, once each, and redraws them in bursts.

A transaction only marks what is wanted. The poster claims wanted posts under a lease, draws them from the
database, posts or edits through the adapter, and records what is shown. A post whose fate is unknown after a crash
is looked for before it is made again; where nobody can look, it is not made twice, and the room is told. A place that
takes no posts is left alone for a while, longer each time, until somebody lets the bot in again (`welcome`); nothing
is lost meanwhile.

Of several processes one at a time posts in a place: who claims there holds the place until all that it claimed is
settled or its leases are over. Leases are renewed while posts wait in the queue; a dead process's are taken away at once
(memory/processes.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, cast
from weakref import WeakValueDictionary

from bot.cards import Card
from bot.chat import ChatAdapter
from bot.errors import MessageGone, OperatorError, PostingError, PostLater
from bot.ports import Clock, Store
from bot.story.books import Books, Post
from bot.story.moments import Ids, Mark, Moment, Outcome
from bot.story.people import Place

log = logging.getLogger("room37.posting")

LEASE = timedelta(minutes=2)
"""After this long in doubt a post is reconciled."""
BATCH = 20
"""Cards claimed at once, at most."""
CHARACTERS = 60_000
"""Characters claimed at once, but for a single longer card: no more than fills the messages of half a lease, at about
one message of 1,000 characters a second."""
OLD = timedelta(hours=1)
"""Platforms ration edits of messages older than this (Discord: error 30046)."""
OLD_PACE = timedelta(minutes=10)
"""So often is an old card redrawn; its last form goes at once."""
FIRST_REST, LONGEST_REST = 60.0, 3600.0
"""Seconds that a place which refused a post is left alone: the first time, and at most."""
REDRAW_PACES = 2.5
"""Where only cards in place change, a room is passed over this many times more rarely: people read, nobody waits."""
AGAIN = 5.0
"""Seconds until the next try when the database failed."""
_KNOWN_EDITS, _KNOWN_PASSES = 4096, 4096

MISSING: Final = "missing"
"""The kind of the card that says that another may be missing; its subject is `KIND:SUBJECT` of the other."""
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
class _Held:
    """Posts of a pass, as far as they are still this process's."""

    ids: set[str]
    clock: Clock
    until: datetime | None
    """Later than this nothing is begun: the lease may be over before it is done. None where nobody else posts."""

    def still(self, post: str) -> bool:
        """Whether this post may be posted now."""
        return post in self.ids and (self.until is None or self.clock.now() <= self.until)


@dataclass(frozen=True, slots=True)
class _Rest:
    """How long a place is left alone, by the loop's time."""

    until: float
    seconds: float
    barred: bool
    """The bot may not post there; else the platform is busy."""


@dataclass(frozen=True, slots=True)
class _Pause:
    """How long one card waits while others of its place are posted."""

    place: Place
    until: datetime
    seconds: float
    barred: bool


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
        owner: str = "",
    ) -> None:
        self._store = store
        self._serves = serves
        self._adapter = adapter
        self.draw = draw
        self._clock = clock
        self._pace = pace_seconds
        self._lease = lease
        self._owner = owner
        self._dirty: dict[Place, None] = {}
        self._locks: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()
        self._woken = asyncio.Event()
        self._rests: dict[Place, _Rest] = {}
        self._timers: dict[Place, asyncio.TimerHandle] = {}
        self._passed: OrderedDict[Place, float] = OrderedDict()
        self._edited: OrderedDict[str, datetime] = OrderedDict()
        self._pauses: dict[str, _Pause] = {}

    def wake(self, place: Place, *, soon: bool = True) -> None:
        """Something changed in this place's public cards; not `soon` where cards are only redrawn."""
        if not self._serves(place) or self._rests_still(place):
            return
        passed, now = self._passed.get(place), asyncio.get_running_loop().time()
        if not soon and passed is not None and (until := passed + self._pace * REDRAW_PACES) > now:
            self._wake_in(place, until - now)
            return
        self._dirty[place] = None
        self._woken.set()

    def _rests_still(self, place: Place) -> bool:
        """Whether the place is left alone for now; it is woken when its rest is over."""
        rest, now = self._rests.get(place), asyncio.get_running_loop().time()
        if rest is None or rest.until <= now:
            return False
        self._wake_in(place, rest.until - now)
        return True

    def wake_all(self, places: Iterable[Place]) -> None:
        """What was left unposted, after a start."""
        for place in places:
            self.wake(place)

    def welcome(self, platform: str, space: str, channel: str = "") -> None:
        """The platform says that the bot may post there (again): what was refused goes out now.

        A platform that is busy is left alone all the same, and single cards that it refused wait for new rights in the
        whole space: that somebody could call the bot in a channel says nothing about them.
        """

        def meant(place: Place) -> bool:
            return (place.platform, place.space) == (platform, space) and channel in ("", place.channel)

        paused = {id_: p.place for id_, p in self._pauses.items() if p.barred and not channel and meant(p.place)}
        for id_ in paused:
            del self._pauses[id_]
        rested = [place for place, rest in self._rests.items() if rest.barred and meant(place)]
        for place in rested:
            del self._rests[place]
        for place in dict.fromkeys([*rested, *paused.values()]):
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
                    if self._rests_still(place):  # what was wanted while the refusal was on its way
                        continue
                    busy.add(place)
                    group.create_task(serve(place))

    async def settle(self, place: Place) -> None:
        """Show everything that is wanted in this place now, as far as the platform takes it."""
        lock = self._locks.setdefault(place, asyncio.Lock())
        async with lock:
            claim = await self._store.write(place, partial(self._claim, ()), later=True)
            while claim.jobs:
                shown, went = await self._pass(place, claim.jobs)
                if not went:
                    await self._store.write(place, partial(self._save, shown), later=True)
                    return
                claim = await self._store.write(place, partial(self._claim, shown), later=True)
            self._note_pass(place)
            if claim.again is not None:
                self._wake_in(place, (claim.again - self._clock.now()).total_seconds())

    async def _pass(self, place: Place, jobs: Sequence[_Job]) -> tuple[list[Post], bool]:
        """The rows after one pass in order, and whether the place takes posts; at the first refusal the rest waits, so
        that nothing is posted before what comes before it."""
        shown: list[Post] = []
        async with self._held(place, [job.post.id for job in jobs]) as held:
            for n, job in enumerate(jobs):
                if not held.still(job.post.id):
                    continue
                post, went = await self._shown(place, job)
                shown.append(post)
                if not went:
                    return [*shown, *(_released(left, post) for left in jobs[n + 1 :])], False
        return shown, True

    @contextlib.asynccontextmanager
    async def _held(self, place: Place, ids: Sequence[str]) -> AsyncIterator[_Held]:
        """Renew the leases of these posts while they wait for their turn."""
        held = _Held(set(ids), self._clock, self._clock.now() + self._lease * 0.75 if self._owner else None)

        async def renew() -> None:
            while True:
                await asyncio.sleep(self._lease.total_seconds() / 4)
                until = self._clock.now() + self._lease
                try:
                    mine = await self._store.write(place, partial(_renewed, ids, self._owner, until))
                except OperatorError as error:
                    log.warning("a lease was not renewed: %s", error)
                else:
                    held.ids &= set(mine)
                    held.until = until - self._lease / 4

        if not self._owner:
            yield held
            return
        renewing = asyncio.create_task(renew())
        try:
            yield held
        finally:
            renewing.cancel()
            await asyncio.wait({renewing})

    def _claim(self, shown: Sequence[Post], books: Books) -> _Claim:
        """Note what was shown, and take what is wanted next, in one transaction."""
        self._save(shown, books)
        now = self._clock.now()
        jobs: list[_Job] = []
        waits: list[datetime] = []
        length = 0
        for post in books.posts_wanted():
            leased = post.lease_until is not None and post.lease_until > now
            if leased and post.owner not in ("", self._owner):
                return _Claim((), post.lease_until)  # somebody else posts here
            if leased and post.state == "posting" and (not self._owner or post.owner != self._owner):
                waits.append(cast(datetime, post.lease_until))
                continue
            card = self.draw(books, post, now)
            if (until := self._too_early(post, card, now)) is not None:
                waits.append(until)
                continue
            length += card.length if card is not None else 0
            if jobs and (len(jobs) == BATCH or length > CHARACTERS):
                break
            claimed = replace(post, state="posting", lease_until=now + self._lease, owner=self._owner)
            jobs.append(_Job(claimed, card, post.state == "posting"))
        if jobs:
            books.posts_save([job.post for job in jobs])
        return _Claim(tuple(jobs), min(waits, default=None))

    def _save(self, shown: Sequence[Post], books: Books) -> None:
        """Note what was shown. A card that may be missing, where nobody can look, is owned up to."""
        if not shown:
            return
        books.posts_save(shown, holder=self._owner)
        moment = Moment(self._clock.now(), Ids(None))
        lost = tuple(Mark(MISSING, f"{p.kind}:{p.subject}") for p in shown if p.state == "doubtful" and p.kind != MISSING)
        books.keep(Outcome(None, marks=lost), moment)

    def _too_early(self, post: Post, card: Card | None, now: datetime) -> datetime | None:
        """Until when an old card that was redrawn a short while ago waits; its last form, without buttons, never does."""
        pause = self._pauses.get(post.id)
        if pause is not None and pause.until > now:
            return pause.until
        last = self._edited.get(post.id)
        if card is None or not (card.actions or card.options) or not post.refs or last is None:
            return None
        old = post.shown_at is not None and now - post.shown_at > OLD
        return last + OLD_PACE if old and now - last < OLD_PACE else None

    async def _shown(self, place: Place, job: _Job) -> tuple[Post, bool]:
        """The post's row after a try, and whether others may be tried; what could not be posted is wanted as before."""
        post = job.post
        try:
            done = await self._show(place, job)
        except MessageGone:
            if post.kind in IN_PLACE and job.card is not None and post.refs:
                return await self._anew(place, job)
            return replace(post, state="gone", shown_rev=post.wanted_rev, lease_until=None, owner=""), True
        except PostingError as error:
            self._wait(place, post, error)
            return self._kept(job, error), error.alone
        self._rests.pop(place, None)
        self._pauses.pop(post.id, None)
        return done, True

    def _kept(self, job: _Job, error: PostingError) -> Post:
        """The row of a post that was refused. Where the platform is busy any other process would hear the same, so the
        place stays this one's until it tries again."""
        kept = _released(job)
        if not isinstance(error, PostLater):
            return kept
        now = self._clock.now()
        if error.unsure:
            kept = replace(kept, state="posting", lease_until=now)
        if self._owner and not error.alone:
            kept = replace(kept, owner=self._owner, lease_until=now + timedelta(seconds=error.seconds))
        return kept

    async def _anew(self, place: Place, job: _Job) -> tuple[Post, bool]:
        """A card that somebody deleted, put up again; what is left of several messages is taken away first."""
        post = job.post
        if len(post.refs) > 1:
            try:
                await self._adapter.remove(place, post.refs)
            except PostingError as error:
                self._wait(place, post, error)
                return _released(job), error.alone
        return await self._shown(place, _Job(replace(post, refs=(), content_hash=""), job.card, job.doubtful))

    def _wait(self, place: Place, post: Post, error: PostingError) -> None:
        """After a refusal: leave the card alone for a while, or the whole place."""
        later = error.seconds if isinstance(error, PostLater) else None
        if error.alone:
            before = self._pauses.get(post.id)
            seconds = later or (min(before.seconds * 2, LONGEST_REST) if before is not None else FIRST_REST)
            until = self._clock.now() + timedelta(seconds=seconds)
            self._pauses[post.id] = _Pause(place, until, seconds, later is None)
            log.info("a %s waits %.0f s by itself: %s", post.kind, seconds, error.why)
        elif later is not None:
            log.info("a %s waits %.0f s: %s", post.kind, later, error.why)
            self._rest(place, later, barred=False)
        else:
            rest = self._rests.get(place)
            grown = rest is not None and rest.barred
            if not grown:
                log.warning(
                    "the bot may not post in %s/%s/%s: %s", place.platform, place.channel, place.thread, error.why
                )
            self._rest(place, min(rest.seconds * 2, LONGEST_REST) if rest and grown else FIRST_REST, barred=True)

    def _rest(self, place: Place, seconds: float, *, barred: bool) -> None:
        """Leave a place alone for a while."""
        self._rests[place] = _Rest(asyncio.get_running_loop().time() + seconds, seconds, barred)
        self._wake_in(place, seconds)

    def _wake_in(self, place: Place, seconds: float) -> None:
        """Look again then, or earlier: whoever looks too early is sent away until the rest is over."""
        loop = asyncio.get_running_loop()
        seconds = max(seconds, 0.05) + 0.01
        if (timer := self._timers.get(place)) is not None:
            if timer.when() <= loop.time() + seconds:
                return
            timer.cancel()
        self._timers[place] = loop.call_later(seconds, self._awake, place)

    def _awake(self, place: Place) -> None:
        self._timers.pop(place, None)
        self.wake(place)

    async def _show(self, place: Place, job: _Job) -> Post:
        post, card, now = job.post, job.card, self._clock.now
        if card is None:
            if post.refs:
                await self._adapter.remove(place, post.refs)
            return replace(post, state="gone", shown_rev=post.wanted_rev, lease_until=None, owner="")
        refs: Sequence[str] | None = post.refs
        if not refs and job.doubtful:
            refs = await self._adapter.find(place, card, _nonce(post))
            if refs is None:  # nobody can look: at most once
                log.warning("a %s may be missing in %s: nobody can look", post.kind, place.channel)
                return replace(post, state="doubtful", shown_rev=post.wanted_rev, lease_until=None, owner="")
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
            shown_at=shown_at, content_hash=card.digest, owner="",
        )  # fmt: skip

    def _note_pass(self, place: Place) -> None:
        self._passed[place] = asyncio.get_running_loop().time()
        self._passed.move_to_end(place)
        while len(self._passed) > _KNOWN_PASSES:
            self._passed.popitem(last=False)

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


def _renewed(ids: Sequence[str], owner: str, until: datetime, books: Books) -> Sequence[str]:
    return books.posts_renew(ids, owner, until)


def _released(job: _Job, before: Post | None = None) -> Post:
    """A claimed post that is wanted as before; one whose fate was unknown before is still to be looked for. It waits
    for whoever waits with the post `before` it."""
    owner, until = (before.owner, before.lease_until) if before is not None else ("", None)
    return replace(job.post, state="posting" if job.doubtful else "wanted", lease_until=until, owner=owner)


__all__ = ["LEASE", "Draw", "Poster"]
