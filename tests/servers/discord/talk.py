"""REST calls about messages in a channel, with the permissions that each needs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.servers.discord import gateway
from tests.servers.discord.board import Board
from tests.servers.discord.permissions import NAMES
from tests.servers.discord.places import Places
from tests.servers.discord.refusal import Json, Problems, refuse
from tests.servers.discord.service import Call, Service
from tests.servers.discord.things import Channel, Message, User, iso, made_at


class Talk:
    """What the bot says and does in channels."""

    def __init__(self, service: Service, board: Board, places: Places) -> None:
        self._service = service
        self._world = service.world
        self._board = board
        self._places = places

    def may_post(self, author: User, channel: Channel, body: Json, *, files: bool) -> None:
        """Refuse who may not say that there."""
        names = ["send_messages_in_threads" if channel.thread is not None else "send_messages"]
        names += ["attach_files"] if files else []
        names += ["embed_links"] if body.get("embeds") else []
        names += ["send_polls"] if body.get("poll") else []
        names += ["read_message_history"] if body.get("message_reference") else []
        self._world.require(author, channel, *names)
        thread = channel.thread
        if (
            thread is not None
            and thread.locked
            and not self._world.may(author, channel) & NAMES["manage_threads"]
        ):
            raise refuse(160005)
        if channel.recipient is not None and not channel.recipient.accepts_dms:
            raise refuse(50007)

    def post(self, call: Call) -> Json:
        channel = self._places.seen(call)
        self.may_post(self._world.bot, channel, call.body, files=bool(call.files))
        return self._board.post(channel, self._world.bot, call.body, call.files).data

    def history(self, call: Call) -> list[Json]:
        """The newest first, before, after or around a message; nothing that was sent tells its nonce any more."""
        channel = self._places.seen(call)
        limit = int(call.query.get("limit", 50))
        problems = Problems()
        problems.number(("limit",), limit, 1, self._service.limits["list.messages"])
        problems.check()
        if not self._world.may(self._world.bot, channel) & NAMES["read_message_history"]:
            return []
        found = list(channel.public())
        if "before" in call.query:
            found = [one for one in found if one.id < int(call.query["before"])]
        if "after" in call.query:
            found = [one for one in found if one.id > int(call.query["after"])][:limit]
        if "around" in call.query:
            middle = int(call.query["around"])
            earlier = [one for one in found if one.id < middle]
            later = [one for one in found if one.id >= middle]
            found = (earlier[-(limit // 2) :] if limit > 1 else []) + later[: limit - limit // 2]
        shown = [self._board.shown_to_bot(one) for one in reversed(found[-limit:])]
        return [{key: value for key, value in one.items() if key != "nonce"} for one in shown]

    def _one(self, call: Call, *names: str) -> Message:
        return self._board.get(self._places.seen(call, *names), call.id(1))

    def get(self, call: Call) -> Json:
        return self._board.shown_to_bot(self._one(call, "read_message_history"))

    def patch(self, call: Call) -> Json:
        message = self._one(call)
        if message.author is not self._world.bot:
            raise refuse(50005)
        thread = message.channel.thread
        if thread is not None and thread.archived:
            raise refuse(50083)
        names = (["attach_files"] if call.files else []) + (
            ["embed_links"] if call.body.get("embeds") else []
        )
        self._world.require(self._world.bot, message.channel, *names)
        self._service.rules.check({**call.body}, call.files, old=message)
        self._board.ration_old_edit(message)
        self._board.edit(message, call.body, call.files)
        return message.data

    def delete(self, call: Call) -> None:
        message = self._one(call)
        if message.author is not self._world.bot:
            self._world.require(self._world.bot, message.channel, "manage_messages")
        thread = message.channel.thread
        if thread is not None and thread.archived:
            raise refuse(50083)
        self._board.delete(message)

    def bulk_delete(self, call: Call) -> None:
        channel = self._places.seen(call, "manage_messages")
        ids = [int(one) for one in call.body.get("messages") or []]
        if not 2 <= len(ids) <= self._service.limits["list.bulk_delete"] or len(set(ids)) < len(ids):
            raise refuse(50016)
        oldest = self._service.clock.now() - 86_400 * self._service.limits["list.bulk_delete_days"]
        if any(made_at(one) < oldest for one in ids):
            raise refuse(50034)
        gone = [channel.messages[one] for one in ids if one in channel.messages]
        for message in gone:
            self._board.delete(message, bulk=True)
        data: Json = {"ids": [str(message.id) for message in gone], "channel_id": str(channel.id)}
        if channel.guild is not None:
            data["guild_id"] = str(channel.guild.id)
        wanted = gateway.intent(channel.guild, gateway.MESSAGES, gateway.DM_MESSAGES)
        self._service.gateway.emit("MESSAGE_DELETE_BULK", data, channel.guild, wanted)
        self._service.changed()

    def typing(self, call: Call) -> None:
        self._places.seen(call, "send_messages")

    def react(self, call: Call) -> None:
        message = self._one(call, "read_message_history", "add_reactions")
        self.add_reaction(message, call.args[2], self._world.bot)

    def add_reaction(self, message: Message, emoji: str, user: User) -> None:
        """Someone reacts; twice is once."""
        if emoji.isascii() and ":" not in emoji:
            raise refuse(10014)
        reactions = message.data.setdefault("reactions", [])
        found = next((one for one in reactions if one["emoji"]["name"] == emoji), None)
        if found is None:
            if len(reactions) >= self._service.limits["message.reactions"]:
                raise refuse(30010)
            found = {"emoji": {"id": None, "name": emoji}, "count": 0, "me": False, "by": []}
            reactions.append(found)
        if str(user.id) not in found["by"]:
            found["by"].append(str(user.id))
            self._reacted("ADD", message, found, user)

    def unreact(self, call: Call) -> None:
        message = self._one(call)
        user = self._world.bot if len(call.args) < 4 else self._world.user(call.id(3))
        if user is not self._world.bot:
            self._world.require(self._world.bot, message.channel, "manage_messages")
        for found in message.data.get("reactions", []):
            if found["emoji"]["name"] == call.args[2] and str(user.id) in found["by"]:
                found["by"].remove(str(user.id))
                self._reacted("REMOVE", message, found, user)

    def _reacted(self, change: str, message: Message, reaction: Json, user: User) -> None:
        reaction["count"] = len(reaction["by"])
        reaction["me"] = str(self._world.bot.id) in reaction["by"]
        message.data["reactions"] = [one for one in message.data["reactions"] if one["count"]]
        channel = message.channel
        data: Json = {
            "user_id": str(user.id),
            "channel_id": str(channel.id),
            "message_id": str(message.id),
            "message_author_id": str(message.author.id),
            "emoji": reaction["emoji"],
            "burst": False,
            "type": 0,
        }
        if channel.guild is not None:
            data |= {"guild_id": str(channel.guild.id)}
        wanted = gateway.intent(channel.guild, gateway.REACTIONS, gateway.DM_REACTIONS)
        self._service.gateway.emit(f"MESSAGE_REACTION_{change}", data, channel.guild, wanted)
        self._service.changed()

    def pins(self, call: Call) -> Json:
        channel = self._places.seen(call, "read_message_history")
        now = iso(self._service.clock.now())
        pinned = [{"pinned_at": now, "message": one.data} for one in reversed(channel.pins)]
        return {"items": pinned, "has_more": False}

    def pin(self, call: Call) -> None:
        message = self._one(call)
        channel = message.channel
        if channel.guild is not None:
            self._world.require(self._world.bot, channel, "pin_messages")
        if message in channel.pins:
            return
        if len(channel.pins) >= self._service.limits["channel.pins"]:
            raise refuse(30003)
        channel.pins.append(message)
        message.data["pinned"] = True
        self._board.refresh(message)

    def unpin(self, call: Call) -> None:
        message = self._one(call)
        if message.channel.guild is not None:
            self._world.require(self._world.bot, message.channel, "pin_messages")
        if message in message.channel.pins:
            message.channel.pins.remove(message)
            message.data["pinned"] = False
            self._board.refresh(message)

    def end_poll(self, call: Call) -> Json:
        message = self._one(call)
        poll = message.data.get("poll")
        if poll is None or message.author is not self._world.bot:
            raise refuse(50021)
        if poll["results"]["is_finalized"] or datetime.fromisoformat(poll["expiry"]) < datetime.fromtimestamp(
            self._service.clock.now(), UTC
        ) - timedelta(0):
            raise refuse(520000)
        poll["results"]["is_finalized"] = True
        self._board.refresh(message)
        return message.data
