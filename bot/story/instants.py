"""Instants as people type them, in a room's zone: `17:00`, `Fri 17:00`, `6 March 17:00`, `3h` (ago)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from bot.errors import UserError
from bot.story.hours import DAYS
from bot.story.spans import minutes_of
from bot.story.zones import zone as zone_of

_CLOCK = re.compile(r"(?:(mon|tue|wed|thu|fri|sat|sun)[a-z]*\s+)?([01]?\d|2[0-3]):([0-5]\d)", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]([01]?\d|2[0-3]):([0-5]\d))?")


def last_instant(given: str, zone: str, now: datetime, *, argument: str) -> datetime:
    """The latest instant before now that is meant: `Fri 17:00` is the last Friday's, `3h` is three hours ago.

    Raises UserError for what names no instant, or one that is still to come.
    """
    here = zone_of(zone)
    local = now.astimezone(here).replace(tzinfo=None)
    words = " ".join(given.split())
    if clock := _CLOCK.fullmatch(words):
        at = local.replace(hour=int(clock[2]), minute=int(clock[3]), second=0, microsecond=0)
        if clock[1]:
            at -= timedelta(days=(at.weekday() - DAYS.index(clock[1].capitalize())) % 7)
        if at > local:
            at -= timedelta(days=7 if clock[1] else 1)
        return at.replace(tzinfo=here).astimezone(UTC)
    if date := _DATE.fullmatch(words):
        year, month, day, hour, minute = (int(part or 0) for part in date.groups())
        try:
            at = datetime(year, month, day, hour, minute)  # noqa: DTZ001  # on the wall; the zone comes next
        except ValueError:
            raise UserError("times.no_instant", argument=argument, given=given[:40]) from None
        if at > local:
            raise UserError("times.not_yet", argument=argument, given=given[:40])
        return at.replace(tzinfo=here).astimezone(UTC)
    try:
        return now - timedelta(minutes=minutes_of(words.casefold().removesuffix(" ago"), argument=argument))
    except UserError:
        raise UserError("times.no_instant", argument=argument, given=given[:40]) from None
