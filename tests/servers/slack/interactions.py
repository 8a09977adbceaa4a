"""What people do with the app, from the event to the last answer, with the rules about triggers and acknowledgements.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from typing import Literal

from tests.servers.slack.board import Board
from tests.servers.slack.deliveries import Ack, Delivery
from tests.servers.slack.elements import groups, option
from tests.servers.slack.refusal import Json, Refused
from tests.servers.slack.schema import Look, many
from tests.servers.slack.service import Service
from tests.servers.slack.things import Channel, Message, Team, User, View
from tests.servers.slack.windows import Windows

Deed = Literal[
    "slash_commands",
    "block_actions",
    "view_submission",
    "view_closed",
    "shortcut",
    "message_action",
    "block_suggestion",
]


@dataclass(slots=True, eq=False)
class Interaction:
    """What a person did, and how far the app has answered it."""

    deed: Deed
    user: User
    team: Team
    channel: Channel | None
    trigger: str
    made: float
    """By the server's clock, for the age of its trigger."""
    sent: float = 0.0
    """In real monotonic seconds, for the time to acknowledge."""
    source: Message | None = None
    """The message that it was done on."""
    view: View | None = None
    """The view that it was done in, then the one that it opened or changed."""
    payload: Json = field(default_factory=dict)
    error: str = ""
    """What the person is told when the app failed, such as `operation_timeout`."""
    answered_at: float = 0.0
    spent: bool = False
    """Whether its trigger has been used."""
    opened: View | None = None
    """The view that opened, was pushed or took another's place because of it."""
    messages: list[Message] = field(default_factory=list)
    """What answers it, in order: the acknowledgement's message and those to its response_url."""
    errors: dict[str, str] = field(default_factory=dict)
    options: list[Json] = field(default_factory=list)
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)
    completed: asyncio.Event = field(default_factory=asyncio.Event)
    completed_at: float = 0.0

    @property
    def ack_ms(self) -> float:
        return (self.answered_at - self.sent) * 1000

    @property
    def done_ms(self) -> float:
        return (self.completed_at - self.sent) * 1000

    def complete(self) -> None:
        """Something that the person can see has come of it, for the first time."""
        if not self.completed.is_set():
            self.completed_at = time.monotonic()
            self.completed.set()


@dataclass(slots=True, eq=False)
class Hook:
    """A response_url: an address by which the app may answer a few times without a token."""

    id: str
    interaction: Interaction
    channel: Channel
    made: float
    uses: int = 0


class Interactions:
    """All that people did, found by trigger and by response_url."""

    def __init__(self, service: Service, board: Board, windows: Windows) -> None:
        self._service = service
        self._board = board
        self._windows = windows
        self._triggers: dict[str, Interaction] = {}
        self.hooks: dict[str, Hook] = {}

    # Towards the app

    def begin(
        self,
        deed: Deed,
        user: User,
        channel: Channel | None,
        *,
        source: Message | None = None,
        view: View | None = None,
    ) -> Interaction:
        """Something that a person does now, with a fresh trigger."""
        team = user.team if channel is None else channel.team
        team = view.team if view is not None else team
        now = self._service.clock.now()
        trigger = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        one = Interaction(deed, user, team, channel, trigger, now, source=source, view=view)
        self._triggers[trigger] = one
        return one

    def hook(self, one: Interaction, channel: Channel) -> str:
        """A response_url for it."""
        hook = Hook(secrets.token_urlsafe(18), one, channel, self._service.clock.now())
        self.hooks[hook.id] = hook
        return f"{self._service.url}/hooks/{hook.id}"

    def send(self, one: Interaction, payload: Json) -> Interaction:
        """Tell the app."""
        one.payload = payload
        one.sent = time.monotonic()
        accepts = one.deed in ("slash_commands", "view_submission", "block_suggestion")
        sort: Literal["slash_commands", "interactive"] = (
            "slash_commands" if one.deed == "slash_commands" else "interactive"
        )
        delivery = Delivery(sort, payload, accepts)
        self._service.deliveries.tell(delivery, lambda ack: self._settle(one, ack))
        return one

    def triggered(self, trigger: object) -> Interaction:
        """The interaction of a trigger that is still good for one view."""
        one = self._triggers.get(str(trigger))
        if one is None:
            raise Refused("invalid_trigger_id")
        if one.spent:
            raise Refused("exchanged_trigger_id")
        if self._service.clock.now() - one.made > self._service.trigger_seconds:
            raise Refused("expired_trigger_id")
        return one

    # What the app answers at once

    def _settle(self, one: Interaction, ack: Ack) -> None:
        one.answered_at = time.monotonic()
        one.error = ack.error
        if not ack.error:
            try:
                self._answer(one, ack.payload)
            except Refused as refused:
                self._wrong(one, refused)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                self._wrong(one, Refused("invalid_response", errors=[repr(error)]))
        if one.error:
            one.complete()
        one.acknowledged.set()
        self._service.changed()

    def _wrong(self, one: Interaction, refused: Refused) -> None:
        one.error = refused.error
        self._service.refuse(f"ack of {one.deed}", refused)

    def _answer(self, one: Interaction, payload: Json) -> None:
        if one.deed == "slash_commands" and payload:
            assert one.channel is not None
            self.say(one, one.channel, payload)
        elif one.deed == "view_submission":
            self._submitted(one, payload)
        elif one.deed == "block_suggestion":
            self._suggested(one, payload)

    def say(self, one: Interaction, channel: Channel, body: Json) -> Message:
        """A message in answer: seen by that person alone unless it asks for `in_channel`."""
        content = self._board.content(body)
        public = body.get("response_type") == "in_channel"
        if channel.archived and public:
            raise Refused("is_archived")
        only_for = None if public else one.user
        message = self._board.post(channel, one.team.bot, content, body, only_for=only_for)
        one.messages.append(message)
        one.complete()
        return message

    def _submitted(self, one: Interaction, payload: Json) -> None:
        view = one.view
        if view is None:  # a forged one stands before nobody
            one.errors = dict(payload.get("errors") or {})
            one.complete()
            return
        action = payload.get("response_action")
        if action == "errors":
            self._errors(one, view, payload.get("errors"))
        elif action == "update":
            one.opened = self._windows.replace(view, payload.get("view"))
        elif action == "push":
            one.opened = self._windows.push(view.user, view.team, payload.get("view"))
        elif action == "clear":
            self._windows.close_all(view.user)
        elif action is None and not payload:
            self._windows.close(view)
        else:
            raise Refused("invalid_response_action")
        one.complete()

    def _errors(self, one: Interaction, view: View, errors: object) -> None:
        inputs = {block["block_id"] for block in view.data["blocks"] if block["type"] == "input"}
        right = (
            isinstance(errors, dict)
            and errors
            and all(isinstance(said, str) and said for said in errors.values())
        )
        if not right or not isinstance(errors, dict) or not set(errors) <= inputs:
            raise Refused("invalid_errors", errors=[f"{errors!r} does not name inputs of the view"])
        view.errors = one.errors = errors
        one.opened = view

    def _suggested(self, one: Interaction, payload: Json) -> None:
        look = Look(self._service.limits, "modal")
        if "options" in payload:
            many(option, "element.options", 0)(look, ("options",), payload["options"])
        elif "option_groups" in payload:
            groups(look, ("option_groups",), payload["option_groups"])
        else:
            raise Refused("no_options")
        look.problems.check("invalid_options")
        inner = [two for group in payload.get("option_groups") or [] for two in group["options"]]
        one.options = [*(payload.get("options") or []), *inner]
        one.complete()
