"""What comes before and after every changing call: the gate (blocks, tempo), and what its caller is told besides.

Each courtesy is one function of (books, moment); they are asked in this order, and each speaks at most once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.cards import Card
from bot.errors import UserError
from bot.faces import moderation as faces
from bot.handlers import telling
from bot.story import blocking, moderating, tidings
from bot.story.books import Books
from bot.story.house_rules import in_force
from bot.story.moments import Moment
from bot.story.tempo import Tempo


class Gate:
    """Refuses who is blocked, and who acts faster than the house rules let one person act."""

    def __init__(self) -> None:
        self._tempo = Tempo()

    def __call__(self, books: Books, command: str, moment: Moment) -> None:
        """Let a changing call through, or refuse it in a sentence."""
        if moment.key is None or blocking.is_own(command):
            return
        room = books.snapshot()
        blocking.refuse_blocked(room, moment)
        most = in_force(room.room).limits
        again = self._tempo.again_at((room.room.id, moment.key), moment.now, most) if most else None
        if again is not None:
            left = max(1, math.ceil((again - moment.now).total_seconds()))
            raise UserError("moderation.too_fast", n=left, most=most)


def courtesy(books: Books, moment: Moment) -> Sequence[Card]:
    """Everything that is to be said to who just acted."""
    asked = telling.courtesy(books, moment)
    cards = [] if asked is None else [asked]
    if told := books.keep(tidings.take(books.snapshot(), moment), moment):
        cards.append(faces.told(told))
    if waiting := books.keep(moderating.remind(books.snapshot(), moment), moment):
        cards.append(faces.reports_wait(waiting))
    return cards
