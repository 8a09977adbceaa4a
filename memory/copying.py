"""Moving a house to another database: every row, in batches, into an empty one; counted and compared afterwards."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, create_engine, func, make_url, or_, select, tuple_, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.errors import OperatorError
from bot.sentences import say
from memory import migrate
from memory import tables as t
from memory.engine import sqlite_hooks, translated
from memory.operators import check

BATCH = 500
"""Rows that are read and written at once."""
OF_PROCESSES = frozenset({"processes", "shards"})
"""What belongs to the processes that serve a database, and not to the house."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied, and what both databases say of it."""

    tables: int
    rows: int
    chains: int
    acts: int
    digest: str
    """SHA-256 over every hash of the ledger, in order: the same in both."""


async def copy_house(source: str, target: str) -> Copied:
    """Copy a house from one database's URL to another's, which must be empty and of this version.

    All is written in one transaction and committed only when both say the same. Raises OperatorError otherwise.
    """
    try:
        async with _opened(source, write=False) as old, _opened(target, write=True) as new:
            if (either := next((c for c in (old, new) if isinstance(c, AsyncConnection)), None)) is None:
                return _copied(_sync(old), _sync(new))
            return await either.run_sync(lambda _: _copied(_sync(old), _sync(new)))
    except DBAPIError as error:
        raise translated(error) from None


@contextlib.asynccontextmanager
async def _opened(url: str, *, write: bool) -> AsyncIterator[Connection | AsyncConnection]:
    """A connection in a transaction: a reading one sees one moment of the database."""
    if url.startswith("postgresql"):
        engine = create_async_engine(url)
        try:
            reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            async with (engine if write else reading).begin() as connection:
                yield connection
        finally:
            await engine.dispose()
        return
    file = sqlite_hooks(create_engine(make_url(url).set(drivername="sqlite")))
    try:
        with file.execution_options(write=write).begin() as plain:
            yield plain
    finally:
        file.dispose()


def _sync(connection: Connection | AsyncConnection) -> Connection:
    if isinstance(connection, Connection):
        return connection
    if connection.sync_connection is None:
        raise OperatorError("the database failed: no connection")
    return connection.sync_connection


def _copied(old: Connection, new: Connection) -> Copied:
    if migrate.needs_upgrade(old)[1]:
        raise OperatorError(str(say("memory.older")))
    tables = [table for table in t.metadata.sorted_tables if table.name not in OF_PROCESSES]
    for table in tables:
        if _count(new, table):
            raise OperatorError(str(say("memory.not_empty", table=table.name)))
    for table in tables:
        for batch in _batches(old, table):
            new.execute(table.insert(), batch)
    counts = {table.name: (_count(old, table), _count(new, table)) for table in tables}
    differing = [name for name, (before, after) in counts.items() if before != after]
    digest, found = _digest(old), check(new)
    if differing or digest != _digest(new) or found.problems:
        what = ", ".join(differing) or next(iter(found.problems), "ledger")
        raise OperatorError(str(say("memory.copy_differs", what=what)))
    new.execute(update(t.posts).where(t.posts.c.owner != "").values(owner=""))
    rows = sum(after for _, after in counts.values())
    return Copied(len(tables), rows, counts["chains"][1], counts["ledger"][1], digest)


def _batches(old: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """The rows of a table in the order of their keys, some at a time."""
    keys = list(table.primary_key.columns)
    query = select(table).order_by(*keys).limit(BATCH)
    last: tuple[Any, ...] | None = None
    while rows := old.execute(query if last is None else query.where(_after(keys, last))).all():
        yield [dict(row._mapping) for row in rows]  # noqa: SLF001  # a row's public way to its names
        last = tuple(rows[-1]._mapping[key] for key in keys)  # noqa: SLF001


def _after(keys: list[Any], last: tuple[Any, ...]) -> Any:
    return keys[0] > last[0] if len(keys) == 1 else tuple_(*keys) > tuple_(*last)


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _digest(connection: Connection) -> str:
    """Every hash of the ledger in one."""
    c = t.ledger.c
    whole = hashlib.sha256()
    chain, seq = "", -1
    while True:
        after = or_(c.chain > chain, (c.chain == chain) & (c.seq > seq))
        query = select(c.chain, c.seq, c.hash).where(after).order_by(c.chain, c.seq).limit(BATCH)
        rows = connection.execute(query).all()
        for row in rows:
            whole.update(f"{row.chain} {row.seq} {row.hash}\n".encode())
        if not rows:
            return whole.hexdigest()
        chain, seq = rows[-1].chain, rows[-1].seq
