"""The frame of a person's act: the room as it stands with them in it, one rule, and what it decided kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bot.errors import NotFound
from bot.story.books import Books
from bot.story.house_rules import seen
from bot.story.moments import Moment, Outcome
from bot.story.snapshot import Snapshot
from bot.story.stories import Story

T = TypeVar("T")


def act(books: Books, moment: Moment, rule: Callable[[Snapshot], Outcome[T]], *, acted: bool = True) -> T:
    """Note who acts, apply one rule to the room, and keep both together."""
    room = books.snapshot()
    rows = seen(room, moment, acted)
    return books.keep(Outcome(None, rows).then(rule(room.with_rows(rows) if rows else room)), moment)


def the_story(room: Snapshot) -> Story:
    """The story that calls of this room mean. Raises NotFound when there is none."""
    if room.story is None:
        raise NotFound("story.none_yet")
    return room.story
