"""Turns: round-robin, the lottery and its fairness, the showrunner's calls, time-outs, one nudge, away and
back.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotAllowed, UserError
from bot.story import extending, revising, storytelling, turn_taking
from bot.story.moments import Ids
from bot.story.people import Role
from tests.unit.tiny_room import START, TinyRoom, person


def in_turns(*people: str, order: str = "round-robin", preset: str = "table", **rules: str) -> TinyRoom:
    room = TinyRoom(preset, *people, rules={"extending": "turns", "turn-order": order, **rules})  # type: ignore[arg-type]  # one of the presets
    room.open(people[0])
    return room


def current(room: TinyRoom) -> str | None:
    turn = room.snapshot.turns[room.story.id]
    return room.snapshot.name(turn.current) if turn.current else None


def test_round_robin_goes_round() -> None:
    room = in_turns("w1", "w2", "w3")
    room.do("w1", turn_taking.start)
    seen = []
    for _ in range(6):
        who = current(room)
        assert who is not None
        seen.append(who)
        room.do(who, extending.extend, "A line.")
    assert seen == ["w1", "w2", "w3", "w1", "w2", "w3"]


def test_who_writes_out_of_turn_is_told_whose_turn_it_is() -> None:
    room = in_turns("w1", "w2")
    room.do("w1", turn_taking.start)
    with pytest.raises(NotAllowed) as refusal:
        room.do("w2", extending.extend, "A line.")
    assert refusal.value.key == "turns.not_yours"
    assert "w1" in str(refusal.value)
    assert refusal.value.argument == "text"


def test_before_turns_begin_anyone_may_write_and_that_begins_them() -> None:
    room = in_turns("w1", "w2")
    room.do("w2", extending.extend, "A line.")
    assert current(room) == "w1"


@pytest.mark.parametrize("gone", ["away", "reader", "guest"])
def test_who_is_away_reads_only_or_is_a_guest_is_skipped(gone: str) -> None:
    room = in_turns("w1", "w2", "w3")
    room.do("w1", turn_taking.start)
    if gone == "away":
        room.do("w2", turn_taking.away)
    else:
        room.member("w2", Role.READER if gone == "reader" else Role.NONE, guest=gone == "guest")
    room.do("w1", extending.extend, "A line.")
    assert current(room) == "w3"


def test_a_turn_is_passed_by_whose_it_is_and_not_by_others() -> None:
    room = in_turns("w1", "w2", "w3")
    room.member("w9", Role.SHOWRUNNER, away=True)
    room.do("w1", turn_taking.start)
    with pytest.raises(NotAllowed):
        room.do("w2", turn_taking.pass_turn)
    assert room.do("w1", turn_taking.pass_turn).was == "w1"
    assert current(room) == "w2"


def test_when_everyone_passed_it_is_nobodys_and_anyone_may_write() -> None:
    room = in_turns("w1", "w2")
    room.do("w1", turn_taking.start)
    room.do("w1", turn_taking.pass_turn)
    room.do("w2", turn_taking.pass_turn)
    assert current(room) is None
    room.do("w2", extending.extend, "A line.")
    assert current(room) == "w1"


def test_going_away_on_ones_turn_gives_it_to_the_next_and_coming_back_takes_part_again() -> None:
    room = in_turns("w1", "w2", "w3")
    room.do("w1", turn_taking.start)
    news = room.do("w1", turn_taking.away)
    assert news.turn is not None
    assert current(room) == "w2"
    assert not room.do("w1", turn_taking.away).changed
    assert room.do("w1", turn_taking.back).changed
    room.do("w2", extending.extend, "A line.")
    room.do("w3", extending.extend, "A line.")
    assert current(room) == "w1"


def test_a_turn_that_is_someones_is_not_claimed_and_one_whose_time_is_over_is() -> None:
    room = in_turns("w1", "w2", **{"turn-length": "10m"})
    room.do("w1", turn_taking.start)
    with pytest.raises(NotAllowed):
        room.do("w2", turn_taking.claim)
    room.later(minutes=11)
    room.do("w2", turn_taking.claim)
    assert current(room) == "w2"


def test_the_showrunner_calls_and_nobody_is_called_by_itself() -> None:
    room = in_turns("w1", "w2", "w3", order="showrunner")
    room.member("w1", Role.SHOWRUNNER)
    room.do("w1", turn_taking.start)
    assert current(room) is None
    with pytest.raises(NotAllowed):
        room.do("w2", turn_taking.call, person("w3").key)
    room.do("w1", turn_taking.call, person("w3").key)
    assert current(room) == "w3"
    room.do("w3", extending.extend, "A line.")
    assert current(room) is None


def test_someone_away_is_not_called() -> None:
    room = in_turns("w1", "w2", order="showrunner")
    room.member("w1", Role.SHOWRUNNER)
    room.do("w2", turn_taking.away)
    with pytest.raises(UserError) as refusal:
        room.do("w1", turn_taking.call, person("w2").key)
    assert refusal.value.key == "turns.is_away"


def test_a_new_order_keeps_whose_turn_it_is() -> None:
    room = in_turns("w1", "w2", "w3")
    room.member("w1", Role.SHOWRUNNER)
    room.do("w1", turn_taking.start)
    news = room.do("w1", turn_taking.set_order, [person(n).key for n in ("w3", "w1", "w2")])
    assert (news.current, news.order) == ("w1", ("w3", "w1", "w2"))
    room.do("w1", extending.extend, "A line.")
    assert current(room) == "w2"


def test_a_turn_whose_time_is_over_passes_on_until_everyone_let_it() -> None:
    room = in_turns("w1", "w2", **{"turn-length": "10m"})
    room.do("w1", turn_taking.start)
    assert room.dues["turn", room.story.id] == START + timedelta(minutes=10)
    room.later(minutes=5)
    assert room.do(None, turn_taking.time_out, room.story.id) is None
    assert current(room) == "w1"
    for expected in ("w2", None):
        room.later(minutes=10)
        room.do(None, turn_taking.time_out, room.story.id)
        assert current(room) == expected
    assert ("turn", room.story.id) not in room.dues


def test_a_turn_is_nudged_once_and_never_at_night() -> None:
    room = in_turns("w1", "w2", preset="community", **{"turn-length": "24h"})
    room.do("w1", turn_taking.start)
    assert room.dues["nudge", room.story.id] == START.replace(day=3, hour=8)
    room.now = START.replace(hour=23)
    assert room.do(None, turn_taking.nudge, room.story.id) is None
    room.now = START.replace(day=3, hour=8)
    nudge = room.do(None, turn_taking.nudge, room.story.id)
    assert nudge is not None
    assert nudge.name == "w1"
    assert room.do(None, turn_taking.nudge, room.story.id) is None


def test_someone_away_is_not_nudged() -> None:
    room = in_turns("w1", "w2", preset="community", **{"turn-length": "24h"})
    room.do("w1", turn_taking.start)
    room.member("w1", away=True)
    assert room.do(None, turn_taking.nudge, room.story.id) is None


def test_where_there_are_no_turns_each_turn_command_says_so() -> None:
    room = TinyRoom("table", "w1")
    room.do("w1", storytelling.new_story, "One")
    with pytest.raises(UserError) as refusal:
        room.do("w1", turn_taking.claim)
    assert refusal.value.key == "turns.not_in_turns"


def test_the_lottery_is_fair_to_its_weights() -> None:
    """Chi-square over 30,000 seeded draws with 4 degrees of freedom; 18.47 is the 99.9th percentile."""
    taken = [("a", 0), ("b", 0), ("c", 1), ("d", 3), ("e", 9)]
    ids, draws = Ids("fair"), 30_000
    counts = Counter(turn_taking.draw(taken, ids.number) for _ in range(draws))
    weights = {key: 1 / (1 + n) for key, n in taken}
    expected = {key: draws * weight / sum(weights.values()) for key, weight in weights.items()}
    assert sum((counts[key] - e) ** 2 / e for key, e in expected.items()) < 18.47


@given(
    taken=st.lists(st.integers(0, 1_000), min_size=1, max_size=8),
    seed=st.text(max_size=8),
)
def test_the_lottery_draws_someone_who_is_there(taken: list[int], seed: str) -> None:
    candidates = [(str(i), n) for i, n in enumerate(taken)]
    assert turn_taking.draw(candidates, Ids(seed).number) in dict(candidates)


@given(seed=st.integers(0, 10_000), people=st.integers(2, 5))
def test_the_lottery_never_draws_the_same_person_twice_running(seed: int, people: int) -> None:
    room = in_turns(*(f"w{i}" for i in range(people)), order="lottery")
    room.ids = Ids(str(seed))
    room.do("w0", turn_taking.start)
    before = None
    for _ in range(6):
        who = current(room)
        assert who is not None
        assert who != before
        room.do(who, extending.extend, "A line.")
        before = who


def test_a_cut_does_not_take_a_turn_back() -> None:
    room = in_turns("w1", "w2")
    passage = room.write("w1", "A line.").passage
    room.do("w1", revising.cut, *room.found(passage.id))
    assert current(room) == "w2"
