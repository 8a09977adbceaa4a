"""A room's books inside one transaction: the snapshot, and the one door through which anything is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from bot.errors import Stale
from bot.story.erasing import Swept
from bot.story.ledger import Head, append, canonical
from bot.story.moments import Moment, Outcome, PostKind
from bot.story.passages import Passage
from bot.story.rooms import Room
from bot.story.snapshot import TAIL, Snapshot
from bot.story.stories import Story
from memory import erasing, snapshots, statements
from memory import tables as t
from memory.kernel_books import KernelBooks
from memory.nouns import dumps
from memory.transactions import savepoint

T = TypeVar("T")


class RoomBooks(KernelBooks):
    """The books of the room that this transaction has locked (or reads)."""

    def __init__(self, connection: Connection, room: Room, cached: Snapshot | None) -> None:
        super().__init__(connection, room.id)
        self._room = room
        self._snapshot = cached
        self.soonest: datetime | None = None
        self.marked: frozenset[PostKind] = frozenset()
        self.erased: tuple[str, ...] = ()
        """Ids of what this unit of work erased: they are noted beside the database once it is kept."""

    @property
    def current(self) -> Snapshot | None:
        """The snapshot as this transaction leaves it, if it is known without reading."""
        return self._snapshot

    def snapshot(self) -> Snapshot:
        """The room as it stands, with what this unit of work has kept so far."""
        if self._snapshot is None:
            self._snapshot = snapshots.load(self._connection, self._room)
        return self._snapshot

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is written inside is undone when an exception leaves it."""
        room, snapshot, soonest, erased = self._room, self._snapshot, self.soonest, self.erased
        try:
            with savepoint(self._connection):
                yield
        except BaseException:
            self._room, self._snapshot, self.soonest, self.erased = room, snapshot, soonest, erased
            raise

    def erase(
        self, ids: Sequence[str], at: datetime, *, person: str | None = None, since: datetime | None = None
    ) -> Swept:
        """Take the words of these rows out of every place of the room. As many statements as there are places."""
        connection = self._connection
        swept = erasing.sweep(connection, self._room_id, ids, at, person=person, person_since=since)
        self._snapshot = None
        self.erased += swept.ids
        self.marked |= {"passage"}
        return swept

    def keep(self, outcome: Outcome[T], moment: Moment) -> T:
        """Write everything an outcome holds. Raises Stale when the room is not at the snapshot's revision."""
        if not (outcome.rows or outcome.acts or outcome.marks or outcome.dues):
            return outcome.value
        before = self.snapshot()
        self._keep_room(outcome)
        nouns: dict[type, list[Any]] = {}
        for row in outcome.rows:
            if not isinstance(row, Room):
                nouns.setdefault(type(row), []).append(row)
        for noun, rows in nouns.items():
            self._put(noun, rows)
        heads = self._keep_acts(outcome, before, moment)
        self._keep_marks(outcome, moment)
        self._keep_dues(outcome, moment)
        after = before.with_rows((*outcome.rows, self._room), heads)
        self._snapshot = None if _came_back(outcome, before) else self._filled_up(outcome, after)
        return outcome.value

    def _filled_up(self, outcome: Outcome[Any], after: Snapshot) -> Snapshot:
        """With the stories' tails whole: one that got shorter is filled up from what stands before it."""
        shorter = {
            row.story_id for row in outcome.rows if isinstance(row, Passage) and row.status != "standing"
        }
        if not shorter:
            return after
        passages = {k: p for k, p in after.passages.items() if p.story_id not in shorter}
        c = t.passages.table.c
        for story_id in shorter & set(after.stories):
            last = select(t.passages.table).where(c.story_id == story_id, c.status == "standing")
            found = self._all(t.passages, last.order_by(c.number.desc(), c.id.desc()).limit(TAIL))
            passages |= {p.id: p for p in found}
        return replace(after, passages=passages)

    def _keep_room(self, outcome: Outcome[Any]) -> None:
        room = next((row for row in reversed(outcome.rows) if isinstance(row, Room)), self._room)
        kept = replace(room, revision=self._room.revision + 1)
        if room is self._room:
            was = {"of_room": kept.id, "was": self._room.revision, "now": kept.revision}
            changed = statements.next_revision().run(self._connection, was)
        else:
            new = {f"new_{name}": value for name, value in t.rooms.row(kept).items()}
            changed = statements.next_room().run(self._connection, {"was": self._room.revision, **new})
        if changed != 1:
            raise Stale("kernel.crashed")
        self._room = kept

    def _put(self, noun: type, rows: list[Any]) -> None:
        shelf = t.SHELVES[noun]
        if any(row.room_id != self._room_id for row in rows):
            raise LookupError(f"a {noun.__name__} of another room")
        statements.put(self._dialect, noun).run_all(self._connection, [shelf.row(row) for row in rows])

    def _keep_acts(self, outcome: Outcome[Any], before: Snapshot, moment: Moment) -> dict[str, Head]:
        heads = dict(before.heads)
        if not outcome.acts:
            return heads
        told = {row.id for row in outcome.rows if isinstance(row, Story)} | set(before.stories)
        entries, plain, reversals, changed = [], [], [], {}
        for act in outcome.acts:
            chain = act.subjects[0] if act.subjects and act.subjects[0] in told else self._room_id
            entry, salts, head = append(
                heads.get(chain, Head(chain)), act, id=moment.new_id(), at=moment.now, salt=moment.ids.salt
            )
            heads[chain] = changed[chain] = head
            entries.append(
                {
                    "id": entry.id, "room_id": self._room_id, "kind": entry.kind, "subjects": dumps(list(entry.subjects)),
                    "at": entry.at, "chain": chain, "seq": entry.seq, "version": entry.version,
                    "actor_commitment": entry.actor_commitment, "text_commitment": entry.text_commitment,
                    "detail_commitment": entry.detail_commitment, "previous": entry.previous, "hash": entry.hash,
                }
            )  # fmt: skip
            plain.append(
                {
                    "id": entry.id, "room_id": self._room_id, "actor_salt": salts.actor, "actor": act.actor,
                    "text_salt": salts.text, "text": act.text or None, "detail_salt": salts.detail,
                    "detail": canonical(act.detail), "reversed_by": None,
                }
            )  # fmt: skip
            if reverses := act.detail.get("reverses"):
                reversals.append((str(reverses), entry.id))
        statements.entries().run_all(self._connection, entries)
        statements.acts().run_all(self._connection, plain)
        ends = [{"chain": h.chain, "room_id": self._room_id, "seq": h.seq, "hash": h.hash} for h in changed.values()]
        statements.chain_ends(self._dialect).run_all(self._connection, ends)
        for act_id, by in reversals:
            statements.act_reversed().run(self._connection, {"of_id": act_id, "of_room": self._room_id, "by": by})
        return heads

    def _keep_marks(self, outcome: Outcome[Any], moment: Moment) -> None:
        if not outcome.marks:
            return
        rows = []
        for mark in outcome.marks:
            id_ = moment.new_id()
            self.marked |= {mark.kind}
            rows.append(
                {
                    "id": id_, "room_id": self._room_id, "kind": mark.kind, "subject": mark.subject,
                    "wanted_rev": self._room.revision, "shown_rev": 0, "refs": "[]", "nonce": id_[1:], "state": "wanted",
                    "lease_until": None, "made_at": moment.now, "shown_at": None, "content_hash": "",
                }
            )  # fmt: skip
        statements.marks(self._dialect).run_all(self._connection, rows)

    def _keep_dues(self, outcome: Outcome[Any], moment: Moment) -> None:
        wished = [due for due in outcome.dues if due.at is not None]
        cancelled = [due for due in outcome.dues if due.at is None]
        if wished:
            rows = [
                {
                    "id": moment.new_id(), "room_id": self._room_id, "kind": due.kind, "subject": due.subject,
                    "rule": "", "zone": self._room.zone, "at_utc": due.at, "generation": 1, "done_at": None,
                }
                for due in wished
            ]  # fmt: skip
            statements.dues(self._dialect).run_all(self._connection, rows)
            self.soonest = min(
                [due.at for due in wished if due.at is not None] + ([self.soonest] if self.soonest else [])
            )
        if cancelled:
            gone = [
                {"of_room": self._room_id, "of_kind": due.kind, "of_subject": due.subject, "at": moment.now}
                for due in cancelled
            ]
            statements.due_cancelled().run_all(self._connection, gone)


def _came_back(outcome: Outcome[Any], before: Snapshot) -> bool:
    """Whether a story came back whose scenes and rounds only a read can tell."""
    return any(
        isinstance(row, Story) and row.id not in before.stories and (row.passages or row.rounds)
        for row in outcome.rows
    )
