"""Public cards of the co-writer: a draft that its asker showed the room, and its coming and going."""

from __future__ import annotations

from datetime import datetime

from bot.cards import Card, Small, Text, button
from bot.faces import proposals
from bot.sentences import say
from bot.story.books import Books


def draw(kind: str, subject: str, books: Books, now: datetime) -> Card | None:
    """The card of a co-writer's post as it shall show now."""
    room = books.snapshot()
    if kind == "machine":
        if room.room.machine_on_at is None:
            return Card(parts=(Text(say("machine.leaves")),), notify=True)
        mine = (button(say("story.my_words"), "my ai"),)
        return Card(
            say("machine.joins_title"),
            (Text(say("machine.joins", label=say("machine.an_ai"))),),
            mine,
            notify=True,
        )
    text = books.machine_text(subject)
    if text is None or text.state == "dropped" or text.veil == "erased":
        return None
    if text.veil:
        return Card(parts=(Small(say("veil.proposal_hidden")),))
    return proposals.proposal(text, room, public=True)
