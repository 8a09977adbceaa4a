"""Order keys: there is always room between two, and they sort as plain ASCII."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.story.order import DIGITS, after, before, between, first


@given(st.lists(st.integers(min_value=0), max_size=60))
def test_whatever_is_put_wherever_the_order_holds(places: list[int]) -> None:
    keys: list[str] = []
    for place in places:
        at = place % (len(keys) + 1)
        low = keys[at - 1] if at else None
        high = keys[at] if at < len(keys) else None
        made = between(low, high)
        assert low is None or low < made
        assert high is None or made < high
        keys.insert(at, made)
    assert keys == sorted(keys, key=str.encode)
    assert set("".join(keys)) <= set(DIGITS)


@given(st.lists(st.booleans(), max_size=40))
def test_between_is_strict_however_close_the_two_are(sides: list[bool]) -> None:
    low, high = first(), after(first())
    for lower in sides:
        made = between(low, high)
        assert low < made < high
        low, high = (low, made) if lower else (made, high)


def test_digits_sort_bytewise_as_they_count() -> None:
    assert list(DIGITS) == sorted(DIGITS, key=str.encode)
    assert DIGITS.isascii()


def test_a_key_stays_short_after_a_hundred_thousand_appends() -> None:
    key = first()
    for _ in range(100_000):
        longer = after(key)
        assert key < longer
        key = longer
    assert len(key) == 4


def test_a_key_stays_short_after_a_hundred_thousand_put_in_front() -> None:
    key = first()
    for _ in range(100_000):
        lower = before(key)
        assert lower < key
        key = lower
    assert len(key) == 4


@pytest.mark.parametrize("nearer_the_end", [True, False])
def test_three_thousand_insertions_at_one_place_still_find_room(nearer_the_end: bool) -> None:
    low, high = first(), after(first())
    made = low
    for _ in range(3_000):
        made = between(low, high)
        assert low < made < high
        low, high = (made, high) if nearer_the_end else (low, made)
    assert len(made) < 700


def test_what_goes_first_and_last_needs_no_neighbour() -> None:
    assert between(None, None) == first() == after(None)
    assert between(None, "a0") < "a0" < between("a0", None)


def test_after_and_before_leave_a_key_between_two_behind() -> None:
    halfway = between(first(), after(first()))
    assert before(halfway) < halfway < after(halfway)


@pytest.mark.parametrize(("low", "high"), [("a1", "a0"), ("a0", "a0"), ("a0V", "a0V0")])
def test_no_key_is_made_up_where_there_is_none(low: str, high: str) -> None:
    with pytest.raises(ValueError, match=r"below|between"):
        between(low, high)
