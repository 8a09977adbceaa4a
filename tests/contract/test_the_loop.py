"""Scenes of the loop - pitch, vote, extend - as people live them: lines in, cards and rows out."""

from __future__ import annotations

import asyncio

from bot.story.books import Books
from memory import migrate, operators
from tests.contract.conftest import AnyRoom
from tests.rig import Room


async def the_ferry(room: AnyRoom) -> None:
    """The evening of the README, up to the close."""
    await room.says("w1", "/story new The Last Ferry")
    await room.says("w1", "/pitch The ferry never docks")
    await room.says("w2", "/pitch The captain has been dead since Tuesday")
    await room.says("w3", "/pitch Everyone aboard has the same birthday")
    await room.says("w1", "/vote 2 3")
    await room.says("w2", "/vote 2")
    await room.says("w3", "/vote 2 3")


def _open_rounds(books: Books) -> int:
    room = books.snapshot()
    return len(room.open_rounds(room.story.id)) if room.story else 0


def texts(books: Books) -> list[str]:
    """The words that stand in the room's story."""
    story = books.snapshot().story
    return [version.text for _, version in books.passages(story.id)] if story else []


async def test_the_lines_of_the_readme_work_exactly_so(room: AnyRoom) -> None:
    await the_ferry(room)
    await room.says("w1", "/round close")
    assert "The captain has been dead since Tuesday" in room.wall.text
    line = "Nobody had told the captain. He stood at the wheel the way he had stood on Tuesday, and the ferry went on arriving."
    await room.says("w2", f"/extend {line}")
    assert line in room.wall.text
    assert "Nobody had told the captain" in await room.says("w3", "/previously")
    assert line in await room.says("w3", "/read")

    def check(books: Books) -> None:
        story = books.snapshot().story
        assert story is not None
        round_ = books.round_numbered(story.id, 1)
        assert round_ is not None
        assert round_.result == "chosen"
        assert round_.terms.quorum == 1 or round_.terms.quorum == 2
        assert dict(round_.tally)[round_.winner_id or ""] == 3
        pitch = books.pitch(round_.winner_id or "")
        assert pitch is not None
        assert pitch.text == "The captain has been dead since Tuesday"
        ((passage, version),) = books.passages(story.id)
        assert (passage.number, version.text) == (1, line)
        assert [s.person for s in version.spans] == [room.key("w2")]

    await room.look(check)
    checked = await migrate.on_connection(room.settings.database.url, operators.check)
    assert checked.problems == ()


async def test_a_ballot_is_secret_and_can_be_changed_until_the_close(room: AnyRoom) -> None:
    await the_ferry(room)
    receipt = await room.says("w1", "/vote 1")
    assert "1" in receipt
    assert not any("w1" in line and "vot" in line.lower() for line in room.wall.text.splitlines())
    assert "3 votes" not in room.wall.now
    await room.says("w1", "/round close")

    def check(books: Books) -> None:
        story = books.snapshot().story
        assert story is not None
        round_ = books.round_numbered(story.id, 1)
        assert round_ is not None
        room_pitches = {p.id: p.text for p in books.pitches(round_.id)}
        by_text = {room_pitches[key]: votes for key, votes in round_.tally if key != "none"}
        assert by_text == {
            "The ferry never docks": 1, "The captain has been dead since Tuesday": 2, "Everyone aboard has the same birthday": 1,
        }  # fmt: skip

    await room.look(check)


async def test_two_people_closing_at_once_get_one_result(room: AnyRoom) -> None:
    await the_ferry(room)
    await asyncio.gather(room.says("w1", "/round close"), room.says("w1", "/round close"))
    deeds = await room.look(lambda books: [d.entry.kind for d in books.deeds(limit=100)])
    assert deeds.count("round.decided") == 1
    assert sum("The captain has been dead" in notice for notice in room.wall.notices) == 1
    shown = await room.says("w2", "/round close")
    assert "The captain has been dead since Tuesday" in shown


async def test_a_delivery_that_comes_twice_is_carried_out_once_and_answered_alike(room: AnyRoom) -> None:
    await room.says("w1", "/story new Twice")
    first = await room.says("w1", "/pitch A door opens")
    assert first == await room.again("w1")
    pitches = await room.look(lambda books: list(books.snapshot().pitches.values()))
    assert len(pitches) == 1


async def test_a_refused_text_is_in_the_drafts_word_for_word(room: AnyRoom) -> None:
    await room.says("w1", "/story new Safe")
    await room.says("w1", "/extend It began.")
    await room.says("w2", "/stop")
    text = "  A lamp, *two* lamps,\n\nand\ta_dark||ness||."
    reply = await room.says("w1", f"/extend {text}")
    assert "words are safe" in reply
    drafts = await room.look(lambda books: books.drafts(room.key("w1")))
    assert [d.text for d in drafts] == [text.strip(" ")]
    assert "A lamp" in await room.says("w1", "/my drafts")


