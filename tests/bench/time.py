"""`python -m tests.bench.time [--quick] [--oracle]`: 100,000 schedules, and 5,000 prompts that come due in one minute.

The start: `room37 run` as a process of its own over a file database with schedules in 40 zones, until it serves; its
memory beside that of a process that has imported the same. The rush: prompts due at one full minute in many channels of
a loopback Discord with its real limits (50 requests a second), while people go on giving commands. The zones: the same
schedules reckoned by an older list of rules, mended behind the start. `--oracle` compares the wall-clock rule with a
brute force written another way, in every zone of the list for the years 2024 to 2030.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time as clocks
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bot.story import zones
from bot.story.moments import Ids
from bot.story.people import Place
from bot.story.rooms import Room
from bot.story.schedules import Schedule
from bot.story.wall_clock import Days, coming
from memory import migrate, operators
from memory import tables as t
from tests import oracle
from tests.bench.machine import heading, quantile
from tests.bench.processes import Running, running
from tests.servers.discord import TOKEN, DiscordServer
from tests.servers.discord.things import Channel

ZONES = 40
START_BAR_S, MEMORY_BAR_MB = 5.0, 60.0
RUSH_BAR_S, ACK_BAR_MS = 130.0, 500.0
EACH = 5
"""Prompts due in each channel."""
COMMANDS_A_SECOND = 4.0
A_GUILD = 250
"""Channels of one guild."""
_CONFIG = """\
[database]
url = "sqlite:///bench.db"
[writer]
provider = "deck"
[room.preset]
discord = "table"
[discord]
api = "{api}"
gateway = "{gateway}"
"""
_IMPORTS = """\
import adapters.alarms, adapters.discord.client, aiosqlite, bot.app, gc, sqlalchemy.dialects.sqlite.aiosqlite
import alembic.command
gc.collect()
print(int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6)
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is run."""

    schedules: int
    channels: int


@dataclass
class Figures:
    """Everything that is printed."""

    start_s: float = 0.0
    start_cpu_s: float = 0.0
    floor_s: float = 0.0
    floor_cpu_s: float = 0.0
    """The same start over an empty database."""
    memory_mb: float = 0.0
    imports_mb: float = 0.0
    stale_start_s: float = 0.0
    reckoned_s: float = 0.0
    rush_s: float = 0.0
    asked: int = 0
    posted: int = 0
    doubled: int = 0
    acked_ms: list[float] = field(default_factory=list)
    unanswered: int = 0
    complaints: list[str] = field(default_factory=list)
    cpu_ms: float = 0.0
    compared: int = 0
    differences: list[str] = field(default_factory=list)


# ---- the house


def _rooms(places: Sequence[Place], now: datetime, ids: Ids) -> list[Room]:
    return [
        Room(ids.new(now), p.platform, p.space, p.channel, p.thread, now, revision=1, preset="table", schedules=EACH)
        for p in places
    ]


def _schedules(rooms: Sequence[Room], each: int, now: datetime, ids: Ids, due: datetime | None) -> Iterator[Schedule]:
    """So many schedules a room, in forty zones; due at one minute, or some time in the next two days after it."""
    many = zones.zones_in_order()[:ZONES]
    for n, room in enumerate(rooms):
        for k in range(each):
            name = many[(n * each + k) % ZONES]
            at = due or now + timedelta(minutes=60 + (n * 37 + k * 101) % 2820)
            local = at.astimezone(zones.zone(name))
            days = Days() if due is not None else (Days(), Days((0, 1, 2, 3, 4)), Days((), 3, now.date()))[k % 3]
            day, instant = coming(days, local.time(), name, at - timedelta(minutes=1))
            yield Schedule(
                ids.new(now), room.id, k + 1, f"{local:%H:%M}", name, "discord/1/1", now, day.isoformat(), instant, now,
                zones.version(), days.weekdays, days.every, days.anchor.isoformat(),
            )  # fmt: skip


def _due(schedule: Schedule, ids: Ids) -> dict[str, Any]:
    return {
        "id": ids.new(schedule.made_at), "room_id": schedule.room_id, "kind": "prompt", "subject": schedule.id, "rule": "",
        "zone": schedule.zone, "at_utc": schedule.next_at, "generation": 1,
    }  # fmt: skip


def _kept(connection: Connection, rooms: Sequence[Room], made: Sequence[Schedule], ids: Ids) -> None:
    connection.execute(t.rooms.table.insert(), [t.rooms.row(room) for room in rooms])
    connection.execute(t.schedules.table.insert(), [t.schedules.row(schedule) for schedule in made])
    connection.execute(t.dues.insert(), [_due(schedule, ids) for schedule in made])


def fill(connection: Connection, total: int) -> None:
    """So many schedules in rooms that nobody visits."""
    now, ids = datetime.now(UTC), Ids("bench")
    rooms = _rooms([Place("discord", "1", str(n)) for n in range(1, 1 + total // 10)], now, ids)
    _kept(connection, rooms, list(_schedules(rooms, 10, now, ids, None)), ids)


def fill_due(connection: Connection, places: Sequence[Place], due: datetime) -> None:
    """EACH schedules in every place, due then."""
    now, ids = datetime.now(UTC), Ids("due")
    rooms = _rooms(places, now, ids)
    _kept(connection, rooms, list(_schedules(rooms, EACH, now, ids, due)), ids)


async def _prepared(folder: Path, total: int) -> Path:
    folder.mkdir()  # noqa: ASYNC240  # nothing else runs yet
    path = folder / "bench.db"
    await operators.open_house(f"sqlite:///{path}", path, datetime.now(UTC))
    if total:
        await migrate.on_connection(f"sqlite:///{path}", lambda c: fill(c, total))
    return path


async def _serving(server: DiscordServer, bot: Running, began: float) -> float:
    """Seconds until a bot is there and its commands are."""
    try:
        await server.connected(60)
        known = server.service.world.commands
        await server.until(lambda: any(one["name"] == "prompt" for one in known.values()), 60)
    except TimeoutError:
        raise AssertionError(bot.stderr.read_text()) from None
    return clocks.monotonic() - began


def _asks(path: Path, query: str) -> Any:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return db.execute(query).fetchone()[0]


# ---- what is measured


async def start(folder: Path, total: int, found: Figures) -> None:
    """How long a start takes over so many schedules, and what it holds in memory; over an empty house for comparison."""
    for name, many in (("empty", 0), ("full", total)):
        path = await _prepared(folder / name, many)
        async with DiscordServer(keep_record=False) as server:
            _configure(path.parent, server)
            began = clocks.monotonic()
            async with running("bot", ("run", "--config", "bot.toml"), {"DISCORD_TOKEN": TOKEN}, path.parent) as bot:
                took, cpu = await _serving(server, bot, began), bot.cpu_ms / 1000
                await asyncio.sleep(1.0)
                if many:
                    found.start_s, found.start_cpu_s, found.memory_mb = took, cpu, bot.memory_mb
                else:
                    found.floor_s, found.floor_cpu_s = took, cpu
    asked = await asyncio.create_subprocess_exec(sys.executable, "-c", _IMPORTS, stdout=asyncio.subprocess.PIPE)
    out, _ = await asked.communicate()
    found.imports_mb = float(out)


async def other_rules(folder: Path, total: int, found: Figures) -> None:
    """The same start after the zones' rules changed: everything is reckoned anew, behind the start."""
    path = await _prepared(folder / "stale", total)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE schedules SET reckoned_with = '1999a'")
    stale = "SELECT count(*) FROM schedules WHERE reckoned_with = '1999a'"
    async with DiscordServer(keep_record=False) as server:
        _configure(path.parent, server)
        began = clocks.monotonic()
        async with running("bot", ("run", "--config", "bot.toml"), {"DISCORD_TOKEN": TOKEN}, path.parent) as bot:
            found.stale_start_s = await _serving(server, bot, began)
            while _asks(path, stale) and clocks.monotonic() - began < 600:  # noqa: ASYNC110  # rows give no notice
                await asyncio.sleep(0.2)
            found.reckoned_s = clocks.monotonic() - began


