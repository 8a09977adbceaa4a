"""Scenes: added, revised, locked, taken out with their passages and put back."""

from __future__ import annotations

import pytest

from bot.errors import NotAllowed, NotFound, UserError
from bot.story import extending, revising, staging
from bot.story.people import Role
from tests.unit.tiny_room import TinyRoom


@pytest.fixture
def room() -> TinyRoom:
    room = TinyRoom("table", "w1", "w2", "w3")
    room.member("w3", Role.SHOWRUNNER)
    room.open("w1")
    room.do("w1", extending.extend, "One.")
    return room


def test_a_new_scene_is_the_one_that_passages_go_into(room: TinyRoom) -> None:
    news = room.do("w2", staging.add, "Below deck", place="the engine room")
    assert (news.scene.number, news.current, news.scene.place) == (2, True, "the engine room")
    assert room.write("w2", "Two.").passage.scene_id == news.scene.id
    assert room.text() == ["One.", "Two."]


def test_scenes_stand_in_the_order_in_which_they_were_added(room: TinyRoom) -> None:
    for number in range(2, 15):
        room.do("w1", staging.add, f"Scene {number}")
    assert [s.number for s in room.snapshot.scenes_of(room.story.id)] == list(range(1, 15))


def test_a_revision_changes_what_was_named_only(room: TinyRoom) -> None:
    room.do("w1", staging.revise, 1, title="The deck", place="the ferry")
    room.do("w2", staging.revise, 1, place="the quay")
    assert (room.scene.title, room.scene.place) == ("The deck", "the quay")
    with pytest.raises(UserError) as refusal:
        room.do("w2", staging.revise, 1, place="the quay")
    assert refusal.value.key == "stories.scene_same"


def test_only_the_showrunner_locks_and_a_locked_scene_does_not_change(room: TinyRoom) -> None:
    with pytest.raises(NotAllowed):
        room.do("w1", staging.lock, 1)
    room.do("w3", staging.lock, 1)
    with pytest.raises(UserError):
        room.do("w1", staging.revise, 1, title="The deck")
    room.do("w3", staging.unlock, 1)
    room.do("w1", staging.revise, 1, title="The deck")
    assert room.scene.title == "The deck"


def test_a_scene_goes_out_with_its_passages_and_comes_back_with_them(room: TinyRoom) -> None:
    room.do("w2", staging.add, "Two")
    room.do("w2", extending.extend, "Two.")
    room.do("w2", extending.extend, "Three.")
    everything = [p for p, _ in room.passages(room.story.id, standing=False)]
    news = room.do("w3", staging.remove, 2, everything)
    assert (news.passages, room.text(), room.scene.number, room.story.words) == (2, ["One."], 1, 1)
    everything = [p for p, _ in room.passages(room.story.id, standing=False)]
    assert room.do("w3", staging.restore, 2, everything).passages == 2
    assert (room.text(), room.story.words) == (["One.", "Two.", "Three."], 3)


def test_a_passage_that_was_cut_before_stays_cut_when_its_scene_comes_back(room: TinyRoom) -> None:
    room.do("w2", staging.add, "Two")
    passage = room.write("w2", "Two.").passage
    room.do("w2", revising.cut, *room.found(passage.id))
    for rule in (staging.remove, staging.restore):
        room.do("w3", rule, 2, [p for p, _ in room.passages(room.story.id, standing=False)])
    assert room.text() == ["One."]


def test_a_scene_with_others_words_is_the_showrunners_to_take_out(room: TinyRoom) -> None:
    room.do("w1", staging.add, "Two")
    room.do("w2", extending.extend, "Two.")
    everything = [p for p, _ in room.passages(room.story.id)]
    with pytest.raises(NotAllowed):
        room.do("w1", staging.remove, 2, [p for p in everything if p.scene_id == room.scene.id])


def test_the_only_scene_stays(room: TinyRoom) -> None:
    with pytest.raises(UserError) as refusal:
        room.do("w3", staging.remove, 1, [])
    assert refusal.value.key == "stories.only_scene"


def test_a_scene_that_is_not_there_is_not_found(room: TinyRoom) -> None:
    with pytest.raises(NotFound) as refusal:
        room.do("w3", staging.lock, 9)
    assert refusal.value.argument == "scene"
