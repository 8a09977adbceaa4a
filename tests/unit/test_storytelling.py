"""A story's life: begun, rested, wrapped, put away, opened again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest

from bot.errors import NotAllowed, NotFound, UserError
from bot.story import extending, stopping, storytelling
from bot.story.moments import Mark
from bot.story.rounds import Pitch, Round, Terms
from bot.story.turns import Pen
from tests.unit.tiny_room import START, TinyRoom, person

_STATES: tuple[Literal["standing", "waiting", "withdrawn"], ...] = ("standing", "waiting", "withdrawn")


@pytest.fixture
def room() -> TinyRoom:
    return TinyRoom("table", "w1", "w2")


def test_the_first_story_opens_the_room_and_its_first_scene(room: TinyRoom) -> None:
    news = room.do("w1", storytelling.new_story, "The Last Ferry")
    assert news.house_opened
    assert (room.story.number, room.story.title, room.scene.number) == (1, "The Last Ferry", 1)
    assert room.snapshot.room.opened
    assert Mark("house", "room") in room.marks
    assert [deed.entry.kind for deed in reversed(room.deeds)] == ["room.opened", "story.opened"]


def test_the_house_card_is_made_once(room: TinyRoom) -> None:
    room.do("w1", storytelling.new_story, "One")
    room.do("w1", storytelling.wrap)
    room.marks.clear()
    assert not room.do("w2", storytelling.new_story, "Two").house_opened
    assert Mark("house", "room") not in room.marks


def test_a_second_open_story_is_refused_and_says_what_to_do(room: TinyRoom) -> None:
    room.do("w1", storytelling.new_story, "One")
    with pytest.raises(UserError) as refusal:
        room.do("w2", storytelling.new_story, "Two")
    assert refusal.value.key == "stories.one_open"
    assert "/story wrap" in str(refusal.value)
    assert "/story pause" in str(refusal.value)


@pytest.mark.parametrize("title", ["", "   ", "\n"])
def test_a_story_needs_a_title(room: TinyRoom, title: str) -> None:
    with pytest.raises(UserError) as refusal:
        room.do("w1", storytelling.new_story, title)
    assert refusal.value.argument == "title"
    assert room.snapshot.story is None


def test_numbers_of_archived_stories_are_not_given_again(room: TinyRoom) -> None:
    room.do("w1", storytelling.new_story, "One")
    room.do("w1", storytelling.wrap)
    room.do("w1", storytelling.archive)
    assert room.snapshot.stories == {}
    room.do("w1", storytelling.new_story, "Two")
    assert room.story.number == 2


def test_a_rename_says_what_it_was(room: TinyRoom) -> None:
    room.do("w1", storytelling.new_story, "One")
    assert room.do("w1", storytelling.rename, "Uno").was == "One"
    assert room.story.title == "Uno"


def test_a_paused_story_takes_no_passage_until_it_is_resumed(room: TinyRoom) -> None:
    room.do("w1", storytelling.new_story, "One")
    room.do("w1", storytelling.pause)
    with pytest.raises(UserError) as refusal:
        room.do("w2", extending.extend, "She came back.")
    assert refusal.value.key == "stories.is_paused"
    room.do("w1", storytelling.resume)
    room.do("w2", extending.extend, "She came back.")
    assert room.text() == ["She came back."]


def test_a_paused_story_is_not_resumed_beside_an_open_one(room: TinyRoom) -> None:
    first = room.do("w1", storytelling.new_story, "One").story
    room.do("w1", storytelling.pause)
    room.do("w1", storytelling.new_story, "Two")
    with pytest.raises(UserError) as refusal:
        room.do("w1", storytelling.resume, story=room.all_stories[first.id])
    assert refusal.value.key == "stories.one_open"


def test_a_wrapped_story_can_be_opened_again_as_it_was(room: TinyRoom) -> None:
    room.do("w1", storytelling.new_story, "One")
    room.do("w1", extending.extend, "The lamp went out.")
    wrapped = room.do("w1", storytelling.wrap)
    assert room.snapshot.story is None
    assert wrapped.story.wrapped_at == room.now
    room.do("w1", storytelling.archive, story=wrapped.story)
    archived = room.all_stories[wrapped.story.id]
    room.do("w1", storytelling.reopen, story=archived)
    assert room.story.id == archived.id
    assert room.text() == ["The lamp went out."]


def test_an_open_story_is_wrapped_before_it_is_archived(room: TinyRoom) -> None:
    room.do("w1", storytelling.new_story, "One")
    with pytest.raises(UserError) as refusal:
        room.do("w1", storytelling.archive)
    assert refusal.value.key == "stories.wrap_first"


def test_wrapping_a_stopped_story_ends_the_stop(room: TinyRoom) -> None:
    room.do("w1", storytelling.new_story, "One")
    room.do("w2", stopping.stop, nameless=set())
    room.do("w1", storytelling.wrap)
    assert room.snapshot.room.stopped_at is None
    room.do("w1", storytelling.new_story, "Two")
    room.do("w1", extending.extend, "Again.")
    assert room.text() == ["Again."]


def a_round(room: TinyRoom, **more: object) -> Round:
    terms = Terms(
        "approval", False, False, "shown", "ballots", 2, 60, 15, None, 5, 15, 5, "ask", 0, False, False, 0
    )  # fmt: skip
    asked = Round(
        "r", "room", room.story.id, "main", 1, "", "What next?", "together", terms, room.now, "", "seed"
    )  # fmt: skip
    return replace(asked, **more)  # type: ignore[arg-type]  # the test names fields of Round


def test_deadlines_are_later_by_the_time_a_story_rested() -> None:
    room = TinyRoom("table", "w1")
    room.open("w1")
    asked = a_round(room, closes_at=START + timedelta(hours=1))
    pen = Pen(room.story.id, "room", None, None, None, "idea", person("w1").key, START + timedelta(hours=2))
    room.snapshot = room.snapshot.with_rows((asked, pen))
    room.do("w1", storytelling.pause)
    room.later(hours=5)
    room.do("w1", storytelling.resume)
    assert room.snapshot.rounds["r"].closes_at == START + timedelta(hours=6)
    assert room.snapshot.pens[room.story.id].offered_until == START + timedelta(hours=7)
    assert room.dues["deadline", "r"] == START + timedelta(hours=6)
    assert room.dues["last_call", "r"] == START + timedelta(hours=5, minutes=45)
    assert room.dues["offer", room.story.id] == START + timedelta(hours=7)
    assert ("unwritten", room.story.id) in room.dues


def test_a_wrap_ends_open_rounds_and_keeps_their_ideas(room: TinyRoom) -> None:
    room.open("w1")
    asked = a_round(room)
    ideas = [
        Pitch(f"p{n}", "room", room.story.id, "r", n, "An idea", "", "w1", status, START, n)
        for n, status in enumerate(_STATES, start=1)
    ]  # fmt: skip
    room.snapshot = room.snapshot.with_rows((asked, *ideas))
    news = room.do("w1", storytelling.wrap)
    assert (len(news.cancelled), news.to_drawer) == (1, 2)
    assert room.snapshot.rounds["r"].result == "cancelled"
    assert [p.status for p in room.snapshot.pitches_of("r")] == ["drawer", "drawer", "withdrawn"]
    assert {Mark("ballot", "r"), Mark("wrapped", news.story.id)} <= set(room.marks)


def test_a_folded_story_unfolds_at_its_wrap() -> None:
    room = TinyRoom("table", "w1", rules={"folded": "on"})
    room.open("w1")
    assert room.write("w1", "One.").folded
    assert room.do("w1", storytelling.wrap).unfolded


def test_a_community_room_is_opened_by_a_keeper_and_then_written_in_by_anyone() -> None:
    room = TinyRoom("community", "w1", "w2")
    with pytest.raises(NotAllowed):
        room.do("w1", storytelling.new_story, "One")
    room.open("w1")
    room.write("w2", "A line.")
    assert room.text() == ["A line."]


@pytest.mark.parametrize(
    "rule", [storytelling.pause, storytelling.resume, storytelling.wrap, storytelling.archive]
)
def test_where_there_is_no_story_each_act_says_how_to_start_one(room: TinyRoom, rule: object) -> None:
    with pytest.raises(NotFound) as refusal:
        room.do("w1", rule)  # type: ignore[arg-type]  # each of these is a rule
    assert refusal.value.key == "stories.none"
