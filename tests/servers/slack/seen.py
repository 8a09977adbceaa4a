"""What a person sees of a message: words and things to press, and no ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.servers.slack import mentions
from tests.servers.slack.blocks import elements
from tests.servers.slack.refusal import Json
from tests.servers.slack.rich import read
from tests.servers.slack.things import Message, View
from tests.servers.slack.values import IN_STATE, held, initial, options_of
from tests.servers.slack.world import World

Place = Message | View


@dataclass(frozen=True, slots=True)
class Button:
    """A button: what is on it, and where it leads if it leads away."""

    label: str
    style: str
    url: str | None
    spoken: str
    """What a screen reader says of it."""
    confirm: str
    """What people are asked before it counts."""

    def __str__(self) -> str:
        return f"[{self.label}]"


@dataclass(frozen=True, slots=True)
class Select:
    """A menu of any kind: what stands on it, and for a menu of words the options."""

    placeholder: str
    options: tuple[str, ...]
    chosen: tuple[str, ...]
    kind: str
    place: Place = field(repr=False)
    block: Json = field(repr=False)
    element: Json = field(repr=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """A file or picture, with what is said of it to those who cannot see it."""

    name: str
    alt: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """A message at one moment, as one person sees it."""

    author: str
    top: str
    """The top-level text: all that a notification says, and all that some screen readers read."""
    text: str
    """All that can be read on it, the top-level text and the blocks, mrkdwn as it was sent."""
    words: str
    """The same with entities resolved and people, groups and channels by their names."""
    screen: str
    """What a person at a screen reads, once: the blocks where there are any, else the top-level text; the files too."""
    notifies: tuple[str, ...]
    """Whom it calls by a sound and a red number: `@ada`, `@channel`, `@here`, `@everyone`, a group."""
    unfurls: bool
    """Whether Slack would show what it links to."""
    edited: bool
    """Whether "(edited)" stands beside it: Slack says so only of messages without blocks."""
    ephemeral: bool
    streaming: bool
    thread: str
    """The top-level text of the message under which it stands."""
    buttons: tuple[Button, ...]
    selects: tuple[Select, ...]
    files: tuple[Picture, ...]
    reactions: dict[str, int]
    raw: Json = field(repr=False)
    """The message as the API has it, for drawing it."""
    message: Message = field(repr=False)
    """The message itself, to act on it; it may have changed since."""

    @property
    def pings(self) -> tuple[str, ...]:
        """The same as `notifies`, under the name that it has on the loopback Discord."""
        return self.notifies

    @property
    def deleted(self) -> bool:
        return self.message.deleted


def look(message: Message, world: World, user_id: str = "") -> Seen:
    """A message as it is now, with what that person has chosen in its menus."""
    data = dict(message.data)
    blocks = [*(data.get("blocks") or [])]
    top = str(data.get("text") or "")
    shown = lines(blocks)
    heard = [] if blocks and shown == [top] else [top]
    if not blocks:
        shown, heard = [top], []
    for one in data.get("attachments") or []:
        blocks += one.get("blocks") or []
        shown += [str(one.get(name) or "") for name in ("pretext", "title", "text")]
        shown += lines(one.get("blocks") or []) or [str(one.get("fallback") or "")]
    pictures = tuple(_picture(one, world) for one in data.get("files") or [])
    shown += [f"{one.name} ({one.alt})" if one.alt else one.name for one in pictures]
    screen = "\n".join(line for line in shown if line)
    text = "\n".join(line for line in (*heard, screen) if line)
    first = message.channel.messages.get(message.thread) if message.reply else None
    return Seen(
        author=message.author.name,
        top=top,
        text=text,
        words=mentions.named(text, world),
        screen=mentions.named(screen, world),
        notifies=message.notifies,
        unfurls=message.unfurls,
        edited=message.edited,
        ephemeral=message.only_for is not None,
        streaming=message.stream is not None and not message.stream.ended,
        thread="" if first is None else str(first.data.get("text")),
        buttons=buttons(blocks),
        selects=selects(blocks, message, message.chosen.get(user_id, {})),
        files=pictures,
        reactions={one["name"]: one["count"] for one in data.get("reactions") or []},
        raw=data,
        message=message,
    )


def _picture(one: Json, world: World) -> Picture:
    return Picture(one["name"], one.get("alt_txt") or "", world.files[one["id"]].data or b"")


def lines(blocks: list[Json]) -> list[str]:
    """All that can be read in blocks, from the top down."""
    found: list[str] = []
    for block in blocks:
        found += _block(block)
    return [line for line in found if line]


def _block(block: Json) -> list[str]:
    kind = block["type"]
    if kind == "rich_text":
        return [read(block)]
    if kind == "table":
        return [" | ".join(str(cell.get("text") or read(cell)) for cell in row) for row in block["rows"]]
    if kind == "image":
        return [_words(block.get("title")), _alt(block)]
    if kind in ("actions", "context_actions"):
        return _elements(block["elements"])
    if kind == "context":
        return [" ".join(_alt(one) if one["type"] == "image" else _words(one) for one in block["elements"])]
    if kind == "input":
        return [_words(block["label"]), _words(block.get("hint")), *_elements([block["element"]])]
    found = [_words(block.get("text")), *[_words(one) for one in block.get("fields") or []]]
    found += [_words(block.get("title")), _words(block.get("description"))]
    if isinstance(block.get("details"), dict | str):
        found += [_words(block["details"])]
    if isinstance(block.get("accessory"), dict):
        found += _elements([block["accessory"]])
    return found


def _elements(parts: list[Json]) -> list[str]:
    """Buttons side by side on one line, menus each on lines of their own."""
    found: list[str] = []
    row: list[str] = []
    for one in parts:
        pressed = _buttons(one)
        if pressed:
            row += [str(button) for button in pressed]
        elif one["type"] == "image":
            found.append(_alt(one))
        else:
            found.append(_words(one.get("placeholder")))
            found += [_option(option) for option in options_of(one)]
    return [*found, " ".join(row)] if row else found


def _option(option: Json) -> str:
    about = _words(option.get("description"))
    return f"{_words(option['text'])}: {about}" if about else _words(option["text"])


def _alt(one: Json) -> str:
    return f"({one['alt_text']})"


def _words(text: Any) -> str:
    """A text object as mrkdwn: what a plain text shows is escaped, so that both read alike."""
    if isinstance(text, dict):
        if text.get("type") == "plain_text":
            return mentions.escaped(str(text["text"]))
        return str(text.get("text") or read(text))
    return str(text or "")


def _buttons(one: Json) -> list[Button]:
    if one["type"] in ("button", "icon_button"):
        text = one["text"]["text"]
        ask = _words((one.get("confirm") or {}).get("text"))
        spoken = one.get("accessibility_label") or text
        return [Button(text, one.get("style") or "", one.get("url"), spoken, ask)]
    if one["type"] == "feedback_buttons":
        both = (one["positive_button"], one["negative_button"])
        return [
            Button(two["text"]["text"], "", None, two.get("accessibility_label") or two["text"]["text"], "")
            for two in both
        ]
    return []


def buttons(blocks: list[Json]) -> tuple[Button, ...]:
    """The buttons of blocks, in order."""
    return tuple(button for _, one in elements(blocks) for button in _buttons(one))


def selects(blocks: list[Json], place: Place, state: Json) -> tuple[Select, ...]:
    """The menus of blocks, in order, with what is chosen in them."""
    found: list[Select] = []
    for block, one in elements(blocks):
        if block["type"] == "input" and isinstance(place, View):
            continue
        if one["type"] == "overflow" or one["type"] in IN_STATE:
            value = state.get(block["block_id"], {}).get(one["action_id"])
            if value is None:
                value = {} if one["type"] == "overflow" else initial(one)
            found.append(
                Select(
                    _words(one.get("placeholder")) or _words(block.get("label")),
                    tuple(option["text"]["text"] for option in options_of(one)),
                    held(value),
                    one["type"],
                    place,
                    block,
                    one,
                )
            )
    return tuple(found)
