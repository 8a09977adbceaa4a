"""`python -m tests.bench.rounds [--quick]`: full pitch-vote-extend rounds through the dispatcher, beside raw sqlite3.

A file database with FULL durability, 50 rooms, open loop (commands come at their times, whether earlier ones are
done or not): latency at 50 commands/s in all, then the highest rate that is served. Afterwards desk rows equal
changing commands and the ledger verifies. The floor is raw sqlite3 running the very statements of one round.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select

from bot.app import House, RealClock, build, open_database
from bot.calls import Call
from bot.cards import Card, Reply
from bot.chat import Inbox
from bot.context import Incoming
from bot.story.people import Person, Place, Standing
from memory import migrate, operators
from memory import tables as t
from memory.engine import SqliteRunner
from tests.bench.machine import heading, quantile
from tests.rig import settings_for

ROOMS = 50
RATE = 50.0
WRITERS = ("ada", "bo", "cy")
WORDS = [
    "ferry",
    "captain",
    "lamp",
    "harbour",
    "letter",
    "gull",
    "rope",
    "bell",
    "fog",
    "tide",
    "cabin",
    "anchor",
    "mirror",
    "salt",
    "engine",
    "deck",
]


class Nowhere:
    """An adapter that delivers at once."""

    def __init__(self) -> None:
        self.posted = 0

    async def run(self, inbox: Inbox) -> None:
        """Nobody types here."""

    async def post(self, place: Place, card: Card, nonce: str) -> Sequence[str]:
        """Delivered."""
        self.posted += 1
        return (nonce,)

    async def edit(self, place: Place, refs: Sequence[str], card: Card) -> Sequence[str]:
        """Redrawn."""
        return refs

    async def find(self, place: Place, card: Card, nonce: str) -> Sequence[str] | None:
        """Never in doubt."""
        return (nonce,)

    async def remove(self, place: Place, refs: Sequence[str]) -> None:
        """Gone."""


class NoAlarm:
    """Nothing is due in a bench."""

    def wake_at(self, at: Any) -> None:
        """Ignored."""


@dataclass
class Load:
    """Commands on their way, and what became of them."""

    house: House
    dice: random.Random
    source: str
    sent: int = 0
    refused: int = 0
    latencies: list[float] = field(default_factory=list)
    steps: dict[int, int] = field(default_factory=dict)

    def next_line(self, room: int) -> tuple[str, str]:
        """The next line of a room's endless evening: three pitches, three votes, the close, the passage."""
        step = self.steps.get(room, 0)
        self.steps[room] = step + 1
        words = " ".join(self.dice.choice(WORDS) for _ in range(8))
        at = step % 8
        if at < 3:
            return WRITERS[at], f"/pitch {words} {step}"
        if at < 6:
            return WRITERS[at - 3], f"/vote {self.dice.randint(1, 3)}"
        return ("ada", "/round close") if at == 6 else ("bo", f"/extend {words} {words}.")

    async def send(self, room: int, due_at: float) -> None:
        """One command; its latency counts from when it was due."""
        name, line = self.next_line(room)
        await self.line(room, name, line)
        self.latencies.append(time.perf_counter() - due_at)

    async def line(self, room: int, name: str, line: str) -> None:
        """One typed line."""
        self.sent += 1
        place = Place("discord", "bench", str(room))
        incoming = Incoming(
            place,
            Person("discord", "bench", name),
            name,
            Call("help"),
            f"{self.source}:{self.sent}",
            Standing(keeper=name == "ada"),
        )
        async for out in self.house.inbox.typed(incoming, line):
            if isinstance(out, Reply) and out.refused:
                self.refused += 1


@asynccontextmanager
async def a_house(folder: Path, pace: float) -> AsyncIterator[House]:
    """A house on a file, as an adapter would have it."""
    settings = settings_for(f"sqlite:///{folder}/bench.db")
    await open_database(settings, RealClock())
    async with build(settings, Nowhere(), clock=RealClock(), alarms=NoAlarm(), pace_seconds=pace) as house:
        posting = asyncio.create_task(house.poster.run())
        try:
            yield house
        finally:
            posting.cancel()
            await asyncio.gather(posting, return_exceptions=True)


async def all_shown(path: Path) -> None:
    """Wait until what an earlier house left is posted (what it was just posting is left alone), so that it is not counted."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        while db.execute("SELECT count(*) FROM posts WHERE shown_rev < wanted_rev AND state <> 'posting'").fetchone()[0]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def prepare(house: House, rooms: int) -> Load:
    """Open the stories, by the Table's rules so that rounds close by command."""
    load = Load(house, random.Random(37), "prepare")
    for room in range(rooms):
        await load.line(room, "ada", "/showrunner rules preset table")
        await load.line(room, "ada", f"/story new Bench {room}")
    return load


