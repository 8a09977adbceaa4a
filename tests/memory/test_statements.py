"""One write transaction and at most sixteen statements a command, counted on the writer's connection."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from memory.engine import SqliteRunner
from tests.rig import Room

CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")


async def test_a_changing_command_is_one_transaction_of_at_most_sixteen_statements(room: Room) -> None:
    runner = room.house.runner
    assert isinstance(runner, SqliteRunner)
    run: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        run.append(statement)

    await room.says("ada", "/story new Counted")
    for line in (
        "/pitch A door",
        "/pitch A bell",
        "/vote 1",
        "/vote 2",
        "/round close",
        "/extend The bell rang.",
        "/extend Again.",
        "/undo",
    ):
        incoming = room.incoming("ada")
        event.listen(runner.writer, "before_cursor_execute", note)
        async for _ in room.house.inbox.typed(incoming, line):
            pass
        event.remove(runner.writer, "before_cursor_execute", note)
        await room.house.inbox.settled(room.place)
        changing = [s for s in run if not s.startswith(CONTROL)]
        assert sum(s.startswith("BEGIN") for s in run) == 1, line
        assert 2 < len(changing) <= 16, (line, len(changing), changing)
        run.clear()
