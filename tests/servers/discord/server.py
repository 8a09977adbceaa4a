"""The server as tests use it: started, peopled, set forward in time, and asked what it saw."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.servers.discord.board import Board
from tests.servers.discord.interactions import Interactions
from tests.servers.discord.people import Person
from tests.servers.discord.permissions import bits
from tests.servers.discord.places import Places
from tests.servers.discord.rest import BASE, Door
from tests.servers.discord.routes import routes
from tests.servers.discord.service import Refusal, Service
from tests.servers.discord.settings import Settings
from tests.servers.discord.talk import Talk
from tests.servers.discord.things import (
    FORUM,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT,
    Channel,
    Guild,
    Member,
    Role,
    User,
    iso,
)


class DiscordServer:
    """`async with DiscordServer(limits="real") as server:`, then people, channels, faults and the record."""

    def __init__(self, settings: Settings | None = None, **changed: Any) -> None:
        self.settings = replace(settings or Settings(), **changed)
        self.service = Service(self.settings)
        self._world = self.service.world
        self._board = Board(self.service)
        self._places = Places(self.service, self._board)
        self._talk = Talk(self.service, self._board, self._places)
        self.interactions = Interactions(self.service, self._board)
        self._door = Door(
            self.service, routes(self.service, self._board, self.interactions, self._places, self._talk)
        )
        self.faults = self.service.faults
        self.gateway = self.service.gateway
        self.record = self.service.record
        self.refused = self.service.refused
        self.limits = self.service.limits
        self.url = self.api = self.gateway_url = self.cdn = ""
        self._runner: web.AppRunner | None = None
        self._keeper = self._world.add_user("keeper")
        self._guilds: dict[str, Guild] = {}
        self._people: dict[str, Person] = {}
        self.house = self.guild("house")

    @property
    def rejected(self) -> list[Refusal]:
        """What was refused, but for the second try of an answer whose first one had arrived after all (40060)."""
        return [refusal for refusal in self.refused if refusal.code != 40060]

    async def __aenter__(self) -> Self:
        return await self.start()

    async def start(self, port: int = 0, *extra: web.RouteDef) -> Self:
        """Listen on this machine; port 0 takes any that is free."""
        app = web.Application(client_max_size=1 << 30)
        app.router.add_route("*", BASE + "{path:.*}", self._door.serve)
        app.router.add_get("/gw/", self.gateway.serve)
        app.router.add_get("/gw", self.gateway.serve)
        app.router.add_get("/attachments/{channel}/{id}/{name}", self._file)
        app.add_routes(extra)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port, backlog=1024).start()
        where = f"127.0.0.1:{self._runner.addresses[0][1]}"
        self.url = self.service.url = f"http://{where}"
        self.api, self.cdn = f"{self.url}{BASE.rstrip('/')}", f"{self.url}/cdn"
        self.gateway_url = self.gateway.url = f"ws://{where}/gw/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Close all connections and stop listening."""
        await self.gateway.close(1001)
        if self._runner is not None:
            await self._runner.cleanup()

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """A file from the CDN."""
        found = self._world.files.get(int(request.match_info["id"]))
        if found is None or found[0] != request.match_info["name"]:
            return web.Response(status=404)
        return web.Response(body=found[1], content_type="application/octet-stream")

    # The world

    @property
    def bot(self) -> User:
        return self._world.bot

    def guild(self, name: str, *, installed: bool = True) -> Guild:
        """The guild of that name, made if there is none."""
        if name not in self._guilds:
            self._guilds[name] = self._world.add_guild(name, self._keeper, installed=installed)
            if installed:
                self.gateway.emit("GUILD_CREATE", self._guilds[name].json(self.bot), self._guilds[name], 1)
        return self._guilds[name]

    def channel(self, name: str, *, guild: Guild | None = None, kind: int = TEXT) -> Channel:
        """The text channel of that name, made if there is none."""
        guild = guild or self.house
        for channel in guild.channels.values():
            if channel.name == name and channel.thread is None:
                return channel
        channel = self._world.add_channel(name, kind, guild)
        self._places.tell(channel, "CREATE")
        return channel

    def forum(self, name: str, *, guild: Guild | None = None, tags: Iterable[str] = ()) -> Channel:
        """A forum, with tags for its posts."""
        forum = self.channel(name, guild=guild, kind=FORUM)
        forum.tags = [
            {
                "id": str(self._world.new_id()),
                "name": tag,
                "moderated": False,
                "emoji_id": None,
                "emoji_name": None,
            }
            for tag in tags
        ]
        return forum

    def thread(self, name: str, parent: Channel, by: Person, *, private: bool = False) -> Channel:
        """A thread that a person opens; the bot is in it only if it is public or they add it."""
        thread = self._world.add_thread(
            name, parent, by.user, kind=PRIVATE_THREAD if private else PUBLIC_THREAD
        )
        self._places.tell(thread, "CREATE")
        return thread

    def dm(self, person: Person) -> Channel:
        """The private channel of a person and the bot."""
        return self._world.dm(person.user)

    def role(
        self,
        name: str,
        permissions: Iterable[str] | int = 0,
        *,
        guild: Guild | None = None,
        mentionable: bool = False,
    ) -> Role:
        """The role of that name, made if there is none."""
        guild = guild or self.house
        for role in guild.roles.values():
            if role.name == name:
                return role
        role = Role(self._world.new_id(), name, bits(permissions), mentionable, len(guild.roles))
        guild.roles[role.id] = role
        data = {"guild_id": str(guild.id), "role": role.json()}
        self.gateway.emit("GUILD_ROLE_CREATE", data, guild, 1)
        return role

    def person(
        self,
        name: str,
        *,
        guild: Guild | None = None,
        joined: datetime | None = None,
        created: datetime | None = None,
        roles: Iterable[Role] = (),
        permissions: Iterable[str] | int = 0,
        accepts_dms: bool | None = None,
    ) -> Person:
        """Someone in a guild; `permissions` are those beyond everyone's; `joined` is when they came to the guild, `created` how old their account is."""
        if name not in self._people:
            user = self._world.add_user(name, created=None if created is None else created.timestamp())
            self._people[name] = Person(self.service, self._board, self._talk, self.interactions, user)
        person = self._people[name]
        if accepts_dms is not None:
            person.user.accepts_dms = accepts_dms
        guild = guild or self.house
        if person.user.id not in guild.members:
            member = Member(
                person.user, [], self.service.clock.now() if joined is None else joined.timestamp()
            )
            guild.members[person.user.id] = member
            self.gateway.emit("GUILD_MEMBER_ADD", member.json() | {"guild_id": str(guild.id)}, guild, 2)
        given = [*roles, *([self.role(f"{name}'s own", permissions, guild=guild)] if permissions else [])]
        self.gives(person, *given, guild=guild)
        return person

    def gives(self, person: Person, *roles: Role, guild: Guild | None = None) -> None:
        """Give roles to a person."""
        guild = guild or self.house
        member = guild.members[person.user.id]
        fresh = [role for role in roles if role not in member.roles]
        if fresh:
            member.roles += fresh
            self.gateway.emit("GUILD_MEMBER_UPDATE", member.json() | {"guild_id": str(guild.id)}, guild, 2)

    def leaves(self, person: Person, *, guild: Guild | None = None) -> None:
        """A person leaves a guild."""
        guild = guild or self.house
        guild.members.pop(person.user.id)
        data = {"guild_id": str(guild.id), "user": person.user.json()}
        self.gateway.emit("GUILD_MEMBER_REMOVE", data, guild, 2)

    def allow_bot(self, *names: str, guild: Guild | None = None) -> None:
        """Give the bot's own role more permissions."""
        role = next(one for one in (guild or self.house).roles.values() if one.managed)
        role.permissions |= bits(names)

    def overwrite(
        self,
        channel: Channel,
        who: Role | Person | User,
        *,
        allow: Iterable[str] = (),
        deny: Iterable[str] = (),
    ) -> None:
        """Set a channel's overwrite for a role (everyone's is `guild.everyone`), a person or the bot."""
        target = who.user if isinstance(who, Person) else who
        channel.overwrites[target.id] = bits(allow), bits(deny)
        self._places.tell(channel, "UPDATE")

    def archive(self, thread: Channel, *, locked: bool = False) -> None:
        """Archive a thread, as time or a moderator does."""
        assert thread.thread is not None
        thread.thread.archived, thread.thread.locked = True, locked
        self._places.tell(thread, "UPDATE")

    def remove_channel(self, channel: Channel) -> None:
        """Someone deletes a channel."""
        self._places.remove(channel)

    def remove_bot(self, guild: Guild | None = None) -> None:
        """Someone throws the bot out of a guild."""
        guild = guild or self.house
        guild.installed = False
        guild.members.pop(self.bot.id, None)
        self.gateway.emit("GUILD_DELETE", {"id": str(guild.id)}, guild, 1)

    def return_bot(self, guild: Guild | None = None) -> None:
        """Someone lets the bot into a guild again."""
        guild = guild or self.house
        guild.installed = True
        role = next(one for one in guild.roles.values() if one.managed)
        guild.members[self.bot.id] = Member(self.bot, [role], self.service.clock.now())
        self.gateway.emit("GUILD_CREATE", guild.json(self.bot), guild, 1)

    def unlock(self, thread: Channel) -> None:
        """A moderator unlocks a thread."""
        assert thread.thread is not None
        thread.thread.archived = thread.thread.locked = False
        self._places.tell(thread, "UPDATE")

    # Time and waiting

    def age(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Set the server's clock forward: tokens, nonces and messages grow older."""
        self.service.clock.shift += ((days * 24 + hours) * 60 + minutes) * 60 + seconds

    async def until(self, condition: Callable[[], bool], seconds: float | None = None) -> None:
        """Wait until something holds that depends on what people can see."""
        await self.service.until(condition, seconds)

    async def connected(self, seconds: float = 10.0) -> None:
        """Wait until a bot has identified or resumed."""
        async with asyncio.timeout(seconds):
            while not self.gateway.connected():  # noqa: ASYNC110  # sessions come and go without a notice
                await asyncio.sleep(0.005)

    @property
    def pings(self) -> list[tuple[str, list[str]]]:
        """Every message of the bot's that pinged someone: its text and whom, oldest first."""
        found = [
            message for channel in self._world.channels.values() for message in channel.messages.values()
        ]
        found = [message for message in found if message.pings and message.author is self.bot]
        return [(message.data["content"], message.pings) for message in sorted(found, key=lambda one: one.id)]

    @property
    def now(self) -> str:
        return iso(self.service.clock.now())
