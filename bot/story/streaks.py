"""Streaks: days of prompts answered in a row, with freezes that cover a missed one, and amnesty for the bot's own.

What counts is the day of a prompt, never the hour of a clock: an answer counts for the day that asked, for as long as
its prompt is open. A day on which nothing was asked, or on which the bot was away, neither counts nor breaks anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.story.own_time import day_at
from bot.story.prompts import Prompt

EARNED_BY = 7
"""A freeze is earned by every so many days in a row."""
HELD_MOST = 2
"""So many freezes are held at once; a day that would earn a third earns nothing."""
AWAY_ENOUGH = timedelta(hours=1)
"""A prompt that was open while the bot was away for so long in all is excused."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a room for one person."""

    day: date
    answered: bool = False
    excused: bool = False
    """The prompt was missed, or the bot was away while it was open."""
    open: bool = False
    """It can still be answered."""


@dataclass(frozen=True, slots=True)
class Streak:
    """How it stands."""

    days: int = 0
    """Days answered in a row, up to the last one."""
    longest: int = 0
    freezes: int = 0
    """Freezes that are held."""
    spent: tuple[date, ...] = ()
    """Days of the present streak that a freeze covers."""
    excused: tuple[date, ...] = ()
    """Days of the present streak that were excused and not answered."""
    waiting: date | None = None
    """The latest day that is unanswered and can still be answered."""


@dataclass(frozen=True, slots=True)
class Away:
    """A time in which the bot was away."""

    since: datetime
    until: datetime


def streak(days: Iterable[Day]) -> Streak:
    """The streak of these days, in whatever order they come; several rows of one day are one day.

    An unanswered day that can still be answered, or is excused, neither counts nor breaks. Any other spends a freeze,
    once; without one the row begins anew.
    """
    count = longest = freezes = 0
    spent: list[date] = []
    excused: list[date] = []
    waiting: date | None = None
    for day in _joined(days):
        if day.answered:
            count += 1
            longest = max(longest, count)
            if count % EARNED_BY == 0:
                freezes = min(HELD_MOST, freezes + 1)
            continue
        if day.open:
            waiting = day.day
        elif day.excused:
            excused += [day.day] if count else []
        elif freezes and count:
            freezes -= 1
            spent.append(day.day)
        else:
            count, spent, excused = 0, [], []
    return Streak(count, longest, freezes, tuple(spent), tuple(excused), waiting)


def days_of(
    prompts: Iterable[Prompt], answered: Iterable[str], away: Sequence[Away], now: datetime, zone: str
) -> tuple[Day, ...]:
    """The days of a room for one person: `answered` are ids of prompts that they answered.

    A schedule's prompt stands for its own date. One that somebody asked besides counts, when it is answered, for the
    date on which it was asked in the room's zone; unanswered it is nobody's day.
    """
    theirs = set(answered)
    days: list[Day] = []
    for prompt in prompts:
        days += [Day(date.fromisoformat(missed), excused=True) for missed in prompt.missed]
        if not prompt.day:
            days += [Day(day_at(zone, prompt.asked_at), answered=True)] if prompt.id in theirs else []
            continue
        excused = prompt.status == "missed" or _was_away(prompt, away, now)
        days.append(Day(date.fromisoformat(prompt.day), prompt.id in theirs, excused, prompt.status == "open"))
    return tuple(days)


def _was_away(prompt: Prompt, away: Sequence[Away], now: datetime) -> bool:
    """Whether the bot was away for long while the prompt could be answered."""
    ends = [at for at in (prompt.closed_at, prompt.closes_at) if at is not None]
    until = min([*ends, now])
    lost = (min(a.until, until) - max(a.since, prompt.asked_at) for a in away)
    return sum((part for part in lost if part > timedelta()), timedelta()) >= AWAY_ENOUGH


def _joined(days: Iterable[Day]) -> list[Day]:
    """One row a day, in order: answered wins, then open, then excused."""
    by_day: dict[date, Day] = {}
    for day in days:
        before = by_day.get(day.day, Day(day.day))
        by_day[day.day] = Day(
            day.day, before.answered or day.answered, before.excused or day.excused, before.open or day.open
        )
    return [by_day[day] for day in sorted(by_day)]
