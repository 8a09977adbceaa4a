"""What outlives one life of discord.py's client: what is remembered of people, where the bot may not write, what is
being answered.

None of it outlives the process.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TypeVar

from adapters.discord.at_work import AtWork
from adapters.discord.rights import Rights
from adapters.discord.unheard import Unheard
from bot.cards import Reply
from bot.story.people import Person, Place

K = TypeVar("K")
V = TypeVar("V")
Who = tuple[Place, Person]

_REMEMBERED = 4096
_WAITING = 10
"""Answers that wait for one person: more were not read anyway, and all that matters in them is stored."""


class Memory:
    """What is remembered of people: a few thousand of each, the newest."""

    def __init__(self) -> None:
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._lost: OrderedDict[Who, tuple[Reply, ...]] = OrderedDict()
        self._told: OrderedDict[Who, str] = OrderedDict()
        self._warned: OrderedDict[Who, tuple[str, ...]] = OrderedDict()
        self.unheard = Unheard()

    def takes(self, interaction: int) -> bool:
        """Whether this interaction is to be answered: a resumed connection replays what it thinks was missed."""
        if interaction in self._seen:
            return False
        _remember(self._seen, interaction, None)
        return True

    def lost(self, who: Who, replies: tuple[Reply, ...]) -> None:
        """What nobody saw is said with the person's next answer there."""
        if replies:
            _remember(self._lost, who, replies[-_WAITING:])

    def earlier(self, who: Who) -> tuple[Reply, ...]:
        """The replies that were lost."""
        return self._lost.pop(who, ())

    def tells(self, who: Who, lacking: str) -> bool:
        """Whether somebody is to be told that the bot lacks this permission: it is what they were not told last."""
        if self._told.get(who) == lacking:
            return False
        _remember(self._told, who, lacking)
        return True

    def warns(self, who: Who, concerned: tuple[str, ...]) -> bool:
        """Whether somebody is to be told that these permissions would help: some of them are new to them."""
        if set(concerned) <= set(self._warned.get(who, ())):
            return False
        _remember(self._warned, who, concerned)
        return True


@dataclass(frozen=True, slots=True)
class Lasting:
    """What the lives of discord.py's client have in common."""

    memory: Memory = field(default_factory=Memory)
    rights: Rights = field(default_factory=Rights)
    at_work: AtWork = field(default_factory=AtWork)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while the bot is logged in and may post."""
    synced: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the commands at Discord are the registry's."""


def _remember(kept: OrderedDict[K, V], key: K, value: V) -> None:
    """Keep it as the newest; the oldest ones go."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > _REMEMBERED:
        kept.popitem(last=False)


__all__ = ["Lasting", "Memory", "Who"]
