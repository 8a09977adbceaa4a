"""Stopping: nameless, once an hour, and how the room goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import NotAllowed, UserError
from bot.story import extending, pens, stopping
from bot.story.passages import MachineText
from bot.story.people import Role
from tests.unit.tiny_room import START, TinyRoom, person


@pytest.fixture
def room() -> TinyRoom:
    room = TinyRoom("table", "w1", "w2", "w3", "run")
    room.member("run", Role.SHOWRUNNER)
    room.open("run")
    room.do("w1", extending.extend, "One.")
    room.do("w1", extending.extend, "Two.")
    return room


def test_nothing_that_a_stop_decides_holds_a_person(room: TinyRoom) -> None:
    outcome = stopping.stop(room.snapshot, room.by("w2"), frozenset())
    held = repr((outcome.rows, outcome.acts, outcome.marks, outcome.dues))
    for row in (outcome.value.story, outcome.value.scene):
        held += repr(row)
    assert person("w2").key not in held
    assert "w2" not in held
    assert [act.actor for act in outcome.acts] == [None]


def test_anyone_may_stop_a_reader_too_and_then_nothing_goes_in(room: TinyRoom) -> None:
    room.member("w2", Role.READER)
    room.do("w2", stopping.stop, nameless=frozenset())
    with pytest.raises(UserError) as refusal:
        room.do("w1", extending.extend, "Three.")
    assert refusal.value.key == "stories.stopped"


def test_clocks_stand_still_and_the_time_is_given_back(room: TinyRoom) -> None:
    room.do("w1", pens.take)
    room.later(minutes=1)
    room.do("w2", stopping.stop, nameless=frozenset())
    assert room.dues == {}
    room.later(minutes=30)
    assert room.do(None, pens.expire, room.story.id) is None
    room.do("run", stopping.go_on, "carry_on")
    assert room.dues["pen", room.story.id] == START + timedelta(minutes=33)


def test_one_person_stops_a_scene_once_an_hour(room: TinyRoom) -> None:
    remember = room.do("w2", stopping.stop, nameless=frozenset()).remember
    room.do("run", stopping.go_on, "carry_on")
    with pytest.raises(UserError) as refusal:
        room.do("w2", stopping.stop, nameless={remember})
    assert refusal.value.key == "stories.stopped_by_you"
    room.do("w3", stopping.stop, nameless={remember})
    room.do("run", stopping.go_on, "carry_on")
    room.later(hours=1)
    assert not room.do("w2", stopping.stop, nameless={remember}).already


def test_stopping_a_stopped_scene_changes_nothing(room: TinyRoom) -> None:
    room.do("w2", stopping.stop, nameless=frozenset())
    since = room.snapshot.room.stopped_at
    room.later(minutes=1)
    assert room.do("w3", stopping.stop, nameless=frozenset()).already
    assert room.snapshot.room.stopped_at == since


def test_a_text_in_flight_is_dropped(room: TinyRoom) -> None:
    writing = MachineText(
        "m", "room", room.story.id, "", "continue", "deck", "", "", "", "", "Half", (), "writing", "", START
    )
    ready = replace(writing, id="n", state="ready")
    room.do("w2", stopping.stop, nameless=frozenset(), in_flight=[writing, ready])
    assert {m.id: m.state for m in room.machine_texts.values()} == {"m": "dropped"}


def test_any_two_writers_who_choose_the_same_go_on_after_ten_minutes(room: TinyRoom) -> None:
    room.do("w2", stopping.stop, nameless=frozenset())
    with pytest.raises(NotAllowed) as refusal:
        room.do("w1", stopping.go_on, "carry_on")
    assert "12:10" in str(refusal.value)
    room.later(minutes=10)
    assert isinstance(room.do("w1", stopping.go_on, "carry_on"), stopping.OneMore)
    assert isinstance(room.do("w1", stopping.go_on, "carry_on"), stopping.OneMore)
    assert isinstance(room.do("w2", stopping.go_on, "end"), stopping.OneMore)
    assert isinstance(room.do("w3", stopping.go_on, "carry_on"), stopping.WentOn)
    assert room.snapshot.room.stopped_at is None


def test_the_only_one_there_goes_on_alone() -> None:
    room = TinyRoom("table", "w1")
    room.open("w1")
    room.do("w1", stopping.stop, nameless=frozenset())
    room.later(minutes=10)
    assert isinstance(room.do("w1", stopping.go_on, "carry_on"), stopping.WentOn)


def test_going_back_a_little_cuts_the_last_passage(room: TinyRoom) -> None:
    room.do("w2", stopping.stop, nameless=frozenset())
    news = room.do("run", stopping.go_on, "back")
    assert isinstance(news, stopping.WentOn)
    assert (news.cut_number, room.text(), room.story.words) == (2, ["One."], 1)


def test_fading_to_black_begins_the_next_scene(room: TinyRoom) -> None:
    first = room.scene
    room.do("w2", stopping.stop, nameless=frozenset())
    room.do("run", stopping.go_on, "fade")
    assert (room.scene.number, room.snapshot.scenes[first.id].ended) == (2, True)
    room.do("w1", extending.extend, "Morning.")
    assert room.text() == ["One.", "Two.", "Morning."]


def test_a_scene_that_was_ended_takes_nothing_more(room: TinyRoom) -> None:
    room.do("w2", stopping.stop, nameless=frozenset())
    room.do("run", stopping.go_on, "end")
    with pytest.raises(UserError) as refusal:
        room.do("w1", extending.extend, "Three.")
    assert refusal.value.key == "stories.scene_ended"


def test_where_nothing_is_stopped_there_is_nothing_to_choose(room: TinyRoom) -> None:
    with pytest.raises(UserError) as refusal:
        room.do("run", stopping.go_on, "carry_on")
    assert refusal.value.key == "stories.not_stopped"
