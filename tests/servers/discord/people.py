"""People: they see channels, type commands, press buttons, fill in forms, and know no ids of the bot's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from tests.servers.discord import options
from tests.servers.discord.answers import Answer, Choice
from tests.servers.discord.board import Board
from tests.servers.discord.command_rules import USER_OPTION
from tests.servers.discord.components import BUTTON, LINK, PREMIUM, SELECTS, STRING_SELECT, walk
from tests.servers.discord.forms import Modal, Upload, filled
from tests.servers.discord.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    SUBMIT,
    Interaction,
    Interactions,
)
from tests.servers.discord.permissions import NAMES, VIEW_CHANNEL
from tests.servers.discord.refer import Referred
from tests.servers.discord.refusal import Json
from tests.servers.discord.rules import File
from tests.servers.discord.seen import Seen, look
from tests.servers.discord.service import Service
from tests.servers.discord.talk import Talk
from tests.servers.discord.things import Channel, Message, User


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
        referred = self._referring(channel)
        sent = options.given(options.leaf(command, words), values, referred.one)
        data = _command_data(command, options.nested(words, command, sent), referred.resolved)
        return self._interactions.open(COMMAND, self.user, channel, data)

    async def menu(self, channel: Channel, name: str, target: Seen | Person) -> Answer:
        """A command of a message's or a person's context menu."""
        command = options.offered(self._world, self.user, channel, name, 3 if isinstance(target, Seen) else 2)
        referred = self._referring(channel)
        about = (
            referred.message(target.message)
            if isinstance(target, Seen)
            else referred.one(USER_OPTION, target)
        )
        data = _command_data(command, [], referred.resolved) | {"target_id": about}
        return await self._answered(self._interactions.open(COMMAND, self.user, channel, data))

    async def press(self, message: Seen, label: str) -> Answer:
        """A button by what stands on it."""
        return await self._answered(self.starts_press(message, label))

    def starts_press(self, message: Seen, label: str) -> Interaction:
        """The same, without waiting for the answer."""
        live = self._live(message)
        buttons = [part for part in walk(live.data["components"]) if part["type"] == BUTTON]
        named = [one for one in buttons if label in (one.get("label"), (one.get("emoji") or {}).get("name"))]
        assert named, f"no button {label!r}, only {[str(one) for one in look(live, self._world).buttons]}"
        button = next((one for one in named if not one.get("disabled")), named[0])
        assert not button.get("disabled"), f"the button {label!r} is greyed out"
        assert button["style"] not in (LINK, PREMIUM), (
            f"the button {label!r} leads away and tells the bot nothing"
        )
        data = {"component_type": BUTTON, "custom_id": button["custom_id"], "id": button["id"]}
        return self._interactions.open(COMPONENT, self.user, live.channel, data, source=live)

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
        referred = self._referring(live.channel)
        ids = (
            [_option(menu, value) for value in values]
            if menu["type"] == STRING_SELECT
            else referred.several(menu["type"], values)
        )
        data = {
            "component_type": menu["type"],
            "custom_id": menu["custom_id"],
            "id": menu["id"],
            "values": ids,
        }
        if referred.resolved:
            data["resolved"] = referred.resolved
        return await self._answered(
            self._interactions.open(COMPONENT, self.user, live.channel, data, source=live)
        )

    async def submit(self, modal: Modal, answers: dict[str, Any] | None = None, /, **more: Any) -> Answer:
        """Fill in a form by its labels and send it; fields left out keep what they hold."""
        first = modal.interaction
        assert first.user is self.user, "the form is open before someone else"
        referred = self._referring(first.channel)
        parts = filled(modal, {**(answers or {}), **more}, referred.several)
        data: Json = {
            "custom_id": first.modal["custom_id"],
            "components": parts,
            "resolved": referred.resolved,
        }
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
        referred = self._referring(channel)
        sent = options.given(target, values, referred.one, partly=True)
        kind = focused[0]["type"]
        sent.append({"name": option, "type": kind, "value": typed, "focused": True})
        data = _command_data(command, options.nested(words, command, sent), referred.resolved)
        interaction = self._interactions.open(AUTOCOMPLETE, self.user, channel, data, focus=kind)
        answer = await self._answered(interaction)
        assert not answer.failed, "Loading options failed"
        return [Choice(one["name"], one["value"]) for one in interaction.choices]

    # How that reaches the bot

    async def _answered(self, interaction: Interaction) -> Answer:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._service.ack_seconds):
                await interaction.acknowledged.wait()
        return Answer(self._service, interaction)

    def _live(self, message: Seen) -> Message:
        live = message.message
        assert not live.deleted, "the message is gone"
        assert live.only_for in (None, self.user.id), f"{self.name} cannot see that message"
        assert self._may(live.channel), f"{self.name} cannot see that channel"
        return live

    def _find(self, channel: Channel, name: str) -> tuple[Json, list[str]]:
        first, *words = name.split()
        return options.offered(self._world, self.user, channel, first, 1), words

    def _referring(self, channel: Channel) -> Referred:
        return Referred(self._service, self._board, channel, self.user)


def _command_data(command: Json, sent: list[Json], resolved: Json) -> Json:
    data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    if sent:
        data["options"] = sent
    if resolved:
        data["resolved"] = resolved
    return data


def _option(menu: Json, wanted: object) -> str:
    found = [one["value"] for one in menu["options"] if wanted in (one["label"], one["value"])]
    assert found, f"the menu has no option {wanted!r}, only {[one['label'] for one in menu['options']]}"
    return str(found[0])
