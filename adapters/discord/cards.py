"""Cards as Discord messages: what notifies is plain content, everything else is components.

A message of components gives an empty push notification, and once it is one it never becomes plain again
(https://discord.com/developers/docs/components/reference#legacy-message-component-behavior), so the choice is made
once, when a card is first posted. What is too long for one message is several, and the exact text goes with the last
of them as a file.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import discord

from adapters.discord import components, parts
from adapters.discord.components import Json, Layout, Rows
from adapters.discord.cutting import Long
from adapters.discord.limits import (
    CONTENT,
    FILE_ABOUT,
    FILES,
    LAYOUT_COMPONENTS,
    LAYOUT_TEXT,
    ROW,
    ROWS,
)
from adapters.discord.markup import discord as written
from adapters.discord.parts import Block, Part
from adapters.fitting import clipped, size
from bot.cards import Card, Prose, Reply
from bot.markup import to_plain
from bot.sentences import say

PIECES = 4
"""Messages that a text may take; a longer one is its beginning and a file."""
_TEXT, _COMPONENTS = LAYOUT_TEXT - 120, LAYOUT_COMPONENTS - 5
"""What a layout takes of ours: the client may add two buttons that turn pages, and their line."""
_NAME = re.compile(r"[^A-Za-z0-9_.-]+")
_KEPT = re.compile("[^\x00-\x08\x0b-\x1f\x7f-\x9f]*")
"""Text without control characters, which nobody promises to keep."""

_MENTION = 25
"""Characters of the mention that the client puts before a card that may ping."""


@dataclass(frozen=True, slots=True)
class Handout:
    """A text that goes with a message as a UTF-8 file."""

    name: str
    text: str
    about: str

    def file(self) -> discord.File:
        """The file to send; discord.py closes it afterwards, so each sending takes a new one."""
        return discord.File(
            io.BytesIO(self.text.encode()), self.name, description=clipped(self.about, FILE_ABOUT)
        )


@dataclass(frozen=True, slots=True)
class Drawn:
    """One message: plain content with buttons, or (`v2`) a layout of components, which takes no content."""

    content: str = ""
    view: Rows | Layout | None = None
    handouts: tuple[Handout, ...] = ()
    v2: bool = False

    @property
    def files(self) -> list[discord.File]:
        """Its files, made for one sending."""
        return [handout.file() for handout in self.handouts]


def drawn_public(card: Card, *, plain: bool | None = None, files: bool = True) -> list[Drawn]:
    """The messages of a public card, in order. Buttons stand under the last one.

    A card that notifies is plain content; `plain` says otherwise, for a message that was first posted so. Where no
    `files` may be attached, a long text takes as many messages as it needs.
    """
    if card.notify if plain is None else plain:
        return _plain(card, files=files)
    return _layouts([card], None, public=True, files=files)


def drawn_private(reply: Reply) -> list[Drawn]:
    """The messages of a private reply's cards and file, in order: as few as they fit into."""
    return _layouts(reply.cards, reply.file, public=False)


def drawn_text(markdown: str) -> Drawn:
    """A message of nothing but this text, of at most LAYOUT_TEXT characters (a co-writer's, while it grows)."""
    return Drawn(view=Layout([components.text(markdown or "…")]), v2=True)


# ---- plain content


def _plain(card: Card, *, files: bool) -> list[Drawn]:
    blocks = parts.blocks(card, public=True, notifies=True)
    contents, handouts = _packed(blocks, CONTENT - (_MENTION if card.ping else 0), files=files)
    buttons = parts.buttons(card, public=True)
    views = [_view(buttons[n : n + ROW * ROWS]) for n in range(0, len(buttons), ROW * ROWS)] or [None]
    contents += [written(say("discord.more_buttons"))] * (len(views) - 1)
    first = len(contents) - len(views)
    last = len(contents) - 1
    return [
        Drawn(content, views[n - first] if n >= first else None, handouts if n == last else ())
        for n, content in enumerate(contents)
    ]


def _view(buttons: Sequence[Json]) -> Rows | None:
    rows = [components.row(buttons[n : n + ROW]) for n in range(0, len(buttons), ROW)]
    return Rows(rows) if rows else None


def _packed(blocks: Sequence[Block], most: int, *, files: bool) -> tuple[list[str], tuple[Handout, ...]]:
    """The blocks as texts of at most `most` characters, and the files of people's texts that did not go whole."""
    longs: dict[int, Long] = {}
    if not files:
        return _filled(blocks, most, longs, whole=True) or [written(say("discord.nothing"))], ()
    contents = _filled(blocks, most, longs)
    torn = [b.prose for b in blocks if b.prose is not None and not _whole(b.prose, contents)]
    if not torn:
        return contents or [written(say("discord.nothing"))], ()
    handouts = tuple(_handouts(torn))
    said = [Block("-# " + written(say("discord.in_file", name=handout.name))) for handout in handouts]
    return _filled([*blocks, *said], most, longs), handouts


def _whole(prose: Prose, contents: Sequence[str]) -> bool:
    """Whether a text stands in one of the messages exactly as it was written."""
    text = parts.all_of(prose)
    return not text or (_KEPT.fullmatch(text) is not None and any(text in content for content in contents))


