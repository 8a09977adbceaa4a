"""What operators do with a whole house: export, back up, restore, list, move, forget, upgrade and check it."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.app.house import RealClock, open_database, settings_of, told
from bot.errors import OperatorError
from bot.options import ExportFormat
from bot.sentences import say
from bot.settings import Settings
from bot.story.people import Place
from memory import migrate, operators
from memory.engine import make_runner
from memory.store import RoomStore


def export(*, config: Path | None, db: str | None, story: str, form: ExportFormat, out: Path | None) -> int:
    """Write one story to a file, or to standard output for None."""
    settings = settings_of(config, db)
    text = asyncio.run(_exported(settings, story, form))
    if out is None:
        sys.stdout.write(text)
    else:
        try:
            out.write_text(text, "utf-8")
        except OSError as error:
            raise OperatorError(told("memory.copy_failed", path=out, why=error.strerror or "?")) from None
    return 0


async def _exported(settings: Settings, story: str, form: ExportFormat) -> str:
    from bot.faces.exporting import export_text  # noqa: PLC0415
    from memory.finding import find_story  # noqa: PLC0415

    _existing(settings)
    await open_database(settings, RealClock())
    runner = make_runner(settings.database.url)
    try:
        place, found = await runner.read(lambda connection: find_story(connection, story))
        store = RoomStore(runner, RealClock())
        return await store.read(place, lambda books: export_text(books, found, form))
    finally:
        await runner.close()


def _existing(settings: Settings) -> Path:
    """The database file. Raises OperatorError when there is none, or when it is a server."""
    path = settings.database.path
    if path is None:
        raise OperatorError(told("memory.use_server_tools"))
    if not path.exists():
        raise OperatorError(told("memory.no_database", path=path))
    return path


def backup(*, config: Path | None, db: str | None, file: Path) -> int:
    """Copy the database to a new file, open the copy and count what is in it."""
    path = _existing(settings_of(config, db))
    counted = operators.copy_database(path, file)
    print(told("memory.backed_up", path=file, n=counted))  # noqa: T201  # the command's answer
    return 0


def restore(*, config: Path | None, db: str | None, file: Path) -> int:
    """Put a backup in the database's place and apply the erasures that stand."""
    settings = settings_of(config, db)
    path = settings.database.path
    if path is None:
        raise OperatorError(told("memory.use_server_tools"))
    kept = operators.put_back(file, path, datetime.now(UTC))
    asyncio.run(open_database(settings, RealClock()))
    ids = operators.standing_erasures(path)
    asyncio.run(migrate.on_connection(settings.database.url, lambda c: operators.apply_erasures(c, ids)))
    print(told("memory.restored", path=path, n=len(ids)))  # noqa: T201
    if kept is not None:
        print(told("memory.kept_aside", path=kept))  # noqa: T201
    return 0


def rooms(*, config: Path | None, db: str | None) -> int:
    """List the rooms: ids, places and sizes, no text."""
    settings = settings_of(config, db)
    asyncio.run(open_database(settings, RealClock()))
    for line in asyncio.run(migrate.on_connection(settings.database.url, operators.list_rooms)):
        where = "/".join(
            part
            for part in (line.place.platform, line.place.space, line.place.channel, line.place.thread)
            if part
        )
        print(f"{line.id}  {where}  stories {line.stories}, passages {line.passages}")  # noqa: T201
    return 0


def move(*, config: Path | None, db: str | None, room: str, to: Place) -> int:
    """Give a room another place."""
    settings = settings_of(config, db)
    asyncio.run(open_database(settings, RealClock()))
    asyncio.run(migrate.on_connection(settings.database.url, lambda c: operators.move_room(c, room, to)))
    print(told("memory.moved", room=room))  # noqa: T201
    return 0


def forget(*, config: Path | None, db: str | None, person: str) -> int:
    """Take one person's words and name out of every room."""
    settings = settings_of(config, db)
    path = settings.database.path
    if path is not None:
        _existing(settings)
    asyncio.run(open_database(settings, RealClock()))
    found = asyncio.run(
        migrate.on_connection(settings.database.url, lambda c: operators.forget(c, person, datetime.now(UTC)))
    )
    if not found.rooms:
        raise OperatorError(str(say("memory.forgot_nobody")))
    if path is not None:
        operators.remember(path, found.ids)
    print(say("memory.forgot", things=len(found.ids), rooms=found.rooms))  # noqa: T201
    print(say("memory.forgot_backups"))  # noqa: T201
    return 0


def db_upgrade(*, config: Path | None, db: str | None) -> int:
    """Bring the database to this version, after a backup."""
    settings = settings_of(config, db)
    saved = asyncio.run(open_database(settings, RealClock()))
    if saved is not None:
        print(told("memory.backup_made", path=saved))  # noqa: T201
    print(told("memory.upgraded", schema=migrate.head()))  # noqa: T201
    return 0


def db_check(*, config: Path | None, db: str | None) -> int:
    """Say whether the database is whole and of this version."""
    settings = settings_of(config, db)
    if settings.database.path is not None:
        _existing(settings)
    _, older = asyncio.run(migrate.on_connection(settings.database.url, migrate.needs_upgrade))
    if older:
        raise OperatorError(told("memory.older"))
    found = asyncio.run(migrate.on_connection(settings.database.url, operators.check))
    sizes = {"rooms": found.rooms, "passages": found.passages, "acts": found.acts}
    print(told("memory.checked", schema=found.schema, **sizes))  # noqa: T201
    for problem in found.problems:
        print(f"- {problem}")  # noqa: T201
    return 1 if found.problems else 0
