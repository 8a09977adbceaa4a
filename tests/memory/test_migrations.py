"""The schema: one head, the stairs up, down and up, equal to the tables; a newer or foreign database is refused."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, select, text

from bot.errors import OperatorError
from memory import migrate, operators
from memory import tables as t
from memory.nouns import Shelf
from memory.tables import metadata
from tests.clock import START
from tests.rig import open_room


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def test_there_is_one_head() -> None:
    assert ScriptDirectory.from_config(migrate.config()).get_heads() == [migrate.head()]


async def test_the_stairs_go_up_down_and_up_and_end_at_the_tables(url: str) -> None:
    await migrate.on_connection(url, migrate.upgrade)
    assert await migrate.on_connection(url, _differences) == []
    await migrate.on_connection(url, migrate.downgrade)
    await migrate.on_connection(url, migrate.upgrade)
    assert await migrate.on_connection(url, _differences) == []


def _a_row_each(connection: Connection) -> None:
    """One row in every table that later steps add columns to, as the first schema has them."""
    lists = {"rules": "{}", "resume_by": "[]", "active_days": "[]", "dealt": "[]", "role": "none"}
    found = MetaData()
    for name in ("rooms", "members", "stories", "facts"):
        table = Table(name, found, autoload_with=connection)
        row: dict[str, object] = {}
        for column in table.c:
            if column.name in lists or not column.nullable:
                kinds = {bool: False, int: 0, datetime: START}
                row[column.name] = lists.get(column.name) or kinds.get(column.type.python_type, "kept")
        connection.execute(table.insert().values(row))


async def test_a_database_of_the_first_schema_keeps_what_is_in_it(url: str) -> None:
    await migrate.on_connection(url, lambda c: command.upgrade(migrate.config(c), "0001"))
    await migrate.on_connection(url, _a_row_each)
    await migrate.on_connection(url, migrate.upgrade)

    def read(connection: Connection) -> list[Any]:
        shelves: tuple[Shelf[Any], ...] = (t.rooms, t.members, t.stories, t.facts)
        return [shelf.value(connection.execute(select(shelf.table)).one()) for shelf in shelves]

    room, member, story, fact = await migrate.on_connection(url, read)
    assert (room.channel, room.role_map) == ("kept", ())
    assert (member.name, member.groups) == ("kept", ())
    assert (member.zone, member.notify, member.evening) == ("", "mention", False)
    assert (story.title, story.notes) == ("kept", 0)
    assert (fact.text, fact.made_from, fact.source_message) == ("kept", (), "")


async def test_a_newer_database_is_refused_with_a_sentence(url: str) -> None:
    await migrate.on_connection(url, migrate.upgrade)
    await migrate.on_connection(
        url, lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    )
    with pytest.raises(OperatorError, match="newer Room 37"):
        await operators.open_house(url, None, START)


async def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE theirs (x)")
    with pytest.raises(OperatorError, match="not a Room 37 database"):
        await operators.open_house(f"sqlite:///{path}", path, START)
    path.write_bytes(b"this is no database at all, but a letter" * 200)
    with pytest.raises(OperatorError, match="not a Room 37 database"):
        await operators.open_house(f"sqlite:///{path}", path, START)


async def test_an_older_database_is_backed_up_before_it_is_migrated(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    url = f"sqlite:///{path}"
    await migrate.on_connection(url, migrate.upgrade)
    assert await operators.open_house(url, path, START) is None
    with closing(sqlite3.connect(path)) as old, old:
        old.execute("INSERT INTO chains VALUES ('c', 'r', 0, 'h')")
    copy = path.with_name("copy.db")
    assert operators.copy_database(path, copy) == 0
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("SELECT count(*) FROM chains").fetchone() == (1,)
    with pytest.raises(OperatorError, match="left alone"):
        operators.copy_database(path, copy)


def test_of_two_processes_that_open_an_older_house_one_backs_it_up(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    asyncio.run(migrate.on_connection(f"sqlite:///{path}", lambda c: command.upgrade(migrate.config(c), "0005")))
    opening = [sys.executable, "-m", "bot", "db", "upgrade", "--db", str(path)]
    both = [subprocess.Popen(opening, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [one.communicate()[0] for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert sum("A backup was made first" in text for text in told) == 1
    assert len(list(tmp_path.glob("old.db.before-*"))) == 1


async def test_a_restore_applies_the_erasures_that_stand(tmp_path: Path) -> None:
    path, url = tmp_path / "house.db", f"sqlite:///{tmp_path}/house.db"
    await operators.open_house(url, path, START)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "INSERT INTO drafts (id, room_id, person, kind, text, reason, state, at, call) VALUES ('D1','R','p','said','a heart','','kept','2026-01-01','')"
        )
        db.execute(
            "INSERT INTO drafts (id, room_id, person, kind, text, reason, state, at, call) VALUES ('D2','R','p','said','stays','','kept','2026-01-01','')"
        )
    operators.copy_database(path, tmp_path / "backup.db")
    operators.erased_file(path).write_text("# erased on request\nD1\n", "utf-8")
    kept = operators.put_back(tmp_path / "backup.db", path, START)
    assert kept is not None
    assert kept.exists()
    ids = operators.standing_erasures(path)
    assert ids == ("D1",)
    await migrate.on_connection(url, lambda c: operators.apply_erasures(c, ids))
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT id, text FROM drafts ORDER BY id").fetchall() == [
            ("D1", ""),
            ("D2", "stays"),
        ]


async def test_going_back_a_step_shows_what_was_hidden_and_loses_no_word(url: str) -> None:
    async with open_room(url) as room:
        await room.says("ada", "/story new Steps")
        await room.says("ben", "/extend Nobody is to lose this line.")
        await room.says("ben", "/pitch Nor this idea")
        await room.says("ada", "/showrunner moderate hide 1")
        await room.says("ada", "/showrunner moderate hide idea: 1")

    def back(connection: Connection) -> tuple[object, ...]:
        command.downgrade(migrate.config(connection), "0001")
        passage = connection.execute(text("SELECT opening FROM passages")).scalar_one()
        version = connection.execute(text("SELECT text FROM passage_versions")).scalar_one()
        idea = connection.execute(text("SELECT text, status FROM pitches")).one()
        command.upgrade(migrate.config(connection), "head")
        return passage, version, *idea

    line = "Nobody is to lose this line."
    assert await migrate.on_connection(url, back) == (line, line, "Nor this idea", "standing")
    async with open_room(url) as room:
        assert line in await room.says("ada", "/read")
