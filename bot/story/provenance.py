"""Provenance: who wrote which words of a text, as spans over its code points.

Three sources: a person; a co-writer; words that a person put in the place of a co-writer's ("AI edited by a
person"). When a text is edited, words that are kept keep their source (a word diff); words that replace AI words
are AI edited by that person; words that are simply added are the person's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal, Protocol

from bot.story.words import is_word, words

Kind = Literal["person", "ai", "ai_edited"]

DIFF_CAP = 4_000_000
"""Most word pairs (old words x new words) that are compared word by word; beyond that, line by line."""

RUN = 8
"""Words in a row that must equal a co-writer's for new human text to be marked as its words."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text [start, end) in code points with one source."""

    start: int
    end: int
    kind: Kind
    person: str = ""
    """Person key: who wrote it, or who edited the AI's words."""
    machine_text_id: str = ""


class MachineWords(Protocol):
    """A co-writer's text that new human text is compared with."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def text(self) -> str:
        """Its words."""


def all_by(text: str, person: str) -> tuple[Span, ...]:
    """A text that one person wrote."""
    return (Span(0, len(text), "person", person),) if text else ()


def taken_as_is(text: str, machine_text_id: str) -> tuple[Span, ...]:
    """A co-writer's text that nobody changed."""
    return (Span(0, len(text), "ai", "", machine_text_id),) if text else ()


def edited(machine_text: str, text: str, machine_text_id: str, person: str) -> tuple[Span, ...]:
    """A person's edit of a co-writer's text."""
    return revised(machine_text, taken_as_is(machine_text, machine_text_id), text, person)


def revised(
    before: str, spans: Sequence[Span], after: str, person: str, ai_texts: Sequence[MachineWords] = ()
) -> tuple[Span, ...]:
    """The spans of `after`, a person's edit of `before`: kept words keep their source."""
    old, new = _pieces(before, after)
    sources = _by_piece(old, spans)
    made: list[Span] = []
    starts = _starts(new)
    fresh: list[tuple[int, int]] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
                made += [replace(s, start=starts[j] + s.start, end=starts[j] + s.end) for s in sources[i]]
        elif j2 > j1:
            machine = next(
                (s.machine_text_id for i in range(i1, i2) for s in sources[i] if s.kind != "person"), ""
            )
            if tag == "replace" and machine:
                made.append(Span(starts[j1], starts[j2], "ai_edited", person, machine))
            else:
                made.append(Span(starts[j1], starts[j2], "person", person))
                fresh.append((starts[j1], starts[j2]))
    for start, end in fresh:
        found = recognise(after[start:end], person, ai_texts)
        made = [s for s in made if not (s.start >= start and s.end <= end)]
        made += [replace(s, start=s.start + start, end=s.end + start) for s in found]
    return merge(made)


def recognise(text: str, person: str, ai_texts: Sequence[MachineWords] = ()) -> tuple[Span, ...]:
    """A person's new text: runs of eight or more words in a row that a co-writer had shown are marked as its words."""
    pieces = words(text)
    starts = _starts(pieces)
    spoken = [(i, piece.casefold()) for i, piece in enumerate(pieces) if is_word(piece)]
    claimed: dict[int, str] = {}
    for machine in ai_texts:
        theirs = [w.casefold() for w in words(machine.text) if is_word(w)]
        runs = {tuple(theirs[i : i + RUN]) for i in range(len(theirs) - RUN + 1)}
        if not runs:
            continue
        said = [word for _, word in spoken]
        for i in range(len(said) - RUN + 1):
            if tuple(said[i : i + RUN]) in runs:
                for place in range(spoken[i][0], spoken[i + RUN - 1][0] + 1):
                    claimed.setdefault(place, machine.id)
    made = [
        Span(starts[i], starts[i + 1], "ai", "", claimed[i])
        if i in claimed
        else Span(starts[i], starts[i + 1], "person", person)
        for i in range(len(pieces))
    ]
    return merge(made)


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same spans in order, neighbours of one source joined, empty ones left out."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda s: s.start):
        if span.start == span.end:
            continue
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.end == span.start
            and replace(last, start=0, end=0) == replace(span, start=0, end=0)
        ):
            joined[-1] = replace(last, end=span.end)
        else:
            joined.append(span)
    return tuple(joined)


def covers(text: str, spans: Sequence[Span]) -> bool:
    """Whether spans cover the text exactly: in order, without gap, overlap or empty span."""
    at = 0
    for span in spans:
        if span.start != at or span.end <= span.start:
            return False
        at = span.end
    return at == len(text)


def shares(text: str, spans: Sequence[Span]) -> Mapping[tuple[Kind, str, str], int]:
    """Words by source: (kind, person key, machine text id) -> words that begin in such a span."""
    counted: dict[tuple[Kind, str, str], int] = {}
    for span in spans:
        n = sum(1 for piece in words(text[span.start : span.end]) if is_word(piece))
        if n:
            key = (span.kind, span.person, span.machine_text_id)
            counted[key] = counted.get(key, 0) + n
    return counted


def to_json(spans: Sequence[Span]) -> list[list[object]]:
    """Spans as plain values."""
    return [[s.start, s.end, s.kind, s.person, s.machine_text_id] for s in spans]


def from_json(data: Iterable[Sequence[object]]) -> tuple[Span, ...]:
    """The spans of plain values."""
    return tuple(Span(*row) for row in data)  # type: ignore[arg-type]  # rows are what to_json made


def _pieces(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = words(before), words(after)
    if len(old) * len(new) > DIFF_CAP:
        return before.splitlines(keepends=True), after.splitlines(keepends=True)
    return old, new


def _starts(pieces: Sequence[str]) -> list[int]:
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece))
    return starts


def _by_piece(pieces: Sequence[str], spans: Sequence[Span]) -> list[list[Span]]:
    """For each piece the parts of spans that lie in it, counted from the piece's start."""
    found: list[list[Span]] = []
    at, index = 0, 0
    for piece in pieces:
        end = at + len(piece)
        mine = []
        while index < len(spans) and spans[index].start < end:
            span = spans[index]
            mine.append(replace(span, start=max(span.start, at) - at, end=min(span.end, end) - at))
            if span.end > end:
                break
            index += 1
        found.append(mine)
        at = end
    return found
