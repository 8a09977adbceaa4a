"""Taking one's own words out, or along: what it does is said first, and nobody else's words go with them."""

from __future__ import annotations

import pytest

from bot.calls import Call
from bot.story.books import Books
from bot.story.snapshot import Snapshot
from memory import migrate, operators
from tests.contract.conftest import AnyRoom
from tests.memory.test_erasing import everywhere
from tests.rig import Room


@pytest.fixture
def room(read_room: AnyRoom) -> AnyRoom:
    """At a table, in Discord and in Slack."""
    return read_room


HEART = "My grandmother's kitchen smelled of cardamom and wet wool."


async def snapshot(room: AnyRoom) -> Snapshot:
    return await room.house.store.read(room.place, lambda books: books.snapshot())


async def an_evening(room: AnyRoom) -> None:
    await room.says("ada", "/story new Kitchens")
    await room.says("ben", f"/extend {HEART}")
    await room.says("ben", "/pitch A letter lies under the wool")
    await room.says("cy", "/pitch The wool is wet with rain")
    await room.says("cy", "/vote 1 2")
    await room.says("cy", "/extend It rained on the harbour all night.")
    await room.says("ben", "/extend The last word was cardamom.")
    await room.calls("ben", Call("said", {"text": "a stray thought about cardamom"}))
    await room.says("ben", "/assist options about the cardamom letter")


def wall(room: AnyRoom) -> str:
    return str(room.wall.now)


async def test_it_says_first_what_would_go_and_does_nothing_yet(room: AnyRoom) -> None:
    await an_evening(room)
    card = await room.says("ben", "/my forget")
    for said in ("2 passages", "one idea", "one draft", "asked the machine", "Others wrote on from one", "my export"):
        assert said in card
    assert HEART in await room.says("cy", "/read")


async def test_ones_words_go_from_everywhere_and_what_others_built_on_keeps_its_number(room: AnyRoom) -> None:
    await an_evening(room)
    await room.says("ben", "/my forget")
    assert "Your words are out" in await room.presses("ben", "Take them out")
    held = await migrate.on_connection(room.settings.database.url, everywhere)
    for word in ("cardamom", "grandmother", "under the wool"):
        assert word not in held
        assert word not in wall(room)
    read = await room.says("cy", "/read")
    assert "1 · ben" in read
    assert "(erased)" in read
    assert "It rained on the harbour all night." in read
    assert "3 · ben" not in read
    here = await snapshot(room)
    (ballot,) = here.ballots.values()
    assert [here.pitches[c].text for c in ballot.choices] == ["The wool is wet with rain"]
    assert "left the ballot" in await room.says("cy", "/extend On we went.")
    assert "passage 5" in await room.says("ben", "/extend I begin again.")
    assert (await migrate.on_connection(room.settings.database.url, operators.check)).problems == ()


async def test_a_second_press_that_is_not_true_any_more_takes_nothing_out(table: Room) -> None:
    room = table
    await an_evening(room)
    await room.says("ben", "/my forget")
    forget = next(a.call for a in room.last["ben"].cards[0].actions if a.call.command == "my-card forget")
    await room.says("ben", "/extend One more thing.")
    assert "nothing was taken out" in await room.calls("ben", forget)
    assert "nothing was taken out" in await room.calls("cy", forget)
    assert HEART in await room.says("cy", "/read")
    await room.says("dee", "/my forget")
    assert "nothing of yours" in await room.says("dee", "/my forget")


async def test_words_older_than_the_rule_stay_and_that_is_said(room: AnyRoom) -> None:
    await an_evening(room)
    await room.says("ada", "/showrunner rules set take-out 30")
    await room.later(days=31)
    await room.says("ben", "/extend Something of today.")
    card = await room.says("ben", "/my forget")
    assert "3 things stay" in card
    await room.presses("ben", "Take them out")
    read = await room.says("cy", "/read")
    assert HEART in read
    assert "Something of today" not in read


async def test_in_a_studio_the_showrunner_is_asked_and_answers(table: Room) -> None:
    room = table
    await an_evening(room)
    await room.says("ada", "/showrunner rules preset studio")
    await room.says("ben", "/my forget")
    forged = Call("my-card forget", {"rev": "1"})
    assert "asked before" in await room.calls("ben", forged)
    await room.says("ben", "/my forget")
    await room.presses("ben", "Ask them")
    assert "number 1" in await room.fills("ben", "I would like to begin again.")
    assert "begin again" in await room.says("ada", "/showrunner moderate")
    await room.presses("ada", "Decline")
    await room.fills("ada", "Let us talk first.")
    assert "Let us talk first." in await room.says("ben", "/extend All right.")
    await room.says("ben", "/my forget")
    await room.presses("ben", "Ask them")
    await room.fills("ben", "We talked.")
    await room.says("ada", "/showrunner moderate")
    seen = await room.presses("ada", "See what would go")
    assert "passages" in seen
    assert HEART not in seen
    request = room.last["ada"].cards[0].actions[0].call
    assert "keepers" in await room.calls("cy", request)
    assert "are out of this room" in await room.calls("ada", request)
    assert "cardamom" not in await migrate.on_connection(room.settings.database.url, everywhere)
    assert "taken out of this room" in await room.says("ben", "/pitch Hello")


async def test_ones_own_words_as_a_file_with_every_version_and_nobody_elses(room: AnyRoom) -> None:
    await an_evening(room)

    def first(books: Books) -> str:
        story = books.snapshot().story
        found = books.passage_numbered(story.id, 1) if story else None
        assert found is not None
        return found[0].id

    passage = await room.house.store.read(room.place, first)
    await room.calls("ben", Call("passage-card fix", {"passage": passage, "version": "1", "text": "It smelled of rain."}))
    await room.says("ada", "/showrunner moderate hide 3")
    text = await room.says("ben", "/my export")
    for own in (HEART, "It smelled of rain.", "A letter lies", "The last word was", "a stray thought", "cardamom letter"):
        assert own in text
    assert "harbour all night" not in text
    attic = room.elsewhere("attic")
    await attic.says("ben", "/story new Attic")
    assert "cardamom" not in await attic.says("ben", "/my export")
    await attic.says("ben", "/my forget")
    assert HEART in await room.says("ben", "/my export")
