"""`/sprint`: called, joined, run, counted, on every platform; and what happens when nobody or the bot is there."""

from __future__ import annotations

import pytest

from bot.calls import Call
from bot.story.books import Books
from bot.story.sprints import FASTEST, Sprint
from tests.contract.conftest import AnyRoom
from tests.rig import Room


def _sprint(books: Books) -> Sprint:
    found = books.last_sprint()
    assert found is not None
    return found


def _said(books: Books) -> dict[str, int | None]:
    sprint = _sprint(books)
    return {r.person.rsplit("/", 1)[1]: r.words for r in books.runners(sprint.id) if not r.left}


async def press(room: AnyRoom, name: str, words: str, label: str) -> str:
    """Press a button of the public card that shows these words."""
    if isinstance(room, Room):
        return await room.presses_on(name, words, label)
    return await room.presses(name, label)


async def called(room: AnyRoom, line: str = "/sprint start for: 20 in: 5") -> None:
    await room.says("ada", "/story new The Race")
    await room.says("ada", line)


async def test_a_sprint_is_called_joined_run_and_counted(room: AnyRoom) -> None:
    await called(room)
    assert "ada calls a sprint" in room.wall.text
    assert "20 minutes" in room.wall.text
    await press(room, "ben", "calls a sprint", "I'm in")
    assert "ada, ben" in room.wall.now.replace("ben, ada", "ada, ben")
    await room.later(minutes=5)
    assert "Go!" in room.wall.text
    await room.later(minutes=19)
    assert "One minute left" in room.wall.text
    await room.later(minutes=1)
    assert "Time." in room.wall.text
    await room.says("ada", "/sprint words 612")
    await press(room, "ben", "Time.", "My words")
    assert room.asked("ben")
    assert "400 words" in await room.fills("ben", "400")
    assert "Sprint 1: 20 minutes" in room.wall.text
    assert "1. ada: 612 words, 31 a minute" in room.wall.text.replace("*", "")
    assert "2. ben: 400 words, 20 a minute" in room.wall.text.replace("*", "")
    assert "1,012 words together" in room.wall.text
    assert sum("Go!" in notice for notice in room.wall.notices) == 1


async def test_words_that_nobody_can_have_written_are_refused_in_a_sentence(room: AnyRoom) -> None:
    await called(room, "/sprint start for: 20 in: 0")
    await room.later(minutes=20)
    await press(room, "ada", "Time.", "My words")
    assert "does not fit" in await room.fills("ada", "-5")
    await press(room, "ada", "Time.", "My words")
    assert "does not fit" in await room.fills("ada", "1000000000")
    await press(room, "ada", "Time.", "My words")
    assert "more than anyone writes" in await room.fills("ada", str(20 * FASTEST + 1))
    assert set((await room.look(_said)).values()) == {None}


async def test_a_second_sprint_at_once_is_refused_in_one_sentence(room: AnyRoom) -> None:
    await called(room)
    reply = await room.says("ben", "/sprint start")
    assert "A sprint is called here already" in reply
    await room.later(minutes=5)
    assert "A sprint is running here already" in await room.says("ben", "/sprint start")
    assert await room.look(lambda books: _sprint(books).number) == 1


async def test_who_calls_it_ends_it_and_nobody_else(room: AnyRoom) -> None:
    await called(room)
    assert "called this sprint" in await room.says("ben", "/sprint end")
    assert "Called off" in await room.says("ada", "/sprint end")
    assert "was called off" in room.wall.now
    await room.later(minutes=30)
    assert "Go!" not in room.wall.text
    assert "No sprint" in await room.says("ben", "/sprint join")


async def test_nobody_says_a_word_and_nobody_is_blamed(room: AnyRoom) -> None:
    await called(room, "/sprint start for: 10 in: 0")
    await room.later(minutes=10)
    await room.later(minutes=5)
    assert "nobody has to" in room.wall.text
    await room.says("ada", "/sprint words 77")
    assert "77 words" in room.wall.now


async def test_who_comes_late_is_measured_from_then_on(room: AnyRoom) -> None:
    await called(room, "/sprint start for: 20 in: 0")
    await room.later(minutes=10)
    assert "measured from now" in await room.says("ben", "/sprint join")
    await room.later(minutes=10)
    await room.says("ben", "/sprint words 300")
    await room.says("ada", "/sprint words 300")
    shown = room.wall.text.replace("*", "")
    assert "1. ben: 300 words, 30 a minute" in shown
    assert "came 10 minutes in" in shown


async def test_counts_of_a_whole_text_are_taken_from_each_other(table: Room) -> None:
    await table.says("ada", "/sprint start for: 15 in: 0")
    assert "12,000" in await table.says("ada", "/sprint join begin-with: 12000")
    await table.later(minutes=15)
    assert "is less" in await table.says("ada", "/sprint words 400")
    assert "450 words" in await table.says("ada", "/sprint words 12450")


