"""Public cards: which face draws which kind of post."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.cards import Card
from bot.faces import (
    asking,
    digest,
    missing,
    private,
    prompts,
    public_machine,
    public_rounds,
    public_story,
    sprints,
)
from bot.story.books import Books, Post

_FACES = {
    **dict.fromkeys(("ballot", "opened", "last_call", "decided", "undecided"), public_rounds.draw),
    **dict.fromkeys(("house", "scene", "turn", "passage", "stopped", "line", "wrapped"), public_story.draw),
    **dict.fromkeys(("proposal", "machine"), public_machine.draw),
    "asked": asking.draw,
    "sprint": sprints.draw,
    "private": private.draw,
    "digest": digest.draw,
    "missing": missing.draw,
    **dict.fromkeys(("prompt", "picked"), prompts.draw),
}


_REDRAWN = ("house", "ballot", "scene")
"""Cards that are redrawn in place and notify nobody; the other kinds are messages."""


def draw(books: Books, post: Post, now: datetime) -> Card | None:
    """The card that a post shall show now; None when there is nothing to show any more."""
    if post.kind == "prompt" and post.shown_at is None and prompts.is_stale(books.prompt(post.subject), now):
        return None
    card = _FACES[post.kind](post.kind, post.subject, books, now)
    return card if card is None or post.kind in _REDRAWN else replace(card, plain=True)
