"""A long text of people in several messages: cut where it hurts least, its marks closed and opened again."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from adapters.fitting import fitting, size

_TOKEN = re.compile(r"\\[\s\S]|```|`+|\|\||~~|\*\*|\*|__|_|<[^<>\s]{1,60}>|https?://[^\s<]+")
_MARKS = frozenset({"||", "~~", "**", "*", "__", "_"})
_FENCE = re.compile(r"```([a-z0-9_+\-.#]*)\n?", re.IGNORECASE)
_BEGINNING = re.compile(r"(?:> |-# |#{1,3} )")
"""What a line begins with that goes for the whole line."""
_CLOSING = 24
"""Characters kept free in a piece for the marks that are closed at its end."""


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch between two marks, from the first character of the one to behind the last of the other."""

    start: int
    end: int
    opening: str
    closing: str


def cut(text: str, first: int, most: int) -> list[str]:
    """A text in pieces; see `Long.pieces`."""
    return Long(text).pieces(first, most)


class Long:
    """A text that may need several messages. Where its marks are is looked up once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: list[_Span] | None = None

    def pieces(self, first: int, most: int, *, count: int = 0) -> list[str]:
        """The text in pieces of at most `most` characters (the first of at most `first`), none of them empty.

        Cut at a paragraph, else a line, else a word, else between graphemes; white space at a cut is left out. What
        is bold, a spoiler or code at a cut is so on both sides of it. `count` ends it after so many pieces.
        """
        text = self._text
        if size(text) <= first:
            whole = text.strip()
            return [whole] if whole else []
        if self._found is None:
            self._found = _spans(text)
        spans = self._found
        pieces: list[str] = []
        at = 0
        while at < len(text) and not 0 < count <= len(pieces):
            before = _opened(text, spans, at)
            room = (most if pieces else first) - size(before)
            if len(text) - at <= room and size(text[at:]) <= room:
                end, after = len(text), ""
            else:
                end = _end(text, spans, at, max(room - _CLOSING, 1))
                after = _closed(spans, end)
            body = text[at:end].strip("\n") if after.endswith("```") else text[at:end].strip()
            if body:
                pieces.append((before + body + after).strip())
            at = end
            while at < len(text) and text[at].isspace() and not _in_fence(spans, at):
                at += 1
        return pieces


def _end(text: str, spans: list[_Span], at: int, room: int) -> int:
    """Where a piece that begins at `at` ends."""
    window = text[at : at + room + 64]
    most = at + max(1, fitting(window, room))
    for boundary, least in (("\n\n", 3), ("\n", 2), (" ", 2)):
        found = text.rfind(boundary, at + (most - at) // least, most)
        if found > at:
            return _whole(text, spans, at, found)
    return _whole(text, spans, at, most)


def _whole(text: str, spans: list[_Span], at: int, end: int) -> int:
    """The end moved so that no mark, link or mention is cut in two, and no mark closed as soon as it opens."""
    for token in _TOKEN.finditer(text, max(at, end - 80), min(len(text), end + 80)):
        if token.start() < end < token.end() and token.start() > at and not token[0].startswith("http"):
            end = token.start()
    for span in reversed(spans):
        if span.start < end <= span.start + len(span.opening) and span.start > at:
            end = span.start
        elif span.end - len(span.closing) <= end < span.end and span.closing != "\n```":
            end = span.end
    return end


def _opened(text: str, spans: list[_Span], at: int) -> str:
    """The marks that are open at a place, to be opened again behind a cut."""
    if at == 0:
        return ""
    line = text.rfind("\n", 0, at) + 1
    begun = _BEGINNING.match(text, line) if line < at else None
    inside = [s.opening for s in spans if s.start + len(s.opening) <= at < s.end - len(s.closing)]
    return (begun[0] if begun and not _in_fence(spans, at) else "") + "".join(inside)


def _closed(spans: list[_Span], end: int) -> str:
    return "".join(s.closing for s in reversed(spans) if s.start < end < s.end)


def _in_fence(spans: list[_Span], at: int) -> bool:
    return any(s.closing == "\n```" and s.start < at < s.end - 3 for s in spans)


def _spans(text: str) -> list[_Span]:
    """What is between marks, by where it begins; marks that nothing closes are text."""
    found: list[_Span] = []
    ticks: dict[int, list[int]] = {}
    for run in re.finditer("`+", text):
        ticks.setdefault(len(run[0]), []).append(run.start())
    fences = [m.start() for m in re.finditer("```", text)]
    stack: list[tuple[str, int]] = []
    behind = 0
    for token in _TOKEN.finditer(text):
        here, start = token[0], token.start()
        if start < behind:
            continue
        if here == "```":
            index = bisect_right(fences, start + 2)
            if index < len(fences):
                opening = _FENCE.match(text, start)
                behind = fences[index] + 3
                word = opening[1] if opening and opening[0].endswith("\n") else ""
                found.append(_Span(start, behind, f"```{word}\n", "\n```"))
        elif here[0] == "`":
            same = ticks.get(len(here), [])
            index = bisect_right(same, start)
            if index < len(same):
                behind = same[index] + len(here)
                found.append(_Span(start, behind, here, here))
        elif here in _MARKS:
            found += _pair(text, stack, here, start)
    return sorted(found, key=lambda span: (span.start, -span.end))


def _pair(text: str, stack: list[tuple[str, int]], mark: str, start: int) -> Iterator[_Span]:
    """The span that a mark closes, if it closes one; else it may open one."""
    before, after = text[start - 1 : start], text[start + len(mark) : start + len(mark) + 1]
    lenient = len(mark) == 2  # to Discord `|| a ||` is a spoiler too
    depth = next((n for n, (open_, _) in enumerate(stack) if open_ == mark), None)
    if depth is not None and (lenient or (before and not before.isspace())):
        opened = stack[depth][1]
        del stack[depth:]
        if start > opened + len(mark):
            yield _Span(opened, start + len(mark), mark, mark)
    elif depth is None and (lenient or (after and not after.isspace())):
        stack.append((mark, start))
