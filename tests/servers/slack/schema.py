"""A small language for saying what Slack takes: shapes of fields, each with its rule; all else is named and refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.servers.slack.limits import Limits
from tests.servers.slack.refusal import Path, Problems

Surface = Literal["message", "modal", "home"]


@dataclass(slots=True)
class Look:
    """One look over the blocks of one message or view."""

    limits: Limits
    surface: Surface
    problems: Problems = field(default_factory=Problems)
    block_ids: set[str] = field(default_factory=set)
    action_ids: set[str] = field(default_factory=set)
    """Of the block that is looked at."""
    text: int = 0
    """Characters so far, all blocks together."""
    markdown: int = 0
    inputs: int = 0
    focused: int = 0

    def add(self, path: Path, words: str) -> None:
        self.problems.add(path, words)


Rule = Callable[[Look, Path, Any], None]


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields that a thing may have, and those that it must have."""

    fields: Mapping[str, Rule]
    required: tuple[str, ...] = ()

    def __call__(self, look: Look, path: Path, value: Any) -> None:
        if not isinstance(value, dict):
            look.add(path, "must be an object")
            return
        for name in self.required:
            if value.get(name) is None:
                look.add(path, f"missing required field: {name}")
        for name, one in value.items():
            if name in self.fields:
                if one is not None:
                    self.fields[name](look, (*path, name), one)
            elif name != "type":
                look.add(path, f"invalid additional property: {name}")


def string(limit: str, least: int = 1) -> Rule:
    """A text of its own, such as a value or an id."""

    def rule(look: Look, path: Path, value: Any) -> None:
        if not isinstance(value, str):
            look.add(path, "must provide a string")
        else:
            look.problems.length(path, value, look.limits[limit], least)

    return rule


def link(limit: str) -> Rule:
    """A URL."""

    def rule(look: Look, path: Path, value: Any) -> None:
        string(limit)(look, path, value)
        if isinstance(value, str) and not value.startswith(("http://", "https://")):
            look.add(path, "must be a valid URL")

    return rule


def written(limit: str, *kinds: str) -> Rule:
    """A text object of one of these kinds."""

    def rule(look: Look, path: Path, value: Any) -> None:
        if not isinstance(value, dict):
            look.add(path, "must be an object")
            return
        if value.get("type") not in kinds:
            look.add((*path, "type"), f"must be a valid enum value: {', '.join(kinds)}")
        for name in value.keys() - {
            "type",
            "text",
            "emoji" if value.get("type") == "plain_text" else "verbatim",
        }:
            look.add(path, f"invalid additional property: {name}")
        text = value.get("text")
        if not isinstance(text, str):
            look.add(path, "missing required field: text")
            return
        look.text += len(text)
        look.problems.length((*path, "text"), text, look.limits[limit])

    return rule


def plain(limit: str) -> Rule:
    return written(limit, "plain_text")


def words(limit: str) -> Rule:
    return written(limit, "mrkdwn", "plain_text")


def flag(look: Look, path: Path, value: Any) -> None:
    if not isinstance(value, bool):
        look.add(path, "must be a boolean")


def whole(least: int, most: int | str) -> Rule:
    """A whole number between bounds."""

    def rule(look: Look, path: Path, value: Any) -> None:
        highest = look.limits[most] if isinstance(most, str) else most
        if isinstance(value, bool) or not isinstance(value, int):
            look.add(path, "must be an integer")
        elif value < least:
            look.add(path, f"must be more than {least - 1}")
        elif value > highest:
            look.add(path, f"must be less than {highest + 1}")

    return rule


def one_of(*choices: str) -> Rule:
    def rule(look: Look, path: Path, value: Any) -> None:
        if value not in choices:
            look.add(path, f"must be a valid enum value: {', '.join(choices)}")

    return rule


def many(rule: Rule, limit: str, least: int = 1) -> Rule:
    """A list of such things."""

    def several(look: Look, path: Path, value: Any) -> None:
        if not isinstance(value, list):
            look.add(path, "must be an array")
            return
        look.problems.count(path, value, look.limits[limit], least)
        for index, one in enumerate(value):
            rule(look, (*path, index), one)

    return several


def anything(look: Look, path: Path, value: Any) -> None:
    """Not looked at."""


def never(reason: str) -> Rule:
    def rule(look: Look, path: Path, value: Any) -> None:
        look.add(path, reason)

    return rule
