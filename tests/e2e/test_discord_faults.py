"""Whatever Discord and the network do: executed once, shown once, answered, nothing in the log, and the bot goes on.

The rows are those of the fault table of discord.py 2.7.1 as it was run: what it tries again by itself, what it lets
through, and what had its effect although the answer was lost.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.story.books import Books
from tests.brisk import brisk
from tests.clock import HandClock
from tests.discord_rig import DiscordRoom, open_discord_room
from tests.servers.discord import DiscordServer
from tests.servers.discord.interactions import Interaction

POSTS = "POST /channels/*/messages"
EDITS = "PATCH /channels/*/messages/*"
CALLBACKS = "POST /interactions/*/callback"
ANSWERS = "PATCH /webhooks/*/messages/@original"
ACTING, READING, WAITING = 5.0, 25.0, 150.0
"""How much faster than the clock time passes while people act, while they wait for an answer, and for the channel."""
REST = 300.0
"""Seconds of a long rate limit: far more than people need for what they do meanwhile."""
WORDS = "The lamp went out over the water."

Meanwhile = Callable[[DiscordRoom], Awaitable[None]]
"""What happens between a person's command and its answer."""


@dataclass(frozen=True)
class Row:
    """One fault: what is broken before the commands, and what happens while they are carried out."""

    name: str
    route: str = ""
    status: int | None = None
    reset: bool = False
    after: bool = False
    times: int = 1
    retry_after: float = 1.0
    delay: float = 0.0
    slow: bool = False
    """The database takes so long that the answer comes after "thinking"."""
    meanwhile: Meanwhile | None = None
    lost: bool = False
    """The person gets the answer with their next one."""

    def arrange(self, server: DiscordServer) -> None:
        """Break what is to break."""
        if self.route:
            server.faults.add(
                self.route, times=self.times, status=self.status, reset=self.reset, delay=self.delay,
                when="after" if self.after else "before", retry_after=self.retry_after,
            )  # fmt: skip


async def _asked_to_reconnect(room: DiscordRoom) -> None:
    room.server.gateway.ask_to_reconnect()
    with brisk(WAITING):
        await room.server.gateway.back(60)


async def _invalid_but_resumable(room: DiscordRoom) -> None:
    room.server.gateway.invalidate(resumable=True)
    with brisk(WAITING):
        await room.server.gateway.back(60)


async def _session_over(room: DiscordRoom) -> None:
    room.server.gateway.invalidate(resumable=False)
    with brisk(WAITING):
        await room.server.gateway.back(60)


def _closed(code: int) -> Meanwhile:
    async def close(room: DiscordRoom) -> None:
        await room.server.gateway.close(code)
        with brisk(WAITING):
            await room.server.gateway.back(60)

    return close


async def _reset(room: DiscordRoom) -> None:
    room.server.gateway.reset()
    with brisk(WAITING):
        await room.server.gateway.back(60)


async def _gateway_down(room: DiscordRoom) -> None:
    room.server.faults.shut = 3
    room.server.gateway.reset()
    with brisk(WAITING):
        await room.server.gateway.back(300)


async def _too_old(room: DiscordRoom) -> None:
    """The bot thinks for longer than an interaction's token lives."""
    room.server.age(minutes=16)


ROWS = [
    *(Row(f"{status} before a post", POSTS, status) for status in (500, 502, 503, 504, 524)),
    *(Row(f"{status} after a post", POSTS, status, after=True) for status in (500, 502, 503, 504, 524)),
    Row("503 for longer than a post is tried", POSTS, 503, after=True, times=7),
    Row("reset before a post", POSTS, reset=True),
    Row("reset after a post", POSTS, reset=True, after=True),
    Row("resets for longer than a post is tried", POSTS, reset=True, after=True, times=7),
    Row("reset before an edit", EDITS, reset=True),
    Row("reset after an edit", EDITS, reset=True, after=True),
    Row("502 after an edit", EDITS, 502, after=True),
    Row("503 before an edit", EDITS, 503),
    Row("reset before a callback", CALLBACKS, reset=True),
    Row("reset after a callback", CALLBACKS, reset=True, after=True),
    Row("500 before a callback", CALLBACKS, 500),
    Row("502 after a callback", CALLBACKS, 502, after=True),
    Row("reset before a later answer", ANSWERS, reset=True, slow=True),
    Row("502 after a later answer", ANSWERS, 502, after=True, slow=True),
    Row("429 for a moment on a post", POSTS, 429, retry_after=1.5),
    Row("429 for long on a post", POSTS, 429, retry_after=75.0),
    Row("429 for a moment on an edit", EDITS, 429, retry_after=1.5),
    Row("429 for long on an edit", EDITS, 429, retry_after=75.0),
    Row("429 for a moment on a callback", CALLBACKS, 429, retry_after=0.4),
    Row("429 for long on a later answer", ANSWERS, 429, retry_after=600.0, slow=True),
    Row("op 7", meanwhile=_asked_to_reconnect),
    Row("op 9 true", meanwhile=_invalid_but_resumable),
    Row("op 9 false", meanwhile=_session_over),
    Row("close 4000", meanwhile=_closed(4000)),
    Row("close 1001", meanwhile=_closed(1001)),
    Row("reset of the socket", meanwhile=_reset),
    Row("gateway down during the reconnect", meanwhile=_gateway_down),
    Row("every callback too late", CALLBACKS, delay=4.0, times=4, lost=True),
    Row("an expired token", slow=True, meanwhile=_too_old, lost=True),
]


