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
    text: str
    by: str
    """Person key."""
    at: datetime
    due_at: datetime | None = None
    state: Literal["open", "resolved", "withdrawn"] = "open"
    resolved_by: str | None = None
    passage_id: str | None = None
    """The passage that it is about; None for the story as a whole. What follows is that passage's, for lists."""
    passage_number: int = 0
    scene_id: str = ""
    writer: str = ""
    """Person key of the passage's author."""
    message: str = ""
    """The platform's reference of the message it was given on, where that is no passage."""
