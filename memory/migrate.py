"""Migrations: what schema a database has, and bringing it up to the code's, atomically and after a backup."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.ext.asyncio import create_async_engine

import migrations
from bot.errors import OperatorError
from bot.sentences import say
from memory.engine import sqlite_hooks, translated
from memory.turns import Turns

T = TypeVar("T")
_LOCK = 3_700_000_037
"""PostgreSQL advisory lock that one migrating process holds."""


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file."""
    made = Config()
    folder = Path(migrations.__file__).parent
    made.set_main_option("script_location", str(folder).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def head() -> str:
    """The schema that this code knows."""
    found = ScriptDirectory.from_config(config()).get_current_head()
    if found is None:
        raise OperatorError("no migrations were installed")
    return found


async def on_connection(url: str, work: Callable[[Connection], T]) -> T:
    """Run on one connection in one transaction, foreign keys off on SQLite (a batch recreate would cascade)."""
    if url.startswith("postgresql"):
        engine = create_async_engine(url)
        try:
            async with engine.begin() as connection:
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
                return await connection.run_sync(work)
        finally:
            await engine.dispose()
    sync = sqlite_hooks(create_engine(make_url(url).set(drivername="sqlite")), foreign_keys=False)
    turns = Turns(Path(make_url(url).database or ""), first=False)
    try:
        with turns.mine(), sync.execution_options(write=True).begin() as plain:
            return work(plain)
    except OperationalError as error:
        raise translated(error) from None
    except DatabaseError:
        raise OperatorError(str(say("memory.not_ours", path=make_url(url).database or ""))) from None
    finally:
        turns.close()
        sync.dispose()


def revision(connection: Connection) -> str | None:
    """The schema that a database has; None for an empty one. Raises OperatorError for somebody else's."""
    names = set(inspect(connection).get_table_names())
    if names and "alembic_version" not in names:
        raise OperatorError(str(say("memory.not_ours", path=connection.engine.url.database or "")))
    return MigrationContext.configure(connection).get_current_revision()


def needs_upgrade(connection: Connection) -> tuple[str | None, bool]:
    """(schema found, whether it is older than the code's). Raises OperatorError when it is newer than the code."""
    found = revision(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}
    if found is not None and found not in known:
        shown = found if re.fullmatch(r"\w{1,40}", found) else "?"
        raise OperatorError(str(say("memory.newer", found=shown, known=head())))
    return found, found != head()


def upgrade(connection: Connection) -> None:
    """To the newest schema; everything or nothing."""
    command.upgrade(config(connection), "head")
    if connection.dialect.name == "sqlite" and (
        broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    ):
        raise OperatorError(f"the migration left a dangling row in {broken[0]}")


def downgrade(connection: Connection) -> None:
    """Back to an empty database (tests walk the stairs up, down and up)."""
    command.downgrade(config(connection), "base")
