"""The rules of schedules: every local date once, whatever is changed, missed, or done to the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotAllowed, UserError
from bot.story import recurring, scheduling
from bot.story.moments import Due, Ids, Moment
from bot.story.people import Person, Standing
from bot.story.prompts import Wish
from bot.story.rooms import Room
from bot.story.schedules import Schedule
from bot.story.snapshot import Snapshot
from bot.story.wall_clock import WEEK, Days, coming, instant_of, next_day
from tests.oracle import every_zone

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ADA = Person("terminal", "local", "ada")
ROOM = Snapshot(Room("R", "terminal", "local", "table", "", NOW, preset="table"))
HOUR = timedelta(hours=1)
zones = st.sampled_from(every_zone())
times = st.times().map(lambda t: t.replace(second=0, microsecond=0))
rules = st.one_of(
    st.sets(st.integers(0, 6), min_size=1).map(lambda days: Days(tuple(sorted(days)))),
    st.builds(Days, st.just(()), st.integers(2, 40), st.dates(date(2026, 1, 1), date(2026, 3, 2))),
)


def _moment(now: datetime, person: Person | None = ADA) -> Moment:
    return Moment(now, Ids("s"), person, "ada")


def _made(days: Days = Days(), at: time = time(9), zone: str = "UTC", now: datetime = NOW) -> Schedule:
    return scheduling.set_up(ROOM, 0, days, at, zone, Wish(), _moment(now)).value.schedule


class _Life:
    """A schedule over time, with what it asked and missed."""

    def __init__(self, schedule: Schedule, now: datetime) -> None:
        self.schedule, self.now = schedule, now
        self.asked: list[date] = []
        self.missed: list[date] = []

    def sweep(self, now: datetime) -> None:
        """Time is now this; what is due is done."""
        self.now = now
        if self.schedule.reckoned_at > now:
            self.schedule = scheduling.reckon(self.schedule, now)
        while self.schedule.status == "on" and self.schedule.next_at <= now:
            firing = scheduling.come_due(self.schedule, now)
            assert firing.schedule.next_at > now
            self.schedule = scheduling.missed_too(firing.schedule, firing.missed)
            self.missed += firing.missed
            if firing.ask is not None and firing.ask not in self.asked:
                self.asked.append(firing.ask)
                self.schedule = scheduling.asked(self.schedule, firing.ask)

    def change(self, **to: object) -> None:
        """Somebody changes it."""
        try:
            outcome = scheduling.change(ROOM, self.schedule, _moment(self.now), **to)  # type: ignore[arg-type]
        except UserError:
            return
        self.schedule = outcome.value.schedule
        (due,) = [due for due in outcome.dues if due.kind == "prompt"]
        assert due.at == self.schedule.next_at
        self.sweep(self.now)


# ---- typing


@pytest.mark.parametrize(
    ("given", "at"),
    [("09:00", time(9)), ("9:30", time(9, 30)), ("21.15", time(21, 15)), ("9am", time(9)), ("12 pm", time(12)),
     ("12am", time(0)), ("9:05 p.m.", time(21, 5)), ("noon", time(12)), ("0:00", time(0)), ("23h45", time(23, 45)), ("٩:٠٠", time(9))],
)  # fmt: skip
def test_times_are_read_as_people_write_them(given: str, at: time) -> None:
    assert recurring.clock_of(given) == at


@pytest.mark.parametrize("given", ["25:61", "24:00", "9", "13pm", "0am", "9:60", "-1:00", "soon", "", "9:5", "09:00:00"])
def test_what_is_no_time_is_refused_with_examples(given: str) -> None:
    with pytest.raises(UserError) as refused:
        recurring.clock_of(given)
    assert "`09:00`" in str(refused.value) and refused.value.argument == "time"


@pytest.mark.parametrize(
    ("given", "days"),
    [
        ("daily", Days()), ("Every day", Days()), ("weekdays", Days(WEEK[:5])), ("weekends", Days((5, 6))),
        ("Mon, Wed and Fri", Days((0, 2, 4))), ("tue-thu", Days((1, 2, 3))), ("Fri-Mon", Days((0, 4, 5, 6))),
        ("every Monday", Days((0,))), ("Tuesdays Thursdays", Days((1, 3))), ("every 3 days", Days((), 3, date(2026, 3, 2))),
        ("every other day", Days((), 2, date(2026, 3, 2))), ("2 days", Days((), 2, date(2026, 3, 2))), ("every 1 day", Days()),
    ],
)  # fmt: skip
def test_days_are_read_as_people_write_them(given: str, days: Days) -> None:
    assert recurring.days_of(given, date(2026, 3, 2)) == days


@pytest.mark.parametrize(
    ("given", "key"),
    [("every 0 days", "every_range"), ("every 400 days", "every_range"), ("every 999999999 days", "every_range"),
     ("weekly", "not_days"), ("", "not_days"), ("T", "not_days"), ("every -2 days", "not_days"), ("Funday", "not_days")],
)  # fmt: skip
def test_days_that_cannot_be_are_refused(given: str, key: str) -> None:
    with pytest.raises(UserError) as refused:
        recurring.days_of(given, date(2026, 3, 2))
    assert refused.value.key == f"schedule.{key}" and str(refused.value)


@given(rules)
def test_days_are_typed_as_they_are_read(days: Days) -> None:
    assert recurring.days_of(recurring.days_typed(days), days.anchor) == (days if days.every else replace(days, anchor=Days().anchor))


# ---- setting up and changing


def test_the_first_is_the_next_such_time_in_its_zone() -> None:
    assert _made().next_at == datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert _made(at=time(13)).next_day == "2026-03-02"
    assert _made(zone="Asia/Tokyo", at=time(22)).next_at == datetime(2026, 3, 2, 13, tzinfo=UTC)


def test_a_room_has_no_more_than_it_can_read() -> None:
    with pytest.raises(UserError, match="20"):
        scheduling.set_up(ROOM, scheduling.MOST, Days(), time(9), "UTC", Wish(), _moment(NOW))


def test_who_may_is_said_by_the_kind_of_room() -> None:
    room = replace(ROOM, room=replace(ROOM.room, preset="community"))
    with pytest.raises(NotAllowed):
        scheduling.set_up(room, 0, Days(), time(9), "UTC", Wish(), _moment(NOW))
    keeper = Moment(NOW, Ids("s"), ADA, "ada", Standing(keeper=True))
    assert scheduling.set_up(room, 0, Days(), time(9), "UTC", Wish(), keeper).value.schedule.number == 1


def test_a_pending_date_whose_new_time_has_passed_comes_at_once() -> None:
    life = _Life(_made(at=time(18)), NOW)
    life.change(at=time(11))
    assert life.asked == [date(2026, 3, 2)]
    assert life.schedule.next_at == datetime(2026, 3, 3, 11, tzinfo=UTC)


def test_a_date_that_was_asked_is_not_asked_again_at_a_later_time() -> None:
    life = _Life(_made(at=time(13)), NOW)
    life.sweep(NOW + HOUR)
    life.change(at=time(20))
    life.sweep(NOW + 10 * HOUR)
    assert life.asked == [date(2026, 3, 2)]


def test_pausing_stops_and_going_on_misses_nothing() -> None:
    made = _made()
    paused = scheduling.pause(ROOM, made, _moment(NOW))
    assert Due("prompt", made.id, None) in paused.dues
    with pytest.raises(UserError):
        scheduling.pause(ROOM, paused.value.schedule, _moment(NOW))
    later = NOW + timedelta(days=40)
    went_on = scheduling.resume(ROOM, paused.value.schedule, _moment(later)).value.schedule
    assert (went_on.status, went_on.next_day, went_on.untold) == ("on", "2026-04-12", ())


def test_skipping_leaves_out_the_next_date_and_can_be_taken_back() -> None:
    made = _made()
    skipped = scheduling.skip(ROOM, made, _moment(NOW)).value.schedule
    assert (skipped.skipped, skipped.next_day) == ("2026-03-03", "2026-03-04")
    back = scheduling.put_back(ROOM, skipped, _moment(NOW)).value.schedule
    assert (back.skipped, back.next_day) == ("", "2026-03-03")
    with pytest.raises(UserError):
        scheduling.put_back(ROOM, skipped, _moment(NOW + timedelta(days=1)))


# ---- downtime


@pytest.mark.parametrize(
    ("hours", "asked", "missed"),
    [(1, [3], []), (11, [3], []), (13, [], [3]), (23, [], [3]), (24, [4], [3]), (35, [4], [3]), (73, [6], [3, 4, 5])],
)
def test_after_downtime_the_latest_is_asked_if_it_is_less_than_half_its_period_late(
    hours: int, asked: Sequence[int], missed: Sequence[int]
) -> None:
    life = _Life(_made(), NOW)
    life.sweep(datetime(2026, 3, 3, 9, tzinfo=UTC) + hours * HOUR)
    assert [day.day for day in life.asked] == asked and [day.day for day in life.missed] == missed
    assert life.schedule.untold == (() if asked else ("2026-03-03",))


def test_a_weekly_prompt_is_asked_days_later() -> None:
    life = _Life(_made(Days((1,))), NOW)
    life.sweep(datetime(2026, 3, 6, 9, tzinfo=UTC))
    assert life.asked == [date(2026, 3, 3)]


def test_a_year_ahead_asks_once_and_a_clock_put_right_goes_on() -> None:
    life = _Life(_made(), NOW)
    life.sweep(datetime(2027, 3, 3, 9, 5, tzinfo=UTC))
    assert life.asked == [date(2027, 3, 3)]
    assert len(life.missed) == scheduling.KEPT
    life.sweep(datetime(2026, 3, 3, 8, 0, tzinfo=UTC))
    assert life.schedule.next_day == "2026-03-03"
    life.sweep(datetime(2026, 3, 3, 9, 0, tzinfo=UTC))
    assert life.asked[1:] == [date(2026, 3, 3)]


def test_an_hour_back_asks_nothing_twice() -> None:
    life = _Life(_made(), NOW)
    life.sweep(datetime(2026, 3, 3, 9, 1, tzinfo=UTC))
    life.sweep(datetime(2026, 3, 3, 8, 1, tzinfo=UTC))
    assert life.schedule.next_day == "2026-03-04"
    life.sweep(datetime(2026, 3, 3, 9, 1, tzinfo=UTC))
    assert life.asked == [date(2026, 3, 3)]


# ---- any life


steps = st.lists(
    st.one_of(
        st.tuples(st.just("sweep"), st.integers(1, 6 * 60)),
        st.tuples(st.just("change"), st.one_of(
            st.builds(lambda t: {"at": t}, times), st.builds(lambda z: {"zone": z}, zones),
            st.builds(lambda d: {"days": d}, rules),
        )),
    ),
    max_size=40,
)  # fmt: skip


@given(rules, times, zones, steps)
def test_no_change_ever_asks_a_date_twice_or_drops_one_that_was_pending(
    days: Days, at: time, zone: str, steps: list[tuple[str, object]]
) -> None:
    life = _Life(_made(days, at, zone), NOW)
    for step, what in steps:
        pending, rule = date.fromisoformat(life.schedule.next_day), life.schedule.days
        if step == "sweep":
            assert isinstance(what, int)
            life.sweep(life.now + timedelta(minutes=what))
        else:
            assert isinstance(what, dict)
            life.change(**what)
        done = {*life.asked, *life.missed}
        if life.schedule.days == rule:
            assert pending in done or date.fromisoformat(life.schedule.next_day) == pending
        assert len(life.asked) == len(set(life.asked)) and not set(life.asked) & set(life.missed)
        assert life.schedule.next_at > life.now


@given(rules, times, zones, st.datetimes(datetime(2026, 3, 2), datetime(2029, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_schedule_that_is_swept_in_time_asks_every_date_of_its_rule(days: Days, at: time, zone: str, start: datetime) -> None:
    life = _Life(_made(days, at, zone, start), start)
    first, _ = coming(days, at, zone, start)
    expected = first
    for _ in range(12):
        instant = life.schedule.next_at
        assert instant == instant_of(expected, at, zone)
        life.sweep(instant)
        assert life.asked[-1] == expected and not life.missed
        expected = next_day(days, expected)


@given(rules, times, zones, st.integers(-26 * 60, 26 * 60))
def test_new_rules_of_a_zone_ask_the_date_that_was_pending_once(days: Days, at: time, zone: str, moved: int) -> None:
    """As if the instant had been reckoned by rules of which the new ones differ by so many minutes."""
    made = _made(days, at, zone)
    right = made.next_at
    old = replace(made, next_at=right + timedelta(minutes=moved), reckoned_with="1999a")
    life = _Life(old, NOW)
    if old.next_at <= right:
        life.sweep(max(old.next_at, NOW))
        assert life.asked == [] or life.now >= right
    else:
        life.schedule = scheduling.reckon(life.schedule, NOW)
        assert life.schedule.next_at == right
    life.sweep(right)
    assert life.asked == [date.fromisoformat(made.next_day)]
