"""`python -m tests.bench.slack [--quick] [--commands N]`: `room37 run` in a process of its own, beside a bare Bolt app.

A strict loopback Slack in this process (Socket Mode), people in 50 channels at 50 commands/s (see evening.py), a
file database with FULL durability. The two bots take turns, so that both meet the same machine. Measured: the bot's CPU
per command less the bare bot's, the time to each acknowledgement, and how many come after 3 s; the same while 5% of the
Web API's calls fail, and while the co-writer stalls. Afterwards the desk, the story and what the server shows are
compared, row by row.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.bench.discord import StallingServer
from tests.bench.evening import ACK_SECONDS, Tally
from tests.bench.machine import heading, quantile
from tests.bench.processes import Running
from tests.bench.slack_house import RATE, Accounts, accounts, bare_bot, house
from tests.servers.slack import SlackServer

CPU_BAR_MS, ACK_BAR_MS = 5.0, 30.0
FAULTS = 0.05
"""The share of the Web API's calls that fail."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is run."""

    rooms: int
    commands: int
    blocks: int
    bare: int
    """Commands of the bare bot in each block."""
    beside: int
    """Commands of each hard time."""
    stall_seconds: float


@dataclass
class Figures:
    """Everything that is printed."""

    cpu: list[float] = field(default_factory=list)
    bare_cpu: list[float] = field(default_factory=list)
    acked: list[float] = field(default_factory=list)
    bare_acked: list[float] = field(default_factory=list)
    tallies: dict[str, list[Tally]] = field(default_factory=dict)
    accounts: Accounts | None = None


async def echoes(bot: Running, server: SlackServer, commands: int, channels: int) -> tuple[list[float], float]:
    """Slash commands of the bare bot at the same rate: times to acknowledge, CPU per command, both in milliseconds."""
    ada, places = server.person("ada"), [server.channel(f"room-{n}") for n in range(channels)]
    acked: list[float] = []
    loop = asyncio.get_running_loop()
    before, began = bot.cpu_ms, loop.time()

    async def one(number: int) -> None:
        text = "Your idea is on the ballot as number 3. Until the round closes you can change it."
        answer = await ada.command(places[number % channels], "/echo", text)
        if not answer.failed:
            acked.append(answer.acked_after)

    async with asyncio.TaskGroup() as group:
        for n in range(commands):
            await asyncio.sleep(max(0.0, began + n / RATE - loop.time()))
            group.create_task(one(n))
    return acked, (bot.cpu_ms - before) / commands


async def bench(size: Size) -> Figures:
    """All figures."""
    found = Figures()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with StallingServer(size.stall_seconds) as writer, house(folder / "house", size.rooms, writer=writer.url) as here:
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
        found.accounts = await accounts(here, memory_mb)
    return found


def report(found: Figures, size: Size) -> list[str]:
    """The figures as lines."""
    added = [cpu - bare for cpu, bare in zip(found.cpu, found.bare_cpu, strict=True)]
    p50, p95, p99 = (quantile(found.acked, q) for q in (0.5, 0.95, 0.99))
    b50, b95, b99 = (quantile(found.bare_acked, q) for q in (0.5, 0.95, 0.99))
    mix: Counter[str] = sum((tally.kinds for tally in found.tallies["calm"]), Counter())
    lines = [
        f"mix: {', '.join(f'{kind} {n}' for kind, n in mix.most_common())}",
        f"added CPU a command: {median(added):.2f} ms, {min(added):.2f} to {max(added):.2f} over {len(added)} runs, posting "
        f"included (bar: {CPU_BAR_MS:.0f}, aim: 3); the bot {median(found.cpu):.2f} ms, bare Bolt "
        f"{median(found.bare_cpu):.2f} ms ({min(found.bare_cpu):.2f} to {max(found.bare_cpu):.2f}): "
        f"{median(found.cpu) / median(found.bare_cpu):.1f} times",
        f"to acknowledgement at {RATE:.0f} commands/s over {size.rooms} channels: p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 "
        f"{p99:.1f} ms; bare Bolt p50 {b50:.1f}, p95 {b95:.1f}, p99 {b99:.1f}: p95 {p95 - b95:+.1f} ms (bar: +{ACK_BAR_MS:.0f})",
    ]
    sent = late = 0
    for name, tallies in found.tallies.items():
        together = [ms for tally in tallies for ms in tally.acked_ms]
        kinds: Counter[str] = sum((tally.kinds for tally in tallies), Counter())
        asked = f", {kinds['assist']} of them /room assist" if kinds["assist"] else ""
        sent += kinds.total()
        late += sum(tally.late for tally in tallies)
        lines.append(
            f"{name}: {kinds.total()} commands{asked}, p95 {quantile(together, 0.95):.1f} ms, slowest {max(together):.0f} ms, "
            f"past {ACK_SECONDS:.0f} s {sum(tally.late for tally in tallies)}, acknowledged but unanswered "
            f"{sum(tally.unanswered for tally in tallies)}"
        )
    lines.append(f"acknowledged past {ACK_SECONDS:.0f} s: {late} of {sent} (bar: 0)")
    one = found.accounts
    assert one is not None
    lines.append(
        f"afterwards: {one.desk} desk rows for {one.changing} changing commands, "
        f"{'all accounts agree' if not one.wrong else 'WRONG: ' + '; '.join(one.wrong[:20])}; refused by Slack: "
        f"{', '.join(f'{n} x {what}' for what, n in one.refused.items()) or 'nothing'}; complaints in the bot's log: "
        f"{len(one.complaints)}; memory {one.memory_mb:.0f} MB"
    )
    lines += [f"  {line} (x {n})" for line, n in Counter(one.complaints).most_common(8)]
    lines.append(f"PRAGMA synchronous {one.synchronous}")
    return lines


def main() -> None:
    """Run and print."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench.slack")
    asked.add_argument("--quick", action="store_true", help="about half a minute, to see that it works")
    asked.add_argument("--commands", type=int, help="commands of the calm evening (20,000)")
    given = asked.parse_args()
    if given.quick:
        size = Size(10, given.commands or 600, 2, 80, 120, 3.0)
    else:
        commands = given.commands or 20_000
        size = Size(50, commands, 5, max(100, commands // 40), max(200, commands // 10), 60.0)
    found = asyncio.run(bench(size))
    sys.stdout.write("\n".join([heading("the Slack bot under load"), *report(found, size)]) + "\n")


if __name__ == "__main__":
    main()
