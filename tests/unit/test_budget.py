"""A room's budget is judged before each call; at the cap the room goes on, humans only."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.settings import Price
from bot.story.rooms import Room
from bot.writing import budget
from bot.writing.briefs import Block, Brief, Mode, Turn

NOW = datetime(2026, 3, 6, 19, tzinfo=UTC)


def room(**more: object) -> Room:
    return Room("R", "terminal", "local", "table", "", NOW, preset="community", **more)  # type: ignore[arg-type]  # fields of Room


def test_the_cap_is_the_agreed_one_else_the_houses_else_the_presets() -> None:
    assert budget.cap_cents(room(budget_cents=300), 9.0) == 300
    assert budget.cap_cents(room(), 9.0) == 900
    assert budget.cap_cents(room()) == 500


def test_a_month_begins_with_nothing_spent() -> None:
    spent = budget.spend(room(), 40_000, NOW)
    assert budget.spent_micros(spent, NOW) == 40_000
    assert budget.spent_micros(spent, NOW.replace(month=4)) == 0


@given(spent=st.integers(0, 5_000_000), worst=st.integers(0, 5_000_000))
def test_no_request_can_pass_the_rooms_cap(spent: int, worst: int) -> None:
    now = budget.spend(room(), spent, NOW)
    if spent + worst > 5_000_000:
        with pytest.raises(UserError, match="humans only"):
            budget.check(now, NOW, worst, 0, 500, share=1.0)
    else:
        budget.check(now, NOW, worst, 0, 500, share=1.0)


def test_one_person_cannot_use_up_everybodys_part() -> None:
    with pytest.raises(UserError, match="Your part"):
        budget.check(room(), NOW, 200_000, 900_000, 500, share=0.2)


def test_the_worst_case_counts_every_token_at_its_dearest() -> None:
    brief = Brief(
        Mode.CONTINUE, (Block("x" * 3_500),), (Turn("user", (Block("y" * 3_500),)),), max_tokens=100
    )
    assert budget.worst_micros(brief, Price(1.0, 5.0, 1.25, 2.0, 0.1)) == 2_000 * 2 + 100 * 5
    assert budget.worst_micros(brief, None) == 0
