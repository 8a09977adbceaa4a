"""The poster: makes public cards show what the database wants, once each, and redraws them in bursts.

A transaction only marks what is wanted. The poster claims wanted posts under a lease, draws them from the
database, posts or edits through the adapter, and records what is shown. A post whose fate is unknown after a crash
is looked for before it is made again; where nobody can look, it is not made twice, and the room is told. A place that
takes no posts is left alone for a while, longer each time, until somebody lets the bot in again (`welcome`); nothing
is lost meanwhile (bot/resting.py).

Of several processes one at a time posts in a place: who claims there holds the place until all that it claimed is
settled or its leases are over. Leases are renewed while posts wait in the queue; a dead process's are taken away at once
(memory/processes.py).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, cast
from weakref import WeakValueDictionary

from bot.cards import Card
from bot.chat import ChatAdapter
from bot.errors import CannotPost, MessageGone, OperatorError, PostingError, PostLater, without_text
from bot.leases import held
from bot.ports import Clock, Store
from bot.resting import FIRST_REST, Rests
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
AGAIN = 5.0
"""Seconds until the next try when the database failed."""

MISSING: Final = "missing"
"""The kind of the card that says that another may be missing; its subject is `KIND:SUBJECT` of the other."""
UNSAID = frozenset({MISSING, "private"})
"""Kinds of which a room is not told that they may be missing: the notice itself, and what was for one person alone."""
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
    broken: tuple[Post, ...] = ()
    """Cards that could not be drawn: a fault of ours."""


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
        self._rests = Rests(clock, self.wake, pace_seconds=pace_seconds)
        self._ends = False

    def wake(self, place: Place, *, soon: bool = True) -> None:
        """Something changed in this place's public cards; not `soon` where cards are only redrawn."""
        if not self._serves(place) or self._rests.still(place):
            return
        if not soon and self._rests.redraws_later(place):
            return
        self._dirty[place] = None
        self._woken.set()

    def wake_all(self, places: Iterable[Place]) -> None:
        """What was left unposted, after a start."""
        for place in places:
            self.wake(place)

    def welcome(self, platform: str, space: str, channel: str = "") -> None:
        """The platform says that the bot may post there (again): what was refused goes out now."""
        for place in self._rests.welcomed(platform, space, channel):
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
                    self._rests.wake_in(place, AGAIN)
                finally:
                    busy.discard(place)
                    if place in self._dirty:
                        self._woken.set()

            self._ends = False
            try:
                while True:
                    await self._woken.wait()
                    self._woken.clear()
                    for place in [p for p in self._dirty if p not in busy]:
                        del self._dirty[place]
                        if self._rests.still(place):  # what was wanted while the refusal was on its way
                            continue
                        busy.add(place)
                        group.create_task(serve(place))
            finally:
                self._ends = True

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
            self._rests.note_pass(place)
            for post in claim.broken:
                self._rests.refused(place, post, _fault())
            if claim.broken:
                self._rests.wake_in(place, FIRST_REST)
            if claim.again is not None:
                self._rests.wake_in(place, (claim.again - self._clock.now()).total_seconds())

    async def _pass(self, place: Place, jobs: Sequence[_Job]) -> tuple[list[Post], bool]:
        """The rows after one pass in order, and whether the place takes posts; at the first refusal the rest waits, so
        that nothing is posted before what comes before it."""
        shown: list[Post] = []
        ids = [job.post.id for job in jobs]
        async with held(self._store, self._clock, place, ids, self._owner, self._lease) as mine:
            for n, job in enumerate(jobs):
                if not mine.still(job.post.id):
                    continue
                post, went = await self._shown(place, job)
                shown.append(post)
                if not went:
                    return [*shown, *(_released(left, post) for left in jobs[n + 1 :])], False
        return shown, True

    def _claim(self, shown: Sequence[Post], books: Books) -> _Claim:
        """Note what was shown, and take what is wanted next, in one transaction; nothing more once the poster ends: nobody
        would post it, and the next one would have to look for it."""
        self._save(shown, books)
        if self._ends:
            return _Claim((), None)
        now = self._clock.now()
        jobs: list[_Job] = []
        waits: list[datetime] = []
        broken: list[Post] = []
        length = 0
        for post in books.posts_wanted():
            leased = post.lease_until is not None and post.lease_until > now
            if leased and post.owner not in ("", self._owner):
                return _Claim((), post.lease_until)  # somebody else posts here
            if leased and post.state == "posting" and (not self._owner or post.owner != self._owner):
                waits.append(cast(datetime, post.lease_until))
                continue
            if (until := self._rests.paused(post, now)) is not None:
                waits.append(until)
                continue
            try:
                card = self.draw(books, post, now)
            except Exception as crash:
                log.exception("a %s could not be drawn", post.kind, exc_info=without_text(crash))
                broken.append(post)
                continue
            if (until := self._rests.redrawn_lately(post, card, now)) is not None:
                waits.append(until)
                continue
            length += card.length if card is not None else 0
            if jobs and (len(jobs) == BATCH or length > CHARACTERS):
                break
            claimed = replace(post, state="posting", lease_until=now + self._lease, owner=self._owner)
            jobs.append(_Job(claimed, card, post.state == "posting"))
        if jobs:
            books.posts_save([job.post for job in jobs])
        return _Claim(tuple(jobs), min(waits, default=None), tuple(broken))

    def _save(self, shown: Sequence[Post], books: Books) -> None:
        """Note what was shown. A card that may be missing, where nobody can look, is owned up to."""
        if not shown:
            return
        books.posts_save(shown, holder=self._owner)
        moment = Moment(self._clock.now(), Ids(None))
        lost = tuple(Mark(MISSING, f"{p.kind}:{p.subject}") for p in shown if p.state == "doubtful" and p.kind not in UNSAID)
        books.keep(Outcome(None, marks=lost), moment)

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
            self._rests.refused(place, post, error)
            return self._kept(job, error), error.alone
        except OperatorError:
            raise
        except Exception as crash:
            log.exception("a %s could not be posted", post.kind, exc_info=without_text(crash))
            self._rests.refused(place, post, _fault())
            return replace(_released(job), state="posting", lease_until=self._clock.now()), True  # it may stand there
        self._rests.taken(place, post)
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
                self._rests.refused(place, post, error)
                return _released(job), error.alone
        return await self._shown(place, _Job(replace(post, refs=(), content_hash=""), job.card, job.doubtful))

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
        shown_at, digest = post.shown_at, card.digest
        if not refs:
            refs = await self._adapter.post(place, card, _nonce(post))
            shown_at = now()
        elif post.content_hash != digest:
            refs = await self._adapter.edit(place, refs, card)
            shown_at = now() if card.notify or shown_at is None else shown_at
            self._rests.note_edit(post, now())
        return replace(
            post, state="shown", shown_rev=post.wanted_rev, refs=tuple(refs), lease_until=None,
            shown_at=shown_at, content_hash=digest, owner="",
        )  # fmt: skip

    def close(self) -> None:
        """No more waking by time."""
        self._rests.close()


def _fault() -> PostingError:
    """A fault of ours in one card: it waits, longer each time, and neither the house nor its room waits with it."""
    return CannotPost("a fault of ours", alone=True)


def _nonce(post: Post) -> str:
    """The key that lets a platform drop a double: another one once the card was deleted and is put up anew."""
    if post.shown_at is None:
        return post.nonce
    return hashlib.sha256(f"{post.nonce}:{post.shown_at.isoformat()}".encode()).hexdigest()[: len(post.nonce)]


def _released(job: _Job, before: Post | None = None) -> Post:
    """A claimed post that is wanted as before; one whose fate was unknown before is still to be looked for. It waits
    for whoever waits with the post `before` it."""
    owner, until = (before.owner, before.lease_until) if before is not None else ("", None)
    return replace(job.post, state="posting" if job.doubtful else "wanted", lease_until=until, owner=owner)


__all__ = ["LEASE", "Draw", "Poster"]
