"""Setting ballots aside is the same as if those ballots had never been cast."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.story import voting
from bot.story.ballots import count, counted
from bot.story.instants import last_instant
from bot.story.people import Standing
from bot.story.rounds import Method
from bot.story.setting_aside import set_aside, set_aside_in
from tests.unit.voting_room import START, VotingRoom

KEEPER = Standing(keeper=True)


@given(
    st.sampled_from(("approval", "ranked", "single")),
    st.lists(st.tuples(st.integers(0, 48), st.permutations([1, 2, 3])), min_size=1, max_size=9),
    st.integers(0, 48),
)
def test_the_tally_is_that_of_the_ballots_that_are_left(
    method: Method, votes: list[tuple[int, list[int]]], limit: int
) -> None:
    room = VotingRoom()
    room.open("w1", method=method)
    for name, idea in (("w1", "A door"), ("w2", "A bell"), ("w3", "A storm")):
        room.pitch(name, idea)
    instant = START - timedelta(hours=limit)
    for n, (hours, order) in enumerate(votes):
        joined = START - timedelta(hours=hours)
        standing = Standing(joined_at=joined)
        member = room.member(f"v{n}")
        room.snapshot = room.snapshot.with_rows((replace(member, joined_at=joined),))
        room.vote(f"v{n}", " ".join(map(str, order if method != "single" else order[:1])), standing)
    before = room.snapshot.ballots_of(room.round.id)
    done = room.keep(set_aside(room.snapshot, room.round, instant, room.by("w1", KEEPER)))
    after = room.snapshot.ballots_of(room.round.id)
    left = [b for b, (hours, _) in zip(before, votes, strict=True) if START - timedelta(hours=hours) <= instant]
    ideas = voting.votable(room.snapshot, room.round)
    assert count(method, ideas, after) == count(method, ideas, left)
    assert len(counted(ideas, after)) == len(left) == done.counting
    assert set_aside_in(room.snapshot, room.round) == len(before) - len(left) == done.ballots
    room.keep(set_aside(room.snapshot, room.round, None, room.by("w1", KEEPER)))
    assert room.snapshot.ballots_of(room.round.id) == before


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("11:30", datetime(2026, 3, 3, 11, 30, tzinfo=UTC)),
        ("12:30", datetime(2026, 3, 2, 12, 30, tzinfo=UTC)),
        ("Fri 17:00", datetime(2026, 2, 27, 17, 0, tzinfo=UTC)),
        ("tue 12:00", datetime(2026, 3, 3, 12, 0, tzinfo=UTC)),
        ("Tuesday 12:01", datetime(2026, 2, 24, 12, 1, tzinfo=UTC)),
        ("3h", datetime(2026, 3, 3, 9, 0, tzinfo=UTC)),
        ("2 days ago", datetime(2026, 3, 1, 12, 0, tzinfo=UTC)),
        ("2026-02-01", datetime(2026, 2, 1, tzinfo=UTC)),
        ("2026-02-01 17:00", datetime(2026, 2, 1, 17, tzinfo=UTC)),
    ],
)
def test_a_moment_is_the_last_one_that_is_meant(typed: str, meant: datetime) -> None:
    assert last_instant(typed, "UTC", START, argument="x") == meant


@given(st.text(max_size=30))
def test_whatever_is_typed_gives_a_moment_that_is_over_or_a_sentence(typed: str) -> None:
    try:
        meant = last_instant(typed, "Europe/Berlin", START, argument="x")
        sentence = "a moment"
    except UserError as refusal:
        meant, sentence = START, refusal.sentence
    assert meant <= START
    assert sentence
