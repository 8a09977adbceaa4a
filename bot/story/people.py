"""Who and where: Place, Person, Standing, and the Member that a room remembers of a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call comes from. A Room is what memory keeps for a place."""

    platform: str
    space: str
    channel: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a platform knows them; `key` is how rows name them."""

    platform: str
    space: str
    user: str

    @property
    def key(self) -> str:
        """The person as one string: `platform/space/user` (a slash in user stays: only the first two divide)."""
        return f"{self.platform}/{self.space}/{self.user}"

    @classmethod
    def of(cls, key: str) -> Person:
        """The person of a key."""
        platform, space, user = key.split("/", 2)
        return cls(platform, space, user)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the platform says of a person at the moment of a call."""

    joined_at: datetime | None = None
    """When they joined the server or workspace; None where there is no such thing."""
    space_since: datetime | None = None
    """When the server or workspace was made; None where there is no such thing."""
    guest: bool = False
    keeper: bool = False
    """A moderator of the platform (Manage Channels, workspace admin)."""
    can_post: bool = True
    owner: bool = False
    """Who made the thread that the call comes from."""
    roles: tuple[str, ...] = ()
    """Ids of the platform's roles that they hold here."""


class Role(StrEnum):
    """What a showrunner made of a member; NONE is the default and means: by the room's rules."""

    NONE = "none"
    SHOWRUNNER = "showrunner"
    WRITER = "writer"
    READER = "reader"


class Consent(StrEnum):
    """What a person lets the co-writer see of their words."""

    NEVER = "never"
    READ = "read"
    QUOTE = "quote"


Notify = Literal["mention", "dm", "off"]
"""How a person is told here that it is their turn: by name in the room, in a direct message, or not."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person in one room. `id` is room id + person key, so that there is one row each."""

    id: str
    room_id: str
    person: str
    """Person key."""
    name: str
    """Display name when last seen."""
    role: Role = Role.NONE
    """As a showrunner gave it; what holds is bot.story.role_map.role_of."""
    away: bool = False
    first_at: datetime | None = None
    last_at: datetime | None = None
    """Last act here (set at most once a day, and whenever they come back from away)."""
    active_days: tuple[date, ...] = ()
    """Days (in the room's zone) of the last 14 on which they pitched, voted or wrote here, oldest first."""
    consent: Consent | None = None
    """What they chose; None means the room's default for them."""
    consent_asked: bool = False
    joined_at: datetime | None = None
    guest: bool = False
    keeper: bool = False
    """A moderator of the platform, when last seen."""
    blocked_at: datetime | None = None
    """Since when they only read here, by a keeper's word; None is not at all."""
    blocked_by: str | None = None
    block_note: str = ""
    """What the keeper wrote to them about it."""
    reports_seen: str = ""
    """A keeper's: id of the newest report that they were told of."""
    pinged_at: datetime | None = None
    """When a post of the bot last mentioned them here."""
    groups: tuple[str, ...] = ()
    """Ids of the platform's roles that they held when last seen here."""
    zone: str = ""
    """The zone of their own days; empty is the room's."""
    notify: Notify = "mention"
    evening: bool = False
    """A prompt that waits for them is mentioned to them, privately, in the evening."""


def member_id(room_id: str, person: Person) -> str:
    """The id of a person's row in a room."""
    return f"{room_id}/{person.key}"
