"""Queries of what people do against the clock: each names its room, has an order that ends in the id, and a limit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from bot.story.digest import Digest
from bot.story.goals import Goal, Piece
from bot.story.sprints import Runner, Sprint
from bot.story.streaks import Away
from memory import tables as t
from memory.shelving import Shelving


class TimeShelving(Shelving):
    """The reading half of a room's books, as far as clocks go."""

    def sprint(self, sprint_id: str) -> Sprint | None:
        """A sprint by its id."""
        return self._the(t.sprints, id=sprint_id)

    def last_sprint(self) -> Sprint | None:
        """The sprint of the highest number."""
        return self._one(t.sprints, select(t.sprints.table).order_by(t.sprints.table.c.number.desc()))

    def sprint_of(self, person: str) -> Sprint | None:
        """The sprint that this person's words are for: one that waits for them, else the latest that has begun."""
        s, r = t.sprints.table, t.runners.table
        query = select(s).join(r, r.c.sprint_id == s.c.id).where(
            r.c.person == person, r.c.left.is_(False), s.c.state.in_(("running", "counting", "over"))
        )
        unsaid = (s.c.state == "counting") & r.c.words.is_(None)
        return self._one(t.sprints, query.order_by(unsaid.desc(), s.c.number.desc()))

    def runners(self, sprint_id: str) -> Sequence[Runner]:
        """Everybody who is or was in a sprint, by their coming."""
        return self._by(t.runners, "joined_at", "id", sprint_id=sprint_id)

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
            (t.sprints.value(row[:width]), t.runners.value(row[width:])) for row in self._connection.execute(query)
        ]

    def runs_of(self, person: str, *, since: datetime | None = None) -> Sequence[tuple[Sprint, Runner]]:
        """The sprints of one person that they said words for, newest first."""
        s, r = t.sprints.table, t.runners.table
        query = (
            select(s, r)
            .join(r, r.c.sprint_id == s.c.id)
            .where(s.c.room_id == self._room_id, r.c.person == person, r.c.words.is_not(None), r.c.left.is_(False))
        )
        if since is not None:
            query = query.where(s.c.ends_at >= since)
        query = query.order_by(s.c.number.desc(), r.c.id).limit(1000)
        width = len(s.c)
        return [
            (t.sprints.value(row[:width]), t.runners.value(row[width:])) for row in self._connection.execute(query)
        ]

    def goals(self, person: str) -> Sequence[Goal]:
        """What one person has set themselves here."""
        return self._by(t.goals, "set_at", "id", most=500, person=person, status="set")

    def pieces_of(self, person: str, *, since: datetime | None = None) -> Sequence[Piece]:
        """One person's standing passages here that are not mostly a machine's, newest first."""
        p = t.passages.table.c
        query = select(p.at, p.words, p.story_id, p.opening).where(
            p.room_id == self._room_id, p.author == person, p.status == "standing", p.machine.is_(False)
        )
        if since is not None:
            query = query.where(p.at >= since)
        return [Piece(*row) for row in self._connection.execute(query.order_by(p.at.desc(), p.id).limit(20_000))]

    def answered_by(self, people: Sequence[str]) -> Sequence[tuple[str, str]]:
        """(person key, prompt id) of these people's standing answers, newest first."""
        a = t.answers.table.c
        query = select(a.person, a.prompt_id).where(
            a.room_id == self._room_id, a.person.in_(people), a.status == "standing"
        )
        return [(row[0], row[1]) for row in self._connection.execute(query.order_by(a.at.desc(), a.id).limit(20_000))]

    def away(self, since: datetime) -> Sequence[Away]:
        """When the house itself was away, since then: instants only, the same for every room."""
        c = t.downtimes.c
        query = select(c.since, c.until).where(c.until >= since).order_by(c.since, c.id).limit(1000)
        return [Away(*row) for row in self._connection.execute(query)]

    def digest(self) -> Digest | None:
        """When this room's weekly card comes."""
        return self._the(t.digests)

    def words_since(self, since: datetime, until: datetime) -> Sequence[tuple[str, int, int]]:
        """(person key, passages, words) of what came into the room's stories and stands, most words first."""
        p = t.passages.table.c
        total = func.sum(p.words)
        query = (
            select(p.author, func.count(), total)
            .where(p.room_id == self._room_id, p.status == "standing", p.at >= since, p.at < until)
            .group_by(p.author)
            .order_by(total.desc(), p.author)
            .limit(200)
        )
        return [(row[0], int(row[1]), int(row[2])) for row in self._connection.execute(query)]

    def rounds_closed(self, since: datetime, until: datetime) -> Sequence[tuple[str, str]]:
        """(round id, id of the idea that won) of rounds that chose something in this time, oldest first."""
        r = t.rounds.table.c
        query = (
            select(r.id, r.winner_id)
            .where(
                r.room_id == self._room_id, r.winner_id.is_not(None), r.closed_at >= since, r.closed_at < until
            )
            .order_by(r.closed_at, r.id)
            .limit(100)
        )
        return [(row[0], row[1]) for row in self._connection.execute(query)]

    def sprints_since(self, since: datetime, until: datetime) -> tuple[int, int]:
        """How many sprints ended in this time with words said, and how many words."""
        s, r = t.sprints.table, t.runners.table
        query = (
            select(func.count(func.distinct(s.c.id)), func.coalesce(func.sum(r.c.words), 0))
            .join(r, r.c.sprint_id == s.c.id)
            .where(
                s.c.room_id == self._room_id, r.c.words.is_not(None), r.c.left.is_(False),
                s.c.ends_at >= since, s.c.ends_at < until,
            )
        )  # fmt: skip
        n, words = self._connection.execute(query).one()
        return int(n), int(words)
