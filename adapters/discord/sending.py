"""A drawn message as arguments of discord.py's sending and editing, and what tells it from other messages of ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import discord

from adapters.discord.cards import Drawn
from adapters.discord.components import tokens

Mark = tuple[str, ...]


def to_send(drawn: Drawn) -> dict[str, Any]:
    """Arguments of `send`, made for one sending (discord.py closes files). Links do not unfurl; nobody is mentioned."""
    arguments: dict[str, Any] = {"allowed_mentions": discord.AllowedMentions.none()}
    if not drawn.v2:
        arguments |= {"content": drawn.content, "suppress_embeds": True}
    if drawn.view is not None:
        arguments["view"] = drawn.view
    if drawn.handouts:
        arguments["files"] = drawn.files
    return arguments


def to_edit(drawn: Drawn) -> dict[str, Any]:
    """Arguments of `edit`: all of the message is replaced, its files too."""
    arguments: dict[str, Any] = {"attachments": drawn.files, "allowed_mentions": discord.AllowedMentions.none()}
    if not drawn.v2:
        arguments["content"] = drawn.content
    return arguments | {"view": drawn.view}


def mark_of(content: str, components: Sequence[Any]) -> Mark:
    """What tells a message that stands from others: the calls of its buttons, else its first line."""
    found: list[str] = []

    def walk(items: Sequence[Any]) -> None:
        for item in items:
            if custom_id := getattr(item, "custom_id", None):
                found.append(custom_id)
            walk(getattr(item, "children", ()))
            if (accessory := getattr(item, "accessory", None)) is not None:
                walk((accessory,))

    walk(components)
    return _mark(found, content)


def mark(drawn: Drawn) -> Mark:
    """The mark of a message that is yet to be sent."""
    return _mark(tokens(drawn.view.components) if drawn.view is not None else (), drawn.content)


def _mark(calls: Iterable[str], content: str) -> Mark:
    return tuple(sorted(calls)) or (content.split("\n", 1)[0],)
