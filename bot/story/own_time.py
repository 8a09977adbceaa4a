"""One's own clock: the zone in which a person's days begin, and what they want to be told when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.story.moments import Due, Moment, Outcome
from bot.story.people import Member, Notify, Person, member_id
from bot.story.rooms import Room
from bot.story.snapshot import Snapshot
from bot.story.wall_clock import instant_of
from bot.story.zones import zone, zone_named

EVENING = time(20, 0)
"""When a prompt that waits is mentioned to who asked for that, on their own clock."""
NIGHT_FROM = 22
NIGHT_TO = 8
"""Hours of a person's zone in which nothing is sent to them."""


@dataclass(frozen=True, slots=True)
class OwnTime:
    """What holds for one person in one room."""

    zone: str
    own: bool
    """They chose the zone; else it is the room's."""
    notify: Notify
    evening: bool


def zone_of(room: Room, member: Member | None) -> str:
    """The zone of a person's days: their own, else the room's."""
    return member.zone if member is not None and member.zone else room.zone


def own_time(snapshot: Snapshot, moment: Moment) -> OwnTime:
    """What holds for who asks."""
    member = snapshot.member(moment.person)
    if member is None:
        return OwnTime(snapshot.room.zone, False, "mention", False)
    return OwnTime(zone_of(snapshot.room, member), bool(member.zone), member.notify, member.evening)


def day_at(name: str, at: datetime) -> date:
    """The day of an instant on the clocks of a zone."""
    return at.astimezone(zone(name)).date()


def begins(name: str, day: date) -> datetime:
    """The instant at which a day begins in a zone."""
    return instant_of(day, time(), name)


def is_night(name: str, at: datetime) -> bool:
    """Whether it is night in a zone."""
    hour = at.astimezone(zone(name)).hour
    return hour >= NIGHT_FROM or hour < NIGHT_TO


def is_evening(name: str, at: datetime) -> bool:
    """Whether it is evening in a zone, and not night yet."""
    return EVENING.hour <= at.astimezone(zone(name)).hour < NIGHT_FROM


def after_night(name: str, at: datetime) -> datetime:
    """This instant, or, at night, the next morning at eight in a zone."""
    if not is_night(name, at):
        return at
    local = at.astimezone(zone(name))
    day = local.date() + timedelta(days=local.hour >= NIGHT_FROM)
    return instant_of(day, time(NIGHT_TO), name)


def next_evening(name: str, now: datetime) -> datetime:
    """The next evening of a zone that is still to come."""
    day = day_at(name, now)
    at = instant_of(day, EVENING, name)
    return at if at > now else instant_of(day + timedelta(days=1), EVENING, name)


def set_zone(snapshot: Snapshot, given: str, moment: Moment) -> Outcome[OwnTime]:
    """Choose the zone of one's own days in this room. Raises UserError with likely names for what is no zone."""
    member = _member(snapshot, moment)
    after = replace(member, zone=zone_named(given, argument="zone"))
    return _kept(snapshot, after, moment)


def set_notify(snapshot: Snapshot, by: Notify | None, evening: bool | None, moment: Moment) -> Outcome[OwnTime]:
    """Choose how one is told things here, and whether a waiting prompt is mentioned in the evening."""
    member = _member(snapshot, moment)
    after = replace(
        member, notify=member.notify if by is None else by, evening=member.evening if evening is None else evening
    )
    return _kept(snapshot, after, moment)


def _kept(snapshot: Snapshot, after: Member, moment: Moment) -> Outcome[OwnTime]:
    name = zone_of(snapshot.room, after)
    due = Due("evening", after.person, next_evening(name, moment.now) if after.evening else None)
    told = OwnTime(name, bool(after.zone), after.notify, after.evening)
    rows = (after,) if after != snapshot.member(after.person) else ()
    return Outcome(told, rows, dues=(due,) if rows else ())


def _member(snapshot: Snapshot, moment: Moment) -> Member:
    """The row of who acts; a fresh one does not say that they took part in anything."""
    room, person = snapshot.room, Person.of(moment.actor)
    return snapshot.member(person) or Member(member_id(room.id, person), room.id, person.key, moment.name or person.user)