@asynccontextmanager
async def _room(folder: Path) -> AsyncIterator[DiscordRoom]:
    """A room with a story, in which public cards come when they come."""
    async with open_discord_room(f"sqlite:///{folder}/house.db") as room:
        await room.says("ada", "/story new The Last Ferry")
        await room.says("ben", "/extend It began at the quay.")
        room.settles = False
        with brisk(ACTING):
            yield room


async def _posted(room: DiscordRoom) -> None:
    """Wait until the public cards are up to date, which takes as long as Discord and the adapter say."""
    with brisk(WAITING):
        await room.posted()


def _slow(room: DiscordRoom, seconds: float = 0.4) -> asyncio.Future[None]:
    """Keep the one writer of the database busy, for seconds of this machine's."""
    return asyncio.ensure_future(room.house.runner.write(lambda _: time.sleep(seconds)))


async def _texts(room: DiscordRoom) -> list[str]:
    def read(books: Books) -> list[str]:
        story = books.snapshot().story
        assert story is not None
        return [version.text for _, version in books.passages(story.id)]

    found: list[str] = await room.look(read)
    return found


async def _done(room: DiscordRoom, kind: str) -> int:
    deeds: list[str] = await room.look(lambda books: [d.entry.kind for d in books.deeds(limit=200)])
    return deeds.count(kind)


async def _seen(room: DiscordRoom, interaction: Interaction) -> str:
    """What the person read on the answer; empty when there was none."""
    answer = await room.answer_to(interaction)
    if answer.failed:
        await asyncio.sleep(5)  # the person sits there for a moment
        return ""
    try:
        with brisk(READING):
            await answer.finished(60)
    except TimeoutError:
        return ""
    return "\n".join(one.words for one in (answer.message, *answer.followups))


