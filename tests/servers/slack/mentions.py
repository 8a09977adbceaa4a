"""Whom a message notifies, what it links to, and how it reads with names for ids.

https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.servers.slack.refusal import Json
from tests.servers.slack.rich import read
from tests.servers.slack.things import Channel
from tests.servers.slack.world import World

_MARK = re.compile(r"<([@#!]?)([^<>|\s]+)(?:\|([^<>]*))?>")
_LINK = re.compile(r"(?:https?://|<mailto:)\S+")
_WORDS = re.compile(r"(?<![\w@<!])@(channel|here|everyone)\b")
_ALL = ("channel", "here", "everyone")


def texts(blocks: list[Json]) -> Iterator[str]:
    """Every text of blocks in which Slack looks for mentions: mrkdwn, markdown and rich text."""
    for block in blocks:
        if block.get("type") == "rich_text":
            yield read(block)
        elif block.get("type") == "markdown":
            yield str(block["text"])
        else:
            yield from _mrkdwn(block)


def _mrkdwn(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from _mrkdwn(one)
    elif isinstance(part, dict):
        if part.get("type") == "rich_text":
            yield read(part)
        elif part.get("type") == "mrkdwn":
            yield str(part.get("text", ""))
        else:
            for one in part.values():
                yield from _mrkdwn(one)


def mrkdwn_of(data: Json) -> list[str]:
    """The texts of a whole message in which mentions count."""
    found = [str(data.get("text") or ""), *texts(data.get("blocks") or [])]
    for one in data.get("attachments") or []:
        found += [str(one.get(name) or "") for name in ("pretext", "text")]
        found += texts(one.get("blocks") or [])
    return found


def notified(data: Json, channel: Channel, world: World, *, link_names: bool = False) -> tuple[str, ...]:
    """Names of people with `@`, `@channel`, `@here`, `@everyone` and user groups that a message calls."""
    found: dict[str, None] = {}
    for text in mrkdwn_of(data):
        for sign, mark, _ in _MARK.findall(text):
            if sign == "@" and mark in world.users and not world.users[mark].bot:
                if mark in channel.members:
                    found[f"@{world.users[mark].name}"] = None
            elif sign == "!" and mark in _ALL:
                found[f"@{mark}"] = None
            elif sign == "!" and mark.startswith("subteam^"):
                group = channel.team.groups.get(mark.removeprefix("subteam^"))
                if group is not None:
                    found[f"@{group[0]}"] = None
        if link_names:
            found.update({f"@{word}": None for word in _WORDS.findall(text)})
    return tuple(found)


def unfurls(data: Json, args: Json) -> bool:
    """Whether Slack would fetch and show what a message links to; only both switches off prevent it."""
    if not any(_LINK.search(text) for text in mrkdwn_of(data)):
        return False
    off = ("0", "false")
    return not all(str(args.get(name, "")).lower() in off for name in ("unfurl_links", "unfurl_media"))


def named(text: str, world: World) -> str:
    """A text as it is shown: names for ids, labels for links, and `&amp;` and its kind resolved."""

    def name(found: re.Match[str]) -> str:
        sign, mark, label = found.groups()
        if sign == "@":
            return f"@{world.users[mark].name}" if mark in world.users else found[0]
        if sign == "#":
            return f"#{world.channels[mark].name}" if mark in world.channels else found[0]
        if sign == "!":
            if mark.startswith("date^"):
                return label or mark
            for team in world.teams.values():
                if mark.removeprefix("subteam^") in team.groups:
                    return f"@{team.groups[mark.removeprefix('subteam^')][0]}"
            return f"@{mark}"
        return label or mark

    return plain(_MARK.sub(name, text))


def plain(text: str) -> str:
    """A text without Slack's three entities."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def escaped(text: str) -> str:
    """What a person typed, as Slack passes it on."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
