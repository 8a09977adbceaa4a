"""Queries of schedules: each names its room, has an order that ends in the id, and a limit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from bot.story.schedules import Schedule
from memory import statements
from memory import tables as t
from memory.prompt_shelving import PromptShelving


class ScheduleShelving(PromptShelving):
    """The reading half of a room's books, as far as schedules go."""

    def schedule(self, schedule_id: str) -> Schedule | None:
        """A schedule by its id."""
        return self._the(t.schedules, id=schedule_id)

    def schedules(self, *, limit: int = 100) -> Sequence[Schedule]:
        """The schedules of this room that are not removed, by number."""
        c = t.schedules.table.c
        query = select(t.schedules.table).where(c.status != "gone")
        return self._all(t.schedules, query.order_by(c.number, c.id).limit(limit))

    def unreckoned(self, version: str, now: datetime, *, limit: int = 100) -> Sequence[Schedule]:
        """Schedules whose next instant was reckoned by other rules of the zones, or after now."""
        asked = {"of_room": self._room_id, "version": version, "now": now, "most": limit}
        return [t.schedules.value(row) for row in statements.unreckoned().rows(self._connection, asked)]
