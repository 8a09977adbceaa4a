"""Places that close and open, people who come and go, and whatever a client, or somebody who is none, can send."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.cards import Card, Text, button
from bot.story.books import Books
from memory.engine import READERS
from tests.brisk import brisk
from tests.discord_rig import DiscordRoom, open_discord_room
from tests.servers.discord import DiscordServer
from tests.servers.discord.interactions import COMMAND, COMPONENT, SUBMIT
from tests.servers.discord.things import Channel

POSTS = "POST /channels/*/messages"
WAITING = 150.0


@asynccontextmanager
async def opened(folder: Path, server: DiscordServer | None = None, **more: Any) -> AsyncIterator[DiscordRoom]:
    """A room with a story and a first passage."""
    async with open_discord_room(f"sqlite:///{folder}/house.db", server=server, **more) as room:
        await room.says("ada", "/story new The Last Ferry")
        await room.says("ada", "/extend It began at the quay.")
        yield room


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[DiscordRoom]:
    """Such a room, in which nothing may be refused and nothing may break."""
    async with opened(tmp_path) as found:
        yield found


@pytest.fixture(autouse=True)
def _clean(caplog: pytest.LogCaptureFixture) -> Any:
    """No traceback, no error, and none of what people wrote."""
    caplog.set_level(logging.INFO)
    yield
    for record in caplog.records:
        assert record.exc_info is None, record.getMessage()
        assert record.levelno < logging.ERROR, record.getMessage()
        assert "quay" not in record.getMessage()


async def catch_up(room: DiscordRoom) -> None:
    """Wait until the public cards are up to date, which takes as long as Discord and the adapter say."""
    with brisk(WAITING):
        await room.posted()


def texts(books: Books) -> list[str]:
    """The story's passages."""
    story = books.snapshot().story
    return [version.text for _, version in books.passages(story.id)] if story else []


def codes(room: DiscordRoom) -> list[int]:
    """What Discord refused."""
    return [one.code for one in room.server.refused]


def count(room: DiscordRoom, words: str) -> int:
    """How many public messages say so."""
    return sum(words in message.words for message in room.wall.messages)




async def test_a_bot_that_was_removed_posts_what_waited_when_it_is_let_in_again(
    room: DiscordRoom, caplog: pytest.LogCaptureFixture
) -> None:
    room.settles = False
    asked = room.starts("ada", "/extend The ferry left without us.")
    room.server.remove_bot()
    assert "passage 2" in await room.gets("ada", asked)
    await room.server.until(lambda: any("may not post" in record.getMessage() for record in caplog.records))
    assert codes(room) == [50001]
    assert count(room, "without us") == 0
    room.server.return_bot()
    await room.server.until(lambda: count(room, "without us") == 1)
    await room.says("ada", "/extend And we walked.")
    await room.server.until(lambda: count(room, "And we walked.") == 1)
    assert await room.look(texts) == ["It began at the quay.", "The ferry left without us.", "And we walked."]
    await catch_up(room)
    assert count(room, "- scene 1") == 1


async def test_a_deleted_channel_stops_nothing_elsewhere(room: DiscordRoom) -> None:
    room.settles = False
    asked = room.starts("ada", "/extend The ferry left without us.")
    room.server.remove_channel(room.channel)
    await room.gets("ada", asked)
    await room.server.until(lambda: 10003 in codes(room))
    other = room.elsewhere("attic")
    await other.says("ben", "/story new The Attic")
    await other.says("ben", "/extend Dust, mostly.")
    await room.server.until(lambda: count(other, "Dust, mostly.") == 1)
    assert codes(room).count(10003) <= 2, "a place that is gone is left alone"