def _handouts(torn: Sequence[Prose]) -> Iterator[Handout]:
    names: set[str] = set()
    for prose in torn:
        stem = _NAME.sub("-", prose.name).strip("-.") or "text"
        name = next(
            n for n in (f"{stem}{'' if i == 1 else f'-{i}'}.txt" for i in range(1, 99)) if n not in names
        )
        names.add(name)
        text = prose.whole or prose.text
        yield Handout(name, text, to_plain(say("discord.file_about", words=clipped(text, 100))))


def _filled(blocks: Sequence[Block], most: int, longs: dict[int, Long], *, whole: bool = False) -> list[str]:
    """Texts that are full in turn; a text of people that needs more than it may is cut to its beginning, unless all of
    it is to be there (`whole`)."""
    contents = [""]
    for index, block in enumerate(blocks):
        joint = block.joint if contents[-1] else ""
        room = most - size(contents[-1]) - size(joint)
        if size(block.text) <= room:
            contents[-1] += joint + block.text
        elif block.prose is None and size(block.text) <= most:
            contents.append(block.text)
        else:
            below = sum(size(b.joint) + size(b.text) for b in blocks[index + 1 :] if b.prose is None)
            long = longs.setdefault(index, Long(block.text))
            for piece in _pieces(block, long, room, most, min(below, most // 2), whole=whole):
                joint = block.joint if contents[-1] else ""
                fits = size(contents[-1]) + size(joint) + size(piece) <= most
                contents[-1:] = [contents[-1] + joint + piece] if fits else [contents[-1], piece]
    return [content for text in contents if (content := text.strip())]


def _pieces(block: Block, long: Long, room: int, most: int, below: int, *, whole: bool) -> list[str]:
    """A text that does not fit as it is: in as many messages as it may take, else its beginning, with room for what
    stands below it."""
    first = room if room > most // 4 else most
    if block.prose is None or whole:
        return long.pieces(first, most)
    if size(block.text) <= PIECES * most:
        pieces = long.pieces(first, most, count=PIECES + 1)
        if len(pieces) <= PIECES:
            return pieces
    return [piece + " …" for piece in long.pieces(first - below - 2, most, count=1)]


# ---- components


def _layouts(
    cards: Sequence[Card], file: tuple[str, str] | None, *, public: bool, files: bool = True
) -> list[Drawn]:
    pages: list[_Page] = []
    for card in cards:
        inside, handouts = _inside(card, public, files)
        if not inside:
            continue
        page = _Page([inside], list(handouts))
        if pages and pages[-1].takes(page):
            pages[-1].add(page)
        elif page.fits:
            pages.append(page)
        else:
            pages += _spread(inside, list(handouts))
    if file is not None:
        about = to_plain(say("discord.reply_about", name=file[0]))
        handout = Handout(_NAME.sub("-", file[0]).strip("-.") or "text.txt", file[1], about)
        page = _Page([[parts.file(handout.name)]], [handout])
        if pages and pages[-1].takes(page):
            pages[-1].hand_out(page)
        else:
            pages.append(page)
    return [page.drawn() for page in pages or [_Page([[parts.text(written(say("discord.nothing")))]], [])]]


def _inside(card: Card, public: bool, files: bool) -> tuple[list[Part], tuple[Handout, ...]]:
    """What stands in a card's container, top to bottom."""
    blocks = parts.blocks(card, public=public, notifies=False)
    texts, handouts = _packed(blocks, _TEXT - parts.label_size(card), files=files) if blocks else ([], ())
    inside = [parts.text(text) for text in texts]
    inside += [parts.file(handout.name) for handout in handouts]
    return inside + parts.rows(card, public=public, after=bool(inside)), handouts


@dataclass(slots=True)
class _Page:
    """One message in the making: containers and files."""

    containers: list[list[Part]]
    handouts: list[Handout]

    @property
    def fits(self) -> bool:
        """Whether Discord takes it."""
        inside = [part for container in self.containers for part in container]
        tokens = [token for part in inside for token in part.tokens]
        return (
            sum(part.size for part in inside) <= _TEXT
            and sum(part.count for part in inside) + len(self.containers) <= _COMPONENTS
            and len(set(tokens)) == len(tokens)
            and len({handout.name for handout in self.handouts}) == len(self.handouts) <= FILES
        )

    def takes(self, more: _Page) -> bool:
        """Whether it still fits with these."""
        return _Page(self.containers + more.containers, self.handouts + more.handouts).fits

    def add(self, more: _Page) -> None:
        """With these too."""
        self.containers += more.containers
        self.handouts += more.handouts

    def hand_out(self, more: _Page) -> None:
        """With a file below what its last card says of it."""
        self.containers[-1] += [part for container in more.containers for part in container]
        self.handouts += more.handouts

    def drawn(self) -> Drawn:
        """The message."""
        view = Layout([components.container([part.component for part in container]) for container in self.containers])
        return Drawn(view=view, handouts=tuple(self.handouts), v2=True)


def _spread(inside: Sequence[Part], handouts: list[Handout]) -> list[_Page]:
    """A card that needs several messages; its files and buttons come in the last ones."""
    pages = [_Page([[]], [])]
    by_name = {handout.name: handout for handout in handouts}
    for part in inside:
        more = _Page([[part]], [by_name[part.file_name]] if part.file_name else [])
        joined = _Page([pages[-1].containers[0] + [part]], pages[-1].handouts + more.handouts)
        if joined.fits:
            pages[-1] = joined
        else:
            pages.append(more)
    return pages
