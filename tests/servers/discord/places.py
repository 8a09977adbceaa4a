"""REST calls about places: channels, threads, forums, guilds, their members, roles and webhooks."""

from __future__ import annotations

import secrets
from urllib.parse import unquote

from tests.servers.discord import gateway
from tests.servers.discord.board import Board
from tests.servers.discord.permissions import NAMES, VIEW_CHANNEL
from tests.servers.discord.refusal import Json, Problems, refuse
from tests.servers.discord.service import Call, Service
from tests.servers.discord.things import (
    CATEGORY,
    DM,
    FORUM,
    HAS_THREAD,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT,
    THREADS,
    Channel,
    User,
)

_ARCHIVE = (60, 1440, 4320, 10080)
_MAKABLE = (TEXT, CATEGORY, FORUM)


class Places:
    """Channels and guilds, as the bot may see and change them."""

    def __init__(self, service: Service, board: Board) -> None:
        self._service = service
        self._world = service.world
        self._board = board
        self.hooks: dict[str, tuple[Channel, Json]] = {}
        """Webhooks by their token."""

    def seen(self, call: Call, *names: str) -> Channel:
        """The channel of a call, if the bot sees it and has these permissions there."""
        channel = self._world.channel(call.id(0))
        self._world.require(self._world.bot, channel, *names)
        return channel

    def get(self, call: Call) -> Json:
        return self.seen(call).json()

    def _check(self, body: Json, kind: int, *, thread: bool) -> None:
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
        self._check(body, channel.kind, thread=channel.thread is not None)
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
        self._check({"name": None, **body}, kind, thread=False)
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

    def thread_from_message(self, call: Call) -> Json:
        """POST /channels/{c}/messages/{m}/threads."""
        channel = self.seen(call, "create_public_threads", "read_message_history")
        if channel.thread is not None or channel.kind != TEXT:
            raise refuse(50024)
        message = self._board.get(channel, call.id(1))
        self._check({"name": None, **call.body}, TEXT, thread=True)
        if message.flags & HAS_THREAD:
            raise refuse(160004)
        thread = self._open(call.body, channel, PUBLIC_THREAD, message.id)
        message.data["flags"] |= HAS_THREAD
        message.data["thread"] = thread.json()
        self._board.refresh(message)
        return thread.json()

    def thread_in_channel(self, call: Call) -> Json:
        """POST /channels/{c}/threads: a thread of its own, or a forum's post with its first message."""
        channel, body = self.seen(call), call.body
        self._check({"name": None, **body}, TEXT, thread=True)
        if channel.kind != FORUM:
            kind = body.get("type", PRIVATE_THREAD)
            if channel.kind != TEXT or kind not in THREADS:
                raise refuse(50024)
            word = "public" if kind == PUBLIC_THREAD else "private"
            self._world.require(self._world.bot, channel, f"create_{word}_threads")
            return self._open(body, channel, kind).json()
        self._world.require(self._world.bot, channel, "send_messages")
        first = body.get("message")
        if not isinstance(first, dict):
            problems = Problems()
            problems.required(("message",))
            problems.check()
            return {}
        known = {int(tag["id"]) for tag in channel.tags}
        if any(int(tag) not in known for tag in body.get("applied_tags") or []):
            raise refuse(40066)
        self._service.rules.check({**first}, call.files, path=("message",))
        thread = self._open(body, channel, PUBLIC_THREAD)
        thread.slowmode = body.get("rate_limit_per_user") or 0
        message = self._board.post(
            thread, self._world.bot, first, call.files, path=("message",), id=thread.id
        )
        return thread.json() | {"message": message.data}

    def _open(self, body: Json, parent: Channel, kind: int, id: int | None = None) -> Channel:
        channel = self._world.add_thread(body["name"], parent, self._world.bot, kind=kind, id=id)
        assert channel.thread is not None
        channel.thread.auto_archive = body.get("auto_archive_duration") or 1440
        channel.thread.applied_tags = [int(tag) for tag in body.get("applied_tags") or []]
        self.tell(channel, "CREATE")
        return channel

    def _joinable(self, call: Call) -> tuple[Channel, User]:
        channel = self.seen(call)
        if channel.thread is None:
            raise refuse(50024)
        if channel.thread.archived:
            raise refuse(50083)
        user = self._world.bot if len(call.args) < 2 else self._world.user(call.id(1))
        return channel, user

    def join_thread(self, call: Call) -> None:
        channel, user = self._joinable(call)
        assert channel.thread is not None
        if channel.guild is None or user.id not in channel.guild.members:
            raise refuse(10007)
        channel.thread.members[user.id] = self._service.clock.now()
        self._service.changed()

    def leave_thread(self, call: Call) -> None:
        channel, user = self._joinable(call)
        assert channel.thread is not None
        if user is not self._world.bot and channel.thread.owner != self._world.bot.id:
            self._world.require(self._world.bot, channel, "manage_threads")
        channel.thread.members.pop(user.id, None)
        self._service.changed()

    def thread_members(self, call: Call) -> list[Json]:
        channel = self.seen(call)
        members = channel.thread.members if channel.thread is not None else {}
        return [
            {
                "id": str(channel.id),
                "user_id": str(one),
                "join_timestamp": "2026-01-01T00:00:00+00:00",
                "flags": 0,
            }
            for one in members
        ]

    def active_threads(self, call: Call) -> Json:
        guild = self._world.guild(call.id(0))
        threads = [c for c in guild.channels.values() if c.thread is not None and not c.thread.archived]
        return {"threads": [thread.json() for thread in threads], "members": []}

    def archived_threads(self, call: Call) -> Json:
        """Public or private ones of a channel, the newest archived first."""
        channel = self.seen(call, "read_message_history")
        kind = PRIVATE_THREAD if call.route.endswith("private") else PUBLIC_THREAD
        assert channel.guild is not None
        found = [
            c for c in channel.guild.channels.values() if c.parent is channel and c.kind == kind and c.thread
        ]
        found = [c for c in found if c.thread is not None and c.thread.archived]
        return {"threads": [one.json() for one in reversed(found)], "members": [], "has_more": False}

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

    def make_webhook(self, call: Call) -> Json:
        channel = self.seen(call, "manage_webhooks")
        problems = Problems()
        name = call.body.get("name")
        problems.text(("name",), name, self._service.limits["channel.webhook_name"], 1, required=True)
        if isinstance(name, str) and any(word in name.lower() for word in ("discord", "clyde")):
            problems.add(("name",), "USERNAME_INVALID_CONTAINS", "Username cannot contain that word")
        problems.check()
        if len(channel.webhooks) >= self._service.limits["channel.webhooks"]:
            raise refuse(30007)
        mark = self._world.new_id()
        hook: Json = {
            "id": str(mark),
            "type": 1,
            "name": name,
            "avatar": None,
            "token": secrets.token_urlsafe(24),
            "channel_id": str(channel.id),
            "guild_id": None if channel.guild is None else str(channel.guild.id),
            "application_id": str(self._world.app_id),
        }
        channel.webhooks[mark] = hook
        self.hooks[hook["token"]] = (channel, hook)
        return hook

    def webhooks(self, call: Call) -> list[Json]:
        return list(self.seen(call, "manage_webhooks").webhooks.values())

    def execute_webhook(self, call: Call) -> Json | None:
        """POST /webhooks/{id}/{token} of a channel's webhook."""
        channel, hook = self._hook(call)
        name = call.body.get("username") or hook["name"]
        author = User(int(hook["id"]), unquote(name), bot=True)
        extra = {"webhook_id": hook["id"], "application_id": hook["application_id"]}
        message = self._board.post(channel, author, call.body, call.files, webhook=True, extra=extra)
        return message.data if call.asks("wait") else None

    def _hook(self, call: Call) -> tuple[Channel, Json]:
        found = self.hooks.get(call.args[1])
        if found is None or found[1]["id"] != call.args[0] or found[0].deleted:
            raise refuse(50027)
        return found

    def webhook_message(self, call: Call) -> Json | None:
        """GET, PATCH or DELETE of a webhook's own message."""
        channel, hook = self._hook(call)
        message = self._board.get(channel, call.id(2))
        if message.data.get("webhook_id") != hook["id"]:
            raise refuse(10008)
        if call.route.startswith("DELETE"):
            self._board.delete(message)
            return None
        if call.route.startswith("PATCH"):
            self._board.edit(message, call.body, call.files, webhook=True)
        return message.data
