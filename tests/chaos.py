"""`python -m tests.chaos --kills N [--quick]`: kill -9 processes at random instants while hundreds of prompts come due.

Four `room37 run` share a PostgreSQL database, then two share a SQLite file; all serve one loopback Discord, which knows no
ids of ours, forgets every nonce at once (Discord itself: after some minutes), takes its time with each message, and
shows a hundred messages a page. At the end each card stands before its people exactly once, and none is missing.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.app import open_database
from bot.story import scheduling, storytelling
from bot.story.books import Books
from bot.story.house_rules import seen
from bot.story.moments import Ids, Moment, Outcome
from bot.story.people import Person, Place, Standing
from bot.story.prompts import Wish
from bot.story.wall_clock import Days
from memory import migrate, operators
from memory.engine import make_runner
from memory.processes import DEAD_AFTER
from memory.store import RoomStore
from tests.clock import HandClock
from tests.fleet import Fleet, discord_fleet, guild_on
from tests.rig import settings_for
from tests.servers import postgres
from tests.servers.discord import DiscordServer
from tests.servers.discord.things import Channel

DELAY = 0.25
"""Seconds that a message takes to reach Discord, so that many kills fall into that time."""
KILL_SECONDS = 3.5
"""Seconds for each kill, about: a process needs one or two to start."""
GUILDS = 8


@dataclass
class Report:
    """How it went."""

    kills: int = 0
    amid_post: int = 0
    """Kills at which the process that died was posting a card."""
    prompts: int = 0
    cards: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


async def ripen(url: str, channels: list[Channel], begins: datetime, span: float) -> None:
    """A story in each channel, with a daily prompt; the first ones come spread over so many seconds from `begins`."""
    clock = HandClock(begins - timedelta(hours=1))
    await open_database(settings_for(url), clock)
    runner = make_runner(url)
    store = RoomStore(runner, clock)
    keeper = Person("discord", "all", "37")
    try:
        for n, channel in enumerate(channels):
            first = begins + timedelta(seconds=span * n / len(channels))
            await store.write(_place(channel), partial(_scheduled, keeper, clock.now(), first))
    finally:
        await runner.close()


def _scheduled(keeper: Person, now: datetime, first: datetime, books: Books) -> None:
    """A room whose keeper begins a story and wants a prompt each day at this time."""
    moment = Moment(now, Ids(None), keeper, "ada", Standing(keeper=True))
    rows = seen(books.snapshot(), moment, acted=True)
    story = storytelling.new_story(books.snapshot().with_rows(rows), "The Last Ferry", moment)
    books.keep(Outcome(None, rows).then(story), moment)
    at = first.timetz().replace(tzinfo=None, microsecond=0)
    books.keep(scheduling.set_up(books.snapshot(), 0, Days(), at, "UTC", Wish(), moment), moment)


def _place(channel: Channel) -> Place:
    assert channel.guild is not None
    return Place("discord", str(channel.guild.id), str(channel.id))


async def chaos(fleet: Fleet, server: DiscordServer, processes: int, kills: int, prompts: int, dice: random.Random) -> Report:
    """Kill and start again while all comes due; then wait, and look at what people see."""
    report = Report(prompts=prompts)
    guilds = [guild_on(server, n % processes, processes) for n in range(GUILDS)]
    channels = [server.channel(f"room-{n}", guild=guilds[n % GUILDS]) for n in range(prompts)]
    span = kills * KILL_SECONDS
    await ripen(fleet.url, channels, datetime.now(UTC) + timedelta(seconds=6 + 4 * processes), span)
    server.faults.add("POST /channels/*/messages", times=1_000_000, delay=DELAY)
    began = time.perf_counter()
    for number in range(processes):
        await fleet.start(number)
    await fleet.gives("SELECT count(*) FROM processes", (processes,))
    await fleet.serving()
    for _ in range(kills):
        victim = dice.randrange(processes)
        begun = len(server.faults.done)
        await asyncio.sleep(dice.random() * KILL_SECONDS / 2)
        if dice.random() < 0.7:  # most of the time while some message is on its way
            for _ in range(200):
                if len(server.faults.done) > begun:
                    break
                await asyncio.sleep(0.01)
        await asyncio.sleep(dice.random() * DELAY)
        await fleet.ends(victim, signal.SIGKILL)
        report.kills += 1
        report.amid_post += await _was_posting(fleet)
        await fleet.start(victim)
    await _quiet(fleet, prompts)
    await asyncio.sleep(DEAD_AFTER + 1)  # by then the rows of the dead are gone
    await fleet.gives("SELECT count(*) FROM processes", (processes,))
    report.seconds = time.perf_counter() - began
    asked = await fleet.rows("SELECT count(*), count(DISTINCT schedule_id) FROM prompts WHERE status = 'open'")
    report.faults += [] if asked == [(prompts, prompts)] else [f"asked, of so many schedules: {asked}"]
    await _look(fleet, server, channels, report)
    for number in list(fleet.processes):
        report.faults += [f"process {number} ended badly"] if await fleet.ends(number, signal.SIGTERM) else []
        report.faults += [f"process {number} wrote a traceback"] if "Traceback" in fleet.log(number) else []
    found = await migrate.on_connection(fleet.url, operators.check)
    report.faults += found.problems
    return report


async def _was_posting(fleet: Fleet) -> bool:
    """Whether somebody who is not there any more holds a card."""
    held = "SELECT count(DISTINCT owner) FROM posts WHERE state = 'posting' AND owner <> ''"
    return bool((await fleet.rows(held))[0][0])


async def _quiet(fleet: Fleet, prompts: int) -> None:
    """Wait until everything came due and all that is wanted is shown."""
    ends = time.perf_counter() + 300
    called = "SELECT count(*) FROM posts WHERE kind = 'prompt'"
    owed = "SELECT kind, state, owner, lease_until FROM posts WHERE shown_rev < wanted_rev LIMIT 5"
    while (count := (await fleet.rows(called))[0][0]) < prompts or await fleet.rows(owed):
        for number, process in fleet.processes.items():
            assert process.returncode is None, fleet.log(number)
        assert time.perf_counter() < ends, (count, await fleet.rows(owed), [fleet.log(n)[-500:] for n in fleet.processes])
        await asyncio.sleep(0.3)


async def _look(fleet: Fleet, server: DiscordServer, channels: list[Channel], report: Report) -> None:
    """What stands in the channels is what the rows say, each once."""
    rows = await fleet.rows(
        "SELECT r.channel, p.kind, p.state, p.refs FROM posts p JOIN rooms r ON r.id = p.room_id ORDER BY r.channel, p.id"
    )
    known: dict[str, list[str]] = {}
    for channel, kind, state, refs in rows:
        if state not in ("shown", "gone"):
            report.faults.append(f"a {kind} is {state}")
        known.setdefault(str(channel), []).extend(_refs(refs))
    someone = server.person("a passer-by")
    for channel in channels:
        if channel.guild is not None:
            server.person("a passer-by", guild=channel.guild)
        shown = [m for m in someone.sees(channel) if not m.ephemeral and not m.deleted]
        report.cards += len(shown)
        doubled = [words for words, n in Counter(m.words for m in shown).items() if n > 1]
        report.faults += [f"{channel.name}: twice: {words[:60]!r}" for words in doubled]
        ids, wanted = sorted(str(m.message.id) for m in shown), sorted(known.get(str(channel.id), []))
        if ids != wanted:
            report.faults.append(f"{channel.name}: {len(ids)} messages stand there, the rows know {len(wanted)}")


def _refs(refs: str) -> list[str]:
    return [ref.strip('" ') for ref in refs.strip("[]").split(",") if ref]


@asynccontextmanager
async def databases(folder: Path) -> AsyncIterator[list[tuple[str, int]]]:
    """Addresses of empty databases, and how many processes shall serve each."""
    sqlite = (f"sqlite:///{folder}/house.db", 2)
    try:
        with postgres.server() as socket:
            admin = create_async_engine(
                f"postgresql+asyncpg://postgres@/postgres?host={socket}", isolation_level="AUTOCOMMIT"
            )
            async with admin.connect() as connection:
                await connection.execute(text("CREATE DATABASE chaos"))
            await admin.dispose()
            yield [(f"postgresql+asyncpg://postgres@/chaos?host={socket}", 4), sqlite]
    except LookupError as why:
        sys.stdout.write(f"without PostgreSQL: {why}\n")
        yield [sqlite]


async def _all(asked: Any) -> int:
    bad, left = 0, asked.kills
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with databases(folder) as found:
            for number, (url, processes) in enumerate(found := [one for one in found if asked.only in one[0]]):
                rest = sum(n for _, n in found[number:])
                kills = left * processes // rest
                left -= kills
                under = folder / str(number)
                under.mkdir()
                async with (
                    DiscordServer(nonce_seconds=0.0, keep_record=False) as server,
                    discord_fleet(under, url, server, processes) as fleet,
                ):
                    dice = random.Random(asked.seed)
                    report = await chaos(fleet, server, processes, kills, 60 if asked.quick else 500, dice)
                kind = url.partition(":")[0].partition("+")[0]
                sys.stdout.write(
                    f"{kind}, {processes} processes: {report.kills} kills, {report.amid_post} of them with a card half posted; "
                    f"{report.prompts} prompts came due, {report.cards} cards, {report.seconds:.0f} s: "
                    + ("each stands there once, none is missing\n" if not report.faults else "WRONG\n")
                )
                for fault in report.faults[:20]:
                    sys.stdout.write(f"- {fault}\n")
                bad += len(report.faults)
    return 1 if bad else 0


def main() -> None:
    """Run it on every database that there is."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--only", default="", help="`sqlite` or `postgresql`")
    parser.add_argument("--seed", type=int, default=37)
    parser.add_argument("--quick", action="store_true", help="60 prompts come due instead of 500")
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # of a client that dies while it shakes hands
    raise SystemExit(asyncio.run(_all(parser.parse_args())))


if __name__ == "__main__":
    main()
