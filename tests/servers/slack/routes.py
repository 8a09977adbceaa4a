"""Every method of the Web API that is served: what answers it, how often it may be called, and what scopes it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.servers.slack.blocks import check_message
from tests.servers.slack.board import Board
from tests.servers.slack.buckets import Tier
from tests.servers.slack.installs import Installs
from tests.servers.slack.places import Places
from tests.servers.slack.refusal import Json, Refused
from tests.servers.slack.service import Call, Service
from tests.servers.slack.streams import Streams
from tests.servers.slack.talk import Talk
from tests.servers.slack.uploads import Uploads
from tests.servers.slack.view_calls import ViewCalls
from tests.servers.slack.view_rules import checked


@dataclass(frozen=True, slots=True)
class Method:
    """One method: its answer, its tier, its scopes, and which kind of token it wants."""

    answer: Callable[[Call], Json]
    tier: Tier
    scopes: tuple[str, ...] = ()
    key: Literal["bot", "app", "none"] = "bot"


def routes(
    service: Service,
    board: Board,
    talk: Talk,
    places: Places,
    uploads: Uploads,
    installs: Installs,
    views: ViewCalls,
) -> dict[str, Method]:
    """All methods by name."""
    streams = Streams(service, board)

    def validate(call: Call) -> Json:
        """blocks.validate."""
        if call.args.get("view") is not None:
            checked(call.args["view"], service.limits, "modal", "home")
        elif call.args.get("message") is not None:
            board.content(call.args["message"])
        else:
            call.need("blocks")
            check_message(call.args["blocks"], service.limits)
        return {}

    def test(call: Call) -> Json:
        """api.test."""
        if call.args.get("error"):
            raise Refused(str(call.args["error"]))
        return {"args": call.args}

    write = ("chat:write",)
    return {
        "api.test": Method(test, "4", key="none"),
        "apps.connections.open": Method(installs.connect, "free", key="app"),
        "oauth.v2.access": Method(installs.access, "4", key="none"),
        "auth.test": Method(installs.test, "free"),
        "auth.revoke": Method(installs.revoke, "3"),
        "blocks.validate": Method(validate, "4"),
        "chat.postMessage": Method(talk.post_message, "post", write),
        "chat.postEphemeral": Method(talk.post_ephemeral, "4", write),
        "chat.update": Method(talk.update, "3", write),
        "chat.delete": Method(talk.delete, "3", write),
        "chat.scheduleMessage": Method(talk.schedule, "3", write),
        "chat.deleteScheduledMessage": Method(talk.unschedule, "3", write),
        "chat.scheduledMessages.list": Method(talk.scheduled, "3"),
        "chat.getPermalink": Method(talk.permalink, "free"),
        "chat.unfurl": Method(talk.unfurl, "3", ("links:write",)),
        "chat.startStream": Method(streams.start, "2", write),
        "chat.appendStream": Method(streams.append, "4", write),
        "chat.stopStream": Method(streams.stop, "2", write),
        "views.open": Method(views.open, "4"),
        "views.push": Method(views.push, "4"),
        "views.update": Method(views.update, "4"),
        "views.publish": Method(views.publish, "4"),
        "conversations.open": Method(places.open, "3"),
        "conversations.info": Method(places.info, "3"),
        "conversations.history": Method(places.history, "history"),
        "conversations.replies": Method(places.replies, "history"),
        "conversations.members": Method(places.members, "4"),
        "conversations.list": Method(places.listed, "2"),
        "conversations.join": Method(places.join, "3", ("channels:join",)),
        "conversations.leave": Method(places.leave, "3"),
        "users.conversations": Method(places.listed, "3"),
        "users.info": Method(places.user, "4", ("users:read",)),
        "reactions.add": Method(places.react, "3", ("reactions:write",)),
        "reactions.remove": Method(places.unreact, "2", ("reactions:write",)),
        "reactions.get": Method(places.reactions, "3", ("reactions:read",)),
        "files.getUploadURLExternal": Method(uploads.promise, "4", ("files:write",)),
        "files.completeUploadExternal": Method(uploads.complete, "4", ("files:write",)),
        "files.delete": Method(uploads.delete, "3", ("files:write",)),
        "files.info": Method(uploads.info, "4", ("files:read",)),
        "assistant.threads.setStatus": Method(places.set_status, "4", write),
        "assistant.threads.setTitle": Method(places.set_title, "2", ("assistant:write",)),
        "assistant.threads.setSuggestedPrompts": Method(places.set_prompts, "2", ("assistant:write",)),
    }