async def test_cards_of_the_room_come_back_when_they_are_deleted_and_passages_do_not(room: DiscordRoom) -> None:
    await room.says("ada", "/pitch A bell answers")
    keeper = room.server.person("mod", permissions=("manage_messages",))
    for words in ("#story is now a writers' room", "- scene 1", "None of these", "It began at the quay."):
        (message,) = [m for m in room.wall.messages if words in m.words]
        keeper.deletes(message)
    await room.says("ada", "/extend The ferry left.")
    await room.says("ben", "/pitch A whistle")
    assert count(room, "- scene 1") == 1
    assert count(room, "A whistle") == 1
    fixing = await room.person("ada").press((await _own(room, "/extend A third line."))[0], "Fix…")
    await room.person("ada").submit(fixing.modal, {fixing.modal.fields[0].label: "A third line, mended."})
    await room.house.inbox.settled(room.place)
    assert count(room, "It began at the quay.") == 0
    assert count(room, "A third line, mended.") == 1


async def _own(room: DiscordRoom, line: str) -> tuple[Any, ...]:
    await room.says("ada", line)
    return room.last["ada"].messages


async def test_a_missing_permission_is_said_once_to_who_acts_and_what_waits_comes_with_it(room: DiscordRoom) -> None:
    room.settles = False
    room.server.overwrite(room.channel, room.server.bot, deny=["send_messages"])
    first = await room.says("ada", "/extend The ferry left.")
    assert "Send Messages" in first
    assert "passage 2" in first
    assert "Send Messages" not in await room.says("ada", "/extend We walked.")
    assert "Send Messages" in await room.says("ben", "/extend It rained.")
    assert "Send Messages" not in await room.says("cy", "/read")
    assert codes(room).count(50013) <= 1
    room.server.overwrite(room.channel, room.server.bot, allow=["send_messages"])
    await room.server.until(lambda: count(room, "It rained.") == 1)
    wanted = ("The ferry left.", "We walked.", "It rained.")
    order = [words for notice in room.wall.notices for words in wanted if words in notice]
    assert order == ["The ferry left.", "We walked.", "It rained."]
    assert [count(room, words) for words in order] == [1, 1, 1]
    assert "Send Messages" not in await room.says("ada", "/extend The sun came out.")


async def test_a_permission_that_returns_unnoticed_is_found_with_the_next_command(room: DiscordRoom) -> None:
    room.settles = False
    room.channel.overwrites[room.server.bot.id] = (0, 1 << 11)  # nobody tells the bot of either change
    await room.says("ada", "/extend The ferry left.")
    await asyncio.sleep(0.05)
    room.channel.overwrites.clear()
    await room.says("ben", "/help")
    await room.server.until(lambda: count(room, "The ferry left.") == 1)


@pytest.mark.parametrize(("when", "there"), [("after", 1), ("before", 0)])
async def test_without_read_message_history_a_doubtful_post_is_made_at_most_once(
    room: DiscordRoom, when: Any, there: int, caplog: pytest.LogCaptureFixture
) -> None:
    room.settles = False
    room.server.overwrite(room.channel, room.server.bot, deny=["read_message_history"])
    room.server.faults.add(POSTS, reset=True, when=when, times=5)
    await room.says("ada", "/extend The ferry left.")
    with brisk(WAITING):
        await room.server.until(lambda: len(room.server.faults.done) == 5, 300)
        room.server.age(minutes=30)
        await room.posted()
    await room.says("ada", "/extend We walked.")
    await catch_up(room)
    assert count(room, "The ferry left.") == there
    assert count(room, "We walked.") == 1
    assert any("may be missing" in record.getMessage() for record in caplog.records)
    assert "The ferry left." in await room.says("ada", "/read")


async def test_a_busy_channel_does_not_hide_a_doubtful_post(room: DiscordRoom) -> None:
    room.settles = False
    room.server.faults.add(POSTS, reset=True, when="after", times=5)
    await room.says("ada", "/extend The ferry left.")
    with brisk(WAITING):
        await room.server.until(lambda: len(room.server.faults.done) == 5, 300)
        for n in range(250):
            room.person("ben").says(room.channel, f"chatter {n}")
        room.server.age(minutes=30)
        await room.posted()
    assert count(room, "The ferry left.") == 1


