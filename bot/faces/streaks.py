"""Streaks as a room's books tell them: one person's, or of all who have one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.story import streaks
from bot.story.books import Books
from bot.story.streaks import Streak

PROMPTS = 3_000
"""Prompts that a streak looks back over."""


def streak_of(books: Books, person: str, now: datetime) -> Streak:
    """The streak of one person in this room."""
    return streaks_of(books, (person,), now)[person]


def streaks_of(books: Books, people: Sequence[str], now: datetime) -> dict[str, Streak]:
    """The streaks of these people in this room."""
    prompts = books.prompts(limit=PROMPTS)
    if not prompts:
        return dict.fromkeys(people, Streak())
    away = books.away(prompts[-1].asked_at - timedelta(days=1))
    answered: dict[str, set[str]] = {person: set() for person in people}
    for person, prompt in books.answered_by(people):
        answered[person].add(prompt)
    zone = books.snapshot().room.zone
    return {
        person: streaks.streak(streaks.days_of(prompts, those, away, now, zone)) for person, those in answered.items()
    }
