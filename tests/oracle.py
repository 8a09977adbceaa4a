"""When things recur by the clock on a wall, found by looking at clocks: the other way to write bot.story.wall_clock.

It never turns a local time into an instant. It walks through UTC, notes where a zone's clock leaps, and for each wish
takes the first minute at which the clock on the wall shows that time or a later one; days are counted off a calendar.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from bot.story.wall_clock import Days, instant_of, next_day
from bot.story.zones import names, zone

FIRST, LAST = date(2024, 1, 1), date(2030, 12, 31)
_HOUR, _MINUTE, _DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
_BEGIN = datetime(2023, 12, 29, tzinfo=UTC)
_END = datetime(2031, 1, 4, tzinfo=UTC)


@dataclass(frozen=True)
class Stretch:
    """A time in which the clock runs evenly: from its first minute up to, not with, its end."""

    begin: datetime
    end: datetime
    ahead: timedelta


def stretches(name: str) -> list[Stretch]:
    """The even stretches of a zone's clock, found hour by hour and then minute by minute."""
    clock = zone(name)

    def ahead(at: datetime) -> timedelta:
        return at.astimezone(clock).replace(tzinfo=UTC) - at

    found: list[Stretch] = []
    begin, at, now = _BEGIN, _BEGIN, ahead(_BEGIN)
    while at < _END:
        following = at + _HOUR
        if ahead(following) != now:
            while ahead(at) == now:
                at += _MINUTE
            found.append(Stretch(begin, at, now))
            begin, now = at, ahead(at)
            following = at + _HOUR if ahead(at + _HOUR) == now else at + _MINUTE
        at = following
    return [*found, Stretch(begin, _END, now)]


def looked_up(clock: Sequence[Stretch], day: date, at: time) -> datetime:
    """The first minute at which this clock shows that time of that day, or a later one."""
    wall = datetime.combine(day, at, UTC)
    for one in clock:
        first = max(one.begin, wall - one.ahead)
        if first < one.end:
            return first
    raise AssertionError(f"{wall} never came")


def calendar(days: Days) -> Iterator[date]:
    """The days of a rule between the first and the last, counted off."""
    if days.every:
        day = days.anchor
        while day > FIRST:
            day -= days.every * _DAY
        while day <= LAST:
            if day >= FIRST:
                yield day
            day += days.every * _DAY
        return
    for n in range(FIRST.toordinal(), LAST.toordinal() + 1):
        if (n + 6) % 7 in days.weekdays:
            yield date.fromordinal(n)


def rules_for(name: str) -> list[tuple[Days, time]]:
    """Rules to try in a zone: at hours when clocks leap, and at some that its name draws."""
    dice = random.Random(name)
    some = tuple(sorted(dice.sample(range(7), dice.randint(1, 6))))
    drawn = time(dice.randrange(24), dice.randrange(60))
    anchor = date(2023, 6, 1) + dice.randrange(1500) * _DAY
    return [
        (Days(), drawn),
        (Days(), time(dice.choice((0, 1, 2, 3, 23)), dice.choice((0, 15, 30, 45)))),
        (Days((0, 1, 2, 3, 4)), time(2, 30)),
        (Days(some), time(0, 15)),
        (Days(every=dice.randint(2, 30), anchor=anchor), time(23, 45)),
    ]


def differences(name: str, most: int | None = None) -> tuple[int, list[str]]:
    """How many (zone, rule, day) cases were compared in a zone, and where the two disagree."""
    clock, compared, wrong = stretches(name), 0, []
    for days, at in rules_for(name):
        day = next_day(days, FIRST - _DAY)
        instants = []
        for expected in calendar(days):
            found, wanted = instant_of(day, at, name), looked_up(clock, expected, at)
            if (day, found) != (expected, wanted):
                wrong.append(f"{name} {days} {at}: {day} {found}, not {expected} {wanted}")
            instants.append(found)
            day = next_day(days, day)
            compared += 1
            if most is not None and len(instants) >= most:
                break
        if any(a >= b for a, b in pairwise(instants)):
            wrong.append(f"{name} {days} {at}: two days in one moment")
    return compared, wrong


def walked(name: str) -> tuple[int, list[str]]:
    """Around each leap of a zone's clock, every minute looked at: cases compared, and where they disagree."""
    compared, wrong, clock = 0, [], zone(name)
    for one in stretches(name)[:-1]:
        minutes = [one.end + n * _MINUTE for n in range(-27 * 60, 27 * 60)]
        shows = [at.astimezone(clock).replace(tzinfo=None) for at in minutes]
        latest, place, day = shows[0], 0, one.end.astimezone(clock).date()
        for n in range(-2, 4):
            for at in (time(h, m) for h in range(24) for m in (0, 10, 15, 30, 45, 59)):
                wall = datetime.combine(day + n * _DAY, at)
                if not shows[0] < wall <= shows[-1]:
                    continue
                while latest < wall:
                    place += 1
                    latest = shows[place]
                compared += 1
                if (found := instant_of(wall.date(), at, name)) != minutes[place]:
                    wrong.append(f"{name} {wall}: {found}, not {minutes[place]}")
    return compared, wrong


def every_zone() -> list[str]:
    """All zones of the list, in order."""
    return sorted(names())
