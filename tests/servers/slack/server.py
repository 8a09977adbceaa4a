"""The server as tests use it: started, peopled, set forward in time, and asked what it saw."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.servers.slack import manifest
from tests.servers.slack.board import Board
from tests.servers.slack.hooks import Hooks
from tests.servers.slack.installs import Installs
from tests.servers.slack.interactions import Interactions
from tests.servers.slack.people import Person
from tests.servers.slack.places import Places
from tests.servers.slack.refusal import Json
from tests.servers.slack.rest import Door
from tests.servers.slack.routes import routes
from tests.servers.slack.service import Service
from tests.servers.slack.settings import Settings
from tests.servers.slack.talk import Talk
from tests.servers.slack.things import Channel, Guest, Kind, Team, User
from tests.servers.slack.uploads import Uploads
from tests.servers.slack.view_calls import ViewCalls
from tests.servers.slack.windows import Windows

TOKEN = "xoxb-loopback-house"  # noqa: S105  # of no real service


class SlackServer:
    """`async with SlackServer(limits="real") as server:`, then people, channels, faults and the record."""

    def __init__(self, settings: Settings | None = None, **changed: Any) -> None:
        self.settings = replace(settings or Settings(), **changed)
        self.service = Service(self.settings)
        self._world = self.service.world
        self._board = Board(self.service)
        self._windows = Windows(self.service)
        self.interactions = Interactions(self.service, self._board, self._windows)
        self._talk = Talk(self.service, self._board)
        self._uploads = Uploads(self.service, self._board)
        self._installs = Installs(self.service)
        methods = routes(
            self.service,
            self._board,
            self._talk,
            Places(self.service, self._board),
            self._uploads,
            self._installs,
            ViewCalls(self.service, self._windows, self.interactions),
        )
        hooks = Hooks(self.service, self._board, self.interactions)
        self._door = Door(self.service, methods, hooks, self._talk.post_due)
        self.faults = self.service.faults
        self.sockets = self.service.sockets
        self.signed = self.service.signed
        self.deliveries = self.service.deliveries
        self.record = self.service.record
        self.refused = self.service.refused
        self.limits = self.service.limits
        self.url = self.api = self.authorization_url = ""
        self._runner: web.AppRunner | None = None
        self._teams: dict[str, Team] = {}
        self._rooms: dict[tuple[str, str], Channel] = {}
        self._people: dict[tuple[str, str], Person] = {}
        self.house = self.team("house")

    async def __aenter__(self) -> Self:
        return await self.start()

    async def start(self, port: int = 0, *extra: web.RouteDef) -> Self:
        """Listen on this machine; port 0 takes any that is free."""
        app = web.Application(client_max_size=1 << 30)
        app.router.add_route("*", "/api/{method}", self._door.api)
        app.router.add_post("/hooks/{id}", self._door.hook)
        app.router.add_post("/upload/v1/{id}", self._uploads.receive)
        app.router.add_get("/files-pri/{id}/{name:.*}", self._uploads.fetch)
        app.router.add_get("/login", self._uploads.login)
        app.router.add_get("/oauth/v2/authorize", self._installs.authorize)
        app.router.add_get("/link/", self.sockets.serve)
        app.add_routes(extra)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port, backlog=1024).start()
        where = f"127.0.0.1:{self._runner.addresses[0][1]}"
        self.url = self.service.url = f"http://{where}"
        self.api = f"{self.url}/api/"
        self.authorization_url = f"{self.url}/oauth/v2/authorize"
        self.sockets.url = f"ws://{where}/link/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Give up what is under way, close all connections and stop listening."""
        try:
            await self.deliveries.stop()
        finally:
            await self.signed.stop()
            await self.sockets.close()
            if self._runner is not None:
                await self._runner.cleanup()

    # The app

    def install(self, raw: Json) -> None:
        """Give Slack the app's manifest: its commands, shortcuts, events and scopes; Refused if it is not one."""
        self.service.manifest = manifest.read(raw, self.limits)
        for team in self._teams.values():
            team.scopes = set(self.service.manifest.scopes or ())
            team.bot.name = self.service.manifest.name.lower().replace(" ", "-")

    @property
    def bot(self) -> User:
        return self.house.bot

    @property
    def request_url(self) -> str:
        """Where the app listens, when it is told by signed requests."""
        return self.signed.url

    @request_url.setter
    def request_url(self, url: str) -> None:
        self.signed.url = url

    def remove_bot(self, team: Team | None = None) -> None:
        """Someone throws the app out of a workspace."""
        self._installs.end(team or self.house, "account_inactive")

    def revoke(self, team: Team | None = None) -> None:
        """Someone takes the app's token back."""
        self._installs.end(team or self.house, "token_revoked")

    def event(self, event: Json, team: Team | None = None) -> None:
        """An event of any kind, for those that no act of a person brings about."""
        self.service.events.emit(team or self.house, event)

    # The world

    def team(self, name: str) -> Team:
        """The workspace of that name, made if there is none, with the app in it."""
        if name not in self._teams:
            token = TOKEN if not self._teams else f"xoxb-loopback-{name}"
            self._teams[name] = self._world.add_team(name, token)
        return self._teams[name]

    def person(self, name: str, *, team: Team | None = None, guest: Guest = "") -> Person:
        """Someone in a workspace, made if there is none; guests are only where they are brought."""
        team = team or self.house
        key = team.id, name
        if key not in self._people:
            user = self._world.add_user(name, team, guest=guest)
            self._people[key] = Person(self.service, self._board, self._windows, self.interactions, user)
        return self._people[key]

    def channel(
        self,
        name: str,
        *,
        team: Team | None = None,
        private: bool = False,
        people: Iterable[Person] | None = None,
        bot: bool = True,
    ) -> Channel:
        """The channel of that name, made if there is none; with all of the workspace in it unless `people` are named."""
        team = team or self.house
        known = self._rooms.get((team.id, name))
        if known is not None:
            return known
        users = [user for user in team.users.values() if not user.bot and not user.guest]
        if people is not None:
            users = [one.user for one in people]
        kind: Kind = "group" if private else "channel"
        channel = self._world.add_channel(kind, name, team, users + ([team.bot] if bot else []))
        channel.for_all = people is None and not private
        self._rooms[team.id, name] = channel
        return channel

    def dm(self, *people: Person) -> Channel:
        """The private channel of the app and a person, or several."""
        return self._world.dm(people[0].user.team, [one.user for one in people])

    def between(self, *people: Person) -> Channel:
        """A private conversation of people without the app, where it can answer commands and do nothing else."""
        kind: Kind = "im" if len(people) == 2 else "mpim"
        users = [one.user for one in people]
        return self._world.add_channel(kind, "directmessage", users[0].team, users)

    def group(self, handle: str, *people: Person) -> str:
        """A user group; how it is mentioned."""
        team = people[0].user.team
        mark = self._world.new_id("S")
        team.groups[mark] = (handle, [one.user for one in people])
        return f"<!subteam^{mark}>"

    def joins(self, person: Person | User, channel: Channel) -> None:
        """Someone comes into a channel; one of another workspace comes through Slack Connect."""
        user = person.user if isinstance(person, Person) else person
        channel.members[user.id] = user
        about = {"channel": channel.id, "channel_type": channel.id[0], "team": user.team.id}
        event = {"type": "member_joined_channel", "user": user.id, **about}
        self.service.events.emit(channel.team, event, needs="channels:read", channel=channel)

    def leaves(self, person: Person | User, channel: Channel) -> None:
        """Someone goes out of a channel, or is taken out of it."""
        user = person.user if isinstance(person, Person) else person
        about = {"channel": channel.id, "channel_type": channel.id[0], "team": user.team.id}
        event = {"type": "member_left_channel", "user": user.id, **about}
        self.service.events.emit(channel.team, event, needs="channels:read", channel=channel)
        channel.members.pop(user.id, None)

    def deactivate(self, person: Person) -> None:
        """Someone's account is closed."""
        person.user.deleted = True
        self.event({"type": "user_change", "user": person.user.json()}, person.user.team)

    def archive(self, channel: Channel) -> None:
        """Someone archives a channel."""
        channel.archived = True
        event = {"type": "channel_archive", "channel": channel.id}
        self.service.events.emit(channel.team, event, needs="channels:read", channel=channel)

    def unarchive(self, channel: Channel) -> None:
        """Someone takes it back."""
        channel.archived = False
        kind = "group_unarchive" if channel.kind == "group" else "channel_unarchive"
        event = {"type": kind, "channel": channel.id}
        self.service.events.emit(channel.team, event, needs="channels:read", channel=channel)

    def remove_channel(self, channel: Channel) -> None:
        """Someone deletes a channel."""
        event = {"type": "channel_deleted", "channel": channel.id}
        self.service.events.emit(channel.team, event, needs="channels:read", channel=channel)
        del self._world.channels[channel.id]
        self._rooms.pop((channel.team.id, channel.name), None)

    # Time and waiting

    def age(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Set the server's clock forward: triggers, streams and response_urls grow older, and what is due is posted."""
        self.service.clock.shift += ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        self._talk.post_due()

    async def until(self, condition: Callable[[], bool], seconds: float | None = None) -> None:
        """Wait until something holds that depends on what people can see."""
        await self.service.until(condition, seconds)

    async def connected(self, seconds: float = 10.0) -> None:
        """Wait until the app has a websocket."""
        async with asyncio.timeout(seconds):
            await self.sockets.ready()

    @property
    def pings(self) -> list[tuple[str, tuple[str, ...]]]:
        """Every message of the app's that notified someone: its text and whom, oldest first."""
        found = [one for channel in self._world.channels.values() for one in channel.messages.values()]
        called = [one for one in found if one.notifies and one.author.bot]
        return [(str(one.data.get("text")), one.notifies) for one in sorted(called, key=lambda one: one.ts)]
