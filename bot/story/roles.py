"""Roles: who runs the room, who writes, who only reads; and the guards by which the other rules ask that."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.errors import NotFound, UserError
from bot.story.changes import Change, detail
from bot.story.guards import require_runner
from bot.story.house_rules import showrunners
from bot.story.ledger import Act
from bot.story.moments import Mark, Moment, Outcome
from bot.story.people import Member, Person, Role, member_id
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


def give(snapshot: Snapshot, person: str, role: Role, moment: Moment, *, name: str = "") -> Outcome[RoleNews]:
    """Make someone showrunner, writer or reader; NONE takes their role, and the room's rules hold for them
    again.

    A moderator of the platform may take the last showrunner's role, and give one to somebody whom the room has not
    seen yet (`name` is what the platform calls them); who is showrunner no more is told.
    """
    member = snapshot.member(person)
    if member is None and name and moment.standing.keeper:
        member = Member(member_id(snapshot.room.id, Person.of(person)), snapshot.room.id, person, name)
    if member is None:
        raise NotFound("roles.unknown_person", argument="person", name=name or snapshot.name(person))
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
    if role is not Role.SHOWRUNNER or any(m.role is Role.SHOWRUNNER for m in snapshot.members.values()):
        return ()
    return tuple(key for key in showrunners(snapshot) if key != person)


def refuse_last_showrunner(snapshot: Snapshot, member: Member, role: Role) -> None:
    """Refuse to leave a room that named its showrunner without one."""
    others = [m for m in snapshot.members.values() if m.role is Role.SHOWRUNNER and m.id != member.id]
    if member.role is Role.SHOWRUNNER and role is not Role.SHOWRUNNER and not others:
        raise UserError("roles.last_showrunner", argument="role")


def roster(snapshot: Snapshot) -> Roster:
    """Everyone of a room by what they are, in the order they came."""
    came = sorted(snapshot.members.values(), key=lambda m: (m.first_at is None, m.first_at, m.id))

    def named(role: Role) -> tuple[str, ...]:
        return tuple(m.name for m in came if m.role is role)

    return Roster(
        named(Role.SHOWRUNNER), named(Role.WRITER), named(Role.READER), named(Role.NONE),
        tuple(m.name for m in came if m.away),
    )  # fmt: skip
