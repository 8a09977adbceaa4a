"""Streaks: what never breaks one, that a freeze is spent once, and that the order of rows does not matter."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.story.prompts import Prompt
from bot.story.streaks import EARNED_BY, HELD_MOST, Away, Day, Streak, days_of, streak

FIRST = date(2026, 1, 1)
KINDS = st.sampled_from(("answered", "missed", "excused", "open"))


def _row(kinds: list[str], first: date = FIRST) -> list[Day]:
    return [
        Day(first + timedelta(days=n), kind == "answered", kind == "excused", kind == "open") for n, kind in enumerate(kinds)
    ]


def _slowly(kinds: list[str]) -> tuple[int, int, int]:
    """The same rule, written another way: (days, longest, freezes) letter by letter over a string."""
    days = longest = freezes = 0
    for kind in kinds:
        if kind == "answered":
            days += 1
            longest = max(days, longest)
            if days and days % EARNED_BY == 0 and freezes < HELD_MOST:
                freezes += 1
        elif kind == "missed":
            if days == 0 or freezes == 0:
                days = 0
            else:
                freezes -= 1
    return days, longest, freezes


@given(st.lists(KINDS, max_size=120))
def test_it_is_the_rule_as_it_is_said(kinds: list[str]) -> None:
    found = streak(_row(kinds))
    assert (found.days, found.longest, found.freezes) == _slowly(kinds)


@given(st.lists(KINDS, max_size=60), st.integers(0, 59))
def test_a_day_that_the_bot_missed_changes_nothing(kinds: list[str], at: int) -> None:
    with_it = [*kinds[:at], "excused", *kinds[at:]]
    before, after = streak(_row(kinds)), streak(_row(with_it))
    assert (after.days, after.longest, after.freezes) == (before.days, before.longest, before.freezes)


@given(st.lists(KINDS, max_size=60), st.integers(0, 2**32), st.data())
def test_the_order_and_the_number_of_rows_do_not_matter(kinds: list[str], seed: int, data: st.DataObject) -> None:
    rows = _row(kinds)
    mixed = rows + (data.draw(st.lists(st.sampled_from(rows), max_size=20)) if rows else [])
    random.Random(seed).shuffle(mixed)
    assert streak(mixed) == streak(rows)


@given(st.lists(KINDS, max_size=120))
def test_a_freeze_is_spent_once_and_none_is_spent_that_was_not_earned(kinds: list[str]) -> None:
    found = streak(_row(kinds))
    assert 0 <= found.freezes <= HELD_MOST
    assert len(set(found.spent)) == len(found.spent)
    assert len(found.spent) + found.freezes <= HELD_MOST + kinds.count("answered") // EARNED_BY
    missed = {FIRST + timedelta(days=n) for n, kind in enumerate(kinds) if kind == "missed"}
    assert set(found.spent) <= missed
    assert not found.days or found.longest >= found.days > 0


@given(st.lists(KINDS, max_size=60))
def test_an_answer_more_never_makes_it_shorter(kinds: list[str]) -> None:
    assert streak(_row([*kinds, "answered"])).days == streak(_row(kinds)).days + 1


def test_a_week_earns_a_freeze_that_covers_one_missed_day() -> None:
    week = ["answered"] * EARNED_BY
    assert streak(_row(week)) == Streak(7, 7, 1)
    covered = streak(_row([*week, "missed", "answered"]))
    assert (covered.days, covered.freezes, covered.spent) == (8, 0, (FIRST + timedelta(days=7),))
    assert streak(_row([*week, "missed", "missed", "answered"])).days == 1


def test_today_is_open_until_its_prompt_closes() -> None:
    found = streak(_row(["answered", "answered", "open"]))
    assert (found.days, found.waiting) == (2, FIRST + timedelta(days=2))


def _prompt(n: int, status: str = "closed", **more: object) -> Prompt:
    at = datetime(2026, 1, 1 + n, 9, tzinfo=UTC)
    values: dict[str, object] = {
        "id": f"p{n}", "room_id": "r", "number": n, "kind": "spark", "genre": "any", "source": "deck", "text": "t", "asked_at": at,
        "status": status, "schedule_id": "s", "day": at.date().isoformat(), "closes_at": at + timedelta(hours=20),
    }  # fmt: skip
    return Prompt(**(values | more))  # type: ignore[arg-type]  # the test names fields of Prompt


def test_days_are_those_of_prompts_not_of_clocks() -> None:
    prompts = [_prompt(0), _prompt(1), _prompt(2, "missed"), _prompt(3, "open")]
    now = datetime(2026, 1, 4, 12, tzinfo=UTC)
    found = streak(days_of(prompts, {"p0", "p1"}, (), now, "UTC"))
    assert (found.days, found.excused, found.waiting) == (2, (date(2026, 1, 3),), date(2026, 1, 4))


def test_an_hour_without_the_bot_while_a_prompt_is_open_excuses_it_and_less_does_not() -> None:
    asked = [_prompt(0), _prompt(1), _prompt(2)]
    now = datetime(2026, 1, 9, tzinfo=UTC)
    long = Away(datetime(2026, 1, 2, 20, tzinfo=UTC), datetime(2026, 1, 2, 21, tzinfo=UTC))
    short = Away(datetime(2026, 1, 2, 20, tzinfo=UTC), datetime(2026, 1, 2, 20, 59, tzinfo=UTC))
    after = Away(datetime(2026, 1, 3, 5, tzinfo=UTC), datetime(2026, 1, 3, 8, tzinfo=UTC))
    assert streak(days_of(asked, {"p0", "p2"}, (long,), now, "UTC")).days == 2
    assert streak(days_of(asked, {"p0", "p2"}, (short,), now, "UTC")).days == 1
    assert streak(days_of(asked, {"p0", "p2"}, (after,), now, "UTC")).days == 1
    assert streak(days_of(asked, {"p0", "p2"}, (short, Away(short.until, short.until + timedelta(minutes=1))), now, "UTC")).days == 2


def test_what_somebody_asks_besides_counts_when_it_is_answered_and_breaks_nothing() -> None:
    now = datetime(2026, 1, 9, tzinfo=UTC)
    asked = [_prompt(0), _prompt(1, schedule_id=None, day=None), _prompt(2)]
    assert streak(days_of(asked, {"p0", "p2"}, (), now, "UTC")).days == 2
    assert streak(days_of(asked, {"p0", "p1", "p2"}, (), now, "UTC")).days == 3
    late = [_prompt(0, schedule_id=None, day=None, asked_at=datetime(2026, 1, 1, 23, tzinfo=UTC)), _prompt(1)]
    assert streak(days_of(late, {"p0", "p1"}, (), now, "Asia/Tokyo")).days == 1  # both on the second of January there


def test_dates_that_a_card_tells_were_missed_are_excused() -> None:
    asked = [_prompt(0), _prompt(3, missed=("2026-01-02", "2026-01-03"))]
    assert streak(days_of(asked, {"p0", "p3"}, (), datetime(2026, 1, 9, tzinfo=UTC), "UTC")).days == 2