def _inside(room: DiscordRoom, thread: Channel) -> DiscordRoom:
    return replace(room, channel=thread, last={})


async def test_a_thread_is_a_room_of_its_own_that_inherits_and_is_woken_from_the_archive(room: DiscordRoom) -> None:
    await room.says("ada", "/showrunner rules set quorum 5")
    thread = _inside(room, room.server.thread("a side scene", room.channel, room.person("ben")))
    await thread.says("ben", "/story new The Side Door")
    await thread.says("ben", "/extend It creaked.")
    assert "5" in await thread.says("ben", "/showrunner rules")
    assert "quay" not in await thread.says("ben", "/read")
    assert "creaked" not in await room.says("ada", "/read")
    room.server.archive(thread.channel)
    card = next(m for m in thread.wall.messages if "- scene 1" in m.words)
    thread.settles = False
    thread.server.faults.add("POST /channels/*/messages", delay=0.3)  # so that the scene's edit comes first
    await thread.says("ben", "/extend And creaked again.")
    await catch_up(thread)
    assert not thread.channel.thread.archived
    assert "2 passages" in next(m for m in thread.wall.messages if m.message is card.message).words
    assert count(thread, "And creaked again.") == 1


async def test_a_locked_thread_is_said_and_what_waits_comes_when_it_is_unlocked(room: DiscordRoom) -> None:
    thread = _inside(room, room.server.thread("a side scene", room.channel, room.person("ben")))
    await thread.says("ben", "/story new The Side Door")
    thread.settles = False
    room.server.archive(thread.channel, locked=True)
    assert "Manage Threads" in await thread.says("ben", "/extend It creaked.")
    assert count(thread, "It creaked.") == 0
    room.server.unlock(thread.channel)
    await room.server.until(lambda: count(thread, "It creaked.") == 1)
    await catch_up(thread)


async def test_a_forum_post_is_a_room_of_its_own(room: DiscordRoom) -> None:
    forum = room.server.forum("tales")
    one = _inside(room, room.server.thread("first tale", forum, room.person("ben")))
    two = _inside(room, room.server.thread("second tale", forum, room.person("cy")))
    await one.says("ben", "/story new One")
    await two.says("cy", "/story new Two")
    await one.says("ben", "/extend Only in the first.")
    await two.says("cy", "/extend Only in the second.")
    assert [count(one, "Only in the first."), count(two, "Only in the first.")] == [1, 0]
    assert [count(one, "Only in the second."), count(two, "Only in the second.")] == [0, 1]


async def test_someone_who_left_is_still_named_and_nothing_breaks(room: DiscordRoom) -> None:
    await room.says("cy", "/pitch A bell answers")
    await room.says("cy", "/vote 1")
    room.server.leaves(room.person("cy"))
    await room.says("ada", "/vote 1")
    assert "result is in the room" in await room.says("cy2", "/round close") + await room.says("ada", "/round close")
    assert count(room, "A bell answers") >= 1
    assert "By cy" in room.wall.text




def _forged(room: DiscordRoom, name: str, data: dict[str, Any], *, kind: int = COMPONENT, source: Any = None) -> Any:
    return room.server.interactions.open(kind, room.person(name).user, room.channel, data, source=source)


@pytest.mark.parametrize("custom_id", [
    "", "vote-card.toggle", "vote-card.toggle;round=", "vote-card.toggle;round=01J9ZQ4T7N0000000000000000;number=1",
    "passage-card.fix;passage=x;version=1", "no.such", ";;;", "extend;text=", "x" * 100, "vote-card.toggle;round=01J9ZQ4T7N00",
    "draft.show;draft=../../etc", "undo;person=discord.all.1", "page=2", "help;page=99999", "read;page=-1", "\u202e", "help;help",
])  # fmt: skip
async def test_forged_and_truncated_tokens_are_answered_in_a_sentence(room: DiscordRoom, custom_id: str) -> None:
    card = next(m for m in room.wall.messages if "- scene 1" in m.words)
    before = await room.look(texts)
    for data in ({"component_type": 2, "custom_id": custom_id, "id": 3}, {"component_type": 3, "custom_id": custom_id, "id": 3, "values": ["1", "2"]}):
        asked = _forged(room, "eve", data, source=card.message)
        said = await room.gets("eve", asked)
        assert len(said) > 10
        assert room.last["eve"].modal or all(m.ephemeral for m in room.last["eve"].messages)
    assert await room.look(texts) == before
    assert room.server.rejected == []


