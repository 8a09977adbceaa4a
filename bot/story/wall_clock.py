"""What recurs by the clock on a wall: which local days, and the one instant of a local time on a day.

A time that does not exist on a day (clocks go forward over it) is the first moment after the gap; one that exists
twice (clocks go back over it) is its first. Both are one sentence: the earliest moment at which the clock on the wall
shows that time or a later one. So every local day of the rule has exactly one instant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.story.zones import zone

WEEK = (0, 1, 2, 3, 4, 5, 6)
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Days:
    """The local days on which something recurs: these weekdays (Monday is 0), or every so many days from an anchor."""

    weekdays: tuple[int, ...] = WEEK
    every: int = 0
    """Every N days, counted from the anchor; then weekdays do not matter. 0 goes by weekdays."""
    anchor: date = date(2024, 1, 1)

    def holds(self, day: date) -> bool:
        """Whether this is one of the days."""
        if self.every:
            return (day - self.anchor).days % self.every == 0
        return day.weekday() in self.weekdays


def instant_of(day: date, at: time, name: str) -> datetime:
    """The instant, in UTC, at which a local time of a day comes in this zone: one, whatever the clocks do."""
    here = zone(name)
    wall = datetime.combine(day, at)
    found = wall.replace(tzinfo=here).astimezone(UTC)
    if found.astimezone(here).replace(tzinfo=None) == wall:
        return found
    return _after_gap(wall, name, found)


def _after_gap(wall: datetime, name: str, late: datetime) -> datetime:
    """The moment of the change that leapt over a local time; `late` is after it, by how much was leapt over at most."""
    here = zone(name)
    early = wall.replace(tzinfo=here, fold=1).astimezone(UTC)
    while late - early > _SECOND:
        middle = early + (late - early) // 2
        middle -= timedelta(microseconds=middle.microsecond)
        if middle.astimezone(here).replace(tzinfo=None) >= wall:
            late = middle
        else:
            early = middle
    return late


def leaps(at: time, name: str, since: date) -> bool:
    """Whether on some day of the year that begins then the clock leaps over this local time, or shows it twice."""
    here = zone(name)
    for n in range(366):
        wall = datetime.combine(since + n * _DAY, at, here)
        if wall.utcoffset() != wall.replace(fold=1).utcoffset():
            return True
    return False


def next_day(days: Days, after: date) -> date:
    """The first day of the rule that is later than this one."""
    if days.every:
        return after + timedelta(days=days.every - (after - days.anchor).days % days.every)
    return next(day for n in range(1, 8) if days.holds(day := after + n * _DAY))


def coming(days: Days, at: time, name: str, now: datetime) -> tuple[date, datetime]:
    """The first day of the rule whose instant is still to come, and that instant."""
    day = now.astimezone(zone(name)).date() - 2 * _DAY
    while True:
        day = next_day(days, day)
        if (instant := instant_of(day, at, name)) > now:
            return day, instant


def passed(days: Days, at: time, name: str, first: date, now: datetime) -> Iterator[date]:
    """The days of the rule from `first` on whose instant has come by now, in order."""
    day = first if days.holds(first) else next_day(days, first)
    surely = now.astimezone(zone(name)).date() - 2 * _DAY
    while day <= surely or instant_of(day, at, name) <= now:
        yield day
        day = next_day(days, day)
