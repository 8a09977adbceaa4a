"""One write transaction and at most sixteen statements a command, counted on the writer's connection."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from bot.calls import Call
from memory.engine import SqliteRunner
from tests.rig import Room

ADA, BEN = "terminal/local/ada", "terminal/local/ben"
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


async def test_a_changing_command_is_one_transaction_of_at_most_sixteen_statements(room: Room) -> None:
    runner = room.house.runner
    assert isinstance(runner, SqliteRunner)
    run: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        run.append(statement)

    room.people[BEN] = "ben"
    await room.says("ada", "/story new Counted")
    lines: tuple[str | Call, ...] = (
        "/pitch A door",
        "/pitch A bell",
        "/vote 1",
        "/vote 2",
        "/round close",
        "/extend The bell rang.",
        "/extend Again.",
        "/undo",
        "/extend Once more.",
        "/notes give 3 Too early. due: 3d",
        "/notes resolve 1",
        "/prompt schedule 18:00 Europe/Berlin daily source: co-writer",
        "/prompt change 1 time: 19:00 source: deck",
        "/prompt skip 1",
        "/prompt pause 1",
        "/prompt resume 1",
        "/undo",
        "/showrunner roles map server-role: 12345678 role: writer",
        Call("message add", {"message": "m1", "author": ADA, "text": "Said in passing."}),
        Call("message pitch", {"message": "m1", "author": ADA, "text": "Said in passing."}),
        Call("message add", {"message": "m2", "author": BEN, "text": "Said by ben."}),
        Call("ask-card yes"),
        "/canon add character: Tobin, who never learned to swim",
        "/prompt add The last house on the tram line",
        "/prompt now source: story blind: yes",
        "/prompt answer Nobody rang.",
        "/prompt answer Nobody rang, and everybody came.",
        "/prompt close",
    )
    for line in lines:
        call = line if isinstance(line, Call) else Call("help")
        if call.command == "ask-card yes":
            asked = await room.house.store.read(room.place, lambda books: books.asks("m2")[0])
            call = call.with_args(ask=asked.id)
        incoming = room.incoming("ben" if call.command == "ask-card yes" else "ada", call)
        event.listen(runner.writer, "before_cursor_execute", note)
        inbox = room.house.inbox
        async for _ in inbox.typed(incoming, line) if isinstance(line, str) else inbox.call(incoming):
            pass
        event.remove(runner.writer, "before_cursor_execute", note)
        await room.house.inbox.settled(room.place)
        changing = [s for s in run if not s.startswith(CONTROL)]
        assert sum(s.startswith("BEGIN") for s in run) == 1, line
        assert 2 < len(changing) <= 16, (line, len(changing), changing)
        run.clear()
