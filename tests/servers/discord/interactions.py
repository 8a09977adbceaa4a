"""Interactions from the event to the last followup, with every rule about which answer may come when.

https://docs.discord.com/developers/interactions/receiving-and-responding
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field

from tests.servers.discord import rules
from tests.servers.discord.board import Board
from tests.servers.discord.components import number
from tests.servers.discord.refusal import Json, Path, refuse
from tests.servers.discord.rules import File
from tests.servers.discord.service import Call, Service
from tests.servers.discord.things import EPHEMERAL, LOADING, Channel, Message, User

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
_ALLOWED = {
    COMMAND: (MESSAGE, DEFERRED, MODAL),
    COMPONENT: (MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, MODAL),
    AUTOCOMPLETE: (CHOICES,),
    SUBMIT: (MESSAGE, DEFERRED),
}


def _time() -> float:
    """Seconds of the loop's time, in which people wait and bots are late."""
    return asyncio.get_running_loop().time()


@dataclass(slots=True, eq=False)
class Interaction:
    """What a person did, and how far the bot has answered it."""

    id: int
    token: str
    kind: int
    user: User
    channel: Channel
    made: float
    """By the server's clock, for the token's age."""
    sent: float
    """In seconds of the loop's time, for the time to acknowledge."""
    about: Json
    """`interaction_metadata` of the messages that answer it."""
    source: Message | None = None
    """The message whose component was used, or from which a modal was opened."""
    focus: int = 3
    """The type of the option that is being completed."""
    user_install: bool = False
    payload: Json = field(default_factory=dict)
    """The event as it was sent."""
    answer: int | None = None
    answered_at: float = 0.0
    original: Message | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    followups: int = 0
    choices: list[Json] = field(default_factory=list)
    modal: Json = field(default_factory=dict)
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
        """What was promised is there, for the first time."""
        if not self.completed.is_set():
            self.completed_at = _time()
            self.completed.set()


