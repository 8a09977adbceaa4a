"""Schedules: prompts that come by themselves, by the clock on the wall of a zone that was named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from bot.story.prompts import Genre, Source, Wish, WishKind
from bot.story.wall_clock import WEEK, Days


@dataclass(frozen=True, slots=True)
class Schedule:
    """A prompt that recurs. Its next instant stands among the dues; each of its local dates is asked at most once."""

    id: str
    room_id: str
    number: int
    at: str
    """Local time, `09:00`."""
    zone: str
    """IANA name."""
    by: str
    """Person key of who set it up."""
    made_at: datetime
    next_day: str
    """The local date that is asked next, `2026-03-02`."""
    next_at: datetime
    """Its instant."""
    reckoned_at: datetime
    """When that instant was reckoned: in the future, once the machine's clock went back."""
    reckoned_with: str
    """...and by which version of the zones' rules."""
    weekdays: tuple[int, ...] = WEEK
    every: int = 0
    anchor: str = "2024-01-01"
    kind: WishKind = "any"
    genre: Genre = "any"
    source: Source = "deck"
    blind: bool = False
    status: Literal["on", "paused", "gone"] = "on"
    why: Literal["", "asked", "unreachable"] = ""
    """Why it is paused: somebody asked for it, or nothing could be posted here."""
    last_day: str = ""
    """The local date that was asked last."""
    skipped: str = ""
    """The local date that somebody took out, while it is still to come."""
    untold: tuple[str, ...] = ()
    """Local dates that were missed, and that no card told yet; the latest of them."""
    unheard: int = 0
    """How many prompts in a row could not be posted until the next was due."""

    @property
    def days(self) -> Days:
        """The local days on which it comes."""
        return Days(self.weekdays, self.every, date.fromisoformat(self.anchor))

    @property
    def clock(self) -> time:
        """Its local time."""
        return time.fromisoformat(self.at)

    @property
    def wish(self) -> Wish:
        """What it asks for."""
        return Wish(self.kind, self.genre, self.source, self.blind)
