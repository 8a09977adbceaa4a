"""The private word in the evening: a prompt still waits for somebody who asked to be told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.story.moments import Due, Moment, Outcome
from bot.story.own_time import is_evening, next_evening, zone_of
from bot.story.pinging import ping, private
from bot.story.prompts import Prompt
from bot.story.snapshot import Snapshot

FRESH = timedelta(hours=23)
"""A prompt is mentioned on the first evening after it was asked, not again (the shortest day between two evenings)."""


def fall_due(
    snapshot: Snapshot, person: str, prompts: Iterable[Prompt], answered: Iterable[str], moment: Moment
) -> Outcome[Prompt | None]:
    """Time acts: tell one person of the latest prompt that is open to them and unanswered, and wait for the next evening."""
    member = snapshot.member(person)
    if member is None or not member.evening:
        return Outcome(None)
    name = zone_of(snapshot.room, member)
    again = Due("evening", person, next_evening(name, moment.now))
    if member.away or not is_evening(name, moment.now):  # what the bot came late for is left to the next evening
        return Outcome(None, dues=(again,))
    theirs = set(answered)
    waiting = [p for p in prompts if p.id not in theirs and _waits(p, moment.now)]
    latest = max(waiting, key=lambda p: (p.asked_at, p.id), default=None)
    if latest is None or snapshot.room.stopped_at is not None:
        return Outcome(None, dues=(again,))
    called = ping(snapshot, person, moment.now, asked=True)
    if not called.way:
        return Outcome(None, dues=(again,))
    return Outcome(latest, called.rows, (), (private("evening", person, latest.id),), (again,))


def _waits(prompt: Prompt, now: datetime) -> bool:
    closed = prompt.status != "open" or (prompt.closes_at is not None and prompt.closes_at <= now)
    return not closed and not prompt.veil and now - prompt.asked_at < FRESH
