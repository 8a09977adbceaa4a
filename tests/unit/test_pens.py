"""The pen: taken, renewed, handed on, put down, and free when its time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import NotAllowed, UserError
from bot.story import pens
from bot.story.people import Role
from bot.story.turns import Pen
from tests.unit.tiny_room import START, TinyRoom, person


@pytest.fixture
def room() -> TinyRoom:
    room = TinyRoom("table", "w1", "w2", "w3")
    room.member("w3", Role.SHOWRUNNER)
    room.open("w1")
    return room


def holder(room: TinyRoom) -> str | None:
    return pens.holder(room.snapshot.pens[room.story.id], room.now)


def test_a_pen_is_held_by_one_at_a_time(room: TinyRoom) -> None:
    room.do("w1", pens.take)
    with pytest.raises(NotAllowed) as refusal:
        room.do("w2", pens.take)
    assert "w1" in str(refusal.value)
    assert holder(room) == person("w1").key


def test_a_pen_remembers_what_its_holder_had_read(room: TinyRoom) -> None:
    passage = room.write("w2", "One.").passage
    assert room.do("w1", pens.take).pen.base_passage_id == passage.id


def test_a_pen_whose_time_is_over_is_free_even_before_the_clock_says_so(room: TinyRoom) -> None:
    room.do("w1", pens.take)
    room.later(minutes=3)
    assert holder(room) is None
    room.do("w2", pens.take)
    assert holder(room) == person("w2").key


def test_saving_holds_the_pen_for_its_whole_time_again(room: TinyRoom) -> None:
    room.do("w1", pens.take)
    room.later(minutes=2)
    room.do("w1", pens.renew)
    assert room.dues["pen", room.story.id] == START + timedelta(minutes=5)
    room.later(minutes=2)
    assert room.do(None, pens.expire, room.story.id) is None
    assert holder(room) == person("w1").key


def test_time_frees_a_pen_once(room: TinyRoom) -> None:
    room.do("w1", pens.take)
    room.later(minutes=3)
    news = room.do(None, pens.expire, room.story.id)
    assert news is not None
    assert news.was == "w1"
    assert room.do(None, pens.expire, room.story.id) is None


def test_a_pen_is_handed_on_by_its_holder_or_the_showrunner(room: TinyRoom) -> None:
    room.do("w1", pens.take)
    with pytest.raises(NotAllowed):
        room.do("w2", pens.hand_on, person("w2").key)
    assert room.do("w1", pens.hand_on, person("w2").key).was == "w1"
    assert holder(room) == person("w2").key
    room.do("w3", pens.hand_on, person("w1").key)
    assert holder(room) == person("w1").key


def test_a_pen_is_not_handed_to_a_reader(room: TinyRoom) -> None:
    room.member("w2", Role.READER)
    room.do("w1", pens.take)
    with pytest.raises(UserError) as refusal:
        room.do("w1", pens.hand_on, person("w2").key)
    assert refusal.value.key == "turns.not_a_writer"


def test_putting_the_pen_down_frees_it(room: TinyRoom) -> None:
    room.do("w1", pens.take)
    room.do("w1", pens.release)
    assert holder(room) is None
    with pytest.raises(UserError) as refusal:
        room.do("w1", pens.release)
    assert refusal.value.key == "turns.pen_free"


def test_an_offered_pen_is_its_pitchers_until_the_offer_ends(room: TinyRoom) -> None:
    offer = Pen(room.story.id, "room", None, None, None, "idea", person("w1").key, START + timedelta(hours=2))
    room.snapshot = room.snapshot.with_rows((offer,))
    with pytest.raises(NotAllowed) as refusal:
        room.do("w2", pens.take)
    assert refusal.value.key == "turns.pen_offered"
    room.later(hours=2)
    assert room.do("w2", pens.take).pen.pitch_id == "idea"
