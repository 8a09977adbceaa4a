"""Roles: who runs the room, who writes, who only reads; and the guards by which the other rules ask that."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.errors import NotFound, UserError
from bot.story.changes import Change, detail
from bot.story.guards import require_runner
from bot.story.house_rules import showrunners
from bot.story.ledger import Act
from bot.story.moments import Mark, Moment, Outcome
from bot.story.people import Member, Role
from bot.story.role_map import MapNews, mapped, role_of
from bot.story.snapshot import Snapshot
from bot.story.tidings import tell


@dataclass(frozen=True, slots=True)
class RoleNews:
    """A member's role after a change, for its receipt."""

    name: str
    person: str
    role: Role
    was: Role


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is what in a room, by display name."""

    showrunners: tuple[str, ...]
    """Those who were named; where there is none, the room's rules say who runs it."""
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    others: tuple[str, ...]
    """Those without a role of their own: the room's rules hold for them."""
    away: tuple[str, ...]
    groups: tuple[tuple[str, Role], ...] = ()
    """The server's roles by name, and what each counts as here."""


def give(snapshot: Snapshot, person: str, role: Role, moment: Moment) -> Outcome[RoleNews]:
    """Make someone showrunner, writer or reader; NONE takes their role, and the room's rules hold for them
    again.

    A moderator of the platform may take the last showrunner's role too; who is showrunner no more is told.
    """
    member = snapshot.member(person)
    if member is None:
        raise NotFound("roles.unknown_person", argument="person", name=snapshot.name(person))
    stepping_down = person == moment.key and (role is Role.READER or member.role is Role.SHOWRUNNER)
    if not stepping_down:
        require_runner(snapshot, moment)
    if member.role is role:
        raise UserError("roles.same", argument="role", name=member.name)
    if not moment.standing.keeper:
        refuse_last_showrunner(snapshot, member, role)
    after = replace(member, role=role)
    act = Act(
        "role.given", (snapshot.room.id, member.id), moment.key, "",
        detail(Change("member", member.id, "role", member.role.value, role.value)),
    )  # fmt: skip
    marks = (Mark("house", snapshot.room.id),) if Role.SHOWRUNNER in (role, member.role) else ()
    replaced = (person,) if member.role is Role.SHOWRUNNER else _gave_way(snapshot, person, role)
    told = tell(snapshot, replaced, "tidings.role_taken", moment)
    return Outcome(RoleNews(member.name, person, role, member.role), (after, *told), (act,), marks)


def _gave_way(snapshot: Snapshot, person: str, role: Role) -> tuple[str, ...]:
    """Who ran a room that had named nobody (they opened its first story), when somebody is named now."""
    if role is not Role.SHOWRUNNER or any(role_of(snapshot.room, m) is Role.SHOWRUNNER for m in snapshot.members.values()):
        return ()
    return tuple(key for key in showrunners(snapshot) if key != person)


def map_group(snapshot: Snapshot, group: tuple[str, str], role: Role, moment: Moment) -> Outcome[MapNews]:
    """Let a role of the server (id, name) count as a role here; NONE takes that back."""
    require_runner(snapshot, moment)
    room, news = mapped(snapshot.room, group, role)
    plain = {"group": group[0], "name": group[1], "was": news.was.value, "now": role.value}
    act = Act("role.mapped", (room.id,), moment.key, "", plain)
    return Outcome(news, (room,), (act,), (Mark("house", room.id),))


def refuse_last_showrunner(snapshot: Snapshot, member: Member, role: Role) -> None:
    """Refuse to leave a room that named its showrunner without one."""
    run = [m for m in snapshot.members.values() if role_of(snapshot.room, m) is Role.SHOWRUNNER]
    others = [m for m in run if m.id != member.id]
    if member.role is Role.SHOWRUNNER and role is not Role.SHOWRUNNER and not others:
        raise UserError("roles.last_showrunner", argument="role")


def roster(snapshot: Snapshot) -> Roster:
    """Everyone of a room by what they are, in the order they came."""
    came = sorted(snapshot.members.values(), key=lambda m: (m.first_at is None, m.first_at, m.id))

    def named(role: Role) -> tuple[str, ...]:
        return tuple(m.name for m in came if role_of(snapshot.room, m) is role)

    return Roster(
        named(Role.SHOWRUNNER), named(Role.WRITER), named(Role.READER), named(Role.NONE),
        tuple(m.name for m in came if m.away),
        tuple(sorted(((name, Role(role)) for _, name, role in snapshot.room.role_map), key=lambda g: g[0].casefold())),
    )  # fmt: skip
