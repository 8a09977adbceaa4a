"""The rules of moderation by themselves: the tempo, hiding and showing, reports and their limits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotAllowed, NotFound, UserError
from bot.story import blocking, hiding, moderating, tidings
from bot.story.people import Role
from bot.story.reports import About
from bot.story.revising import fix
from bot.story.tempo import MINUTE, Tempo
from bot.story.turns import TurnState
from tests.unit.tiny_room import START, TinyRoom, person


@given(st.lists(st.integers(0, 40), max_size=120), st.integers(1, 12))
def test_no_minute_holds_more_than_the_tempo_allows_and_waiting_as_told_is_enough(
    gaps: list[int], most: int
) -> None:
    tempo, now, admitted = Tempo(), START, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        again = tempo.again_at(("room", "ada"), now, most)
        if again is not None:
            assert again > now
            now = again
            assert tempo.again_at(("room", "ada"), now, most) is None
        admitted.append(now)
    for first in admitted:
        assert sum(first <= at < first + MINUTE for at in admitted) <= most


def test_the_tempo_remembers_so_many_people_and_no_more() -> None:
    tempo = Tempo(most_people=3)
    for n in range(50):
        assert tempo.again_at(("room", str(n)), START, 1) is None
    assert len(tempo) == 3
    assert tempo.again_at(("room", "49"), START, 1) is not None
    assert tempo.again_at(("other", "49"), START, 1) is None


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=4, unique_by=str.strip))
def test_hiding_takes_every_word_away_and_showing_brings_it_back_as_it_was(texts: list[str]) -> None:
    room = TinyRoom("table", "ada", "ben")
    room.open("ada")
    try:
        passage = room.write("ben", texts[0]).passage
        for text in texts[1:]:
            head, version = room.found(passage.id)
            room.do("ben", fix, head, version, text, seen_version=head.version)
    except UserError:
        return  # nothing to see in it, or the same words again
    before, versions = room.found(passage.id)[0], room.versions(passage.id)
    room.do("ada", hiding.hide_passage, before, versions)
    hidden = room.found(passage.id)[0]
    assert (hidden.veil, hidden.opening, hidden.closing) == ("hidden", "", "")
    assert all(v.text == "" for v in room.versions(passage.id))
    assert hidden.number == before.number
    room.do("ada", hiding.show_passage, hidden, room.versions(passage.id))
    assert room.found(passage.id)[0] == before
    assert room.versions(passage.id) == versions


def test_a_report_is_anyones_and_its_answer_is_a_keepers() -> None:
    room = TinyRoom("table", "ada", "ben", "cy")
    room.open("ada")
    room.member("cy", Role.READER)
    passage = room.write("ben", "A toad sang.").passage
    about = About("passage", passage.id, "A toad sang.", passage.author, "ben", 1, 1)
    made = room.do("cy", moderating.report, about, "It is about me.").report
    assert made.number == room.snapshot.room.reports == 1
    with pytest.raises(NotAllowed):
        room.do("ben", moderating.answer, made.id, "No.")
    with pytest.raises(UserError):
        room.do("cy", moderating.report, about, "Again.")
    room.do("ada", moderating.leave, made.id)
    with pytest.raises(NotFound):
        room.do("ada", moderating.leave, made.id)
    assert [t.key for t in room.snapshot.tidings_for(person("cy").key)] == ["tidings.left"]
    assert room.deeds[-1].actor != person("cy").key


def test_a_keeper_is_told_once_of_each_new_report() -> None:
    room = TinyRoom("table", "ada", "ben", "cy")
    room.open("ada")
    passage = room.write("ben", "A toad sang.").passage
    for n, name in enumerate(("cy", "ben"), 1):
        about = About("passage", passage.id, "A toad sang.", passage.author, "ben", 1, 1)
        room.later(seconds=1)
        room.do(name, moderating.report, about, "Look.")
        assert room.do("ada", moderating.remind) == n
        assert room.do("ada", moderating.remind) == 0
        assert room.do("cy", moderating.remind) == 0


def test_tidings_are_told_once_and_of_too_many_the_latest() -> None:
    room = TinyRoom("table", "ada", "ben")
    room.open("ada")
    for n in range(30):
        room.later(seconds=1)
        moment = room.by("ada")
        rows = tidings.tell(room.snapshot, (person("ben").key, moment.key, None), "tidings.left", moment, number=n)
        room.snapshot = room.snapshot.with_rows(rows)
    assert room.snapshot.tidings_for(person("ada").key) == ()
    told = room.do("ben", tidings.take)
    assert [t.fields["number"] for t in told] == [str(n) for n in range(30 - tidings.MOST, 30)]
    assert room.do("ben", tidings.take) == ()


def test_a_turn_that_a_blocked_person_had_goes_on() -> None:
    room = TinyRoom("table", "ada", "ben", "cy", rules={"extending": "turns"})
    room.open("ada")
    story = room.story.id
    order = tuple(person(name).key for name in ("ada", "ben", "cy"))
    turn = TurnState(story, "room", order, order[1], START, None)
    room.snapshot = room.snapshot.with_rows((turn,))
    room.do("ada", blocking.block, order[1], "ben", "Not now.")
    assert room.snapshot.turns[story].current == order[2]


@pytest.mark.parametrize("command", ["stop", "my forget", "my ai", "help", "said", "report-card send", "draft drop"])
def test_ones_own_things_are_never_limited(command: str) -> None:
    assert blocking.is_own(command)


@pytest.mark.parametrize("command", ["extend", "pitch", "vote", "draft write", "assist", "stop-card go", "undo"])
def test_what_changes_the_story_is(command: str) -> None:
    assert not blocking.is_own(command)
