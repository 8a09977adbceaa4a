"""`python -m tests.bench.slack [--quick] [--commands N]`: `room37 run` in a process of its own, beside a bare Bolt app.

A strict loopback Slack in this process (Socket Mode), people in 50 channels at 50 commands/s (see evening.py), a
file database with FULL durability. The two bots take turns, so that both meet the same machine. Measured: the bot's CPU
per command less the bare bot's, the time to each acknowledgement, and how many come after 3 s; the same while 5% of the
Web API's calls fail, and while the co-writer stalls. Afterwards the desk, the story and what the server shows are
compared, row by row.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.slack.manifest import manifest
from bot.handlers import registry
from tests.bench.house import House, StallingServer, Standing, accounts, in_time, room37
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
from tests.bench.processes import running
from tests.bench.slack_evening import SlackEvening
from tests.servers.slack import APP_TOKEN, TOKEN, Answer, SlackServer

ACK_BAR_MS = 30.0
BARE = "bare Bolt"
ENVIRON = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}

_CONFIG = """\
[room.preset]
slack = "table"
[slack]
api_url = "{api}"
history = true
"""


@asynccontextmanager
async def house(folder: Path, rooms: int, *, writer: str) -> AsyncIterator[House]:
    """`room37 run` beside a Slack of its own, with a story in every room."""
    folder.mkdir()  # noqa: ASYNC240  # nothing else runs yet
    async with SlackServer(keep_record=False) as server:
        server.install(manifest(registry(), name="Room 37", history=True))
        async with room37(folder, _CONFIG.format(api=server.api), ENVIRON, writer=writer) as bot:
            with in_time(bot):
                await server.connected(30)
            evening = SlackEvening(server, rooms)
            here = House(bot, evening, folder / "bench.db", server.faults, lambda marks: _shown(server, evening, marks))
            await here.begins()
            yield here


@asynccontextmanager
async def bare_bot(folder: Path, channels: int) -> AsyncIterator[Bare]:
    """The bare bot beside a Slack of its own."""
    async with (
        SlackServer(keep_record=False) as server,
        running("tests.bench.bare_slack", (server.api,), ENVIRON, folder) as bot,
    ):
        with in_time(bot):
            await server.connected(30)
        ada, places = server.person("ada"), [server.channel(f"room-{n}") for n in range(channels)]

        async def echo(number: int) -> Answer:
            return await ada.command(places[number], "/echo", ECHO)

        yield Bare(bot, echo)


def _shown(server: SlackServer, evening: SlackEvening, passages: set[str]) -> Standing:
    """The bot's public messages in all rooms, and what Slack refused of it, by method and word."""
    standing = [
        message
        for room in evening.rooms
        for message in room.channel.messages.values()
        if message.author is server.bot and message.only_for is None and not message.deleted and not message.reply
    ]
    texts = (str(message.data.get("text")).replace(".", " ") for message in standing)
    return Standing(
        frozenset(message.ts for message in standing),
        Counter(mark for text in texts for mark in passages & set(text.split())),
        Counter(f"{one.method} {one.error}" for one in server.refused),
    )


async def bench(size: Size) -> Figures:
    """All figures."""
    found = Figures()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with StallingServer(size.stall_seconds) as writer, house(folder / "house", size.rooms, writer=writer.url) as here:
            async with bare_bot(folder, size.rooms) as bare:
                await take_turns(here, bare, size, found)
            await have_hard_times(here, size, found)
            memory_mb = here.bot.memory_mb
        found.accounts["loose"] = await accounts(here, memory_mb)
    return found


def report(found: Figures, size: Size) -> list[str]:
    """The figures as lines."""
    one = found.accounts["loose"]
    bar = f"(bar: +{ACK_BAR_MS:.0f})"
    return [
        *spent(found, BARE),
        acknowledged(found, size, BARE, bar="", beside=lambda ours, bare: f"{ours - bare:+.1f} ms {bar}"),
        *answered(found, "/room assist"),
        *afterwards(one, "Slack"),
        f"PRAGMA synchronous {one.synchronous}",
    ]


def main() -> None:
    """Run and print."""
    size = asked("slack", quick=600, hard_share=10)
    found = asyncio.run(bench(size))
    sys.stdout.write("\n".join([heading("the Slack bot under load"), *report(found, size)]) + "\n")


if __name__ == "__main__":
    main()