async def open_loop(house: House, load: Load, rate: float, seconds: float, rooms: int) -> Load:
    """Commands at `rate` a second in all, one room after the other, whether earlier ones are done or not."""
    load = Load(house, random.Random(38), f"{load.source}:{rate}:{time.monotonic_ns()}", steps=load.steps)
    async with asyncio.TaskGroup() as group:
        start = time.perf_counter()
        for n in range(int(rate * seconds)):
            due_at = start + n / rate
            if (wait := due_at - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            group.create_task(load.send(n % rooms, due_at))
    return load


async def closed_loop(house: House, load: Load, seconds: float, rooms: int, hands: int) -> tuple[int, float]:
    """As many commands as are served: each hand sends its next when its last is answered."""
    load = Load(house, random.Random(39), f"sat:{time.monotonic_ns()}", steps=load.steps)
    end = time.perf_counter() + seconds
    start = time.perf_counter()

    async def hand(number: int) -> None:
        room = number
        while time.perf_counter() < end:
            await load.send(room % rooms, time.perf_counter())
            room += hands

    await asyncio.gather(*(hand(n) for n in range(hands)))
    return load.sent, time.perf_counter() - start


class Statements:
    """What one evening's commands ran on the writer's connection."""

    def __init__(self, house: House) -> None:
        runner = house.runner
        assert isinstance(runner, SqliteRunner)
        self.run: list[tuple[str, Any, bool]] = []
        self._engine = runner.writer
        event.listen(self._engine, "before_cursor_execute", self._note)

    def _note(
        self, _conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool
    ) -> None:
        self.run.append((statement, parameters, many))

    def stop(self) -> list[tuple[str, Any, bool]]:
        """What was run."""
        event.remove(self._engine, "before_cursor_execute", self._note)
        return self.run


def raw_floor(
    folder: Path, source: Path, statements: list[tuple[str, Any, bool]], commands: int, times: int
) -> float:
    """Commands a second of raw sqlite3 running the same statements, FULL, in the same transactions."""
    rates = []
    for number in range(times):
        path = folder / f"raw{number}.db"
        operators.copy_database(source, path)
        db = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            db.execute("PRAGMA " + pragma)
        start = time.perf_counter()
        for statement, parameters, many in statements:
            if many:
                db.executemany(statement, parameters)
            elif statement.startswith("BEGIN"):
                if db.in_transaction:
                    db.execute("COMMIT")
                db.execute(statement)
            else:
                db.execute(statement, parameters)
        if db.in_transaction:
            db.execute("COMMIT")
        rates.append(commands / (time.perf_counter() - start))
        db.close()
    return sorted(rates)[len(rates) // 2]


async def bench(seconds: float, rooms: int, runs: int) -> dict[str, float]:
    """All figures."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with a_house(folder, pace=1.2) as house:
            load = await prepare(house, rooms)
            changing = load.sent
            quiet = await open_loop(house, load, RATE, seconds, rooms)
            changing += quiet.sent
            figures |= {f"p{q}_ms": quantile(quiet.latencies, q / 100) * 1000 for q in (50, 95, 99)}
            rates = []
            cpu = time.process_time()
            served = 0
            for _ in range(runs):
                sent, took = await closed_loop(house, quiet, seconds, rooms, 16)
                rates.append(sent / took)
                served += sent
            changing += served
            figures |= {
                "saturation_per_s": sorted(rates)[len(rates) // 2], "saturation_min": min(rates), "saturation_max": max(rates),
                "cpu_ms_per_command": (time.process_time() - cpu) * 1000 / served,
            }  # fmt: skip
            figures["refused"] = quiet.refused
        async with a_house(folder, pace=3600) as house:
            counting = Load(house, random.Random(40), "count", steps={})
            house.poster.wake_all(await house.rows.post_places())
            await all_shown(folder / "bench.db")
            await counting.line(0, "ada", "/round close")
            copied = folder / "before.db"
            operators.copy_database(folder / "bench.db", copied)
            noted = Statements(house)
            for _ in range(8 * 4):
                await counting.send(0, 0.0)
            statements = noted.stop()
            changing += counting.sent
        figures["statements_per_command"] = len(statements) / (counting.sent - 1)
        figures["raw_sqlite3_per_s"] = raw_floor(folder, copied, statements, counting.sent - 1, max(3, runs))
        url = f"sqlite:///{folder}/bench.db"
        figures["desk_rows"] = await migrate.on_connection(
            url, lambda c: c.execute(select(func.count()).select_from(t.desk)).scalar_one()
        )
        figures["changing_commands"] = changing
        figures["problems"] = len((await migrate.on_connection(url, operators.check)).problems)
        figures["synchronous"] = await migrate.on_connection(
            url, lambda c: c.exec_driver_sql("PRAGMA synchronous").scalar_one()
        )
    figures["of_raw"] = figures["saturation_per_s"] / figures["raw_sqlite3_per_s"]
    return figures


def main() -> None:
    """Run and print."""
    quick = argparse.ArgumentParser()
    quick.add_argument("--quick", action="store_true", help="a few seconds, to see that it works")
    short = quick.parse_args().quick
    figures = asyncio.run(bench(1.0 if short else 10.0, 10 if short else ROOMS, 1 if short else 5))
    out = [
        heading("rounds through the dispatcher"),
        f"open loop, {RATE:.0f} commands/s over {10 if short else ROOMS} rooms: p50 {figures['p50_ms']:.1f} ms, "
        f"p95 {figures['p95_ms']:.1f} ms, p99 {figures['p99_ms']:.1f} ms (bar: 40 ms)",
        f"saturation: {figures['saturation_per_s']:.0f} commands/s, {figures['saturation_min']:.0f} to "
        f"{figures['saturation_max']:.0f} (bar: 250); CPU {figures['cpu_ms_per_command']:.2f} ms a command, posting included",
        f"statements a command: {figures['statements_per_command']:.1f} (BEGIN and savepoints counted)",
        f"floor: raw sqlite3 running the same statements {figures['raw_sqlite3_per_s']:.0f} commands/s; "
        f"we reach {figures['of_raw']:.0%} of it",
        f"refused in the open loop: {figures['refused']:.0f}",
        f"afterwards: desk rows {figures['desk_rows']:.0f} for {figures['changing_commands']:.0f} changing commands, "
        f"ledger problems {figures['problems']:.0f}, PRAGMA synchronous {figures['synchronous']:.0f}",
    ]
    sys.stdout.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
