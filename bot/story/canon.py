"""Canon: plain facts of the story bible."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

FactKind = Literal["character", "place", "thing", "rule", "event", "thread"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a story. Facts are versioned by replacement: `replaces` points back, nothing is overwritten."""

    id: str
    room_id: str
    story_id: str
    branch: str
    kind: FactKind
    name: str
    """Whom or what it is about: the name that cards are filled with."""
    text: str
    by: str
    at: datetime
    number: int
    status: Literal["standing", "withdrawn"] = "standing"
    pinned: bool = False
    source_passage_id: str | None = None
    replaces: str | None = None
    source_message: str = ""
    """The platform's reference of the message that it was made from."""
    made_from: tuple[str, ...] = ()
    """Person keys of those whose words it was made from, besides who wrote it down: their consent holds for it."""
