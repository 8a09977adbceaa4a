"""Who calls: Slack's accounts as the core knows people."""

from __future__ import annotations

import re

from bot.story.people import Person

PLATFORM = "slack"

_USER = re.compile(r"[UW][A-Z0-9]{1,40}")


def person_of(team: str, user: str) -> Person:
    """The person of an account; an account belongs to its workspace."""
    return Person(PLATFORM, team, user)


def account_of(key: str) -> str | None:
    """The account's id in a person key; None for a person of another platform."""
    person = Person.of(key)
    return person.user if person.platform == PLATFORM and _USER.fullmatch(person.user) else None
