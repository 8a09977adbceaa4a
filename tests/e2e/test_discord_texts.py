"""Whatever people write goes through a strict Discord and comes back as it was kept; texts that grow are readable throughout."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from uniseg.graphemecluster import grapheme_clusters

from adapters.discord.growing import pieces, visible
from adapters.discord.limits import LAYOUT_TEXT
from adapters.discord.reading import shown
from adapters.discord.streaming import PAUSE, Stream
from adapters.fitting import size
from adapters.pausing import Pauses
from bot.writing.briefs import Brief, Capabilities, Written
from tests.brisk import BriskLoop, brisk
from tests.discord_rig import DiscordRoom, open_discord_room
from tests.odd_texts import ADA, WORDS, TextHouse, cleaned, line, texts
from tests.servers.discord import Seen
from tests.servers.discord.seen import look

EXAMPLES = 5_000 if os.environ.get("ROOM37_FULL") else 300
_MARKS = st.sampled_from([
    "**", "*", "__", "_", "~~", "||", "`", "``", "```", "```py\n", "\n```\n", "\n", "\n\n", "\r\n", "\r", "> ", ">>> ", "# ", "-# ",
    "- ", "1. ", "\\", " ", "\t", ADA, "<@&1>", "@everyone", "@here", "<#1>", "<t:1700000000:R>", "</help:1>", "<:a:1234567890123456>",
    ":smile:", "https://example.org/a_b_(c)", "[x](https://example.org)", "<https://example.org>", "\u202e", "\u2028", "\u200b",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea", "e\u0301", "\x1b[31m", "\x00", "\x85", "\ufeff", "¯\\_(ツ)_/¯", "&#124;",
])  # fmt: skip
EXAMPLE = texts(_MARKS, fewest=1)


def read(message: Seen) -> str:
    """What a person reads on a message, without its buttons."""
    found: list[str] = [message.raw["content"]]

    def walk(parts: list[dict[str, Any]]) -> None:
        for part in parts:
            if part["type"] == 10:
                found.append(part["content"])
            walk(part.get("components") or [])

    walk(message.raw["components"])
    return "\n".join(shown(content) for content in found)


class House(TextHouse[DiscordRoom]):
    """One house and server for all examples; a text is an option of a command."""

    typed = 6_000

    async def told(self, name: str, command: str, option: str, text: str, room: DiscordRoom) -> str:
        """Send a text as a client can: typed, or as a file where it is too long to be typed."""
        who = room.person(name)
        typed = {option: text} if len(text) <= self.typed else {"file": ("words.txt", text.encode())}
        answer = await who.command(room.channel, command, **typed)
        await answer.finished()
        await room.house.inbox.settled(room.place)
        if answer.kind == "modal":  # nothing but white space: it is asked for
            return ""
        return "\n".join(read(message) for message in (answer.message, *answer.followups))

    def messages(self, *refs: str) -> list[Seen]:
        """Messages of the story's channel."""
        world = self.room.server.service.world
        return [look(self.room.channel.messages[int(ref)], world) for ref in refs]

    async def passage(self, text: str, number: int) -> bool:
        """As its own message: whole in its words, or in its file."""
        said = await self.told("ada", "extend", "text", text, self.room)
        kept, replaced = cleaned(text)
        found = await self.kept_passage(said)
        if found is None:
            return False
        assert found[0] == kept
        assert ("could not be stored" in said) == bool(replaced)
        messages = self.messages(*found[1])
        assert messages
        assert any(kept in m.raw["content"] for m in messages) or any(
            file.data == kept.encode() for m in messages for file in m.files
        )
        return True

    async def pitch(self, text: str, number: int) -> bool:
        """On its writer's receipt, and as far as there is room on the ballot."""
        room = self.room.elsewhere(f"pitches-{number}")
        await self.told("ada", "story new", "title", "Ideas", room)
        said = await self.told("ada", "pitch", "idea", text, room)
        kept, replaced = cleaned(text)
        pitches = await self.kept_pitches(room)
        if not pitches:
            return False
        assert pitches == [kept]
        assert ("could not be stored" in said) == bool(replaced)
        assert kept in said
        assert line(kept)[:60].rstrip() in line(next(read(m) for m in room.wall.messages if "None of these" in m.words))
        return True

    async def title(self, text: str, number: int) -> bool:
        """On the house's card."""
        room = self.room.elsewhere(f"titles-{number}")
        await self.told("ada", "story new", "title", text, room)
        kept, _ = cleaned(text)
        kept_title = await self.kept_title(room)
        if kept_title is None:
            return False
        assert kept_title in (line(kept), kept)
        assert line(kept) in line(read(next(m for m in room.wall.messages if "writers' room" in m.words)))
        return True

    async def name(self, text: str, number: int) -> bool:
        """Above what its owner wrote."""
        who = self.room.person(f"somebody {number}")
        who.user.name = text
        mine = f"Words number {number} of somebody."
        await self.told(f"somebody {number}", "extend", "text", mine, self.room)
        name = await self.kept_name(str(who.user.id))
        (message,) = self.messages(max(map(str, self.room.channel.messages), key=int))
        assert mine in message.raw["content"]
        assert line(name) in line(read(message).split(mine)[0])
        return bool(name.strip())


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("texts")
    with asyncio.Runner(loop_factory=BriskLoop) as runner:
        stack = AsyncExitStack()
        room = runner.run(stack.enter_async_context(open_discord_room(f"sqlite:///{folder}/house.db")))
        try:
            runner.run(room.says("ada", "/story new Whatever they write"))
            yield House(runner, room)
        finally:
            runner.run(stack.aclose())


