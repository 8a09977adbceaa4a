"""The one writer of SQLite: units of work that wait share a commit, and what breaks in one is undone in that one alone."""

from __future__ import annotations

import asyncio
import errno
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event

from bot.errors import StorageFull, UserError
from memory.engine import SqliteRunner, sqlite_hooks, translated
from memory.turns import Turns
from memory.writer import WriterThread


@pytest.fixture
async def runner(tmp_path: Path) -> AsyncIterator[SqliteRunner]:
    opened = SqliteRunner(f"sqlite:///{tmp_path}/house.db")
    await opened.write(lambda s: run(s, "CREATE TABLE words (word TEXT PRIMARY KEY)"))
    yield opened
    await opened.close()


def run(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)


def keep(word: str) -> Any:
    return lambda connection: run(connection, f"INSERT INTO words VALUES ('{word}')")  # noqa: S608  # words of this file


async def words(runner: SqliteRunner) -> list[str]:
    query = "SELECT word FROM words ORDER BY rowid"
    return await runner.read(lambda s: [row[0] for row in s.exec_driver_sql(query)])


async def at_once(runner: SqliteRunner, *work: Any, later: tuple[Any, ...] = ()) -> list[Any]:
    """Several units that all wait while the writer is busy with another."""
    free = threading.Event()
    busy = asyncio.create_task(runner.write(lambda _: free.wait(5)))
    await asyncio.sleep(0.05)
    waiting = [asyncio.create_task(runner.write(one, later=True)) for one in later]
    waiting += [asyncio.create_task(runner.write(one)) for one in work]
    await asyncio.sleep(0.01)
    free.set()
    await busy
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_units_that_wait_share_one_commit(runner: SqliteRunner) -> None:
    begun: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        begun.extend([statement] if statement.startswith("BEGIN") else [])

    event.listen(runner.writer, "before_cursor_execute", note)
    await at_once(runner, *(keep(word) for word in "abcde"))
    event.remove(runner.writer, "before_cursor_execute", note)
    assert await words(runner) == list("abcde")
    assert len(begun) == 2  # the busy one's, and theirs


async def test_what_breaks_in_one_is_undone_in_that_one_alone(runner: SqliteRunner) -> None:
    def refuses(connection: Connection) -> None:
        keep("half")(connection)
        raise UserError("kernel.crashed")

    def doubles(connection: Connection) -> None:
        keep("whole")(connection)
        keep("a")(connection)

    told = await at_once(runner, keep("a"), refuses, doubles, keep("b"))
    assert [type(one).__name__ for one in told] == ["NoneType", "UserError", "OperatorError", "NoneType"]
    assert await words(runner) == ["a", "b"]


async def test_what_may_come_later_lets_people_go_first_and_still_moves_on(runner: SqliteRunner) -> None:
    later = tuple(keep(f"post {n}") for n in range(3))
    await at_once(runner, *(keep(f"call {n}") for n in range(12)), later=later)
    found = await words(runner)
    assert found[:9] == [*(f"call {n}" for n in range(8)), "post 0"]
    assert sorted(found) == sorted([*(f"call {n}" for n in range(12)), *(f"post {n}" for n in range(3))])


async def test_a_disk_that_is_full_is_said_to_each_whose_words_were_not_kept(runner: SqliteRunner) -> None:
    def full(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        run(connection, f"PRAGMA max_page_count = {pages}")

    await runner.write(full)
    told = await at_once(runner, keep("small"), keep("x" * 50_000), keep("y" * 50_000))
    kept = await words(runner)
    assert kept in (["small"], [])
    assert [type(one) for one in told[1:]] == [StorageFull, StorageFull]
    assert (told[0] is None) is (kept == ["small"])


@pytest.fixture
async def patient(tmp_path: Path) -> AsyncIterator[SqliteRunner]:
    opened = SqliteRunner(f"sqlite:///{tmp_path}/patient.db", patience=30.0)
    await opened.write(lambda s: run(s, "CREATE TABLE words (word TEXT PRIMARY KEY)"))
    yield opened
    await opened.close()


async def test_what_may_come_later_shares_the_commit_of_the_next_command(patient: SqliteRunner) -> None:
    begun: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        begun.extend([statement] if statement.startswith("BEGIN") else [])

    event.listen(patient.writer, "before_cursor_execute", note)
    waiting = asyncio.create_task(patient.write(keep("later"), later=True))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await patient.write(keep("now"))
    await waiting
    event.remove(patient.writer, "before_cursor_execute", note)
    assert len(begun) == 1
    assert await words(patient) == ["now", "later"]


async def test_what_waits_for_company_is_not_lost_at_the_end(tmp_path: Path) -> None:
    runner = SqliteRunner(f"sqlite:///{tmp_path}/closing.db", patience=30.0)
    await runner.write(lambda s: run(s, "CREATE TABLE words (word TEXT PRIMARY KEY)"))
    waiting = [asyncio.create_task(runner.write(keep(word), later=True)) for word in "abcdefghij"]
    await asyncio.sleep(0)
    await runner.close()
    await asyncio.wait_for(asyncio.gather(*waiting), 5)
    again = SqliteRunner(f"sqlite:///{tmp_path}/closing.db")
    assert await words(again) == list("abcdefghij")
    await again.close()


async def test_nobody_is_company_for_ever(tmp_path: Path) -> None:
    runner = SqliteRunner(f"sqlite:///{tmp_path}/alone.db", patience=0.05)
    await runner.write(lambda s: run(s, "CREATE TABLE words (word TEXT PRIMARY KEY)"))
    await asyncio.wait_for(runner.write(keep("alone"), later=True), 5)
    assert await words(runner) == ["alone"]
    await runner.close()


async def test_a_writer_that_is_closed_says_so_instead_of_keeping_anybody_waiting(tmp_path: Path) -> None:
    for patience in (0.0, 30.0):
        runner = SqliteRunner(f"sqlite:///{tmp_path}/over-{patience}.db", patience=patience)
        await runner.write(lambda s: run(s, "CREATE TABLE words (word TEXT PRIMARY KEY)"))
        await runner.close()
        for later in (False, True):
            with pytest.raises(RuntimeError, match="closed"):
                await asyncio.wait_for(runner.write(keep("late"), later=later), 5)


async def test_where_no_turn_can_be_taken_what_is_written_is_written(tmp_path: Path) -> None:
    class Broken(Turns):
        """A turnstile on a file system without locks."""

        def mine(self) -> Any:
            raise OSError(errno.ENOLCK, "no locks available")

    engine = sqlite_hooks(create_engine(f"sqlite:///{tmp_path}/lockless.db", connect_args={"check_same_thread": False}), transactions=False)
    writer = WriterThread(engine, translated, Broken(tmp_path / "lockless.db"))
    await asyncio.wait_for(writer.write(lambda s: run(s, "CREATE TABLE words (word TEXT PRIMARY KEY)"), later=False), 5)
    await asyncio.wait_for(writer.write(keep("kept"), later=False), 5)
    await asyncio.to_thread(writer.close)
    engine.dispose()
    again = SqliteRunner(f"sqlite:///{tmp_path}/lockless.db")
    assert await words(again) == ["kept"]
    await again.close()


async def test_who_gives_up_waiting_does_not_undo_what_is_written(runner: SqliteRunner) -> None:
    free = threading.Event()
    busy = asyncio.create_task(runner.write(lambda _: free.wait(5)))
    waiting = asyncio.create_task(runner.write(keep("given up")))
    await asyncio.sleep(0.05)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    free.set()
    await busy
    await runner.write(keep("after"))
    assert await words(runner) == ["given up", "after"]
