"""Where the bot was seen that it may not write, so that Discord is not asked there for a while."""

from __future__ import annotations

import asyncio

from adapters.discord.callers import PLATFORM, Asked, barred
from bot.chat import Inbox
from bot.story.people import Place

BARRED_SECONDS = 600.0
"""So long is a place not asked where the bot saw that it lacks a permission: Discord shuts bots out that insist."""


class Rights:
    """What each interaction and each change of a server said of the bot's rights."""

    def __init__(self) -> None:
        self._barred: dict[Place, tuple[str, float]] = {}

    def lacking(self, place: Place) -> str:
        """The permission that the bot lacked there a short while ago; empty where it may write, as far as is known."""
        lacking, until = self._barred.get(place, ("", 0.0))
        return lacking if until > asyncio.get_running_loop().time() else ""

    def note(self, asked: Asked, place: Place, inbox: Inbox) -> str:
        """Remember whether the bot may write where it was called; gives the permission it lacks."""
        lacking = barred(asked)
        if lacking:
            self._barred[place] = lacking, asyncio.get_running_loop().time() + BARRED_SECONDS
        else:
            self._barred.pop(place, None)
            inbox.welcome(place.platform, place.space, place.channel)
        return lacking

    def changed(self, space: str, inbox: Inbox) -> None:
        """A server changed its roles or channels, or let the bot in again."""
        for place in [p for p in self._barred if p.space == space]:
            del self._barred[place]
        inbox.welcome(PLATFORM, space)
