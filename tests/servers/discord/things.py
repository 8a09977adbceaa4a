"""Guilds, channels, people, roles and messages, and how Discord writes each as JSON."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.servers.discord.refusal import Json

EPOCH = 1_420_070_400
"""Discord counts time from the first second of 2015."""

TEXT, DM, CATEGORY, FORUM = 0, 1, 4, 15
PUBLIC_THREAD, PRIVATE_THREAD = 11, 12
THREADS = (PUBLIC_THREAD, PRIVATE_THREAD)

EPHEMERAL = 1 << 6
LOADING = 1 << 7
HAS_THREAD = 1 << 5
SUPPRESS_EMBEDS = 1 << 2
SUPPRESS_NOTIFICATIONS = 1 << 12
V2 = 1 << 15


class Clock:
    """The server's time, which a test can set forward."""

    def __init__(self) -> None:
        self.shift = 0.0

    def now(self) -> float:
        return time.time() + self.shift


def iso(moment: float) -> str:
    """A moment as Discord writes it."""
    return datetime.fromtimestamp(moment, UTC).isoformat()


def made_at(snowflake: int) -> float:
    """When an id was given out."""
    return (snowflake >> 22) / 1000 + EPOCH


@dataclass(slots=True, eq=False)
class User:
    """Someone with an account: a person, or the bot."""

    id: int
    name: str
    bot: bool = False
    accepts_dms: bool = True
    locale: str = "en-US"

    def json(self) -> Json:
        return {
            "id": str(self.id),
            "username": self.name,
            "global_name": None,
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }


@dataclass(slots=True, eq=False)
class Role:
    """A role of a guild."""

    id: int
    name: str
    permissions: int
    mentionable: bool = False
    position: int = 1
    managed: bool = False

    def json(self) -> Json:
        return {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(self.permissions),
            "mentionable": self.mentionable,
            "position": self.position,
            "managed": self.managed,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "flags": 0,
        }


@dataclass(slots=True, eq=False)
class Member:
    """Someone in a guild."""

    user: User
    roles: list[Role]
    joined: float

    def json(self, *, user: bool = True) -> Json:
        found: Json = {
            "roles": [str(role.id) for role in self.roles],
            "joined_at": iso(self.joined),
            "nick": None,
            "avatar": None,
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
        }
        if user:
            found["user"] = self.user.json()
        return found


@dataclass(slots=True, eq=False)
class Message:
    """A message: what the API shows of it in `data`, and what only the server and its people know."""

    id: int
    channel: Channel
    author: User
    data: Json
    created: float
    only_for: int | None = None
    """The person who alone sees it, if it is ephemeral."""
    pings: list[str] = field(default_factory=list)
    """Whom it pinged: names of people, of roles with an @, `@everyone`, `@here`."""
    deleted: bool = False
    versions: int = 1
    nonce: str | None = None

    @property
    def flags(self) -> int:
        return int(self.data["flags"])


@dataclass(slots=True, eq=False)
class Thread:
    """What a channel has beyond others when it is a thread."""

    owner: int
    made: float
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    auto_archive: int = 1440
    archive_changed: float = 0.0
    members: dict[int, float] = field(default_factory=dict)
    applied_tags: list[int] = field(default_factory=list)
    sent: int = 0


@dataclass(slots=True, eq=False)
class Channel:
    """A place for messages, or a forum of such places."""

    id: int
    kind: int
    name: str
    guild: Guild | None = None
    parent: Channel | None = None
    recipient: User | None = None
    thread: Thread | None = None
    topic: str | None = None
    position: int = 0
    slowmode: int = 0
    nsfw: bool = False
    overwrites: dict[int, tuple[int, int]] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    pins: list[Message] = field(default_factory=list)
    tags: list[Json] = field(default_factory=list)
    webhooks: dict[int, Json] = field(default_factory=dict)
    deleted: bool = False

    def public(self) -> Iterator[Message]:
        """Messages that all who see the channel see."""
        return (message for message in self.messages.values() if message.only_for is None)

    def json(self) -> Json:
        last = next(
            (str(message.id) for message in reversed(self.messages.values()) if message.only_for is None),
            None,
        )
        found: Json = {"id": str(self.id), "type": self.kind, "last_message_id": last, "flags": 0}
        if self.recipient is not None:
            return found | {"recipients": [self.recipient.json()]}
        assert self.guild is not None
        found |= {"guild_id": str(self.guild.id), "name": self.name, "rate_limit_per_user": self.slowmode}
        found["parent_id"] = None if self.parent is None else str(self.parent.id)
        if self.thread is not None:
            return found | self._thread_json(self.thread)
        found |= {"position": self.position, "topic": self.topic, "nsfw": self.nsfw}
        found["permission_overwrites"] = [
            {
                "id": str(target),
                "type": 0 if target in self.guild.roles else 1,
                "allow": str(allow),
                "deny": str(deny),
            }
            for target, (allow, deny) in self.overwrites.items()
        ]
        if self.kind == FORUM:
            found |= {"available_tags": self.tags, "default_reaction_emoji": None, "default_sort_order": None}
            found |= {"default_forum_layout": 0, "default_auto_archive_duration": 1440}
        return found

    def _thread_json(self, thread: Thread) -> Json:
        return {
            "owner_id": str(thread.owner),
            "message_count": thread.sent,
            "total_message_sent": thread.sent,
            "member_count": min(50, len(thread.members)),
            "applied_tags": [str(tag) for tag in thread.applied_tags],
            "thread_metadata": {
                "archived": thread.archived,
                "locked": thread.locked,
                "invitable": thread.invitable,
                "auto_archive_duration": thread.auto_archive,
                "archive_timestamp": iso(thread.archive_changed or thread.made),
                "create_timestamp": iso(thread.made),
            },
        }


@dataclass(slots=True, eq=False)
class Guild:
    """A server of Discord's, in its own word a guild."""

    id: int
    name: str
    owner: User
    installed: bool = True
    """Whether the bot is in it; if not, people can only bring it along as their own app."""
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    commands: dict[int, Json] = field(default_factory=dict)
    created: list[float] = field(default_factory=list)
    """When commands were created in it, for the daily ration."""

    @property
    def everyone(self) -> Role:
        return self.roles[self.id]

    def json(self, bot: User) -> Json:
        """As GUILD_CREATE shows it to a bot without the members intent: of members only itself."""
        threads = [c for c in self.channels.values() if c.thread is not None]
        me = self.members.get(bot.id)
        return self.brief() | {
            "member_count": len(self.members),
            "large": False,
            "unavailable": False,
            "joined_at": iso(me.joined) if me else None,
            "members": [me.json()] if me else [],
            "channels": [c.json() for c in self.channels.values() if c.thread is None],
            "threads": [
                thread.json()
                for thread in threads
                if thread.thread is not None and not thread.thread.archived
            ],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def brief(self) -> Json:
        """As GET shows it."""
        return {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.owner.id),
            "roles": [role.json() for role in self.roles.values()],
            "emojis": [],
            "stickers": [],
            "features": [],
            "icon": None,
            "splash": None,
            "banner": None,
            "description": None,
            "region": "deprecated",
            "afk_channel_id": None,
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "application_id": None,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "public_updates_channel_id": None,
            "vanity_url_code": None,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "preferred_locale": "en-US",
        }
