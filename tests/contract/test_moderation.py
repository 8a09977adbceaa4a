"""Moderation through the room's door: reports reach the keepers, hiding and blocking are undone as easily as done."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import event

from bot.calls import Call
from bot.story.books import Books
from bot.story.people import Place, Standing
from bot.story.snapshot import Snapshot
from memory import migrate, operators
from memory.engine import SqliteRunner
from tests.contract.conftest import AnyRoom
from tests.rig import Room


@pytest.fixture
def room(read_room: AnyRoom) -> AnyRoom:
    """At a table, in Discord and in Slack."""
    return read_room


KEEPER = Standing(keeper=True)
HEART = "My grandmother's kitchen smelled of cardamom and wet wool."


async def snapshot(room: AnyRoom) -> Snapshot:
    return await room.house.store.read(room.place, lambda books: books.snapshot())


async def three_passages(room: AnyRoom) -> None:
    """ada runs the room; ben and cy write in it."""
    await room.says("ada", "/story new Kitchens")
    await room.says("ada", "/extend It was raining on the harbour.")
    await room.says("ben", f"/extend {HEART}")
    await room.says("cy", "/extend Nobody came home that night.")


async def id_of_passage(room: AnyRoom, number: int) -> str:
    def find(books: Books) -> str:
        story = books.snapshot().story
        found = books.passage_numbered(story.id, number) if story else None
        assert found is not None
        return found[0].id

    return await room.house.store.read(room.place, find)


def wall(room: AnyRoom) -> str:
    """What the public cards show now."""
    return str(room.wall.now)


# ---- reports


async def test_a_report_reaches_the_keepers_and_its_reporter_hears_the_answer_once(room: AnyRoom) -> None:
    await three_passages(room)
    assert "report 1" in await room.says("cy", "/showrunner moderate report passage: 2 value: This is about me.")
    told = await room.says("ada", "/extend The kettle sang.")
    assert "One report waits" in told
    assert "One report waits" not in await room.says("ada", "/extend Again.")
    card = await room.says("ada", "/showrunner moderate")
    assert "This is about me." in card
    assert HEART in card
    await room.presses("ada", "Answer")
    await room.fills("ada", "We talked to ben.")
    heard = await room.says("cy", "/extend Rain.")
    assert "We talked to ben." in heard
    assert "We talked to ben." not in await room.says("cy", "/extend More rain.")
    assert "We talked to ben." in await room.says("cy", "/showrunner moderate")


async def test_only_keepers_see_who_reported_and_the_log_names_nobody(room: AnyRoom) -> None:
    await three_passages(room)
    await room.says("cy", "/showrunner moderate report passage: 2 value: This is about me.")
    assert "cy" in await room.says("ada", "/showrunner moderate")
    assert "This is about me" not in await room.says("ben", "/showrunner moderate")
    log = await room.says("ben", "/showrunner log")
    assert "(unnamed) reported something" in log
    assert "This is about me" not in wall(room)


async def test_a_moderator_of_the_platform_is_a_keeper_everywhere(room: AnyRoom) -> None:
    await three_passages(room)
    await room.says("cy", "/showrunner moderate report passage: 2 value: Look at this.")
    assert "Look at this." in await room.says("mod", "/showrunner moderate", standing=KEEPER)
    assert "keepers" in await room.says("ben", "/showrunner moderate hide 2")
    assert "is hidden" in await room.says("mod", "/showrunner moderate hide 2", standing=KEEPER)


async def test_leaving_it_answers_too(room: AnyRoom) -> None:
    await three_passages(room)
    await room.says("cy", "/showrunner moderate report passage: 2 value: Too long.")
    await room.says("ada", "/showrunner moderate")
    await room.presses("ada", "Leave it")
    assert "stays as it is" in await room.says("cy", "/extend Fine.")


async def test_a_report_about_nothing_or_twice_or_too_often_is_refused_and_its_words_kept(room: AnyRoom) -> None:
    await three_passages(room)
    assert "no passage 44" in await room.says("cy", "/showrunner moderate report passage: 44 value: What is this?")
    assert "What is this?" in await room.says("cy", "/my drafts")
    assert "why" in await room.says("cy", "/showrunner moderate report passage: 2")
    await room.says("cy", "/showrunner moderate report passage: 2 value: One.")
    assert "already" in await room.says("cy", "/showrunner moderate report passage: 2 value: Two.")
    reply = ""
    for n in range(4, 10):
        await room.says("ada", f"/extend Number {n}.")
        reply = await room.says("cy", f"/showrunner moderate report passage: {n} value: Hm.")
    assert "wait for the keepers" in reply
    assert len((await snapshot(room)).reports) == 5


async def test_the_button_on_a_scene_asks_which_passage_and_why(room: AnyRoom) -> None:
    await three_passages(room)
    await room.says("cy", "/scene view")
    await room.presses("cy", "Report")
    assert "report 1" in await room.fills("cy", "2", "It is about me.")


@pytest.mark.parametrize(
    "call",
    [
        Call("moderate-card hide", {"kind": "passage"}),
        Call("moderate-card show", {"kind": "passage"}),
        Call("moderate-card erase", {"kind": "passage", "rev": "1"}),
        Call("report-card send", {"reason": "because"}),
    ],
)
async def test_another_rooms_passage_cannot_be_reported_hidden_or_erased(table: Room, call: Call) -> None:
    room = table
    await three_passages(room)
    theirs = await id_of_passage(room, 2)
    attic = room.elsewhere("attic")
    await attic.says("eve", "/story new Attic")
    name = "passage" if call.command == "report-card send" else "id"
    await attic.calls("eve", call.with_args(**{name: theirs}), standing=KEEPER)
    assert attic.last["eve"].refused
    assert HEART in await room.says("ada", "/read")
    assert not (await snapshot(attic)).reports
    assert HEART not in await attic.says("eve", "/showrunner moderate", standing=KEEPER)


# ---- hiding


async def test_a_hidden_passage_keeps_its_place_and_shows_nowhere_until_it_is_shown_again(room: AnyRoom) -> None:
    await three_passages(room)
    before = await room.says("ada", "/read")
    await room.says("ada", "/showrunner moderate hide 2")
    for line in ("/read", "/previously", "/scene view", "/story export", "/story export format: json"):
        shown = await room.says("cy", line)
        assert "cardamom" not in shown, line
        assert "(hidden by a keeper)" in shown, line
    assert "cardamom" not in wall(room)
    assert "Passage 2 was hidden" in wall(room)
    assert "A keeper hid your passage 2" in await room.says("ben", "/extend Oh.")
    await room.says("ada", "/showrunner moderate show 2")
    assert before in await room.says("ada", "/read")
    assert HEART in wall(room)
    assert "shown again" in await room.says("ben", "/extend Thank you.")


async def test_a_hidden_passage_is_not_in_the_copy_of_a_long_story_either(table: Room) -> None:
    await three_passages(table)
    await table.says("ada", "/scene add The Pantry")
    for number in range(60):
        await table.says("cy", f"/extend Line {number} of a story too long to be shown on cards. " + "It went on. " * 30)
    await table.says("ada", "/showrunner moderate hide 2")
    await table.says("cy", "/read")
    assert table.last["cy"].file is not None
    name, copy = table.last["cy"].file
    assert name == "story-1.md"
    assert "cardamom" not in copy
    order = [copy.index(words) for words in ("# Kitchens", "raining on the harbour", "hidden by a keeper", "Nobody came home", "## The Pantry", "Line 0 of", "Line 59 of")]  # fmt: skip
    assert order == sorted(order)


async def test_a_hidden_passage_is_never_sent_to_the_co_writer(room: AnyRoom) -> None:
    await three_passages(room)
    await room.says("ada", "/showrunner moderate hide 2")
    await room.says("ada", "/assist continue")

    def shown(books: Books) -> list[str]:
        story = books.snapshot().story
        assert story is not None
        return [id_ for m in books.machine_texts(story.id) for _, id_, _ in m.shown]

    sent = await room.house.store.read(room.place, shown)
    assert await id_of_passage(room, 1) in sent
    assert await id_of_passage(room, 2) not in sent


async def test_hiding_twice_showing_what_is_shown_and_fixing_what_is_hidden_are_refused(room: AnyRoom) -> None:
    await three_passages(room)
    await room.says("ben", "/my turns")
    id_ = await id_of_passage(room, 2)
    assert "not hidden" in await room.says("ada", "/showrunner moderate show 2")
    await room.says("ada", "/showrunner moderate hide 2")
    assert "hidden already" in await room.says("ada", "/showrunner moderate hide 2")
    fix = Call("passage-card fix", {"passage": id_, "version": "1", "text": "My own kitchen."})
    assert "is hidden" in await room.calls("ben", fix)
    assert "My own kitchen." in await room.says("ben", "/my drafts")
    assert "no passage 99" in await room.says("ada", "/showrunner moderate hide 99")
    assert "Say which" in await room.says("ada", "/showrunner moderate hide")
    assert "keeper" in await room.says("ada", "/undo")


async def test_a_hidden_idea_leaves_the_ballots_and_comes_back(room: AnyRoom) -> None:
    await three_passages(room)
    await room.says("ben", "/pitch A door opens onto the sea")
    await room.says("cy", "/pitch A bell rings twice")
    await room.says("cy", "/vote 1 2")
    await room.says("ada", "/showrunner moderate hide idea: 1")
    assert "door opens" not in wall(room)
    here = await snapshot(room)
    (ballot,) = here.ballots.values()
    assert [here.pitches[c].number for c in ballot.choices] == [2]
    assert "left the ballot" in await room.says("cy", "/extend Hm.")
    assert "idea of yours" in await room.says("ben", "/extend Oh.")
    await room.presses("ada", "Show it again")
    assert "A door opens onto the sea" in wall(room)
    assert "A door opens onto the sea" in await room.says("cy", "/round ballot")


async def test_a_hidden_idea_of_a_closed_round_shows_in_no_result_and_in_no_drawer(room: AnyRoom) -> None:
    await three_passages(room)
    for name, idea in (("ben", "A door opens onto the sea"), ("cy", "A bell rings twice")):
        await room.says(name, f"/pitch {idea}")
    await room.says("cy", "/vote 2")
    await room.says("ada", "/vote 2")
    await room.says("ada", "/round close")
    await room.says("ada", "/showrunner moderate hide idea: 1")
    await room.says("ada", "/showrunner moderate hide idea: 2")
    for line in ("/round drawer", "/round results", "/round status", "/previously"):
        shown = await room.says("cy", line)
        assert "door opens" not in shown, line
        assert "bell rings" not in shown, line
    assert "bell rings" not in wall(room)
    await room.says("ada", "/showrunner moderate show idea: 2")
    assert "A bell rings twice" in wall(room)
    assert "A bell rings twice" in await room.says("cy", "/round results")


# ---- blocking


async def test_a_blocked_person_reads_and_keeps_what_is_theirs_and_nothing_else(table: Room) -> None:
    room = table
    await three_passages(room)
    await room.says("cy", "/pitch A bell rings")
    vote = Call("vote-card toggle", {"round": next(iter((await snapshot(room)).rounds)), "number": "1"})
    await room.says("ada", "/showrunner moderate block cy Please read the house card again.")
    for line in (
        "/extend A line of mine.", "/pitch An idea of mine.", "/vote 1", "/assist continue", "/round open Why?",
        "/canon add Ines: a cook", "/scene add New",
    ):  # fmt: skip
        assert "house card again" in await room.says("cy", line), line
    assert "house card again" in await room.calls("cy", vote)
    kept = await room.says("cy", "/my drafts")
    assert "A line of mine." in kept
    assert "An idea of mine." in kept
    assert HEART in await room.says("cy", "/read")
    await room.says("cy", "/my ai never")
    assert not room.last["cy"].refused
    await room.says("cy", "/help")
    await room.says("cy", "/stop")
    assert (await snapshot(room)).room.stopped_at is not None
    await room.says("ada", "/stop")
    await room.presses("ada", "Carry on")
    await room.says("ada", "/showrunner moderate unblock cy")
    assert "take part here again" in await room.says("cy", "/extend A line of mine.")
    assert "A line of mine." in wall(room)


async def test_who_runs_the_room_and_oneself_cannot_be_blocked(table: Room) -> None:
    room = table
    await three_passages(room)
    await room.says("mod", "/extend I look after this.", standing=KEEPER)
    assert "yourself" in await room.says("ada", "/showrunner moderate block ada because")
    assert "cannot be blocked" in await room.says("ada", "/showrunner moderate block mod because")
    assert "cannot be blocked" in await room.says("mod", "/showrunner moderate block ada because", standing=KEEPER)
    assert "Nobody called dee" in await room.says("ada", "/showrunner moderate block dee because")
    assert "whom and why" in await room.says("ada", "/showrunner moderate block ben")
    assert "keepers" in await room.says("ben", "/showrunner moderate block cy because")
    await room.says("ada", "/showrunner moderate block ben because")
    assert "blocked already" in await room.says("ada", "/showrunner moderate block ben because")
    assert "not blocked" in await room.says("ada", "/showrunner moderate unblock cy")


async def test_a_block_is_of_one_room_and_its_threads(table: Room) -> None:
    room = table
    hall = room.at(Place("discord", "s", "hall"))
    await hall.says("ada", "/story new Hall", standing=KEEPER)
    await hall.says("cy", "/extend I am here.")
    await hall.says("ada", "/showrunner moderate block cy Enough.", standing=KEEPER)
    thread, attic = room.at(Place("discord", "s", "hall", "t")), room.at(Place("discord", "s", "attic"))
    for place in (thread, attic):
        await place.says("ada", "/story new Elsewhere", standing=KEEPER)
    assert "Enough." in await thread.says("cy", "/extend Let me in.")
    assert "Enough." not in await attic.says("cy", "/extend Let me in.")


async def test_blocking_from_a_report_answers_it_and_frees_the_pen(room: AnyRoom) -> None:
    await three_passages(room)
    await room.calls("ben", Call("pen take"))
    await room.says("cy", "/showrunner moderate report passage: 2 value: This is about me.")
    await room.says("ada", "/showrunner moderate")
    await room.presses("ada", "Block")
    assert "ben is blocked" in await room.fills("ada", "Not about people, please.")
    here = await snapshot(room)
    assert not here.reports
    assert all(pen.holder is None for pen in here.pens.values())
    assert "acted" in await room.says("cy", "/extend Thank you.")


# ---- tempo


async def test_who_is_faster_than_the_room_allows_is_asked_to_wait_and_loses_nothing(table: Room) -> None:
    room = table
    hall = room.at(Place("discord", "s", "hall"))
    await hall.says("ada", "/story new Fast", standing=KEEPER)
    for n in range(20):
        await hall.says("ben", f"/extend {n}.")
    assert "seconds" in await hall.says("ben", "/extend One too many.")
    assert "One too many." in await hall.says("ben", "/my drafts")
    await hall.says("cy", "/extend I am slower.")
    await hall.says("ben", "/my ai read")
    assert not hall.last["ben"].refused
    assert "stopped" in (await hall.says("ben", "/stop")).lower()
    await hall.says("ada", "/stop", standing=KEEPER)
    await hall.says("ada", "/showrunner rules set limits off", standing=KEEPER)
    assert "as fast as they like" in await hall.says("ada", "/showrunner rules")
    assert (await snapshot(hall)).room.rules["limits"] == "off"


async def test_everything_that_keepers_do_verifies_and_nothing_of_it_is_in_another_room(room: AnyRoom) -> None:
    await three_passages(room)
    attic = room.elsewhere("attic")
    await attic.says("eve", "/story new Attic")
    await attic.says("eve", "/extend Dust.")
    await room.says("cy", "/showrunner moderate report passage: 2 value: This is about me.")
    await room.says("ada", "/showrunner moderate hide 2")
    await room.says("ada", "/showrunner moderate block ben Not about people.")
    for line in ("/showrunner moderate", "/showrunner moderate blocked", "/showrunner log", "/read"):
        shown = await attic.says("eve", line)
        assert "about me" not in shown
        assert "ben" not in shown
    refused = await attic.says("eve", "/showrunner moderate unblock ben")  # a picker may name who never acted here
    assert "Nobody called ben" in refused or "ben is not blocked here" in refused
    checked = await migrate.on_connection(room.settings.database.url, operators.check)
    assert checked.problems == ()
    here = await snapshot(attic)
    assert json.dumps([m.person for m in here.members.values()]).count("ben") == 0


async def test_a_keepers_everyday_acts_are_one_transaction_of_at_most_sixteen_statements(table: Room) -> None:
    """Erasing and taking out walk every place where words live, and may be more."""
    room = table
    runner = room.house.runner
    assert isinstance(runner, SqliteRunner)
    await three_passages(room)
    await room.says("cy", "/pitch A bell rings")
    await room.says("cy", "/vote 1")
    run: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        run.append(statement)

    for name, line in (
        ("cy", "/showrunner moderate report passage: 2 value: This is about me."),
        ("ada", "/showrunner moderate hide 2"),
        ("ada", "/showrunner moderate show 2"),
        ("ada", "/showrunner moderate hide idea: 1"),
        ("cy", "/extend I am told now."),
        ("ada", "/showrunner moderate block ben Not about people."),
        ("ada", "/showrunner moderate unblock ben"),
        ("ada", "/round aside 3h"),
    ):
        event.listen(runner.writer, "before_cursor_execute", note)
        async for _ in room.house.inbox.typed(room.incoming(name), line):
            pass
        event.remove(runner.writer, "before_cursor_execute", note)
        await room.house.inbox.settled(room.place)
        changing = [s for s in run if not s.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK"))]
        assert sum(s.startswith("BEGIN") for s in run) == 1, line
        assert 2 < len(changing) <= 16, (line, len(changing), changing)
        run.clear()
