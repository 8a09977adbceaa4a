"""The weekly card: what was written, who won, what is open, streaks. Off until a showrunner turns it on.

It comes at a weekday and a time on the clock of the room; one that is late by less than half a week is posted once,
for the week before its own hour, and of what is later only the next one comes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from bot.errors import UserError
from bot.story.guards import require_runner
from bot.story.hours import DAYS
from bot.story.moments import Due, Mark, Moment, Outcome
from bot.story.snapshot import Snapshot
from bot.story.wall_clock import Days, coming, instant_of

_WHEN = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*(?:\s+(?:at\s+)?([01]?\d|2[0-3]):([0-5]\d))?", re.IGNORECASE)
_HOUR = time(18, 0)
"""When a day without a time is meant."""
WEEK = timedelta(days=7)
LATE_MOST = WEEK / 2


@dataclass(frozen=True, slots=True)
class Digest:
    """When a room's weekly card comes. `id` is the room's id."""

    id: str
    room_id: str
    weekday: int
    """Monday is 0."""
    minute: int
    """Of the day, on the clock of its zone."""
    zone: str
    status: Literal["on", "off"]
    next_day: str
    """The local date of the next one, as `2026-03-08`."""

    @property
    def at(self) -> time:
        """The time of day."""
        return time(self.minute // 60, self.minute % 60)


@dataclass(frozen=True, slots=True)
class DigestNews:
    """When the card comes, or that it does not."""

    digest: Digest | None
    comes_at: datetime | None = None


def read_when(given: str) -> tuple[int, time]:
    """The weekday (Monday is 0) and time of `Sun 18:00`. Raises UserError for anything else."""
    found = _WHEN.fullmatch(" ".join(given.split()))
    if found is None:
        raise UserError("digest.no_time", argument="when", given=given[:40])
    at = time(int(found[2]), int(found[3])) if found[2] else _HOUR
    return DAYS.index(found[1].capitalize()), at


def turn_on(snapshot: Snapshot, given: str, moment: Moment) -> Outcome[DigestNews]:
    """Have the card come every week at this weekday and time of the room's zone."""
    require_runner(snapshot, moment)
    weekday, at = read_when(given)
    zone = snapshot.room.zone
    day, instant = coming(Days((weekday,)), at, zone, moment.now)
    id_ = snapshot.room.id
    digest = Digest(id_, id_, weekday, at.hour * 60 + at.minute, zone, "on", day.isoformat())
    return Outcome(DigestNews(digest, instant), (digest,), (), (), (Due("digest", id_, instant),))


def turn_off(snapshot: Snapshot, digest: Digest | None, moment: Moment) -> Outcome[DigestNews]:
    """No more weekly cards."""
    require_runner(snapshot, moment)
    if digest is None or digest.status == "off":
        return Outcome(DigestNews(None))
    return Outcome(DigestNews(None), (replace(digest, status="off"),), (), (), (Due("digest", digest.id, None),))


def comes(digest: Digest | None) -> DigestNews:
    """When the next one comes."""
    if digest is None or digest.status == "off":
        return DigestNews(None)
    return DigestNews(digest, instant_of(date.fromisoformat(digest.next_day), digest.at, digest.zone))


def fall_due(digest: Digest | None, moment: Moment) -> Outcome[DigestNews]:
    """Time acts: the latest card that is due is posted once, unless it is half a week late; then the next one is waited
    for."""
    if digest is None or digest.status == "off":
        return Outcome(DigestNews(None))
    day = date.fromisoformat(digest.next_day)
    at = instant_of(day, digest.at, digest.zone)
    if at > moment.now:
        return Outcome(DigestNews(digest, at), dues=(Due("digest", digest.id, at),))
    while instant_of(day + WEEK, digest.at, digest.zone) <= moment.now:
        day += WEEK
    late = moment.now - instant_of(day, digest.at, digest.zone)
    marks = (Mark("digest", day.isoformat()),) if late < LATE_MOST else ()
    following = instant_of(day + WEEK, digest.at, digest.zone)
    after = replace(digest, next_day=(day + WEEK).isoformat())
    return Outcome(DigestNews(after, following), (after,), (), marks, (Due("digest", digest.id, following),))
