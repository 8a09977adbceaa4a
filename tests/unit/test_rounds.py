"""Rounds from the first idea to the result: pitching, voting, closing, and what time does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import NotAllowed, NotFound, UserError
from bot.sentences import say
from bot.story import deciding, opening, pitching, voting
from bot.story.people import Role
from bot.story.rounds import NONE, Pitch
from tests.unit.voting_room import START, VotingRoom

FERRY = ("The ferry never docks", "The captain has been dead since Tuesday", "Everyone has the same birthday")


def ferry(preset: str = "table", platform: str = "terminal", **more: object) -> VotingRoom:
    """Three people and their three ideas."""
    room = VotingRoom(preset, platform, **more)  # type: ignore[arg-type]  # the test names a preset
    for name in ("w1", "w2", "w3"):
        room.member(name)
    for name, idea in zip(("w1", "w2", "w3"), FERRY, strict=True):
        room.pitch(name, idea)
    return room


def community(*names: str, **more: object) -> VotingRoom:
    """A community of these people, each a member from today."""
    room = VotingRoom("community", "discord", **more)  # type: ignore[arg-type]  # rules, hours, zone
    for name in names:
        room.member(name)
    return room


def standing(room: VotingRoom) -> list[str]:
    return [p.text for p in room.snapshot.ideas(room.round.id)]


# ---- pitching


def test_the_first_idea_opens_a_round_and_the_next_ones_join_it() -> None:
    room = ferry()
    assert [p.number for p in room.snapshot.ideas(room.round.id)] == [1, 2, 3]
    assert room.round.question == "What happens next?"
    assert [a.kind for a in room.acts] == ["round.opened", "pitch.added", "pitch.added", "pitch.added"]
    assert [m.kind for m in room.marks].count("opened") == 1
    assert room.story.rounds == 1


def test_in_a_terminal_a_table_round_has_no_deadline_and_in_chat_ten_minutes() -> None:
    assert not ferry("table", "terminal").dues
    room = ferry("table", "discord")
    assert room.dues == {("deadline", room.round.id): START + timedelta(minutes=10)}


def test_an_idea_can_be_changed_until_the_first_ballot_after_it_appeared_whoever_it_is_for() -> None:
    room = ferry()
    pitch = room.snapshot.ideas(room.round.id)[0]
    room.keep(pitching.change_pitch(room.snapshot, pitch, "The ferry docks twice", room.by("w1")))
    room.vote("w3", "3")
    late = room.pitch("w2", "A second whistle answers").pitch
    with pytest.raises(UserError) as refused:
        pitching.change_pitch(room.snapshot, room.snapshot.pitches[pitch.id], "No", room.by("w1"))
    assert refused.value.key == "rounds.frozen"
    room.keep(pitching.change_pitch(room.snapshot, late, "A third whistle answers", room.by("w2")))
    assert standing(room)[0] == "The ferry docks twice"
    assert standing(room)[3] == "A third whistle answers"


def test_nobody_changes_or_takes_back_someone_elses_idea() -> None:
    room = ferry()
    pitch = room.snapshot.ideas(room.round.id)[1]
    for change in (
        lambda: pitching.change_pitch(room.snapshot, pitch, "Mine now", room.by("w1")),
        lambda: pitching.withdraw(room.snapshot, pitch, room.by("w1")),
        lambda: pitching.name_pitch(room.snapshot, pitch, room.by("w1")),
    ):
        with pytest.raises(NotAllowed):
            change()


def test_an_idea_taken_back_leaves_the_ballots_that_held_it_and_their_owners_are_told() -> None:
    room = ferry()
    room.vote("w1", "2 3")
    room.vote("w2", "2")
    room.vote("w3", "1")
    gone = room.withdraw("w2", room.snapshot.ideas(room.round.id)[1])
    assert set(gone.told) == {room.person("w1").key, room.person("w2").key}
    assert [p.number for p in room.snapshot.ideas(room.round.id)] == [1, 3]
    mine = voting.my_ballot(room.snapshot, room.round, room.by("w1"))
    assert mine is not None
    assert [p.number for p in mine.chosen] == [3]
    assert mine.ballots == 2  # w2's ballot says nothing any more
    assert room.pitch("w2", "Another one").pitch.number == 4


def test_more_ideas_than_a_persons_share_wait_for_the_next_round_first_in_line() -> None:
    room = community("w1", "w2")
    for n in range(3):
        room.pitch("w1", f"Idea {n} of the first writer")
    waiting = room.pitch("w1", "Something else entirely")
    assert (waiting.wait, waiting.pitch.status, waiting.pitch.number) == ("each", "waiting", 0)
    with pytest.raises(UserError) as refused:
        room.pitch("w1", "And one more")
    assert refused.value.key == "rounds.enough_ideas"
    room.vote("w1", "1")
    room.vote("w2", "1")
    room.close("w1")
    room.pitch("w2", "A new idea")
    assert standing(room) == ["Idea 2 of the first writer", "Something else entirely", "A new idea"]


def test_on_a_full_ballot_a_persons_first_idea_takes_the_place_of_someones_further_one() -> None:
    room = community(rules={"ideas-most": "3"})
    room.pitch("w1", "One")
    room.pitch("w1", "Two")
    room.pitch("w2", "Three")
    came = room.pitch("w3", "Four")
    assert came.moved is not None
    assert came.moved.text == "Two"
    assert standing(room) == ["One", "Three", "Four"]
    assert room.pitch("w4", "Five").wait == "full"
    assert room.withdraw("w3", came.pitch).came_up is not None
    assert standing(room) == ["One", "Three", "Five"]


def test_ideas_that_someone_voted_on_keep_their_place_on_a_full_ballot() -> None:
    room = community(rules={"ideas-most": "2"})
    room.pitch("w1", "One")
    room.pitch("w1", "Two")
    room.vote("w1", "1")
    assert room.pitch("w2", "Three").wait == "full"
    assert standing(room) == ["One", "Two"]


def test_near_duplicates_are_pointed_out_and_never_refused() -> None:
    room = ferry()
    again = room.pitch("w2", "The ferry never docks!")
    assert [p.number for p in again.alike] == [1]
    assert room.pitch("w2", "A storm of moths").alike == ()


def test_machine_ideas_stand_only_where_the_room_lets_them() -> None:
    room = community("w1")
    room.pitch("w1", "One")
    with pytest.raises(NotAllowed) as refused:
        room.pitch("w1", "A dealt idea", machine=True)
    assert refused.value.key == "rounds.machine_off"
    table = ferry()
    dealt = table.pitch("w1", "A dealt idea", machine=True, machine_name="the deck").pitch
    assert (dealt.author, dealt.author_name) == (None, "the deck")
    sealed_only = community("w1", rules={"machine-pitches": "sealed"})
    sealed_only.pitch("w1", "One")
    with pytest.raises(NotAllowed) as refused:
        sealed_only.pitch("w1", "A dealt idea", machine=True)
    assert refused.value.key == "rounds.machine_sealed_only"


def test_names_are_shown_by_the_rooms_line_or_because_their_writer_says_so() -> None:
    table, hidden = ferry(), ferry("community")
    assert opening.shown_name(table.round, table.snapshot.ideas(table.round.id)[0]) == "w1"
    r, pitch = hidden.round, hidden.snapshot.ideas(hidden.round.id)[0]
    assert opening.shown_name(r, pitch) == ""
    said = hidden.keep(pitching.name_pitch(hidden.snapshot, pitch, hidden.by("w1")))
    assert opening.shown_name(r, said.pitch) == "w1"


@pytest.mark.parametrize("act", ["pitch", "vote", "close"])
def test_while_a_scene_is_stopped_or_a_story_rests_no_round_moves(act: str) -> None:
    for stopped in (True, False):
        room = ferry()
        if stopped:
            room.snapshot = room.snapshot.with_rows((replace(room.snapshot.room, stopped_at=room.now),))
        else:
            room.snapshot = room.snapshot.with_rows((replace(room.story, status="paused"),))
        moves: dict[str, Callable[[VotingRoom], object]] = {
            "pitch": lambda r: r.pitch("w1", "On and on"),
            "vote": lambda r: r.vote("w1", "1"),
            "close": lambda r: r.close("w1"),
        }
        with pytest.raises(UserError) as refused:
            moves[act](room)
        assert refused.value.sentence


# ---- voting


def test_a_vote_can_be_changed_until_the_close() -> None:
    room = ferry()
    assert not room.vote("w1", "1").changed
    assert room.vote("w1", "2 3").changed
    room.vote("w2", "3")
    assert room.close("w1").winner == room.snapshot.pitches[room.round.winner_id or ""]
    assert room.round.ballots == 2
    with pytest.raises(UserError) as refused:
        room.keep(voting.vote(room.snapshot, room.round, (NONE,), room.by("w1")))
    assert refused.value.key == "rounds.closed_for_votes"


def test_a_vote_is_no_act_and_its_choice_stands_in_no_act() -> None:
    room = ferry()
    before = len(room.acts)
    room.vote("w1", "1")
    room.keep(voting.take_back_vote(room.snapshot, room.round, room.by("w1")))
    assert len(room.acts) == before
    room.vote("w1", "1")
    room.vote("w2", "2 1")
    room.close("w1")
    settled = room.acts[-1]
    assert settled.kind == "round.decided"
    assert settled.detail["ballots"] == 2
    assert settled.detail["commitment"]
    assert room.person("w2").key not in str(settled.detail)


def test_a_voter_is_told_of_ideas_that_came_after_their_vote() -> None:
    room = ferry()
    room.vote("w1", "2 3")
    room.later(minutes=1)
    room.pitch("w2", "A second whistle answers")
    mine = voting.my_ballot(room.snapshot, room.round, room.by("w1"))
    assert mine is not None
    assert [p.number for p in mine.late] == [4]
    assert voting.my_ballot(room.snapshot, room.round, room.by("w9")) is None


def test_a_bare_number_toggles_an_idea_and_zero_is_none_of_these() -> None:
    room = ferry()

    def press(number: int) -> list[int]:
        voted = room.keep(voting.toggle(room.snapshot, room.round, number, room.by("w1")))
        return [p.number for p in voted.chosen] + [0] * voted.none

    assert press(2) == [2]
    assert press(3) == [2, 3]
    assert press(2) == [3]
    assert press(0) == [0]
    assert press(1) == [1]
    assert press(1) == []
    assert voting.my_ballot(room.snapshot, room.round, room.by("w1")).ballots == 0  # type: ignore[union-attr]  # taken back
    with pytest.raises(NotFound):
        press(9)


def test_in_a_single_choice_round_a_press_moves_the_vote() -> None:
    room = ferry(rules={"method": "single"})
    for number in (1, 3):
        voted = room.keep(voting.toggle(room.snapshot, room.round, number, room.by("w1")))
        assert [p.number for p in voted.chosen] == [number]


def test_a_vote_that_was_taken_back_does_not_count() -> None:
    room = ferry()
    room.vote("w1", "1")
    room.vote("w2", "1")
    assert room.keep(voting.take_back_vote(room.snapshot, room.round, room.by("w1"))).ballots == 1
    with pytest.raises(NotFound):
        voting.take_back_vote(room.snapshot, room.round, room.by("w1"))
    assert room.close("w1").kind == "asked"


# ---- closing


def test_the_ballots_of_the_issue_choose_the_dead_captain() -> None:
    room = ferry()
    room.vote("w1", "2 3")
    room.vote("w2", "2")
    room.vote("w3", "2 3")
    closed = room.close("w1")
    assert closed.kind == "chosen"
    assert closed.winner is not None
    assert (closed.winner.text, closed.winner_name, closed.ballots) == (FERRY[1], "w2", 3)
    assert closed.runner_up is not None
    assert closed.runner_up.text == FERRY[2]
    assert [(p.number, n) for p, n in closed.shown] == [(2, None), (3, None)]
    assert {p.number for p in closed.drawer} == {1, 3}
    assert room.snapshot.pens["story"].pitch_id == closed.winner.id
    assert {m.kind for m in room.marks[-3:]} == {"decided", "ballot", "scene"}


def test_closing_a_closed_round_gives_its_result_also_to_the_second_of_two_who_close_at_once() -> None:
    room = ferry()
    room.vote("w1", "2")
    room.vote("w2", "2")
    as_seen_by_both = room.round
    first = room.close("w1")
    second = room.keep(deciding.close(room.snapshot, as_seen_by_both, room.by("w3")))
    assert second.kind == "already"
    assert (second.winner, second.round) == (first.winner, first.round)
    assert [a.kind for a in room.acts].count("round.decided") == 1


def test_a_round_is_closed_by_its_opener_or_the_showrunner_and_by_anyone_after_a_day_without_a_word() -> None:
    room = ferry()
    room.vote("w1", "1")
    room.vote("w2", "1")
    room.later(hours=23)
    with pytest.raises(NotAllowed) as refused:
        room.close("w3")
    assert refused.value.key == "rounds.close_idle"
    room.later(hours=1)
    assert room.close("w3").kind == "chosen"


def test_before_its_deadline_others_are_told_when_they_may_close_it() -> None:
    room = ferry("community", "discord")
    with pytest.raises(NotAllowed) as refused:
        room.close("w3")
    assert "12:00" in refused.value.sentence


def test_at_a_table_the_closer_is_asked_below_the_quorum_and_nothing_changes_until_they_say_so() -> None:
    room = ferry()
    room.vote("w2", "3")
    before = room.snapshot
    assert room.close("w1").kind == "asked"
    assert room.snapshot == before
    forced = room.close("w1", forced=True)
    assert forced.winner is not None
    assert forced.winner.number == 3


def test_silence_chooses_nothing_even_when_the_closer_insists() -> None:
    room = ferry()
    closed = room.close("w1", forced=True)
    assert (closed.kind, closed.winner, closed.round.result) == ("nothing", None, "below_quorum")
    assert [p.number for p in closed.carried] == [1, 2, 3]


def test_at_a_table_in_chat_a_round_below_its_quorum_waits_for_a_closer() -> None:
    room = ferry("table", "discord")
    room.vote("w1", "1")
    room.until(START + timedelta(minutes=10))
    assert room.came_to() == "waiting"
    assert not room.dues
    room.vote("w2", "1")
    assert room.close("w3").kind == "chosen"


def test_a_community_round_runs_once_more_then_its_ideas_carry_over_twice_then_rest_in_the_drawer() -> None:
    room = community("w1", "w2")
    room.pitch("w1", "The ferry never docks")
    for carried in range(3):
        room.vote("w1", "1")
        room.until(room.now + timedelta(hours=24))
        assert room.came_to() == "repeated"
        assert voting.my_ballot(room.snapshot, room.round, room.by("w1")) is not None
        room.until(room.now + timedelta(hours=24))
        assert room.came_to() == "nothing"
        if carried < 2:
            assert [p.text for p in room.closed[-1].carried] == ["The ferry never docks"]
            room.open("w2")
            assert standing(room) == ["The ferry never docks"]
            assert not room.snapshot.ballots_of(room.round.id)
    assert [p.text for p in room.closed[-1].drawer] == ["The ferry never docks"]
    room.open("w2")
    assert standing(room) == []


def test_none_of_these_chooses_nothing_and_the_ideas_move_on() -> None:
    room = ferry()
    room.vote("w1", "none")
    room.vote("w2", "0")
    room.vote("w3", "3")
    closed = room.close("w1")
    assert (closed.kind, closed.round.result, len(closed.carried)) == ("nothing", "none", 3)
    assert room.marks[-2].kind == "undecided"


def test_a_last_call_is_made_an_hour_before_a_community_round_closes() -> None:
    room = ferry("community", "discord")
    room.until(START + timedelta(hours=22, minutes=59))
    assert "last_call" not in [m.kind for m in room.marks]
    room.until(START + timedelta(hours=23))
    assert [m.kind for m in room.marks].count("last_call") == 1


def test_the_quorum_is_fixed_when_the_round_opens() -> None:
    room = community("w1", "w2")
    room.pitch("w1", "One")
    for n in range(30):
        room.member(f"r{n}", days=3)
    room.vote("w1", "1")
    room.vote("w2", "1")
    assert room.round.terms.quorum == 2
    assert room.close("w1").kind == "chosen"


# ---- ties


def voters(n: int) -> list[str]:
    return [f"v{i}" for i in range(n)]


def test_a_tie_at_a_table_falls_by_dice_that_anyone_can_throw_again() -> None:
    room = ferry()
    room.vote("w1", "1")
    room.vote("w2", "2")
    closed = room.close("w1")
    act = room.acts[-1]
    assert closed.round.decided_how == "rounds.how_dice"
    assert act.detail["seed"] == closed.round.seed
    opened = next(a for a in room.acts if a.kind == "round.opened")
    assert opened.detail["seed_sha256"] == hashlib.sha256(closed.round.seed.encode()).hexdigest()
    tied = act.detail["tied"]
    assert isinstance(tied, list)
    lots = {hashlib.sha256(f"{closed.round.seed} {i}".encode()).hexdigest(): i for i in tied}
    assert closed.round.winner_id == lots[min(lots)]


def test_seven_ballots_of_a_community_run_a_tie_off_for_a_quarter_of_the_length() -> None:
    room = community("w1", "w2", *voters(8))
    room.pitch("w1", "One")
    room.pitch("w2", "Two")
    for n, name in enumerate(voters(8)):
        room.vote(name, "1" if n % 2 else "2")
    room.until(START + timedelta(hours=24))
    assert room.came_to() == "runoff"
    assert room.round.closes_at == START + timedelta(hours=30)
    assert {p.text for p in room.closed[-1].tied} == {"One", "Two"}
    assert room.pitch("w1", "Three").wait == "later"
    room.vote("v0", "1")
    room.until(START + timedelta(hours=30))
    assert room.came_to() == "chosen"
    assert room.snapshot.pitches[room.round.winner_id or ""].text == "One"
    assert dict(room.round.tally)[room.round.winner_id or ""] == 5


def test_a_tie_of_few_ballots_is_the_showrunners_and_after_their_time_the_dice_fall() -> None:
    room = community("w1", "w2", "w3")
    room.pitch("w2", "Two")
    room.pitch("w3", "Three")
    room.vote("w2", "1")
    room.vote("w3", "2")
    room.until(START + timedelta(hours=24))
    assert room.came_to() == "showrunner"
    assert room.round.closes_at == START + timedelta(hours=36)
    with pytest.raises(UserError):
        room.vote("w2", "1")
    room.until(START + timedelta(hours=36))
    assert room.round.decided_how == "rounds.how_dice"


def test_the_showrunner_breaks_a_tie_without_giving_a_reason() -> None:
    room = community("w1", "w2", "w3")
    room.pitch("w2", "Two")
    room.pitch("w3", "Three")
    room.vote("w2", "1")
    room.vote("w3", "2")
    room.until(START + timedelta(hours=24))
    closed = room.keep(deciding.decide(room.snapshot, room.round, 2, "", room.by("w1")))
    assert closed.winner is not None
    assert closed.winner.text == "Three"
    assert closed.round.decided_how == "rounds.how_showrunner"
    assert not [k for k in room.dues if k[0] == "decide"]


def test_a_showrunner_does_not_judge_a_tie_with_their_own_idea() -> None:
    room = community("w1", "w2")
    room.pitch("w1", "One")
    room.pitch("w2", "Two")
    room.vote("w1", "1")
    room.vote("w2", "2")
    room.until(START + timedelta(hours=24))
    assert room.round.decided_how == "rounds.how_dice"


def test_people_go_before_machine_in_a_tie_of_a_community() -> None:
    room = community("w1", "w2", rules={"machine-pitches": "request", "names": "shown"})
    room.pitch("w1", "A dealt idea", machine=True)
    room.pitch("w2", "A person's idea")
    room.vote("w1", "1")
    room.vote("w2", "2")
    closed = room.close("w1")
    assert closed.winner is not None
    assert closed.winner.author == room.person("w2").key
    assert closed.round.decided_how == "rounds.how_people"


@pytest.mark.parametrize("how", ["votes", "runoff", "people", "showrunner", "overruled", "dice"])
def test_every_way_a_decision_falls_has_its_words(how: str) -> None:
    assert say(f"rounds.how_{how}")


# ---- the showrunner


def test_a_showrunner_overrules_the_ballots_only_with_a_reason() -> None:
    room = ferry()
    room.vote("w2", "2")
    room.vote("w3", "2")
    with pytest.raises(UserError) as refused:
        deciding.decide(room.snapshot, room.round, 1, " ", room.by("w1"))
    assert refused.value.argument == "reason"
    with pytest.raises(NotAllowed):
        deciding.decide(room.snapshot, room.round, 1, "I say so", room.by("w2"))
    closed = room.keep(deciding.decide(room.snapshot, room.round, 1, "The network asked", room.by("w1")))
    assert (closed.round.decided_how, closed.round.reason) == ("rounds.how_overruled", "The network asked")
    assert room.acts[-1].text == "The network asked"
    with pytest.raises(UserError):
        deciding.decide(room.snapshot, closed.round, 2, "again", room.by("w1"))


def test_a_round_that_is_called_off_keeps_every_idea_in_the_drawer() -> None:
    room = community("w1", "w2")
    for n in range(4):
        room.pitch("w2", f"Idea number {n * 111}")
    with pytest.raises(NotAllowed):
        deciding.cancel(room.snapshot, room.round, room.by("w9"))
    closed = room.keep(deciding.cancel(room.snapshot, room.round, room.by("w2")))
    assert len(closed.drawer) == 4
    assert closed.round.result == "cancelled"
    assert not room.dues
    room.open("w1")
    assert standing(room) == []


def test_a_studio_takes_ideas_then_votes_then_waits_a_room_day_for_the_showrunner() -> None:
    room = VotingRoom("studio", "slack", hours="Mon-Fri 09:00-18:00")
    for name in ("w1", "w2", "w3"):
        room.member(name, days=3)
    room.pitch("w2", "Two")
    room.pitch("w3", "Three")
    with pytest.raises(UserError) as refused:
        room.vote("w2", "1")
    assert refused.value.key == "rounds.votes_later"
    room.until(START + timedelta(days=1))
    assert room.part() == "votes"
    room.vote("w2", "1")
    room.vote("w3", "1")
    room.until(START + timedelta(days=2))
    assert (room.part(), room.came_to()) == ("showrunner", "showrunner")
    room.until(START + timedelta(days=3))
    assert room.snapshot.pitches[room.round.winner_id or ""].text == "Two"
    assert room.round.decided_how == "rounds.how_votes"


def test_in_a_studio_the_showrunners_word_needs_no_reason_and_ends_the_round() -> None:
    room = VotingRoom("studio", "slack")
    room.member("w1")
    room.member("w2")
    room.pitch("w2", "Two")
    room.until(START + timedelta(days=1))
    closed = room.keep(deciding.decide(room.snapshot, room.round, 1, "", room.by("w1")))
    assert closed.round.decided_how == "rounds.how_showrunner"


def test_a_studio_closes_early_ten_minutes_after_all_who_are_not_away_have_voted() -> None:
    room = VotingRoom("studio", "slack")
    for name in ("w1", "w2", "w3"):
        room.member(name, days=3)
    room.member("gone", days=3, away=True)
    room.pitch("w2", "Two")
    room.close("w2")
    for name in ("w1", "w2", "w3"):
        assert room.early() is None
        room.vote(name, "1")
    assert room.early() == timedelta(minutes=10)
    room.keep(voting.take_back_vote(room.snapshot, room.round, room.by("w3")))
    assert room.early() is None
    assert not [k for k in room.dues if k[0] == "early_close"]
    room.vote("w3", "1")
    room.until(room.now + timedelta(minutes=10))
    assert room.part() == "showrunner"


def test_no_round_closes_early_on_ballots_older_than_its_last_idea() -> None:
    room = ferry("table", "discord")
    room.later(seconds=1)
    for name in ("w1", "w2", "w3"):
        room.vote(name, "1")
    assert room.early() == timedelta(minutes=1)
    room.later(seconds=1)
    room.pitch("w3", "A storm of moths")
    assert room.early() is None
    room.vote("w1", "4")
    room.vote("w2", "4")
    assert room.early() is None
    room.vote("w3", "1")
    room.until(room.now + timedelta(minutes=1))
    assert room.came_to() == "chosen"


def test_in_a_sealed_round_numbers_are_drawn_when_voting_opens_and_names_stay_closed() -> None:
    room = VotingRoom("table", rules={"machine-pitches": "sealed"})
    room.open("w1", sealed=True)
    pitches = [room.pitch(f"w{n}", f"The same idea {n}") for n in range(6)]
    assert {p.pitch.number for p in pitches} == {0}
    assert all(p.alike == () for p in pitches)
    room.pitch("w1", "A machine's idea", machine=True)
    with pytest.raises(UserError):
        pitching.name_pitch(room.snapshot, pitches[0].pitch, room.by("w0"))
    assert room.close("w1").kind == "voting_opened"
    ideas = room.snapshot.ideas(room.round.id)
    assert [p.number for p in ideas] == [1, 2, 3, 4, 5, 6, 7]
    assert [p.seq for p in ideas] != sorted(p.seq for p in ideas)
    assert room.round.terms.machine
    assert all(opening.shown_name(room.round, p) == "" for p in ideas)


# ---- after the greenlight


def test_in_a_community_the_pitcher_is_offered_the_pen_for_two_hours() -> None:
    room = community("w1", "w2")
    room.pitch("w2", "Two")
    room.vote("w1", "1")
    room.vote("w2", "1")
    closed = room.close("w2")
    assert closed.pen is not None
    assert (closed.pen.offered_to, closed.pen_name) == (room.person("w2").key, "w2")
    assert room.dues[("offer", "story")] == START + timedelta(hours=2)
    room.until(START + timedelta(hours=2))
    assert room.snapshot.pens["story"].offered_to is None
    told = deciding.due(room.snapshot, "unwritten", "story", room.by(None)).value
    assert isinstance(told, deciding.Unwritten)
    assert told.pitch is not None
    assert told.pitch.text == "Two"


def test_nobody_is_offered_the_pen_of_a_machines_idea_or_while_away() -> None:
    room = community("w1", "w2", rules={"machine-pitches": "request"})
    room.pitch("w2", "A dealt idea", machine=True)
    room.vote("w1", "1")
    room.vote("w2", "1")
    closed = room.close("w2")
    assert closed.pen is not None
    assert (closed.pen.offered_to, closed.winner_name) == (None, "")


def test_a_written_idea_is_not_reported_as_unwritten() -> None:
    room = ferry()
    room.vote("w1", "1")
    room.vote("w2", "1")
    room.close("w1")
    room.snapshot = room.snapshot.with_rows((replace(room.snapshot.pens["story"], pitch_id=None),))
    assert deciding.due(room.snapshot, "unwritten", "story", room.by(None)).value is None


def test_a_round_of_texts_hands_over_the_chosen_draft_and_leaves_the_pen_alone() -> None:
    room = VotingRoom(rules={"extending": "vote"})
    room.pitch("w1", "It was night", draft_id="d1")
    room.pitch("w2", "It was noon", draft_id="d2")
    assert room.round.terms.kind == "texts"
    assert room.round.question == "Which text goes in?"
    room.vote("w1", "2")
    room.vote("w2", "2")
    closed = room.close("w1")
    assert closed.winner is not None
    assert closed.winner.draft_id == "d2"
    assert closed.pen is None
    assert "story" not in room.snapshot.pens


# ---- several rounds


def test_a_showrunner_may_have_three_lettered_rounds_and_others_one() -> None:
    room = VotingRoom()
    room.open("w1", "Who lied?")
    assert room.round.letter == ""
    with pytest.raises(NotAllowed):
        room.open("w2", "Who knew?")
    room.open("w1", "Who knew?")
    room.open("w1", "Who cares?")
    assert [r.letter for r in room.snapshot.open_rounds("story")] == ["A", "B", "C"]
    with pytest.raises(UserError) as refused:
        room.open("w1", "Who else?")
    assert refused.value.key == "rounds.three_open"
    with pytest.raises(UserError) as refused:
        room.pitch("w2", "All of them")
    assert refused.value.key == "rounds.which_letter"
    b = opening.which_round(room.snapshot, room.story, "b")
    assert room.pitch("w2", "The cook", in_round=b).round.question == "Who knew?"
    with pytest.raises(NotFound):
        opening.which_round(room.snapshot, room.story, "D")


def test_ideas_of_a_lettered_round_go_to_the_drawer_and_are_not_lost() -> None:
    room = VotingRoom()
    room.open("w1", "Who lied?")
    room.open("w1", "Who knew?")
    a = opening.which_round(room.snapshot, room.story, "A")
    room.pitch("w2", "The cook", in_round=a)
    closed = room.keep(deciding.close(room.snapshot, a, room.by("w1"), forced=True))
    assert [p.text for p in closed.drawer] == ["The cook"]


# ---- time


def test_dues_of_a_round_that_moved_on_do_nothing() -> None:
    room = ferry("table", "discord")
    room.vote("w1", "1")
    room.vote("w2", "1")
    room.close("w1")
    for kind in ("last_call", "deadline", "early_close", "decide", "offer", "unknown"):
        outcome = deciding.due(room.snapshot, kind, room.round.id, room.by(None))
        assert (outcome.value, outcome.rows) == (None, ())


def test_a_deadline_that_comes_too_early_is_set_again() -> None:
    room = ferry("table", "discord")
    outcome = deciding.due(room.snapshot, "deadline", room.round.id, room.by(None))
    assert outcome.value is None
    assert [(d.kind, d.at) for d in outcome.dues if d.at] == [("deadline", room.round.closes_at)]


def test_a_deadline_that_passes_while_the_scene_is_stopped_waits() -> None:
    room = ferry("table", "discord")
    room.snapshot = room.snapshot.with_rows((replace(room.snapshot.room, stopped_at=room.now),))
    room.until(START + timedelta(hours=1))
    assert room.part() == "together"
    assert not room.closed


def test_a_round_without_ideas_ends_without_a_choice() -> None:
    room = VotingRoom()
    room.open("w1")
    assert room.close("w1").round.result == "below_quorum"


def test_the_same_moments_give_the_same_round() -> None:
    def play() -> VotingRoom:
        room = ferry()
        room.vote("w1", "1")
        room.vote("w2", "2")
        room.close("w1")
        return room

    assert play().snapshot == play().snapshot


def test_an_appointed_showrunner_takes_the_place_of_the_opener() -> None:
    room = ferry()
    room.member("boss", role=Role.SHOWRUNNER)
    with pytest.raises(NotAllowed):
        deciding.decide(room.snapshot, room.round, 1, "why not", room.by("w1"))
    assert isinstance(
        deciding.decide(room.snapshot, room.round, 1, "why not", room.by("boss")).value.winner, Pitch
    )
