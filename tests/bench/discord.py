"""`python -m tests.bench.discord [--quick] [--commands N]`: `room37 run` in a process of its own, beside a bare discord.py bot.

A strict loopback Discord in this process, people in 50 channels at 50 commands/s (see evening.py), a file database
with FULL durability. The two bots take turns, so that both meet the same machine. Measured: the bot's CPU per
command less the bare bot's, the time to each acknowledgement, and how many come after 3 s; the same while the
co-writer stalls, while Discord's calls fail, and under Discord's real rate limits. Afterwards the desk, the story and
what the server shows are compared, row by row.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Literal

from aiohttp import web

from memory import migrate, operators
from tests.bench.discord_evening import DiscordEvening
from tests.bench.evening import ACK_SECONDS, Tally
from tests.bench.machine import heading, quantile
from tests.bench.processes import Running, running
from tests.servers.discord import TOKEN, DiscordServer
from tests.servers.messages import KEY, MessagesServer

RATE = 50.0
CPU_BAR_MS, ACK_BAR_MS = 5.0, 25.0
FAULTS = 0.05
"""The share of Discord's calls that fail."""
QUIET_SECONDS = 180.0
"""So long may it take until all public cards show what is wanted."""

_UNDONE = """\
SELECT (SELECT count(*) FROM posts WHERE shown_rev < wanted_rev)
     + (SELECT count(*) FROM desk WHERE state IN ('open', 'working'))
"""
_CONFIG = """\
[database]
url = "sqlite:///bench.db"
[writer]
base_url = "{writer}"
first_byte_seconds = 120
overall_seconds = 240
[room.preset]
discord = "table"
[discord]
api = "{api}"
gateway = "{gateway}"
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is run."""

    rooms: int
    commands: int
    blocks: int
    bare: int
    """Commands of the bare bot in each block."""
    beside: int
    """Commands of each hard time: a stalled co-writer, failing calls, real limits."""
    stall_seconds: float


