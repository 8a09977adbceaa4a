"""Whether a process still lives: each holds a lock that the system takes back the moment it ends, however it ends.

A row with a heartbeat would need clocks that agree and a wait; a lock needs neither. Beside a SQLite file it is an
`flock` on a small file; on a PostgreSQL server an advisory lock of a connection of its own (a direct one: through a
pooler that shares connections between transactions it says nothing, and then only leases that run out help).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import OperatorError
from bot.sentences import say
from memory.engine import saying_why

_HELD = text(
    "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_LOST_AFTER = {"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "3", "tcp_keepalives_count": "3"}
"""The server sees within 15 s that a machine went away without a word."""
_PATIENCE = 10.0
"""Seconds that the server may take to answer."""


class Alive(Protocol):
    """The locks of one process."""

    async def hold(self, process: str) -> bool:
        """Hold the lock of this process from now on; gives whether it had to be taken (anew)."""

    async def among(self, processes: Collection[str]) -> set[str]:
        """Those of these processes whose locks are held."""

    async def close(self) -> None:
        """Give the lock back."""


class FileAlive:
    """Locks beside a SQLite file."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._file: int | None = None
        self._path: Path | None = None

    def _at(self, process: str) -> Path:
        return self._database.with_name(f"{self._database.name}.process-{process}")

    async def hold(self, process: str) -> bool:
        """Make the file and lock it."""
        path = self._at(process)
        if self._file is not None and path.exists():
            return False
        await self.close()
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise OperatorError(str(say("memory.copy_failed", path=path, why=error.strerror or "?"))) from None
        self._path = path
        return True

    async def among(self, processes: Collection[str]) -> set[str]:
        """Those whose files are locked; the file of one that is gone is removed."""
        return {process for process in processes if self._held(self._at(process))}

    def _held(self, path: Path) -> bool:
        if path == self._path:
            return True
        try:
            file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            path.unlink(missing_ok=True)
            return False
        finally:
            os.close(file)

    async def close(self) -> None:
        """Let it go, and take the file away."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        if self._file is not None:
            os.close(self._file)
        self._file = self._path = None


class ServerAlive:
    """Advisory locks of a PostgreSQL server."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(
            url, poolclass=NullPool, isolation_level="AUTOCOMMIT",
            connect_args={"command_timeout": _PATIENCE, "timeout": _PATIENCE, "server_settings": _LOST_AFTER},
        )  # fmt: skip
        self._connection: AsyncConnection | None = None

    async def hold(self, process: str) -> bool:
        """Take the lock on a connection that stays open; on a new one when the old was lost."""
        if self._connection is not None:
            return False
        with saying_why():
            async with contextlib.AsyncExitStack() as stack:
                connection = await stack.enter_async_context(self._engine.connect())
                await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _signed(_key(process))})
                stack.pop_all()  # it holds the lock as long as it stays open
        self._connection = connection
        return True

    async def among(self, processes: Collection[str]) -> set[str]:
        """Those whose locks the server knows. Raises OperatorError when it cannot be asked: then nobody is judged."""
        if self._connection is None:
            raise OperatorError("the database failed: no connection")
        try:
            with saying_why():
                held = {key & (1 << 64) - 1 for key in (await self._connection.execute(_HELD)).scalars()}
        except OperatorError:
            await self._lose()
            raise
        return {process for process in processes if _key(process) in held}

    async def _lose(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(OperatorError), saying_why():
                await connection.invalidate()
                await connection.close()

    async def close(self) -> None:
        """Close the connection, and with it the lock."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(OperatorError), saying_why():
                await connection.close()
        await self._engine.dispose()


def _key(process: str) -> int:
    """64 bits of a process's id."""
    return int.from_bytes(hashlib.sha256(f"room37 process {process}".encode()).digest()[:8], "big")


def _signed(key: int) -> int:
    """The same bits as PostgreSQL's bigint."""
    return key - (1 << 64) if key >> 63 else key


def make_alive(url: str, path: Path | None) -> Alive:
    """The locks for a database."""
    return FileAlive(path) if path is not None else ServerAlive(url)
