"""The lines of a transcript.

What a line is can be told from the line alone: `#` begins a comment, `@ TIME` (with its offset) moves the clock and
lets due things happen, `NAME: text` is somebody speaking, and any other line that is not blank belongs to the long
text or form of whoever spoke last. A blank line is part of a long text and nothing elsewhere. So a paragraph may be
pasted as it is; a line of it that looks like one of the others takes the writer's name before it (`w1: Ana: Hello`,
`w1: # Chapter`). When somebody else speaks while a form is open, their line is carried out and the form stays open;
its writer goes on under their own name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, Literal

from adapters.screen import NAME_LINE


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transcript and what it is."""

    kind: Literal["comment", "clock", "said", "blank", "raw"]
    raw: str
    name: str = ""
    text: str = ""
    at: datetime | None = None


def read_line(raw: str) -> Line:
    """What a line is, told from the line alone."""
    if raw.startswith("#"):
        return Line("comment", raw)
    if raw.startswith("@ ") and (at := _instant(raw[2:].strip())) is not None:
        return Line("clock", raw, at=at)
    if said := NAME_LINE.fullmatch(raw):
        return Line("said", raw, said[1], said[2])
    return Line("raw" if raw.strip() else "blank", raw, text=raw)


def read_lines(file: BinaryIO) -> Iterator[str]:
    """The lines of a file as they come: UTF-8, divided at line feeds only; bytes that are none become lone surrogates."""
    for number, line in enumerate(file):
        text = line.decode("utf-8", "surrogateescape").removesuffix("\n").removesuffix("\r")
        yield text.removeprefix("\ufeff") if number == 0 else text


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return None if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
