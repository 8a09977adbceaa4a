"""Instants that are still to come, as people type them: `17:00`, `Fri 17:00`, `tomorrow 9:30`, `2026-03-06 17:00`, `in 3h`, `3d`."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from bot.errors import UserError
from bot.story import wall_clock
from bot.story.hours import DAYS
from bot.story.spans import minutes_of
from bot.story.zones import zone as zone_of

_CLOCK = r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)"
_DAY = r"(?P<day>mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_DATE = r"(?P<date>\d{4}-\d\d-\d\d)"
_INSTANT = re.compile(rf"(?:(?:{_DAY}|(?P<near>today|tomorrow)|{_DATE})\s*)?(?:(?:at\s+)?{_CLOCK})?", re.IGNORECASE)
END_OF_DAY = time(18, 0)
"""What a day without a time means."""


def instant_of(given: str, zone: str, now: datetime, *, argument: str = "time") -> datetime:
    """The next such instant in this zone, in UTC. Raises UserError for what is none, or has passed."""
    words = " ".join(given.split())
    found = _INSTANT.fullmatch(words)
    if found is None or not words:
        try:
            return now + timedelta(minutes=minutes_of(words, argument=argument))
        except UserError:
            raise UserError("kernel.not_an_instant", argument=argument, given=words[:40]) from None
    here = now.astimezone(zone_of(zone))
    clock = time(int(found["hour"]), int(found["minute"])) if found["hour"] else END_OF_DAY
    day, step = _day(found, here, words, argument)
    at = wall_clock.instant_of(day, clock, zone)
    if at <= now and step:
        at = wall_clock.instant_of(day + step, clock, zone)
    if at <= now:
        raise UserError("kernel.has_passed", argument=argument, given=words[:40])
    return at


def _day(found: re.Match[str], here: datetime, given: str, argument: str) -> tuple[date, timedelta | None]:
    """The first day that may be meant, and how much later the next one is."""
    if found["date"]:
        try:
            return date.fromisoformat(found["date"]), None
        except ValueError:
            raise UserError("kernel.not_an_instant", argument=argument, given=given[:40]) from None
    if found["near"]:
        ahead = timedelta(days=found["near"].casefold() == "tomorrow")
        return here.date() + ahead, None
    if found["day"]:
        ahead = timedelta(days=(DAYS.index(found["day"].capitalize()) - here.weekday()) % 7)
        return here.date() + ahead, timedelta(days=7)
    return here.date(), timedelta(days=1)