def _clean(log: pytest.LogCaptureFixture) -> None:
    """No traceback, no error, and none of what people wrote."""
    for record in log.records:
        assert record.exc_info is None, record.getMessage()
        assert record.levelno < logging.ERROR, record.getMessage()
        assert "lamp" not in record.getMessage()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_a_fault_loses_nothing_and_doubles_nothing(
    row: Row, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with _room(tmp_path) as room:
        row.arrange(room.server)
        busy = _slow(room) if row.slow else None
        asked = room.starts("ada", f"/extend {WORDS}")
        if row.meanwhile is not None:
            await asyncio.sleep(1.5 if row.slow else 0.3)
            await row.meanwhile(room)
        told = await _seen(room, asked)
        if busy is not None:
            await busy
        if row.lost:
            assert "passage 2" not in told
        else:
            assert told.count("passage 2") == 1, told
        await _posted(room)
        after = await _seen(room, room.starts("ada", "/pitch A bell answers"))
        assert "A bell answers" in after
        assert ("passage 2" in after) == row.lost, after
        assert "passage 2" not in await _seen(room, room.starts("ada", "/help"))
        await _posted(room)
        assert (await _texts(room)).count(WORDS) == 1
        assert await _done(room, "pitch.added") == 1
        public = [message.words for message in room.wall.messages]
        assert sum(WORDS in words for words in public) == 1, public
        assert sum("It began at the quay." in words for words in public) == 1
        assert sum("A round is open" in words for words in public) == 1
        scene = [words for words in public if "scene 1" in words]
        assert len(scene) == 1
        assert "2 passages" in scene[0]
        assert WORDS in await _seen(room, room.starts("cy", "/read"))
    if row.route:
        assert room.server.faults.done, "nothing was broken"
    _clean(caplog)


async def test_a_first_connection_that_fails_comes_up_by_itself(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with DiscordServer() as server:
        server.faults.shut = 3
        async with open_discord_room(f"sqlite:///{tmp_path}/house.db", server=server, wait=False) as room:
            with brisk(WAITING):
                await server.connected(300)
                await room.adapter.synced.wait()
            await room.says("ada", "/story new The Last Ferry")
            assert "It began" in await room.says("ada", "/extend It began.") + await room.says("ada", "/read")
    _clean(caplog)


async def test_posts_that_waited_go_out_once_although_the_client_was_made_anew_meanwhile(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"sqlite:///{tmp_path}/house.db"
    async with DiscordServer() as server:
        async with open_discord_room(url, server=server) as room:
            await room.says("ada", "/story new The Last Ferry")
            room.settles = False
            server.faults.add(POSTS, times=99, reset=True, when="after")
            await room.says("ada", f"/extend {WORDS}")
        server.faults.clear()
        server.faults.add("GET /users/@me", status=503)  # discord.py gives up at the login, too
        server.faults.shut = 1
        server.faults.add(POSTS, delay=0.5)
        async with open_discord_room(url, server=server, wait=False, settles=False) as room:
            with brisk(WAITING):
                await server.connected(300)
                await room.posted()
            assert room.wall.text.count(WORDS) == 1
            assert len(room.wall.messages) == 3
    _clean(caplog)


async def test_commands_are_registered_later_when_it_cannot_be_at_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with DiscordServer() as server:
        server.faults.add("PUT /applications/*/commands", status=503, times=2)
        async with open_discord_room(f"sqlite:///{tmp_path}/house.db", server=server, wait=False) as room:
            with brisk(WAITING):
                await room.adapter.synced.wait()
            await room.says("ada", "/story new The Last Ferry")
    _clean(caplog)


async def test_a_second_copy_that_answers_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with _room(tmp_path) as room:
        for n in range(5):
            taken = room.starts("ada", f"/extend Line {n} of the night.")
            taken.answer = 4  # somebody else was quicker
        taken = room.starts("ada", "/pitch")
        taken.answer = 4  # where the answer would have been a form, too
        await room.server.until(lambda: sum(one.code == 40060 for one in room.server.refused) == 6, 60)
        async with asyncio.timeout(60):
            while len(await _texts(room)) < 6:  # noqa: ASYNC110  # some were only acknowledged yet
                await asyncio.sleep(0.1)
        assert (await _texts(room))[1:] == [f"Line {n} of the night." for n in range(5)]
        assert "Line 4" in await _seen(room, room.starts("ben", "/read"))
    said = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(said) == 1
    assert "another copy" in said[0].getMessage()
    assert all(record.exc_info is None for record in caplog.records)


async def test_an_interaction_that_is_delivered_twice_is_carried_out_and_answered_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with _room(tmp_path) as room:
        room.server.faults.duplicates = 1
        first = room.starts("ada", f"/extend {WORDS}")
        assert (await _seen(room, first)).count("passage 2") == 1
        room.server.interactions.again(first)
        await _seen(room, room.starts("ben", "/help"))
        await _posted(room)
        assert (await _texts(room)).count(WORDS) == 1
        assert room.wall.text.count(WORDS) == 1
        assert room.server.refused == []
    _clean(caplog)


@pytest.mark.parametrize("wait", [2.0, 300.0], ids=["a moment", "long"])
async def test_edits_of_old_messages_that_are_rationed_hold_nothing_else_back(
    wait: float, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        DiscordServer(changed={"message.old_edits": 0}, old_edit_wait=wait) as server,
        open_discord_room(f"sqlite:///{tmp_path}/house.db", server=server) as room,
    ):
        await room.says("ada", "/story new The Last Ferry")
        await room.later(hours=2)
        room.settles = False
        with brisk(ACTING):
            for n in range(3):
                assert f"passage {n + 1}" in await _seen(room, room.starts("ada", f"/extend Line {n} of the night."))
            with brisk(WAITING):  # the scene's card is the one that is refused, passages come all the same
                await server.until(lambda: "Line 2 of the night." in room.wall.text, 100)
            assert any(one.code == 30046 for one in server.refused)
            assert "0 words" in room.wall.text or "3 passages" not in room.wall.text
            server.service.limits.change("message.old_edits", 10)
            await _posted(room)
            assert room.wall.text.count("3 passages") == 1
            assert [m.words.count("Line") for m in room.wall.messages if "Line" in m.words] == [1, 1, 1]
    _clean(caplog)


async def test_a_followup_whose_fate_is_unknown_is_not_doubled_but_said_again_with_the_next_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with _room(tmp_path) as room:
        room.settles = True
        await room.says("ada", "/pitch A bell answers")
        await room.says("ada", "/vote 1")
        ballot = room.last["ada"].messages[0]
        await room.says("ben", "/vote 1")
        assert "result is in the room" in await room.says("ada", "/round close")
        busy = _slow(room)
        room.server.faults.add("POST /webhooks/*", status=502, when="after")
        chosen = asyncio.create_task(room.person("ada").choose(ballot, ["0"]))
        await busy
        answer = await (await chosen).finished()
        assert answer.kind == "deferred update"
        await asyncio.sleep(30)
        refusals = [one for one in room.person("ada").sees(room.channel) if "how it ended" in one.words and one.ephemeral]
        assert len(refusals) == 1
        again = await room.says("ada", "/help")
        assert "may have lost an answer" in again
        assert refusals[0].words in again
        assert "may have lost an answer" not in await room.says("ada", "/help")
    _clean(caplog)


async def test_a_long_rate_limit_is_kept_although_people_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with _room(tmp_path) as room:
        room.server.faults.add(POSTS, status=429, retry_after=REST, delay=60.0)
        room.server.faults.add(POSTS, status=429, retry_after=40.0)
        began = asyncio.get_running_loop().time()
        for n in range(3):  # Discord's refusal of the first is still on its way meanwhile
            await _seen(room, room.starts("ada", f"/extend Line {n} of the night."))
        with brisk(WAITING):
            await room.server.until(lambda: "rate limit" in caplog.text, 600)
        for n in range(3, 6):
            await _seen(room, room.starts("ada", f"/extend Line {n} of the night."))
        rests = (asyncio.get_running_loop().time() - began) // REST
        assert len(room.server.faults.done) <= 1 + rests, "a busy place was asked again"
        with brisk(WAITING):
            await room.posted(20 * REST)
        lines = [m.words for m in room.wall.messages if "of the night" in m.words]
        assert [line.split("Line ")[1][0] for line in lines] == ["0", "1", "2", "3", "4", "5"]
    _clean(caplog)


async def test_a_long_passage_that_is_cut_off_between_its_messages_is_completed_and_not_begun_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    long = "\n\n".join(f"Paragraph {n:02}. " + "The water was black and still. " * 12 for n in range(12))
    async with _room(tmp_path) as room:
        room.server.faults.add(POSTS)  # the first message goes through
        room.server.faults.add(POSTS, status=429, retry_after=400.0)
        assert "passage 2" in await _seen(room, room.starts("ada", f"/extend {long}"))
        with brisk(WAITING):
            await asyncio.sleep(10)  # nothing is to happen: it was told to wait for longer
            room.server.age(minutes=10)  # Discord has forgotten the nonces
            await _posted(room)
        for n in range(12):
            assert sum(f"Paragraph {n:02}. " in m.raw["content"] for m in room.wall.messages) == 1, n
    _clean(caplog)


async def test_words_that_are_sent_again_after_a_crash_stand_there_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url, clock = f"sqlite:///{tmp_path}/house.db", HandClock()
    async with DiscordServer() as server:
        async with open_discord_room(url, server=server, clock=clock) as room:
            await room.says("ada", "/story new The Last Ferry")
            await room.says("ben", f"/extend {WORDS}")
            await room.says("ben", "/pitch A bell answers")
            server.faults.add(CALLBACKS, reset=True, times=9)  # whoever answers is gone before the answer is
            room.starts("ada", f"/extend {WORDS}")
            async with asyncio.timeout(60):
                while len(await _texts(room)) < 2:  # noqa: ASYNC110  # only the books tell
                    await asyncio.sleep(0.05)
        server.faults.clear()
        clock.pass_(seconds=20)
        async with open_discord_room(url, server=server, clock=clock) as room:
            again = await room.says("ada", f"/extend {WORDS}")
            assert "passage 2" in again
            assert await _texts(room) == [WORDS, WORDS]
            assert "passage 3" in await room.says("ben", f"/extend {WORDS}"), "he has done something else since"
            assert "passage 4" in await room.says("ada", f"/extend {WORDS}"), "now it is meant"
        clock.pass_(minutes=16)
        async with open_discord_room(url, server=server, clock=clock) as room:
            assert "passage 5" in await room.says("ada", f"/extend {WORDS}"), "long ago"
    _clean(caplog)


async def test_words_that_are_sent_again_because_their_answer_was_lost_stand_there_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with _room(tmp_path) as room:
        room.server.faults.add(CALLBACKS, delay=4.0, times=4)
        assert await _seen(room, room.starts("ada", f"/extend {WORDS}")) == ""
        again = await _seen(room, room.starts("ada", f"/extend {WORDS}"))
        assert again.count("passage 2") == 1
        assert "may have lost" not in again
        await _posted(room)
        assert (await _texts(room)).count(WORDS) == 1
        assert "passage 3" in await _seen(room, room.starts("ada", f"/extend {WORDS}")), "now it is meant"
        await _posted(room)
        assert room.wall.text.count(WORDS) == 2
    _clean(caplog)
