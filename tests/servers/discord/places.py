"""REST calls about places: channels, guilds, their members and roles."""

from __future__ import annotations

from tests.servers.discord import gateway
from tests.servers.discord.board import Board
from tests.servers.discord.permissions import NAMES, VIEW_CHANNEL
from tests.servers.discord.refusal import Json, Problems, refuse
from tests.servers.discord.service import Call, Service
from tests.servers.discord.things import (
    CATEGORY,
    DM,
    FORUM,
    TEXT,
    Channel,
)

_ARCHIVE = (60, 1440, 4320, 10080)
_MAKABLE = (TEXT, CATEGORY, FORUM)


class Places:
    """Channels and guilds, as the bot may see and change them."""

    def __init__(self, service: Service, board: Board) -> None:
        self._service = service
        self._world = service.world
        self._board = board

    def seen(self, call: Call, *names: str) -> Channel:
        """The channel of a call, if the bot sees it and has these permissions there."""
        channel = self._world.channel(call.id(0))
        self._world.require(self._world.bot, channel, *names)
        return channel

    def get(self, call: Call) -> Json:
        return self.seen(call).json()

    def check(self, body: Json, kind: int, *, thread: bool) -> None:
        problems, limits = Problems(), self._service.limits
        if "name" in body:
            problems.text(("name",), body["name"], limits["channel.name"], 1, required=True)
        most = limits["channel.forum_topic" if kind == FORUM else "channel.topic"]
        problems.text(("topic",), body.get("topic"), most)
        if body.get("rate_limit_per_user") is not None:
            problems.number(
                ("rate_limit_per_user",), body["rate_limit_per_user"], 0, limits["channel.slowmode"]
            )
        if thread and body.get("auto_archive_duration") is not None:
            problems.one_of(("auto_archive_duration",), body["auto_archive_duration"], _ARCHIVE)
        problems.items(("applied_tags",), body.get("applied_tags"), limits["channel.applied_tags"])
        problems.check()

    def patch(self, call: Call) -> Json:
        channel, body = self.seen(call), call.body
        self.check(body, channel.kind, thread=channel.thread is not None)
        if channel.kind == DM:
            raise refuse(50003)
        if channel.thread is not None:
            self._patch_thread(channel, body)
        else:
            self._world.require(self._world.bot, channel, "manage_channels")
            channel.topic = body.get("topic", channel.topic)
            channel.slowmode = body.get("rate_limit_per_user", channel.slowmode)
            channel.name = body.get("name", channel.name)
            channel.position = body.get("position", channel.position)
            if "permission_overwrites" in body:
                channel.overwrites = self._overwrites(body)
        self.tell(channel, "UPDATE")
        return channel.json()

    def _patch_thread(self, channel: Channel, body: Json) -> None:
        thread = channel.thread
        assert thread is not None
        manages = bool(self._world.may(self._world.bot, channel) & NAMES["manage_threads"])
        mine = thread.owner == self._world.bot.id
        only_archive = set(body) <= {"archived", "auto_archive_duration"}
        if not manages and (
            not (mine or (only_archive and not body.get("archived", True))) or body.get("locked")
        ):
            raise refuse(50013)
        if thread.locked and not manages:
            raise refuse(160005)
        if thread.archived and body.get("archived", True) and set(body) - {"archived", "locked"}:
            raise refuse(50083)
        if "archived" in body and body["archived"] != thread.archived:
            thread.archived, thread.archive_changed = bool(body["archived"]), self._service.clock.now()
        thread.locked = bool(body.get("locked", thread.locked))
        thread.auto_archive = body.get("auto_archive_duration") or thread.auto_archive
        channel.name = body.get("name", channel.name)
        channel.slowmode = body.get("rate_limit_per_user", channel.slowmode)
        if "applied_tags" in body:
            thread.applied_tags = [int(tag) for tag in body["applied_tags"]]

    def delete(self, call: Call) -> Json:
        channel = self.seen(call)
        if channel.kind != DM:
            self._world.require(
                self._world.bot,
                channel,
                "manage_threads" if channel.thread is not None else "manage_channels",
            )
        self.remove(channel)
        return channel.json()

    def remove(self, channel: Channel) -> None:
        """A channel is gone, with its threads."""
        channel.deleted = channel.guild is not None
        if channel.guild is not None:
            for inner in [
                one for one in channel.guild.channels.values() if one.parent is channel and one.thread
            ]:
                inner.deleted = True
                channel.guild.channels.pop(inner.id)
            channel.guild.channels.pop(channel.id, None)
            self.tell(channel, "DELETE")

    def tell(self, channel: Channel, change: str) -> None:
        """Tell the gateway of a channel or thread made, changed or deleted."""
        event = f"{'THREAD' if channel.thread is not None else 'CHANNEL'}_{change}"
        if self._world.may(self._world.bot, channel) & VIEW_CHANNEL:
            self._service.gateway.emit(event, channel.json(), channel.guild, gateway.GUILDS)
        self._service.changed()

    @staticmethod
    def _overwrites(body: Json) -> dict[int, tuple[int, int]]:
        return {
            int(one["id"]): (int(one.get("allow") or 0), int(one.get("deny") or 0))
            for one in body.get("permission_overwrites") or []
        }

    def create(self, call: Call) -> Json:
        """POST /guilds/{g}/channels."""
        guild, body = self._world.guild(call.id(0)), call.body
        may = self._world.may(self._world.bot, Channel(0, TEXT, "", guild))
        if not may & NAMES["manage_channels"]:
            raise refuse(50013)
        kind = body.get("type", TEXT)
        problems = Problems()
        problems.one_of(("type",), kind, _MAKABLE)
        problems.check()
        self.check({"name": None, **body}, kind, thread=False)
        if (
            sum(one.thread is None for one in guild.channels.values())
            >= self._service.limits["channel.in_guild"]
        ):
            raise refuse(30013)
        parent = None if body.get("parent_id") is None else self._world.channel(int(body["parent_id"]))
        channel = self._world.add_channel(body["name"], kind, guild, parent)
        channel.topic, channel.slowmode = body.get("topic"), body.get("rate_limit_per_user") or 0
        channel.overwrites = self._overwrites(body)
        self.tell(channel, "CREATE")
        return channel.json()

    def guild(self, call: Call) -> Json:
        guild = self._world.guild(call.id(0))
        counts = {"approximate_member_count": len(guild.members), "approximate_presence_count": 0}
        return guild.brief() | (counts if call.asks("with_counts") else {})

    def guilds(self, call: Call) -> list[Json]:
        return [{**one.brief(), "permissions": "0"} for one in self._world.guilds.values() if one.installed]

    def channels(self, call: Call) -> list[Json]:
        return [one.json() for one in self._world.guild(call.id(0)).channels.values() if one.thread is None]

    def roles(self, call: Call) -> list[Json]:
        return [one.json() for one in self._world.guild(call.id(0)).roles.values()]

    def member(self, call: Call) -> Json:
        guild = self._world.guild(call.id(0))
        self._world.user(call.id(1))
        if call.id(1) not in guild.members:
            raise refuse(10007)
        return guild.members[call.id(1)].json()

    def search(self, call: Call) -> list[Json]:
        guild = self._world.guild(call.id(0))
        limit = int(call.query.get("limit", 1))
        problems = Problems()
        problems.number(("limit",), limit, 1, self._service.limits["list.search"])
        problems.check()
        begin = call.query.get("query", "").lower()
        return [one.json() for one in guild.members.values() if one.user.name.lower().startswith(begin)][
            :limit
        ]

    def user(self, call: Call) -> Json:
        return self._world.user(call.id(0)).json()

    def open_dm(self, call: Call) -> Json:
        """POST /users/@me/channels; that it opens does not mean that a message will be taken."""
        return self._world.dm(self._world.user(int(call.body["recipient_id"]))).json()
