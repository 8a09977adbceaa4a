"""Completions of arguments while somebody types: numbers of ideas, scenes and rounds, names of people, rule keys."""

from __future__ import annotations

from collections.abc import Sequence

from bot.story.books import Books
from bot.story.people import Person, Role
from bot.story.rule_lines import LINES
from bot.story.text import first_words

MOST = 25
"""Discord takes 25 choices; nobody reads more."""


def suggest(
    books: Books, person: Person, command: str, argument: str, begun: str
) -> Sequence[tuple[str, str]]:
    """(value, label) pairs that begin like what is typed; nothing where there is nothing to choose from."""
    room = books.snapshot()
    story = room.story
    found: list[tuple[str, str]] = []
    if argument == "name" or argument == "to":
        found = [
            (m.name, m.name) for m in sorted(room.members.values(), key=lambda m: (m.name.casefold(), m.id))
        ]
    elif command == "showrunner rules" and argument == "key":
        found = [(line.key, line.key) for line in LINES]
    elif command == "showrunner roles" and argument == "role":
        found = [(role.value, role.value) for role in Role]
    elif story is not None and argument in ("scene", "number"):
        if command.startswith("scene") or command == "read":
            found = [(str(s.number), f"{s.number} {s.title}".strip()) for s in room.scenes_of(story.id)]
        elif command in ("vote", "round decide"):
            rounds = room.open_rounds(story.id)
            found = [
                (str(p.number), f"{p.number} {first_words(p.text)}") for r in rounds for p in room.ideas(r.id)
            ]
    return [(value, label) for value, label in found if value.casefold().startswith(begun.casefold())][:MOST]