async def test_a_component_on_a_strangers_message_and_of_another_channel_does_nothing_there(room: DiscordRoom) -> None:
    await room.says("ada", "/pitch A bell answers")
    await room.says("ada", "/vote 1")
    token = next(
        part["custom_id"]
        for row in room.last["ada"].messages[0].raw["components"][0]["components"]
        for part in row.get("components", [])
        if part["type"] == 3
    )
    attic = room.elsewhere("attic")
    await attic.says("eve", "/story new The Attic")
    stranger = room.person("eve").says(attic.channel, "press me")
    for values in (["1"], ["0"], ["99"], ["1", "1", "1"], ["drop table"], ["x" * 40]):
        data = {"component_type": 3, "custom_id": token, "id": 3, "values": values}
        said = await attic.gets("eve", _forged(attic, "eve", data, source=stranger.message))
        assert "bell" not in said
    assert "bell" not in attic.wall.text
    rounds = await room.look(lambda books: books.snapshot().ballots)
    assert len(rounds) == 1
    assert room.server.rejected == []


@pytest.mark.parametrize("data", [
    {"custom_id": 7, "components": []}, {"custom_id": "extend", "components": [{}, 7]}, {"custom_id": "extend", "components": "none"},
    {"custom_id": "extend", "components": [{"type": 18, "component": {"type": 4, "custom_id": "text", "value": 7}}]},
    {"custom_id": "extend", "components": [{"type": 18, "component": {"type": 4, "custom_id": "BASE;", "value": "x"}}]},
    {"custom_id": "extend", "components": [{"type": 18, "component": {"type": 19, "custom_id": "file:text", "values": ["1"]}}]},
    {"custom_id": "extend", "components": [{"type": 99}]},
])  # fmt: skip
async def test_forms_of_no_known_shape_are_answered_in_a_sentence(room: DiscordRoom, data: dict[str, Any]) -> None:
    assert len(await room.gets("eve", _forged(room, "eve", data, kind=SUBMIT))) > 10
    assert await room.look(texts) == ["It began at the quay."]


async def test_an_event_that_discord_py_cannot_read_ends_nothing(room: DiscordRoom) -> None:
    _forged(room, "eve", {}, kind=SUBMIT)  # its client dies of this
    with brisk(WAITING):
        await room.server.until(lambda: room.server.gateway.identified == 2 and room.server.gateway.connected(), 300)
    assert "passage 2" in await room.says("ada", "/extend The ferry left.")
    assert count(room, "The ferry left.") == 1


async def test_words_in_a_form_whose_button_is_gone_are_kept(room: DiscordRoom) -> None:
    words = "All that I had to say about the quay."
    data = {
        "custom_id": "an older;version's button",
        "components": [{"type": 18, "id": 1, "component": {"type": 4, "id": 2, "custom_id": "idea", "value": words}}],
    }
    said = await room.gets("eve", _forged(room, "eve", data, kind=SUBMIT))
    assert "cut short" in said
    assert words in await room.says("eve", "/my drafts")


@pytest.mark.parametrize("author", ["webhook", "bot", "person"])
async def test_a_menu_entry_that_is_not_ours_is_answered_whoever_wrote_the_message(room: DiscordRoom, author: str) -> None:
    message = room.person("ben").says(room.channel, "a message").message
    told = {**message.data, "author": {**message.data["author"], "bot": author == "bot"}}
    if author == "webhook":
        told["webhook_id"] = "1"
    shapes: tuple[dict[str, Any], ...] = (
        {"messages": {str(message.id): told}}, {"messages": {}}, {},
    )  # fmt: skip
    for resolved in shapes:
        data = {"id": "1", "name": "Add to the story", "type": 3, "target_id": str(message.id), "resolved": resolved}
        assert len(await room.gets("eve", _forged(room, "eve", data, kind=COMMAND))) > 10
    assert await room.look(texts) == ["It began at the quay."]


