"""Provenance: who wrote which words of a text, as spans over its code points.

Three sources: a person; a co-writer; words that a person put in the place of a co-writer's ("AI edited by a
person"). When a text is edited, words that are kept keep their source. New words stand for the words they push out,
one for one from the left: a word that stands for a co-writer's is AI edited, any other is the person's own. So a
person who replaces one word by a page is credited with the page, and no edit makes more edited words than there
were words to edit. New words that a co-writer had shown (a draft pasted in) are the co-writer's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from bot.story.differing import same_pieces
from bot.story.words import is_word, words

Kind = Literal["person", "ai", "ai_edited"]

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
    """The spans of `after`, a person's edit of `before`: kept words keep their source (see the module's text)."""
    old, new = words(before), words(after)
    sources = _by_piece(old, spans)
    starts = _starts(new)
    shown = _shown(new, ai_texts)
    made: list[Span] = []
    gone, fresh = 0, 0
    for block in (*same_pieces(old, new), (len(old), len(new), 0)):
        pushed_out = _stood_for(old[gone : block[0]], sources[gone : block[0]], new[fresh : block[1]])
        for j, machine in zip(range(fresh, block[1]), pushed_out, strict=True):
            made.append(_fresh(starts[j], starts[j + 1], person, machine, shown.get(j)))
        for k in range(block[2]):
            at = starts[block[1] + k]
            made += [replace(s, start=at + s.start, end=at + s.end) for s in sources[block[0] + k]]
        gone, fresh = block[0] + block[2], block[1] + block[2]
    return merge(made)


def recognise(text: str, person: str, ai_texts: Sequence[MachineWords] = ()) -> tuple[Span, ...]:
    """A person's new text: runs of eight or more words in a row that a co-writer had shown are marked as its words.

    Capitals and punctuation make no difference; of two texts that hold the run, the one given first is named.
    """
    pieces = words(text)
    starts, shown = _starts(pieces), _shown(pieces, ai_texts)
    return merge(_fresh(starts[i], starts[i + 1], person, "", shown.get(i)) for i in range(len(pieces)))


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same spans in order, neighbours of one source joined, empty ones left out."""
    joined: list[Span] = []
    begun: Span | None = None
    end = 0
    for span in sorted(spans, key=lambda s: s.start):
        if span.start == span.end:
            continue
        if begun is not None and end == span.start and _source(begun) == _source(span):
            end = span.end
            continue
        joined += [replace(begun, end=end)] if begun is not None else []
        begun, end = span, span.end
    joined += [replace(begun, end=end)] if begun is not None else []
    return tuple(joined)


def _source(span: Span) -> tuple[Kind, str, str]:
    return span.kind, span.person, span.machine_text_id


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


def _fresh(start: int, end: int, person: str, machine: str, shown: str | None) -> Span:
    if shown is not None:
        return Span(start, end, "ai", "", shown)
    return Span(start, end, "ai_edited", person, machine) if machine else Span(start, end, "person", person)


def _stood_for(old: Sequence[str], sources: Sequence[Sequence[Span]], new: Sequence[str]) -> Iterator[str]:
    """For each new piece the id of the co-writer's text whose word it stands for, or nothing.

    What stands between words goes with the word before it.
    """
    pushed_out = (
        next((s.machine_text_id for s in source if s.kind != "person"), "")
        for piece, source in zip(old, sources, strict=True)
        if is_word(piece)
    )
    machine = ""
    for piece in new:
        if is_word(piece):
            machine = next(pushed_out, "")
        yield machine


def _shown(pieces: Sequence[str], ai_texts: Sequence[MachineWords]) -> Mapping[int, str]:
    """Which pieces lie in a run of words that a co-writer had shown, and in which of its texts."""
    runs: dict[tuple[str, ...], str] = {}
    for machine in ai_texts:
        theirs = [w.casefold() for w in words(machine.text) if is_word(w)]
        for i in range(len(theirs) - RUN + 1):
            runs.setdefault(tuple(theirs[i : i + RUN]), machine.id)
    if not runs:
        return {}
    places = [i for i, piece in enumerate(pieces) if is_word(piece)]
    spoken = [pieces[i].casefold() for i in places]
    claimed: dict[int, str] = {}
    done = 0
    for i in range(len(spoken) - RUN + 1):
        machine_id = runs.get(tuple(spoken[i : i + RUN]))
        if machine_id is not None:
            for place in range(max(done, places[i]), places[i + RUN - 1] + 1):
                claimed[place] = machine_id
            done = places[i + RUN - 1] + 1
    return claimed


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