async def test_a_pitch_that_is_too_long_is_kept_as_a_draft(table: Room) -> None:
    await table.says("w1", "/story new Safe")
    text = "x" * 1001
    assert "1,000" in await table.says("w1", f"/pitch {text}")
    drafts = await table.look(lambda books: books.drafts(table.key("w1")))
    assert [d.text for d in drafts] == [text]


async def test_what_a_person_said_is_kept_over_a_restart_with_its_buttons(table: Room) -> None:
    room = table
    await room.says("w1", "/story new Again")
    await room.says("w1", "the tide came in twice that night")
    lately = await room.house.inbox.lately(room.place, room.incoming("w1").person)
    private = [card for audience, card in lately if audience == "private"]
    assert private
    assert private[-1].actions
    await room.calls("w1", private[-1].actions[0].call)
    passages = await room.look(texts)
    assert passages == ["the tide came in twice that night"]


async def test_undo_says_what_it_undid_and_put_back_brings_it_back(room: AnyRoom) -> None:
    await room.says("w1", "/story new Undone")
    await room.says("w1", "/extend The lamp went out.")
    said = await room.says("w1", "/undo")
    assert "lamp" in said or "passage" in said.lower()
    assert await room.look(texts) == []
    await room.presses("w1", "Put")
    back = await room.look(texts)
    assert back == ["The lamp went out."]


async def test_a_stop_leaves_no_trace_of_who_asked(room: AnyRoom) -> None:
    await room.says("w1", "/story new Quiet")
    await room.says("w1", "/extend The door was open.")
    await room.says("secretive", "/stop")
    assert "STOPPED" in room.wall.text.upper()

    def rows(connection: object) -> str:
        found = []
        for table in ("desk", "ledger", "acts", "members", "posts", "rooms", "due"):
            found += [str(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table}")]  # type: ignore[attr-defined]  # noqa: S608  # fixed names
        return "\n".join(found)

    assert "secretive" not in await migrate.on_connection(room.settings.database.url, rows)


async def test_below_the_quorum_nothing_is_chosen_in_silence(room: AnyRoom) -> None:
    await room.says("w1", "/story new Two Needed")
    await room.says("w1", "/extend It began.")
    await room.says("w2", "/extend It went on.")
    await room.says("w1", "/pitch A storm")
    await room.says("w2", "/pitch A calm")
    await room.says("w1", "/vote 1")
    asked = await room.says("w1", "/round close")
    assert room.buttons("w1"), asked
    open_rounds = await room.look(_open_rounds)
    assert open_rounds == 1


async def test_a_stopped_scene_says_who_chooses_how_to_go_on(room: AnyRoom) -> None:
    await room.says("w1", "/story new Onward")
    await room.says("w1", "/extend The door was open.")
    await room.says("w2", "/extend Somebody had gone.")
    await room.says("w2", "/stop")
    assert "w1, or any two writers, choose how to go on" in room.wall.now
    await room.says("w1", "/stop")
    await room.presses("w1", "Carry on")
    await room.says("w1", "/showrunner roles give w1 showrunner")
    await room.says("w1", "/showrunner roles give w2 showrunner")
    await room.says("w3", "/stop")
    assert "w1 and w2, or any two writers, choose how to go on" in room.wall.now


async def test_a_stopped_scene_goes_on_by_the_showrunners_word(room: AnyRoom) -> None:
    await room.says("w1", "/story new Onward")
    await room.says("w1", "/extend The door was open.")
    await room.says("w2", "/stop")
    refused = await room.says("w1", "/extend Too soon.")
    assert "stopped" in refused
    await room.says("w1", "/stop")
    await room.presses("w1", "Carry on")
    await room.says("w1", "/extend Now it goes on.")
    assert await room.look(texts) == ["The door was open.", "Now it goes on."]


async def test_an_unknown_command_alone_is_not_kept_as_a_draft(table: Room) -> None:
    await table.says("w1", "/frobnicate")
    assert await table.look(lambda books: list(books.drafts(table.key("w1")))) == []


async def test_the_scene_card_keeps_the_chosen_idea_until_it_is_written(room: AnyRoom) -> None:
    await the_ferry(room)
    await room.says("w1", "/round close")
    assert "not written yet" in room.wall.now
    await room.says("w2", "/extend He had been dead since Tuesday, and nobody had told him.")
    assert "not written yet" not in room.wall.now
