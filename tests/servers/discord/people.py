"""People: they see channels, type commands, press buttons, fill in forms, and know no ids of the bot's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tests.servers.discord import options
from tests.servers.discord.board import Board
from tests.servers.discord.command_rules import ATTACHMENT, CHANNEL, MENTIONABLE, ROLE, USER_OPTION
from tests.servers.discord.components import (
    BUTTON,
    CHANNEL_SELECT,
    LINK,
    MENTIONABLE_SELECT,
    PREMIUM,
    ROLE_SELECT,
    SELECTS,
    STRING_SELECT,
    UPLOAD,
    USER_SELECT,
    walk,
)
from tests.servers.discord.forms import Modal, Upload, filled, modal_of
from tests.servers.discord.interactions import (
    AUTOCOMPLETE,
    CHOICES,
    COMMAND,
    COMPONENT,
    DEFERRED,
    DEFERRED_UPDATE,
    MESSAGE,
    MODAL,
    SUBMIT,
    UPDATE,
    Interaction,
    Interactions,
)
from tests.servers.discord.permissions import ADMINISTRATOR, NAMES, VIEW_CHANNEL
from tests.servers.discord.refusal import Json
from tests.servers.discord.rules import File
from tests.servers.discord.seen import Seen, look
from tests.servers.discord.service import Service
from tests.servers.discord.talk import Talk
from tests.servers.discord.world import Channel, Message, Role, User

Kind = Literal["message", "update", "deferred", "deferred update", "choices", "modal", "none"]
_KINDS: dict[int | None, Kind] = {
    None: "none",
    MESSAGE: "message",
    UPDATE: "update",
    DEFERRED: "deferred",
    DEFERRED_UPDATE: "deferred update",
    CHOICES: "choices",
    MODAL: "modal",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A suggestion while someone types."""

    name: str
    value: str | int | float


class Answer:
    """What one person saw as the answer to what they did."""

    def __init__(self, service: Service, interaction: Interaction) -> None:
        self._service = service
        self.interaction = interaction

    @property
    def kind(self) -> Kind:
        """How it was answered; `none` if "This interaction failed" was all."""
        return _KINDS[self.interaction.answer]

    @property
    def failed(self) -> bool:
        return self.interaction.answer is None

    @property
    def acked_after(self) -> float:
        """Milliseconds from sending the event to receiving the answer."""
        return self.interaction.ack_ms

    @property
    def message(self) -> Seen:
        """The message that answers, as it is now."""
        message = self.interaction.original
        assert message is not None, f"the answer is no message but {self.kind}"
        return look(message, self._service.world)

    @property
    def text(self) -> str:
        return self.message.text

    @property
    def words(self) -> str:
        return self.message.words

    @property
    def followups(self) -> list[Seen]:
        """Further messages that answer it, in order."""
        one = self.interaction
        return [look(m, self._service.world) for m in one.messages.values() if m is not one.original]

    @property
    def modal(self) -> Modal:
        """The form that opened."""
        assert self.kind == "modal", f"the answer is no form but {self.kind}"
        return modal_of(self.interaction)

    async def finished(self, seconds: float | None = None) -> Answer:
        """Wait until a deferred answer is there; a TimeoutError if it never comes."""
        async with asyncio.timeout(self._service.settings.patience if seconds is None else seconds):
            await self.interaction.completed.wait()
        return self


