"""`room37 try`: a room in this terminal, or a transcript that is played."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from bot.app.house import ALONE, TABLE, RealClock, build, first, open_database, settings_of, told
from bot.errors import OperatorError
from bot.options import TryOptions
from bot.ports import Writer
from bot.settings import Settings
from bot.story.people import Place


def try_room(options: TryOptions) -> int:
    """Open a room in this terminal, or play a transcript."""
    settings = settings_of(options.config, options.db)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    writer: Writer | None = None
    if options.demo_writer:
        from adapters.recording import Recording  # noqa: PLC0415

        writer = Recording.shipped()
    room = _play(options, settings, writer) if options.transcript is not None else _talk(settings, writer)
    try:
        return asyncio.run(room)
    except* OperatorError as errors:
        raise OperatorError(str(first(errors))) from None


def _here(place: Place) -> bool:
    """Whether a public card is for this terminal: in the same file there may be rooms that others serve."""
    return place.platform == TABLE.platform


async def _play(options: TryOptions, settings: Settings, writer: Writer | None) -> int:
    from adapters.alarms import NoAlarms  # noqa: PLC0415
    from adapters.transcript import Page, Player, TranscriptClock, read_lines  # noqa: PLC0415

    lines: Iterable[str] = (
        read_lines(sys.stdin.buffer) if options.transcript == "-" else _transcript(options, read_lines)
    )
    clock = TranscriptClock(options.clock or datetime.now(UTC))
    await open_database(settings, clock)
    page = Page(sys.stdout)
    seed = str(options.seed or 0)
    async with build(
        settings, page, clock=clock, alarms=NoAlarms(), writer=writer, seed=seed, lease=ALONE, serves=_here
    ) as house:

        async def sweep() -> None:
            await house.inbox.sweep()
            await house.orders.write_all()

        player = Player(
            house.inbox, TABLE, clock=clock, sweep=sweep, page=page, lines=lines, seed=seed, resume=options.resume,
        )  # fmt: skip
        return await player.play()


def _transcript(options: TryOptions, read: Callable[[BinaryIO], Iterator[str]]) -> list[str]:
    path = Path(str(options.transcript))
    try:
        with path.open("rb") as file:
            return list(read(file))
    except OSError as error:
        raise OperatorError(told("doctor.no_transcript", path=path, why=error.strerror or "?")) from None


async def _talk(settings: Settings, writer: Writer | None) -> int:
    from adapters.alarms import WakingAlarms  # noqa: PLC0415
    from adapters.console import Console  # noqa: PLC0415

    clock = RealClock()
    saved = await open_database(settings, clock)
    if saved is not None:
        sys.stdout.write(told("memory.backup_made", path=saved) + "\n")
    alarms = WakingAlarms()
    console = Console(TABLE, database=settings.database.shown, path=settings.database.path)
    async with build(settings, console, clock=clock, alarms=alarms, writer=writer, lease=ALONE, serves=_here) as house:

        async def sweep() -> None:
            await house.tick(clock)
            await house.poster.settle(TABLE)

        alarms.start(sweep)
        try:
            async with asyncio.TaskGroup() as group:
                ordered = group.create_task(house.orders.run())
                await house.poster.settle(TABLE)
                await sweep()
                await console.run(house.inbox)
                ordered.cancel()
        finally:
            alarms.stop()
    return 0
