"""Who and what there is: guilds, channels, people, roles and messages, and how Discord writes each as JSON."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.servers.discord import permissions
from tests.servers.discord.refusal import Json, refuse

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


class World:
    """All there is on this server, found by id."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._last = 0
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.dms: dict[int, Channel] = {}
        self.files: dict[int, tuple[str, bytes]] = {}
        """Uploaded files by their id: name and bytes."""
        self.bot = self.add_user("room", bot=True)
        self.app_id = self.bot.id
        self.commands: dict[int, Json] = {}
        self.created: list[float] = []

    def new_id(self) -> int:
        """A fresh snowflake of the server's time, above all earlier ones."""
        now = int((self.clock.now() - EPOCH) * 1000) << 22
        self._last = max(self._last + 1, now)
        return self._last

    def add_user(self, name: str, *, bot: bool = False) -> User:
        user = User(self.new_id(), name, bot)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, owner: User, *, installed: bool = True) -> Guild:
        """A guild with its @everyone role; guilds made one after another fall on neighbouring shards."""
        self._last = ((self._last >> 22) + 1) << 22
        guild = Guild(self._last, name, owner, installed)
        guild.roles[guild.id] = Role(guild.id, "@everyone", permissions.EVERYONE, position=0)
        self.guilds[guild.id] = guild
        guild.members[owner.id] = Member(owner, [], self.clock.now())
        if installed:
            role = Role(self.new_id(), self.bot.name, 0, managed=True)
            guild.roles[role.id] = role
            guild.members[self.bot.id] = Member(self.bot, [role], self.clock.now())
        return guild

    def add_channel(self, name: str, kind: int, guild: Guild, parent: Channel | None = None) -> Channel:
        channel = Channel(self.new_id(), kind, name, guild, parent, position=len(guild.channels))
        guild.channels[channel.id] = self.channels[channel.id] = channel
        return channel

    def add_thread(
        self, name: str, parent: Channel, owner: User, *, kind: int = PUBLIC_THREAD, id: int | None = None
    ) -> Channel:
        """A thread in a channel; one that starts from a message has that message's id."""
        assert parent.guild is not None
        thread = Thread(owner.id, self.clock.now(), members={owner.id: self.clock.now()})
        channel = Channel(id or self.new_id(), kind, name, parent.guild, parent, thread=thread)
        parent.guild.channels[channel.id] = self.channels[channel.id] = channel
        return channel

    def dm(self, user: User) -> Channel:
        """The private channel between the bot and a person."""
        if user.id not in self.dms:
            channel = Channel(self.new_id(), DM, user.name, recipient=user)
            self.dms[user.id] = self.channels[channel.id] = channel
        return self.dms[user.id]

    def channel(self, id: int) -> Channel:
        """A channel that is there, or 10003."""
        found = self.channels.get(id)
        if found is None or found.deleted:
            raise refuse(10003)
        return found

    def guild(self, id: int) -> Guild:
        """A guild that the bot is in, or 10004."""
        found = self.guilds.get(id)
        if found is None or not found.installed:
            raise refuse(10004)
        return found

    def user(self, id: int) -> User:
        """Someone with an account, or 10013."""
        if id not in self.users:
            raise refuse(10013)
        return self.users[id]

    def may(self, user: User, channel: Channel) -> int:
        """What someone may do in a channel; a thread goes by its parent."""
        if channel.guild is None:
            return permissions.EVERYONE if user is channel.recipient or user is self.bot else 0
        member = channel.guild.members.get(user.id)
        if member is None:
            return 0
        if channel.guild.owner is user:
            return permissions.ALL
        rules = channel.parent if channel.thread is not None and channel.parent is not None else channel
        roles = [role.id for role in member.roles]
        everyone = channel.guild.everyone
        base = everyone.permissions
        for role in member.roles:
            base |= role.permissions
        may = permissions.computed(base, rules.overwrites, everyone.id, roles, user.id)
        if channel.kind == PRIVATE_THREAD and channel.thread is not None:
            manages = may & permissions.NAMES["manage_threads"]
            if user.id not in channel.thread.members and not manages and not may & permissions.ADMINISTRATOR:
                return 0
        return may

    def require(self, user: User, channel: Channel, *names: str) -> None:
        """Refuse with 50001 who does not see a channel, with 50013 who lacks a permission there."""
        may = self.may(user, channel)
        if not may & permissions.VIEW_CHANNEL:
            raise refuse(50001)
        if any(not may & permissions.NAMES[name] for name in names):
            raise refuse(50013)
