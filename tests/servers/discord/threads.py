"""REST calls about threads: begun from a message, in a channel or as a forum's post, joined and left."""

from __future__ import annotations

from tests.servers.discord.board import Board
from tests.servers.discord.places import Places
from tests.servers.discord.refusal import Json, Problems, refuse
from tests.servers.discord.service import Call, Service
from tests.servers.discord.things import (
    FORUM,
    HAS_THREAD,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT,
    THREADS,
    Channel,
    User,
    iso,
)


class Threads:
    """What the bot does with threads."""

    def __init__(self, service: Service, board: Board, places: Places) -> None:
        self._service = service
        self._world = service.world
        self._board = board
        self._places = places

    def thread_from_message(self, call: Call) -> Json:
        """POST /channels/{c}/messages/{m}/threads."""
        channel = self._places.seen(call, "create_public_threads", "read_message_history")
        if channel.thread is not None or channel.kind != TEXT:
            raise refuse(50024)
        message = self._board.get(channel, call.id(1))
        self._places.check({"name": None, **call.body}, TEXT, thread=True)
        if message.flags & HAS_THREAD:
            raise refuse(160004)
        thread = self._open(call.body, channel, PUBLIC_THREAD, message.id)
        message.data["flags"] |= HAS_THREAD
        message.data["thread"] = thread.json()
        self._board.refresh(message)
        return thread.json()

    def thread_in_channel(self, call: Call) -> Json:
        """POST /channels/{c}/threads: a thread of its own, or a forum's post with its first message."""
        channel, body = self._places.seen(call), call.body
        self._places.check({"name": None, **body}, TEXT, thread=True)
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
        self._places.tell(channel, "CREATE")
        return channel

    def _joinable(self, call: Call) -> tuple[Channel, User]:
        channel = self._places.seen(call)
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
        channel = self._places.seen(call)
        members = channel.thread.members if channel.thread is not None else {}
        return [
            {"id": str(channel.id), "user_id": str(one), "join_timestamp": iso(joined), "flags": 0}
            for one, joined in members.items()
        ]

    def active_threads(self, call: Call) -> Json:
        guild = self._world.guild(call.id(0))
        threads = [c for c in guild.channels.values() if c.thread is not None and not c.thread.archived]
        return {"threads": [thread.json() for thread in threads], "members": []}

    def archived_threads(self, call: Call) -> Json:
        """Public or private ones of a channel, the newest archived first."""
        channel = self._places.seen(call, "read_message_history")
        kind = PRIVATE_THREAD if call.route.endswith("private") else PUBLIC_THREAD
        assert channel.guild is not None
        found = [
            c for c in channel.guild.channels.values() if c.parent is channel and c.kind == kind and c.thread
        ]
        found = [c for c in found if c.thread is not None and c.thread.archived]
        return {"threads": [one.json() for one in reversed(found)], "members": [], "has_more": False}
