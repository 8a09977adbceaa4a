"""Instants and spans in words, in the room's zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.sentences import Marked, instant, say
from bot.story.clocks import clock_on
from bot.story.rooms import Room
from bot.story.zones import zone as zone_of

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def when(at: datetime, room: Room, now: datetime, *, relative: bool = False) -> Marked:
    """An instant as people of the room say it: `today 17:00 UTC`, `Fri 17:00 UTC`, `6 March 17:00 UTC`.

    `relative` where its sentence reads as well with "in 3 hours" ("Closes in 3 hours", but not "until in 3 hours").
    """
    return instant(at, _words(at, room.zone, now), relative=relative)


def in_zone(at: datetime, zone: str, now: datetime) -> Marked:
    """An instant as the clocks of a zone say it."""
    return instant(at, _words(at, zone, now))


def day_words(day: date) -> Marked:
    """A date in words: `Tue 3 March`."""
    weekday, month = say(f"times.{_DAYS[day.weekday()]}"), say(f"times.month_{day.month}")
    return say("times.day", weekday=weekday, day=day.day, month=month)


def dates_words(days: Sequence[date]) -> Marked:
    """Dates in order, those in a row together: `4 March, 6 to 9 March`."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return Marked(", ".join(_run(run[0], run[-1]) for run in runs))


def _run(first: date, last: date) -> Marked:
    def said(day: date) -> Marked:
        return say("times.day_of_month", day=day.day, month=say(f"times.month_{day.month}"))

    if first == last:
        return said(first)
    same = (first.year, first.month) == (last.year, last.month)
    return say("times.day_to_day", first=str(first.day) if same else said(first), last=said(last))


def _words(at: datetime, name: str, now: datetime) -> Marked:
    zone = zone_of(name)
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    clock = clock_on(at, name)
    days = (local.date() - today).days
    if days == 0:
        return say("times.today", clock=clock)
    if days == 1:
        return say("times.tomorrow", clock=clock)
    if 1 < days < 7:
        return say("times.weekday", day=say(f"times.{_DAYS[local.weekday()]}"), clock=clock)
    month = say(f"times.month_{local.month}")
    return say("times.date", day=local.day, month=month, clock=clock)


def span(minutes: int) -> Marked:
    """A length in words: `24 hours`, `10 minutes`."""
    if minutes % 1440 == 0 and minutes >= 2880:
        return say("times.days", n=minutes // 1440)
    if minutes % 60 == 0:
        return say("times.hours", n=minutes // 60)
    return say("times.minutes", n=minutes)
