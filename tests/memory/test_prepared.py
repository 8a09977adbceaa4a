"""Statements handed to SQLite's driver as they are: the same rows, errors and plans as the long way round."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, bindparam, create_engine, event, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

from bot.errors import StorageFull
from memory import statements
from memory import tables as t
from memory.engine import sqlite_hooks, translated
from memory.nouns import UTCDateTime
from memory.prepared import Prepared

NOW = datetime(2026, 11, 25, 19, 31, 44, 120_000, UTC)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = sqlite_hooks(create_engine(f"sqlite:///{tmp_path_factory.mktemp('prepared')}/house.db"))
    t.metadata.create_all(made)
    yield made
    made.dispose()


def post(**other: Any) -> dict[str, Any]:
    row = {
        "id": "p1", "room_id": "r1", "kind": "ballot", "subject": "s1", "wanted_rev": 2, "shown_rev": 1, "refs": "[]",
        "nonce": "n", "state": "wanted", "lease_until": None, "made_at": NOW, "shown_at": None, "content_hash": "",
        "owner": "",
    }  # fmt: skip
    return row | other


ZONES = st.sampled_from([UTC, timezone(timedelta(hours=-9))])
INSTANTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES) | st.none()  # noqa: DTZ001  # their bounds


@given(at=INSTANTS)
def test_an_instant_is_the_text_that_sqlalchemy_writes_and_comes_back(at: datetime | None) -> None:
    dialect = sqlite.dialect()
    kind = UTCDateTime().dialect_impl(dialect)
    write, read = kind.bind_processor(dialect), kind.result_processor(dialect, None)
    theirs = sqlite.DATETIME().bind_processor(dialect)  # type: ignore[no-untyped-call]
    assert write is not None
    assert read is not None
    assert theirs is not None
    assert write(at) == theirs(at and at.astimezone(UTC))
    assert read(write(at)) == at
    with pytest.raises(ValueError, match="time zone"):
        write(datetime(2026, 1, 1))  # noqa: DTZ001  # that is what is refused


@settings(max_examples=50)
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=3, max_size=3), at=INSTANTS)
def test_rows_come_back_as_the_long_way_brings_them(
    engine: Engine, texts: list[str], at: datetime | None
) -> None:
    subject, refs, nonce = texts
    with engine.begin() as connection:
        row = post(subject=subject, refs=refs, nonce=nonce, lease_until=at)
        Prepared(t.posts.insert()).run_all(connection, [row, row | {"id": "p2", "kind": "scene"}])
        asked = {"of_room": "r1", "most": 10}
        short = statements.posts_wanted().rows(connection, asked)
        long = connection.execute(statements.posts_wanted().element, asked).all()
        assert [*short] == [tuple(one) for one in long]
        assert len(short) == 2
        assert short[0][t.posts.c.keys().index("lease_until")] == at
        connection.rollback()


def test_it_says_how_many_rows_it_touched(engine: Engine) -> None:
    with engine.begin() as connection:
        swap = {"of_room": "r1", "was": 1, "now": 2}
        assert statements.next_revision().run(connection, swap) == 0
        due = {
            "id": "d1", "room_id": "r1", "kind": "close", "subject": "s", "rule": "", "zone": "UTC", "at_utc": NOW,
            "generation": 1, "done_at": None,
        }  # fmt: skip
        for generation in (1, 2):  # what a statement holds fixed is bound beside what is given
            statements.dues("sqlite").run_all(connection, [due])
            assert connection.execute(select(t.dues.c.generation)).scalar_one() == generation
        gone = {"of_room": "r1", "of_kind": "close", "of_subject": "s", "at": NOW}
        assert statements.due_cancelled().run(connection, gone) == 1
        assert statements.due_cancelled().run(connection, gone) == 0


def test_a_missing_parameter_is_an_error_and_not_a_null(engine: Engine) -> None:
    with engine.begin() as connection, pytest.raises(KeyError, match="now"):
        statements.next_revision().run(connection, {"of_room": "r1", "was": 1})


def test_what_fails_is_named_as_sqlalchemy_names_it_and_without_its_words(engine: Engine) -> None:
    secret = post(id="p9", subject="what nobody may read", refs=None)
    with pytest.raises(DBAPIError) as short, engine.begin() as connection:
        Prepared(t.posts.insert()).run(connection, secret)
    assert type(short.value).__name__ == "IntegrityError"
    assert "what nobody may read" not in str(short.value)
    assert not isinstance(translated(short.value), StorageFull)


def test_a_list_of_unknown_length_is_refused(engine: Engine) -> None:
    query = Prepared(select(t.posts.c.id).where(t.posts.c.id.in_(bindparam("ids", expanding=True))))
    with engine.begin() as connection, pytest.raises(ValueError, match="length"):
        query.rows(connection, {"ids": ["a", "b"]})


def test_who_listens_hears_every_statement(engine: Engine) -> None:
    heard: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        heard.append(statement)

    def swap(connection: Connection) -> int:
        return statements.next_revision().run(connection, {"of_room": "r1", "was": 1, "now": 2})

    event.listen(engine, "before_cursor_execute", note)
    with engine.begin() as connection:
        assert swap(connection) == 0
    event.remove(engine, "before_cursor_execute", note)
    assert [sql for sql in heard if sql.startswith("UPDATE rooms")]
    heard.clear()
    with engine.begin() as connection:
        assert swap(connection) == 0
    assert heard == []


def test_cards_that_are_owed_are_found_by_their_index(tmp_path: Path) -> None:
    made = create_engine(f"sqlite:///{tmp_path}/plan.db")
    t.metadata.create_all(made)
    with made.begin() as connection:
        anywhere = str(select(t.posts.c.room_id).where(statements.OWED).compile(made))
        in_a_room = str(statements.posts_wanted().element.compile(made))
        for sql, values in ((anywhere, ()), (in_a_room, ("r1", 5, 0))):
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
            assert any("ix_posts_owed" in row[3] for row in plan), plan
    made.dispose()
