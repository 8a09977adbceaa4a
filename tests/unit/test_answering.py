"""Answers and the room's pick: who may read what and when, and how secret ballots are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotAllowed, Stale, UserError
from bot.story import answering, picking
from bot.story.answering import readable
from bot.story.daily import ask
from bot.story.moments import Mark, Outcome
from bot.story.picking import VOTES, close, counted, due_close, numbers_in
from bot.story.prompt_sources import DeckCard, Stock
from bot.story.prompts import Answer, AnswerBallot, AnswerVersion, Prompt, Wish
from tests.unit.tiny_room import START, TinyRoom, person

T = TypeVar("T")
PEOPLE = ("ana", "ben", "cy", "di")
CARD = DeckCard("measure-01", "constraint", "A goodbye, in exactly three words.", "words=3")


class Desk:
    """A room with one prompt, and what memory keeps of it."""

    def __init__(self, *, blind: bool = False, hours: float | None = 24) -> None:
        self.room = TinyRoom("table", *PEOPLE)
        self.heads: dict[str, Answer] = {}
        self.versions: list[AnswerVersion] = []
        self.ballots: dict[str, AnswerBallot] = {}
        closes = START + timedelta(hours=hours) if hours else None
        self.prompt: Prompt = self.keep(ask(self.room.snapshot, Wish(blind=blind), Stock((CARD,)), self.room.by("ana"), closes_at=closes))

    def keep(self, outcome: Outcome[T]) -> T:
        for row in outcome.rows:
            match row:
                case Prompt():
                    self.prompt = row
                case Answer():
                    self.heads[row.id] = row
                case AnswerVersion():
                    self.versions.append(row)
                case AnswerBallot():
                    self.ballots[row.id] = row
        return self.room.keep(outcome)

    @property
    def answers(self) -> list[Answer]:
        return sorted((a for a in self.heads.values() if a.status == "standing"), key=lambda a: a.number)

    def does(self, name: str | None, rule: Callable[..., Outcome[T]], *args: Any) -> T:
        return self.keep(rule(self.room.snapshot, self.prompt, *args, self.room.by(name)))

    def answer(self, name: str, text: str, **more: Any) -> answering.Answered:
        return self.keep(answering.answer(self.room.snapshot, self.prompt, self.answers, text, self.room.by(name), **more))

    def vote(self, name: str, *numbers: int) -> picking.Picked:
        return self.does(name, picking.vote, self.answers, numbers)

    def close(self, name: str | None) -> Prompt:
        self.does(name, close, self.answers, list(self.ballots.values()))
        return self.prompt


def test_a_receipt_counts_and_refuses_nothing() -> None:
    done = Desk().answer("ben", "Four words, not three.")

    assert [(t.kind, t.found, t.kept) for t in done.tallies] == [("words", 4, False)]
    assert (done.answer.number, done.answer.words, done.changed) == (1, 4, False)


def test_an_answer_is_changed_under_its_number_and_old_words_are_kept() -> None:
    desk = Desk()
    desk.answer("ben", "One.")
    desk.answer("cy", "Two.")

    again = desk.answer("ben", "One, better.")

    assert (again.answer.number, again.answer.version, again.changed) == (1, 2, True)
    assert [(v.version, v.text) for v in desk.versions if v.person.endswith("ben")] == [(1, "One."), (2, "One, better.")]
    with pytest.raises(Stale):
        desk.answer("ben", "From an old form.", seen_version=1)


def test_a_number_is_never_given_twice() -> None:
    desk = Desk()
    desk.answer("ben", "One.")
    desk.does("ben", answering.take_back, desk.answers[0])
    desk.answer("cy", "Two.")

    assert desk.answer("ben", "Three.").answer.number == 3


def test_nothing_goes_in_after_the_close_even_if_time_is_late() -> None:
    desk = Desk(hours=1)
    desk.answer("ben", "In time.")
    desk.room.later(hours=2)

    with pytest.raises(UserError):
        desk.answer("cy", "Too late.")
    with pytest.raises(UserError):
        desk.does("ben", answering.take_back, desk.answers[0])
    assert desk.close("cy").status == "closed"  # its time has passed, so anyone may


@given(st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(("write", "back", "read", "vote"))), max_size=30))
def test_nobody_ever_reads_anothers_answer_to_a_blind_prompt_before_its_close(steps: list[tuple[str, str]]) -> None:
    desk = Desk(blind=True)
    for n, (name, step) in enumerate(steps):
        mine = answering.own(desk.answers, person(name).key)
        if step == "write":
            desk.answer(name, f"Words {n}.")
        elif step == "back" and mine is not None:
            desk.does(name, answering.take_back, mine)
        elif step == "vote":
            with pytest.raises(UserError):
                desk.vote(name, 1)
        for reader in (*PEOPLE, None):
            key = person(reader).key if reader is not None else None
            for answer in desk.heads.values():
                if readable(desk.prompt, answer, key):
                    assert answer.person == key
        assert picking.votable(desk.prompt, desk.answers) == ()

    desk.close("ana")
    assert all(readable(desk.prompt, a, None) for a in desk.answers)


def test_a_blind_prompt_is_shown_then_voted_on_then_picked() -> None:
    desk = Desk(blind=True)
    desk.answer("ben", "One.")
    desk.answer("cy", "Two.")
    desk.room.later(hours=24)
    desk.close(None)

    assert (desk.prompt.status, desk.prompt.closes_at) == ("voting", desk.room.now + VOTES)
    assert desk.room.marks[-1] == Mark("picked", desk.prompt.id)
    desk.vote("ana", 2)
    desk.vote("di", 2, 1)
    desk.room.later(hours=24)
    done = desk.close(None)
    assert (done.status, done.picks, done.ballots) == ("closed", (desk.answers[1].id,), 2)


def test_time_that_comes_too_early_waits_and_too_late_does_nothing() -> None:
    desk = Desk(hours=5)
    early = due_close(desk.room.snapshot, desk.prompt, [], [], desk.room.by(None))
    assert (early.rows, early.dues[0].at) == ((), desk.prompt.closes_at)
    desk.room.later(hours=5)
    desk.close(None)
    assert due_close(desk.room.snapshot, desk.prompt, [], [], desk.room.by(None)) == Outcome(None)


def test_a_prompt_without_answers_closes_quietly() -> None:
    desk = Desk(blind=True)
    before = len(desk.room.marks)

    assert desk.close("ana").status == "closed"
    assert desk.room.marks[before:] == [Mark("prompt", desk.prompt.id)]


def test_only_who_asked_or_a_showrunner_closes_before_the_time() -> None:
    desk = Desk()
    desk.answer("ben", "One.")
    desk.room.open("ben")
    with pytest.raises(NotAllowed):
        desk.close("cy")
    assert desk.close("ana").status == "closed"


def test_one_ballot_is_no_pick_where_several_people_are() -> None:
    desk = Desk()
    desk.answer("ben", "One.")
    desk.answer("cy", "Two.")
    desk.vote("ben", 1)
    assert desk.close("ana").picks == ()
    assert desk.prompt.ballots == 1


def test_a_ballot_is_changed_toggled_and_taken_back() -> None:
    desk = Desk()
    desk.answer("ben", "One.")
    desk.answer("cy", "Two.")
    desk.vote("ana", 1)
    ballots = list(desk.ballots.values())
    picked = desk.does("ana", picking.toggle, desk.answers, ballots, 2)
    assert [a.number for a in picked.chosen] == [1, 2]
    desk.vote("ana")
    assert counted(desk.answers, list(desk.ballots.values())) == ((), 0)
    assert len(desk.ballots) == 1


@given(st.lists(st.sets(st.integers(1, 5), max_size=5), max_size=12), st.sets(st.integers(1, 5)))
def test_the_count_is_what_anyone_would_count_by_hand(choices: list[set[int]], gone: set[int]) -> None:
    answers = [
        Answer(f"a{n}", "room", "p", n, f"x/y/{n}", f"P{n}", 1, 1, "", START, START, "taken_back" if n in gone else "standing")
        for n in range(1, 6)
    ]
    ballots = [AnswerBallot(f"b{n}", "room", "p", f"x/y/{n}", tuple(f"a{c}" for c in sorted(c)), START) for n, c in enumerate(choices)]

    picks, n = counted(answers, ballots)

    votes = Counter(c for chosen in choices for c in chosen if c not in gone)
    best = max(votes.values(), default=0)
    assert picks == tuple(f"a{c}" for c in sorted(votes) if votes[c] == best)
    assert n == len([c for c in choices if c - gone])


def test_a_hidden_answer_leaves_the_count() -> None:
    desk = Desk()
    desk.answer("ben", "One.")
    desk.answer("cy", "Two.")
    desk.vote("ana", 1)
    desk.vote("di", 1)
    desk.vote("ben", 2)
    first = desk.answers[0]
    desk.heads[first.id] = replace(first, veil="hidden")

    assert desk.close("ana").picks == ()
    assert desk.prompt.ballots == 1


@pytest.mark.parametrize(("given_", "read"), [("2 5", [2, 5]), ("2,5", [2, 5]), ("0", []), ("none", [])])
def test_numbers_are_read_as_people_type_them(given_: str, read: list[int]) -> None:
    assert numbers_in(given_) == read


@pytest.mark.parametrize("given_", ["", "two", "1 x", "-1", "9999999"])
def test_what_is_no_number_is_refused(given_: str) -> None:
    with pytest.raises(UserError):
        numbers_in(given_)
