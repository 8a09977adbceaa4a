"""`room37 run` as a process of its own, against a loopback Discord in this one; and an evening that can be cut off."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import random
import signal
import sqlite3
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from memory import migrate, operators
from tests.servers.discord import TOKEN, Answer, DiscordServer

ROOT = Path(__file__).parents[1]
PEOPLE = ("ada", "ben", "cy")
DELAY = 0.15
"""Seconds that a message takes to reach Discord when kills are to fall into that time."""


@dataclass
class Bot:
    """A folder with bot.toml and a database, and the process that serves it now."""

    folder: Path
    server: DiscordServer
    process: Process | None = None

    @property
    def database(self) -> Path:
        """The file of its memory."""
        return self.folder / "house.db"

    @property
    def log(self) -> str:
        """All that its processes wrote to standard error."""
        return (self.folder / "log.txt").read_text("utf-8")

    def prepare(self) -> None:
        """Write its bot.toml."""
        (self.folder / "bot.toml").write_text(
            f'[database]\nurl = "sqlite:///house.db"\n[room.preset]\ndiscord = "table"\n[writer]\nprovider = "none"\n'
            f'[discord]\napi = "{self.server.api}"\ngateway = "{self.server.gateway_url}"\n',
            "utf-8",
        )

    def environ(self, token: str = TOKEN) -> Mapping[str, str]:
        """What the process knows."""
        return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(self.folder), "DISCORD_TOKEN": token}

    async def start(self) -> None:
        """Start it and wait until it is there and its commands are known."""
        with (self.folder / "log.txt").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", cwd=self.folder, env=self.environ(), stdout=log, stderr=log
            )
        before = self.server.gateway.identified
        async with asyncio.timeout(60):
            while self.server.gateway.identified == before or not self.synced:
                assert self.process.returncode is None, self.log
                await asyncio.sleep(0.01)

    @property
    def synced(self) -> bool:
        """Whether the commands were asked for or written since the last IDENTIFY, and are there."""
        return bool(self.server.service.world.commands)

    async def ends(self, by: signal.Signals) -> int:
        """Send it a signal; gives its exit status."""
        assert self.process is not None
        self.process.send_signal(by)
        async with asyncio.timeout(30):
            return await self.process.wait()

    async def room37(self, *arguments: str, token: str = TOKEN) -> tuple[int, str]:
        """Another command of the command line in the same folder: its status and all that it printed."""
        asked = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments, cwd=self.folder, env=self.environ(token),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        printed, _ = await asked.communicate()
        assert asked.returncode is not None
        return asked.returncode, printed.decode()

    def rows(self, query: str) -> list[tuple[str, ...]]:
        """What a query of its database gives."""
        with closing(sqlite3.connect(self.database)) as db:
            return list(db.execute(query))

    async def posted(self, seconds: float = 90) -> None:
        """Wait until all that is wanted stands in the channels."""
        async with asyncio.timeout(seconds):
            while self.rows("SELECT 1 FROM posts WHERE shown_rev < wanted_rev LIMIT 1"):  # noqa: ASYNC110  # rows give no notice
                await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def prepared(folder: Path) -> AsyncIterator[Bot]:
    """A bot that is not started yet; what still runs at the end is killed."""
    async with DiscordServer() as server:
        bot = Bot(folder, server)
        bot.prepare()
        try:
            yield bot
        finally:
            if bot.process is not None and bot.process.returncode is None:
                await bot.ends(signal.SIGKILL)


@dataclass
class Evening:
    """People who pitch, vote and write without end, and what they were told had been done."""

    bot: Bot
    dice: random.Random
    numbers: Iterator[int] = field(default_factory=itertools.count)
    sent: set[str] = field(default_factory=set)
    told: dict[str, str] = field(default_factory=dict)
    """Kind by text: what was acknowledged."""

    async def act(self, name: str) -> None:
        """One thing that a person does."""
        server = self.bot.server
        text = f"Line {next(self.numbers)} of the night, by {name}."
        kind = self.dice.choice(["extend", "extend", "pitch", "vote"])
        options = {"extend": {"text": text}, "pitch": {"idea": text}, "vote": {"numbers": "1"}}[kind]
        self.sent.add(text)
        answer: Answer = await server.person(name).command(server.channel("story"), kind, **options)
        if answer.failed or answer.kind == "modal":
            return
        with contextlib.suppress(TimeoutError):
            await answer.finished(10)
            said = answer.words
            if (kind == "extend" and "as passage" in said) or (kind == "pitch" and "Your idea is in" in said):
                self.told[text] = kind

    async def until_killed(self, acknowledged: int) -> None:
        """All act at once until so many things more were acknowledged; then the process is killed at once."""
        goal = len(self.told) + acknowledged

        async def goes_on(name: str) -> None:
            while True:
                await self.act(name)

        acting = [asyncio.create_task(goes_on(name)) for name in PEOPLE]
        try:
            async with asyncio.timeout(60):
                while len(self.told) < goal:  # noqa: ASYNC110
                    await asyncio.sleep(0.002)
                begun = len(self.bot.server.faults.done)
                if self.dice.random() < 0.5:  # every second time a message is on its way
                    while len(self.bot.server.faults.done) == begun:  # noqa: ASYNC110
                        await asyncio.sleep(0.002)
                await asyncio.sleep(self.dice.random() * DELAY)
            await self.bot.ends(signal.SIGKILL)
        finally:
            for task in acting:
                task.cancel()
            await asyncio.wait(acting)

    def check(self) -> None:
        """Nothing that was acknowledged is missing, nothing was executed twice, each passage stands there once."""
        passages = [row[0] for row in self.bot.rows("SELECT text FROM passage_versions ORDER BY id")]
        # an idea that waits is carried into the next round as a row of its own: that is no second pitch
        pitches = [row[0] for row in self.bot.rows("SELECT text FROM pitches WHERE carried_from IS NULL ORDER BY id")]
        for text, kind in self.told.items():
            assert (passages if kind == "extend" else pitches).count(text) == 1, f"acknowledged and not stored: {text}"
        for text in self.sent:
            assert passages.count(text) + pitches.count(text) <= 1, f"executed twice: {text}"
        channel = self.bot.server.channel("story")
        public = [one.raw["content"] for one in self.bot.server.person("dot").sees(channel) if not one.ephemeral]
        for text in passages:
            assert sum(text in content for content in public) == 1, f"not there exactly once: {text}"
        done = {row[0] for row in self.bot.rows("SELECT source_id FROM desk")}
        assert len(done) == len(self.bot.rows("SELECT source_id FROM desk"))
        assert self.bot.rows("SELECT 1 FROM posts WHERE state = 'doubtful'") == []


async def open_story(bot: Bot) -> None:
    """Start a bot in whose channel a story is open."""
    await bot.start()
    answer = await bot.server.person("ada").command(bot.server.channel("story"), "story new", title="The Last Ferry")
    await answer.finished(30)
    assert "is open" in answer.words


@dataclass
class Report:
    """How a series of kills went."""

    acknowledged: int = 0
    amid_post: int = 0
    """Kills at which a public card was claimed and not yet known to be posted."""


async def killed(folder: Path, times: int, seed: int) -> Report:
    """Kill one bot so many times while people act, and check after each restart. Raises AssertionError for what is amiss."""
    dice = random.Random(seed)
    report = Report()
    async with prepared(folder) as bot:
        await open_story(bot)
        evening = Evening(bot, dice)
        bot.server.faults.add("POST /channels/*/messages", times=1_000_000, delay=DELAY)  # so that kills fall into posts
        for number in range(times):
            await evening.until_killed(dice.randint(1, 6))
            report.amid_post += bool(bot.rows("SELECT 1 FROM posts WHERE state = 'posting' LIMIT 1"))
            await bot.start()
            await bot.posted()
            evening.check()
            found = await migrate.on_connection(f"sqlite:///{bot.database}", operators.check)
            assert not found.problems, f"after kill {number + 1}: {found.problems}"
        await evening.act("ada")
        assert "Traceback" not in bot.log, bot.log
        assert await bot.ends(signal.SIGTERM) == 0
        report.acknowledged = len(evening.told)
    return report
