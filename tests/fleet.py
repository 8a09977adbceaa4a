"""Several `room37 run` on one database, as processes of their own, against a loopback platform in this one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from adapters.slack.manifest import manifest
from bot.errors import OperatorError
from bot.handlers import registry
from bot.settings import Transport
from memory.engine import Runner, make_runner
from tests.servers.discord import TOKEN, DiscordServer
from tests.servers.discord.things import Guild
from tests.servers.slack import APP_TOKEN, SIGNING_SECRET, SlackServer
from tests.servers.slack import TOKEN as SLACK_TOKEN

ROOT = Path(__file__).parents[1]


@dataclass
class Fleet:
    """A folder with bot.toml, a database, and the processes that serve it now, by number."""

    folder: Path
    url: str
    environ: Mapping[str, str]
    ready: Callable[[], bool]
    """Whether somebody serves."""
    processes: dict[int, Process] = field(default_factory=dict)
    _runner: Runner | None = None

    def configure(self, number: int, *lines: str) -> None:
        """Write the bot.toml of a process."""
        head = ("[database]", f'url = "{self.url}"', "[writer]", 'provider = "none"')
        (self.folder / f"bot-{number}.toml").write_text("\n".join((*head, *lines)) + "\n", "utf-8")

    def log(self, number: int) -> str:
        """All that the processes of this number wrote to standard error."""
        return (self.folder / f"log-{number}.txt").read_text("utf-8")

    async def start(self, number: int) -> Process:
        """Start the process of this number."""
        environ = {
            "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(self.folder), "ROOM37_DATABASE": self.url,
            **self.environ,
        }  # fmt: skip
        with (self.folder / f"log-{number}.txt").open("ab") as log:
            started = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", "--config", f"bot-{number}.toml", cwd=self.folder, env=environ,
                stdout=log, stderr=log,
            )  # fmt: skip
        self.processes[number] = started
        return started

    async def ends(self, number: int, by: signal.Signals) -> int:
        """Send a process a signal; gives its exit status."""
        process = self.processes.pop(number)
        if process.returncode is None:
            process.send_signal(by)
        async with asyncio.timeout(30):
            return await process.wait()

    async def until(self, condition: Callable[[], bool], seconds: float = 60) -> None:
        """Wait until something holds; all processes must live meanwhile."""
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    for number, process in self.processes.items():
                        assert process.returncode is None, self.log(number)
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError("\n".join(self.log(number) for number in self.processes)) from None

    async def serving(self, seconds: float = 60) -> None:
        """Wait until somebody serves."""
        await self.until(self.ready, seconds)

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query of the database gives."""
        if self._runner is None:
            self._runner = make_runner(self.url)
        return await self._runner.read(lambda connection: [tuple(row) for row in connection.execute(text(query))])

    async def gives(self, query: str, *rows: tuple[Any, ...], seconds: float = 90) -> None:
        """Wait until a query of the database gives just these rows."""
        found: list[tuple[Any, ...]] | None = None
        ends = asyncio.get_running_loop().time() + seconds
        while found != list(rows):
            await asyncio.sleep(0.1)
            with contextlib.suppress(OperatorError):  # before the first process made the tables
                found = await self.rows(query)
            for number, process in self.processes.items():
                assert process.returncode is None, self.log(number)[-3000:]
            assert asyncio.get_running_loop().time() < ends, (found, [self.log(n)[-1000:] for n in self.processes])

    async def posted(self, seconds: float = 120) -> None:
        """Wait until all that is wanted stands in the channels."""
        await self.gives("SELECT 1 FROM posts WHERE shown_rev < wanted_rev LIMIT 1", seconds=seconds)

    async def close(self) -> None:
        """Kill what still runs."""
        for number in list(self.processes):
            await self.ends(number, signal.SIGKILL)
        if self._runner is not None:
            await self._runner.close()


@contextlib.asynccontextmanager
async def discord_fleet(folder: Path, url: str, server: DiscordServer, shards: int, *lines: str) -> AsyncIterator[Fleet]:
    """A fleet that serves a loopback Discord, in so many shards."""

    def ready() -> bool:
        run = {session.shard for session in server.gateway.sessions.values() if session.connection is not None}
        return len(run) == shards and bool(server.service.world.commands)

    fleet = Fleet(folder, url, {"DISCORD_TOKEN": TOKEN}, ready)
    for number in range(8):
        fleet.configure(
            number, "[room.preset]", 'discord = "table"', "[discord]", f'api = "{server.api}"',
            f'gateway = "{server.gateway_url}"', f"shards = {shards}", *lines,
        )  # fmt: skip
    try:
        yield fleet
    finally:
        await fleet.close()


@contextlib.asynccontextmanager
async def slack_fleet(folder: Path, url: str, server: SlackServer, transport: Transport, ports: Sequence[int]) -> AsyncIterator[Fleet]:
    """A fleet that serves a loopback Slack, each process listening on a port of its own where Slack asks it."""
    secrets = {"SLACK_BOT_TOKEN": SLACK_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, "SLACK_SIGNING_SECRET": SIGNING_SECRET}
    fleet = Fleet(folder, url, secrets, lambda: True)
    for number, port in enumerate(ports):
        fleet.configure(
            number, "[room.preset]", 'slack = "table"', "[slack]", f'api_url = "{server.api}"', "history = true",
            f'transport = "{transport}"', f'listen = "127.0.0.1:{port}"',
        )  # fmt: skip
    server.install(manifest(registry(), name="Room 37", history=True))
    try:
        yield fleet
    finally:
        await fleet.close()


def guild_on(server: DiscordServer, shard: int, of: int) -> Guild:
    """A server that is on this shard."""
    return next(
        guild for n in range(10_000) if ((guild := server.guild(f"house {shard} {n}")).id >> 22) % of == shard
    )
