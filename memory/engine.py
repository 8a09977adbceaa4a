"""The three ways one synchronous unit of work is run.

SQLite writes: ONE writer thread on a synchronous engine, a whole transaction a hop (memory/writer.py; measured: 330
realistic commands a second against 90 through async aiosqlite). SQLite reads of rooms: a few reader threads, beside the
writer (WAL), a whole unit of work a hop (measured: 0.2 ms of CPU against 1.0 through aiosqlite, which hops several times a
statement); rows of the house, one statement each, go through aiosqlite. PostgreSQL: `run_sync` on asyncpg for all.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, Select, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import OperatorError, StorageFull
from bot.sentences import say
from memory.prepared import plain
from memory.transactions import transaction
from memory.turns import Turns
from memory.writer import WriterThread

T = TypeVar("T")

BUSY_MS = 10_000
"""How long SQLite waits for another process's write lock, in milliseconds."""
READERS = 4
"""Threads that read a SQLite file."""
CONNECTIONS, WAIT_SECONDS = 8, 60.0
"""Connections to a server that are kept, and seconds that a unit of work waits for one."""

_FULL = {"SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_BUSY", "SQLITE_LOCKED"}


class Runner(Protocol):
    """Runs units of work against one database."""

    dialect: str
    path: Path | None
    """The database's file; None for a server."""

    async def write(self, work: Callable[[Connection], T], *, later: bool = False) -> T:
        """Run in one write transaction; `later` when it need not be at once."""

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run on a consistent view. A caller that is cancelled does not wait for it."""

    async def rows(self, query: Select[Any]) -> Sequence[Any]:
        """The rows of one query."""

    async def close(self) -> None:
        """Give back every connection."""


def sqlite_hooks(engine: Engine, *, foreign_keys: bool = True, transactions: bool = True) -> Engine:
    """Durable and honest SQLite: WAL, synchronous=FULL, foreign keys, BEGIN IMMEDIATE for writers; where SQLAlchemy is not
    to begin `transactions`, memory/transactions.py does.

    `secure_delete`: what was overwritten is not left in free pages, so that what is erased is gone from the file.
    """

    @event.listens_for(engine, "connect")
    def _connected(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None  # the driver's own BEGIN would come too late and too weak
        cursor = dbapi.cursor()
        for pragma in (
            "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", f"foreign_keys={'ON' if foreign_keys else 'OFF'}", f"busy_timeout={BUSY_MS}",
        ):  # fmt: skip
            cursor.execute("PRAGMA " + pragma)
        cursor.close()

    if not transactions:
        return engine

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        plain(connection, "BEGIN IMMEDIATE" if connection.get_execution_options().get("write") else "BEGIN")

    return engine


class SqliteRunner:
    """A file: one writer thread, readers beside it."""

    dialect = "sqlite"

    def __init__(self, url: str, *, patience: float = 0.0) -> None:
        parsed = make_url(url).set(drivername="sqlite")
        self.path = Path(parsed.database) if parsed.database else None
        threads = {"check_same_thread": False}
        self._sync = sqlite_hooks(create_engine(parsed, connect_args=threads), transactions=False)
        self._view = sqlite_hooks(create_engine(parsed, pool_size=READERS, connect_args=threads), transactions=False)
        self._looking = threading.local()
        self._lookers: list[Connection] = []
        turns = Turns(self.path) if self.path is not None else None
        self._writes = WriterThread(self._sync, translated, turns, patience=patience)
        self._reads = ThreadPoolExecutor(max_workers=READERS, thread_name_prefix="room37-reader")
        self._async = create_async_engine(
            parsed.set(drivername="sqlite+aiosqlite"), pool_size=2, max_overflow=0, isolation_level="AUTOCOMMIT",
        )  # fmt: skip
        sqlite_hooks(self._async.sync_engine, transactions=False)

    @property
    def writer(self) -> Engine:
        """The writer's engine (tests count its statements)."""
        return self._sync

    async def write(self, work: Callable[[Connection], T], *, later: bool = False) -> T:
        """In the writer thread, which a cancelled caller does not stop; nobody waits for the end of what they gave up."""
        return await self._writes.write(work, later=later)

    def _looked(self, work: Callable[[Connection], T]) -> T:
        connection: Connection | None = getattr(self._looking, "connection", None)
        if connection is None:
            connection = self._looking.connection = self._view.connect()
            self._lookers.append(connection)
        with transaction(connection, write=False):
            return work(connection)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """In a reader thread, beside the writer."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._reads, self._looked, work)
        except DBAPIError as error:
            raise translated(error) from None

    async def rows(self, query: Select[Any]) -> Sequence[Any]:
        """Beside the writer: what one statement sees is consistent in itself."""
        return await _rows(self._async, query)

    async def close(self) -> None:
        """Finish the work under way and dispose of the engines."""
        await asyncio.to_thread(self._writes.close)
        await asyncio.to_thread(self._reads.shutdown)
        for connection in self._lookers:
            connection.close()
        await self._async.dispose()
        self._view.dispose()
        self._sync.dispose()


class PostgresRunner:
    """A server: every unit of work through asyncpg.

    What need not be at once has a few of the connections only, so that people's commands find one.
    """

    dialect = "postgresql"

    def __init__(self, url: str) -> None:
        self.path: Path | None = None
        self._engine: AsyncEngine = create_async_engine(url, pool_size=CONNECTIONS, max_overflow=8, pool_timeout=WAIT_SECONDS)
        self._readers = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._later = asyncio.Semaphore(CONNECTIONS // 2)
        self._writing: set[asyncio.Future[Any]] = set()

    @property
    def engine(self) -> AsyncEngine:
        """The engine."""
        return self._engine

    async def write(self, work: Callable[[Connection], T], *, later: bool = False) -> T:
        """One transaction; the unit of work locks its room's row first. A cancelled caller does not tear it apart."""
        if not later:
            return await self._shielded(work)
        async with self._later:
            return await self._shielded(work)

    async def _shielded(self, work: Callable[[Connection], T]) -> T:
        writing = asyncio.ensure_future(self._run(self._engine, work))
        self._writing.add(writing)
        writing.add_done_callback(self._writing.discard)
        return await asyncio.shield(writing)

    async def _run(self, engine: AsyncEngine, work: Callable[[Connection], T]) -> T:
        with saying_why():
            async with engine.begin() as connection:
                return await connection.run_sync(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """One transaction that sees the database as it was at its first statement, whatever others commit meanwhile."""
        return await self._run(self._readers, work)

    async def rows(self, query: Select[Any]) -> Sequence[Any]:
        """One transaction."""
        return await _rows(self._engine, query)

    async def close(self) -> None:
        """Finish the writes under way and dispose of the pool."""
        if self._writing:
            await asyncio.wait(self._writing, timeout=BUSY_MS / 1000)
        await self._engine.dispose()


@contextlib.contextmanager
def saying_why() -> Iterator[None]:
    """What fails between here and the database as this house's errors; asyncpg's own come bare from connecting."""
    try:
        yield
    except DBAPIError as error:
        raise translated(error) from None
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        raise OperatorError(f"the database failed: {type(error).__name__}") from None
    except _bare_errors() as error:
        raise OperatorError(f"the database failed: {type(error).__name__}") from None


def _bare_errors() -> tuple[type[Exception], ...]:
    """What asyncpg raises while it connects; SQLAlchemy hands it on as it is. Nothing where there is no asyncpg."""
    try:
        import asyncpg  # noqa: PLC0415  # an extra
    except ImportError:
        return ()
    return asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError


async def _rows(engine: AsyncEngine, query: Select[Any]) -> Sequence[Any]:
    with saying_why():
        async with engine.connect() as connection:
            found: Sequence[Any] = (await connection.execute(query)).all()
            return found


def make_runner(url: str, *, patience: float = 0.0) -> Runner:
    """The runner for a database URL. In a file, writes that need not be at once wait up to `patience` seconds for others to
    share a commit with."""
    return PostgresRunner(url) if url.startswith("postgresql") else SqliteRunner(url, patience=patience)


def translated(error: DBAPIError) -> Exception:
    """What a database error means to people: full or unwritable storage, or a fault for the operator.

    The driver's message can hold values of the statement, so it is not repeated.
    """
    original = error.orig
    cause = getattr(original, "driver_exception", None) or original
    name = getattr(cause, "sqlite_errorname", "") or ""
    if any(name.startswith(prefix) for prefix in _FULL):
        key = (
            "memory.busy"
            if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
            else ("memory.readonly" if name.startswith("SQLITE_READONLY") else "memory.full")
        )
        return StorageFull(str(say(key)))
    if isinstance(cause, sqlite3.IntegrityError) or type(cause).__name__.endswith("ViolationError"):
        return OperatorError(f"a rule of the database was broken: {name or type(cause).__name__}")
    return OperatorError(f"the database failed: {name or type(cause).__name__}")
