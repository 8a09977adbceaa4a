"""`/showrunner digest`: off by default, once a week by the room's own clock, never a flood."""

from __future__ import annotations

import pytest

from bot.story.people import Standing
from tests.contract.conftest import AnyRoom
from tests.contract.test_own_time import answered, asked, keep
from tests.rig import Room, plain

KEEPER = Standing(keeper=True)


async def a_week(room: AnyRoom, line: str = "/showrunner digest Sun 18:00") -> str:
    await room.says("ada", "/story new The Ferry", standing=KEEPER)
    return await room.says("ada", line, standing=KEEPER)


async def test_a_week_is_told_on_its_day(room: AnyRoom) -> None:
    assert "every week at that hour (18:00 UTC)" in await a_week(room)
    await room.says("ada", "/extend The lamp went out.")
    await room.says("ben", "/extend Nobody lit it again, and so it stayed dark.")
    for name, idea in (("ada", "A door"), ("ben", "A window")):
        await room.says(name, f"/pitch {idea}")
    await room.says("ada", "/vote 2")
    await room.says("ben", "/vote 2")
    await room.says("ada", "/round close")
    await room.says("ada", "/showrunner rules set length none", standing=KEEPER)
    await room.says("ada", "/round open What does she see?")
    now = room.clock.now()
    await keep(room, asked(1, now, "closed"), answered(1, room.key("ben"), now))
    await room.later(days=6, hours=6, minutes=1)  # Sunday, 18:01
    shown = room.wall.now.replace("*", "")
    assert "The week in The Ferry" in shown
    assert "2 passages, 13 words" in shown
    assert "ben 9, ada 4" in shown
    assert '"A window"' in shown
    assert "Prompts: one asked, one answer" in shown
    assert "Open: What does she see?" in shown


async def test_it_is_off_until_a_showrunner_turns_it_on(room: AnyRoom) -> None:
    await room.says("ada", "/story new The Ferry", standing=KEEPER)
    assert "No weekly card comes here" in await room.says("ada", "/showrunner digest", standing=KEEPER)
    await room.says("ben", "/showrunner digest Sun 18:00")
    await room.later(days=8)
    assert "The week in" not in room.wall.text


@pytest.mark.parametrize("given", ["25:61", "every 0 days", "Sun 25:00", "someday"])
async def test_what_is_no_hour_of_the_week_is_refused_in_a_sentence(table: Room, given: str) -> None:
    assert "names no hour of the week" in await a_week(table, f"/showrunner digest {given}")


def _digests(room: Room) -> int:
    return sum("The week in" in plain(card) for _, card in room.wall.messages)


async def test_it_comes_once_a_week_and_can_be_turned_off(table: Room) -> None:
    await a_week(table)
    for _ in range(3):
        await table.later(days=7)
    assert _digests(table) == 3
    await table.says("ada", "/showrunner digest")
    await table.presses("ada", "Turn it off")
    await table.later(days=7)
    assert _digests(table) == 3


async def test_after_a_long_absence_at_most_one_comes_and_the_clock_may_jump(table: Room) -> None:
    await a_week(table)
    await table.later(days=7 * 9 - 4)  # Thursday: the last one is more than half a week late
    await table.later(days=1)
    late = _digests(table)
    assert late <= 1
    await table.later(days=365)
    await table.later(days=-365)
    await table.later(days=1)
    assert _digests(table) <= late + 1


async def test_the_hour_is_the_rooms_own_over_a_change_of_clocks(table: Room) -> None:
    await table.says("ada", "/story new The Ferry")
    await table.says("ada", "/showrunner rules set zone Europe/Berlin")
    assert "CET" in await table.says("ada", "/showrunner digest Sat 09:00")
    await table.later(days=25)  # Friday 27 March, 13:00 in Berlin
    before = _digests(table)
    await table.later(hours=20, minutes=1)  # Saturday 08:01 UTC, 09:01 CET
    assert _digests(table) == before + 1
    await table.later(days=6, hours=22, minutes=57)  # Saturday 06:58 UTC, 08:58 CEST
    assert _digests(table) == before + 1
    await table.later(minutes=3)
    assert _digests(table) == before + 2


async def test_a_quiet_week_is_not_shamed(table: Room) -> None:
    await a_week(table)
    await table.later(days=7)
    assert "A quiet week" in table.wall.text
