"""Public cards: which face draws which kind of post."""

from __future__ import annotations

from datetime import datetime

from bot.cards import Card
from bot.faces import asking, public_machine, public_rounds, public_story
from bot.story.books import Books, Post

_FACES = {
    **dict.fromkeys(("ballot", "opened", "last_call", "decided", "undecided"), public_rounds.draw),
    **dict.fromkeys(("house", "scene", "turn", "passage", "stopped", "line", "wrapped"), public_story.draw),
    **dict.fromkeys(("proposal", "machine"), public_machine.draw),
    "asked": asking.draw,
}


def draw(books: Books, post: Post, now: datetime) -> Card | None:
    """The card that a post shall show now; None when there is nothing to show any more."""
    return _FACES[post.kind](post.kind, post.subject, books, now)
