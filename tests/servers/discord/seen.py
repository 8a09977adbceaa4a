"""What a person sees of a message or a form: words and things to press, and no ids."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from tests.servers.discord.components import (
    BUTTON,
    FILE,
    GALLERY,
    LINK,
    SELECTS,
    STRING_SELECT,
    TEXT,
    THUMBNAIL,
    walk,
)
from tests.servers.discord.refusal import Json
from tests.servers.discord.things import EPHEMERAL, LOADING, V2, Message
from tests.servers.discord.world import World

_ESCAPED = re.compile(r"(```.*?```|`[^`\n]+`)|\\([!-/:-@\[-`{-~])", re.DOTALL)
_MENTION = re.compile(r"<(@[!&]?|#)(\d+)>")


@dataclass(frozen=True, slots=True)
class Button:
    """A button: what is on it, and whether it can be pressed."""

    label: str
    emoji: str | None
    style: int
    disabled: bool
    url: str | None

    def __str__(self) -> str:
        return f"[{' '.join(part for part in (self.emoji, self.label) if part)}]"


@dataclass(frozen=True, slots=True)
class Select:
    """A menu: what stands on it, and for a menu of words the options."""

    placeholder: str
    options: tuple[str, ...]
    chosen: tuple[str, ...]
    fewest: int
    most: int
    disabled: bool
    kind: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A file of a message, with what is said of it to those who cannot see it."""

    name: str
    alt: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """A message at one moment, as one person sees it."""

    author: str
    text: str
    """All that can be read on it, markdown as it was sent."""
    words: str
    """The same with escapes resolved and people, roles and channels by their names."""
    pings: tuple[str, ...]
    edited: bool
    ephemeral: bool
    thinking: bool
    buttons: tuple[Button, ...]
    selects: tuple[Select, ...]
    files: tuple[Picture, ...]
    reactions: dict[str, int]
    raw: Json = field(repr=False)
    """The message as the API has it, for drawing it."""
    message: Message = field(repr=False)
    """The message itself, to act on it; it may have changed since."""

    @property
    def deleted(self) -> bool:
        return self.message.deleted


def look(message: Message, world: World) -> Seen:
    """A message as it is now."""
    data = message.data
    parts = list(walk(data["components"]))
    files = {one["id"]: _picture(one, world) for one in data["attachments"]}
    lines = [data["content"], *_embeds(data), *_components(data["components"])]
    shown = _shown(parts) if message.flags & V2 else None
    pictures = tuple(files.values())
    if shown is not None:
        pictures = tuple(
            replace(files[mark], alt=alt or files[mark].alt) for mark, alt in shown.items() if mark in files
        )
    if shown is None:
        lines += [_caption(one.name, one.alt) for one in pictures]
    if data.get("poll"):
        lines += [data["poll"]["question"]["text"]]
        lines += [answer["poll_media"]["text"] for answer in data["poll"]["answers"]]
    text = "\n".join(line for line in lines if line)
    return Seen(
        author=message.author.name,
        text=text,
        words=unescaped(text, world),
        pings=tuple(message.pings),
        edited=data["edited_timestamp"] is not None,
        ephemeral=bool(message.flags & EPHEMERAL),
        thinking=bool(message.flags & LOADING),
        buttons=tuple(_button(part) for part in parts if part["type"] == BUTTON),
        selects=tuple(_select(part) for part in parts if part["type"] in SELECTS),
        files=pictures,
        reactions={one["emoji"]["name"]: one["count"] for one in data.get("reactions", [])},
        raw=data,
        message=message,
    )


def unescaped(text: str, world: World) -> str:
    """Markdown with its backslash escapes resolved, outside code, and mentions as names."""

    def name(found: re.Match[str]) -> str:
        sign, mark = found[1], int(found[2])
        if sign == "#":
            return f"#{world.channels[mark].name}" if mark in world.channels else found[0]
        if sign == "@&":
            roles = [guild.roles[mark] for guild in world.guilds.values() if mark in guild.roles]
            return f"@{roles[0].name}" if roles else found[0]
        return f"@{world.users[mark].name}" if mark in world.users else found[0]

    return _ESCAPED.sub(lambda found: found[1] or found[2], _MENTION.sub(name, text))


def _picture(one: Json, world: World) -> Picture:
    return Picture(one["filename"], one.get("description") or "", world.files[int(one["id"])][1])


def _caption(name: str, alt: str) -> str:
    return f"{name} ({alt})" if alt else name


def _shown(parts: list[Json]) -> dict[str, str]:
    """The files that a message of components shows, with their alt texts; what none of them names stays unseen."""
    media = [(part.get("media") or part.get("file") or {}, part.get("description")) for part in parts]
    media += [(item["media"], item.get("description")) for part in parts for item in part.get("items") or []]
    return {one["attachment_id"]: alt or "" for one, alt in media if "attachment_id" in one}


def _embeds(data: Json) -> list[str]:
    lines: list[str | None] = []
    for embed in data["embeds"]:
        lines += [(embed.get("author") or {}).get("name"), embed.get("title"), embed.get("description")]
        for one in embed.get("fields") or []:
            lines += [one["name"], one["value"]]
        lines.append((embed.get("footer") or {}).get("text"))
    return [line for line in lines if line]


def _components(parts: list[Json]) -> list[str]:
    lines: list[str] = []
    for part in parts:
        kind = part["type"]
        if kind == TEXT:
            lines.append(part["content"])
        elif kind == GALLERY:
            lines += [_media(item["media"], item.get("description")) for item in part["items"]]
        elif kind == THUMBNAIL:
            lines.append(_media(part["media"], part.get("description")))
        elif kind == FILE:
            lines.append(_media(part["file"], None))
        elif kind in SELECTS:
            lines.append(part.get("placeholder") or "")
            lines += [_option(one) for one in part.get("options") or []]
        elif kind == BUTTON:
            lines.append(str(_button(part)))
        elif all(one["type"] == BUTTON for one in part.get("components") or [{"type": 0}]):
            lines.append(" ".join(str(_button(one)) for one in part["components"]))
        else:
            lines += _components(part.get("components") or [])
        if part.get("accessory"):
            lines += _components([part["accessory"]])
    return lines


def _media(media: Json, alt: str | None) -> str:
    return _caption(media["url"].rpartition("/")[2], alt or "")


def _option(option: Json) -> str:
    return (
        f"{option['label']}: {option['description']}" if option.get("description") else str(option["label"])
    )


def _button(part: Json) -> Button:
    emoji = (part.get("emoji") or {}).get("name")
    url = part.get("url") if part["style"] == LINK else None
    return Button(part.get("label") or "", emoji, part["style"], bool(part.get("disabled")), url)


def _select(part: Json) -> Select:
    options = part.get("options") or [] if part["type"] == STRING_SELECT else []
    return Select(
        part.get("placeholder") or "",
        tuple(option["label"] for option in options),
        tuple(option["label"] for option in options if option.get("default")),
        1 if part.get("min_values") is None else part["min_values"],
        part.get("max_values") or 1,
        bool(part.get("disabled")),
        part["type"],
    )
