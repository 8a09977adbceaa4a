"""`room37 db copy` and `room37 db erasures`: a house that moves, and what stays erased when a server's dump comes back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from bot import config as configuration
from bot.app.house import RealClock, open_database, settings_of, told
from bot.errors import OperatorError
from bot.sentences import Marked
from bot.settings import Database
from memory import erasures, migrate, operators
from memory.alive import make_alive
from memory.copying import copy_house
from memory.engine import make_runner
from memory.processes import HouseProcesses


def db_copy(*, config: Path | None, db: str | None, source: str | None, target: str) -> int:
    """Move a house to another, empty database; `source` is where it is (None: what is configured)."""
    settings = settings_of(config, _address(source) if source is not None else db)
    wanted = configuration.with_database(settings, _address(target), Path.cwd())
    if settings.database.url == wanted.database.url:
        raise OperatorError(told("memory.copy_same"))
    if settings.database.path is not None and not settings.database.path.exists():
        raise OperatorError(told("memory.no_database", path=settings.database.path))
    if asyncio.run(migrate.on_connection(settings.database.url, migrate.needs_upgrade))[1]:
        raise OperatorError(told("memory.older"))
    asyncio.run(open_database(wanted, RealClock()))
    for one in (settings.database, wanted.database):
        if n := asyncio.run(_served_by(one)):
            raise OperatorError(told("memory.copy_served", n=n))
    done = asyncio.run(copy_house(settings.database.url, wanted.database.url))
    if wanted.database.path is not None:
        ids = asyncio.run(migrate.on_connection(wanted.database.url, erasures.kept_in))
        erasures.remember(wanted.database.path, ids)
    counts = {"rows": done.rows, "tables": done.tables, "chains": done.chains, "acts": done.acts}
    print(told("memory.copied", where=Marked(wanted.database.shown), digest=Marked(done.digest), **counts))  # noqa: T201
    return 0


def _address(given: str) -> str:
    """An address as bot.toml has it; people write `sqlite:FILE` and `postgresql://...` too."""
    if given.startswith("sqlite:") and not given.startswith("sqlite:/"):
        return given.removeprefix("sqlite:")
    scheme, colon, rest = given.partition(":")
    return f"postgresql+asyncpg:{rest}" if colon and scheme in ("postgresql", "postgres") else given


async def _served_by(database: Database) -> int:
    """How many processes serve it just now."""
    runner, alive = make_runner(database.url), make_alive(database.url, database.path)
    looking = HouseProcesses(runner, alive, RealClock(), (), dead_after=0.0)
    try:
        return len((await looking.look()).living) - 1
    finally:
        await looking.leave()
        await runner.close()


def db_erasures(*, config: Path | None, db: str | None, file: Path, apply: bool) -> int:
    """Write the ids of what was erased to a file; or, to `apply`, take what a file names out of the database."""
    database = settings_of(config, db).database
    asyncio.run(open_database(settings_of(config, db), RealClock()))
    if not apply:
        ids = asyncio.run(migrate.on_connection(database.url, erasures.kept_in))
        try:
            file.write_text("".join(f"{id_}\n" for id_ in ids), "utf-8")
        except OSError as error:
            raise OperatorError(told("memory.copy_failed", path=file, why=error.strerror or "?")) from None
        print(told("memory.erasures_written", path=file, n=len(ids)))  # noqa: T201
        return 0
    try:
        ids = erasures.read(file)
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(told("memory.no_erasures_file", path=file, why=getattr(error, "strerror", "") or "?")) from None
    now = datetime.now(UTC)
    asyncio.run(migrate.on_connection(database.url, lambda connection: operators.apply_erasures(connection, ids, now)))
    if database.path is not None:
        erasures.remember(database.path, ids)
    print(told("memory.erasures_applied", n=len(ids)))  # noqa: T201
    return 0
