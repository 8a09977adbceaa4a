"""The day's prompt as people live it: asked, answered, read, voted on, closed by hand and by time, on every platform."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from adapters.recording import Recording
from bot.calls import Call
from bot.story.books import Books
from tests.contract.conftest import AnyRoom
from tests.discord_rig import open_discord_room
from tests.rig import Room, open_room, plain
from tests.slack_rig import open_slack_room

BELL = "The bell is in the attic now. Every Sunday somebody dusts it."
FERRY = "The ferry left an hour ago, with everyone that it had come to fetch."


async def press(room: AnyRoom, name: str, words: str, label: str) -> str:
    """Press a button of the public card that shows these words."""
    if isinstance(room, Room):
        return await room.presses_on(name, words, label)
    room.last.pop(name, None)
    return await room.presses(name, label)


async def opens(room: AnyRoom, name: str, label: str) -> None:
    """Press a button that opens a form: again while a machine under load is too slow to fill it in time."""
    before = room.last[name]
    for _ in range(20):
        await room.presses(name, label)
        if room.asked(name):
            return
        room.last[name] = before  # type: ignore[assignment]  # the same room's own
    raise AssertionError(f"no form for {label!r}")


def prompts(books: Books) -> list[Any]:
    """All prompts, oldest first."""
    return list(books.prompts(limit=50))[::-1]


async def asked(room: AnyRoom, *, blind: bool = False) -> None:
    """A prompt of the room's own list is up."""
    await room.says("w1", "/prompt add The last house on the tram line")
    await room.says("w1", f"/prompt now source: list blind: {'yes' if blind else 'no'} closes: in 10m")


async def test_a_prompt_is_asked_answered_voted_on_and_picked(room: AnyRoom) -> None:
    await asked(room)
    assert "The last house on the tram line" in room.wall.text
    assert any("The last house on the tram line" in notice for notice in room.wall.notices)
    while not (await press(room, "w2", "tram line", "Write") and room.asked("w2")):
        pass
    receipt = await room.fills("w2", BELL)
    assert "12 words" in receipt
    await room.says("w3", f"/prompt answer {FERRY}")
    assert "w2" in room.wall.now
    assert "w3" in room.wall.now
    read = await room.says("w1", "/prompt read")
    assert BELL in read
    assert FERRY in read
    await room.says("w1", "/prompt vote 1")
    await room.says("w2", "/prompt vote 1 2")
    assert not any("w1" in line and "vote" in line.casefold() for line in room.wall.now.splitlines())
    await room.says("w1", "/prompt close")
    assert "The room's pick of prompt 1" in room.wall.text
    assert BELL in room.wall.text

    def check(books: Books) -> None:
        (prompt,) = prompts(books)
        first, _ = books.answers(prompt.id)
        assert (prompt.status, prompt.picks, prompt.ballots) == ("closed", (first.id,), 2)

    await room.look(check)


async def test_nobody_reads_a_blind_answer_before_the_close_and_then_it_is_voted_on(room: AnyRoom) -> None:
    await asked(room, blind=True)
    await room.says("w2", f"/prompt answer {BELL}")
    await room.says("w3", f"/prompt answer {FERRY}")
    assert "w2, w3" in room.wall.now
    assert BELL[:20] not in room.wall.now
    for line in ("/prompt read", "/prompt vote", "/prompt vote 1", "/prompt export"):
        assert BELL[:20] not in await room.says("w1", line)
    own = await room.says("w2", "/prompt read")
    assert BELL in own
    assert FERRY[:20] not in own
    await room.later(minutes=11)
    assert "The answers to prompt 1 are open" in room.wall.text
    assert BELL in await room.says("w1", "/prompt read")
    assert "closed" in await room.says("w3", "/prompt answer Too late.")
    await room.says("w1", "/prompt vote 2")
    await room.says("w3", "/prompt vote 2")
    await room.later(hours=25)
    assert "The room's pick of prompt 1" in room.wall.now
    assert FERRY in room.wall.now


