"""`python -m tests.bench.discord [--quick] [--commands N]`: `room37 run` in a process of its own, beside a bare discord.py bot.

A strict loopback Discord in this process, people in 50 channels at 50 commands/s (see evening.py), a file database
with FULL durability. The two bots take turns, so that both meet the same machine. Measured: the bot's CPU per
command less the bare bot's, the time to each acknowledgement, and how many come after 3 s; the same while the
co-writer stalls, while Discord's calls fail, and under Discord's real rate limits. Afterwards the desk, the story and
what the server shows are compared, row by row.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from tests.bench.discord_evening import DiscordEvening
from tests.bench.house import RATE, House, StallingServer, Standing, accounts, in_time, room37
from tests.bench.load import (
    ECHO,
    Bare,
    Figures,
    Size,
    acknowledged,
    afterwards,
    answered,
    asked,
    have_hard_times,
    spent,
    take_turns,
)
from tests.bench.machine import heading
from tests.bench.processes import Running, running
from tests.servers.discord import TOKEN, Answer, DiscordServer

ACK_BAR_MS = 25.0
BARE = "bare discord.py"
ENVIRON = {"DISCORD_TOKEN": TOKEN}

_CONFIG = """\
[room.preset]
discord = "table"
[discord]
api = "{api}"
gateway = "{gateway}"
"""


@asynccontextmanager
async def house(
    folder: Path, rooms: int, *, limits: Literal["real", "loose"], writer: str
) -> AsyncIterator[House]:
    """`room37 run` beside a Discord of its own, with a story in every room."""
    folder.mkdir()  # noqa: ASYNC240  # nothing else runs yet
    async with DiscordServer(limits=limits, keep_record=False) as server:
        config = _CONFIG.format(api=server.api, gateway=server.gateway_url)
        async with room37(folder, config, ENVIRON, writer=writer) as bot:
            await _synced(server, "pitch", bot)
            evening = DiscordEvening(server, rooms)
            here = House(bot, evening, folder / "bench.db", server.faults, lambda _: _shown(server, evening))
            await here.begins()
            yield here


@asynccontextmanager
async def bare_bot(folder: Path, channels: int) -> AsyncIterator[Bare]:
    """The bare bot beside a Discord of its own."""
    async with (
        DiscordServer(keep_record=False) as server,
        running("tests.bench.bare_discord", (server.api, server.gateway_url), ENVIRON, folder) as bot,
    ):
        await _synced(server, "echo", bot)
        ada, places = server.person("ada"), [server.channel(f"room-{n}") for n in range(channels)]

        async def echo(number: int) -> Answer:
            return await ada.command(places[number], "echo", text=ECHO)

        yield Bare(bot, echo)


async def _synced(server: DiscordServer, command: str, bot: Running) -> None:
    """Wait until a bot is there and its commands are."""
    known = server.service.world.commands
    with in_time(bot):
        await server.connected(30)
        await server.until(lambda: any(one["name"] == command for one in known.values()), 30)


def _shown(server: DiscordServer, evening: DiscordEvening) -> Standing:
    """The bot's public messages in all rooms, and what Discord refused of it, by status and code."""
    standing = [
        message
        for room in evening.rooms
        for message in room.channel.public()
        if message.author is server.bot and not message.deleted
    ]
    words = (word for message in standing for word in message.data["content"].split())
    return Standing(
        frozenset(str(message.id) for message in standing),
        Counter(word.strip(".") for word in words if word.startswith("lantern")),
        Counter(f"{one.status}/{one.code}" for one in server.refused),
    )


async def bench(size: Size) -> Figures:
    """All figures."""
    found = Figures()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with StallingServer(size.stall_seconds) as writer:
            async with house(folder / "loose", size.rooms, limits="loose", writer=writer.url) as here:
                async with bare_bot(folder, size.rooms) as bare:
                    await take_turns(here, bare, size, found)
                await have_hard_times(here, size, found)
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
    bar = f" (bar: p95 {ACK_BAR_MS:.0f})"
    return [
        *spent(found, BARE),
        acknowledged(found, size, BARE, bar=bar, beside=lambda ours, bare: f"{ours / bare:.1f} times"),
        *answered(found, "/assist"),
        f"real limits: public cards were whole {found.real_quiet:.1f} s after the last command",
        *(
            line
            for name, one in found.accounts.items()
            for line in afterwards(one, "Discord", f"afterwards ({name} limits)")
        ),
        f"PRAGMA synchronous {found.accounts['loose'].synchronous}",
    ]


def main() -> None:
    """Run and print."""
    size = asked("discord", quick=640, hard_share=20)
    found = asyncio.run(bench(size))
    sys.stdout.write("\n".join([heading("the Discord bot under load"), *report(found, size)]) + "\n")


if __name__ == "__main__":
    main()
