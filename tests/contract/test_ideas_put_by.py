"""Words that did not go in may wait for the next round, or lie in the drawer; either way they are not lost."""

from __future__ import annotations

from tests.contract.conftest import AnyRoom

LATE = "A bell answers from under the water"
OTHER = "The ferryman has been here before"


async def a_stopped_evening(room: AnyRoom) -> None:
    await room.says("ada", "/story new The Last Ferry")
    await room.says("ben", "/extend It began at the quay.")
    await room.says("cy", "/extend Nobody had come.")
    await room.says("cy", "/stop")


async def it_goes_on(room: AnyRoom) -> None:
    await room.says("ada", "/stop")
    await room.presses("ada", "Carry on")


async def test_an_idea_that_came_too_late_stands_in_the_next_round(room: AnyRoom) -> None:
    await a_stopped_evening(room)
    refused = await room.says("ben", f"/pitch {LATE}")
    assert "your words are safe" in refused
    assert {"Pitch it next", "Put it in the drawer", "See my drafts"} <= set(room.buttons("ben"))
    kept = await room.presses("ben", "Pitch it next")
    assert "Kept for the next round" in kept
    assert LATE in kept
    assert LATE in await room.says("ben", "/my drafts")
    await it_goes_on(room)
    assert LATE in await room.says("ada", "/round open") + await room.says("ada", "/vote")
    assert "is on the ballot" in await room.says("ben", "/vote 1")
    assert "no drafts" in await room.says("ben", "/my drafts")


async def test_an_idea_that_waits_can_be_taken_back(room: AnyRoom) -> None:
    await a_stopped_evening(room)
    await room.says("ben", f"/pitch {LATE}")
    await room.presses("ben", "Pitch it next")
    await room.says("ben", "/my drafts")
    assert "waits for no round any more" in await room.presses("ben", "Take back")
    await it_goes_on(room)
    await room.says("ada", "/round open")
    assert LATE not in await room.says("ada", "/vote")


async def test_where_a_round_takes_ideas_pitch_it_next_brings_it_in_at_once(room: AnyRoom) -> None:
    await a_stopped_evening(room)
    await room.says("ben", f"/pitch {LATE}")
    await it_goes_on(room)
    assert "as number 1" in await room.presses("ben", "Pitch it next")
    assert LATE in await room.says("ada", "/vote")


async def test_words_put_in_the_drawer_are_found_there(room: AnyRoom) -> None:
    await a_stopped_evening(room)
    await room.says("ben", f"/extend {OTHER}")
    assert "In the drawer" in await room.presses("ben", "Put it in the drawer")
    found = await room.says("cy", "/round drawer")
    assert OTHER in found
    assert "in no round yet" in found
    assert "no drafts" in await room.says("ben", "/my drafts")