async def test_who_leaves_is_not_counted(table: Room) -> None:
    await called(table)
    await table.says("ben", "/sprint join")
    await table.presses("ben", "Leave it")
    assert "ben" not in table.wall.now
    await table.says("ada", "/sprint join")
    await table.later(minutes=5)
    await table.later(minutes=20)
    await table.says("ada", "/sprint words 100")
    assert "Sprint 1" in table.wall.text
    assert "ben" not in table.wall.now
    assert "not in that sprint" in await table.calls("ben", Call("sprint-card leave", {"sprint": "NONE"}))


async def test_a_sprint_that_all_have_left_is_called_off_quietly(table: Room) -> None:
    await called(table)
    await table.presses("ada", "Leave it")
    await table.later(minutes=5)
    assert "Go!" not in table.wall.text
    assert "was called off" in table.wall.now


async def test_a_best_is_named_against_ones_own_earlier_sprints_only(table: Room) -> None:
    await called(table, "/sprint start for: 10 in: 0")
    await table.says("ben", "/sprint join")
    await table.later(minutes=10)
    await table.says("ada", "/sprint words 200")
    await table.says("ben", "/sprint words 500")
    assert "words yet" not in table.wall.text
    await table.says("ada", "/sprint start for: 10 in: 0")
    await table.says("ben", "/sprint join")
    await table.later(minutes=10)
    await table.says("ada", "/sprint words 250")
    await table.says("ben", "/sprint words 400")
    rows = [line for line in table.wall.text.splitlines() if "most words yet" in line]
    assert len(rows) == 1
    assert "ada" in rows[0]


async def test_a_bot_that_was_down_at_the_end_still_asks_for_the_words_once(table: Room) -> None:
    await called(table, "/sprint start for: 20 in: 0")
    await table.later(hours=3)
    assert "while I was away" in table.wall.text
    await table.says("ada", "/sprint words 512")
    assert "512 words" in table.wall.text
    await table.later(hours=3)
    assert sum("Sprint 1" in notice for notice in table.wall.notices) == 1


async def test_a_start_that_the_bot_missed_is_called_off_and_said(table: Room) -> None:
    await called(table, "/sprint start for: 20 in: 5")
    await table.later(hours=3)
    assert "was called off" in table.wall.now
    assert "I was away" in table.wall.now
    assert "Go!" not in table.wall.text


async def test_a_start_that_is_a_little_late_still_runs_to_its_end(table: Room) -> None:
    await called(table, "/sprint start for: 20 in: 5")
    await table.later(minutes=12)
    assert "Go!" in table.wall.text
    await table.later(minutes=13)
    assert "Time." in table.wall.text


async def test_a_clock_that_goes_back_and_on_posts_nothing_twice(table: Room) -> None:
    await called(table, "/sprint start for: 20 in: 5")
    await table.later(minutes=6)
    await table.later(minutes=-60)
    await table.later(minutes=61)
    await table.later(minutes=30)
    assert sum("Go!" in notice for notice in table.wall.notices) == 1
    assert sum("Time." in notice or "I was away" in notice for notice in table.wall.notices) == 1


@pytest.mark.parametrize("line", ["/sprint start for: 0", "/sprint start for: 181", "/sprint start in: -1"])
async def test_lengths_out_of_bounds_are_refused(table: Room, line: str) -> None:
    await called(table, line)
    assert table.last["ada"].refused
    assert await table.look(lambda books: books.last_sprint()) is None


async def test_words_are_said_for_the_sprint_of_the_card_even_when_the_next_one_runs(table: Room) -> None:
    await called(table, "/sprint start for: 10 in: 0")
    await table.later(minutes=10)
    first = await table.look(_sprint)
    await table.says("ben", "/sprint start for: 10 in: 0")
    await table.calls("ada", Call("sprint words", {"sprint": first.id, "words": "90"}))
    assert {r.person: r.words for r in await table.look(lambda b: b.runners(first.id))} == {"terminal/local/ada": 90}


async def test_typed_words_are_for_the_sprint_that_waits_for_them(table: Room) -> None:
    await called(table, "/sprint start for: 10 in: 0")
    await table.says("ben", "/sprint join")
    await table.later(minutes=10)
    first = await table.look(_sprint)
    await table.says("ben", "/sprint words 80")
    await table.says("ben", "/sprint start for: 10 in: 1")
    await table.says("ada", "/sprint join")
    await table.says("ada", "/sprint words 90")
    assert sorted(r.words or 0 for r in await table.look(lambda b: b.runners(first.id))) == [80, 90]
