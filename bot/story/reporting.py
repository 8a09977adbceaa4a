"""What is reported about a message: the one place where the menu meets the room's moderation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.errors import UserError
from bot.story import text as texts
from bot.story.moments import Moment, Outcome
from bot.story.snapshot import Snapshot

AboutKind = Literal["message", "passage", "pitch", "ask", "proposal", "round", "card"]


@dataclass(frozen=True, slots=True)
class Reported:
    """What somebody reports."""

    about_kind: AboutKind
    about_id: str
    """Id of the passage, ask, machine text or round; the platform's reference of a person's message."""
    message: str
    """The platform's reference of the message."""
    author: str
    """Person key of who wrote it; empty for the bot's."""
    author_name: str
    words: str
    """The message's words, as evidence: only keepers may see them."""


def report(snapshot: Snapshot, about: Reported, reason: str, moment: Moment) -> Outcome[Reported]:
    """Hand a report to the keepers. Until moderation is connected here it is refused, and the reason kept."""
    texts.fit(reason, "reason", argument="reason")
    raise UserError("messages.no_reports")
