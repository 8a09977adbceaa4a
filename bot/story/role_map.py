"""What a person is in a room: the one place that answers it, from the role given by hand and the roles of the server.

A role given by hand wins. Else the strongest of those that the person's server roles are mapped to counts exactly
like a given one. Of who acts the platform says which server roles they hold now; of everybody else the room
remembers which they held when they last acted here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.errors import NotFound, UserError
from bot.story.people import Member, Role
from bot.story.rooms import Room

STRENGTH = (Role.NONE, Role.READER, Role.WRITER, Role.SHOWRUNNER)
"""From the weakest on."""
MAPPED_MOST = 30
"""Server roles that a room maps."""
_NAME_MOST = 80
_ID = re.compile(r"\d{5,24}|[A-Z][A-Z0-9]{6,20}")
"""What platforms' ids of roles look like (Discord's snowflakes, Slack's user groups); names are looked up before."""


@dataclass(frozen=True, slots=True)
class MapNews:
    """A server role and what it counts as from now on, for the receipt."""

    name: str
    role: Role
    was: Role


def role_of(room: Room, member: Member | None, groups: Sequence[str] | None = None) -> Role:
    """What a member is. `groups` are the server roles they hold now, where the platform has just said so."""
    if member is not None and member.role is not Role.NONE:
        return member.role
    held = groups if groups is not None else member.groups if member is not None else ()
    return strongest(Role(role) for id_, _, role in room.role_map if id_ in held)


def strongest(roles: Iterable[Role]) -> Role:
    """The strongest of some roles; NONE of none."""
    return max(roles, key=STRENGTH.index, default=Role.NONE)


def mapped(room: Room, group: tuple[str, str], role: Role) -> tuple[Room, MapNews]:
    """The room after a server role (id, name) counts as this; NONE takes it out of the map."""
    id_, name = group
    was = next((Role(r) for g, _, r in room.role_map if g == id_), Role.NONE)
    if role is was:
        raise UserError("roles.mapped_already", argument="role", name=name)
    others = tuple(row for row in room.role_map if row[0] != id_)
    if role is not Role.NONE and len(others) >= MAPPED_MOST:
        raise UserError("roles.map_full", argument="server-role", most=MAPPED_MOST)
    row: tuple[tuple[str, str, str], ...] = () if role is Role.NONE else ((id_, name, role.value),)
    return replace(room, role_map=tuple(sorted((*others, *row)))), MapNews(name, role, was)


def group_named(room: Room, given: str, people: Mapping[str, str], held: Sequence[str]) -> tuple[str, str]:
    """The server role that is meant, as (id, name): by its key (`@id`), its id, or its name.

    `people` holds the platform's names by key, `held` the ids that the caller holds. Raises NotFound for a name
    that neither the platform nor this room knows.
    """
    wanted = given.strip()
    bare = wanted.removeprefix("@")
    names = {id_: name for id_, name, _ in room.role_map}
    names |= {key[1:]: name[:_NAME_MOST] for key, name in people.items() if key.startswith("@") and len(key) > 1}
    if bare in names:
        return bare, names[bare]
    for id_, name in sorted(names.items()):
        if name.casefold().removeprefix("@") == bare.casefold():
            return id_, name
    if bare and (bare in held or _ID.fullmatch(bare)):
        return bare, bare
    raise NotFound("roles.no_such_group", argument="server-role", name=bare[:_NAME_MOST])