class Person:
    """Someone at a Discord client."""

    def __init__(
        self, service: Service, board: Board, talk: Talk, interactions: Interactions, user: User
    ) -> None:
        self._service = service
        self._world = service.world
        self._board = board
        self._talk = talk
        self._interactions = interactions
        self.user = user

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def mention(self) -> str:
        return f"<@{self.user.id}>"

    # What they see

    def sees(self, channel: Channel) -> list[Seen]:
        """The messages of a channel in order, their own private ones among them."""
        if not self._may(channel, "read_message_history"):
            return []
        shown = [one for one in channel.messages.values() if one.only_for in (None, self.user.id)]
        return [look(one, self._world) for one in shown]

    async def reads(self, channel: Channel, words: str, seconds: float | None = None) -> Seen:
        """Wait until a message with these words is there; the newest one."""

        def found() -> list[Seen]:
            return [one for one in self.sees(channel) if words in one.words]

        try:
            await self._service.until(lambda: bool(found()), seconds)
        except TimeoutError:
            told = "\n---\n".join(one.words for one in self.sees(channel))
            raise AssertionError(f"{self.name} never read {words!r}, but:\n{told}") from None
        return found()[-1]

    def _may(self, channel: Channel, *names: str) -> bool:
        may = self._world.may(self.user, channel)
        return bool(may & VIEW_CHANNEL) and all(may & NAMES[name] for name in names)

    # What they say

    def says(
        self,
        channel: Channel,
        text: str = "",
        *,
        files: Sequence[Upload] = (),
        reply_to: Seen | None = None,
        ping: bool = True,
    ) -> Seen:
        """Write a message as anyone can."""
        body: Json = {"content": text}
        if reply_to is not None:
            body["message_reference"] = {"message_id": str(reply_to.message.id)}
            body["allowed_mentions"] = {"parse": ["users", "roles", "everyone"], "replied_user": ping}
        sent = [File(number, name, data) for number, (name, data) in enumerate(files)]
        self._talk.may_post(self.user, channel, body, files=bool(sent))
        return look(self._board.post(channel, self.user, body, sent), self._world)

    def edits(self, message: Seen, text: str) -> Seen:
        """Change their own message."""
        assert message.message.author is self.user, "people edit only what they wrote"
        self._board.edit(message.message, {"content": text}, [])
        return look(message.message, self._world)

    def deletes(self, message: Seen) -> None:
        """Take away their own message, or any if they may manage messages."""
        mine = message.message.author is self.user or message.message.only_for == self.user.id
        assert mine or self._may(message.message.channel, "manage_messages"), "that is not theirs to delete"
        self._board.delete(message.message)

    def reacts(self, message: Seen, emoji: str) -> None:
        """Put an emoji under a message."""
        self._talk.add_reaction(message.message, emoji, self.user)

    # What they do with the bot

    async def command(self, channel: Channel, name: str, /, **values: Any) -> Answer:
        """A slash command by its full name, such as `round close`; options by name, `_` for `-`."""
        return await self._answered(self.starts(channel, name, **values))

    def starts(self, channel: Channel, name: str, /, **values: Any) -> Interaction:
        """The same, without waiting for the answer."""
        command, words = self._find(channel, name)
        resolved: Json = {}
        target = options.leaf(command, words)
        sent = options.given(target, values, lambda kind, value: self._refer(channel, resolved, kind, value))
        data = self._command_data(command, options.nested(words, command, sent), resolved)
        return self._interactions.open(COMMAND, self.user, channel, data)

    async def menu(self, channel: Channel, name: str, target: Seen | Person) -> Answer:
        """A command of a message's or a person's context menu."""
        kind = 3 if isinstance(target, Seen) else 2
        command = self._offered(channel, name, kind)
        resolved: Json = {}
        if isinstance(target, Seen):
            about = str(target.message.id)
            resolved["messages"] = {about: target.message.data}
        else:
            about = self._refer(channel, resolved, USER_OPTION, target)
        data = self._command_data(command, [], resolved) | {"target_id": about}
        return await self._answered(self._interactions.open(COMMAND, self.user, channel, data))

    async def press(self, message: Seen, label: str) -> Answer:
        """A button by what stands on it."""
        live = self._live(message)
        buttons = [part for part in walk(live.data["components"]) if part["type"] == BUTTON]
        named = [one for one in buttons if label in (one.get("label"), (one.get("emoji") or {}).get("name"))]
        assert named, (
            f"there is no button {label!r}, only {[str(one) for one in look(live, self._world).buttons]}"
        )
        button = next((one for one in named if not one.get("disabled")), named[0])
        assert not button.get("disabled"), f"the button {label!r} is greyed out"
        assert button["style"] not in (LINK, PREMIUM), (
            f"the button {label!r} leads elsewhere and tells the bot nothing"
        )
        data = {"component_type": BUTTON, "custom_id": button["custom_id"], "id": button["id"]}
        return await self._answered(
            self._interactions.open(COMPONENT, self.user, live.channel, data, source=live)
        )

    async def choose(self, message: Seen, values: Sequence[object], placeholder: str | None = None) -> Answer:
        """Options of a menu: by label or value, or people, roles and channels themselves."""
        live = self._live(message)
        menus = [part for part in walk(live.data["components"]) if part["type"] in SELECTS]
        menus = [one for one in menus if placeholder in (None, one.get("placeholder"))]
        assert len(menus) == 1, f"{len(menus)} menus fit; name one by its placeholder"
        menu = menus[0]
        assert not menu.get("disabled"), "the menu is greyed out"
        fewest = 1 if menu.get("min_values") is None else menu["min_values"]
        most = menu.get("max_values") or 1
        assert fewest <= len(values) <= most, f"the menu takes {fewest} to {most} choices, not {len(values)}"
        resolved: Json = {}
        if menu["type"] == STRING_SELECT:
            ids = [self._option(menu, value) for value in values]
        else:
            ids = self._referred(live.channel, resolved, menu["type"], values)
        data = {
            "component_type": menu["type"],
            "custom_id": menu["custom_id"],
            "id": menu["id"],
            "values": ids,
        }
        if resolved:
            data["resolved"] = resolved
        return await self._answered(
            self._interactions.open(COMPONENT, self.user, live.channel, data, source=live)
        )

    async def submit(self, modal: Modal, answers: dict[str, Any] | None = None, /, **more: Any) -> Answer:
        """Fill in a form by its labels and send it; fields left out keep what they hold."""
        first = modal.interaction
        assert first.user is self.user, "the form is open before someone else"
        resolved: Json = {}

        def values(kind: int, given: Sequence[object]) -> list[str]:
            return self._referred(first.channel, resolved, kind, given)

        parts = filled(modal, {**(answers or {}), **more}, values)
        data: Json = {"custom_id": first.modal["custom_id"], "components": parts, "resolved": resolved}
        source = first.source if first.source is None or not first.source.deleted else None
        return await self._answered(
            self._interactions.open(SUBMIT, self.user, first.channel, data, source=source, triggered_by=first)
        )

    async def type_ahead(
        self, channel: Channel, name: str, option: str, typed: str, /, **values: Any
    ) -> list[Choice]:
        """What is suggested for an option while they type."""
        command, words = self._find(channel, name)
        target = options.leaf(command, words)
        focused = [one for one in target.get("options") or [] if one["name"] == option]
        assert focused and focused[0].get("autocomplete"), f"nothing completes the option {option!r}"
        resolved: Json = {}
        sent = options.given(
            target, values, lambda kind, value: self._refer(channel, resolved, kind, value), partly=True
        )
        kind = focused[0]["type"]
        sent.append({"name": option, "type": kind, "value": typed, "focused": True})
        data = self._command_data(command, options.nested(words, command, sent), resolved)
        interaction = self._interactions.open(AUTOCOMPLETE, self.user, channel, data, focus=kind)
        answer = await self._answered(interaction)
        assert not answer.failed, "Loading options failed"
        return [Choice(one["name"], one["value"]) for one in interaction.choices]

    # How that reaches the bot

    async def _answered(self, interaction: Interaction) -> Answer:
        answer = Answer(self._service, interaction)
        try:
            async with asyncio.timeout(self._service.ack_seconds):
                await interaction.acknowledged.wait()
        except TimeoutError:
            pass
        return answer

    def _live(self, message: Seen) -> Message:
        live = message.message
        assert not live.deleted, "the message is gone"
        assert live.only_for in (None, self.user.id), f"{self.name} cannot see that message"
        assert self._may(live.channel), f"{self.name} cannot see that channel"
        return live

    def _offered(self, channel: Channel, name: str, kind: int) -> Json:
        """A command that the client shows to this person in this channel."""
        guild = channel.guild
        everywhere = self._world.commands.values()
        local = [] if guild is None else guild.commands.values()
        for command in (*local, *everywhere):
            if command["name"] == name and command["type"] == kind:
                break
        else:
            raise AssertionError(
                f"no command {name!r} was synced, only {sorted(one['name'] for one in (*local, *everywhere))}"
            )
        contexts = command["contexts"]
        here = 1 if guild is None else 0
        assert contexts is None or here in contexts, f"{name!r} is not offered in this kind of channel"
        assert self._may(channel, "use_application_commands"), f"{self.name} may not use commands here"
        if guild is not None and not guild.installed:
            assert 1 in (command["integration_types"] or []), (
                f"{name!r} cannot be brought along to another guild"
            )
        needed = command["default_member_permissions"]
        if needed is not None and guild is not None:
            may = self._world.may(self.user, channel)
            allowed = bool(may & ADMINISTRATOR) or (int(needed) != 0 and may & int(needed) == int(needed))
            assert allowed, f"{name!r} is not shown to {self.name}"
        return command

    def _find(self, channel: Channel, name: str) -> tuple[Json, list[str]]:
        first, *words = name.split()
        return self._offered(channel, first, 1), words

    def _command_data(self, command: Json, sent: list[Json], resolved: Json) -> Json:
        data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        if sent:
            data["options"] = sent
        if resolved:
            data["resolved"] = resolved
        return data

    @staticmethod
    def _option(menu: Json, wanted: object) -> str:
        found = [one["value"] for one in menu["options"] if wanted in (one["label"], one["value"])]
        assert found, f"the menu has no option {wanted!r}, only {[one['label'] for one in menu['options']]}"
        return str(found[0])

    def _referred(self, channel: Channel, resolved: Json, kind: int, values: Sequence[object]) -> list[str]:
        """Ids of what was picked in a select that is not of words, or uploaded."""
        wanted = {
            USER_SELECT: USER_OPTION,
            ROLE_SELECT: ROLE,
            MENTIONABLE_SELECT: MENTIONABLE,
            CHANNEL_SELECT: CHANNEL,
            UPLOAD: ATTACHMENT,
        }[kind]
        return [self._refer(channel, resolved, wanted, value) for value in values]

    def _refer(self, channel: Channel, resolved: Json, kind: int, value: object) -> str:
        """The id of what an option names, with what the API tells of it put into `resolved`."""
        if kind == ATTACHMENT:
            assert isinstance(value, tuple), f"a file is a name and bytes, not {value!r}"
            name, data = value
            assert len(data) <= self._service.limits["message.attachment_bytes"], (
                "the client takes no file so large"
            )
            stored = self._board.store(channel, File(0, name, data)) | {"ephemeral": True}
            resolved.setdefault("attachments", {})[stored["id"]] = stored
            return str(stored["id"])
        if isinstance(value, Person) and kind in (USER_OPTION, MENTIONABLE):
            value = value.user
        if isinstance(value, User) and kind in (USER_OPTION, MENTIONABLE):
            resolved.setdefault("users", {})[str(value.id)] = value.json()
            if channel.guild is not None and value.id in channel.guild.members:
                member = channel.guild.members[value.id].json(user=False)
                member["permissions"] = str(self._world.may(value, channel))
                resolved.setdefault("members", {})[str(value.id)] = member
            return str(value.id)
        if isinstance(value, Role) and kind in (ROLE, MENTIONABLE):
            resolved.setdefault("roles", {})[str(value.id)] = value.json()
            return str(value.id)
        assert isinstance(value, Channel) and kind == CHANNEL, f"{value!r} does not fit this option"
        known = value.json() | {"permissions": str(self._world.may(self.user, value))}
        resolved.setdefault("channels", {})[str(value.id)] = known
        return str(value.id)
