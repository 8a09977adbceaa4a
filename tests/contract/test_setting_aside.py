"""Votes set aside by a rule, and showrunners replaced: on record, reversible, without a name or a choice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.story.people import Place, Role, Standing
from bot.story.snapshot import Snapshot
from tests.clock import START
from tests.rig import Room, plain

KEEPER = Standing(keeper=True)
OLD = Standing(joined_at=START - timedelta(days=90))
NEW = Standing(joined_at=START - timedelta(hours=2))


async def snapshot(room: Room) -> Snapshot:
    return await room.house.store.read(room.place, lambda books: books.snapshot())


def wall(room: Room) -> str:
    return "\n\n".join(plain(card) for card in room.wall.shown.values())


async def a_raid(room: Room) -> Room:
    """Three who were there vote for 1; four who came two hours ago vote for 2."""
    hall = room.at(Place("discord", "s", "hall"))
    await hall.says("ada", "/story new Raided", standing=KEEPER)
    await hall.says("old0", "/pitch A door opens", standing=OLD)
    await hall.says("old1", "/pitch A bell rings", standing=OLD)
    for n in range(3):
        await hall.says(f"old{n}", "/vote 1", standing=OLD)
    for n in range(4):
        await hall.says(f"new{n}", "/vote 2", standing=NEW)
    return hall


async def test_ballots_of_who_joined_later_do_not_count_and_that_is_on_record(table: Room) -> None:
    room = table
    hall = await a_raid(room)
    said = await hall.says("ada", "/round aside joined-after: 2026-03-02 06:00", standing=KEEPER)
    assert "4 ballots are set aside; 3 count" in said
    assert "4 ballots are set aside: joined after" in wall(hall)
    assert "new" not in said
    await hall.says("new9", "/vote 2", standing=NEW)
    assert "5 ballots are set aside" in wall(hall)
    await hall.says("ada", "/round close", standing=KEEPER)
    shown = wall(hall)
    assert "A door opens" in shown
    assert "5 ballots were set aside: joined after" in shown
    assert "set ballots aside by a rule" in await hall.says("ada", "/showrunner log", standing=KEEPER)
    assert "closed" in await hall.says("ada", "/round aside 3h", standing=KEEPER) or hall.last["ada"].refused


async def test_it_can_be_taken_back_until_the_close(table: Room) -> None:
    room = table
    hall = await a_raid(room)
    await hall.says("ada", "/round aside 2026-03-02 06:00", standing=KEEPER)
    assert "counts again" in await hall.says("ada", "/round aside off", standing=KEEPER)
    assert "set aside" not in wall(hall)
    assert not any(b.set_aside for b in (await snapshot(hall)).ballots.values())
    await hall.says("ada", "/round close", standing=KEEPER)
    assert "A bell rings" in wall(hall)


async def test_the_rule_is_a_keepers_and_names_a_moment_that_is_over(table: Room) -> None:
    room = table
    hall = await a_raid(room)
    assert "keepers" in await hall.says("old0", "/round aside 3h", standing=OLD)
    assert "names no moment" in await hall.says("ada", "/round aside whenever", standing=KEEPER)
    assert "still to come" in await hall.says("ada", "/round aside 2027-01-01", standing=KEEPER)
    assert "nothing changed" in await hall.says("ada", "/round aside off", standing=KEEPER)
    assert "set aside" not in wall(hall)


async def test_a_moderator_replaces_a_showrunner_even_the_last_by_somebody_new(table: Room) -> None:
    room = table
    await room.says("ada", "/story new Handed On")
    await room.says("ada", "/showrunner roles give ada showrunner")
    assert "only showrunner" in await room.says("ada", "/showrunner roles give ada none")
    for line in ("/showrunner roles give terminal/local/zoe showrunner", "/showrunner roles give ada none"):
        incoming = room.incoming("mod", standing=KEEPER)
        told = replace(incoming, people={"terminal/local/zoe": "Zoe"})
        async for _ in room.house.inbox.typed(told, line):
            pass
    here = await snapshot(room)
    roles = {m.name: m.role for m in here.members.values()}
    assert roles["Zoe"] is Role.SHOWRUNNER
    assert roles["ada"] is Role.NONE
    assert "not showrunner here any more" in await room.says("ada", "/extend Well then.")
    assert "keepers" in await room.says("ada", "/showrunner moderate hide 1")
