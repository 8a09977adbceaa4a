"""Cards as Slack messages: blocks for who looks, the whole card in `text` for notifications and screen readers.

Every message stays within what `chat.update` takes, so that any card can be redrawn in place. What is too long for
one message is several; a text of people longer than PIECES blocks is its beginning and a file, and every text is
there letter for letter: pieces joined, or the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from adapters.fitting import clipped
from adapters.slack import parts
from adapters.slack.blocks import Json, rich_text
from adapters.slack.callers import account_of
from adapters.slack.guarding import escaped
from adapters.slack.limits import BLOCKS, BLOCKS_WEIGHT, FILE_ABOUT, TEXT
from adapters.slack.markup import prose
from adapters.slack.parts import SPARE, Part
from bot.cards import Card, Prose, Reply, note
from bot.markup import to_plain
from bot.sentences import say

_BLOCKS = BLOCKS - 3
"""Blocks of ours; the client may add a row that turns pages, with its line."""
_NAME = re.compile(r"[^A-Za-z0-9_.-]+")
_DIVIDER: Json = {"type": "divider"}


@dataclass(frozen=True, slots=True)
class Handout:
    """A text that goes with a message as a UTF-8 file."""

    name: str
    text: str
    about: str
    """Its alt text."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One message: blocks, all that they say as `text`, and the files that go with it."""

    text: str
    blocks: Sequence[Json] = ()
    handouts: tuple[Handout, ...] = ()

    @property
    def tokens(self) -> tuple[str, ...]:
        """The action_ids in it, which tell it from other messages of ours."""
        found = [element for block in self.blocks for element in block.get("elements", ())]
        found += [block["accessory"] for block in self.blocks if "accessory" in block]
        return tuple(element["action_id"] for element in found if "action_id" in element)


def drawn_public(card: Card) -> list[Drawn]:
    """The messages of a public card, in order. Buttons stand under the last one; the first mentions whom it calls up."""
    called = account_of(card.ping) if card.ping else None
    above = [parts.mention(called)] if called else []
    return _drawn([card], None, public=True, above=above)


def drawn_private(reply: Reply) -> list[Drawn]:
    """The messages of a private reply's cards and file, in order: as few as they fit into.

    Slack's private messages in a channel take no files; the client hands those over in a direct message.
    """
    return _drawn(reply.cards, reply.file, public=False)


def drawn_growing(label: str, text: str) -> Drawn:
    """A co-writer's text while it grows, which costs at most `parts.PIECE`, below a line that says whose it is."""
    (above,) = parts.small(say("slack.growing", label=label))
    blocks = [above.block, *([rich_text(prose(text))] if text.strip() else [])]
    return Drawn(f"{above.text}\n{escaped(text)}", blocks)


# ---- cards into messages


@dataclass(slots=True)
class _Message:
    """One message in the making."""

    parts: list[Part] = field(default_factory=list)
    handouts: list[Handout] = field(default_factory=list)

    def takes(self, more: Sequence[Part]) -> bool:
        """Whether it still fits with these."""
        every = [*self.parts, *more]
        tokens = [token for part in every for token in part.tokens]
        return (
            len(every) <= _BLOCKS
            and sum(part.size for part in every) <= TEXT - SPARE
            and sum(part.weight for part in every) <= BLOCKS_WEIGHT
            and len(set(tokens)) == len(tokens)
        )

    def drawn(self) -> Drawn:
        """The message."""
        text = "\n".join(part.text for part in self.parts if part.text)
        text = text if text.strip() else "…"  # blank lines in the middle of a very long text
        return Drawn(text, _one_primary([part.block for part in self.parts]), tuple(self.handouts))


def _drawn(
    cards: Sequence[Card], file: tuple[str, str] | None, *, public: bool, above: Sequence[Part] = ()
) -> list[Drawn]:
    messages = [_Message(list(above))]
    names: set[str] = set()
    for card in cards:
        made, torn = parts.parts(card, public=public)
        named = [(handout, list(_in_file(handout))) for handout in _handouts(torn, names)]
        for _, line in named:
            made += line
        _put(messages, made, list(parts.buttons(card, public=public)))
        for handout, line in named:
            next(message for message in messages if line[0] in message.parts).handouts.append(handout)
    if file is not None:
        handout = _handout(file[0], file[1], say("slack.reply_about", name=file[0]), names)
        _put(messages, list(_in_file(handout)), [])
        messages[-1].handouts.append(handout)
    if not any(message.parts for message in messages):
        _put(messages, list(parts.parts(note(say("slack.nothing")), public=public)[0]), [])
    return [message.drawn() for message in messages if message.parts]


def _put(messages: list[_Message], made: list[Part], rows: list[Part]) -> None:
    """A card's parts below what is there: in the same message if all of it fits, else from a new one on.

    A row of buttons keeps the part above it, so that nobody presses a button under nothing.
    """
    line = [Part(_DIVIDER, "")] if messages[-1].parts and not _only_mention(messages[-1]) else []
    if messages[-1].takes([*line, *made, *rows]):
        messages[-1].parts += [*line, *made, *rows]
        return
    if messages[-1].parts and not _only_mention(messages[-1]):
        messages.append(_Message())
    for part in _kept_together(made, rows):
        if not messages[-1].takes(part):
            messages.append(_Message())
        messages[-1].parts += part


def _only_mention(message: _Message) -> bool:
    return len(message.parts) == 1 and message.parts[0].text.startswith("<@")


def _kept_together(made: list[Part], rows: list[Part]) -> Iterator[list[Part]]:
    """Parts one by one, the last with the first row of buttons where both fit into a message."""
    last = made[-1:] if made and rows and _Message().takes([made[-1], rows[0]]) else []
    yield from ([part] for part in made[: len(made) - len(last)])
    if rows:
        yield [*last, rows[0]]
    yield from ([row] for row in rows[1:])


def _one_primary(blocks: list[Json]) -> list[Json]:
    """The blocks with one main button among them at most: that is what one is for."""
    main = [
        element
        for block in blocks
        if block["type"] == "actions"
        for element in block["elements"]
        if element.get("style") == "primary"
    ]
    for element in main[1:]:
        del element["style"]
    return blocks


# ---- files


def _in_file(handout: Handout) -> Iterator[Part]:
    """The line that says in which file a text is whole."""
    return parts.small(say("slack.in_file", name=handout.name))


def _handouts(torn: Sequence[Prose], names: set[str]) -> Iterator[Handout]:
    for part in torn:
        text = parts.all_of(part)
        about = say("slack.file_about", words=clipped(text, 100))
        yield _handout((part.name or "text") + ".txt", text, about, names)


def _handout(name: str, text: str, about: str, names: set[str]) -> Handout:
    """A file whose name no other file of these messages has."""
    stem, dot, ending = (_NAME.sub("-", name).strip("-.") or "text.txt").rpartition(".")
    stem, ending = (stem, dot + ending) if dot else (ending, "")
    found = next(n for n in (f"{stem}{'' if i == 1 else f'-{i}'}{ending}" for i in range(1, 999)) if n not in names)
    names.add(found)
    return Handout(found, text, clipped(to_plain(about), FILE_ABOUT))
