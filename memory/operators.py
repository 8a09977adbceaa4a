"""What operators do with a whole house: open it (migrated, after a backup), back up, restore, list, move, check."""

from __future__ import annotations

import fcntl
import json
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, update

from bot.errors import OperatorError
from bot.sentences import say
from bot.story.ledger import Entry, opens, verify
from bot.story.people import Place
from memory import erasing, migrate
from memory import tables as t
from memory.erasures import erased_file, kept_in, remember, standing_erasures
from memory.forgetting import forget
from memory.kernel_books import ledger_entry


@dataclass(frozen=True, slots=True)
class RoomLine:
    """One room of the house, without its text."""

    id: str
    place: Place
    stories: int
    passages: int
    opened: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a database found."""

    schema: str
    rooms: int
    passages: int
    acts: int
    problems: tuple[str, ...]


async def open_house(url: str, path: Path | None, now: datetime) -> Path | None:
    """Bring the database to this version before anything else uses it.

    Gives the path of the backup that was made first (SQLite only; a new database needs none). Raises OperatorError
    for a database that is newer than the code, is not ours, or cannot be opened.
    """
    if path is not None:
        _reachable(path)
    with _first_alone(path):
        found, older = await migrate.on_connection(url, migrate.needs_upgrade)
        saved = None
        if older:
            if found is not None and path is not None:
                saved = path.with_name(f"{path.name}.before-{migrate.head()}-{now:%Y%m%d-%H%M%S}")
                copy_database(path, saved)
            await migrate.on_connection(url, migrate.upgrade)
    if path is not None:
        erased_file(path).touch()
        remember(path, await migrate.on_connection(url, kept_in))
    return saved


@contextmanager
def _first_alone(path: Path | None) -> Iterator[None]:
    """Of processes that open a file at once the first backs it up and migrates it, while the others wait."""
    with ExitStack() as opened:
        if path is not None and path.exists():
            with suppress(OSError):  # what cannot be written is said by what follows
                file = opened.enter_context(erased_file(path).open("a"))
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _reachable(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OperatorError(
            str(say("memory.no_folder", path=path.parent, why=error.strerror or "?"))
        ) from None
    if path.is_dir():
        raise OperatorError(str(say("memory.is_folder", path=path)))


def copy_database(source: Path, target: Path) -> int:
    """SQLite's own backup, opened and counted: gives the number of passages. The target appears whole or not at all."""
    if not source.exists():
        raise OperatorError(str(say("memory.no_database", path=source)))
    if target.exists():
        raise OperatorError(str(say("memory.file_exists", path=target)))
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(part)) as new,
        ):
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")
            counted = _count(new)
            if counted != _count(old) or new.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise OperatorError(str(say("memory.bad_copy", path=target)))
        part.replace(target)
    except sqlite3.Error as error:
        raise OperatorError(
            str(say("memory.copy_failed", path=target, why=getattr(error, "sqlite_errorname", "") or "?"))
        ) from None
    except OSError as error:
        raise OperatorError(str(say("memory.copy_failed", path=target, why=error.strerror or "?"))) from None
    finally:
        part.unlink(missing_ok=True)
    return counted[0]


def _count(connection: sqlite3.Connection) -> tuple[int, int, int]:
    tables = ("passages", "ledger", "rooms")
    return tuple(connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables)  # noqa: S608  # three fixed names


