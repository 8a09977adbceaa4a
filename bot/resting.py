"""How long places and single cards are left alone: after a refusal, between redraws, and until the next look.

A place that refused posts rests, longer each time, until the platform lets the bot in again; a place whose platform is
busy rests as long as the platform says; a card that was refused by itself waits while others are posted. What is only
redrawn waits for its pace. All of this is this process's own: none of it is stored, and a start begins anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from bot.cards import Card
from bot.errors import PostingError, PostLater
from bot.ports import Clock
from bot.story.books import Post
from bot.story.people import Place

log = logging.getLogger("room37.posting")
K = TypeVar("K")
V = TypeVar("V")

OLD = timedelta(hours=1)
"""Platforms ration edits of messages older than this (Discord: error 30046)."""
OLD_PACE = timedelta(minutes=10)
"""So often is an old card redrawn; its last form goes at once."""
FIRST_REST, LONGEST_REST = 60.0, 3600.0
"""Seconds that a place which refused a post is left alone: the first time, and at most."""
REDRAW_PACES = 4.0
"""Where only cards in place change, a room is passed over this many times more rarely, and so is each such card where others
are posted: people read, nobody waits."""
_KNOWN_EDITS, _KNOWN_PASSES = 4096, 4096


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


class Rests:
    """What is left alone for now in all rooms of a process; `wake` is told of each place whose time has come."""

    def __init__(self, clock: Clock, wake: Callable[[Place], None], *, pace_seconds: float) -> None:
        self._clock = clock
        self._wake = wake
        self._pace = pace_seconds
        self._rests: dict[Place, _Rest] = {}
        self._pauses: dict[str, _Pause] = {}
        self._timers: dict[Place, asyncio.TimerHandle] = {}
        self._passed: OrderedDict[Place, float] = OrderedDict()
        self._edited: OrderedDict[str, datetime] = OrderedDict()

    def still(self, place: Place) -> bool:
        """Whether the place is left alone still; it is woken when its rest is over."""
        rest, now = self._rests.get(place), _now()
        if rest is None or rest.until <= now:
            return False
        self.wake_in(place, rest.until - now)
        return True

    def redraws_later(self, place: Place) -> bool:
        """Whether a place where cards are only redrawn was passed over a short while ago; it is woken in time."""
        passed, now = self._passed.get(place), _now()
        if passed is None or (until := passed + self._pace * REDRAW_PACES) <= now:
            return False
        self.wake_in(place, until - now)
        return True

    def paused(self, post: Post, now: datetime) -> datetime | None:
        """Until when a card waits that was refused by itself."""
        pause = self._pauses.get(post.id)
        return pause.until if pause is not None and pause.until > now else None

    def redrawn_lately(self, post: Post, card: Card | None, now: datetime) -> datetime | None:
        """Until when a card waits that was redrawn a short while ago, an old one longer; its last form, without buttons, never
        does."""
        last = self._edited.get(post.id)
        if card is None or not (card.actions or card.options) or not post.refs or last is None:
            return None
        old = post.shown_at is not None and now - post.shown_at > OLD
        pace = OLD_PACE if old else timedelta(seconds=self._pace * REDRAW_PACES)
        return last + pace if now - last < pace else None

    def refused(self, place: Place, post: Post, error: PostingError) -> None:
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

    def taken(self, place: Place, post: Post) -> None:
        """The platform took this card: neither it nor its place is left alone any more."""
        self._rests.pop(place, None)
        self._pauses.pop(post.id, None)

    def welcomed(self, platform: str, space: str, channel: str = "") -> Sequence[Place]:
        """End what was refused there, now that the bot may post again; gives the places to look at.

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
        return list(dict.fromkeys([*rested, *paused.values()]))

    def note_pass(self, place: Place) -> None:
        """All that can be shown in this place now is shown."""
        _keep(self._passed, place, _now(), _KNOWN_PASSES)

    def note_edit(self, post: Post, at: datetime) -> None:
        """This card was redrawn in place."""
        _keep(self._edited, post.id, at, _KNOWN_EDITS)

    def wake_in(self, place: Place, seconds: float) -> None:
        """Look again then, or earlier: whoever looks too early is sent away until the rest is over."""
        loop = asyncio.get_running_loop()
        seconds = max(seconds, 0.05) + 0.01
        if (timer := self._timers.get(place)) is not None:
            if timer.when() <= loop.time() + seconds:
                return
            timer.cancel()
        self._timers[place] = loop.call_later(seconds, self._awake, place)

    def close(self) -> None:
        """No more waking by time."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _rest(self, place: Place, seconds: float, *, barred: bool) -> None:
        """Leave a place alone for a while."""
        self._rests[place] = _Rest(_now() + seconds, seconds, barred)
        self.wake_in(place, seconds)

    def _awake(self, place: Place) -> None:
        self._timers.pop(place, None)
        self._wake(place)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _keep(kept: OrderedDict[K, V], key: K, value: V, most: int) -> None:
    """Keep it as the newest of so many; the oldest ones go."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)


__all__ = ["Rests"]
