"""All there is on one server, found by id, and who may do what where."""

from __future__ import annotations

from tests.servers.discord import permissions
from tests.servers.discord.refusal import Json, refuse
from tests.servers.discord.things import (
    DM,
    EPOCH,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    Channel,
    Clock,
    Guild,
    Member,
    Role,
    Thread,
    User,
)


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

    def add_user(self, name: str, *, bot: bool = False, created: float | None = None) -> User:
        """Someone new; `created` is when they made their account, in seconds since 1970."""
        mark = self.new_id()
        if created is not None:
            mark = int((created - EPOCH) * 1000) << 22 | mark & 0x3FFFFF
            while mark in self.users:
                mark += 1
        user = User(mark, name, bot)
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
