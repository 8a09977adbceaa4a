"""`room37 forget`: one person's words out of every room of a house, with the names under which they stood.

The words go as when the person takes them out themselves (memory/erasing.py); besides, nobody's name stands any more
beside what they did: not in the members, not with their ideas, not in the ledger, whose chain still verifies.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from bot.sentences import say
from memory import tables as t
from memory.erasing import BARE_ACT, sweep

OWNERS: tuple[tuple[str, str], ...] = (
    ("passages", "author"), ("pitches", "author"), ("drafts", "person"), ("machine_texts", "asker"), ("facts", "by"),
    ("reports", "reporter"), ("notes", "by"), ("asks", "author"), ("held", "author"), ("held", "person"),
    ("answers", "person"), ("answer_versions", "person"), ("prompt_ideas", "by"),
)  # fmt: skip
"""Tables of words, and the column that says whose they are."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten of a person."""

    rooms: int
    ids: tuple[str, ...]


def forget(connection: Connection, person: str, at: datetime) -> Forgotten:
    """Take everything of this person key out of every room. Without a trace of them it does nothing."""
    c = t.members.table.c
    rooms = set(connection.execute(select(c.room_id).where(c.person == person)).scalars())
    for name, column in OWNERS:
        table = t.metadata.tables[name]
        rooms |= set(connection.execute(select(table.c.room_id).where(table.c[column] == person).distinct()).scalars())
    ids: list[str] = []
    for room_id in sorted(rooms):
        mine = [id_ for name, column in OWNERS for id_ in _of(connection, name, column, room_id, person)]
        ids += sweep(connection, room_id, mine, at, person=person).ids
        _unname(connection, room_id, person)
    return Forgotten(len(rooms), tuple(dict.fromkeys(ids)))


def _of(connection: Connection, name: str, column: str, room_id: str, person: str) -> list[str]:
    c = t.metadata.tables[name].c
    return list(connection.execute(select(c.id).where(c.room_id == room_id, c[column] == person).order_by(c.id)).scalars())


def _unname(connection: Connection, room_id: str, person: str) -> None:
    """Their display name and their part in the plain side of the ledger."""
    gone = str(say("export.someone"))
    for table, column, values in (
        (t.members.table, "person", {"name": gone, "block_note": "", "active_days": "[]", "zone": "", "notify": "off", "evening": False}),
        (t.pitches.table, "author", {"author_name": gone}),
        (t.reports.table, "author", {"author_name": gone}),
        (t.asks.table, "author", {"author_name": gone}),
        (t.held.table, "author", {"name": gone}),
        (t.answers.table, "person", {"name": gone}),
        (t.prompts.table, "by", {"by": None}),
        (t.acts, "actor", {"actor": None, "actor_salt": "", **BARE_ACT}),
        (t.desk, "person", {"person": None}),
    ):
        connection.execute(
            update(table).where(table.c.room_id == room_id, table.c[column] == person).values(values)
        )
    r = t.rooms.table
    connection.execute(update(r).where(r.c.id == room_id).values(revision=r.c.revision + 1))
