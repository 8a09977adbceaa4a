"""Reports and tidings: what people ask the keepers to look at, and what waits to be told to one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Subject = Literal["passage", "pitch", "machine", "message", "words_out", "answer", "prompt"]
"""What a report is about. `words_out` is a person who asks for their own words to be taken out."""


@dataclass(frozen=True, slots=True)
class About:
    """What someone reports, as it stood when they did."""

    kind: Subject
    subject: str
    """Id of the passage, pitch or machine text; a message's reference; a person key for `words_out`."""
    words: str
    author: str | None = None
    """Person key of who wrote it, if anybody did."""
    author_name: str = ""
    number: int = 0
    """Number of the passage or idea."""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """One report. Who made it is known to the keepers only."""

    id: str
    room_id: str
    number: int
    reporter: str
    about: Subject
    subject: str
    subject_number: int
    author: str | None
    author_name: str
    words: str
    """The words as they stood, at most a few thousand characters."""
    reason: str
    at: datetime
    state: Literal["open", "answered"] = "open"
    answer: str = ""
    answered_by: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tiding:
    """One sentence that waits for a person: told once, privately, at their next act in this room."""

    id: str
    room_id: str
    person: str
    key: str
    """Of the catalogue."""
    at: datetime
    fields: Mapping[str, str] = field(default_factory=dict)
    told: bool = False
