"""How long things last: minutes that simply pass, and room days that pass only inside room hours.

A room day is as much of the room's open time as one room day holds: from Friday 15:00 with hours `Mon-Fri
09:00-18:00` it ends on Monday at 15:00. It is counted on the clock on the wall, so that the night when clocks
change moves nothing: in a room without hours a room day ends at the same time tomorrow. Minutes are counted
as they pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from bot.errors import UserError
from bot.story.zones import zone as zone_of

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MINUTES_A_DAY = 24 * 60
_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
_HOURS = re.compile(rf"({_DAY}(?:-{_DAY})?(?:,{_DAY}(?:-{_DAY})?)*) ({_TIME})-({_TIME}|24:00)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Length:
    """How long something lasts. Without minutes and days it has no end."""

    minutes: int = 0
    room_days: int = 0

    def __bool__(self) -> bool:
        return bool(self.minutes or self.room_days)

    @property
    def about_minutes(self) -> int:
        """As minutes, a room day taken as a day: for what is a share of it, such as a run-off."""
        return self.minutes + self.room_days * _MINUTES_A_DAY


@dataclass(frozen=True, slots=True)
class Hours:
    """When a room is open: on these weekdays (Monday is 0), from and until these minutes of the day."""

    days: frozenset[int]
    start: int
    end: int

    @property
    def a_day(self) -> int:
        """Minutes of open time in one room day."""
        return self.end - self.start


ALWAYS = Hours(frozenset(range(7)), 0, _MINUTES_A_DAY)


@lru_cache(maxsize=256)
def parse_hours(given: str) -> Hours:
    """Room hours from `Mon-Fri 09:00-18:00` or `Mon,Wed-Thu 10:00-24:00`; empty means always."""
    if not given.strip():
        return ALWAYS
    read = _HOURS.fullmatch(given.strip())
    if read is None or _minute(read[2]) >= _minute(read[3]):
        raise UserError("rules.not_hours", argument="value", given=given)
    days: set[int] = set()
    for part in read[1].split(","):
        first, _, last = part.partition("-")
        a, b = _weekday(first), _weekday(last or first)
        days.update((a + i) % 7 for i in range((b - a) % 7 + 1))
    return Hours(frozenset(days), _minute(read[2]), _minute(read[3]))


def after(start: datetime, length: Length, zone: str, hours: str) -> datetime | None:
    """When something of this length ends that begins at `start`; None when it has no end."""
    if not length:
        return None
    end = start.astimezone(UTC) + timedelta(minutes=length.minutes)
    if not length.room_days:
        return end
    here = zone_of(zone)
    return _spend(end.astimezone(here).replace(tzinfo=None), length.room_days, parse_hours(hours), here)


def day_of(at: datetime, zone: str) -> date:
    """The day on which an instant falls in a room's zone."""
    return at.astimezone(zone_of(zone)).date()


def _spend(wall: datetime, room_days: int, hours: Hours, here: tzinfo) -> datetime:
    """The instant when so many room days of open time have passed since this time on the wall."""
    left = timedelta(minutes=room_days * hours.a_day)
    day = wall.date()
    while True:
        if day.weekday() in hours.days:
            midnight = datetime.combine(day, time())
            opens = max(wall, midnight + timedelta(minutes=hours.start))
            closes = midnight + timedelta(minutes=hours.end)
            if closes - opens >= left:
                return (opens + left).replace(tzinfo=here).astimezone(UTC)
            left -= max(closes - opens, timedelta())
        day += timedelta(days=1)


def _weekday(name: str) -> int:
    return DAYS.index(name.capitalize())


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