async def test_an_answer_is_changed_and_taken_back_and_its_versions_are_kept(room: AnyRoom) -> None:
    await asked(room)
    await room.says("w2", f"/prompt answer {BELL}")
    await opens(room, "w2", "Change mine")
    assert "version 2" in await room.fills("w2", FERRY)

    def texts(books: Books) -> list[str]:
        (prompt,) = prompts(books)
        return [v.text for a in books.answers(prompt.id) for v in books.answer_versions(a.id)]

    assert await room.look(texts) == [BELL, FERRY]
    await room.presses("w2", "Take it back")
    assert "w2" not in await room.says("w1", "/prompt read")
    await room.says("w2", f"/prompt answer {BELL}")
    assert BELL in await room.says("w1", "/prompt read")


async def test_a_long_answer_is_kept_letter_for_letter(room: AnyRoom) -> None:
    long = "\n\n".join(f"{n}. Nobody had told the captain, and he counted them again." for n in range(400))
    await asked(room)
    await room.says("w2", f"/prompt answer {long}")

    def text(books: Books) -> str:
        (prompt,) = prompts(books)
        return next(iter(books.answer_texts(books.answers(prompt.id)).values()))

    assert await room.look(text) == long


async def test_the_rooms_list_is_counted_back_and_asked_in_order(room: AnyRoom) -> None:
    lines = "- A gate that only opens outward.\n2) The night bus\n\nthe NIGHT bus!\nA spoon"
    said = await room.says("w1", f"/prompt import {lines}")
    assert "3 prompts are on the room's list now" in said
    assert "repeats number 2" in said
    assert "as number 1" in await room.says("w2", "/prompt add a gate that only opens outward")
    for _ in range(4):
        await room.says("w1", "/prompt now source: list")
    asked_ = await room.look(lambda books: [p.text for p in prompts(books)])
    assert asked_ == ["A gate that only opens outward.", "The night bus", "A spoon", "A gate that only opens outward."]
    said = await room.says("w1", "/prompt now kind: dialogue source: list")
    assert "asked as they were written" in said
    await room.says("w1", "/prompt remove 3")
    assert "A spoon" not in await room.says("w2", "/prompt ideas")


async def test_an_answer_becomes_a_pitch_with_its_writers_credit(room: AnyRoom) -> None:
    await room.says("w1", "/story new The Last Ferry")
    await asked(room)
    await room.says("w2", f"/prompt answer {BELL}")
    await room.says("w1", "/prompt read")
    await room.presses("w1", "1 · w2")
    await room.presses("w1", "Ask w2")
    assert await room.look(ideas) == []
    await press(room, "w2", "would like to pitch", "Yes, pitch it")
    assert await room.look(ideas) == [(BELL, room.key("w2"))]
    await room.says("w3", f"/prompt answer {FERRY}")
    await room.says("w3", "/prompt read")
    await room.presses("w3", "2 · w3")
    await room.presses("w3", "Pitch it")
    assert await room.look(ideas) == [(BELL, room.key("w2")), (FERRY, room.key("w3"))]


def ideas(books: Books) -> list[tuple[str, str | None]]:
    """The pitches of the open round, with who wrote them."""
    room = books.snapshot()
    assert room.story is not None
    return [(p.text, p.author) for r in room.open_rounds(room.story.id) for p in room.pitches_of(r.id)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/prompt answer Hello there.", "No prompt is open"),
        ("/prompt read 7", "There is no prompt of that number"),
        ("/prompt read", "No prompt was asked here yet"),
        ("/prompt vote 1", "No prompt is open"),
        ("/prompt now closes: 17:61", "17:61"),
        ("/prompt remove 5", "not on the room's list"),
        ("/prompt ideas", "The list is empty"),
    ],
)
async def test_what_cannot_be_is_said_in_one_sentence(table: Room, line: str, said: str) -> None:
    assert said in await table.says("w1", line)


