"""`/notes`: given, listed, told, resolved, undone; by menu too."""

from __future__ import annotations

from typing import Any

import pytest

from bot.calls import Call
from bot.story.books import Books
from bot.story.people import Place, Standing
from tests.rig import Room


@pytest.fixture
def room(table: Room) -> Room:
    """At a table: the rig says there who calls, with what standing, and what the platform knows."""
    return table




async def look(room: Room, work: Any) -> Any:
    return await room.house.store.read(room.place, work)


def states(books: Books) -> list[tuple[int, str, str]]:
    """(number, state, words) of all notes."""
    story = books.snapshot().story
    found = [books.note_numbered(story.id, n) for n in range(1, 9)] if story else []
    return [(n.number, n.state, n.text) for n in found if n is not None]


async def begun(room: Room) -> None:
    await room.says("ada", "/story new Noted")
    await room.says("ada", "/extend It began with a bell.")


async def test_a_note_is_given_told_listed_and_resolved(room: Room) -> None:
    await begun(room)
    receipt = await room.says("ben", "/notes give 1 The bell comes too early. due: Fri 17:00", standing=Standing(guest=True))
    assert "passage 1" in receipt
    assert "Fri 17:00" in receipt
    listed = await room.says("cleo", "/notes list")
    assert "The bell comes too early." in listed
    assert "from ben" in listed
    assert "due Fri 17:00" in listed
    told = await room.says("ada", "/extend And on.")
    assert "A note for you" in told
    assert "The bell comes too early." in told
    await room.presses("ada", "Resolve")
    assert await look(room, states) == [(1, "resolved", "The bell comes too early.")]
    assert "No note is open" in await room.says("cleo", "/notes list")
    await room.says("ada", "/undo")
    assert await look(room, states) == [(1, "open", "The bell comes too early.")]


async def test_a_due_note_is_said_privately_after_it_is_due(room: Room) -> None:
    await begun(room)
    await room.says("ben", "/notes give 1 Look at the bell. due: in 2h")
    await room.says("ada", "/extend And on.")
    await room.later(hours=3)
    assert "was due" in await room.says("ben", "/notes list")
    assert "A note is due" in await room.says("ada", "/extend Later.")
    assert "A note is due" not in await room.says("ada", "/extend Still later.")
    assert "note" not in room.wall.text.casefold().replace("noted", "")


async def test_notes_on_the_whole_story_are_listed_oldest_first(room: Room) -> None:
    await begun(room)
    for words in ("First thought.", "Second thought.", "3 people is too many."):
        await room.says("ben", f"/notes give {words}")
    assert room.last["ben"].refused
    listed = await room.says("ada", "/notes list")
    assert listed.index("First thought.") < listed.index("Second thought.")
    assert "First thought." in await room.says("ada", "/notes list 1")
    assert "the oldest since" in await room.says("ada", "/notes coverage")


async def test_undo_takes_a_note_back_and_put_back_brings_it_back(room: Room) -> None:
    await begun(room)
    await room.says("ben", "/notes give 1 Too early.")
    assert "note 1" in await room.says("ben", "/undo")
    assert await look(room, states) == [(1, "withdrawn", "Too early.")]
    assert "no note 1" in await room.says("ben", "/notes list 1")
    await room.calls("ben", Call("undo-card back"))
    assert await look(room, states) == [(1, "open", "Too early.")]


async def test_bad_input_is_answered_and_the_words_are_kept(room: Room) -> None:
    assert "story" in (await room.says("ben", "/notes list")).casefold()
    await begun(room)
    for line in (
        "/notes give 99 No such passage.",
        "/notes give 1 Too late. due: yesterday-ish",
        f"/notes give {'x' * 2001}",
    ):
        await room.says("ben", line)
        assert room.last["ben"].refused
    drafts = await look(room, lambda books: [d.text for d in books.drafts("terminal/local/ben")])
    assert len(drafts) == 3
    for line in ("/notes resolve 7", "/notes resolve x", "/notes list 7", "/notes"):
        assert len(await room.says("ben", line)) > 20
    await room.says("ben", "/notes give")
    assert room.last["ben"].form is not None
    await room.says("ben", "/notes give 1 From ben.")
    await room.says("dan", "/notes resolve 1")
    assert room.last["dan"].refused
    await room.says("eve", "/notes give 1 Muted.", standing=Standing(can_post=False))
    assert room.last["eve"].refused


async def test_the_menu_notes_a_passage_through_a_small_form(room: Room) -> None:
    await begun(room)
    await room.menu("ben", "message note", "1 - ada", message=room.ref("It began with a bell."))
    form = room.last["ben"].form
    assert form is not None
    assert set(form.call.args) == {"held"}
    assert [q.argument for q in form.questions] == ["note"]
    assert "passage 1" in await room.fills("ben", "Too early.")
    (note,) = await look(room, lambda books: books.notes(books.snapshot().story.id))
    assert (note.passage_number, note.by, note.text) == (1, "terminal/local/ben", "Too early.")


async def test_the_menu_on_talk_notes_the_whole_story_and_copies_nothing(room: Room) -> None:
    await begun(room)
    await room.menu("ben", "message note", "Quicksilver talk", author="ada")
    reply = await room.fills("ben", "This should be a scene.")
    assert "as a whole" in reply
    (note,) = await look(room, lambda books: books.notes(books.snapshot().story.id))
    assert (note.passage_id, note.message, note.text) == (None, "m1", "This should be a scene.")


async def test_a_refused_note_of_a_form_opens_again_with_its_words(room: Room) -> None:
    await begun(room)
    ref = room.ref("It began with a bell.")
    await room.menu("ben", "message note", "1 - ada", message=ref)
    await room.fills("ben", "y" * 2001)
    assert room.last["ben"].refused
    await room.presses("ben", "Change it")
    form = room.last["ben"].form
    assert form is not None
    assert form.questions[0].prefill == "y" * 2001
    await room.fills("ben", "Shorter.")
    assert [n[2] for n in await look(room, states)] == ["Shorter."]
    assert await look(room, lambda books: books.drafts("terminal/local/ben")) == []


async def test_a_card_takes_no_note_and_says_so_before_one_is_written(room: Room) -> None:
    await begun(room)
    await room.says("ada", "/pitch A door")
    ballot = next(ref for ref, card in room.wall.shown.items() if card.options)
    assert "Notes stand on passages" in await room.menu("ben", "message note", "x", message=ballot)
    assert "neither" in await room.menu("ben", "message note", "x", message="a webhook's")
    assert "Notes stand on passages" in await room.menu("ben", "message note", "x", message=ballot, note="A fine ballot.")
    assert [d.text for d in await look(room, lambda books: books.drafts("terminal/local/ben"))] == ["A fine ballot."]


async def test_notes_stay_in_their_room(room: Room) -> None:
    await begun(room)
    await room.says("ben", "/notes give 1 Secret of the table.")
    note = (await look(room, lambda books: books.notes(books.snapshot().story.id)))[0]
    attic = room.at(Place("terminal", "local", "attic"))
    await attic.says("ada", "/story new Elsewhere")
    assert "Secret" not in await attic.says("ada", "/notes list")
    assert "Secret" not in await attic.says("ada", "/extend Nothing is said here.")
    await attic.calls("ben", Call("note-card resolve", {"note": note.id}))
    assert attic.last["ben"].refused
    assert (await look(room, states))[0][1] == "open"
