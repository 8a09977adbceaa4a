"""What one person asks another about a message of theirs, and a message that waits for its form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.story.canon import FactKind

AskKind = Literal["add", "pitch", "canon"]
"""Into the story, onto a ballot, into canon."""


@dataclass(frozen=True, slots=True)
class Ask:
    """May these words of yours be used? Its text goes as soon as it is answered, lapsed or taken back."""

    id: str
    room_id: str
    kind: AskKind
    asker: str
    """Person key."""
    author: str
    """Person key: whose words they are, and who alone may answer."""
    author_name: str
    text: str
    message: str
    """The platform's reference of the message."""
    at: datetime
    until: datetime
    state: Literal["open", "yes", "no", "lapsed", "back"] = "open"
    """`back`: the asker took the question back."""
    fact_kind: FactKind | None = None
    name: str = ""
    """Whom or what a fact is about."""


@dataclass(frozen=True, slots=True)
class Held:
    """A message on which a menu was used, while its form is open: tokens carry ids only."""

    id: str
    room_id: str
    person: str
    """Who used the menu; nobody else can take it up."""
    message: str
    author: str
    name: str
    """The author's display name."""
    text: str
    at: datetime
    state: Literal["open", "used", "gone"] = "open"