class Interactions:
    """All interactions of the server, by id and by token."""

    def __init__(self, service: Service, board: Board) -> None:
        self._service = service
        self._board = board
        self._world = service.world
        self._by_id: dict[int, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}

    def open(
        self,
        kind: int,
        user: User,
        channel: Channel,
        data: Json,
        *,
        source: Message | None = None,
        focus: int = 3,
        triggered_by: Interaction | None = None,
    ) -> Interaction:
        """Send an interaction to the bot."""
        world = self._world
        guild = channel.guild
        owners = {"0": str(guild.id) if guild is not None and guild.installed else "0"}
        if guild is not None and not guild.installed:
            owners = {"1": str(user.id)}
        about = self._about(kind, user, data, owners, source, triggered_by)
        one = Interaction(
            world.new_id(),
            secrets.token_urlsafe(48),
            kind,
            user,
            channel,
            self._service.clock.now(),
            _time(),
            about,
            source,
            focus,
            user_install="1" in owners,
        )
        about["id"] = str(one.id)
        self._by_id[one.id] = self._by_token[one.token] = one
        payload = one.payload = self._payload(one, data, owners)
        times = 1
        if self._service.faults.duplicates:
            self._service.faults.duplicates -= 1
            times = 2
        for _ in range(times):
            self._service.gateway.emit("INTERACTION_CREATE", payload, guild)
        return one

    def _payload(self, one: Interaction, data: Json, owners: Json) -> Json:
        """The event that tells the bot of it."""
        world, guild, user, channel = self._world, one.channel.guild, one.user, one.channel
        may = str(world.may(user, channel))
        payload: Json = {
            "id": str(one.id),
            "application_id": str(world.app_id),
            "type": one.kind,
            "data": data,
            "token": one.token,
            "version": 1,
            "channel_id": str(channel.id),
            "channel": channel.json() | {"permissions": may},
            "locale": user.locale,
            "app_permissions": may if one.user_install else str(world.may(world.bot, channel)),
            "entitlements": [],
            "authorizing_integration_owners": owners,
            "context": 1 if guild is None else 0,
            "attachment_size_limit": self._service.limits["message.attachment_bytes"],
        }
        if guild is None:
            payload["user"] = user.json()
        else:
            member = guild.members[user.id].json() | {"permissions": may}
            payload |= {"guild_id": str(guild.id), "guild_locale": "en-US", "member": member}
            payload["guild"] = {"id": str(guild.id), "locale": "en-US", "features": []}
        if one.source is not None:
            payload["message"] = one.source.data
        return payload

    def again(self, one: Interaction) -> None:
        """Send the event a second time, as a resumed session may."""
        self._service.gateway.emit("INTERACTION_CREATE", one.payload, one.channel.guild)

    @staticmethod
    def _about(
        kind: int,
        user: User,
        data: Json,
        owners: Json,
        source: Message | None,
        triggered_by: Interaction | None,
    ) -> Json:
        about: Json = {"id": "", "type": kind, "user": user.json(), "authorizing_integration_owners": owners}
        if kind == COMMAND:
            about["name"] = data["name"]
            if data.get("type") == 3:
                about["target_message_id"] = data["target_id"]
        elif kind == COMPONENT and source is not None:
            about["interacted_message_id"] = str(source.id)
        elif kind == SUBMIT and triggered_by is not None:
            about["triggering_interaction_metadata"] = triggered_by.about
        return about

    def callback(self, call: Call) -> Json | None:
        """POST /interactions/{id}/{token}/callback."""
        one = self._by_id.get(call.id(0))
        if one is None or one.token != call.args[1]:
            raise refuse(10062)
        if one.answer is not None:
            raise refuse(40060)
        if _time() - one.sent > self._service.ack_seconds or self._expired(one):
            raise refuse(10062)
        kind = call.body.get("type")
        allowed = _ALLOWED[one.kind]
        if one.kind == SUBMIT and one.source is not None:
            allowed = (*allowed, DEFERRED_UPDATE, UPDATE)
        if not isinstance(kind, int) or kind not in allowed:
            words = f"Value must be one of {allowed} for an interaction of type {one.kind}."
            raise rules.invalid(("type",), "BASE_TYPE_CHOICES", words)
        self._answer(one, kind, call.body.get("data") or {}, call.files)
        one.answer, one.answered_at = kind, _time()
        one.acknowledged.set()
        if kind not in (DEFERRED, DEFERRED_UPDATE):
            one.complete()
        self._service.changed()
        return self._response(one, kind) if call.asks("with_response") else None

    def _answer(self, one: Interaction, kind: int, data: Json, files: list[File]) -> None:
        """Do what that answer does."""
        if kind == MESSAGE:
            one.original = self._post(one, data, files, path=("data",))
        elif kind == DEFERRED:
            flags = int(data.get("flags") or 0)
            if flags & ~EPHEMERAL:
                raise rules.invalid(
                    ("data", "flags"), "MESSAGE_FLAGS_INVALID", "Only EPHEMERAL can be set here"
                )
            one.original = self._post(one, {"flags": flags}, [], loading=True)
        elif kind in (UPDATE, DEFERRED_UPDATE):
            assert one.source is not None
            if kind == UPDATE:
                self._alive(one.source)
                self._board.edit(one.source, data, files, path=("data",), webhook=True)
            one.original = one.source
            one.messages[one.source.id] = one.source
        elif kind == CHOICES:
            rules.check_choices(data, self._service.limits, one.focus)
            one.choices = data.get("choices") or []
        else:
            rules.check_modal(data, self._service.limits)
            number(data["components"])
            one.modal = data

    @staticmethod
    def _alive(message: Message) -> None:
        if message.deleted:
            raise refuse(10008)

    def _post(
        self, one: Interaction, body: Json, files: list[File], *, loading: bool = False, path: Path = ()
    ) -> Message:
        flags = body.get("flags") or 0
        private = isinstance(flags, int) and bool(flags & EPHEMERAL)
        extra: Json = {
            "type": 20 if one.kind == COMMAND else 0,
            "webhook_id": str(self._world.app_id),
            "application_id": str(self._world.app_id),
            "interaction_metadata": one.about,
        }
        if one.kind == COMMAND:
            extra["type"] = 23 if "target_message_id" in one.about else 20
            extra["interaction"] = {
                "id": str(one.id),
                "type": COMMAND,
                "name": one.about["name"],
                "user": one.user.json(),
            }
        elif one.source is not None and not one.source.deleted:
            self._board.refer(extra, one.source)
        message = self._board.post(
            one.channel,
            self._world.bot,
            body,
            files,
            path=path,
            only_for=one.user.id if private else None,
            loading=loading,
            webhook=True,
            extra=extra,
        )
        one.messages[message.id] = message
        return message

    @staticmethod
    def _response(one: Interaction, kind: int) -> Json:
        found: Json = {"interaction": {"id": str(one.id), "type": one.kind}, "resource": {"type": kind}}
        if one.original is not None and kind in (MESSAGE, DEFERRED, UPDATE, DEFERRED_UPDATE):
            found["interaction"] |= {
                "response_message_id": str(one.original.id),
                "response_message_loading": bool(one.original.flags & LOADING),
                "response_message_ephemeral": bool(one.original.flags & EPHEMERAL),
            }
            if kind in (MESSAGE, UPDATE):
                found["resource"]["message"] = one.original.data
        return found

    def _expired(self, one: Interaction) -> bool:
        return self._service.clock.now() - one.made > self._service.token_seconds

    def by_token(self, token: str) -> Interaction | None:
        """The interaction whose token that is."""
        return self._by_token.get(token)

    def _live(self, token: str) -> Interaction:
        """An acknowledged interaction whose token still lives."""
        one = self._by_token.get(token)
        if one is None or self._expired(one):
            raise refuse(50027)
        if one.answer is None:
            raise refuse(10015)
        return one

    def follow_up(self, call: Call) -> Json:
        """POST /webhooks/{app}/{token}; the first one after a deferral fills the waiting message."""
        one = self._live(call.args[1])
        if one.answer == DEFERRED and one.original is not None and one.original.flags & LOADING:
            return self._complete(one, one.original, call)
        one.followups += 1
        if one.user_install and one.followups > self._service.limits["interaction.user_install_followups"]:
            raise refuse(40094)
        message = self._post(one, call.body, call.files)
        one.complete()
        self._service.changed()
        return message.data

    def _message(self, call: Call) -> tuple[Interaction, Message]:
        one = self._live(call.args[1])
        found = one.original if len(call.args) < 3 else one.messages.get(call.id(2))
        if found is None or found.deleted:
            raise refuse(10008)
        return one, found

    def get(self, call: Call) -> Json:
        """GET /webhooks/{app}/{token}/messages/…"""
        return self._message(call)[1].data

    def patch(self, call: Call) -> Json:
        """PATCH /webhooks/{app}/{token}/messages/…"""
        one, message = self._message(call)
        return self._complete(one, message, call)

    def _complete(self, one: Interaction, message: Message, call: Call) -> Json:
        body = call.body
        if isinstance(body.get("flags"), int):
            body = {**body, "flags": body["flags"] & ~EPHEMERAL}
        self._board.edit(message, body, call.files, webhook=True)
        one.complete()
        self._service.changed()
        return message.data

    def delete(self, call: Call) -> None:
        """DELETE /webhooks/{app}/{token}/messages/…"""
        one, message = self._message(call)
        self._board.delete(message)
        one.complete()
        self._service.changed()