@pytest.mark.timeout(3_600)
def test_any_text_comes_back_from_discord_as_it_is_kept(house: House) -> None:
    @settings(max_examples=EXAMPLES, derandomize=True, database=None)
    @given(EXAMPLE)
    def go(example: tuple[str, str]) -> None:
        house.run(house.example(*example))

    go()
    assert house.tried >= EXAMPLES * 0.8
    assert house.accepted >= house.tried * 0.9, f"{house.accepted} of {house.tried}"
    assert house.room.server.rejected == []
    assert house.room.server.pings == []


# ---- texts that grow

_GRAPHEMES = st.lists(
    st.one_of(
        WORDS, st.sampled_from([" ", "\n\n", "\U0001f1e9\U0001f1ea" * 40, "e" + "\u0301" * 90, "\U0001f469\u200d\U0001f467", "\r\n", "각", "न्दे"]),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\\`*_|~"), max_size=20),
    ),
    min_size=1, max_size=30,
).map("".join)  # fmt: skip


def _boundaries(text: str) -> set[int]:
    found, at = {0}, 0
    for cluster in grapheme_clusters(text):
        at += len(cluster)
        found.add(at)
    return found


@given(_GRAPHEMES, st.floats(0, 1))
def test_a_growing_text_never_ends_inside_a_grapheme(text: str, share: float) -> None:
    now = text[: int(len(text) * share)]
    seen = visible(now)
    assert now.startswith(seen)
    assert len(seen) in _boundaries(text)


def _nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    marked = st.tuples(st.sampled_from(["**", "||", "~~"]), inner).filter(lambda t: t[0] not in t[1])
    wrapped = marked.map(lambda t: t[0] + t[1] + t[0])
    return st.lists(st.one_of(wrapped, inner), min_size=1, max_size=4).map(" ".join)


_PLAIN = st.sampled_from(["the lamp", "went out", "over the water.", "灯が消えた", "\U0001f469\u200d\U0001f467 dinner"])
_CODE = st.sampled_from(["`x = 1`", "``a ` b``", "```\nfor x in y:\n    pass\n```", "```py\nx = 2 ** 8\n```"])
_MARKED = st.lists(
    st.one_of(st.recursive(_PLAIN, _nested, max_leaves=6), st.recursive(_PLAIN, _nested, max_leaves=6), _CODE), min_size=1, max_size=12
).map("\n\n".join)  # fmt: skip
_TOKEN = re.compile(r"```|`+|\*\*|\|\||~~")


def _open(text: str) -> list[str]:
    """Marks that nothing closes, as a reader would see them."""
    stack: list[str] = []
    for found in _TOKEN.finditer(text):
        mark = found[0]
        if stack and stack[-1][0] == "`":
            if mark == stack[-1]:
                stack.pop()
        elif mark in stack:
            while stack.pop() != mark:
                pass
        else:
            stack.append(mark)
    return stack


@settings(max_examples=200)
@example("``a ` b``", 1, 1.0)
@example("``a ` b``", 12, 0.0546875)
@given(_MARKED, st.integers(1, 40), st.floats(0, 1))
def test_a_growing_text_has_no_open_mark_and_fits_its_messages(text: str, times: int, share: float) -> None:
    assert _open(text) == []
    whole = "\n\n".join([text] * times)
    now = whole[: int(len(whole) * share)]
    shown_now = pieces(visible(now))
    for piece in shown_now:
        assert size(piece) <= LAYOUT_TEXT
        assert _open(piece) == []
    last = pieces(whole)
    letters = re.sub(r"\W", "", "".join(last))
    assert letters == re.sub(r"\W", "", re.sub(r"```py", "```", whole)) or "py" in whole


@settings(max_examples=12)
@given(st.lists(st.tuples(st.floats(0, 2), st.integers(1, 2_500)), min_size=1, max_size=12), st.integers(1, 2))
def test_edits_of_a_growing_text_are_a_pause_apart_and_the_last_text_is_shown(
    steps: list[tuple[float, int]], streams: int
) -> None:
    async def scene() -> None:
        pauses = Pauses(PAUSE)
        at: list[float] = []
        shown_by: list[dict[int, str]] = [{} for _ in range(streams)]
        flying = [0] * streams

        def shows(who: int) -> Callable[[int, str], Awaitable[None]]:
            async def show(index: int, piece: str) -> None:
                at.append(asyncio.get_running_loop().time())
                flying[who] += 1
                assert flying[who] == 1, "two edits of one text at once"
                assert size(piece) <= LAYOUT_TEXT
                await asyncio.sleep(0.3)
                flying[who] -= 1
                shown_by[who][index] = piece

            return show

        with brisk(100):
            async with asyncio.TaskGroup() as group:
                made = [Stream(7, shows(n), pauses, group) for n in range(streams)]
                text = ""
                for wait, more in steps:
                    text += "word " * (more // 5) + "end.\n\n"
                    for stream in made:
                        stream.grow(text)
                    await asyncio.sleep(wait)
                for stream in made:
                    await stream.rest()
        assert all(later - before >= PAUSE * 0.999 for before, later in itertools.pairwise(at))
        for found in shown_by:
            assert [found[n] for n in range(len(pieces(visible(text))))] == pieces(visible(text))

    with asyncio.Runner(loop_factory=BriskLoop) as runner:
        runner.run(scene())


# ---- a co-writer

TALE = "The lamp went out over the water. **Nobody** had told the captain. " * 6


class Slow:
    """A co-writer that takes its time: a word, a pause, a word."""

    @property
    def capabilities(self) -> Capabilities:
        """Prose, on this machine."""
        return Capabilities(provider="recording", label="a slow hand", prose=True, ideas=True)

    async def write(self, brief: Brief) -> AsyncGenerator[str | Written, None]:
        """The tale, word by word."""
        for word in TALE.split(" "):
            await asyncio.sleep(0.2)
            yield word + " "
        yield Written(text=TALE.strip(), stop="end", model="a slow hand")

    async def answer(self, brief: Brief, schema: dict[str, Any]) -> dict[str, Any]:
        """It was not asked for that."""
        return {}


async def _asks(room: DiscordRoom) -> tuple[list[str], str]:
    """What stood there while the co-writer wrote, and what stands there in the end."""
    await room.says("ada", "/story new The Last Ferry")
    await room.says("ada", "/extend It began at the quay.")
    asked = room.starts("ada", "/assist continue")
    seen: list[str] = []
    with brisk(20):
        answer = await room.answer_to(asked)
        while True:
            words = answer.words
            if words and (not seen or seen[-1] != words):  # empty while it only "thinks"
                seen.append(words)
            if "Nobody" in words and words.count("Nobody") >= 6 and answer.message.buttons:
                break
            await asyncio.sleep(0.2)
    assert answer.followups == []
    assert room.server.rejected == []
    return seen, answer.words


async def test_in_a_direct_message_the_co_writers_text_grows_before_ones_eyes(tmp_path: Path) -> None:
    async with open_discord_room(f"sqlite:///{tmp_path}/house.db", writer=Slow()) as room:
        room.channel = room.server.dm(room.person("ada"))
        seen, last = await _asks(room)
    growing = seen[1:-1]
    assert "Writing" in seen[0]
    assert len(growing) >= 3
    lengths = [len(words) for words in growing]
    assert lengths == sorted(lengths)
    assert TALE.strip()[:60] in last
    for words in growing:
        assert words.count("**") % 2 == 0


async def test_in_a_channel_a_draft_is_one_line_until_it_is_there(tmp_path: Path) -> None:
    async with open_discord_room(f"sqlite:///{tmp_path}/house.db", writer=Slow()) as room:
        seen, last = await _asks(room)
        assert len(seen) == 2, seen
        assert "Writing" in seen[0]
        assert room.wall.text.count("Nobody") == 0, "only its asker sees it"
        assert TALE.strip()[:60] in last
