"""Goals: every word counts once, and a day is the writer's own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.story.goals import Piece, on_day, written
from bot.story.sprints import GRACE, Runner, Sprint

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def _run(n: int, begins: datetime, minutes: int, words: int | None, *, left: bool = False, story: str = "") -> tuple[Sprint, Runner]:
    sprint = Sprint(f"s{n}", "r", n, "p", story, begins, begins, begins + timedelta(minutes=minutes), "over")
    return sprint, Runner(f"s{n}/p", "r", sprint.id, "p", begins, words=words, left=left)


minutes_after = st.integers(0, 300).map(lambda n: NOON + timedelta(minutes=n))
pieces = st.lists(st.builds(Piece, minutes_after, st.integers(0, 500), st.sampled_from(("", "a")), st.just("")), max_size=8)
runs = st.lists(
    st.tuples(minutes_after, st.integers(1, 60), st.integers(0, 900)).map(lambda t: _run(t[0].minute, *t)), max_size=5
)


@given(pieces, pieces, runs)
def test_every_word_counts_once(passages: list[Piece], answers: list[Piece], sprints: list[tuple[Sprint, Runner]]) -> None:
    total = sum(w.words for w in written(passages, answers, sprints))
    put_in = sum(p.words for p in passages + answers)
    said = sum(r.words or 0 for _, r in sprints)
    assert max(put_in, said) <= total <= put_in + said


@given(pieces, runs, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(passages: list[Piece], sprints: list[tuple[Sprint, Runner]], dice: object) -> None:
    other, others = passages[:], sprints[:]
    dice.shuffle(other)  # type: ignore[attr-defined]  # a Random
    assert written(other, (), others) == written(passages, (), sprints)


def test_what_was_put_in_during_a_sprint_is_taken_off_its_words() -> None:
    run = _run(1, NOON, 20, 600)
    during = Piece(NOON + timedelta(minutes=10), 250, "a")
    late = Piece(NOON + timedelta(minutes=20) + GRACE, 100, "a")
    after = Piece(NOON + timedelta(hours=1), 40, "a")
    assert sum(w.words for w in written((during, late, after), (), (run,))) == 600 + 40


def test_more_put_in_than_said_counts_as_put_in() -> None:
    assert sum(w.words for w in written((Piece(NOON, 900),), (), (_run(1, NOON, 20, 600),))) == 900


def test_an_answer_that_went_into_the_story_as_it_is_counts_once() -> None:
    answer = Piece(NOON, 120, "", "The lamp went out.")
    passage = Piece(NOON + timedelta(hours=1), 120, "a", "The lamp went out.")
    found = written((passage,), (answer, Piece(NOON, 30, "", "Another.")), ())
    assert [w.words for w in found] == [30, 120]


def test_who_left_a_sprint_counts_nothing_in_it() -> None:
    assert written((), (), (_run(1, NOON, 20, 600, left=True), _run(2, NOON, 20, None))) == ()


def test_a_days_words_are_those_of_the_writers_own_day() -> None:
    late = datetime(2026, 3, 2, 23, 30, tzinfo=ZoneInfo("America/New_York"))
    words = written((Piece(late.astimezone(UTC), 300),), (), ())
    assert on_day(words, "America/New_York", date(2026, 3, 2)) == 300
    assert on_day(words, "America/New_York", date(2026, 3, 3)) == 0
    assert on_day(words, "UTC", date(2026, 3, 3)) == 300


def test_a_sprint_over_midnight_belongs_to_the_day_on_which_it_began() -> None:
    begins = datetime(2026, 3, 2, 23, 50, tzinfo=UTC)
    words = written((), (), (_run(1, begins, 20, 400),))
    assert on_day(words, "UTC", date(2026, 3, 2)) == 400


def test_the_night_in_which_clocks_change_loses_no_word() -> None:
    here = ZoneInfo("Europe/Berlin")
    hours = [datetime(2026, 3, 28, 23, tzinfo=UTC) + timedelta(hours=n) for n in range(23)]
    words = written(tuple(Piece(at, 1) for at in hours), (), ())
    assert {at.astimezone(here).date() for at in hours} == {date(2026, 3, 29)}
    assert on_day(words, "Europe/Berlin", date(2026, 3, 29)) == 23
