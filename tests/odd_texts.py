"""Whatever people write, and how it is to be kept: the same on every platform that plays it.

A platform brings the marks that mean something there, how a client sends a text, and where people read it again.
"""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from hypothesis import strategies as st

from bot.story.books import Books
from tests.discord_rig import DiscordRoom
from tests.slack_rig import SlackRoom

ADA = "<@ADA>"
"""Stands for a mention of a person who is there."""
_BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

WORDS = st.sampled_from(["the ferry", "left", "שלום", "مرحبا", "灯が消えた", "naïve", "a" * 90, "I said: no.", "42."])
_ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)

R = TypeVar("R", DiscordRoom, SlackRoom)


def texts(marks: st.SearchStrategy[str], *, fewest: int) -> st.SearchStrategy[tuple[str, str]]:
    """A kind of text and its words, of at least so many pieces."""
    short = st.lists(st.one_of(WORDS, WORDS, marks, _ANY), min_size=fewest, max_size=40).map("".join)
    long = st.builds(lambda text, n: (text * n)[:20_000], short, st.integers(1, 400))
    return st.one_of(
        st.tuples(st.just("passage"), st.one_of(short, long)),
        st.tuples(st.just("pitch"), short.map(lambda text: text[:1_050])),
        st.tuples(st.just("title"), short.map(lambda text: text[:210])),
        st.tuples(st.just("name"), short.map(lambda text: text[:32])),
    )


def cleaned(text: str) -> tuple[str, int]:
    """How a text is to be kept, and how many characters of it only a terminal would understand."""
    text, replaced = _BROKEN.subn("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = text.rstrip().split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    return "\n".join(lines), replaced


def line(text: str) -> str:
    """A text where there is one line for it."""
    return " ".join(text.split())


class TextHouse(ABC, Generic[R]):
    """One house and server for all examples, used from tests that hypothesis calls."""

    typed: int
    """Characters that a client lets people type; what is longer goes as a file."""

    def __init__(self, runner: asyncio.Runner, room: R) -> None:
        self.run = runner.run
        self.room: R = room
        self.numbers = iter(range(1, 1_000_000))
        self.accepted = self.tried = 0

    async def example(self, kind: str, text: str) -> None:
        """One text through the room, and back."""
        number = next(self.numbers)
        text = text.replace(ADA, self.room.person("ada").mention)
        if len(text) > self.typed:  # it goes as a file: one with a NUL is none of text, and U+FEFF at its beginning is its mark
            text = text.replace("\0", "").lstrip("\ufeff")
        if (kind == "pitch" and len(text) > 1_000) or (kind == "title" and len(text) > 200) or not (text or self.sends_nothing(kind)):
            return  # a client does not send that
        self.tried += 1
        self.room.clock.pass_(minutes=10)  # nobody floods the room
        await self.makes_room(number)
        before = len(self.room.server.refused)
        went = await getattr(self, kind)(self.fitted(kind, text), number)
        self.accepted += went
        assert self.room.server.refused[before:] == []
        assert self.room.server.pings == []
        if not went:  # nothing in it can be seen: it is refused, and said
            assert not re.search(r"\w", text), text

    def sends_nothing(self, kind: str) -> bool:
        """Whether a client sends an empty text."""
        return False

    def fitted(self, kind: str, text: str) -> str:
        """A text as its field takes it."""
        return text

    async def makes_room(self, number: int) -> None:
        """Before each example: where it is to go."""
        return

    async def kept_passage(self, said: str) -> tuple[str, tuple[str, ...]] | None:
        """The last passage with the messages of its card, if it is the one that its writer was told of."""

        def find(books: Books) -> tuple[str, tuple[str, ...]] | None:
            story = books.snapshot().story
            last = books.passages(story.id, last=True, limit=1) if story is not None else []
            if not last or f"as passage {last[0][0].number}:" not in said:
                return None
            passage, version = last[0]
            post = books.post_of("passage", passage.id)
            return version.text, post.refs if post is not None else ()

        found: tuple[str, tuple[str, ...]] | None = await self.room.look(find)
        return found

    async def kept_pitches(self, room: R) -> list[str]:
        """The words of all ideas there."""
        found: list[str] = await room.look(lambda books: [p.text for p in books.snapshot().pitches.values()])
        return found

    async def kept_title(self, room: R) -> str | None:
        """The title of the story there, if there is one."""

        def find(books: Books) -> str | None:
            story = books.snapshot().story
            return story.title if story is not None else None

        found: str | None = await room.look(find)
        return found

    async def kept_name(self, user: str) -> str:
        """What a person is called here."""
        names: list[str] = await self.room.look(
            lambda books: [m.name for m in books.snapshot().members.values() if m.person.endswith(user)]
        )
        return names[0]

    @abstractmethod
    async def passage(self, text: str, number: int) -> bool:
        """As its own message: whole in its words, or in its file."""

    @abstractmethod
    async def pitch(self, text: str, number: int) -> bool:
        """On its writer's receipt, and as far as there is room on the ballot."""

    @abstractmethod
    async def title(self, text: str, number: int) -> bool:
        """On the house's card."""

    @abstractmethod
    async def name(self, text: str, number: int) -> bool:
        """Above what its owner wrote."""
