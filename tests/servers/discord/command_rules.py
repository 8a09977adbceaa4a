"""What Discord takes as an application command.

https://docs.discord.com/developers/interactions/application-commands
"""

from __future__ import annotations

import re
from typing import Any

from tests.servers.discord.limits import Limits
from tests.servers.discord.refusal import Json, Path, Problems

CHAT, USER, MESSAGE = 1, 2, 3
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER_OPTION, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = (
    range(1, 12)
)
KINDS = {CHAT: "chat_input", USER: "user", MESSAGE: "message"}

_NAME = re.compile(r"[-_'\w]+")
_LOCALES = frozenset(
    [
        "id",
        "da",
        "de",
        "en-GB",
        "en-US",
        "es-ES",
        "es-419",
        "fr",
        "hr",
        "it",
        "lt",
        "hu",
        "nl",
        "no",
        "pl",
        "pt-BR",
        "ro",
        "fi",
        "sv-SE",
        "vi",
        "tr",
        "cs",
        "el",
        "bg",
        "ru",
        "uk",
        "hi",
        "th",
        "zh-CN",
        "ja",
        "zh-TW",
        "ko",
    ]
)
_LARGEST = 2**53


class CommandRules:
    """One look over one command; what is wrong is gathered in `problems`."""

    def __init__(self, problems: Problems, limits: Limits) -> None:
        self._problems = problems
        self._limits = limits

    def check(self, command: Json, path: Path = ()) -> None:
        """The whole command."""
        kind = command.get("type") or CHAT
        self._problems.one_of((*path, "type"), kind, tuple(KINDS))
        self._name(path, command, slash=kind == CHAT)
        if kind == CHAT:
            self._description(path, command)
            self._options(path, command.get("options"), depth=0)
        else:
            for name in ("description", "options"):
                if command.get(name):
                    words = "Context menu commands cannot have " + name
                    self._problems.add(
                        (*path, name), "APPLICATION_COMMAND_CONTEXT_MENU_" + name.upper(), words
                    )
        self._where(path, command)
        if (size := _size(command)) > self._limits["command.total"]:
            words = f"Command exceeds maximum size ({self._limits['command.total']}): {size}"
            self._problems.add(path, "APPLICATION_COMMAND_TOO_LARGE", words)

    def _where(self, path: Path, command: Json) -> None:
        for name, known in (("contexts", (0, 1, 2)), ("integration_types", (0, 1))):
            listed = self._problems.items((*path, name), command.get(name), len(known))
            for index, one in enumerate(listed):
                self._problems.one_of((*path, name, index), one, known)
            if len(set(listed)) < len(listed):
                self._problems.add((*path, name), "SET_TYPE_DUPLICATE", "Values must be unique")
            if command.get(name) == [] and name == "contexts":
                self._problems.add(
                    (*path, name), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 3 in length."
                )
        allowed = command.get("default_member_permissions")
        if allowed is not None and not str(allowed).isdigit():
            at = (*path, "default_member_permissions")
            self._problems.add(at, "STRING_TYPE_REGEX", "Permissions must be a number in a string")

    def _name(self, path: Path, thing: Json, *, slash: bool) -> None:
        names = [((*path, "name"), thing.get("name"))]
        names += self._localised(path, thing, "name_localizations")
        for at, name in names:
            self._problems.text(at, name, self._limits["command.name"], 1, required=True)
            if slash and isinstance(name, str) and (not _NAME.fullmatch(name) or name != name.lower()):
                words = f"String value {name!r} did not match validation regex."
                self._problems.add(at, "APPLICATION_COMMAND_INVALID_NAME", words)

    def _description(self, path: Path, thing: Json) -> None:
        texts = [((*path, "description"), thing.get("description"))]
        texts += self._localised(path, thing, "description_localizations")
        for at, text in texts:
            self._problems.text(at, text, self._limits["command.description"], 1, required=True)

    def _localised(self, path: Path, thing: Json, name: str) -> list[tuple[Path, Any]]:
        found = thing.get(name) or {}
        for locale in set(found) - _LOCALES:
            self._problems.one_of((*path, name, locale), locale, tuple(sorted(_LOCALES)))
        return [((*path, name, locale), text) for locale, text in found.items()]

    def _options(self, path: Path, options: object, depth: int) -> None:
        here = (*path, "options")
        names: set[str] = set()
        optional = False
        listed = self._problems.items(here, options, self._limits["command.options"])
        branches = [one for one in listed if one.get("type") in (SUBCOMMAND, GROUP)]
        if branches and len(branches) < len(listed):
            words = "Sub-command and sub-command group option types are mutually exclusive to all other types"
            self._problems.add(here, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", words)
        for index, option in enumerate(listed):
            at = (*here, index)
            self._option(at, option, depth)
            if option.get("name") in names:
                words = "Option name is already used"
                self._problems.add((*at, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", words)
            names.add(str(option.get("name")))
            if option.get("required") and optional:
                words = "Required options must be placed before non-required options"
                self._problems.add((*at, "required"), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", words)
            optional = optional or not option.get("required")

    def _option(self, path: Path, option: Json, depth: int) -> None:
        kind = option.get("type")
        self._problems.one_of((*path, "type"), kind, tuple(range(1, 12)))
        self._name(path, option, slash=True)
        self._description(path, option)
        if kind == GROUP or (kind == SUBCOMMAND and depth > 1):
            if depth > 0:
                self._problems.add(
                    (*path, "type"), "APPLICATION_COMMAND_OPTIONS_DEPTH", "Groups cannot be nested"
                )
            for inner in option.get("options") or []:
                if inner.get("type") != SUBCOMMAND:
                    self._problems.add(
                        (*path, "options"), "BASE_TYPE_CHOICES", "A group holds sub-commands only"
                    )
        if kind in (SUBCOMMAND, GROUP):
            self._options(path, option.get("options"), depth + 1)
            return
        self._choices(path, option)
        self._bounds(path, option)

    def _choices(self, path: Path, option: Json) -> None:
        here = (*path, "choices")
        choices = self._problems.items(here, option.get("choices"), self._limits["command.choices"])
        kind = option.get("type")
        if choices and option.get("autocomplete"):
            words = "Autocomplete and choices cannot be used together"
            self._problems.add(here, "APPLICATION_COMMAND_AUTOCOMPLETE_WITH_CHOICES", words)
        if (choices or option.get("autocomplete")) and kind not in (STRING, INTEGER, NUMBER):
            self._problems.add(here, "APPLICATION_COMMAND_OPTION_CHOICES_INVALID", "This type has no choices")
        for index, choice in enumerate(choices):
            at = (*here, index)
            most = self._limits["command.choice_name"]
            self._problems.text((*at, "name"), choice.get("name"), most, 1, required=True)
            value = choice.get("value")
            if kind == STRING:
                most = self._limits["command.choice_value"]
                self._problems.text((*at, "value"), value, most, 1, required=True)
            else:
                self._problems.number((*at, "value"), value, -_LARGEST, _LARGEST)
        for name in ("name", "value"):
            if len({choice.get(name) for choice in choices}) < len(choices):
                self._problems.add(
                    here, "APPLICATION_COMMAND_OPTIONS_CHOICE_DUPLICATE", f"Duplicate choice {name}"
                )

    def _bounds(self, path: Path, option: Json) -> None:
        kind = option.get("type")
        for names, kinds, least, most in (
            (("min_value", "max_value"), (INTEGER, NUMBER), -_LARGEST, _LARGEST),
            (("min_length", "max_length"), (STRING,), 0, self._limits["command.string_length"]),
        ):
            given = [option[name] for name in names if option.get(name) is not None]
            for name in names:
                if option.get(name) is None:
                    continue
                if kind not in kinds:
                    self._problems.add(
                        (*path, name), "APPLICATION_COMMAND_OPTION_BOUND_INVALID", "Not for this type"
                    )
                floor = 1 if name == "max_length" else least
                self._problems.number((*path, name), option[name], floor, most)
            if len(given) == 2 and given[0] > given[1]:
                self._problems.add(
                    (*path, names[0]), "APPLICATION_COMMAND_OPTION_BOUND_INVALID", "The bounds cross"
                )


def _size(thing: Json) -> int:
    """Names, descriptions and values of a command, of its options and of their choices; the longest of all languages."""
    size = 0
    for name, languages in (("name", "name_localizations"), ("description", "description_localizations")):
        texts = [thing.get(name) or "", *(thing.get(languages) or {}).values()]
        size += max(len(str(text)) for text in texts)
    for choice in thing.get("choices") or []:
        size += len(str(choice.get("name"))) + len(str(choice.get("value")))
    return size + sum(_size(option) for option in thing.get("options") or [])
