"""Errands as private cards: what somebody is asked, what became of what they asked, and their notes."""

from __future__ import annotations

from datetime import datetime

from bot.cards import Card
from bot.faces import asking, notes
from bot.story.books import Books
from bot.story.errands import Errand


def card(books: Books, errand: Errand, now: datetime) -> Card | None:
    """The card of an errand; None where there is nothing left to say."""
    match errand.kind:
        case "asked":
            found = books.ask(errand.subject)
            return asking.question(books.snapshot(), found) if found is not None else None
        case "answered":
            found = books.ask(errand.subject)
            return asking.news(found) if found is not None else None
        case _:
            note = books.note(errand.subject)
            due = errand.kind == "note_due"
            return notes.told(books.snapshot(), note, now, due=due) if note is not None else None