async def rush(folder: Path, size: Size, found: Figures) -> None:
    """Prompts due at one minute in all channels, while people give commands."""
    async with DiscordServer(limits="real", keep_record=False) as server:
        guilds = [server.guild(f"house-{n // A_GUILD}") for n in range(size.channels)]
        channels = [server.channel(f"room-{n}", guild=guild) for n, guild in enumerate(guilds)]
        for guild in dict.fromkeys(guilds):
            server.person("ada", guild=guild)
        places = [Place("discord", str(g.id), str(c.id)) for g, c in zip(guilds, channels, strict=True)]
        path = await _prepared(folder / "rush", size.schedules - EACH * size.channels)
        ahead = timedelta(seconds=85 if size.channels < 100 else 120)  # of it a start, and a minute for want of a full one
        due = (datetime.now(UTC) + ahead).replace(second=0, microsecond=0)
        await migrate.on_connection(f"sqlite:///{path}", lambda c: fill_due(c, places, due))
        _configure(path.parent, server)
        async with running("bot", ("run", "--config", "bot.toml"), {"DISCORD_TOKEN": TOKEN}, path.parent) as bot:
            await _serving(server, bot, clocks.monotonic())
            await asyncio.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds() - 2))
            before = bot.cpu_ms
            wanted = EACH * size.channels
            while (left := (datetime.now(UTC) - due).total_seconds()) < 300 and _messages(server, channels) < wanted:
                await _commands(server, channels[int(left * 10) % len(channels)], found)
            found.rush_s = (datetime.now(UTC) - due).total_seconds()
            found.cpu_ms = (bot.cpu_ms - before) / wanted
            await asyncio.sleep(3.0)
            found.posted = _messages(server, channels)
            found.complaints = bot.complaints
        found.asked = _asks(path, "SELECT count(*) FROM prompts WHERE status <> 'missed'")
        days = "SELECT count(*) FROM (SELECT 1 FROM prompts GROUP BY schedule_id, day HAVING count(*) > 1)"
        found.doubled = _asks(path, days) + max(0, found.posted - wanted)


