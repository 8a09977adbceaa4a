"""`/showrunner roles map`: the server's roles count in the room, and in its threads."""

from __future__ import annotations

import pytest

from bot.story.people import Place, Standing
from tests.rig import Room


@pytest.fixture
def room(table: Room) -> Room:
    """At a table: the rig says there who calls, with what standing, and what the platform knows."""
    return table



KEEPER = Standing(keeper=True)
READER = Standing(roles=("77",))


async def mapped(room: Room) -> str:
    room.people["@77"] = "Story Readers"
    await room.says("ada", "/story new Mapped")
    return await room.says("ada", "/showrunner roles map server-role: @77 role: reader")


async def test_a_mapped_reader_reads_and_a_role_by_hand_goes_before_it(room: Room) -> None:
    assert "Story Readers" in await mapped(room)
    refused = await room.says("ben", "/pitch A door", standing=READER)
    assert room.last["ben"].refused, refused
    await room.says("cleo", "/pitch A bell")
    await room.says("ben", "/undo", standing=READER)
    room.people["terminal/local/ben"] = "ben"
    await room.says("ada", "/showrunner roles give terminal/local/ben writer")
    await room.says("ben", "/pitch A door", standing=READER)
    assert not room.last["ben"].refused


async def test_the_list_shows_the_mapping_and_none_ends_it(room: Room) -> None:
    await mapped(room)
    assert "Story Readers: Reader" in await room.says("cleo", "/showrunner roles")
    await room.says("ada", "/showrunner roles map server-role: story readers role: none")
    assert "Story Readers" not in await room.says("cleo", "/showrunner roles list")
    await room.says("ben", "/pitch A door", standing=READER)
    assert not room.last["ben"].refused


async def test_bad_input_is_answered_in_a_sentence(room: Room) -> None:
    await mapped(room)
    for line in (
        "/showrunner roles map",
        "/showrunner roles map server-role: @77",
        "/showrunner roles map role: writer",
        "/showrunner roles map server-role: nobody here role: writer",
        "/showrunner roles map server-role: @77 role: king",
        "/showrunner roles map server-role: @77 role: reader",
    ):
        assert len(await room.says("ada", line)) > 20
        assert room.last["ada"].refused or "role" in line
    await room.says("ben", "/showrunner roles map server-role: @77 role: showrunner")
    assert room.last["ben"].refused


async def test_a_thread_inherits_the_map_and_another_room_does_not(room: Room) -> None:
    await mapped(room)
    thread = room.at(Place("terminal", "local", "table", "t1"))
    attic = room.at(Place("terminal", "local", "attic"))
    await thread.says("ada", "/story new A side scene")
    await attic.says("ada", "/story new Another room")
    await thread.says("ben", "/pitch A door", standing=READER)
    assert thread.last["ben"].refused
    await attic.says("ben", "/pitch A door", standing=READER)
    assert not attic.last["ben"].refused
    assert "Story Readers" not in await attic.says("ada", "/showrunner roles")