async def test_a_form_that_is_sent_twice_changes_once_and_shows_what_is_stale(room: DiscordRoom) -> None:
    (receipt, *_) = await _own(room, "/extend The ferry left.")
    form = (await room.person("ada").press(receipt, "Fix…")).modal
    label = form.fields[0].label
    first = await (await room.person("ada").submit(form, {label: "The ferry left at nine."})).finished()
    second = await (await room.person("ada").submit(form, {label: "The ferry left at ten."})).finished()
    assert "at nine" not in second.words or first.words != second.words
    await room.house.inbox.settled(room.place)
    assert (await room.look(texts))[1] == "The ferry left at nine."
    assert "at ten" in await room.says("ada", "/my drafts")
    assert count(room, "The ferry left at nine.") == 1


async def test_a_form_left_open_and_an_old_ballot_work_after_a_restart(tmp_path: Path) -> None:
    async with DiscordServer() as server:
        async with opened(tmp_path, server) as room:
            await room.says("ada", "/pitch A bell answers")
            await room.says("ben", "/vote 1")
            private = room.last["ben"].messages[0]
            form = (await room.person("ada").command(room.channel, "extend")).modal
            clock = room.clock
        async with open_discord_room(f"sqlite:///{tmp_path}/house.db", server=server, clock=clock) as room:
            sent = await (await room.person("ada").submit(form, {form.fields[0].label: "After the night."})).finished()
            assert "passage 2" in sent.words
            ballot = next(m for m in room.wall.messages if "None of these" in m.words)
            pressed = await room.person("cy").press(ballot, "Vote")
            assert "A bell answers" in (await pressed.finished()).text
            changed = await (await room.person("ben").choose(private, ["0"])).finished()
            assert "None of these" in changed.words
            await room.house.inbox.settled(room.place)
            assert count(room, "After the night.") == 1
            assert count(room, "- scene 1") == 1
        assert server.rejected == []


async def test_completions_know_only_their_own_room(room: DiscordRoom) -> None:
    guild = room.server.guild("another house")
    other = _inside(room, room.server.channel("story", guild=guild))
    room.server.person("eve", guild=guild)
    await room.says("ada", "/pitch A bell answers")
    await other.says("eve", "/story new Elsewhere")
    await other.says("eve", "/pitch A whistle")
    command = "round decide"
    here = await room.person("ada").type_ahead(room.channel, command, "number", "")
    there = await room.server.person("eve", guild=guild).type_ahead(other.channel, command, "number", "")
    assert "bell" in str(here) and "whistle" not in str(here)
    assert "whistle" in str(there) and "bell" not in str(there)


@pytest.mark.parametrize(("name", "data", "said"), [
    ("words.txt", b"A line from a file.", "passage 2"),
    ("words.txt", "A line from a file.\n".encode("utf-16"), "passage 2"),
    ("words.png", b"\x89PNG\r\n\x1a\n\x00\x00", "no plain text"),
    ("words.txt", b"MZ\x00\x01\x02", "no plain text"),
    ("words.txt", b"\xff\xfe\xfd", "no plain text"),
    ("words.txt", "caf\xe9".encode("latin-1"), "no plain text"),
    ("words.txt", b"", "empty"),
    ("words.txt", b" \n\n ", "empty"),
    ("words.txt", b"x" * 400_001, "too large"),
    ("words.txt", b"x" * 100_001, "100,000"),
    ("../../etc/passwd", b"A line from a file.", "passage 2"),
], ids=["text", "utf-16", "picture", "program", "broken", "latin-1", "nothing", "blank", "huge", "too long", "odd name"])  # fmt: skip
async def test_attached_files_are_text_of_a_size_or_refused_in_a_sentence(
    room: DiscordRoom, name: str, data: bytes, said: str
) -> None:
    answer = await room.person("ada").command(room.channel, "extend", file=(name, data))
    await answer.finished()
    assert said in answer.words
    await room.house.inbox.settled(room.place)
    stored = await room.look(texts)
    assert stored[1:] == (["A line from a file."] if said == "passage 2" else [])
    assert room.server.rejected == []


