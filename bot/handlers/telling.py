"""What is said beside a receipt, once and privately, to a person who has just acted: one thing at an act."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card
from bot.faces import errands as faces
from bot.handlers import machine
from bot.story.books import Books
from bot.story.moments import Moment, Outcome
from bot.story.saying import next_for


def courtesy(books: Books, moment: Moment) -> Card | None:
    """The question of consent goes first; then errands, the oldest first."""
    return machine.courtesy(books, moment) or errand(books, moment)


def errand(books: Books, moment: Moment) -> Card | None:
    """The next errand of who acted that still has something to say; each is done when it was looked at."""
    while (waiting := next_for(books.snapshot(), moment)) is not None:
        card = faces.card(books, waiting, moment.now)
        books.keep(Outcome(None, (replace(waiting, done=True),)), moment)
        if card is not None:
            return card
    return None