async def test_a_vote_names_answers_that_are_there(table: Room) -> None:
    await asked(table)
    assert "nothing to vote for yet" in await table.says("w1", "/prompt vote")
    await table.says("w2", f"/prompt answer {BELL}")
    assert "These are: 1" in await table.says("w1", "/prompt vote 9")
    assert "not a row of numbers" in await table.says("w1", "/prompt vote the first")
    assert "* 1" in f" {await table.says('w1', '/prompt vote 1')}".replace("1*", "* 1")
    assert "taken back" in await table.says("w1", "/prompt vote 0")


async def test_a_prompt_is_closed_by_who_asked_or_a_showrunner(table: Room) -> None:
    await table.says("ada", "/story new The Last Ferry")
    await table.says("w1", "/prompt now")
    assert "by who asked it" in await table.says("w2", "/prompt close")
    assert "is closed" in await table.says("ada", "/prompt close")


async def test_a_stale_form_is_never_saved_over_a_newer_version(table: Room) -> None:
    await asked(table)
    await table.says("w2", f"/prompt answer {BELL}")
    await opens(table, "w2", "Change mine")
    form = table.last["w2"]
    await table.says("w2", f"/prompt answer {FERRY}")
    table.last["w2"] = form
    assert "nothing was written over" in await table.fills("w2", "Something else.")
    assert FERRY in await table.says("w1", "/prompt read")


async def test_a_form_begins_with_ones_own_answer(table: Room) -> None:
    await asked(table)
    await table.says("w2", f"/prompt answer {BELL}")
    await opens(table, "w2", "Change mine")
    form = table.last["w2"].form
    assert form is not None
    assert form.questions[0].prefill == BELL
    assert "tram line" in form.lead


# ---- keepers, and what is one's own: at a table, where everything that is read stands once


async def test_a_hidden_answer_is_shown_to_nobody_and_comes_back(table: Room) -> None:
    await table.says("ada", "/story new The Last Ferry")
    await asked(table)
    await table.says("w2", f"/prompt answer {BELL}")
    await table.says("w3", f"/prompt answer {FERRY}")
    await table.says("w3", "/prompt vote 1")
    await table.says("w3", "/prompt read")
    await table.presses("w3", "1 · w2")
    await table.presses("w3", "Report")
    await table.fills("w3", "Not for this room.")
    assert BELL in await table.says("ada", "/showrunner moderate")
    assert "is hidden" in await table.presses("ada", "Hide")
    for line in ("/prompt read", "/prompt export", "/prompt vote"):
        for name in ("w2", "w3", "ada"):
            assert BELL not in await table.says(name, line)
    assert "hid your answer 1" in await table.says("w2", "/prompt add Something else")
    assert "A keeper hid your answer" in await table.says("w2", "/prompt answer Again.")
    await table.says("ada", "/prompt close")
    assert BELL not in table.wall.now
    assert "room's pick" not in table.wall.now
    prompt = (await table.look(prompts))[-1]
    answer = (await table.look(lambda books: books.answers(prompt.id)))[0]
    await table.calls("ada", Call("moderate-card show", {"kind": "answer", "id": answer.id}))
    assert BELL in await table.says("w3", "/prompt read")


async def test_an_erased_answer_is_nowhere_any_more(table: Room) -> None:
    await table.says("ada", "/story new The Last Ferry")
    await asked(table)
    await table.says("w2", f"/prompt answer {FERRY}")
    await table.says("w2", f"/prompt answer {BELL}")
    await table.says("ada", "/prompt read")
    await table.presses("ada", "1 · w2")
    await table.presses("ada", "Erase")
    assert "all 2 versions" in plain(table.last["ada"].cards[0])
    assert "is erased" in await table.presses("ada", "Erase for good")
    await everywhere_gone(table, BELL, FERRY)
    assert "Prompt 1" in table.wall.now
    assert "Nobody has answered yet" in table.wall.now


