"""Messages that grow while people read: text is appended, never taken back, and not for longer than five minutes.

https://docs.slack.dev/reference/methods/chat.startStream
"""

from __future__ import annotations

from typing import Any

from tests.servers.slack.blocks import check_message, numbered
from tests.servers.slack.board import Board
from tests.servers.slack.refusal import Json, Refused
from tests.servers.slack.service import Call, Service
from tests.servers.slack.talk import shown
from tests.servers.slack.things import Channel, Message, Stream

_STATES = ("pending", "in_progress", "complete", "error")


class Streams:
    """What the app writes bit by bit."""

    def __init__(self, service: Service, board: Board) -> None:
        self._service = service
        self._world = service.world
        self._board = board

    def start(self, call: Call) -> Json:
        call.need("channel", "thread_ts")
        channel = self._world.inside(call.args["channel"], call.team)
        if channel.archived:
            raise Refused("is_archived")
        if channel.kind != "im":
            for name in ("recipient_team_id", "recipient_user_id"):
                if not call.args.get(name):
                    raise Refused(f"missing_{name}")
            user = self._world.user(call.args["recipient_user_id"], call.team)
            if user.id not in channel.members:
                raise Refused("user_not_in_channel")
        if call.args.get("task_display_mode", "timeline") not in ("timeline", "plan", "dense"):
            raise Refused("invalid_arguments")
        self._check(call)
        content: Json = {"text": "", "streaming": True}
        message = self._board.post(channel, call.team.bot, content, call.args)
        message.stream = Stream(self._service.clock.now())
        self._grow(message, call)
        return {"channel": channel.id, "ts": message.ts}

    def append(self, call: Call) -> Json:
        message = self._open(call)
        if not call.args.get("markdown_text") and not call.args.get("chunks"):
            raise Refused("no_text")
        self._check(call)
        self._grow(message, call)
        return {"channel": message.channel.id, "ts": message.ts}

    def stop(self, call: Call) -> Json:
        message = self._open(call)
        self._check(call)
        blocks = call.args.get("blocks")
        if blocks:
            check_message(blocks, self._service.limits)
        self._grow(message, call)
        if blocks:
            message.data["blocks"] = [*(message.data.get("blocks") or []), *numbered(blocks)]
        if call.args.get("metadata"):
            message.data["metadata"] = call.args["metadata"]
        assert message.stream is not None
        message.stream.ended = "message_not_in_streaming_state"
        message.data.pop("streaming", None)
        self._board.refresh(message)
        return {"channel": message.channel.id, "ts": message.ts, "message": shown(message)}

    def _open(self, call: Call) -> Message:
        call.need("channel", "ts")
        channel: Channel = self._world.inside(call.args["channel"], call.team)
        message = self._world.message(channel, call.args["ts"])
        if message.author is not call.team.bot:
            raise Refused("message_not_owned_by_app")
        stream = message.stream
        if stream is None:
            raise Refused("message_not_in_streaming_state")
        if self._service.clock.now() - stream.started > self._service.limits["stream.seconds"]:
            stream.ended = stream.ended or "message_not_in_streaming_state"
        if stream.ended:
            raise Refused(stream.ended)
        return message

    def _check(self, call: Call) -> None:
        """Refuse text and chunks that are too long or of no known kind."""
        limits = self._service.limits
        text, chunks = call.args.get("markdown_text"), call.args.get("chunks")
        if text and chunks:
            raise Refused("markdown_text_conflict")
        if len(str(text or "")) > limits["stream.markdown_text"]:
            raise Refused("msg_too_long")
        if chunks is not None and not isinstance(chunks, list):
            raise Refused("invalid_chunks")
        for one in chunks or []:
            self._check_chunk(one)

    def _check_chunk(self, one: Any) -> None:
        kind = one.get("type") if isinstance(one, dict) else None
        if kind == "markdown_text":
            if len(str(one.get("text", ""))) > self._service.limits["stream.markdown_text"]:
                raise Refused("msg_too_long")
        elif kind == "task_update":
            if not one.get("id") or not one.get("title") or one.get("status", "pending") not in _STATES:
                raise Refused("invalid_chunks", errors=["a task needs an id, a title and a known status"])
            self._short(one, "title", "details", "output")
        elif kind == "plan_update":
            self._short(one, "title")
        elif kind == "blocks":
            check_message(one.get("blocks"), self._service.limits)
        else:
            raise Refused("invalid_chunks", errors=[f"unsupported type: {kind}"])

    def _short(self, one: Json, *names: str) -> None:
        most = self._service.limits["stream.task_field"]
        for name in names:
            if len(str(one.get(name) or "")) > most:
                raise Refused("invalid_chunks", errors=[f"{name} must be less than {most + 1} characters"])

    def _grow(self, message: Message, call: Call) -> None:
        stream = message.stream
        assert stream is not None
        more = str(call.args.get("markdown_text") or "")
        if len(message.data["text"]) + len(more) > self._service.limits["message.markdown_text"]:
            raise Refused("msg_too_long")  # assumed: a message's markdown is as long as it may be, however it came
        message.data["text"] += str(call.args.get("markdown_text") or "")
        for one in call.args.get("chunks") or []:
            kind = one["type"]
            if kind == "markdown_text":
                message.data["text"] += one["text"]
            elif kind == "task_update":
                stream.tasks[one["id"]] = {**stream.tasks.get(one["id"], {}), **one}
            elif kind == "plan_update":
                stream.plan = one["title"]
            else:
                message.data["blocks"] = [*(message.data.get("blocks") or []), *numbered(one["blocks"])]
        if stream.tasks or stream.plan:
            self._tasks(message, stream)
        self._board.refresh(message)

    @staticmethod
    def _tasks(message: Message, stream: Stream) -> None:
        """The tasks as cards, under the plan's title if there is one."""
        kept = [one for one in message.data.get("blocks") or [] if one["type"] not in ("task_card", "plan")]
        cards: list[Json] = [
            {
                "type": "task_card",
                "block_id": f"task-{mark}",
                "task_id": mark,
                "title": one["title"],
                "status": one.get("status", "pending"),
                "details": one.get("details", ""),
            }
            for mark, one in stream.tasks.items()
        ]
        head: list[Json] = []
        if stream.plan:
            head = [{"type": "plan", "block_id": "plan", "title": stream.plan}]
        message.data["blocks"] = [*head, *cards, *kept]
