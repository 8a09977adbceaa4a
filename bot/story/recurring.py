"""What people type for a time of day and for days that recur, and the days in the shortest words."""

from __future__ import annotations

import re
from datetime import date, time

from bot.errors import UserError
from bot.sentences import Marked, say
from bot.story.hours import DAYS
from bot.story.wall_clock import WEEK, Days

EVERY_MOST = 365
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d\d))?\s*([ap])?\.?(?:m\.?)?", re.IGNORECASE)
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_EVERY = re.compile(r"(?:every\s+)?(\d{1,9}|other|second|third)(?:st|nd|rd|th)?\s*(?:days?|d)", re.IGNORECASE)
_COUNTED = {"other": 2, "second": 2, "third": 3}
_SETS = {
    "daily": WEEK, "every day": WEEK, "day": WEEK, "everyday": WEEK, "weekdays": WEEK[:5], "workdays": WEEK[:5],
    "weekday": WEEK[:5], "weekends": WEEK[5:], "weekend": WEEK[5:],
}  # fmt: skip
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def clock_of(given: str, *, argument: str = "time") -> time:
    """A time of day: `09:00`, `9:30`, `21.30`, `9am`, `noon`. Raises UserError for anything else, a bare number too."""
    words = " ".join(given.split()).casefold()
    if words in _NAMED:
        return _NAMED[words]
    read = _CLOCK.fullmatch(words)
    if read is not None and (read[2] is not None or read[3] is not None):
        hour, minute = int(read[1]), int(read[2] or 0)
        if read[3] is not None:
            hour = (hour % 12 + (12 if read[3] == "p" else 0)) if 1 <= hour <= 12 else 24
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise UserError("schedule.not_a_time", argument=argument, given=words[:40])


def days_of(given: str, anchor: date, *, argument: str = "days") -> Days:
    """Days that recur: `daily`, `weekdays`, `weekends`, `Mon, Wed, Fri`, `Tue-Thu`, `every 3 days` (from the anchor on)."""
    words = " ".join(given.casefold().replace(" and ", ",").split())
    if words in _SETS:
        return Days(_SETS[words])
    if (counted := _EVERY.fullmatch(words)) is not None:
        every = _COUNTED.get(counted[1]) or int(counted[1])
        if not 1 <= every <= EVERY_MOST:
            raise UserError("schedule.every_range", argument=argument, given=every, most=EVERY_MOST)
        return Days() if every == 1 else Days((), every, anchor)
    found: set[int] = set()
    for part in re.split(r"[\s,;/&+]+", re.sub(r"\s*[-–]\s*", "-", words.removeprefix("every ").removeprefix("on "))):
        first, _, last = part.partition("-")
        a, b = _weekday(first), _weekday(last or first)
        if a is None or b is None:
            raise UserError("schedule.not_days", argument=argument, given=" ".join(given.split())[:40])
        found.update((a + n) % 7 for n in range((b - a) % 7 + 1))
    return Days(tuple(sorted(found)))


def days_words(days: Days) -> Marked:
    """The days as people say them: `every day`, `on weekdays`, `Mon, Wed, Fri`, `every 3 days`."""
    if days.every:
        return say("schedule.every_n", n=days.every)
    for key, of in (("daily", WEEK), ("weekdays", WEEK[:5]), ("weekends", WEEK[5:])):
        if days.weekdays == of:
            return say(f"schedule.{key}")
    return say("schedule.on_days", days=", ".join(str(say(f"times.{DAYS[day].lower()}")) for day in days.weekdays))


def days_typed(days: Days) -> str:
    """The days as they are typed; reading it (with the same anchor) gives the same days."""
    if days.every:
        return f"every {days.every} days"
    for word, of in (("daily", WEEK), ("weekdays", WEEK[:5]), ("weekends", WEEK[5:])):
        if days.weekdays == of:
            return word
    return " ".join(DAYS[day] for day in days.weekdays)


def _weekday(word: str) -> int | None:
    word = word.strip(".").removesuffix("s") if word.strip(".") != "s" else word
    found = [n for n, name in enumerate(_NAMES) if len(word) >= 2 and name.startswith(word)]
    return found[0] if len(found) == 1 else None
