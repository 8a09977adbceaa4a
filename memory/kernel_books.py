"""The kernel's own pages of a room's books: the desk, the posts, the dues and the ledger's reading side."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update

from bot.story.books import Deed, DeskEntry, DueRow, Post
from bot.story.ledger import Entry
from bot.story.schedules import Schedule
from memory import statements
from memory import tables as t
from memory.nouns import dumps
from memory.schedule_shelving import ScheduleShelving
from memory.time_shelving import TimeShelving

_SETTLED = ("done", "refused", "failed")
_SAVED = ("shown_rev", "refs", "state", "lease_until", "shown_at", "content_hash", "owner")


class KernelBooks(ScheduleShelving, TimeShelving):
    """What dispatcher and poster write beside the story."""

    @property
    def _dialect(self) -> str:
        return self._connection.dialect.name

    # ---- the desk

    def desk_add(self, entry: DeskEntry) -> DeskEntry | None:
        """Put a call on the desk; answers the entry that already holds this source id."""
        row = {**_plain(entry), "room_id": self._room_id, "args": dumps(entry.args), "outcome": None}
        if statements.desk_add(self._dialect).rows(self._connection, row):
            return None
        return self.desk_by_source(entry.source_id) or dataclasses.replace(entry, outcome=None)

    def desk_settle(
        self, entry_id: str, state: str, outcome: dict[str, Any] | None, *, left: Mapping[str, str] | None = None
    ) -> None:
        """Say how a call ended; `left` takes the place of its arguments when its text has found its own."""
        reply = None if outcome is None else dumps(outcome)
        ended = {"of_id": entry_id, "of_room": self._room_id, "ended": state, "reply": reply}
        if left is not None:
            ended["left"] = dumps(dict(left))
        statements.desk_settle(clears=left is not None).run(self._connection, ended)

    def desk(self, entry_id: str) -> DeskEntry | None:
        """One entry of this room's desk."""
        return self._entry(select(t.desk).where(t.desk.c.id == entry_id))

    def desk_by_source(self, source_id: str) -> DeskEntry | None:
        """The entry of a source id, if it was this room's."""
        return self._entry(select(t.desk).where(t.desk.c.source_id == source_id))

    def desk_last(self, person: str | None, *, limit: int = 1) -> Sequence[DeskEntry]:
        """The latest settled entries with a reply, newest first."""
        query = (
            select(t.desk)
            .where(t.desk.c.person == person, t.desk.c.state.in_(_SETTLED))
            .order_by(t.desk.c.at.desc(), t.desk.c.id.desc())
        )
        return [
            _desk_entry(row)
            for row in self._connection.execute(query.where(t.desk.c.room_id == self._room_id).limit(limit))
        ]

    def _entry(self, query: Select[Any]) -> DeskEntry | None:
        row = self._connection.execute(query.where(t.desk.c.room_id == self._room_id)).first()
        return None if row is None else _desk_entry(row)

    # ---- posts

    def posts_wanted(self, *, limit: int = 50) -> Sequence[Post]:
        """Public cards that show less than is wanted, in the order they were first wanted."""
        found = statements.posts_wanted().rows(self._connection, {"of_room": self._room_id, "most": limit})
        return [_post(row) for row in found]

    def post_of(self, kind: str, subject: str) -> Post | None:
        """The row of a public card."""
        c = t.posts.c
        row = self._connection.execute(
            select(t.posts).where(c.room_id == self._room_id, c.kind == kind, c.subject == subject)
        ).first()
        return None if row is None else _post(row)

    def post_with_ref(self, ref: str) -> Post | None:
        """The public card that this message of the platform belongs to; looked for in this room only."""
        c = t.posts.c
        query = select(t.posts).where(c.room_id == self._room_id, c.refs.contains(dumps(ref), autoescape=True))
        found = (_post(row) for row in self._connection.execute(query.order_by(c.made_at.desc(), c.id.desc()).limit(20)))
        return next((post for post in found if ref in post.refs), None)

    def posts_last(self, *, limit: int = 5) -> Sequence[Post]:
        """The public cards shown last, newest first."""
        c = t.posts.c
        query = (
            select(t.posts)
            .where(c.room_id == self._room_id, c.state == "shown")
            .order_by(c.shown_at.desc(), c.id.desc())
        )
        return [_post(row) for row in self._connection.execute(query.limit(limit))]

    def posts_save(self, posts: Sequence[Post], *, holder: str | None = None) -> None:
        """Store what became of posts (what is wanted may have risen meanwhile: it is left alone)."""
        whose = {} if holder is None else {"holder": holder}
        rows = []
        for post in posts:
            new = {**_plain(post), "refs": dumps(list(post.refs))}
            rows.append(
                {"of_id": post.id, "of_room": self._room_id, **whose} | {f"new_{name}": new[name] for name in _SAVED}
            )
        statements.posts_shown(held=holder is not None).run_all(self._connection, rows)

    def posts_renew(self, ids: Sequence[str], holder: str, until: datetime) -> Sequence[str]:
        """Hold these posts until then; gives those that `holder` still holds."""
        mine = {"of_room": self._room_id, "ids": list(ids), "holder": holder, "until": until}
        return list(self._connection.execute(statements.posts_renewed(), mine).scalars())

    # ---- dues

    def dues(self, *, until: datetime | None = None, limit: int = 100) -> Sequence[DueRow]:
        """Things of this room that time will do, earliest first."""
        c = t.dues.c
        query = select(c.id, c.kind, c.subject, c.at_utc, c.generation).where(
            c.room_id == self._room_id, c.done_at.is_(None)
        )
        if until is not None:
            query = query.where(c.at_utc <= until)
        return [DueRow(*row) for row in self._connection.execute(query.order_by(c.at_utc, c.id).limit(limit))]

    def due_done(self, due: DueRow, at: datetime) -> None:
        """Note that it was done."""
        c = t.dues.c
        self._connection.execute(
            update(t.dues)
            .where(c.room_id == self._room_id, c.id == due.id, c.generation == due.generation)
            .values(done_at=at)
        )

    def due_again(self, due: DueRow, at: datetime) -> None:
        """Let it be due once more at this instant, unless it was wished for anew."""
        c = t.dues.c
        it = (c.room_id == self._room_id) & (c.id == due.id) & (c.generation == due.generation)
        self._connection.execute(update(t.dues).where(it).values(at_utc=at, generation=due.generation + 1, done_at=None))

    def reckoned(self, schedules: Sequence[Schedule], moved: Collection[str]) -> None:
        """Keep schedules as they are reckoned anew, and the dues of those whose instant moved; nothing that anybody is
        shown changes by it."""
        if not schedules:
            return
        rows = [
            {
                "of_room": self._room_id, "of_id": s.id, "new_day": s.next_day, "new_at": s.next_at,
                "new_reckoned_at": s.reckoned_at, "new_version": s.reckoned_with,
            }
            for s in schedules
        ]  # fmt: skip
        statements.reckoned().run_all(self._connection, rows)
        again = [
            {"of_room": self._room_id, "of_subject": s.id, "at": s.next_at}
            for s in schedules
            if s.status == "on" and s.id in moved
        ]
        if again:
            statements.due_at().run_all(self._connection, again)

    # ---- the ledger

    def deeds(
        self, *, chain: str | None = None, person: str | None = None, limit: int = 30
    ) -> Sequence[Deed]:
        """Acts with their plain values, newest first."""
        entries, plain = t.ledger, t.acts
        query = (
            select(entries, plain.c.actor, plain.c.text, plain.c.detail, plain.c.reversed_by)
            .join(plain, plain.c.id == entries.c.id)
            .where(entries.c.room_id == self._room_id)
        )
        if chain is not None:
            query = query.where(entries.c.chain == chain)
        if person is not None:
            query = query.where(plain.c.actor == person)
        query = query.order_by(entries.c.at.desc(), entries.c.seq.desc(), entries.c.id.desc()).limit(limit)
        return [
            Deed(ledger_entry(row), row.actor, row.text, json.loads(row.detail), row.reversed_by)
            for row in self._connection.execute(query)
        ]

    def chain(self, chain: str) -> Sequence[Entry]:
        """A whole chain, oldest first."""
        query = select(t.ledger).where(t.ledger.c.room_id == self._room_id, t.ledger.c.chain == chain)
        return [
            ledger_entry(row) for row in self._connection.execute(query.order_by(t.ledger.c.seq, t.ledger.c.id))
        ]


def _plain(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def _desk_entry(row: Any) -> DeskEntry:
    return DeskEntry(
        row.id, row.source_id, row.person, row.command, json.loads(row.args), row.at, row.state,
        None if row.outcome is None else json.loads(row.outcome),
    )  # fmt: skip


def _post(row: Any) -> Post:
    id_, _, kind, subject, wanted_rev, shown_rev, refs, *rest = row
    return Post(id_, kind, subject, wanted_rev, shown_rev, tuple(json.loads(refs)), *rest)


def ledger_entry(row: Any) -> Entry:
    """The entry of a row of the ledger."""
    return Entry(
        row.id, row.kind, tuple(json.loads(row.subjects)), row.at, row.chain, row.seq, row.version, row.actor_commitment,
        row.text_commitment, row.detail_commitment, row.previous, row.hash,
    )  # fmt: skip
