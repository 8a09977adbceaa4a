"""A bot under load beside a bare one: what both are given to do, in turns, and the figures as lines.

What is the same on every platform is here; `discord.py` and `slack.py` bring their servers, their bars and their words.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from statistics import median

from tests.bench.evening import ACK_SECONDS, Answered, Tally
from tests.bench.house import RATE, Accounts, House
from tests.bench.machine import quantile
from tests.bench.processes import Running

CPU_BAR_MS = 5.0
FAULTS = 0.05
"""The share of the platform's calls that fail."""
ECHO = "Your idea is on the ballot as number 3. Until the round closes you can change it."


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


@dataclass
class Figures:
    """Everything that is printed."""

    cpu: list[float] = field(default_factory=list)
    bare_cpu: list[float] = field(default_factory=list)
    acked: list[float] = field(default_factory=list)
    bare_acked: list[float] = field(default_factory=list)
    tallies: dict[str, list[Tally]] = field(default_factory=dict)
    real_quiet: float = 0.0
    """Seconds until the public cards were whole under real limits, where a platform's are tried."""
    accounts: dict[str, Accounts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bare:
    """The bare bot beside a server of its own."""

    bot: Running
    echo: Callable[[int], Awaitable[Answered]]
    """A person has it echo a sentence in the n-th channel."""

    async def echoes(self, commands: int, channels: int) -> tuple[list[float], float]:
        """Slash commands at the same rate: times to acknowledge, CPU per command, both in milliseconds."""
        acked: list[float] = []
        loop = asyncio.get_running_loop()
        before, began = self.bot.cpu_ms, loop.time()

        async def one(number: int) -> None:
            answer = await self.echo(number % channels)
            if not answer.failed:
                acked.append(answer.acked_after)

        async with asyncio.TaskGroup() as group:
            for n in range(commands):
                await asyncio.sleep(max(0.0, began + n / RATE - loop.time()))
                group.create_task(one(n))
        return acked, (self.bot.cpu_ms - before) / commands


async def take_turns(here: House, bare: Bare, size: Size, found: Figures) -> None:
    """A calm evening of ours and echoes of the bare bot, so that both meet the same machine."""
    await bare.echoes(50, size.rooms)
    await here.has_evening(2 * size.rooms)
    for _ in range(size.blocks):
        acked, cpu = await bare.echoes(size.bare, size.rooms)
        found.bare_acked += acked
        found.bare_cpu.append(cpu)
        tally, cpu = await here.has_evening(size.commands // size.blocks)
        found.tallies.setdefault("calm", []).append(tally)
        found.acked += tally.acked_ms
        found.cpu.append(cpu)


async def have_hard_times(here: House, size: Size, found: Figures) -> None:
    """Calls to the platform fail; then the co-writer stalls."""
    here.faults.at_random(FAULTS)
    failing, _ = await here.has_evening(size.beside)
    here.faults.clear()
    await here.quiet()
    here.tallies.append(await here.evening.turn_machines_on())
    stalled, _ = await here.has_evening(size.beside, ask_every=12)
    found.tallies |= {"calls fail": [failing], "the co-writer stalls": [stalled]}


# ---- the figures as lines


def spent(found: Figures, bare: str) -> list[str]:
    """What people did, and the processor that it took beside the bare bot, which is called `bare`."""
    added = [cpu - other for cpu, other in zip(found.cpu, found.bare_cpu, strict=True)]
    mix: Counter[str] = sum((tally.kinds for tally in found.tallies["calm"]), Counter())
    return [
        f"mix: {', '.join(f'{kind} {n}' for kind, n in mix.most_common())}",
        f"added CPU a command: {median(added):.2f} ms, {min(added):.2f} to {max(added):.2f} over {len(added)} runs, posting "
        f"included (bar: {CPU_BAR_MS:.0f}, aim: 3); the bot {median(found.cpu):.2f} ms, {bare} "
        f"{median(found.bare_cpu):.2f} ms ({min(found.bare_cpu):.2f} to {max(found.bare_cpu):.2f}): "
        f"{median(found.cpu) / median(found.bare_cpu):.1f} times",
    ]


def acknowledged(found: Figures, size: Size, bare: str, *, bar: str, beside: Callable[[float, float], str]) -> str:
    """The times to acknowledgement of both bots; `beside` says how the two p95 compare."""
    ours, theirs = ([quantile(times, q) for q in (0.5, 0.95, 0.99)] for times in (found.acked, found.bare_acked))
    return (
        f"to acknowledgement at {RATE:.0f} commands/s over {size.rooms} channels: p50 {ours[0]:.1f} ms, p95 {ours[1]:.1f} ms, "
        f"p99 {ours[2]:.1f} ms{bar}; {bare} p50 {theirs[0]:.1f}, p95 {theirs[1]:.1f}, p99 {theirs[2]:.1f}: "
        f"p95 {beside(ours[1], theirs[1])}"
    )


def answered(found: Figures, assist: str) -> list[str]:
    """How each evening was answered, and what came too late in all of them; the co-writer is asked by `assist`."""
    lines = []
    sent = late = 0
    for name, tallies in found.tallies.items():
        together = [ms for tally in tallies for ms in tally.acked_ms]
        kinds: Counter[str] = sum((tally.kinds for tally in tallies), Counter())
        asked = f", {kinds['assist']} of them {assist}" if kinds["assist"] else ""
        typed = sum(tally.typed_for_want for tally in tallies)
        sent += kinds.total()
        late += sum(tally.late for tally in tallies)
        lines.append(
            f"{name}: {kinds.total()} commands{asked}, p95 {quantile(together, 0.95):.1f} ms, slowest "
            f"{max(together):.0f} ms, past {ACK_SECONDS:.0f} s {sum(tally.late for tally in tallies)}, acknowledged but "
            f"unanswered {sum(tally.unanswered for tally in tallies)}" + (f", ballots typed for want of a card {typed}" if typed else "")
        )
    return [*lines, f"acknowledged past {ACK_SECONDS:.0f} s: {late} of {sent} (bar: 0)"]


def afterwards(one: Accounts, platform: str, when: str = "afterwards") -> list[str]:
    """Whether all accounts agree, what the platform refused, and what the bot complained of."""
    return [
        f"{when}: {one.desk} desk rows for {one.changing} changing commands, "
        f"{'all accounts agree' if not one.wrong else 'WRONG: ' + '; '.join(one.wrong[:20])}; refused by {platform}: "
        f"{', '.join(f'{n} x {what}' for what, n in one.refused.items()) or 'nothing'}; complaints in the bot's log: "
        f"{len(one.complaints)}; memory {one.memory_mb:.0f} MB",
        *(f"  {line} (x {n})" for line, n in Counter(one.complaints).most_common(8)),
    ]


def asked(platform: str, *, quick: int, hard_share: int) -> Size:
    """What the command line asks for: `quick` commands in the short form, and in the long one a share for each hard time."""
    options = argparse.ArgumentParser(prog=f"python -m tests.bench.{platform}")
    options.add_argument("--quick", action="store_true", help="about half a minute, to see that it works")
    options.add_argument("--commands", type=int, help="commands of the calm evening (20,000)")
    given = options.parse_args()
    if given.quick:
        return Size(10, given.commands or quick, 2, 80, 120, 3.0)
    commands = given.commands or 20_000
    return Size(50, commands, 5, max(100, commands // 40), max(200, commands // hard_share), 60.0)