async def test_a_file_beside_a_text_loses_neither(room: DiscordRoom) -> None:
    answer = await room.person("ada").command(
        room.channel, "extend", text="Typed with great care at the quay.", file=("words.txt", b"From a file.")
    )
    assert "a text and a file" in (await answer.finished()).words
    assert await room.look(texts) == ["It began at the quay."]
    assert "Typed with great care" in await room.says("ada", "/my drafts")


async def test_two_people_who_send_the_same_form_at_once_both_get_in(room: DiscordRoom) -> None:
    forms = [(name, (await room.person(name).command(room.channel, "extend")).modal) for name in ("ada", "ben")]
    answers = await asyncio.gather(
        *(room.person(name).submit(form, {form.fields[0].label: f"Sent by {name}."}) for name, form in forms)
    )
    said = sorted([(await answer.finished()).words for answer in answers])
    assert "passage 2" in said[0] and "passage 3" in said[1]
    await room.house.inbox.settled(room.place)
    assert sorted((await room.look(texts))[1:]) == ["Sent by ada.", "Sent by ben."]
    assert [count(room, f"Sent by {name}.") for name in ("ada", "ben")] == [1, 1]


async def test_nothing_of_cards_and_forms_stays_in_memory(room: DiscordRoom) -> None:
    card = Card("A card", (Text("with a button"),), (button("Help", "help"),))
    for n in range(900):
        await room.adapter.post(room.place, replace(card, notify=bool(n % 2)), f"nonce{n}")
    for batch in range(10):
        names = [f"w{batch}{n}" for n in range(10)]
        shown = [room.starts(name, "/help") for name in names]
        asked = [room.starts(name, "/pitch") for name in names]
        for name, one in zip(names, shown, strict=True):
            await room.gets(name, one)
        for name, one in zip(names, asked, strict=True):
            await room.gets(name, one)
            assert room.asked(name)
    client = room.adapter.client
    assert client is not None
    store = client._connection._view_store
    assert not store._views
    assert not store._modals
    assert not store._synced_message_views
    assert not store._dynamic_items


async def test_a_slow_database_is_waited_for_behind_an_acknowledgement(room: DiscordRoom) -> None:
    with brisk(5):
        busy = asyncio.ensure_future(room.house.runner.write(lambda _: time.sleep(0.4)))  # two seconds of the loop's
        asked = room.starts("ada", "/extend The ferry left.")
        answer = await room.answer_to(asked)
        assert not busy.done()
        assert answer.kind == "deferred"
        assert answer.message.ephemeral and answer.message.thinking
        assert answer.acked_after <= 1000
        await answer.finished(30)
        assert "passage 2" in answer.words
        assert answer.message.ephemeral
        assert answer.followups == []
    assert room.server.rejected == []


async def test_instead_of_a_form_that_would_come_too_late_there_is_a_sentence(room: DiscordRoom) -> None:
    (receipt, *_) = await _own(room, "/extend The ferry left.")
    free = threading.Event()
    reading = [asyncio.create_task(room.house.runner.read(lambda _: free.wait(60))) for _ in range(READERS)]
    with brisk(5):
        late = await (await room.person("ada").press(receipt, "Fix…")).finished(60)
    free.set()
    await asyncio.gather(*reading)
    assert "press it again" in late.words
    again = await room.person("ada").press(receipt, "Fix…")
    assert again.modal.fields[0].value == "The ferry left."
    assert room.server.rejected == []
