"""Turns and the pen: whose turn it is, and who is writing right now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TurnState:
    """Whose turn it is in a story that is written in turns. `id` is the story's id."""

    id: str
    room_id: str
    order: tuple[str, ...]
    """Person keys, in round-robin order (lottery and showrunner's calls draw from the same roster)."""
    current: str | None
    since: datetime | None
    until: datetime | None
    number: int = 0
    passed: tuple[str, ...] = ()
    taken: tuple[tuple[str, int], ...] = ()
    """(person key, turns taken): what the lottery weighs the quiet by."""
    nudged: bool = False
    ping: bool = False
    """Whether the notice of this turn mentions whose it is (one ping a person, room and day; none at night)."""


@dataclass(frozen=True, slots=True)
class Pen:
    """Who holds the pen of a story. `id` is the story's id; `holder` None is a free pen."""

    id: str
    room_id: str
    holder: str | None
    since: datetime | None
    until: datetime | None
    pitch_id: str | None = None
    """The greenlit idea it is held for."""
    offered_to: str | None = None
    offered_until: datetime | None = None
    base_passage_id: str | None = None
    """The last passage when the holder took it up."""
