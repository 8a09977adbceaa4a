"""Stories and scenes: what a room writes, and how it is divided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

MAIN = "main"


@dataclass(frozen=True, slots=True)
class Story:
    """One story of a room. A channel holds one open story; its number is for display."""

    id: str
    room_id: str
    number: int
    title: str
    status: Literal["open", "paused", "wrapped", "archived"]
    created_at: datetime
    created_by: str
    branch: str = MAIN
    logline: str = ""
    language: str = ""
    """As the room says it ("English"); empty means: the language of its passages."""
    tense: str = ""
    voice: str = ""
    scene_id: str = ""
    """The scene that passages go into."""
    passages: int = 0
    """Highest passage number given (a number is never given twice)."""
    words: int = 0
    rounds: int = 0
    dealt: tuple[str, ...] = ()
    """Cards the deck has dealt to this story."""
    deals: int = 0
    goal_words: int = 0
    wrapped_at: datetime | None = None
    paused_at: datetime | None = None
    """Since when its clocks stand still."""
    facts: int = 0
    """Highest fact number given (a number is never given twice)."""
    notes: int = 0
    """Highest note number given (a number is never given twice)."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene: an ordered stretch of passages of one branch. Order keys are fractional."""

    id: str
    room_id: str
    story_id: str
    branch: str
    number: int
    order_key: str
    title: str
    status: Literal["open", "locked", "removed"]
    created_at: datetime
    place: str = ""
    stopped: bool = False
    ended: bool = False