class StallingServer(MessagesServer):
    """A co-writer that says nothing for a while, on every call."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(self._seconds)
        return await super()._answer(request)


@dataclass
class House:
    """A served house: its process, its Discord, its people."""

    bot: Running
    server: DiscordServer
    evening: DiscordEvening
    path: Path
    tallies: list[Tally] = field(default_factory=list)

    async def has_evening(self, commands: int, *, ask_every: int = 0) -> tuple[Tally, float]:
        """So many commands, and all that follows from them; gives the CPU per command, in milliseconds."""
        before = self.bot.cpu_ms
        tally = await self.evening.goes_on(RATE, commands, ask_every=ask_every)
        self.tallies.append(tally)
        await self.quiet()
        return tally, (self.bot.cpu_ms - before) / commands

    async def quiet(self) -> float:
        """Wait until every call is done and every public card shows what is wanted; gives the seconds that it took."""
        began = time.monotonic()
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as db:
            while (left := db.execute(_UNDONE).fetchone()[0]) and time.monotonic() - began < QUIET_SECONDS:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        if left:
            raise AssertionError(f"{left} calls or public cards are still waiting")
        return time.monotonic() - began


@asynccontextmanager
async def house(
    folder: Path, rooms: int, *, limits: Literal["real", "loose"], writer: str
) -> AsyncIterator[House]:
    """`room37 run` beside a Discord of its own, with a story in every room."""
    folder.mkdir()  # noqa: ASYNC240  # nothing else runs yet
    server = DiscordServer(limits=limits, keep_record=False)
    async with server:
        (folder / "bot.toml").write_text(
            _CONFIG.format(writer=writer, api=server.api, gateway=server.gateway_url), "utf-8"
        )
        environ = {"DISCORD_TOKEN": TOKEN, "ANTHROPIC_API_KEY": KEY}
        async with running("bot", ("run", "--config", "bot.toml"), environ, folder) as bot:
            await _synced(server, "pitch", bot)
            evening = DiscordEvening(server, rooms)
            here = House(bot, server, evening, folder / "bench.db")
            here.tallies.append(await evening.begin())
            await here.quiet()
            yield here


@asynccontextmanager
async def bare_bot(folder: Path) -> AsyncIterator[tuple[Running, DiscordServer]]:
    """The bare bot beside a Discord of its own."""
    async with DiscordServer(keep_record=False) as server:
        arguments = (server.api, server.gateway_url)
        async with running("tests.bench.bare_discord", arguments, {"DISCORD_TOKEN": TOKEN}, folder) as bot:
            await _synced(server, "echo", bot)
            yield bot, server


async def _synced(server: DiscordServer, command: str, bot: Running) -> None:
    """Wait until a bot is there and its commands are."""
    try:
        await server.connected(30)
        known = server.service.world.commands
        await server.until(lambda: any(one["name"] == command for one in known.values()), 30)
    except TimeoutError:
        raise AssertionError(bot.stderr.read_text()) from None


async def echoes(bot: Running, server: DiscordServer, commands: int, channels: int) -> tuple[list[float], float]:
    """Slash commands of the bare bot at the same rate: times to acknowledge, CPU per command, both in milliseconds."""
    ada, places = server.person("ada"), [server.channel(f"room-{n}") for n in range(channels)]
    acked: list[float] = []
    loop = asyncio.get_running_loop()
    before, began = bot.cpu_ms, loop.time()

    async def one(number: int) -> None:
        text = "Your idea is on the ballot as number 3. Until the round closes you can change it."
        answer = await ada.command(places[number % channels], "echo", text=text)
        if not answer.failed:
            acked.append(answer.acked_after)

    async with asyncio.TaskGroup() as group:
        for n in range(commands):
            await asyncio.sleep(max(0.0, began + n / RATE - loop.time()))
            group.create_task(one(n))
    return acked, (bot.cpu_ms - before) / commands


# ---- what must be so afterwards


@dataclass(frozen=True, slots=True)
class Accounts:
    """The desk, the story and the server, compared."""

    desk: int
    changing: int
    wrong: tuple[str, ...]
    refused: Counter[str]
    """What the server refused of the bot, by status and code."""
    complaints: tuple[str, ...]
    synchronous: int
    memory_mb: float = 0.0


async def accounts(here: House, memory_mb: float) -> Accounts:
    """Compare what was sent, what is stored and what is shown, once the bot has stopped."""
    wrong: list[str] = []
    changing = set().union(*(tally.changing for tally in here.tallies))
    passages = set().union(*(tally.passages for tally in here.tallies))
    kinds: Counter[str] = sum((tally.kinds for tally in here.tallies), Counter())
    with closing(sqlite3.connect(here.path)) as db:
        desk: dict[str, str] = dict(db.execute("SELECT source_id, state FROM desk"))
        closed = db.execute("SELECT count(*) FROM rounds WHERE part = 'closed'").fetchone()[0]  # some by themselves
        counted = {
            "pitches": ("SELECT count(*) FROM pitches", kinds["pitch"]),
            "passages": ("SELECT count(*) FROM passages", kinds["extend"]),
            "passage cards": ("SELECT count(*) FROM posts WHERE kind = 'passage'", kinds["extend"]),
            "rounds": ("SELECT count(*) FROM rounds", kinds["round open"]),
            "decisions": ("SELECT count(*) FROM ledger WHERE kind = 'round.decided'", closed),
            "stories": ("SELECT count(*) FROM stories", kinds["story new"]),
            "texts of the co-writer": ("SELECT count(*) FROM machine_texts", kinds["assist"]),
        }
        for what, (query, expected) in counted.items():
            if (found := db.execute(query).fetchone()[0]) != expected:
                wrong.append(f"{found} {what} instead of {expected}")
        rows = db.execute("SELECT refs FROM posts WHERE state <> 'gone'")
        refs = [ref for (found,) in rows for ref in json.loads(found)]
        states = Counter(state for (state,) in db.execute("SELECT state FROM posts"))
    wrong += [f"{len(changing - desk.keys())} changing commands are not on the desk"] if changing - desk.keys() else []
    wrong += [f"{len(desk.keys() - changing)} desk rows too many"] if desk.keys() - changing else []
    ended = Counter(desk.values())
    wrong += [f"{n} desk rows are {state}" for state, n in ended.items() if state != "done"]
    wrong += [f"{n} posts are {state}" for state, n in states.items() if state not in ("shown", "gone")]
    wrong += _shown(here, refs, passages)
    wrong += [f"{n} answers to {kind} are empty" for kind, n in Counter(k for t in here.tallies for k in t.empty).items()]
    checked = await migrate.on_connection(f"sqlite:///{here.path}", operators.check)
    wrong += checked.problems
    synchronous = await migrate.on_connection(
        f"sqlite:///{here.path}", lambda c: c.exec_driver_sql("PRAGMA synchronous").scalar_one()
    )
    refused = Counter(f"{one.status}/{one.code}" for one in here.server.refused)
    return Accounts(
        len(desk), len(changing), tuple(wrong), refused, tuple(here.bot.complaints), synchronous, memory_mb
    )


def _shown(here: House, refs: Sequence[str], passages: set[str]) -> list[str]:
    """What differs between the cards that the database knows and the public messages that stand on the server."""
    standing = [
        message
        for room in here.evening.rooms
        for message in room.channel.public()
        if message.author is here.server.bot and not message.deleted
    ]
    ids = {str(message.id) for message in standing}
    marks = Counter(
        word.strip(".") for message in standing for word in message.data["content"].split() if word.startswith("lantern")
    )
    wrong = []
    if doubled := len(refs) - len(set(refs)):
        wrong.append(f"{doubled} messages belong to two cards")
    if missing := set(refs) - ids:
        wrong.append(f"{len(missing)} cards have no message")
    if unknown := ids - set(refs):
        wrong.append(f"{len(unknown)} public messages belong to no card (posted twice)")
    if absent := passages - marks.keys():
        wrong.append(f"{len(absent)} passages were not posted")
    if twice := [mark for mark, n in marks.items() if n > 1]:
        wrong.append(f"{len(twice)} passages stand in two messages")
    return wrong


# ---- the run


@dataclass
class Figures:
    """Everything that is printed."""

    cpu: list[float] = field(default_factory=list)
    bare_cpu: list[float] = field(default_factory=list)
    acked: list[float] = field(default_factory=list)
    bare_acked: list[float] = field(default_factory=list)
    tallies: dict[str, list[Tally]] = field(default_factory=dict)
    real_quiet: float = 0.0
    accounts: dict[str, Accounts] = field(default_factory=dict)


async def bench(size: Size) -> Figures:
    """All figures."""
    found = Figures()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with StallingServer(size.stall_seconds) as writer:
            async with house(folder / "loose", size.rooms, limits="loose", writer=writer.url) as here:
                async with bare_bot(folder) as (bare, echo):
                    await echoes(bare, echo, 50, size.rooms)
                    await here.has_evening(2 * size.rooms)
                    for _ in range(size.blocks):
                        acked, cpu = await echoes(bare, echo, size.bare, size.rooms)
                        found.bare_acked += acked
                        found.bare_cpu.append(cpu)
                        tally, cpu = await here.has_evening(size.commands // size.blocks)
                        found.tallies.setdefault("calm", []).append(tally)
                        found.acked += tally.acked_ms
                        found.cpu.append(cpu)
                here.server.faults.at_random(FAULTS)
                failing, _ = await here.has_evening(size.beside)
                here.server.faults.clear()
                await here.quiet()
                here.tallies.append(await here.evening.turn_machines_on())
                stalled, _ = await here.has_evening(size.beside, ask_every=12)
                found.tallies |= {"calls fail": [failing], "the co-writer stalls": [stalled]}
                memory_mb = here.bot.memory_mb
            found.accounts["loose"] = await accounts(here, memory_mb)
            async with house(folder / "real", size.rooms, limits="real", writer=writer.url) as there:
                tally = await there.evening.goes_on(RATE, size.beside)
                there.tallies.append(tally)
                found.real_quiet = await there.quiet()
                found.tallies["real limits"] = [tally]
                memory_mb = there.bot.memory_mb
            found.accounts["real"] = await accounts(there, memory_mb)
    return found


def report(found: Figures, size: Size) -> list[str]:
    """The figures as lines."""
    added = [cpu - bare for cpu, bare in zip(found.cpu, found.bare_cpu, strict=True)]
    p50, p95, p99 = (quantile(found.acked, q) for q in (0.5, 0.95, 0.99))
    b50, b95, b99 = (quantile(found.bare_acked, q) for q in (0.5, 0.95, 0.99))
    mix = sum((tally.kinds for tally in found.tallies["calm"]), Counter())
    calm = found.accounts["loose"]
    lines = [
        f"mix: {', '.join(f'{kind} {n}' for kind, n in mix.most_common())}",
        f"added CPU a command: {median(added):.2f} ms, {min(added):.2f} to {max(added):.2f} over {len(added)} runs, posting "
        f"included (bar: {CPU_BAR_MS:.0f}, aim: 3); the bot {median(found.cpu):.2f} ms, bare discord.py "
        f"{median(found.bare_cpu):.2f} ms ({min(found.bare_cpu):.2f} to {max(found.bare_cpu):.2f}): "
        f"{median(found.cpu) / median(found.bare_cpu):.1f} times",
        f"to acknowledgement at {RATE:.0f} commands/s over {size.rooms} channels: p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 "
        f"{p99:.1f} ms (bar: p95 {ACK_BAR_MS:.0f}); bare discord.py p50 {b50:.1f}, p95 {b95:.1f}, p99 {b99:.1f}: "
        f"p95 {p95 / b95:.1f} times",
    ]
    sent = late = 0
    for name, tallies in found.tallies.items():
        together = [ms for tally in tallies for ms in tally.acked_ms]
        kinds: Counter[str] = sum((tally.kinds for tally in tallies), Counter())
        asked = f", {kinds['assist']} of them /assist" if kinds["assist"] else ""
        typed = sum(tally.typed_for_want for tally in tallies)
        sent += kinds.total()
        late += sum(tally.late for tally in tallies)
        lines.append(
            f"{name}: {kinds.total()} commands{asked}, p95 {quantile(together, 0.95):.1f} ms, slowest "
            f"{max(together):.0f} ms, past {ACK_SECONDS:.0f} s {sum(tally.late for tally in tallies)}, acknowledged but "
            f"unanswered {sum(tally.unanswered for tally in tallies)}" + (f", ballots typed for want of a card {typed}" if typed else "")
        )
    lines.append(f"acknowledged past {ACK_SECONDS:.0f} s: {late} of {sent} (bar: 0)")
    lines.append(f"real limits: public cards were whole {found.real_quiet:.1f} s after the last command")
    for name, one in found.accounts.items():
        lines.append(
            f"afterwards ({name} limits): {one.desk} desk rows for {one.changing} changing commands, "
            f"{'all accounts agree' if not one.wrong else 'WRONG: ' + '; '.join(one.wrong[:20])}; refused by Discord: "
            f"{', '.join(f'{n} x {what}' for what, n in one.refused.items()) or 'nothing'}; complaints in the bot's log: "
            f"{len(one.complaints)}; memory {one.memory_mb:.0f} MB"
        )
        lines += [f"  {line} (x {n})" for line, n in Counter(one.complaints).most_common(8)]
    lines.append(f"PRAGMA synchronous {calm.synchronous}")
    return lines


def main() -> None:
    """Run and print."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench.discord")
    asked.add_argument("--quick", action="store_true", help="about half a minute, to see that it works")
    asked.add_argument("--commands", type=int, help="commands of the calm evening (20,000)")
    given = asked.parse_args()
    if given.quick:
        size = Size(10, given.commands or 640, 2, 80, 120, 3.0)
    else:
        commands = given.commands or 20_000
        size = Size(50, commands, 5, max(100, commands // 40), max(200, commands // 20), 60.0)
    found = asyncio.run(bench(size))
    sys.stdout.write("\n".join([heading("the Discord bot under load"), *report(found, size)]) + "\n")


if __name__ == "__main__":
    main()