def _messages(server: DiscordServer, channels: Sequence[Channel]) -> int:
    return sum(m.author is server.bot and not m.deleted for c in channels for m in c.public())


async def _commands(server: DiscordServer, channel: Channel, found: Figures) -> None:
    """A second of people's commands."""
    ada = server.person("ada")

    async def one() -> None:
        try:
            answer = await ada.command(channel, "prompt list")
        except TimeoutError:
            found.unanswered += 1
            return
        if answer.failed:
            found.unanswered += 1
        else:
            found.acked_ms.append(answer.acked_after)

    async with asyncio.TaskGroup() as group:
        for _ in range(int(COMMANDS_A_SECOND)):
            group.create_task(one())
            await asyncio.sleep(1 / COMMANDS_A_SECOND)


def _configure(folder: Path, server: DiscordServer) -> None:
    (folder / "bot.toml").write_text(_CONFIG.format(api=server.api, gateway=server.gateway_url), "utf-8")


def compare(found: Figures, names: Sequence[str], most: int | None) -> None:
    """The wall-clock rule beside the brute force."""
    for name in names:
        compared, wrong = oracle.differences(name, most)
        found.compared += compared
        found.differences += wrong


# ---- the run


async def bench(size: Size) -> Figures:
    """All figures but the oracle's."""
    found = Figures()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        await start(folder, size.schedules, found)
        await other_rules(folder, size.schedules, found)
        await rush(folder, size, found)
    return found


def report(found: Figures, size: Size) -> list[str]:
    """The figures as lines."""
    lines = []
    if found.start_s:
        beyond = found.memory_mb - found.imports_mb
        p50, p95 = quantile(found.acked_ms, 0.5), quantile(found.acked_ms, 0.95)
        lines += [
            f"start with {size.schedules} schedules in {ZONES} zones: {found.start_s:.1f} s until it serves, "
            f"{found.start_cpu_s:.1f} s of CPU (bar: {START_BAR_S:.0f}); with none {found.floor_s:.1f} s, {found.floor_cpu_s:.1f} s of CPU",
            f"memory: {found.memory_mb:.0f} MB, bare imports {found.imports_mb:.0f} MB, {beyond:.0f} MB above them (bar: "
            f"{MEMORY_BAR_MB:.0f})",
            f"after new rules of the zones: serving after {found.stale_start_s:.1f} s, all {size.schedules} reckoned anew after "
            f"{found.reckoned_s:.1f} s",
            f"{EACH * size.channels} prompts due at one moment in {size.channels} channels: the last accepted after "
            f"{found.rush_s:.1f} s (bar: {RUSH_BAR_S:.0f}; Discord's limit alone takes {EACH * size.channels / 50:.0f}), "
            f"{found.cpu_ms:.1f} ms of CPU each",
            f"asked {found.asked}, posted {found.posted}, twice {found.doubled}",
            f"meanwhile {len(found.acked_ms)} commands: to acknowledgement p50 {p50:.0f} ms, p95 {p95:.0f} ms, slowest "
            f"{max(found.acked_ms):.0f} ms (bar: {ACK_BAR_MS:.0f}), unanswered {found.unanswered}",
            f"complaints in the bot's log: {len(found.complaints)}",
            *(f"  {line}" for line in dict.fromkeys(found.complaints[:8])),
        ]
    lines.append(
        f"wall clock beside the brute force: {found.compared} (zone, rule, day) cases, {len(found.differences)} differences"
    )
    return [*lines, *found.differences[:10]]


def main() -> None:
    """Run and print."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench.time")
    asked.add_argument("--quick", action="store_true", help="about a minute, to see that it works")
    asked.add_argument("--oracle", action="store_true", help="only the comparison with the brute force, every zone")
    given = asked.parse_args()
    size = Size(500, 10) if given.quick else Size(100_000, 1_000)
    found = Figures() if given.oracle else asyncio.run(bench(size))
    every = oracle.every_zone()
    compare(found, every[::60] if given.quick else every, 400 if given.quick else None)
    sys.stdout.write("\n".join([heading("schedules of prompts"), *report(found, size)]) + "\n")


if __name__ == "__main__":
    main()