def put_back(backup: Path, path: Path, now: datetime) -> Path | None:
    """Put a backup in the database's place; what stood there is kept under a name that is given back.

    Erasures that stand are the caller's next step (`apply_erasures`): a restore must not bring back what was erased.
    """
    if not backup.exists():
        raise OperatorError(str(say("memory.no_database", path=backup)))
    try:
        with closing(sqlite3.connect(f"file:{backup}?mode=ro", uri=True)) as opened:
            _count(opened)
    except sqlite3.Error:
        raise OperatorError(str(say("memory.not_ours", path=backup))) from None
    kept = None
    if path.exists():
        with closing(sqlite3.connect(path)) as old:
            try:
                old.execute("PRAGMA locking_mode=EXCLUSIVE")
                old.execute("BEGIN EXCLUSIVE")
                old.execute("COMMIT")
                old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                remember(path, _erased_in(old))
            except sqlite3.Error:
                raise OperatorError(str(say("memory.in_use", path=path))) from None
        kept = path.with_name(f"{path.name}.replaced-{now:%Y%m%d-%H%M%S}")
        path.replace(kept)
    for leftover in (path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        leftover.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    shutil.copyfile(backup, part)
    part.replace(path)
    return kept


def _erased_in(old: sqlite3.Connection) -> tuple[str, ...]:
    """What was erased in a database that is about to be replaced; a version before that had no such table."""
    try:
        return tuple(row[0] for row in old.execute("SELECT id FROM erasures ORDER BY at, id"))
    except sqlite3.OperationalError:
        return ()


def apply_erasures(connection: Connection, ids: Iterable[str], at: datetime | None = None) -> int:
    """Take the words of these ids (passages, drafts, pitches, machine texts, facts, acts) out of every room again.

    Acts lose actor, text, detail and their salts: the chain still verifies. Gives the number of rows changed.
    """
    wanted = list(dict.fromkeys(ids))
    changed = 0
    for room_id in _rooms_of(connection, wanted):
        swept = erasing.sweep(connection, room_id, wanted, at or datetime.now(UTC))
        changed += len(swept.ids)
        _moved_on(connection, room_id)
    return changed


def _rooms_of(connection: Connection, ids: Sequence[str]) -> list[str]:
    """The rooms that hold any of these rows."""
    found: set[str] = set()
    for name in ("passages", "drafts", "pitches", "machine_texts", "facts", "reports", "notes", "asks", "held", "acts"):
        table = t.metadata.tables[name]
        for n in range(0, len(ids), 400):
            held = select(table.c.room_id).where(table.c.id.in_(ids[n : n + 400])).distinct()
            found |= set(connection.execute(held).scalars())
    return sorted(found)


def _moved_on(connection: Connection, room_id: str) -> None:
    """The room has a new revision: what any process remembers of it is read anew."""
    r = t.rooms.table
    connection.execute(update(r).where(r.c.id == room_id).values(revision=r.c.revision + 1))


def list_rooms(connection: Connection) -> list[RoomLine]:
    """Every room of the house with its size."""
    r, p, s = t.rooms.table, t.passages.table, t.stories.table
    passages = select(func.count()).where(p.c.room_id == r.c.id, p.c.status == "standing").scalar_subquery()
    stories = select(func.count()).where(s.c.room_id == r.c.id).scalar_subquery()
    query = select(r.c.id, r.c.platform, r.c.space, r.c.channel, r.c.thread, stories, passages, r.c.opened)
    return [
        RoomLine(row[0], Place(*row[1:5]), row[5], row[6], bool(row[7]))
        for row in connection.execute(query.order_by(r.c.created_at, r.c.id))
    ]


def move_room(connection: Connection, room_id: str, to: Place) -> None:
    """Give a room another place. Raises OperatorError for an unknown room or a place that has one."""
    c = t.rooms.table.c
    taken = select(c.id).where(
        c.platform == to.platform, c.space == to.space, c.channel == to.channel, c.thread == to.thread
    )
    if (holder := connection.execute(taken).scalar_one_or_none()) is not None:
        raise OperatorError(str(say("memory.place_taken", room=holder)))
    moved = connection.execute(
        update(t.rooms.table)
        .where(c.id == room_id)
        .values(
            platform=to.platform,
            space=to.space,
            channel=to.channel,
            thread=to.thread,
            revision=c.revision + 1,
        )
    )
    if moved.rowcount != 1:
        raise OperatorError(str(say("memory.no_room", room=room_id)))
    connection.execute(
        update(t.posts).where(t.posts.c.room_id == room_id).values(refs="[]", shown_rev=t.posts.c.wanted_rev)
    )


def check(connection: Connection) -> Checked:
    """Whether a database is whole: its file, its chains, their commitments, its spans' cover."""
    problems: list[str] = []
    if connection.dialect.name == "sqlite":
        problems += [
            str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"
        ]
    for chain in connection.execute(select(t.chains).order_by(t.chains.c.chain)).all():
        rows = connection.execute(
            select(t.ledger).where(t.ledger.c.chain == chain.chain).order_by(t.ledger.c.seq)
        ).all()
        entries = [ledger_entry(row) for row in rows]
        problems += verify(entries)
        if not entries or (entries[-1].seq, entries[-1].hash) != (chain.seq, chain.hash):
            problems.append(f"chain {chain.chain}: its end is missing")
        plain = {
            row.id: row
            for row in connection.execute(
                select(t.acts)
                .join(t.ledger, t.ledger.c.id == t.acts.c.id)
                .where(t.ledger.c.chain == chain.chain)
            )
        }
        problems += [p for entry in entries for p in _unopened(entry, plain.get(entry.id))]

    def total(table: Any) -> int:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()

    schema = migrate.revision(connection) or "none"
    return Checked(schema, total(t.rooms.table), total(t.passages.table), total(t.ledger), tuple(problems))


def _unopened(entry: Entry, row: Any) -> Iterable[str]:
    """Commitments whose salt still stands but which the plain values do not open."""
    if row is None:
        yield f"chain {entry.chain}, entry {entry.seq}: its plain side is missing"
        return
    for committed, salt, value, what in (
        (entry.actor_commitment, row.actor_salt, row.actor, "actor"),
        (entry.text_commitment, row.text_salt, row.text, "text"),
        (entry.detail_commitment, row.detail_salt, _canonical(row.detail), "detail"),
    ):
        if salt and not opens(committed, salt, value):
            yield f"chain {entry.chain}, entry {entry.seq}: {what} is not what was committed"


def _canonical(detail: str) -> str:
    return json.dumps(json.loads(detail), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

__all__ = [
    "Checked",
    "RoomLine",
    "apply_erasures",
    "check",
    "copy_database",
    "erased_file",
    "forget",
    "list_rooms",
    "move_room",
    "open_house",
    "put_back",
    "remember",
    "standing_erasures",
]
