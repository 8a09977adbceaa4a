"""Transactions and savepoints of SQLite in plain SQL: SQLAlchemy's own cost more than what most of ours hold.

The connection's engine commits nothing by itself (memory/engine.py), so what stands here is all there is.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from memory.prepared import plain, straight

_LEFT = "room37.left_behind"

@contextlib.contextmanager
def transaction(connection: Connection, *, write: bool) -> Iterator[None]:
    """What is done inside is committed, or undone when an exception leaves it or the commit fails.

    A writer has the file from the start on (BEGIN IMMEDIATE): one that only found out later that it wants to write might
    have read what is not so any more. Raises DBAPIError.
    """
    with straight(connection):
        plain(connection, "BEGIN IMMEDIATE" if write else "BEGIN")
        connection.info[_LEFT] = {}
        try:
            yield
            plain(connection, "COMMIT")
        except BaseException:
            if under_way(connection):  # SQLite itself gives some up, when the disk is full
                plain(connection, "ROLLBACK")
            raise
        finally:
            del connection.info[_LEFT]


@contextlib.contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """What is done inside is undone when an exception leaves it; they may stand in each other."""
    plain(connection, "SAVEPOINT work")
    try:
        yield
    except BaseException:
        plain(connection, "ROLLBACK TO SAVEPOINT work")
        plain(connection, "RELEASE SAVEPOINT work")
        raise
    plain(connection, "RELEASE SAVEPOINT work")


def left_behind(connection: Connection) -> dict[str, Any]:
    """What a unit of work leaves to those after it in this transaction, with which it ends. On a server each unit has a
    transaction of its own, and nobody comes after it."""
    left: dict[str, Any] = connection.info.get(_LEFT, {})
    return left


def under_way(connection: Connection) -> bool:
    """Whether SQLite still holds the transaction."""
    raw: Any = connection.connection.dbapi_connection
    return bool(raw.in_transaction)
