"""`/prompt schedule` and its kin: prompts that come by themselves, once a local date, whatever happens to bot and clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.cards import Card
from bot.errors import CannotPost
from bot.story.people import Place
from memory import migrate
from memory import tables as t
from tests.contract.conftest import AnyRoom
from tests.rig import Room
from tests.slack_rig import SlackRoom

DAILY = "/prompt schedule 18:00 Europe/Berlin daily"
"""In the rig it is Monday, 2 March 2026, 12:00 UTC; this is 17:00 UTC."""


async def asked(room: AnyRoom) -> list[tuple[str | None, str]]:
    """(day, status) of every prompt and missed day, by day."""
    found = await room.look(lambda books: [(p.day, p.status) for p in books.prompts(limit=500)])
    return sorted(found)


# ---- on every platform


async def test_a_schedule_asks_at_its_hour_and_only_then(room: AnyRoom) -> None:
    await room.says("ada", "/story new Scheduled")
    receipt = await room.says("ada", DAILY)
    assert "every day at 18:00 in Europe/Berlin" in receipt
    assert "it is 13:00 now" in receipt
    await room.later(hours=4, minutes=50)
    assert await asked(room) == []
    await room.later(minutes=15)
    assert await asked(room) == [("2026-03-02", "open")]
    assert "Prompt 1" in room.wall.text
    await room.later(hours=1)
    await room.later(hours=23)
    assert [day for day, _ in await asked(room)] == ["2026-03-02", "2026-03-03"]
    assert "Prompt 2" in room.wall.text
    assert "Prompt 3" not in room.wall.text


async def test_a_form_asks_for_the_time_the_zone_and_the_days(room: AnyRoom) -> None:
    await room.says("ada", "/story new Asked")
    await room.says("ada", "/prompt schedule")
    assert room.asked("ada")
    zone = "america/new york"
    if isinstance(room, SlackRoom):  # there the zone is chosen from what is suggested
        form = room.last["ada"].modal
        assert form is not None
        label = next(field.label for field in form.fields if "zone" in field.label)
        (zone, *_) = [one.name for one in await room.person("ada").type_ahead(form, "new york", label)]
    answer = await room.fills("ada", "9pm", zone, "Mon, Wed and Fri")
    assert "Mon, Wed, Fri at 21:00 in America/New_York" in answer


async def test_what_is_pressed_on_the_cards_is_done(room: AnyRoom) -> None:
    await room.says("ada", "/story new Pressed")
    await room.says("ada", DAILY)
    assert "Mon 2 March is left out" in await room.presses("ada", "Skip")
    assert "left out" in await room.says("ada", "/prompt list")
    await room.says("ada", "/prompt skip")
    assert "Tue 3 March comes after all" in await room.presses("ada", "Put it back")
    await room.says("ada", "/prompt list")
    assert "rests" in await room.presses("ada", "Pause")
    await room.later(days=3)
    assert await asked(room) == []
    await room.says("ada", "/prompt list")
    assert "goes on" in await room.presses("ada", "Resume")
    await room.says("ada", "/prompt unschedule 1")
    assert "taken away" in await room.presses("ada", "Take it away")
    assert "No prompt comes by itself" in await room.says("ada", "/prompt list")
    await room.later(days=2)
    assert await asked(room) == []


async def test_a_change_keeps_the_date_that_is_to_come(room: AnyRoom) -> None:
    await room.says("ada", "/story new Changed")
    await room.says("ada", DAILY)
    receipt = await room.says("ada", "/prompt change 1 time: 10:00")
    assert "comes right away" in receipt
    await room.later(seconds=1)
    assert await asked(room) == [("2026-03-02", "open")]
    await room.says("ada", "/prompt change 1 time: 23:00 zone: UTC")
    await room.later(hours=11)
    assert len(await asked(room)) == 1
    await room.later(hours=25)
    assert [day for day, _ in await asked(room)] == ["2026-03-02", "2026-03-03"]


# ---- bad input


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("/prompt schedule 25:61 Europe/Berlin daily", "21:30"),
        ("/prompt schedule 9 Europe/Berlin daily", "9pm"),
        ("/prompt schedule 09:00 EST daily", "America/New_York"),
        ("/prompt schedule 09:00 CST daily", "Asia/Shanghai"),
        ("/prompt schedule 09:00 Mars/Olympus daily", "Europe/Berlin"),
        ("/prompt schedule 09:00 UTC every 0 days", "every 3 days"),
        ("/prompt schedule 09:00 UTC sometimes", "weekdays"),
        ("/prompt schedule 09:00 UTC daily kind: sonnet", "sonnet"),
        ("/prompt pause", "/prompt schedule"),
        ("/prompt skip 7", "/prompt schedule"),
    ],
)
async def test_what_cannot_be_gets_one_sentence_that_says_what_can(table: Room, line: str, named: str) -> None:
    await table.says("ada", "/story new Mistakes")
    reply = await table.says("ada", line)
    assert named in reply
    assert len(reply) < 400
    assert await table.look(lambda books: books.schedules()) == []


async def test_a_room_has_no_more_schedules_than_it_can_read(table: Room) -> None:
    await table.says("ada", "/story new Many")
    for n in range(20):
        assert "Schedule" in await table.says("ada", f"/prompt schedule 09:{n:02} UTC daily")
    for _ in range(3):
        assert "20 schedules" in await table.says("ada", "/prompt schedule 10:00 UTC daily")
    assert "1 every day" in await table.says("ada", "/prompt list")
    await table.says("ada", "/prompt unschedule 20")
    await table.presses("ada", "Take it away")
    assert "Schedule 21" in await table.says("ada", "/prompt schedule 10:00 UTC daily")


async def test_only_who_runs_a_community_room_schedules(table: Room) -> None:
    await table.says("ada", "/story new Ours")
    await table.says("ada", "/showrunner rules preset community")
    assert "showrunner" in await table.says("ben", DAILY)
    assert "Schedule 1" in await table.says("ada", DAILY)
    assert "every day" in await table.says("ben", "/prompt list")
    assert table.buttons("ben") == ()
    for line in ("/prompt pause", "/prompt skip", "/prompt change 1 time: 9am", "/prompt unschedule"):
        assert "showrunner" in await table.says("ben", line)


async def test_a_card_of_another_room_does_nothing_there(table: Room) -> None:
    await table.says("ada", "/story new Here")
    await table.says("ada", DAILY)
    press = next(a.call for card in table.last["ada"].cards for a in card.actions if "skip" in a.call.args.values())
    attic = table.elsewhere("attic")
    assert "taken away" in await attic.calls("ada", press)
    (schedule,) = await table.look(lambda books: books.schedules())
    assert schedule.next_day == "2026-03-02"


# ---- downtime, clocks, zones


async def test_after_downtime_one_prompt_comes_and_says_what_was_missed(table: Room) -> None:
    await table.says("ada", "/story new Away")
    await table.says("ada", DAILY)
    await table.later(days=3, hours=6)
    assert await asked(table) == [
        ("2026-03-02", "missed"), ("2026-03-03", "missed"), ("2026-03-04", "missed"), ("2026-03-05", "open"),
    ]  # fmt: skip
    assert len(table.wall.messages) == len([c for _, c in table.wall.messages if not c.title.startswith("Prompt")]) + 1
    assert "3 prompts were missed" in table.wall.text
    await table.later(days=1)
    assert table.wall.text.count("were missed") == 1


async def test_what_is_more_than_half_its_period_late_waits_for_the_next(table: Room) -> None:
    await table.says("ada", "/story new Late")
    await table.says("ada", DAILY)
    await table.later(hours=18)
    assert await asked(table) == [("2026-03-02", "missed")]
    assert "Prompt 1" not in table.wall.text
    await table.later(hours=12)
    assert await asked(table) == [("2026-03-02", "missed"), ("2026-03-03", "open")]
    assert "One prompt was missed" in table.wall.text


async def test_a_clock_that_goes_back_an_hour_asks_nothing_twice(table: Room) -> None:
    await table.says("ada", "/story new Back")
    await table.says("ada", DAILY)
    await table.later(hours=5, minutes=1)
    await table.later(hours=-1)
    assert "Next tomorrow 18:00" in await table.says("ada", "/prompt list")
    await table.later(hours=1, minutes=1)
    assert await asked(table) == [("2026-03-02", "open")]
    await table.later(hours=24)
    assert [day for day, _ in await asked(table)] == ["2026-03-02", "2026-03-03"]


async def test_a_clock_that_goes_a_year_ahead_and_back_loses_nothing(table: Room) -> None:
    await table.says("ada", "/story new Ahead")
    await table.says("ada", DAILY)
    await table.later(days=365, hours=6)
    found = await asked(table)
    assert [status for _, status in found].count("open") == 1
    assert len(found) == 32
    await table.later(days=-365)
    assert "Next tomorrow 18:00" in await table.says("ada", "/prompt list")
    for _ in range(3):
        await table.later(days=1)
    days = [day for day, status in await asked(table) if status != "missed"]
    assert days == ["2026-03-03", "2026-03-04", "2026-03-05", "2027-03-02"]
    table.clock.at = datetime(2027, 2, 10, 16, 0, tzinfo=UTC)
    await table.house.inbox.sweep()
    await table.later(hours=1, minutes=1)
    assert ("2027-02-10", "closed") in await asked(table) or ("2027-02-10", "open") in await asked(table)


async def test_other_rules_of_a_zone_are_followed_and_ask_once(table: Room) -> None:
    await table.says("ada", "/story new Rules")
    await table.says("ada", DAILY)

    def older(minutes: int) -> Any:
        """As an older version of the rules had reckoned it."""
        at = datetime(2026, 3, 2, 17, 0, tzinfo=UTC) + timedelta(minutes=minutes)

        def work(connection: Any) -> None:
            connection.execute(t.schedules.table.update().values(reckoned_with="1999a", next_at=at))
            connection.execute(t.dues.update().where(t.dues.c.kind == "prompt").values(at_utc=at))

        return work

    await migrate.on_connection(table.settings.database.url, older(-60))
    await table.later(hours=4, minutes=30)
    assert await asked(table) == []
    await migrate.on_connection(table.settings.database.url, older(60))
    await table.later(minutes=1)
    assert await table.house.rows.next_due() == datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    await table.later(minutes=30)
    await table.later(minutes=60)
    assert await asked(table) == [("2026-03-02", "open")]


# ---- rooms where nothing can be asked


async def test_while_a_scene_is_stopped_nothing_is_asked(table: Room) -> None:
    await table.says("ada", "/story new Stopped")
    await table.says("ada", DAILY)
    await table.says("ben", "/stop")
    await table.later(hours=6)
    assert await asked(table) == [("2026-03-02", "missed")]
    await table.says("ada", "/prompt list")
    stopped = next(card for _, card in reversed(table.wall.messages) if any("arry on" in a.label for a in card.actions))
    await table.calls("ada", next(a.call for a in stopped.actions if "arry on" in a.label))
    await table.later(hours=24)
    assert await asked(table) == [("2026-03-02", "missed"), ("2026-03-03", "open")]
    assert "missed" not in table.wall.text


async def test_where_nothing_can_be_posted_prompts_do_not_pile_up_and_rest_at_last(table: Room) -> None:
    await table.says("ada", "/story new Left")
    await table.says("ada", DAILY)

    async def refuse(place: Place, card: Card, nonce: str) -> Sequence[str]:
        raise CannotPost("no access")

    let, table.wall.post = table.wall.post, refuse  # type: ignore[method-assign]
    await table.later(hours=5, minutes=1)
    for _ in range(2):
        await table.later(days=1)
        assert [status for _, status in await asked(table)].count("open") <= 1
    (schedule,) = await table.look(lambda books: books.schedules())
    assert schedule.status == "on"
    await table.later(days=1)
    (schedule,) = await table.look(lambda books: books.schedules())
    assert (schedule.status, schedule.why) == ("paused", "unreachable")
    await table.later(days=30)
    table.wall.post = let  # type: ignore[method-assign]
    await table.later(minutes=1)
    assert "Prompt " not in "".join(card.title for _, card in table.wall.messages)
    told = await table.says("ada", "/pitch A way back")
    assert "`/prompt resume 1`" in told or "/prompt resume 1" in told
    assert "resume" not in await table.says("ada", "/pitch Another way")
    assert "could not post here" in await table.says("ada", "/prompt list")
    assert "goes on" in await table.says("ada", "/prompt resume")
    await table.later(days=1)
    assert "Prompt " in "".join(card.title for _, card in table.wall.messages)


async def test_a_prompt_that_nobody_was_shown_in_its_time_is_not_posted_after_it(table: Room) -> None:
    await table.says("ada", "/story new Killed")
    await table.says("ada", DAILY)
    table.clock.pass_(hours=5, minutes=1)
    await table.house.inbox.sweep()  # and the bot is gone before it posts
    assert await asked(table) == [("2026-03-02", "open")]
    table.clock.pass_(days=2)
    await table.house.inbox.settled(table.place)
    assert "Prompt" not in table.wall.text
    await table.later(minutes=1)
    assert [day for day, status in await asked(table) if status == "open"] == ["2026-03-04"]
    assert table.wall.text.count("Prompt ") == 1


async def test_a_defect_at_the_hour_loses_no_prompt(table: Room, caplog: pytest.LogCaptureFixture) -> None:
    await table.says("ada", "/story new Mended")
    await table.says("ada", DAILY)

    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    inbox: Any = table.house.inbox
    sweeper: Any = inbox._sweeper
    rules, sweeper._due_rules = sweeper._due_rules, {"prompt": broken}
    await table.later(hours=5, minutes=1)
    assert "a due failed: kind=prompt" in caplog.text
    sweeper._due_rules = rules
    await table.later(minutes=2)
    assert await asked(table) == []
    await table.later(minutes=5)
    assert await asked(table) == [("2026-03-02", "open")]
