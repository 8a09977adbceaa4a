"""What an interaction asks for: the call of a command, a menu on a message, a button, a choice or a form.

Everything is read from the raw payload, and nothing in it is believed: what does not fit is refused with a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import discord

from adapters.discord import forms
from adapters.discord.callers import Asked, person_of
from adapters.discord.commands import FILE, call_of
from adapters.discord.markup import source
from adapters.discord.pages import page_in
from bot.arguments import Text
from bot.calls import Call, from_token
from bot.commands import MENU, Command, Commands
from bot.errors import UserError

MENU_ON_MESSAGE = 3
SELECT = 3


@dataclass(frozen=True, slots=True)
class Upload:
    """A text file that stands for an argument, as Discord describes it, and how many characters it may have."""

    attachment: Mapping[str, Any]
    most: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for."""

    call: Call
    people: Mapping[str, str] = field(default_factory=dict)
    """Names of people whom the call names, by person key."""
    uploads: Mapping[str, Upload] = field(default_factory=dict)
    over: bool = False
    """The answer takes the place of the card that was pressed."""
    changes: bool = True
    page: int = 1
    unused: tuple[str, ...] = ()
    """Texts that were typed beside the file that was taken instead of them: their writer gets them back."""


def wish_of(asked: Asked, commands: Commands, me: int) -> Wish:
    """The wish of an interaction. Raises UserError for what is none (forged, cut off, of another program)."""
    data = raw(asked)
    match asked.type:
        case discord.InteractionType.application_command:
            return (
                _menu(data, commands, me) if data.get("type") == MENU_ON_MESSAGE else _typed(data, commands)
            )
        case discord.InteractionType.component:
            return _pressed(asked, data, commands)
        case discord.InteractionType.modal_submit:
            return _filled(asked, data, commands)
        case _:
            raise UserError("kernel.bad_token")


def typed(asked: Asked, commands: Commands) -> str:
    """The words that were typed for an interaction that is no wish, so that they can be kept; empty where there are none."""
    data = raw(asked)
    try:
        match asked.type:
            case discord.InteractionType.modal_submit:
                return "\n\n".join(text for text in forms.answers(data).texts.values() if text.strip())
            case discord.InteractionType.application_command:
                call = call_of(data, {})
                command = commands.find(call.command)
                argument = command.text_argument if command is not None else None
                return call.args.get(argument.name, "") if argument is not None else ""
            case _:
                return ""
    except UserError:
        return ""


def raw(asked: Asked) -> dict[str, Any]:
    """The interaction's data as Discord sent it."""
    data: Any = asked.data
    return data if isinstance(data, dict) else {}


def _typed(data: dict[str, Any], commands: Commands) -> Wish:
    """A slash command."""
    people: dict[str, str] = {}
    call = call_of(data, people)
    args = dict(call.args)
    command = commands.find(call.command)
    uploads = {}
    if (given := args.pop(FILE, None)) is not None and command is not None:
        argument = command.text_argument
        if argument is None or argument.name in args:
            raise UserError("discord.file_and_text")
        uploads[argument.name] = _upload(data, given, argument.kind)
    return Wish(Call(call.command, args), people, uploads, changes=command is None or command.changes)


def _menu(data: dict[str, Any], commands: Commands, me: int) -> Wish:
    """A command of a message's menu: its call carries the message."""
    command = next((c for c in commands if c.menu and c.menu == data.get("name")), None)
    message = _resolved(data, "messages", str(data.get("target_id", "")))
    author = message.get("author")
    if command is None or not isinstance(author, dict):
        raise UserError("kernel.bad_token")
    ours = str(author.get("id")) == str(me)
    if not ours and (author.get("bot") or message.get("webhook_id")):
        raise UserError("discord.not_a_person")
    key = "" if ours else person_of(str(author.get("id"))).key
    text = source(str(message.get("content") or ""), _mentioned(message))
    args = {"message": str(message.get("id", "")), "author": key, "text": text}
    return Wish(Call(command.name, args), {} if ours else {key: _name(author)})


def _mentioned(message: dict[str, Any]) -> dict[str, str]:
    """The names of accounts that a message mentions, by id."""
    found = message.get("mentions")
    return (
        {str(u.get("id")): _name(u) for u in found if isinstance(u, dict)} if isinstance(found, list) else {}
    )


def _name(user: dict[str, Any]) -> str:
    return str(user.get("global_name") or user.get("username") or user.get("id") or "?")


def _pressed(asked: Asked, data: dict[str, Any], commands: Commands) -> Wish:
    """A button or a choice on a card."""
    call, page = page_in(from_token(str(data.get("custom_id", ""))))
    if data.get("component_type") == SELECT:
        values = data.get("values")
        if not isinstance(values, list) or not all(isinstance(v, str) and len(v) <= 40 for v in values):
            raise UserError("kernel.bad_token")
        call = call.with_args(numbers=" ".join(values))
    command = commands.find(call.command)
    turning = page is not None
    return Wish(
        call, over=_on_own_card(asked) and (turning or _redraws(command)),
        changes=command is None or command.changes, page=page or 1,
    )  # fmt: skip


def _filled(asked: Asked, data: dict[str, Any], commands: Commands) -> Wish:
    """A form that was sent."""
    call = from_token(str(data.get("custom_id", "")))
    call = Call(call.command, {name: value for name, value in call.args.items() if name != forms.SHOWN})
    command = commands.find(call.command)
    answers = forms.answers(data)
    if command is not None and command.menu and any(name in answers.texts for name in MENU):
        raise UserError("kernel.bad_token")  # a form asks for what a menu lacks, never for whose message it was
    texts = dict(answers.texts)
    uploads, unused = {}, []
    for name, given in answers.uploads.items():
        kind = next((a.kind for a in command.arguments if a.name == name), None) if command else None
        uploads[name] = _upload(data, given, kind)
        unused.append(texts.pop(name, ""))
    return Wish(
        call.with_args(**texts), uploads=uploads, over=_on_own_card(asked) and _redraws(command),
        unused=tuple(text for text in unused if text.strip()),
        changes=command is None or command.changes,
    )  # fmt: skip


def _upload(data: dict[str, Any], attachment_id: str, kind: object) -> Upload:
    most = kind.most if isinstance(kind, Text) else 0
    return Upload(_resolved(data, "attachments", attachment_id), most)


def _resolved(data: dict[str, Any], what: str, id_: str) -> dict[str, Any]:
    """A thing that the payload names by id and describes beside it. Raises UserError where it does not."""
    found: Any = data.get("resolved")
    for name in (what, id_):
        found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, dict):
        raise UserError("kernel.bad_token")
    return found


def _redraws(command: Command | None) -> bool:
    return command is not None and command.redraws


def _on_own_card(asked: Asked) -> bool:
    """Whether what was pressed is a card that only its presser sees."""
    return asked.message is not None and (asked.message.flags.ephemeral or asked.guild_id is None)
