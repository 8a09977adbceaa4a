"""Who a room counts on: its regulars, its roster, whose votes are waited for, and how many ballots a round
needs."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta

from bot.story.hours import day_of
from bot.story.moments import Moment
from bot.story.people import Member, Role, member_id
from bot.story.role_map import role_of
from bot.story.rule_lines import BY_HALF, BY_REGULARS, Rules
from bot.story.snapshot import Snapshot

DAYS = 14
"""How far back a room looks for who takes part."""
OFTEN = 2
"""A regular took part on so many of those days."""
FEW = 3
"""With fewer regulars than this and no list, a roster is everyone: a new room's second day must lock nobody
out."""


def regulars(snapshot: Snapshot, now: datetime) -> tuple[Member, ...]:
    """Those who pitched, voted or wrote here on 2 of the last 14 days, in the room's zone."""
    return tuple(m for m in _people(snapshot) if len(_recent(snapshot, m, now)) >= OFTEN)


def roster(snapshot: Snapshot, now: datetime) -> tuple[Member, ...]:
    """Whom the showrunner listed (writers and showrunners); else the regulars; in a new room, all who take
    part."""
    listed = tuple(m for m in _people(snapshot) if role_of(snapshot.room, m) in (Role.WRITER, Role.SHOWRUNNER))
    if any(role_of(snapshot.room, m) is Role.WRITER for m in listed):
        return listed
    often = regulars(snapshot, now)
    if len(often) >= FEW:
        return tuple(m for m in _people(snapshot) if m in often or m in listed)
    return tuple(m for m in _people(snapshot) if not m.guest and (m in listed or _recent(snapshot, m, now)))


def on_roster(snapshot: Snapshot, member: Member | None, now: datetime, *, guest: bool) -> bool:
    """Whether a person belongs to the roster; while a room is new and has no list, every full member does."""
    if member is not None and member in roster(snapshot, now):
        return True
    listed = any(role_of(snapshot.room, m) is Role.WRITER for m in _people(snapshot))
    return not listed and len(regulars(snapshot, now)) < FEW and not guest


def waited_for(snapshot: Snapshot, rules: Rules, now: datetime) -> tuple[Member, ...]:
    """Whose votes a round waits for before it closes early: all who are not away and may vote."""
    if rules.vote == "roster":
        those = roster(snapshot, now)
    else:
        those = tuple(m for m in _people(snapshot) if _recent(snapshot, m, now))
        if rules.vote in ("members", "keepers"):
            those = tuple(m for m in those if not m.guest)
    return tuple(m for m in those if not m.away)


def quorum(snapshot: Snapshot, rules: Rules, now: datetime, opener: str | None = None) -> int:
    """How many ballots a round needs that opens now; 1 while only one person has ever acted here."""
    known = snapshot.member(opener)
    acted = snapshot.room.acted + (
        1 if opener is not None and (known is None or known.first_at is None) else 0
    )
    if acted <= 1:
        return 1
    if rules.quorum == BY_REGULARS:
        return max(2, min(7, math.ceil(len(regulars(snapshot, now)) / 3)))
    if rules.quorum == BY_HALF:
        return len([m for m in roster(snapshot, now) if not m.away]) // 2 + 1
    return rules.quorum


def seen(snapshot: Snapshot, moment: Moment, acted: bool) -> tuple[object, ...]:
    """The rows that remember this person: their member row and, at their very first act, the room's count.

    `acted` is for pitching, voting, writing and everything else that changes the room; it brings back who was
    away. Nothing is handed back when nothing changed, and a person who only looked is not written down.
    """
    if moment.person is None:
        return ()
    room, standing = snapshot.room, moment.standing
    before = snapshot.member(moment.person)
    if before is None and not acted:
        return ()
    name = moment.name or (before.name if before else moment.person.user)
    after = before or Member(member_id(room.id, moment.person), room.id, moment.person.key, name)
    after = replace(
        after, name=name, guest=standing.guest, keeper=standing.keeper, groups=standing.roles,
        joined_at=standing.joined_at or after.joined_at,
    )  # fmt: skip
    if not acted:
        return () if after == before else (after,)
    today = day_of(moment.now, room.zone)
    days = tuple(d for d in after.active_days if today - timedelta(days=DAYS) < d < today)
    fresh = after.last_at is None or today not in after.active_days or after.away
    after = replace(
        after,
        away=False,
        first_at=after.first_at or moment.now,
        last_at=moment.now if fresh else after.last_at,
        active_days=(*days, today),
    )
    if after == before:
        return ()
    first = before is None or before.first_at is None
    return (after, replace(room, acted=room.acted + 1)) if first else (after,)


def _people(snapshot: Snapshot) -> tuple[Member, ...]:
    """Everyone here who does more than read, in the order of their ids."""
    those = (m for _, m in sorted(snapshot.members.items()) if m.blocked_at is None or m.keeper)
    return tuple(m for m in those if role_of(snapshot.room, m) is not Role.READER)


def _recent(snapshot: Snapshot, member: Member, now: datetime) -> tuple[object, ...]:
    today = day_of(now, snapshot.room.zone)
    return tuple(d for d in member.active_days if today - timedelta(days=DAYS) < d <= today)