async def test_a_prompt_of_the_list_is_erased_from_the_list_too(table: Room) -> None:
    await table.says("ada", "/story new The Last Ferry")
    await asked(table)
    await table.menu("w2", "message report", "", message=table.ref("tram line"), reason="Not this.")
    await table.says("ada", "/showrunner moderate")
    await table.presses("ada", "Erase")
    await table.presses("ada", "Erase for good")
    await everywhere_gone(table, "The last house on the tram line")


async def test_one_takes_ones_answers_along_and_out(table: Room) -> None:
    await asked(table)
    await table.says("w2", f"/prompt answer {FERRY}")
    await table.says("w2", f"/prompt answer {BELL}")
    await table.says("w2", "/prompt add A spoon that nobody owns")
    taken = await table.says("w2", "/my export")
    for words in (FERRY, BELL, "A spoon that nobody owns"):
        assert words in taken
    said = await table.says("w2", "/my forget")
    assert "one answer to a prompt" in said
    assert "one prompt that you put on the room's list" in said
    await table.presses("w2", "Take them out")
    await everywhere_gone(table, BELL, FERRY, "A spoon that nobody owns")
    assert "A better bell." in await answered_again(table)


async def answered_again(table: Room) -> str:
    """Who took their words out may answer anew."""
    await table.says("w2", "/prompt answer A better bell.")
    return await table.says("w1", "/prompt read")


async def everywhere_gone(table: Room, *words: str) -> None:
    """No table of the database and no card holds these words any more."""
    await table.house.inbox.settled(table.place)
    with sqlite3.connect(str(table.settings.database.path)) as connection:
        dump = "\n".join(connection.iterdump())
    for phrase in words:
        assert phrase not in dump
        assert phrase not in table.wall.now


async def test_who_is_blocked_or_only_reads_writes_no_answer(table: Room) -> None:
    await table.says("ada", "/story new The Last Ferry")
    await asked(table)
    await table.says("w3", f"/prompt answer {FERRY}")
    await table.says("ada", "/showrunner moderate block w3 Enough.")
    assert "blocked" in await table.says("w3", "/prompt answer Again and again.")
    await table.says("w2", "/prompt add A gate that only opens outward")
    await table.says("ada", "/showrunner roles give w2 reader")
    assert "read" in await table.says("w2", f"/prompt answer {BELL}")
    assert BELL not in await table.says("w1", "/prompt read")


async def test_more_answers_than_a_ballot_holds_are_voted_for_by_number(table: Room) -> None:
    await asked(table)
    for n in range(1, 19):
        await table.says(f"p{n}", f"/prompt answer Answer of the person with the number {n}.")
    assert "type the numbers" in await table.says("w1", "/prompt vote")
    assert "Counted: 2 and 17" in await table.says("w1", "/prompt vote 2 17")
    assert "and 10 more" in table.wall.now.casefold()


@pytest.mark.parametrize("platform", ["console", "discord", "slack-socket"])
async def test_a_co_writers_prompt_is_asked_on_every_platform_and_labelled(platform: str, tmp_path: Path) -> None:
    url, writer = f"sqlite:///{tmp_path}/house.db", Recording.shipped()
    async with contextlib.AsyncExitStack() as stack:
        room: AnyRoom
        if platform == "console":
            room = await stack.enter_async_context(open_room(url, writer=writer))
        elif platform == "discord":
            room = await stack.enter_async_context(open_discord_room(url, writer=writer))
        else:
            room = await stack.enter_async_context(open_slack_room(url, writer=writer))
        await room.says("w1", "/story new The Last Ferry")
        await room.says("w1", "/prompt now source: co-writer")
        async with asyncio.timeout(60):
            asked_ = await room.look(prompts)
            while not asked_:  # a platform shows first that somebody is writing
                await asyncio.sleep(0.05)
                asked_ = await room.look(prompts)
        await room.house.inbox.settled(room.place)
        assert "The last ferry of the season leaves in ten minutes" in room.wall.text
        assert "Written by a recording" in room.wall.text
