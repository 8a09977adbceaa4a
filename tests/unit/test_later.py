"""Ideas put by for the next round or into the drawer: each stands in exactly one place, and nobody fills a ballot alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.story import later, storytelling
from bot.story.house_rules import in_force
from bot.story.rounds import NEXT, Pitch
from tests.unit.voting_room import VotingRoom

PEOPLE = ("w1", "w2", "w3", "w4")


def stopped(*people: str) -> VotingRoom:
    """A room in which rounds wait: nothing can open."""
    room = VotingRoom("community")
    for name in people:
        room.member(name)
    room.snapshot = replace(room.snapshot, room=replace(room.snapshot.room, stopped_at=room.now))
    return room


def go_on(room: VotingRoom) -> None:
    room.snapshot = replace(room.snapshot, room=replace(room.snapshot.room, stopped_at=None))


def keep(room: VotingRoom, name: str, idea: str) -> Pitch:
    return room.keep(later.pitch_next(room.snapshot, idea, room.by(name))).pitch


@given(st.lists(st.sampled_from(PEOPLE), max_size=20))
def test_every_idea_that_waited_is_in_the_next_round_once_and_nobody_has_more_than_their_share(names: list[str]) -> None:
    room = stopped(*PEOPLE)
    kept: list[Pitch] = []
    share = in_force(room.snapshot.room).ideas_each
    for n, name in enumerate(names):
        mine = [p for p in kept if p.author == room.person(name).key]
        if len(mine) == share:
            with pytest.raises(UserError, match="for the next round already"):
                keep(room, name, f"Idea {n}")
        else:
            kept.append(keep(room, name, f"Idea {n}"))
    go_on(room)
    room.open("w1")
    came = room.snapshot.pitches_of(room.round.id)
    assert [(p.id, p.text, p.author) for p in came] == [(p.id, p.text, p.author) for p in kept]
    assert room.snapshot.pitches_of(NEXT) == ()
    standing = room.snapshot.ideas(room.round.id)
    assert [p.number for p in standing] == list(range(1, len(standing) + 1))
    assert len(standing) <= room.round.terms.ideas_most
    assert [a.actor for a in room.acts if a.kind == "pitch.added"] == [p.author for p in kept]


def test_who_has_enough_in_this_round_keeps_a_further_idea_for_the_next() -> None:
    room = VotingRoom("community")
    room.member("w1"), room.member("w2")
    for n in range(4):
        room.pitch("w1", f"Idea {n}")
    assert keep(room, "w1", "A fifth one").round_id == NEXT
    room.vote("w2", "1")
    room.vote("w1", "1")
    room.close("w1")
    room.open("w2")
    assert "A fifth one" in [p.text for p in room.snapshot.ideas(room.round.id)]


def test_a_round_with_a_letter_and_a_round_of_texts_leave_them_waiting() -> None:
    room = stopped("w1")
    keep(room, "w1", "An idea")
    go_on(room)
    room.open("w1", kind="texts")
    assert [p.text for p in room.snapshot.pitches_of(NEXT)] == ["An idea"]


def test_a_finished_story_has_what_waited_in_its_drawer() -> None:
    room = stopped("w1")
    kept = keep(room, "w1", "An idea")
    room.keep(storytelling.wrap(room.snapshot, room.by("w1")))
    assert room.all_pitches[kept.id].status == "drawer"


def test_nobody_takes_back_what_somebody_else_put_by() -> None:
    room = stopped("w1", "w2")
    kept = keep(room, "w1", "An idea")
    with pytest.raises(UserError, match="someone else"):
        later.take_back(room.snapshot, kept, room.by("w2"))
