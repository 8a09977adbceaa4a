"""Local times as instants: once per local day whatever the clocks do, as a brute force finds them too."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.story.wall_clock import Days, coming, instant_of, next_day, passed
from bot.story.zones import zone
from tests import oracle

FULL = bool(os.environ.get("ROOM37_FULL"))
zones = st.sampled_from(oracle.every_zone())
dates = st.dates(date(2024, 1, 1), date(2030, 12, 31))
times = st.times().map(lambda t: t.replace(second=0, microsecond=0))
rules = st.one_of(
    st.sets(st.integers(0, 6), min_size=1).map(lambda days: Days(tuple(sorted(days)))),
    st.builds(Days, every=st.integers(1, 365), anchor=dates),
)
instants = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 (hypothesis wants naive ends)


def _local(at: datetime, name: str) -> datetime:
    return at.astimezone(zone(name)).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("name", "day", "at", "utc"),
    [
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "2026-03-29T01:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(2, 0), "2026-03-29T01:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(3, 0), "2026-03-29T01:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(0, 15), "2026-03-28T23:15"),
        ("Europe/Berlin", date(2026, 3, 30), time(0, 15), "2026-03-29T22:15"),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), "2026-10-25T00:30"),
        ("America/New_York", date(2026, 11, 1), time(1, 30), "2026-11-01T05:30"),
        ("America/Santiago", date(2026, 9, 6), time(0, 15), "2026-09-06T04:00"),
        ("America/Nuuk", date(2026, 3, 28), time(23, 30), "2026-03-29T01:00"),
        ("America/Nuuk", date(2026, 10, 24), time(23, 30), "2026-10-25T00:30"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-03T15:30"),
        ("Pacific/Apia", date(2011, 12, 30), time(9, 0), "2011-12-30T10:00"),
    ],
)
def test_a_time_comes_once_on_days_when_clocks_change(name: str, day: date, at: time, utc: str) -> None:
    assert instant_of(day, at, name) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@given(zones, dates, times)
def test_an_instant_is_the_first_at_which_the_wall_shows_that_time_or_later(name: str, day: date, at: time) -> None:
    wall, found = datetime.combine(day, at), instant_of(day, at, name)
    assert _local(found, name) >= wall > _local(found - timedelta(seconds=1), name) - timedelta(hours=2)
    before = [found - timedelta(minutes=n) for n in range(1, 181)]
    assert all(_local(moment, name) < wall for moment in before)


@given(rules, dates)
def test_the_next_day_is_the_first_of_the_rule_and_none_lies_between(days: Days, after: date) -> None:
    found = next_day(days, after)
    assert found > after and days.holds(found)
    between = ((after + timedelta(days=n)) for n in range(1, (found - after).days))
    assert not any(days.holds(day) for day in between)


@given(rules, times, zones, instants, st.integers(0, 40))
def test_what_has_passed_and_what_comes_leave_no_day_out_and_none_twice(
    days: Days, at: time, name: str, now: datetime, back: int
) -> None:
    first = _local(now, name).date() - timedelta(days=back)
    gone, (day, instant) = list(passed(days, at, name, first, now)), coming(days, at, name, now)
    assert instant > now and instant == instant_of(day, at, name)
    assert all(instant_of(one, at, name) <= now for one in gone)
    whole = [*gone, day] if not gone or gone[0] <= day else [day]
    expected = list(islice(_from(days, whole[0]), len(whole)))
    assert whole == expected
    if gone:
        assert gone[0] == next_day(days, first - timedelta(days=1))


def _from(days: Days, first: date) -> Iterator[date]:
    yield first
    while True:
        first = next_day(days, first)
        yield first


def test_the_brute_force_finds_the_same_instants_in_many_zones() -> None:
    each = oracle.every_zone() if FULL else oracle.every_zone()[::12]
    most = None if FULL else 110
    found = [oracle.differences(name, most) for name in each]
    assert [line for _, wrong in found for line in wrong] == []
    assert sum(compared for compared, _ in found) >= (2_000_000 if FULL else 20_000)


def test_every_minute_around_each_leap_of_a_clock_agrees() -> None:
    names = oracle.every_zone() if FULL else ["Europe/Berlin", "America/Nuuk", "Africa/Casablanca", "Asia/Gaza", "Antarctica/Troll"]
    found = [oracle.walked(name) for name in names]
    assert [line for _, wrong in found for line in wrong] == []
    assert sum(compared for compared, _ in found) > 10_000


def test_there_is_no_zone_beside_the_list() -> None:
    for name in ("", "Europe", "../zoneinfo/UTC", "/etc/passwd", "zone.tab"):
        with pytest.raises(ZoneInfoNotFoundError):
            zone(name)
