"""People and server roles that a platform's picker hands over by key: known here or not yet."""

from __future__ import annotations

import pytest

from bot.story.people import Place, Role, Standing
from tests.rig import Room


@pytest.fixture
def room(table: Room) -> Room:
    """At a table: the rig says there who calls, with what standing, and what the platform knows."""
    return table



CLEO = "terminal/local/cleo"
KEEPER = Standing(keeper=True)


async def members(room: Room) -> dict[str, Role]:
    """Names and roles of this room's members."""
    found = await room.house.store.read(room.place, lambda books: list(books.snapshot().members.values()))
    return {m.name: m.role for m in found}


async def test_somebody_who_never_acted_here_is_given_a_role_by_their_key(room: Room) -> None:
    room.people[CLEO] = "Cleo M."
    await room.says("ada", "/story new Picked")
    assert "Cleo M." in await room.says("ada", f"/showrunner roles give {CLEO} reader")
    assert (await members(room))["Cleo M."] is Role.READER
    assert "read" in (await room.says("cleo", "/extend I write anyway.")).lower()


async def test_somebody_who_never_acted_here_is_called_up_in_turns(room: Room) -> None:
    room.people[CLEO] = "Cleo"
    await room.says("ada", "/story new Turns")
    await room.says("ada", "/showrunner rules set extending turns")
    assert "Cleo" in await room.says("ada", f"/turn order {CLEO}, ada")
    assert "Cleo" in await room.says("ada", "/turn status")


async def test_a_key_of_nobody_is_refused_and_makes_no_member(room: Room) -> None:
    await room.says("ada", "/story new Nobody")
    assert "ada" in await room.says("ada", f"/showrunner roles give {CLEO} writer")
    room.people["slack/else/x"] = "X"
    await room.says("ada", "/showrunner roles give slack/else/x writer")
    assert set(await members(room)) == {"ada"}


async def test_a_role_given_by_key_holds_in_this_room_only(room: Room) -> None:
    room.people[CLEO] = "Cleo"
    attic = room.at(Place("terminal", "local", "attic"))
    await room.says("ada", "/story new Here")
    await attic.says("ada", "/story new There")
    await room.says("ada", f"/showrunner roles give {CLEO} showrunner")
    assert "Cleo" not in await members(attic)
