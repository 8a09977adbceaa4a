"""The registry as Discord's application commands, and calls out of what Discord sends for them.

https://discord.com/developers/docs/interactions/application-commands
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from discord import app_commands

from adapters.discord.limits import COMMAND_ABOUT, COMMAND_CHOICES, LOCALES, OPTION, STRING_OPTION
from adapters.fitting import clipped, size
from bot.arguments import Int, Pick, Text
from bot.calls import Call
from bot.commands import Argument, Command, Commands
from bot.errors import UserError
from bot.markup import to_plain
from bot.sentences import say

FILE = "file"
"""The option that takes a text as a file instead of typing it."""

_CHAT, _MESSAGE = 1, 3
_SUBCOMMAND, _STRING, _INTEGER, _BOOLEAN, _USER, _ROLE, _ATTACHMENT = 1, 3, 4, 5, 6, 8, 11
_TYPES = {
    "Text": _STRING, "Int": _INTEGER, "Flag": _BOOLEAN, "Pick": _STRING, "When": _STRING, "Ranking": _STRING,
    "Who": _USER, "Group": _ROLE,
}  # fmt: skip
"""The option of each kind of argument; kinds that are not here (ids in tokens) nobody is asked for."""
_CALLED = {"contexts": [0, 1], "integration_types": [0]}
"""In servers that the bot was added to, and in its own direct messages. Who may use what is the room's to say, so
nothing is left to default permissions."""
_COMPARED = frozenset({
    "type", "name", "description", "options", "required", "choices", "value", "min_value", "max_value", "min_length",
    "max_length", "autocomplete", "contexts", "integration_types",
})  # fmt: skip


def payload(commands: Commands, languages: Traversable | None = None) -> list[dict[str, Any]]:
    """Every typed command and every entry of a message's menu, for `PUT /applications/{id}/commands`.

    `languages` is the folder of the catalogue (a test has its own). A language that Discord knows too, and whose
    folder holds a `commands.toml`, gives names and descriptions: `"round close" = {name = "..", about = ".."}` for a
    command, its group or its menu, `"round close.reason"` for an argument.
    """
    words = _Words(languages or resources.files("bot.sentences"))
    made = []
    for group in commands.groups():
        leaves = commands.leaves(group)
        if leaves[0].name == group:
            made.append({"type": _CHAT, **_command(leaves[0], group, words), **_CALLED})
        else:
            made.append({"type": _CHAT, **_group(group, leaves, words), **_CALLED})
    for command in commands:
        if command.menu:
            shown = {"name": command.menu, "description": "", **words.of(f"menu {command.name}", about=False)}
            made.append({"type": _MESSAGE, **shown, **_CALLED})
    return made


def digest(registered: list[dict[str, Any]]) -> str:
    """A hash of what commands say and take: of what we want, or of what Discord gives back, in whatever order.

    Translations are left out, because Discord gives them back only when it is asked to.
    """
    plain = sorted(
        (_compared(command) for command in registered),
        key=lambda c: (str(c.get("type", 1)), str(c.get("name"))),
    )
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:16]


def _compared(value: Any) -> Any:
    """What counts of it: no ids, no defaults, whole numbers as such, contexts in order."""
    if isinstance(value, list):
        return [_compared(one) for one in value]
    if not isinstance(value, dict):
        return int(value) if isinstance(value, float) and value.is_integer() else value
    kept = {k: v for k, v in value.items() if k in _COMPARED and v not in (None, False, "", [])}
    return {k: sorted(v) if k in ("contexts", "integration_types") else _compared(v) for k, v in kept.items()}


# ---- the registry as commands


class _Words:
    """Names and descriptions in other languages."""

    def __init__(self, folder: Traversable) -> None:
        self._by_locale: dict[str, dict[str, Any]] = {
            language.name: tomllib.loads(file.read_text("utf-8"))
            for language in sorted(folder.iterdir(), key=lambda f: f.name)
            if language.name in LOCALES and (file := language / "commands.toml").is_file()
        }

    def of(self, key: str, *, about: bool = True) -> dict[str, Any]:
        """The `.._localizations` of a command or an argument, where there are any."""
        found = {locale: table[key] for locale, table in self._by_locale.items() if key in table}
        names = {locale: entry["name"] for locale, entry in found.items() if "name" in entry}
        abouts = {locale: clipped(e["about"], COMMAND_ABOUT) for locale, e in found.items() if "about" in e}
        made: dict[str, Any] = {"name_localizations": names} if names else {}
        return made | ({"description_localizations": abouts} if about and abouts else {})


def _group(group: str, leaves: tuple[Command, ...], words: _Words) -> dict[str, Any]:
    names = [leaf.name.removeprefix(f"{group} ") for leaf in leaves]
    about = clipped(to_plain(say("discord.group", group=group, leaves=", ".join(names))), COMMAND_ABOUT)
    options = [
        {"type": _SUBCOMMAND, **_command(leaf, name, words)} for leaf, name in zip(leaves, names, strict=True)
    ]
    return {"name": group, "description": about, **words.of(group), "options": options}


def _command(command: Command, name: str, words: _Words) -> dict[str, Any]:
    options = [option for a in command.arguments for option in _options(command, a, words)]
    options.sort(
        key=lambda option: not option["required"]
    )  # Discord wants required ones first; ours stay in order
    about = clipped(to_plain(command.about), COMMAND_ABOUT)
    return {"name": name, "description": about, **words.of(command.name), "options": options}


def _options(command: Command, argument: Argument, words: _Words) -> Iterator[dict[str, Any]]:
    """The option of an argument; a long text can be handed in as a file too.

    A text is never required: without it the command opens its form.
    """
    kind = argument.kind
    number = _TYPES.get(type(kind).__name__)
    if number is None:
        return
    yield {
        "type": number,
        "name": argument.name,
        "description": clipped(to_plain(kind.about), COMMAND_ABOUT),
        **words.of(f"{command.name}.{argument.name}"),
        "required": argument.required and not isinstance(kind, Text),
        **_range(kind),
    }
    if isinstance(kind, Text) and kind.long:
        about = clipped(to_plain(say("discord.file_option")), COMMAND_ABOUT)
        yield {"type": _ATTACHMENT, "name": FILE, "description": about, "required": False}


def _range(kind: object) -> dict[str, Any]:
    """What an option may hold, and whether the room completes it."""
    match kind:
        case Int():
            held: dict[str, Any] = {"min_value": kind.least, "max_value": kind.most}
            return held | ({"autocomplete": True} if kind.suggested else {})
        case Text():
            held = {"max_length": min(kind.most, STRING_OPTION)}
            return held | ({"autocomplete": True} if kind.suggested else {})
        case Pick() if len(kind.options) <= COMMAND_CHOICES:
            return {"choices": [{"name": option, "value": option} for option in kind.options]}
        case Pick():
            return {"autocomplete": True}
        case _:
            return {}


# ---- what Discord sends


def call_of(data: Mapping[str, Any], people: MutableMapping[str, str]) -> Call:
    """The call of a slash command's raw data. Raises UserError for what has not the shape of one.

    A person is named by their key and a role by `@` and its id; their names are put into `people` by those. A file
    is named by its attachment's id, under FILE.
    """
    name, options = _leaf(data)
    args = {}
    for option in options:
        argument, value, kind = option.get("name"), option.get("value"), option.get("type")
        if not isinstance(argument, str) or not isinstance(value, str | int | float):
            raise UserError("kernel.bad_token")
        args[argument] = _typed(kind, value, data, people)
    return Call(name, args)


def focused(data: Mapping[str, Any]) -> tuple[str, str, str, bool]:
    """What an autocompletion asks for: the command, the argument, what is typed so far, and whether it is a number."""
    name, options = _leaf(data)
    for option in options:
        argument = option.get("name")
        if option.get("focused") is True and isinstance(argument, str):
            return name, argument, str(option.get("value", "")), option.get("type") == _INTEGER
    raise UserError("kernel.bad_token")


def choices(found: Sequence[tuple[str, str]], *, number: bool) -> list[app_commands.Choice[str | int | float]]:
    """Completions (value, label) as Discord takes them: 25, of the option's own type, each with a label.

    https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-choice-structure
    """
    made: list[app_commands.Choice[str | int | float]] = []
    for value, label in found:
        if (number and not value.isdecimal()) or not value or size(value) > OPTION:
            continue
        shown = clipped(label, OPTION) or clipped(value, OPTION)
        made.append(app_commands.Choice(name=shown, value=int(value) if number else value))
    return made[:COMMAND_CHOICES]


def _leaf(data: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """The command's whole name and its options."""
    words = []
    here: Mapping[str, Any] = data
    for _ in range(3):
        word = here.get("name")
        options = here.get("options") or []
        if (
            not isinstance(word, str)
            or not isinstance(options, list)
            or not all(isinstance(o, dict) for o in options)
        ):
            raise UserError("kernel.bad_token")
        words.append(word)
        if not (options and options[0].get("type") in (1, 2)):
            return " ".join(words), options
        here = options[0]
    raise UserError("kernel.bad_token")


def _typed(
    kind: object, value: str | float, data: Mapping[str, Any], people: MutableMapping[str, str]
) -> str:
    """An option's value as it would be typed."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if kind == _USER:
        key = f"discord/all/{value}"
        member, user = _resolved(data, "members", value), _resolved(data, "users", value)
        people[key] = str(member.get("nick") or user.get("global_name") or user.get("username") or value)
        return key
    if kind == _ROLE:
        people[f"@{value}"] = str(_resolved(data, "roles", value).get("name") or value)
        return f"@{value}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _resolved(data: Mapping[str, Any], what: str, id_: object) -> Mapping[str, Any]:
    found: Any = data.get("resolved")
    for name in (what, str(id_)):
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}
