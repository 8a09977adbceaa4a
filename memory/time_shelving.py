"""Queries of what people do against the clock: each names its room, has an order that ends in the id, and a limit."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bot.story.sprints import Runner, Sprint
from memory import tables as t
from memory.shelving import Shelving


class TimeShelving(Shelving):
    """Sprints of a room."""

    def sprint(self, sprint_id: str) -> Sprint | None:
        """A sprint by its id."""
        return self._one(t.sprints, select(t.sprints.table).where(t.sprints.table.c.id == sprint_id))

    def last_sprint(self) -> Sprint | None:
        """The sprint of the highest number."""
        return self._one(t.sprints, select(t.sprints.table).order_by(t.sprints.table.c.number.desc()))

    def sprint_of(self, person: str) -> Sprint | None:
        """The latest sprint that this person is in."""
        s, r = t.sprints.table, t.runners.table
        query = select(s).join(r, r.c.sprint_id == s.c.id).where(r.c.person == person, r.c.left.is_(False))
        return self._one(t.sprints, query.order_by(s.c.number.desc()))

    def runners(self, sprint_id: str) -> Sequence[Runner]:
        """Everybody who is or was in a sprint, by their coming."""
        c = t.runners.table.c
        query = select(t.runners.table).where(c.sprint_id == sprint_id).order_by(c.joined_at, c.id)
        return self._all(t.runners, query.limit(1000))

    def runs_before(self, number: int, people: Sequence[str]) -> Sequence[tuple[Sprint, Runner]]:
        """What these people said in sprints of lower numbers, newest first."""
        s, r = t.sprints.table, t.runners.table
        query = (
            select(s, r)
            .join(r, r.c.sprint_id == s.c.id)
            .where(
                s.c.room_id == self._room_id, s.c.number < number, r.c.person.in_(people), r.c.words.is_not(None),
                r.c.left.is_(False),
            )
            .order_by(s.c.number.desc(), r.c.id)
            .limit(1000)
        )  # fmt: skip
        width = len(s.c)
        return [
            (t.sprints.value(row[:width]), t.runners.value(row[width:])) for row in self._session.execute(query)
        ]
