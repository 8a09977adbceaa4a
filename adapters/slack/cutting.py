"""A long text of people in several pieces: cut where it hurts least, and nothing of it left out."""

from __future__ import annotations

import re

from adapters.fitting import fitting, size

_DOUBLE = re.compile("[\x00-\x1f\U00010000-\U0010ffff]")
_COSTS = {"&": 5, "<": 4, ">": 4}


def cost(text: str) -> int:
    """How much of a message's room a text takes: its characters once `&<>` are escaped.

    A control character counts twice, since JSON spells it out in six.
    """
    return len(text) + 4 * text.count("&") + 3 * (text.count("<") + text.count(">")) + len(_DOUBLE.findall(text))


def _cost(char: str) -> int:
    return _COSTS.get(char) or (2 if char > "\uffff" or char < " " else 1)


def cut(text: str, first: int, most: int, *, pieces_most: int = 0) -> list[str]:
    """The text in pieces that cost at most `most` (the first at most `first`); joined they are the text again.

    Cut behind a paragraph, else a line, else a word, else between graphemes. `pieces_most` ends it after so many.
    """
    pieces: list[str] = []
    at, room = 0, first
    while at < len(text) and not 0 < pieces_most <= len(pieces):
        end = _end(text, at, _reach(text, at, room))
        pieces.append(text[at:end])
        at, room = end, most
    return pieces


def _reach(text: str, at: int, room: int) -> int:
    """How far a piece could go at most."""
    if len(text) - at <= room and cost(text[at:]) <= room:
        return len(text)
    end = at
    while end < len(text) and (room := room - _cost(text[end])) >= 0:
        end += 1
    return max(end, at + 1)


def _end(text: str, at: int, most: int) -> int:
    """Where a piece that begins at `at` ends."""
    if most == len(text):
        return most
    for boundary, least in (("\n\n", 3), ("\n", 2), (" ", 2)):
        found = text.rfind(boundary, at + (most - at) // least, most)
        if found > at:
            return found + len(boundary)
    whole = fitting(text[at : most + 64], size(text[at:most]))
    return at + whole if whole else most
