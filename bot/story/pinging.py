"""Pings: one a person, room and day, none at night in their own zone, and a direct message only to who asked for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from bot.story.house_rules import in_force
from bot.story.moments import Mark
from bot.story.own_time import day_at, is_night, zone_of
from bot.story.people import Member
from bot.story.snapshot import Snapshot

What = Literal["turn", "reminder", "vote", "evening"]
"""What a direct message is about: one's turn, its one reminder, a round one has not voted in, a prompt that waits."""


@dataclass(frozen=True, slots=True)
class Ping:
    """How somebody may be called now, with the row that notes it; the empty way is not at all."""

    way: Literal["", "mention", "dm"] = ""
    rows: tuple[Member, ...] = ()


def ping(snapshot: Snapshot, person: str | None, now: datetime, *, asked: bool = False) -> Ping:
    """How a person may be called now. `asked` is for what only a direct message may say, and they asked for it."""
    member, room = snapshot.member(person), snapshot.room
    if member is None or member.blocked_at is not None:
        return Ping()
    direct = asked or member.notify == "dm"
    if not direct and (member.notify == "off" or in_force(room).pings == "none"):
        return Ping()
    name = zone_of(room, member)
    if is_night(name, now):
        return Ping()
    if member.pinged_at is not None and day_at(name, member.pinged_at) == day_at(name, now):
        return Ping()
    return Ping("dm" if direct else "mention", (replace(member, pinged_at=now),))


def private(what: What, person: str, subject: str) -> Mark:
    """The direct message to one person about something (its subject's id), posted once."""
    return Mark("private", f"{what}:{subject}:{person}")


def private_of(subject: str) -> tuple[What, str, str]:
    """What a direct message is about, its subject and its person, from the subject of its post."""
    what, _, rest = subject.partition(":")
    about, _, person = rest.rpartition(":")
    return what, about, person  # type: ignore[return-value]  # made by `private`
