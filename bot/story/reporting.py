"""What is reported about a message: the one place where the menu meets the room's moderation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.errors import UserError
from bot.story import text as texts
from bot.story.moments import Moment, Outcome
from bot.story.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Reported:
    """What somebody reports, as it stood when they did."""

    kind: Literal["passage", "machine", "message"]
    subject: str
    """Id of the passage or machine text; the platform's reference of any other message, a card of the bot's too."""
    words: str
    """As evidence: only keepers may see them."""
    author: str | None = None
    """Person key of who wrote it, if anybody did."""
    author_name: str = ""
    number: int = 0
    """Number of the passage."""
    version: int = 0


def report(snapshot: Snapshot, about: Reported, reason: str, moment: Moment) -> Outcome[Reported]:
    """Hand a report to the keepers. Until moderation is connected here it is refused, and the reason kept."""
    texts.fit(reason, "reason", argument="reason")
    raise UserError("messages.no_reports")
