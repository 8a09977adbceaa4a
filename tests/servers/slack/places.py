"""Calls about conversations, people, reactions, and the line that says what the app is doing.

https://docs.slack.dev/reference/methods
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from tests.servers.slack.board import Board
from tests.servers.slack.refusal import Json, Refused
from tests.servers.slack.service import Call, Service
from tests.servers.slack.talk import shown
from tests.servers.slack.things import Channel, Message, Status
from tests.servers.slack.world import READ

_PAGE = 100
T = TypeVar("T")


class Places:
    """What the app asks about channels and people."""

    def __init__(self, service: Service, board: Board) -> None:
        self._service = service
        self._world = service.world
        self._board = board

    def _known(self, call: Call) -> Channel:
        call.need("channel")
        channel = self._world.channel(call.args["channel"], call.team)
        self._service.require(call.team, READ[channel.kind])
        return channel

    # Conversations

    def info(self, call: Call) -> Json:
        return {"channel": self._known(call).json()}

    def members(self, call: Call) -> Json:
        channel = self._known(call)
        ids, cursor = self._page(list(channel.members), call, _PAGE)
        return {"members": ids, "response_metadata": {"next_cursor": cursor}}

    def listed(self, call: Call) -> Json:
        kinds = str(call.args.get("types") or "public_channel").replace("public_channel", "channel")
        wanted = kinds.replace("private_channel", "group").split(",")
        for kind in wanted:
            if kind not in READ:
                raise Refused("invalid_types")
            self._service.require(call.team, READ[kind])
        bot = call.team.bot.id
        found = [
            one.json()
            for one in self._world.channels.values()
            if one.team is call.team and one.kind in wanted and (one.kind == "channel" or bot in one.members)
            if not (call.asks("exclude_archived") and one.archived)
        ]
        if call.method == "users.conversations":
            found = [one for one in found if bot in self._world.channels[one["id"]].members]
        page, cursor = self._page(found, call, _PAGE)
        return {"channels": page, "response_metadata": {"next_cursor": cursor}}

    def open(self, call: Call) -> Json:
        """The private conversation with one person or several."""
        if call.args.get("channel"):
            return {"channel": {"id": self._world.channel(call.args["channel"], call.team).id}}
        call.need("users")
        users = call.args["users"]
        ids = users if isinstance(users, list) else str(users).split(",")
        self._service.require(call.team, "im:write" if len(ids) == 1 else "mpim:write")
        people = [self._world.user(one.strip(), call.team) for one in ids]
        if any(one.bot for one in people):
            raise Refused("cannot_dm_bot")
        if any(one.deleted for one in people):
            raise Refused("user_disabled")
        before = len(self._world.channels)
        channel = self._world.dm(call.team, people)
        found: Json = channel.json() if call.asks("return_im") else {"id": channel.id}
        if before == len(self._world.channels):
            return {"channel": found, "no_op": True, "already_open": True}
        return {"channel": found}

    def join(self, call: Call) -> Json:
        call.need("channel")
        channel = self._world.channel(call.args["channel"], call.team)
        if channel.kind != "channel":
            raise Refused("method_not_supported_for_channel_type")
        if channel.archived:
            raise Refused("is_archived")
        channel.members[call.team.bot.id] = call.team.bot
        return {"channel": channel.json()}

    def leave(self, call: Call) -> Json:
        call.need("channel")
        channel = self._world.channel(call.args["channel"], call.team)
        if channel.members.pop(call.team.bot.id, None) is None:
            return {"not_in_channel": True}
        return {}

    def history(self, call: Call) -> Json:
        channel = self._readable(call)
        found = [
            one
            for one in reversed(list(channel.messages.values()))
            if one.only_for is None and (not one.reply or one.data.get("subtype") == "thread_broadcast")
        ]
        return self._messages(call, found)

    def replies(self, call: Call) -> Json:
        """A thread from its first message on."""
        call.need("ts")
        channel = self._readable(call)
        wanted = channel.messages.get(str(call.args["ts"]))
        if wanted is None or wanted.only_for is not None:
            raise Refused("thread_not_found")
        root = wanted.thread or wanted.ts
        found = [
            one for one in channel.messages.values() if root in (one.ts, one.thread) and one.only_for is None
        ]
        return self._messages(call, found)

    def _readable(self, call: Call) -> Channel:
        call.need("channel")
        channel = self._world.inside(call.args["channel"], call.team)
        self._service.require(call.team, self._service.history(channel))
        return channel

    def _messages(self, call: Call, found: Sequence[Message]) -> Json:
        oldest, latest = float(call.args.get("oldest") or 0), float(call.args.get("latest") or 1e12)
        if call.asks("inclusive"):
            found = [one for one in found if oldest <= float(one.ts) <= latest]
        else:
            found = [one for one in found if oldest < float(one.ts) < latest]
        page, cursor = self._page(found, call, _PAGE)
        metadata = call.asks("include_all_metadata") and "metadata.message:read" in call.team.scopes
        return {
            "messages": [shown(one, metadata=metadata) for one in page],
            "has_more": bool(cursor),
            "response_metadata": {"next_cursor": cursor},
        }

    def _page(self, found: Sequence[T], call: Call, usual: int) -> tuple[Sequence[T], str]:
        limit = call.number("limit", usual)
        if not 0 < limit <= self._service.limits["list.messages"]:
            raise Refused("invalid_limit")
        if self._service.settings.commercial and call.method in (
            "conversations.history",
            "conversations.replies",
        ):
            limit = min(limit, self._service.limits["list.commercial"])
        cursor = str(call.args.get("cursor") or "0")
        if not cursor.isdigit():
            raise Refused("invalid_cursor")
        start = int(cursor)
        more = str(start + limit) if len(found) > start + limit else ""
        return found[start : start + limit], more

    # People and reactions

    def user(self, call: Call) -> Json:
        call.need("user")
        user = self._world.user(call.args["user"], call.team)
        found = user.json()
        if user.team is not call.team:
            found["is_stranger"] = True
        return {"user": found}

    def react(self, call: Call) -> Json:
        name, message = self._reaction(call)
        self._board.react(message, name, call.team.bot)
        return {}

    def unreact(self, call: Call) -> Json:
        name, message = self._reaction(call)
        self._board.unreact(message, name, call.team.bot)
        return {}

    def _reaction(self, call: Call) -> tuple[str, Message]:
        call.need("name", "channel", "timestamp")
        name = str(call.args["name"]).strip(":")
        if not name.replace("_", "").replace("-", "").replace("+", "").replace(":", "").isalnum():
            raise Refused("invalid_name")
        channel = self._world.inside(call.args["channel"], call.team)
        return name, self._world.message(channel, call.args["timestamp"])

    def reactions(self, call: Call) -> Json:
        call.need("channel", "timestamp")
        channel = self._world.inside(call.args["channel"], call.team)
        message = self._world.message(channel, call.args["timestamp"])
        return {"type": "message", "channel": channel.id, "message": shown(message)}

    # What the app is doing

    def set_status(self, call: Call) -> Json:
        """A line such as "is writing…"; an empty one takes it away, as a reply does."""
        call.need("channel_id", "thread_ts")
        channel = self._world.inside(call.args["channel_id"], call.team)
        loading = call.args.get("loading_messages") or []
        if len(loading) > self._service.limits["status.loading_messages"]:
            raise Refused("invalid_arguments", errors=["no more than 10 items allowed"])
        thread = self._world.message(channel, call.args["thread_ts"])
        root = thread.thread or thread.ts
        words = str(call.args.get("status") or "")
        channel.statuses.pop(root, None)
        if words:
            channel.statuses[root] = Status(words, tuple(loading), self._service.clock.now())
        self._service.changed()
        return {}

    def set_title(self, call: Call) -> Json:
        call.need("channel_id", "thread_ts", "title")
        channel = self._world.inside(call.args["channel_id"], call.team)
        self._world.message(channel, call.args["thread_ts"])
        return {}

    def set_prompts(self, call: Call) -> Json:
        call.need("channel_id", "prompts")
        self._world.inside(call.args["channel_id"], call.team)
        prompts = call.args["prompts"]
        if not isinstance(prompts, list) or not all(
            isinstance(one, dict) and one.get("title") and one.get("message") for one in prompts
        ):
            raise Refused("invalid_arguments")
        if len(prompts) > self._service.limits["status.prompts"]:
            raise Refused("invalid_arguments", errors=["no more than 4 items allowed"])
        return {}
