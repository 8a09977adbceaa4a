"""Sprints: whatever the clock does, each message comes at most once and in order, and no words are counted twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.story import sprints
from bot.story.moments import Ids, Moment
from bot.story.sprints import Runner, Sprint, due_at, inside, minutes, pace, table, tick
from tests.unit.tiny_room import TinyRoom

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ORDER = ("call", "go", "last", "over", "result")


def _sprint(wait: int, last: int) -> Sprint:
    begins = NOON + timedelta(minutes=wait)
    return Sprint("s", "room", 1, "p", "", NOON, begins, begins + timedelta(minutes=last), "called", last_called=last < 3)


def _runner(person: str = "p", words: int | None = None, joined: datetime = NOON) -> Runner:
    return Runner(f"s/{person}", "room", "s", person, joined, words=words)


@given(st.integers(0, 30), st.integers(1, 60), st.lists(st.integers(-60, 240), max_size=40))
def test_time_may_do_what_it_likes_and_each_message_comes_once(wait: int, last: int, steps: list[int]) -> None:
    sprint, posted, now = _sprint(wait, last), [], NOON
    for step in [*steps, 10_000]:
        now += timedelta(minutes=step)
        while (at := due_at(sprint)) is not None and at <= now:
            outcome = tick(sprint, (_runner(),), Moment(now, Ids("t")))
            (after,) = [row for row in outcome.rows if isinstance(row, Sprint)]
            assert after != sprint
            posted += [mark.subject.partition(":")[2] for mark in outcome.marks]
            sprint = after
    steps_posted = [step for step in posted if step != "call"]
    assert len(set(posted)) == len(posted)
    assert steps_posted == sorted(steps_posted, key=ORDER.index)
    assert sprint.state in ("over", "off", "counting")
    if "go" in posted and sprint.state == "over":
        assert posted[-2:] == ["over", "result"]


@given(st.lists(st.tuples(st.text("abc", min_size=1, max_size=3), st.none() | st.integers(0, 5000), st.booleans()), max_size=12))
def test_the_table_holds_who_said_words_and_nobody_else(people: list[tuple[str, int | None, bool]]) -> None:
    runners = [replace(_runner(f"{name}{n}", words), left=left) for n, (name, words, left) in enumerate(people)]
    rows = table(_sprint(0, 20), runners)
    assert [r.words for r in rows] == sorted((r.words or 0 for r in inside(runners) if r.words is not None), reverse=True)


def test_a_pace_is_of_the_time_that_one_had() -> None:
    sprint = _sprint(0, 20)
    assert pace(sprint, _runner(words=400)) == 20
    assert pace(sprint, _runner(words=400, joined=NOON + timedelta(minutes=10))) == 40
    assert pace(sprint, _runner(words=40, joined=NOON + timedelta(hours=1))) == 40
    assert minutes(replace(sprint, ends_at=NOON + timedelta(seconds=2))) == 1


def test_a_sprint_that_ends_at_once_asks_for_words_and_closes_when_all_have_said_them() -> None:
    room = TinyRoom("table", "w1", "w2")
    news = room.do("w1", lambda snapshot, moment: sprints.start(snapshot, None, 1, 20, 0, moment))
    room.later(minutes=10)
    ended = room.do("w1", lambda snapshot, moment: sprints.end(snapshot, news.sprint, news.runners, moment))
    assert ended.sprint.state == "counting"
    room.later(seconds=5)
    said = room.do("w1", lambda snapshot, moment: sprints.words(snapshot, ended.sprint, ended.runners, 250, moment))
    assert said.sprint.state == "over"
    assert [mark.subject.partition(":")[2] for mark in room.marks] == ["go", "over", "result"]
    assert ("sprint", news.sprint.id) not in room.dues
