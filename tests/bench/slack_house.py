"""`room37 run` in a process of its own beside a loopback Slack, and what must be so when it has stopped."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

from adapters.slack.manifest import manifest
from bot.handlers import registry
from memory import migrate, operators
from tests.bench.evening import Tally
from tests.bench.processes import Running, running
from tests.bench.slack_evening import SlackEvening
from tests.servers.messages import KEY
from tests.servers.slack import APP_TOKEN, TOKEN, SlackServer

RATE = 50.0
QUIET_SECONDS = 180.0
"""So long may it take until all public cards show what is wanted."""
ENVIRON = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}

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
slack = "table"
[slack]
api_url = "{api}"
history = true
"""


@dataclass
class House:
    """A served house: its process, its Slack, its people."""

    bot: Running
    server: SlackServer
    evening: SlackEvening
    path: Path
    tallies: list[Tally] = field(default_factory=list)

    async def has_evening(self, commands: int, *, ask_every: int = 0) -> tuple[Tally, float]:
        """So many commands, and all that follows from them; gives the CPU per command, in milliseconds."""
        before = self.bot.cpu_ms
        tally = await self.evening.goes_on(RATE, commands, ask_every=ask_every)
        self.tallies.append(tally)
        await self.quiet()
        return tally, (self.bot.cpu_ms - before) / commands

    async def quiet(self) -> None:
        """Wait until every call is done and every public card shows what is wanted."""
        began = time.monotonic()
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as db:
            while (left := db.execute(_UNDONE).fetchone()[0]) and time.monotonic() - began < QUIET_SECONDS:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        if left:
            raise AssertionError(f"{left} calls or public cards are still waiting")


@asynccontextmanager
async def house(folder: Path, rooms: int, *, writer: str) -> AsyncIterator[House]:
    """`room37 run` beside a Slack of its own, with a story in every room."""
    folder.mkdir()  # noqa: ASYNC240  # nothing else runs yet
    async with SlackServer(keep_record=False) as server:
        server.install(manifest(registry(), name="Room 37", history=True))
        (folder / "bot.toml").write_text(_CONFIG.format(writer=writer, api=server.api), "utf-8")
        environ = {**ENVIRON, "ANTHROPIC_API_KEY": KEY}
        async with running("bot", ("run", "--config", "bot.toml"), environ, folder) as bot:
            await connected(server, bot)
            here = House(bot, server, SlackEvening(server, rooms), folder / "bench.db")
            here.tallies.append(await here.evening.begin())
            await here.quiet()
            yield here


@asynccontextmanager
async def bare_bot(folder: Path) -> AsyncIterator[tuple[Running, SlackServer]]:
    """The bare bot beside a Slack of its own."""
    async with (
        SlackServer(keep_record=False) as server,
        running("tests.bench.bare_slack", (server.api,), ENVIRON, folder) as bot,
    ):
        await connected(server, bot)
        yield bot, server


async def connected(server: SlackServer, bot: Running) -> None:
    """Wait until a bot has its websocket."""
    try:
        await server.connected(30)
    except TimeoutError:
        raise AssertionError(bot.stderr.read_text()) from None


# ---- what must be so afterwards


@dataclass(frozen=True, slots=True)
class Accounts:
    """The desk, the story and the server, compared."""

    desk: int
    changing: int
    wrong: tuple[str, ...]
    refused: Counter[str]
    """What the server refused of the bot, by method and word."""
    complaints: tuple[str, ...]
    synchronous: int
    memory_mb: float


async def accounts(here: House, memory_mb: float) -> Accounts:
    """Compare what was sent, what is stored and what is shown, once the bot has stopped."""
    changing = set().union(*(tally.changing for tally in here.tallies))
    passages = set().union(*(tally.passages for tally in here.tallies))
    kinds: Counter[str] = sum((tally.kinds for tally in here.tallies), Counter())
    with closing(sqlite3.connect(here.path)) as db:
        desk = {source.rpartition(":")[0] if source.count(":") > 2 else source: state
                for source, state in db.execute("SELECT source_id, state FROM desk")}  # fmt: skip
        closed = db.execute("SELECT count(*) FROM rounds WHERE part = 'closed'").fetchone()[0]  # some by themselves
        counted = {
            "pitches": ("SELECT count(*) FROM pitches", kinds["pitch"]),
            "passages": ("SELECT count(*) FROM passages", kinds["extend"]),
            "rounds": ("SELECT count(*) FROM rounds", kinds["round open"]),
            "decisions": ("SELECT count(*) FROM ledger WHERE kind = 'round.decided'", closed),
            "stories": ("SELECT count(*) FROM stories", kinds["story new"]),
            "texts of the co-writer": ("SELECT count(*) FROM machine_texts", kinds["assist"]),
        }
        found = {what: (db.execute(query).fetchone()[0], expected) for what, (query, expected) in counted.items()}
        wrong = [f"{n} {what} instead of {expected}" for what, (n, expected) in found.items() if n != expected]
        refs = [ref for (row,) in db.execute("SELECT refs FROM posts WHERE state <> 'gone'") for ref in json.loads(row)]
        states = Counter(state for (state,) in db.execute("SELECT state FROM posts"))
    wrong += [f"{len(changing - desk.keys())} changing commands are not on the desk"] if changing - desk.keys() else []
    wrong += [f"{len(desk.keys() - changing)} desk rows too many"] if desk.keys() - changing else []
    wrong += [f"{n} desk rows are {state}" for state, n in Counter(desk.values()).items() if state != "done"]
    wrong += [f"{n} posts are {state}" for state, n in states.items() if state not in ("shown", "gone")]
    wrong += _shown(here, refs, passages)
    url = f"sqlite:///{here.path}"
    wrong += (await migrate.on_connection(url, operators.check)).problems
    synchronous = await migrate.on_connection(url, lambda c: c.exec_driver_sql("PRAGMA synchronous").scalar_one())
    refused = Counter(f"{one.method} {one.error}" for one in here.server.refused)
    return Accounts(
        len(desk), len(changing), tuple(wrong), refused, tuple(here.bot.complaints), synchronous, memory_mb
    )


def _shown(here: House, refs: Sequence[str], passages: set[str]) -> list[str]:
    """What differs between the cards that the database knows and the public messages that stand on the server."""
    standing = [
        message
        for room in here.evening.rooms
        for message in room.channel.messages.values()
        if message.author is here.server.bot and message.only_for is None and not message.deleted and not message.reply
    ]
    ids = {message.ts for message in standing}
    marks = Counter(
        mark for message in standing for mark in passages & set(str(message.data.get("text")).replace(".", " ").split())
    )
    wrong = [f"{len(refs) - len(set(refs))} messages belong to two cards"] if len(refs) > len(set(refs)) else []
    wrong += [f"{len(set(refs) - ids)} cards have no message"] if set(refs) - ids else []
    wrong += [f"{len(ids - set(refs))} public messages belong to no card (posted twice)"] if ids - set(refs) else []
    wrong += [f"{len(passages - marks.keys())} passages were not posted"] if passages - marks.keys() else []
    twice = [mark for mark, n in marks.items() if n > 1]
    return [*wrong, f"{len(twice)} passages stand in two messages"] if twice else wrong
