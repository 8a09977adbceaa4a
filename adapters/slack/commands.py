"""`/room ...` lines, shortcuts and presses as calls: one slash command holds the whole registry.

Names of slash commands are shared by all apps of a workspace, so that there is one of ours. What follows it is read
like a typed line; Slack writes mentions and `&<>` into it in a way of its own, everything else (curly quotes and dashes
that its clients make of typed ones too) stays as it came. https://docs.slack.dev/interactivity/implementing-slash-commands
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Literal

from adapters.slack.callers import person_of
from adapters.slack.markup import TOKEN, plain_token, source
from adapters.slack.parts import CHOOSE
from adapters.slack.runs import COMMAND
from bot.arguments import Who
from bot.calls import Call, from_token
from bot.commands import Commands
from bot.errors import UserError
from bot.sentences import say

HELP = "help"

_MENTION = re.compile("\0([^\0]*)\0")
"""A mention while its line is read: no text that people send holds a NUL."""
_GLOBAL = (("pitch", "shortcut_pitch"), ("round open", "shortcut_round"))


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An entry of a message's menu, or of the lightning menu; its callback_id is a call's token."""

    type: Literal["message", "global"]
    name: str
    about: str
    callback_id: str


def call_of(text: str, commands: Commands, people: MutableMapping[str, str], *, team: str) -> Call:
    """The call of what follows `/room`; alone it asks for help. Raises UserError for what is no command.

    A mentioned person is named by their key where a person is asked for, and by their name in a text; names are put
    into `people` by key.
    """
    found: dict[str, str] = {}
    line = TOKEN.sub(lambda token: _kept_apart(token, found), text.replace("\0", "\ufffd"))
    if not line.strip():
        return Call(HELP)
    try:
        call = commands.parse(line)
    except UserError as refusal:
        raise _in_words(refusal, found) from None
    command = commands.find(call.command)
    kinds: dict[str, object] = {a.name: a.kind for a in command.arguments} if command else {}
    args = {}
    for name, value in call.args.items():
        mentioned = _MENTION.fullmatch(value.strip())
        if mentioned and isinstance(kinds.get(name), Who):
            key = person_of(team, mentioned[1]).key
            people[key] = found[mentioned[1]]
            args[name] = key
        else:
            args[name] = _named(value, found)
    return Call(call.command, args)


def _kept_apart(token: re.Match[str], found: dict[str, str]) -> str:
    """A mention as one word that no name breaks in two; other tokens as they were typed."""
    user = token["what"] or ""
    if token["sign"] != "@" or not user:
        return plain_token(token, {})
    found[user] = plain_token(token, {})
    return f"\0{user}\0"


def _named(text: str, found: Mapping[str, str]) -> str:
    return _MENTION.sub(lambda m: found.get(m[1], ""), text)


def _in_words(refusal: UserError, found: Mapping[str, str]) -> UserError:
    """A refusal that quotes what was typed, with names where mentions stood."""
    words = {k: _named(v, found) for k, v in refusal.values.items() if isinstance(v, str)}
    values = {**refusal.values, **{k: re.sub("\0.*", "…", v) for k, v in words.items()}}  # a quote cut inside one
    return type(refusal)(refusal.key, argument=refusal.argument, **values)


# ---- shortcuts


def shortcuts(commands: Commands) -> Iterator[Shortcut]:
    """What stands in the lightning menu, and in a message's menu (from the registry)."""
    for name, key in _GLOBAL:
        if commands.find(name) is not None:
            yield Shortcut("global", say(f"slack.{key}"), say(f"slack.{key}_about"), Call(name).token)
    for command in commands:
        if command.menu:
            yield Shortcut("message", command.menu, command.about, Call(command.name).token)


def shortcut_of(callback_id: str, commands: Commands) -> Call:
    """The call of a shortcut. Raises UserError for one that is not ours."""
    if callback_id not in {shortcut.callback_id for shortcut in shortcuts(commands)}:
        raise UserError("kernel.bad_token")
    return from_token(callback_id)


def menu_call(call: Call, message: Mapping[str, Any], names: Mapping[str, str], *, team: str, ours: bool) -> Call:
    """The call of a message's menu: it carries the message's ts, its author's key (none for our own) and its words."""
    author = message.get("user")
    if not ours and (message.get("bot_id") or not isinstance(author, str)):
        raise UserError("slack.not_a_person")
    key = "" if ours else person_of(team, str(author)).key
    text = source(str(message.get("text") or ""), names)
    return call.with_args(message=str(message.get("ts", "")), author=key, text=text)


# ---- presses


def pressed(action: Mapping[str, Any], state: Mapping[str, Any]) -> Call | None:
    """The call of something pressed on a card; None for a box that was ticked, which counts when its button is pressed.

    `state` is the payload's. Raises UserError for what is no call, and when nothing is ticked.
    """
    action_id = action.get("action_id")
    if not isinstance(action_id, str):
        raise UserError("kernel.bad_token")
    if action_id.startswith(CHOOSE):
        return None
    if action.get("type") == "feedback_buttons":  # two buttons of one element, each with its own call
        return from_token(str(action.get("value") or ""))
    call = from_token(action_id)
    values = state.get("values")
    found = _ticked(values, CHOOSE + action_id) if isinstance(values, dict) else None
    if found is None:
        return call
    if not found:
        raise UserError("slack.nothing_ticked")
    return call.with_args(numbers=" ".join(found))


def _ticked(values: Mapping[str, Any], action_id: str) -> list[str] | None:
    """The numbers that are ticked in a ballot's choice; None where there is no such choice."""
    for block in values.values():
        element = block.get(action_id) if isinstance(block, dict) else None
        if not isinstance(element, dict):
            continue
        chosen = element.get("selected_options", element.get("selected_option"))
        options = chosen if isinstance(chosen, list) else [chosen] if isinstance(chosen, dict) else []
        numbers = [option.get("value") for option in options if isinstance(option, dict)]
        if all(isinstance(number, str) and number.isdecimal() and len(number) < 4 for number in numbers):
            return [str(number) for number in numbers]
        raise UserError("kernel.bad_token")
    return None


__all__ = ["COMMAND", "Shortcut", "call_of", "menu_call", "pressed", "shortcut_of", "shortcuts"]
