"""What the adapter remembers of people while it runs: lost answers, deliveries that were taken, doors, what was said once.

None of it outlives the process, and none of it a workspace that removed the app.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from adapters.slack.accounts import Accounts
from adapters.slack.answering import Door
from adapters.slack.presence import Presence
from bot.cards import Reply
from bot.story.people import Person, Place

_MOST = 4096


class Memory:
    """A few thousand of each, the latest."""

    def __init__(self) -> None:
        self._lost: OrderedDict[tuple[Place, Person], Reply] = OrderedDict()
        self._taken: OrderedDict[str, None] = OrderedDict()
        self._doors: OrderedDict[tuple[str, str], Door] = OrderedDict()
        self._told: OrderedDict[tuple[str, str, str], None] = OrderedDict()

    def lost(self, who: tuple[Place, Person], reply: Reply) -> None:
        """An answer that nobody saw: it is given with their next one."""
        self._lost[who] = reply
        _bounded(self._lost)

    def earlier(self, who: tuple[Place, Person]) -> Reply | None:
        """The answer that was lost."""
        return self._lost.pop(who, None)

    def takes(self, source_id: str) -> bool:
        """Whether this delivery is to be answered: what Slack delivers a second time was, or is being."""
        if source_id in self._taken:
            return False
        self._taken[source_id] = None
        _bounded(self._taken)
        return True

    def drops(self, source_id: str) -> None:
        """Its answer got lost: a second delivery may be answered."""
        self._taken.pop(source_id, None)

    def came_through(self, team: str, channel: str, door: Door) -> None:
        """Where the last person to use something in this channel can be answered."""
        self._doors[team, channel] = door
        self._doors.move_to_end((team, channel))
        _bounded(self._doors)

    def door(self, team: str, channel: str) -> Door | None:
        """That door."""
        return self._doors.get((team, channel))

    def first_time(self, what: tuple[str, str, str]) -> bool:
        """Whether something that is said once (in a workspace, to or about somebody or something) was not said yet."""
        if what in self._told:
            return False
        self._told[what] = None
        _bounded(self._told)
        return True

    def unsaid(self, team: str, about: str, what: str = "") -> None:
        """What was said once of this is said again when it is so again."""
        for key in [key for key in self._told if key[:2] == (team, about) and what in ("", key[2])]:
            del self._told[key]

    def forget(self, team: str) -> None:
        """A workspace removed the app."""
        for place, person in [who for who in self._lost if who[0].space == team]:
            del self._lost[place, person]
        for door in [door for door in self._doors if door[0] == team]:
            del self._doors[door]
        for told in [told for told in self._told if told[0] == team]:
            del self._told[told]


class People:
    """All that is remembered of people."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.presence = Presence()
        self.accounts = Accounts()

    def forget(self, team: str) -> None:
        """A workspace removed the app: what was remembered of its people goes too; the rooms' text stays."""
        self.memory.forget(team)
        self.presence.forget(team)
        self.accounts.forget(team)


def _bounded(kept: OrderedDict[Any, Any]) -> None:
    while len(kept) > _MOST:
        kept.popitem(last=False)
