"""What a room is told when a card may be missing: the bot was cut off while it posted, and nobody can look."""

from __future__ import annotations

from datetime import datetime

from bot.cards import Card, Small, Text
from bot.sentences import say
from bot.story.books import Books

_NAMED = ("house", "ballot", "scene", "passage", "opened", "last_call", "decided", "turn", "prompt")
"""Kinds that have a name of their own; the others are cards."""


def draw(kind: str, subject: str, books: Books, now: datetime) -> Card | None:
    """The card. `subject` is kind and subject of the one that may be missing."""
    of, _, _ = subject.partition(":")
    what = say(f"missing.{of}" if of in _NAMED else "missing.card")
    return Card(parts=(Text(say("missing.perhaps", what=what)), Small(say("missing.nothing_lost"))))
