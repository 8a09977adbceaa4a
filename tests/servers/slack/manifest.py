"""The app's manifest: which commands, shortcuts, events and scopes there are, checked as Slack checks it.

https://docs.slack.dev/reference/app-manifest
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.servers.slack.limits import Limits
from tests.servers.slack.refusal import Json, Path, Problems

_COMMAND = re.compile(r"/[^\s/][^\s]*")


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An entry of the lightning menu or of a message's menu."""

    name: str
    callback_id: str
    on_message: bool


@dataclass(frozen=True, slots=True)
class Manifest:
    """What Slack knows of the app; without one, every command and every event is taken."""

    name: str = "room"
    commands: tuple[Json, ...] | None = None
    shortcuts: tuple[Shortcut, ...] = ()
    events: frozenset[str] | None = None
    scopes: frozenset[str] | None = None
    home_tab: bool = True
    messages_tab: bool = True
    raw: Json = field(default_factory=dict)

    def command(self, name: str) -> Json:
        """A command as people can type it."""
        if self.commands is None:
            return {"command": name}
        found = [one for one in self.commands if one["command"] == name]
        assert found, f"{name} is not a valid command, only {[one['command'] for one in self.commands]}"
        return found[0]

    def shortcut(self, name: str, *, on_message: bool) -> Shortcut:
        """A menu entry by what stands on it."""
        found = [one for one in self.shortcuts if one.name == name and one.on_message == on_message]
        assert found, f"no menu has {name!r}; the manifest has {[one.name for one in self.shortcuts]}"
        return found[0]

    def wants(self, event: str) -> bool:
        return self.events is None or event in self.events


def read(raw: Json, limits: Limits) -> Manifest:
    """A manifest as Slack would take it; Refused with `invalid_manifest` if it would not."""
    problems = Problems()
    about: Json = raw.get("display_information") or {}
    features: Json = raw.get("features") or {}
    text(problems, limits, ("display_information", "name"), about.get("name") or "", "manifest.name", 1)
    for name in ("description", "long_description"):
        text(problems, limits, ("display_information", name), about.get(name) or "", f"manifest.{name}", 0)
    if about.get("long_description") and len(about["long_description"]) < 175:
        problems.add(("display_information", "long_description"), "must be more than 174 characters")
    commands = _commands(problems, limits, features.get("slash_commands") or [])
    shortcuts = _shortcuts(problems, limits, features.get("shortcuts") or [])
    domains = features.get("unfurl_domains") or []
    problems.count(("features", "unfurl_domains"), domains, limits["manifest.unfurl_domains"], 0)
    problems.check("invalid_manifest")
    settings: Json = raw.get("settings") or {}
    subscribed: Json = settings.get("event_subscriptions") or {}
    oauth: Json = raw.get("oauth_config") or {}
    home: Json = features.get("app_home") or {}
    return Manifest(
        about["name"],
        tuple(commands),
        tuple(shortcuts),
        frozenset(subscribed.get("bot_events") or []),
        frozenset((oauth.get("scopes") or {}).get("bot") or []),
        bool(home.get("home_tab_enabled")),
        bool(home.get("messages_tab_enabled", True)),  # read-only binds people, not the app
        raw,
    )


def text(problems: Problems, limits: Limits, path: Path, value: Any, limit: str, least: int) -> None:
    """A text of the manifest within its limit."""
    if not isinstance(value, str):
        problems.add(path, "must provide a string")
    else:
        problems.length(path, value, limits[limit], least)


def _commands(problems: Problems, limits: Limits, commands: list[Json]) -> list[Json]:
    here: Path = ("features", "slash_commands")
    problems.count(here, commands, limits["manifest.commands"], 0)
    names = [one.get("command") for one in commands]
    if len(set(names)) < len(names):
        problems.add(here, "commands must be unique")
    for index, one in enumerate(commands):
        at = (*here, index)
        text(problems, limits, (*at, "command"), one.get("command"), "manifest.command", 2)
        if not _COMMAND.fullmatch(str(one.get("command"))):
            problems.add((*at, "command"), "must start with a slash and have no spaces")
        if not one.get("description"):
            problems.add(at, "missing required field: description")
        text(problems, limits, (*at, "usage_hint"), one.get("usage_hint") or "", "manifest.usage_hint", 0)
    return commands


def _shortcuts(problems: Problems, limits: Limits, shortcuts: list[Json]) -> list[Shortcut]:
    here: Path = ("features", "shortcuts")
    problems.count(here, shortcuts, limits["manifest.shortcuts"], 0)
    found: list[Shortcut] = []
    for index, one in enumerate(shortcuts):
        at = (*here, index)
        text(problems, limits, (*at, "name"), one.get("name"), "manifest.shortcut_name", 1)
        for name in ("callback_id", "description"):
            if not one.get(name):
                problems.add(at, f"missing required field: {name}")
        if one.get("type") not in ("global", "message"):
            problems.add((*at, "type"), "must be a valid enum value: global, message")
        found.append(
            Shortcut(str(one.get("name")), str(one.get("callback_id")), one.get("type") == "message")
        )
    return found
