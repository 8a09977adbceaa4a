"""Notes: what somebody would say to the writer of a passage, or of the story as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Note:
    """One note. Its number is for display; it is open or resolved (or withdrawn, by undo)."""

    id: str
    room_id: str
    story_id: str
    number: int
    passage_id: str | None
    """The passage that it is about; None for the story as a whole."""
    text: str
    by: str
    """Person key."""
    at: datetime
    due_at: datetime | None = None
    state: Literal["open", "resolved", "withdrawn"] = "open"
    resolved_by: str | None = None
    message: str = ""
    """The platform's reference of the message it was given on, where that is no passage."""
