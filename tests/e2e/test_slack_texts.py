"""Whatever people write goes through a strict Slack and comes back as it was kept, and calls nobody."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.reading import seen, shown
from tests.brisk import BriskLoop
from tests.odd_texts import ADA, TextHouse, cleaned, line, texts
from tests.servers.slack import Seen, SlackServer
from tests.servers.slack.mentions import plain
from tests.servers.slack.seen import look
from tests.slack_rig import SlackRoom, open_slack_room

EXAMPLES = 5_000 if os.environ.get("ROOM37_FULL") else 200
_SHELF = 100
"""Examples in one channel: looking at a channel costs what stands there."""

_MARKS = st.sampled_from([
    "*", "**", "_", "__", "~", "~~", "||", "`", "``", "```", "\n```\n", "\n", "\n\n", "\r\n", "\r", "> ", ">>> ", ">", "# ", "- ",
    "1. ", "• ", "\\", " ", "\t", ADA, "@ada", "<!channel>", "<!here>", "<!everyone>", "<!subteam^S1>", "@channel", "@here",
    "@everyone", "<#C1>", "<#C1|story>", "#story", "<!date^1700000000^{date}|then>", ":smile:", "::", "<mailto:a@example.org|a>",
    "https://example.org/a_b_(c)", "<https://example.org|here>", "<https://example.org>", "example.org", "&amp;", "&lt;!channel&gt;", "&",
    "<", "\u202e", "\u2028", "\u200b", "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea", "e\u0301", "\x1b[31m",
    "\x00", "\x85", "\ufeff", "¯\\_(ツ)_/¯",
])  # fmt: skip
EXAMPLE = texts(_MARKS, fewest=0)


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


class House(TextHouse[SlackRoom]):
    """One house and server for all examples; a text is a field of a form."""

    typed = 3_000

    async def told(self, name: str, command: str, text: str, room: SlackRoom) -> list[Seen]:
        """Send a text as a client can: typed into the form, or as a file where it is too long to be typed."""
        modal = None
        for _ in range(20):  # a machine under load may say "press again" instead of opening the form
            await room.says(name, f"/{command}")
            if (modal := room.last[name].modal) is not None:
                break
        assert modal is not None, room.last[name].text
        label = modal.fields[0].label
        if len(text) > self.typed:
            label = next(field.label for field in modal.fields if field.kind == "file_input")
        given: object = text if len(text) <= self.typed else ("words.txt", text.encode())
        await room._take(name, room.person(name).submit(modal, {label: given} if text else {}))
        again = room.last[name].modal
        if again is not None:  # refused on its field: nothing but white space
            room.person(name).dismisses(again)
            return []
        return list(room.last[name].messages)

    def sends_nothing(self, kind: str) -> bool:
        """A form may be sent without a word."""
        return kind == "passage"

    def fitted(self, kind: str, text: str) -> str:
        """A title's field takes one line."""
        return text.replace("\n", " ") if kind == "title" else text

    async def makes_room(self, number: int) -> None:
        """A new channel from time to time."""
        if number % _SHELF == 1:
            self.room = self.room.elsewhere(f"shelf-{number}")
            await self.room.says("ada", "/story new Whatever they write")

    async def passage(self, text: str, number: int) -> bool:
        """As its own message: whole in its words, or in its file."""
        said = await self.told("ada", "extend", text, self.room)
        kept, replaced = cleaned(text)
        words = "\n".join(read(message) for message in said)
        found = await self.kept_passage(words)
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
        pitches = await self.kept_pitches(room)
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
        kept_title = await self.kept_title(room)
        if kept_title is None:
            return False
        assert kept_title in (line(kept), kept)
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
        name = await self.kept_name(who.user.id)
        message = next(m for m in reversed(self.room.wall.messages) if mine in prose([m]))
        assert line(name) in line(read(message).split(mine)[0])
        assert line(name) in line(heard(message).split(mine)[0])
        return bool(name.strip())


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("texts")
    with asyncio.Runner(loop_factory=BriskLoop) as runner:
        stack = AsyncExitStack()
        server = SlackServer(ack_seconds=60.0, trigger_seconds=60.0)  # how fast it answers is measured elsewhere
        runner.run(stack.enter_async_context(server))
        room = runner.run(stack.enter_async_context(open_slack_room(f"sqlite:///{folder}/house.db", server=server)))
        try:
            yield House(runner, replace(room, patient=True))
        finally:
            runner.run(stack.aclose())


@pytest.mark.timeout(7_200)
@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # a failing text of 20,000 characters is shown whole
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
