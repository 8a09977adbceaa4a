"""Fractional order keys: between any two there is another, so that nothing is renumbered when a scene moves.

A key is a base-62 number after an implied point, headed by its length so that appending grows it slowly: the
first character says how many digits the whole part has (`a` = 1 ... `z` = 26 upwards, `Z` downwards). Keys are
plain ASCII and compare bytewise, alike in SQLite's BINARY and PostgreSQL's "C" collation.
"""

from __future__ import annotations

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE = len(DIGITS)
_ZERO = DIGITS[0]


def first() -> str:
    """The key of the first thing in an order."""
    return "a0"


def after(key: str | None) -> str:
    """A key behind this one (the first key when there is none)."""
    return first() if key is None else _step(key, 1)


def before(key: str) -> str:
    """A key ahead of this one."""
    return _step(key, -1)


def between(low: str | None, high: str | None) -> str:
    """A key strictly between two. Raises ValueError when `low` is not below `high`."""
    if low is None:
        return first() if high is None else before(high)
    if high is None:
        return after(low)
    if low >= high:
        raise ValueError("the lower key must be below the higher one")
    whole_low, whole_high = _whole(low), _whole(high)
    if whole_low == whole_high:
        return whole_low + _middle(low[len(whole_low) :], high[len(whole_low) :])
    stepped = _step(low, 1)
    return stepped if stepped < high else whole_low + _middle(low[len(whole_low) :], "")


def _length(head: str) -> int:
    return ord(head) - ord("a") + 1 if head >= "a" else ord("Z") - ord(head) + 1


def _whole(key: str) -> str:
    return key[: 1 + _length(key[0])]


def _step(key: str, by: int) -> str:
    """The next whole key up or down; below `a0` the heads run Z, Y, X with ever more digits."""
    head, digits = key[0], [DIGITS.index(c) for c in _whole(key)[1:]]
    if by < 0 and len(key) > len(digits) + 1:
        return _whole(key)
    for place in range(len(digits) - 1, -1, -1):
        digits[place] += by
        if 0 <= digits[place] < _BASE:
            return head + "".join(DIGITS[d] for d in digits)
        digits[place] %= _BASE
    if by > 0:
        head = "a" if head == "Z" else chr(ord(head) + 1)
        return head + (_ZERO if by > 0 else DIGITS[-1]) * _length(head)
    head = "Z" if head == "a" else chr(ord(head) - 1)
    return head + DIGITS[-1] * _length(head)


def _middle(low: str, high: str) -> str:
    """Digits strictly between two fractions, as few as do; an empty `high` means one."""
    made, place, bounded = "", 0, bool(high)
    while True:
        a = DIGITS.index(low[place]) if place < len(low) else 0
        if bounded and place == len(high):
            raise ValueError("no key lies between a key and itself with zeros behind it")
        b = DIGITS.index(high[place]) if bounded else _BASE
        if b - a > 1:
            return made + DIGITS[(a + b) // 2]
        if b > a and bounded and place + 1 < len(high):
            return made + DIGITS[b]
        made, place, bounded = made + DIGITS[a], place + 1, bounded and a == b
