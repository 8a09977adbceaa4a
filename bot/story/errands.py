"""Errands: what is said once, privately, to one person at their next act in a room; never a ping."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ErrandKind = Literal["asked", "answered", "noted", "note_due"]


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing to be said. Its id is its kind and subject, so that nothing is said twice."""

    id: str
    room_id: str
    person: str
    """Person key."""
    kind: ErrandKind
    subject: str
    """Id of the ask or the note."""
    at: datetime
    """From when on it is said."""
    done: bool = False


def errand_id(kind: ErrandKind, subject: str) -> str:
    """The id of an errand: one a kind and subject."""
    return f"{kind}/{subject}"


def errand(room_id: str, kind: ErrandKind, subject: str, person: str, at: datetime) -> Errand:
    """Something to be said to this person, from this instant on."""
    return Errand(errand_id(kind, subject), room_id, person, kind, subject, at)
