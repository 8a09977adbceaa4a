"""Whatever people write goes through a strict Slack and comes back as it was kept, and calls nobody."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.reading import seen, shown
from bot.story.books import Books
from tests.brisk import BriskLoop
from tests.servers.slack import Seen, SlackServer
from tests.servers.slack.mentions import plain
from tests.servers.slack.seen import look
from tests.slack_rig import SlackRoom, open_slack_room

EXAMPLES = 5_000 if os.environ.get("ROOM37_FULL") else 200
_TYPED = 3_000
"""Characters of a form's field; a person sends more as a file."""
_SHELF = 100
"""Examples in one channel: looking at a channel costs what stands there."""
ADA = "<@ADA>"
"""Stands for a mention of a person who is there."""
_BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

_MARKS = st.sampled_from([
    "*", "**", "_", "__", "~", "~~", "||", "`", "``", "```", "\n```\n", "\n", "\n\n", "\r\n", "\r", "> ", ">>> ", ">", "# ", "- ",
    "1. ", "• ", "\\", " ", "\t", ADA, "@ada", "<!channel>", "<!here>", "<!everyone>", "<!subteam^S1>", "@channel", "@here",
    "@everyone", "<#C1>", "<#C1|story>", "#story", "<!date^1700000000^{date}|then>", ":smile:", "::", "<mailto:a@example.org|a>",
    "https://example.org/a_b_(c)", "<https://example.org|here>", "<https://example.org>", "example.org", "&amp;", "&lt;!channel&gt;", "&",
    "<", "\u202e", "\u2028", "\u200b", "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea", "e\u0301", "\x1b[31m",
    "\x00", "\x85", "\ufeff", "¯\\_(ツ)_/¯",
])  # fmt: skip
_WORDS = st.sampled_from(["the ferry", "left", "שלום", "مرحبا", "灯が消えた", "naïve", "a" * 90, "I said: no.", "42."])
_ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_SHORT = st.lists(st.one_of(_WORDS, _WORDS, _MARKS, _ANY), min_size=0, max_size=40).map("".join)
_LONG = st.builds(lambda text, n: (text * n)[:20_000], _SHORT, st.integers(1, 400))
EXAMPLE = st.one_of(
    st.tuples(st.just("passage"), st.one_of(_SHORT, _LONG)),
    st.tuples(st.just("pitch"), _SHORT.map(lambda text: text[:1_050])),
    st.tuples(st.just("title"), _SHORT.map(lambda text: text[:210])),
    st.tuples(st.just("name"), _SHORT.map(lambda text: text[:32])),
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


def letters(text: str) -> str:
    """A text without its white space."""
    return "".join(text.split())


def read(message: Seen) -> str:
    """What a person sees of a message."""
    return "\n".join(seen(block) for block in message.raw.get("blocks") or [])


def heard(message: Seen) -> str:
    """What a screen reader says of it."""
    return shown(message.top)


def prose(messages: list[Seen]) -> str:
    """The literal pieces of rich text in these messages, joined: people's words stand in them letter for letter."""
    found: list[str] = []
    for message in messages:
        for block in message.raw.get("blocks") or []:
            for element in block.get("elements", ()) if block["type"] == "rich_text" else ():
                found += [part["text"] for part in element.get("elements", ()) if part.get("type") == "text"]
    return "".join(found)


class House:
    """One house and server for all examples, used from tests that hypothesis calls."""

    def __init__(self, runner: asyncio.Runner, room: SlackRoom) -> None:
        self.run = runner.run
        self.room = room
        self.numbers = iter(range(1, 1_000_000))
        self.accepted = self.tried = 0

    async def told(self, name: str, command: str, text: str, room: SlackRoom) -> list[Seen]:
        """Send a text as a client can: typed into the form, or as a file where it is too long to be typed."""
        modal = None
        for _ in range(20):  # a machine under load may say "press again" instead of opening the form
            await room.says(name, f"/{command}")
            if (modal := room.last[name].modal) is not None:
                break
        assert modal is not None, room.last[name].text
        label = modal.fields[0].label
        if len(text) > _TYPED:
            label = next(field.label for field in modal.fields if field.kind == "file_input")
        given: object = text if len(text) <= _TYPED else ("words.txt", text.encode())
        await room._take(name, room.person(name).submit(modal, {label: given} if text else {}))
        again = room.last[name].modal
        if again is not None:  # refused on its field: nothing but white space
            room.person(name)._windows.close(again.view)
            return []
        return list(room.last[name].messages)

    async def example(self, kind: str, text: str) -> None:
        """One text through the room, and back."""
        number = next(self.numbers)
        text = text.replace(ADA, self.room.person("ada").mention)
        if len(text) > _TYPED:  # it goes as a file: one with a NUL is none of text, and U+FEFF at its beginning is its mark
            text = text.replace("\0", "").lstrip("\ufeff")
        if (kind == "pitch" and len(text) > 1_000) or (kind == "title" and len(text) > 200) or (not text and kind != "passage"):
            return  # a client does not send that
        if kind == "title" and "\n" in text:
            text = text.replace("\n", " ")  # its field takes one line
        self.tried += 1
        self.room.clock.pass_(minutes=10)  # nobody floods the room
        if number % _SHELF == 1:
            self.room = self.room.elsewhere(f"shelf-{number}")
            await self.room.says("ada", "/story new Whatever they write")
        before = len(self.room.server.refused)
        went = await getattr(self, kind)(text, number)
        self.accepted += went
        assert self.room.server.refused[before:] == []
        assert self.room.server.pings == []
        if not went:  # nothing in it can be seen: it is refused, and said
            assert not re.search(r"\w", text), text

    async def passage(self, text: str, number: int) -> bool:
        """As its own message: whole in its words, or in its file."""
        said = await self.told("ada", "extend", text, self.room)
        kept, replaced = cleaned(text)
        words = "\n".join(read(message) for message in said)

        def find(books: Books) -> tuple[str, tuple[str, ...]] | None:
            story = books.snapshot().story
            last = books.passages(story.id, last=True, limit=1) if story is not None else []
            if not last:
                return None
            passage, version = last[0]
            post = books.post_of("passage", passage.id)
            return (version.text, post.refs if post is not None else ()) if f"as passage {passage.number}:" in words else None

        found = await self.room.look(find)
        if found is None:
            return False
        assert found[0] == kept
        assert ("could not be stored" in words) == bool(replaced)
        there = self.room.channel.messages
        messages = [look(there[ref], self.room.server.service.world) for ref in found[1] if ref in there]
        assert messages
        files = [file.data for message in there.values() for file in look(message, self.room.server.service.world).files]
        assert kept in prose(messages) or kept.encode() in files
        said_aloud = plain("".join(message.top for message in messages))
        assert letters(kept)[:500] in letters(said_aloud), "a screen reader says it too"
        return True

    async def pitch(self, text: str, number: int) -> bool:
        """On its writer's receipt, and as far as there is room on the ballot."""
        room = self.room.elsewhere(f"pitches-{number}")
        await self.told("ada", "story new", "Ideas", room)
        said = await self.told("ada", "pitch", text, room)
        kept, replaced = cleaned(text)
        pitches: list[str] = await room.look(lambda books: [p.text for p in books.snapshot().pitches.values()])
        if not pitches:
            return False
        assert pitches == [kept]
        assert any("could not be stored" in read(message) for message in said) == bool(replaced)
        assert kept in prose(said)
        ballot = next(m for m in room.wall.messages if "None of these" in m.words)
        assert line(kept)[:60].rstrip() in line(read(ballot))
        assert line(kept)[:60].rstrip() in line(heard(ballot))
        return True

    async def title(self, text: str, number: int) -> bool:
        """On the house's card."""
        room = self.room.elsewhere(f"titles-{number}")
        await self.told("ada", "story new", text, room)
        kept, _ = cleaned(text)
        story = await room.look(lambda books: books.snapshot().story)
        if story is None:
            return False
        assert story.title == line(kept) or story.title == kept
        house = next(m for m in room.wall.messages if "writers' room" in m.words)
        assert line(kept) in line(read(house))
        assert line(kept) in line(heard(house))
        return True

    async def name(self, text: str, number: int) -> bool:
        """Above what its owner wrote."""
        who = self.room.person(f"somebody {number}")
        who.user.name = text
        mine = f"Words number {number} of somebody."
        await self.told(f"somebody {number}", "extend", mine, self.room)
        names: list[str] = await self.room.look(
            lambda books: [m.name for m in books.snapshot().members.values() if m.person.endswith(who.user.id)]
        )
        message = next(m for m in reversed(self.room.wall.messages) if mine in prose([m]))
        assert line(names[0]) in line(read(message).split(mine)[0])
        assert line(names[0]) in line(heard(message).split(mine)[0])
        return bool(names[0].strip())


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("texts")
    with asyncio.Runner(loop_factory=BriskLoop) as runner:
        stack = AsyncExitStack()
        server = SlackServer(ack_seconds=60.0, trigger_seconds=60.0)  # how fast it answers is measured elsewhere
        runner.run(stack.enter_async_context(server))
        room = runner.run(stack.enter_async_context(open_slack_room(f"sqlite:///{folder}/house.db", server=server)))
        try:
            yield House(runner, room)
        finally:
            runner.run(stack.aclose())


@pytest.mark.timeout(7_200)
def test_any_text_comes_back_from_slack_as_it_is_kept(house: House) -> None:
    @settings(max_examples=EXAMPLES, derandomize=True, database=None)
    @given(EXAMPLE)
    def go(example: tuple[str, str]) -> None:
        house.run(house.example(*example))

    go()
    assert house.tried >= EXAMPLES * 0.8
    assert house.accepted >= house.tried * 0.9, f"{house.accepted} of {house.tried}"
    assert house.room.server.refused == []
    assert house.room.server.pings == []
