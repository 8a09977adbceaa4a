"""Notes: given by anyone, resolved by few, told once, counted where they stand; and instants as people say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotAllowed, UserError
from bot.story import noting, staging, undoing
from bot.story.coming import instant_of
from bot.story.notes import Note
from bot.story.noting import NoteNews
from bot.story.passages import Passage
from bot.story.people import Role
from bot.story.saying import next_for
from tests.unit.tiny_room import START, TinyRoom, person


@pytest.fixture
def room() -> TinyRoom:
    room = TinyRoom("table", "ada", "ben", "cleo", "run")
    room.open("run")
    room.member("run", Role.SHOWRUNNER)
    room.write("ada", "It began with a bell.")
    return room


def passage(room: TinyRoom, number: int = 1) -> Passage:
    return next(p for p in room.all_passages.values() if p.number == number)


def standing(room: TinyRoom) -> list[Note]:
    return [n for n in room.all_notes.values() if n.state == "open"]


def give(room: TinyRoom, name: str, text: str = "The bell comes too early.", **more: object) -> NoteNews:
    more.setdefault("passage", passage(room))
    return room.do(name, noting.give, room.story, text, standing=standing(room), **more)


def test_a_reader_gives_a_note_and_the_writer_hears_of_it_once(room: TinyRoom) -> None:
    room.member("ben", Role.READER)
    news = give(room, "ben")
    assert (news.note.number, news.note.writer, news.writer) == (1, person("ada").key, "ada")
    told = next_for(room.snapshot, room.by("ada"))
    assert told is not None
    assert (told.kind, told.subject) == ("noted", news.note.id)
    assert next_for(room.snapshot, room.by("ben")) is None


def test_a_note_on_ones_own_passage_is_no_news(room: TinyRoom) -> None:
    give(room, "ada")
    assert next_for(room.snapshot, room.by("ada")) is None


def test_a_due_note_is_told_when_it_is_due_and_not_before(room: TinyRoom) -> None:
    give(room, "ada", due_at=room.now + timedelta(hours=2))
    assert next_for(room.snapshot, room.by("ada")) is None
    room.later(hours=2)
    due = next_for(room.snapshot, room.by("ada"))
    assert due is not None
    assert due.kind == "note_due"


@pytest.mark.parametrize(("name", "may"), [("ada", True), ("ben", True), ("run", True), ("cleo", False)])
def test_who_may_resolve(room: TinyRoom, name: str, may: bool) -> None:
    note = give(room, "ben").note
    if not may:
        with pytest.raises(NotAllowed):
            room.do(name, noting.resolve, room.story, note)
        return
    assert room.do(name, noting.resolve, room.story, note).note.state == "resolved"
    assert room.snapshot.errands == {}
    with pytest.raises(UserError):
        room.do(name, noting.resolve, room.story, room.all_notes[note.id])


@given(st.lists(st.sampled_from(["give", "resolve", "undo", "back"]), max_size=12))
def test_undo_and_put_back_lead_through_the_same_states(steps: list[str]) -> None:
    room = TinyRoom("table", "ada", "ben")
    room.open("ada")
    room.write("ada", "It began with a bell.")
    for step in steps:
        before = dict(room.all_notes)
        try:
            match step:
                case "give":
                    give(room, "ben")
                case "resolve":
                    note = max(standing(room), key=lambda n: n.number, default=None)
                    if note is not None:
                        room.do("ben", noting.resolve, room.story, note)
                case "undo":
                    room.do("ben", undoing.undo, room.deeds_of("ben"), shelf=room)
                case _:
                    room.do("ben", undoing.put_back, room.deeds_of("ben"), shelf=room)
        except UserError:
            assert room.all_notes == before
        numbers = [n.number for n in room.all_notes.values()]
        assert len(set(numbers)) == len(numbers)
        told = {e.subject for e in room.snapshot.errands.values()}
        assert told <= {n.id for n in standing(room)}


def test_undoing_a_note_withdraws_it_and_put_back_tells_its_writer_again(room: TinyRoom) -> None:
    note = give(room, "ben").note
    room.do("ben", undoing.undo, room.deeds_of("ben"), shelf=room)
    assert room.all_notes[note.id].state == "withdrawn"
    assert room.snapshot.errands == {}
    room.do("ben", undoing.put_back, room.deeds_of("ben"), shelf=room)
    assert room.all_notes[note.id].state == "open"
    assert next_for(room.snapshot, room.by("ada")) is not None


def test_what_is_no_note(room: TinyRoom) -> None:
    for text in ("", "  ", "x" * 2001):
        with pytest.raises(UserError):
            give(room, "ben", text)
    with pytest.raises(UserError):
        give(room, "ben", due_at=room.now)
    room.do("ada", undoing.undo, room.deeds_of("ada"), shelf=room)
    with pytest.raises(UserError):
        give(room, "ben")


def test_coverage_counts_scene_by_scene(room: TinyRoom) -> None:
    give(room, "ben")
    give(room, "cleo")
    give(room, "ben", passage=None)
    room.later(hours=1)
    room.do("run", staging.add, "The pier")
    room.write("ben", "The pier was empty.")
    give(room, "ada", passage=passage(room, 2))
    found = noting.coverage(room.snapshot.scenes_of(room.story.id), standing(room))
    assert [(c.scene.number if c.scene else 0, c.open, c.passages) for c in found] == [
        (0, 1, ()), (1, 2, ((1, 2),)), (2, 1, ((2, 1),)),
    ]  # fmt: skip
    assert found[1].oldest == START
    out = noting.coverage(room.snapshot.scenes_of(room.story.id)[:1], standing(room))
    assert [(c.out, c.open) for c in out][-1] == (True, 1)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=30))
def test_every_open_note_is_counted_once(where: list[tuple[int, int]]) -> None:
    room = TinyRoom("table", "ada")
    room.open("ada")
    for number in range(2):
        room.do("ada", staging.add, f"Scene {number}")
    scenes = room.snapshot.scenes_of(room.story.id)
    ids = ["", *(s.id for s in scenes)]
    notes = [
        Note(str(n), "room", room.story.id, n, "x", "a", START, scene_id=ids[scene], passage_number=passage if scene else 0)
        for n, (scene, passage) in enumerate(where)
    ]
    found = noting.coverage(scenes, notes)
    assert sum(c.open for c in found) == len(notes)


NOW = datetime(2026, 3, 4, 16, 30, tzinfo=UTC)  # a Wednesday, 17:30 in Berlin


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ("17:00", datetime(2026, 3, 5, 16, 0, tzinfo=UTC)),
        ("18:00", datetime(2026, 3, 4, 17, 0, tzinfo=UTC)),
        ("Fri 17:00", datetime(2026, 3, 6, 16, 0, tzinfo=UTC)),
        ("wednesday 9:00", datetime(2026, 3, 11, 8, 0, tzinfo=UTC)),
        ("wed", datetime(2026, 3, 4, 17, 0, tzinfo=UTC)),
        ("tomorrow at 9:30", datetime(2026, 3, 5, 8, 30, tzinfo=UTC)),
        ("2026-07-01 17:00", datetime(2026, 7, 1, 15, 0, tzinfo=UTC)),
        ("in 3h", NOW + timedelta(hours=3)),
        ("3d", NOW + timedelta(days=3)),
    ],
)
def test_instants_as_people_say_them(given: str, at: datetime) -> None:
    assert instant_of(given, "Europe/Berlin", NOW) == at


@pytest.mark.parametrize("given", ["", "soon", "25:00", "2026-02-30", "today 9:00", "2020-01-01", "Fri Sat", "17", "-3h"])
def test_what_is_no_instant_is_said(given: str) -> None:
    with pytest.raises(UserError) as refusal:
        instant_of(given, "Europe/Berlin", NOW)
    assert refusal.value.key in ("kernel.not_an_instant", "kernel.has_passed")


@given(st.text(max_size=20))
def test_an_instant_is_always_still_to_come(given: str) -> None:
    try:
        assert instant_of(given, "America/New_York", NOW) > NOW
    except UserError:
        return
