"""Calls of the chat family: posting, changing, deleting, for one person alone, and for later.

https://docs.slack.dev/reference/methods
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.servers.slack import mentions
from tests.servers.slack.board import Board
from tests.servers.slack.refusal import Json, Refused
from tests.servers.slack.service import Call, Service
from tests.servers.slack.things import Channel, Message

_DAY = 86400.0
_WINDOW = 300.0
_NO_DELETE = 60.0


@dataclass(slots=True, eq=False)
class _Later:
    """A message that waits for its time."""

    id: str
    call: Call
    channel: Channel
    post_at: float


class Talk:
    """What the app says."""

    def __init__(self, service: Service, board: Board) -> None:
        self._service = service
        self._world = service.world
        self._board = board
        self.later: dict[str, _Later] = {}

    def _room(self, call: Call) -> Channel:
        """The channel of a call in which the app may write."""
        call.need("channel")
        channel = self._world.channel(call.args["channel"], call.team)
        public = channel.kind == "channel" and "chat:write.public" in call.team.scopes
        if call.team.bot.id not in channel.members and not public:
            raise Refused("not_in_channel")
        if channel.archived:
            raise Refused("is_archived")
        if channel.kind == "im" and not self._service.manifest.messages_tab:
            raise Refused("messages_tab_disabled")
        if call.args.get("username") or call.args.get("icon_emoji") or call.args.get("icon_url"):
            self._service.require(call.team, "chat:write.customize")
        return channel

    def _mine(self, call: Call, word: str) -> Message:
        call.need("channel", "ts")
        if call.args["channel"] in self._world.users:
            raise Refused("channel_not_found")
        channel = self._world.channel(call.args["channel"], call.team)
        message = self._world.message(channel, call.args["ts"])
        if message.author is not call.team.bot:
            raise Refused(word)
        return message

    @staticmethod
    def _said(message: Message) -> Json:
        return {"channel": message.channel.id, "ts": message.ts, "message": shown(message)}

    def post_message(self, call: Call) -> Json:
        channel = self._room(call)
        content = self._board.content(call.args)
        return self._said(self._board.post(channel, call.team.bot, content, call.args))

    def post_ephemeral(self, call: Call) -> Json:
        call.need("user")
        channel = self._room(call)
        user = self._world.user(call.args["user"], call.team)
        if user.id not in channel.members:
            raise Refused("user_not_in_channel")
        content = self._board.content(call.args)
        message = self._board.post(channel, call.team.bot, content, call.args, only_for=user)
        return {"message_ts": message.ts}

    def update(self, call: Call) -> Json:
        message = self._mine(call, "cant_update_message")
        if message.stream is not None and not self._over(message):
            raise Refused("streaming_state_conflict")
        if message.channel.archived:
            raise Refused("is_archived")
        content = self._board.content(call.args, files=bool(message.data.get("files")), update=True)
        if call.args.get("text") is None and call.args.get("markdown_text") is None:
            del content["text"]
        self._board.edit(message, content)
        return self._said(message) | {"text": message.data.get("text", "")}

    def _over(self, message: Message) -> bool:
        stream = message.stream
        if stream is None or stream.ended:
            return True
        return self._service.clock.now() - stream.started >= self._service.limits["stream.seconds"]

    def delete(self, call: Call) -> Json:
        message = self._mine(call, "cant_delete_message")
        self._board.delete(message)
        return {"channel": message.channel.id, "ts": message.ts}

    def permalink(self, call: Call) -> Json:
        call.need("channel", "message_ts")
        channel = self._world.channel(call.args["channel"], call.team)
        message = self._world.message(channel, call.args["message_ts"])
        link = f"https://{call.team.name}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
        return {"channel": channel.id, "permalink": link}

    def unfurl(self, call: Call) -> Json:
        """Show what a link in someone's message leads to."""
        call.need("channel", "ts", "unfurls")
        channel = self._world.inside(call.args["channel"], call.team)
        message = self._world.message(channel, call.args["ts"])
        attachments: list[Json] = []
        for url, one in call.args["unfurls"].items():
            if not any(url in text for text in mentions.mrkdwn_of(message.data)):
                raise Refused("cannot_unfurl_url")
            content = self._board.content({"attachments": [one]})
            attachments += [{**two, "from_url": url} for two in content["attachments"]]
        message.data["attachments"] = [*(message.data.get("attachments") or []), *attachments]
        self._service.changed()
        return {}

    # For later

    def schedule(self, call: Call) -> Json:
        call.need("post_at")
        channel = self._room(call)
        self._board.content(call.args)
        now, post_at = self._service.clock.now(), float(call.number("post_at", 0))
        if post_at <= now:
            raise Refused("time_in_past")
        if post_at > now + self._service.limits["schedule.days"] * _DAY:
            raise Refused("time_too_far")
        near = [
            one
            for one in self.later.values()
            if one.channel is channel and one.post_at // _WINDOW == post_at // _WINDOW
        ]
        if len(near) >= self._service.limits["schedule.in_five_minutes"]:
            raise Refused("restricted_too_many")
        one = _Later(self._world.new_id("Q"), call, channel, post_at)
        self.later[one.id] = one
        message: Json = {"text": call.args.get("text", ""), "type": "delayed_message"}
        return {
            "channel": channel.id,
            "scheduled_message_id": one.id,
            "post_at": str(int(post_at)),
            "message": message,
        }

    def unschedule(self, call: Call) -> Json:
        call.need("channel", "scheduled_message_id")
        one = self.later.get(str(call.args["scheduled_message_id"]))
        soon = self._service.clock.now() + _NO_DELETE
        if one is None or one.channel.id != call.args["channel"] or one.post_at < soon:
            raise Refused("invalid_scheduled_message_id")
        del self.later[one.id]
        return {}

    def scheduled(self, call: Call) -> Json:
        wanted = call.args.get("channel")
        found = [
            {
                "id": one.id,
                "channel_id": one.channel.id,
                "post_at": int(one.post_at),
                "date_created": int(self._service.clock.now()),
                "text": one.call.args.get("text", ""),
            }
            for one in self.later.values()
            if one.call.team is call.team and wanted in (None, one.channel.id)
        ]
        return {"scheduled_messages": found, "response_metadata": {"next_cursor": ""}}

    def post_due(self) -> None:
        """Post what was scheduled and whose time has come; one with metadata never comes, as at Slack."""
        for one in sorted(self.later.values(), key=lambda one: one.post_at):
            if one.post_at <= self._service.clock.now():
                del self.later[one.id]
                able = not one.channel.archived and one.call.team.installed
                if able and not one.call.args.get("metadata"):
                    content = self._board.content(one.call.args)
                    self._board.post(one.channel, one.call.team.bot, content, one.call.args)


def shown(message: Message, *, metadata: bool = False) -> Json:
    """A message as the API gives it."""
    found = {key: value for key, value in message.data.items() if key != "metadata" or metadata}
    if message.stream is not None and not message.stream.ended:
        found["streaming_state"] = "in_progress"
    return found
